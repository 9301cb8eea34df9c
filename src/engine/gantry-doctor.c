/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-doctor.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#define MS 1000              /* microseconds */
#define WORTH G_USEC_PER_SEC /* what cost less is not worth a word */
#define MOST_ASSOCIATIONS 8

#define FEW_STORES 20            /* too few to see a pattern in their waits */
#define ACK_DELAY (45 * MS)      /* for how long a peer may keep back an acknowledgement */
#define NEAR (30 * MS)           /* too near to explain waits of 40 ms */
#define SHORT_TRANSFER (10 * MS) /* of an object that waited 40 ms for something else */
#define LONG_TRIP (5 * MS)       /* there and back; a local network needs less than one */
#define LONG_THOUGHT (50 * MS)   /* of a receiver over one object; usual are 1 to 30 */
#define LONG_READ (3 * MS)       /* to open and read a file, however small */
#define SLOW_LINK 12500000       /* octets a second: 100 Mbit/s */
#define SLOW_DISK 50000000       /* likewise, below which it is felt */
#define SMALL_PDU 16000          /* the usual defaults are 16 KB and more */
#define MANY_PDUS 16             /* of an object, for their size to matter */
#define MUCH_TO_SEND 1000000     /* octets, likewise */
#define MANY_SEGMENTS 1000       /* enough to speak of a part of them */
#define FEW_OF_WHICH_MATTERS 50  /* one in so many sent again is too much */

/* Where the time of all stores went, as far as it can be told apart. */
typedef struct
{
  const GantryPathFigures *f;
  gint64 own;     /* reading files, mostly */
  gint64 wire;    /* octets on their way that nobody held up on purpose */
  gint64 trip;    /* there and back, up to the application */
  gint64 thought; /* what the receiver took beyond that, of all stores */
} Path;

static gint64
smaller_known (gint64 a, gint64 b)
{
  return a == 0 || b == 0 ? MAX (a, b) : MIN (a, b);
}

static void
work_out (Path *self, const GantryPathFigures *f)
{
  self->f = f;
  self->own = MAX (f->elapsed - f->converting - f->blocked - f->waited, 0);
  /* No answer is faster than the way there and back, be it through a relay, of which TCP knows
   * nothing. */
  self->trip = MAX (smaller_known (f->association, f->shortest_wait), f->least_trip);
  /* The last octets of each object may just have waited to be acknowledged with its answer. */
  self->wire = f->on_wire > f->stores * (ACK_DELAY + f->least_trip) ? f->on_wire : 0;
  self->wire = MAX (self->wire, f->blocked);
  /* What went out while we waited for the answer already was in the socket's buffer. */
  self->thought = MAX (f->waited - (self->wire - f->blocked) - f->stores * self->trip, 0);
}

/* Whether @time, of all associations together, is most of what the stores took, and felt. */
static gboolean
matters (const Path *self, gint64 time)
{
  return time * 2 >= self->f->elapsed && time >= WORTH * MAX (self->f->side_by_side, 1);
}

/* Octets a second over all associations, when that took @time of all of them together. */
static gint64
get_rate (const Path *self, gint64 time)
{
  return (gint64)((double)self->f->octets * (double)MAX (self->f->side_by_side, 1) * G_USEC_PER_SEC
                  / (double)MAX (time, 1));
}

static char *
format_ms (gint64 microseconds)
{
  double ms = (double)microseconds / MS;

  if (ms < 0.05)
    return g_strdup (_ ("less than 0.1 ms"));
  /* Translators: milliseconds */
  return ms < 10 ? g_strdup_printf (_ ("%.1f ms"), ms) : g_strdup_printf (_ ("%.0f ms"), ms);
}

static char *
format_share (const Path *self, gint64 time)
{
  /* Translators: a part of the whole time, in percent */
  return g_strdup_printf (_ ("%.0f %%"), 100.0 * (double)time / (double)MAX (self->f->elapsed, 1));
}

/* ---- What can be found: each says it, or NULL ------------------------------------------------ */

static char *
find_transcoding (const Path *self)
{
  const GantryPathFigures *f = self->f;
  g_autofree char *each = format_ms (f->converting / MAX (f->converted, 1));
  g_autofree char *share = format_share (self, f->converting);

  if (!matters (self, f->converting))
    return NULL;
  return g_strdup_printf (
      ngettext ("Converting %" PRIi64 " object for the receiver took %s, which is %s of "
                "the time. If the receiver can be set up to accept the files’ own transfer syntax, "
                "nothing has to be converted.",
                "Converting %" PRIi64 " objects for the receiver took %s each, which is "
                "%s of the time. If the receiver can be set up to accept the files’ own transfer "
                "syntax, nothing has to be converted.",
                (gulong)f->converted),
      f->converted, each, share);
}

static char *
find_slow_disk (const Path *self)
{
  const GantryPathFigures *f = self->f;
  gint64 rate = get_rate (self, self->own);
  g_autofree char *each = format_ms (self->own / f->stores);
  g_autofree char *share = format_share (self, self->own);
  g_autofree char *speed = g_format_size ((guint64)rate);

  if (!matters (self, self->own) || self->own < f->stores * LONG_READ || rate >= SLOW_DISK)
    return NULL;
  return g_strdup_printf (
      _ ("Reading the files took %s for each object (%s a second), which is %s of the time. The "
         "disk or network folder that they lie on is the bottleneck: copy them to a faster disk of "
         "this computer first, or find out what else keeps it busy."),
      each, speed, share);
}

/* Waits of 40 ms that the timer of delayed acknowledgements explains, and little else does. */
static gboolean
has_ack_timer (const Path *self)
{
  const GantryPathFigures *f = self->f;
  const gint64 *waits = f->waits;
  gint64 n = waits[GANTRY_PATH_WAIT_40_MS];
  gint64 around = waits[GANTRY_PATH_WAIT_40_MS - 1] + waits[GANTRY_PATH_WAIT_40_MS + 1];
  /* The association's answer may have waited for the timer, too, so what the kernel knows of the
   * distance comes first. A proxy with 40 ms of line behind it looks the same, and is rarer. */
  gint64 distance = f->least_trip > 0 ? f->least_trip : self->trip;
  double transfer
      = (double)f->octets / (double)f->stores * G_USEC_PER_SEC / (double)MAX (f->delivery_rate, 1);

  /* Objects of one size take all the same time on a slow link, too. */
  if (f->delivery_rate > 0 && transfer > SHORT_TRANSFER)
    return FALSE;
  /* A timer makes waits that are all alike; a slow receiver's are spread. */
  return f->stores >= FEW_STORES && n * 10 >= f->stores * 6 && around * 4 <= n && distance < NEAR
         && matters (self, n * 40 * MS);
}

static char *
find_delayed_ack (const Path *self)
{
  const GantryPathFigures *f = self->f;

  if (!has_ack_timer (self))
    return NULL;
  return g_strdup_printf (
      _ ("%" PRIi64 " of %" PRIi64
         " objects waited 40 ms for their answer, and all of them alike: that looks like the timer "
         "of delayed acknowledgements. The receiver, or a proxy in front of it, would then send a "
         "message in several pieces and hold the next one back until the one before is "
         "acknowledged (Nagle’s algorithm). Switch TCP_NODELAY on there; DCMTK’s tools do so when "
         "the environment variable TCP_NODELAY is 1. If that changes nothing, the receiver takes "
         "its 40 ms for each object. More associations to this node help either way."),
      f->waits[GANTRY_PATH_WAIT_40_MS], f->stores);
}

static gboolean
is_bound_by_wire (const Path *self)
{
  return matters (self, self->wire) && get_rate (self, self->wire) < SLOW_LINK;
}

static gboolean
is_window_closed (const Path *self)
{
  return self->f->window_closed * 2 >= self->f->on_wire && self->f->window_closed > 0;
}

static char *
find_slow_link (const Path *self)
{
  gint64 rate = get_rate (self, self->wire);
  g_autofree char *speed = g_format_size ((guint64)rate);
  g_autofree char *share = format_share (self, self->wire);

  if (!is_bound_by_wire (self) || is_window_closed (self))
    return NULL;
  return g_strdup_printf (
      _ ("The network carries %s a second (%.1f Mbit/s), and objects were on their way for %s of "
         "the time. A faster connection helps (cable instead of Wi-Fi, another line or VPN), or "
         "sending compressed files; no setting here does."),
      speed, (double)rate * 8 / 1e6, share);
}

static char *
find_slow_reader (const Path *self)
{
  gint64 rate = get_rate (self, self->wire);
  g_autofree char *speed = g_format_size ((guint64)rate);
  g_autofree char *share = format_share (self, self->f->window_closed);

  if (!is_bound_by_wire (self) || !is_window_closed (self))
    return NULL;
  return g_strdup_printf (
      _ ("The other end takes in only %s a second (%.1f Mbit/s): for %s of the time it had no room "
         "for more. The receiver reads or writes so slowly, or a proxy or tunnel on the way limits "
         "the speed; look at the receiver’s disk and processor first."),
      speed, (double)rate * 8 / 1e6, share);
}

static char *
find_round_trips (const Path *self)
{
  const GantryPathFigures *f = self->f;
  gint64 used = MAX (f->side_by_side, 1);
  g_autofree char *trip = format_ms (self->trip);
  g_autofree char *share = format_share (self, f->stores * self->trip);
  g_autofree char *hop = format_ms (f->least_trip);
  g_autofree char *text = NULL;

  /* More of them would not have been used, or cannot be had. */
  if (has_ack_timer (self) || used < f->allowed || used >= MOST_ASSOCIATIONS
      || self->trip < LONG_TRIP || !matters (self, f->stores * self->trip))
    return NULL;
  text = g_strdup_printf (
      ngettext ("Round trips bound the speed: each object waits %s for its answer on the way there "
                "and back, which is %s of the time, with %" PRIi64
                " association. Allow more associations to this node, up to %d.",
                "Round trips bound the speed: each object waits %s for its answer on the way there "
                "and back, which is %s of the time, with %" PRIi64
                " associations. Allow more associations to this node, up to %d.",
                (gulong)used),
      trip, share, used, MOST_ASSOCIATIONS);
  if (f->least_trip == 0 || self->trip < 4 * f->least_trip)
    return g_steal_pointer (&text);
  return g_strdup_printf (
      _ ("%s The next computer on the way answers in %s, so the delay is behind "
         "it: in a proxy, a tunnel, or the receiver."),
      text, hop);
}

static char *
find_slow_receiver (const Path *self)
{
  const GantryPathFigures *f = self->f;
  g_autofree char *each = format_ms (self->thought / f->stores);
  g_autofree char *least = format_ms (f->shortest_wait);
  g_autofree char *trip = format_ms (self->trip);

  if (self->thought < f->stores * LONG_THOUGHT || !matters (self, self->thought))
    return NULL;
  return g_strdup_printf (
      _ ("The receiver takes %s to store each object (the fastest answer came after %s, and the "
         "way there and back is %s of it). Its disk or its database is the bottleneck, and has to "
         "be made faster there; nothing on this side does."),
      each, least, trip);
}

static char *
find_loss (const Path *self)
{
  const GantryPathFigures *f = self->f;

  if (f->segments < MANY_SEGMENTS || f->retransmissions * FEW_OF_WHICH_MATTERS < f->segments)
    return NULL;
  return g_strdup_printf (
      _ ("%" PRIi64 " of %" PRIi64
         " segments (%.1f %%) were lost on the way and sent again. Look at the network between the "
         "two: a cable, a switch’s port, a duplex mismatch, Wi-Fi or an overloaded line."),
      f->retransmissions, f->segments, 100.0 * (double)f->retransmissions / (double)f->segments);
}

static char *
find_small_pdu (const Path *self)
{
  const GantryPathFigures *f = self->f;
  gint64 size = f->octets / f->stores;
  g_autofree char *object = g_format_size ((guint64)size);

  /* What it costs is spread over all else, so a path that is fast all the same is left alone. */
  if (f->elapsed < WORTH * MAX (f->side_by_side, 1) || get_rate (self, f->elapsed) >= SLOW_DISK)
    return NULL;
  if (f->peer_max_pdu == 0 || f->peer_max_pdu >= SMALL_PDU || f->octets < MUCH_TO_SEND
      || size < f->peer_max_pdu * MANY_PDUS)
    return NULL;
  return g_strdup_printf (
      _ ("The receiver takes PDUs of at most %" PRIi64
         " bytes, so an object of %s travels in %" PRIi64
         " pieces, and each of them costs both sides time. Set its maximum PDU size to 65536 or "
         "more (DCMTK’s tools: --max-pdu)."),
      f->peer_max_pdu, object, size / f->peer_max_pdu);
}

static const struct
{
  const char *kind, *side;
  char *(*find) (const Path *path);
} findings[] = {
  { "transcoding", "receiver", find_transcoding },     { "slow-disk", "here", find_slow_disk },
  { "delayed-ack", "receiver", find_delayed_ack },     { "bandwidth", "network", find_slow_link },
  { "bandwidth", "receiver", find_slow_reader },       { "round-trips", "here", find_round_trips },
  { "slow-receiver", "receiver", find_slow_receiver }, { "loss", "network", find_loss },
  { "small-pdu", "receiver", find_small_pdu },
};

GPtrArray *
gantry_doctor_diagnose (const GantryPathFigures *figures)
{
  GPtrArray *found = gantry_record_array_new ();
  Path path;

  if (figures->stores <= 0)
    return found;
  work_out (&path, figures);
  for (guint i = 0; i < G_N_ELEMENTS (findings); i++)
    {
      g_autofree char *message = findings[i].find (&path);
      GantryAdvice *advice;

      if (message == NULL)
        continue;
      advice = gantry_advice_new (findings[i].kind, findings[i].side, message);
      advice->figures = *figures;
      g_ptr_array_add (found, advice);
    }
  return found;
}

void
gantry_doctor_advise (GantryJob *job)
{
  g_autoptr (GPtrArray) found = gantry_doctor_diagnose (&job->path);

  gantry_record_set (&job->advice,
                     found->len > 0 ? ((GantryAdvice *)found->pdata[0])->message : "");
}
