/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What figures of a path say, and that a job keeps them.
 */
#include <string.h>

#include "gantry-doctor.h"
#include "queue-side.h"

#define MS 1000
#define S 1000000
#define MB 1000000

/* ---- Figures --------------------------------------------------------------------------------- */

static void
test_waits (void)
{
  static const struct
  {
    gint64 wait;
    guint row;
  } rows[] = {
    { 0, 0 },     { 999, 0 },   { 1000, 1 },    { 35999, 5 },    { 36000, 6 },
    { 51999, 6 }, { 52000, 7 }, { 999999, 10 }, { 1000000, 11 }, { 3600LL * S, 11 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GantryPathFigures figures = { 0 };

      gantry_path_figures_add_wait (&figures, rows[i].wait);
      g_assert_cmpint (figures.waits[rows[i].row], ==, 1);
      g_assert_cmpint (figures.stores, ==, 1);
      g_assert_cmpint (figures.waited, ==, MAX (rows[i].wait, 1));
    }
}

/* Sums, smallest that are known, largest. */
static void
test_add (void)
{
  GantryPathFigures a = { .stores = 2, .shortest_wait = 30, .side_by_side = 1, .waits[3] = 2 };
  const GantryPathFigures b = { .stores = 3,
                                .shortest_wait = 20,
                                .side_by_side = 4,
                                .peer_max_pdu = 16384,
                                .waits[3] = 1,
                                .waits[11] = 2 };
  const GantryPathFigures unknown = { .stores = 1, .waits[0] = 1 };

  gantry_path_figures_add (&a, &b);
  gantry_path_figures_add (&a, &unknown);
  g_assert_cmpint (a.stores, ==, 6);
  g_assert_cmpint (a.shortest_wait, ==, 20);
  g_assert_cmpint (a.side_by_side, ==, 4);
  g_assert_cmpint (a.peer_max_pdu, ==, 16384);
  g_assert_cmpint (a.waits[0], ==, 1);
  g_assert_cmpint (a.waits[3], ==, 3);
  g_assert_cmpint (a.waits[11], ==, 2);
}

static void
count_figure (const char *name G_GNUC_UNUSED, gint64 value, gpointer user_data)
{
  *(gint64 *)user_data += value;
}

static void
test_text (void)
{
  GantryPathFigures all, read;
  gint64 *figure = (gint64 *)&all;
  gint64 sum = 0;
  g_autofree char *text = NULL;

  /* Every figure comes back, also one that is added later: the struct has nothing else. */
  for (guint i = 0; i < sizeof all / sizeof (gint64); i++)
    figure[i] = i + 1;
  text = gantry_path_figures_to_text (&all);
  gantry_path_figures_from_text (&read, text);
  g_assert_cmpmem (&all, sizeof all, &read, sizeof read);
  gantry_path_figures_foreach (&all, count_figure, &sum);
  for (guint i = 0; i < sizeof all / sizeof (gint64) - GANTRY_PATH_WAITS; i++)
    sum -= figure[i];
  g_assert_cmpint (sum, ==, 0);
}

static void
test_bad_text (void)
{
  static const char *const texts[] = { "",
                                       "stores",
                                       "=",
                                       "stores=x",
                                       "later=3 waits=",
                                       "waits=,,,",
                                       "stores=-4 waits=-1,-2",
                                       "waits=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 " };
  GantryPathFigures figures;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      gantry_path_figures_from_text (&figures, texts[i]);
      g_assert_cmpint (figures.stores, ==, 0);
    }
  g_assert_cmpint (figures.waits[11], ==, 12);
}

/* ---- What they say --------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  GantryPathFigures figures;
  const char *kinds; /* of all findings, in order; "": the path is fine */
  const char *side;  /* of the first */
  const char *part;  /* of what it says */
} Case;

/* The names of the kinds are the contract of gantryctl. */
/* clang-format off */
static const Case cases[] = {
  { "nothing-sent",
    { 0 },
    "", NULL, NULL },
  { "loopback",
    { .stores = 3000, .octets = 27 * MB, .elapsed = 2 * S, .waited = 900 * MS,
      .shortest_wait = 90, .associations = 2, .side_by_side = 2, .allowed = 2,
      .peer_max_pdu = 16384, .association = 800, .round_trip = 50, .least_trip = 10,
      .on_wire = 300 * MS, .segments = 3100, .waits = { 2900, 100 } },
    "", NULL, NULL },
  { "gigabit-link-that-is-full",
    { .stores = 2000, .octets = 1000LL * MB, .elapsed = 10 * S, .blocked = 6 * S, .waited = 3 * S,
      .shortest_wait = 1000, .associations = 1, .side_by_side = 1, .allowed = 2,
      .peer_max_pdu = 16384, .association = 900, .least_trip = 300, .on_wire = 9 * S,
      .segments = 700000, .waits = { 0, 2000 } },
    "", NULL, NULL },
  { "usual-archive",
    { .stores = 500, .octets = 250 * MB, .elapsed = 10 * S, .waited = 8 * S,
      .shortest_wait = 8 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .peer_max_pdu = 16384, .association = 3 * MS, .least_trip = 400, .on_wire = 6 * S,
      .segments = 180000, .waits = { 0, 0, 0, 100, 350, 50 } },
    "", NULL, NULL },
  { "large-objects-on-a-slow-archive",
    { .stores = 4, .octets = 2400LL * MB, .elapsed = 30 * S, .blocked = 20 * S, .waited = 4 * S,
      .shortest_wait = 900 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .association = 2 * MS, .least_trip = 300, .on_wire = 22 * S, .segments = 1700000,
      .waits = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1 } },
    "", NULL, NULL },
  { "slow-but-a-moment-only",
    { .stores = 4, .octets = 2 * MB, .elapsed = 800 * MS, .waited = 790 * MS,
      .shortest_wait = 190 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .association = MS, .waits = { 0, 0, 0, 0, 0, 0, 0, 0, 4 } },
    "", NULL, NULL },
  { "slow-receiver",
    { .stores = 100, .octets = 50 * MB, .elapsed = 19 * S, .waited = 18 * S,
      .shortest_wait = 160 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .peer_max_pdu = 16384, .association = 2 * MS, .least_trip = 300, .on_wire = 4 * S,
      .segments = 36000, .waits = { 0, 0, 0, 0, 0, 0, 0, 0, 80, 20 } },
    "slow-receiver", "receiver", "takes 178 ms" },
  { "slow-receiver-without-the-kernel",
    { .stores = 100, .octets = 50 * MB, .elapsed = 19 * S, .waited = 18 * S,
      .shortest_wait = 160 * MS, .associations = 2, .side_by_side = 2, .allowed = 2,
      .association = 2 * MS, .waits = { 0, 0, 0, 0, 0, 0, 0, 0, 80, 20 } },
    "slow-receiver", "receiver", "nothing on this side" },
  { "delayed-ack",
    { .stores = 200, .octets = 2 * MB, .elapsed = 8 * S, .waited = 7900 * MS,
      .shortest_wait = 500, .associations = 1, .side_by_side = 1, .allowed = 1,
      .peer_max_pdu = 16384, .association = 900, .least_trip = 200, .on_wire = 8 * S,
      .segments = 400, .delivery_rate = 80 * MB, .waits = { 8, 0, 0, 0, 0, 0, 192 } },
    "delayed-ack", "receiver", "192 of 200 objects" },
  { "delayed-ack-where-even-the-first-waits",
    { .stores = 200, .octets = 2 * MB, .elapsed = 8 * S, .waited = 7900 * MS,
      .shortest_wait = 40 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .association = 900, .least_trip = 200, .waits = { 0, 0, 0, 0, 0, 0, 200 } },
    "delayed-ack", "receiver", "TCP_NODELAY" },
  { "delayed-ack-of-the-association-as-well",
    { .stores = 200, .octets = 2 * MB, .elapsed = 8500 * MS, .waited = 8400 * MS,
      .shortest_wait = 41 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .association = 42 * MS, .least_trip = 50, .on_wire = 30 * MS, .segments = 400,
      .waits = { 0, 0, 0, 0, 0, 0, 200 } },
    "delayed-ack", "receiver", "TCP_NODELAY" },
  { "forty-milliseconds-away",
    { .stores = 200, .octets = 2 * MB, .elapsed = 8500 * MS, .waited = 8400 * MS,
      .shortest_wait = 41 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .association = 41 * MS, .least_trip = 40 * MS, .on_wire = 8 * S, .segments = 400,
      .waits = { 0, 0, 0, 0, 0, 0, 200 } },
    "round-trips", "here", "41 ms" },
  { "an-archive-of-about-forty-milliseconds",
    { .stores = 200, .octets = 2 * MB, .elapsed = 8 * S, .waited = 7900 * MS,
      .shortest_wait = 12 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .association = 900, .least_trip = 200, .waits = { 0, 0, 0, 0, 20, 50, 90, 40 } },
    "", NULL, NULL },
  { "round-trips",
    { .stores = 300, .octets = 3 * MB, .elapsed = 9500 * MS, .waited = 9400 * MS,
      .shortest_wait = 31 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .association = 33 * MS, .least_trip = 30 * MS, .on_wire = 9 * S, .segments = 600,
      .waits = { 0, 0, 0, 0, 0, 300 } },
    "round-trips", "here", "31 ms" },
  { "round-trips-behind-a-relay",
    { .stores = 300, .octets = 3 * MB, .elapsed = 9500 * MS, .waited = 9400 * MS,
      .shortest_wait = 31 * MS, .associations = 2, .side_by_side = 2, .allowed = 2,
      .association = 33 * MS, .least_trip = 200, .segments = 600, .waits = { 0, 0, 0, 0, 0, 300 }
      },
    "round-trips", "here", "behind it" },
  { "round-trips-that-all-associations-share",
    { .stores = 3000, .octets = 30 * MB, .elapsed = 95 * S, .waited = 94 * S,
      .shortest_wait = 31 * MS, .associations = 8, .side_by_side = 8, .allowed = 8,
      .association = 33 * MS, .least_trip = 30 * MS, .on_wire = 90 * S, .segments = 6000,
      .waits = { 0, 0, 0, 0, 0, 3000 } },
    "", NULL, NULL },
  { "round-trips-of-too-few-objects-for-more",
    { .stores = 60, .octets = MB, .elapsed = 1900 * MS, .waited = 1900 * MS,
      .shortest_wait = 31 * MS, .associations = 1, .side_by_side = 1, .allowed = 2,
      .association = 33 * MS, .least_trip = 30 * MS, .waits = { 0, 0, 0, 0, 0, 60 } },
    "", NULL, NULL },
  { "slow-link",
    { .stores = 20, .octets = 20 * MB, .elapsed = 17 * S, .blocked = 2 * S, .waited = 14 * S,
      .shortest_wait = 600 * MS, .associations = 1, .side_by_side = 1, .allowed = 2,
      .peer_max_pdu = 16384, .association = 30 * MS, .least_trip = 20 * MS, .on_wire = 16500 * MS,
      .segments = 14000, .waits = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20 } },
    "bandwidth", "network", "Mbit/s" },
  { "slow-link-and-objects-of-a-tenth-of-a-second",
    { .stores = 40, .octets = 8 * MB, .elapsed = 3890 * MS, .waited = 3700 * MS,
      .shortest_wait = 90 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .association = 14 * MS, .least_trip = 300, .on_wire = 3700 * MS, .segments = 5600,
      .waits = { 0, 0, 0, 0, 0, 0, 0, 10, 30 } },
    "bandwidth", "network", "Mbit/s" },
  { "slow-link-and-objects-of-forty-milliseconds",
    { .stores = 100, .octets = 4 * MB, .elapsed = 4300 * MS, .waited = 4200 * MS,
      .shortest_wait = 40 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .association = 2 * MS, .least_trip = 900, .on_wire = 4200 * MS, .segments = 2800,
      .delivery_rate = MB, .waits = { 0, 0, 0, 0, 0, 0, 100 } },
    "", NULL, NULL },
  { "slow-link-that-loses",
    { .stores = 20, .octets = 20 * MB, .elapsed = 17 * S, .blocked = 2 * S, .waited = 14 * S,
      .shortest_wait = 600 * MS, .associations = 1, .side_by_side = 1, .allowed = 2,
      .association = 30 * MS, .least_trip = 20 * MS, .on_wire = 16500 * MS, .segments = 14000,
      .retransmissions = 700, .waits = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20 } },
    "bandwidth loss", "network", "carries 1.2" },
  { "slow-link-without-the-kernel",
    { .stores = 20, .octets = 20 * MB, .elapsed = 17 * S, .blocked = 15 * S, .waited = 1 * S,
      .shortest_wait = 40 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .association = 30 * MS, .waits = { 0, 0, 0, 0, 0, 0, 20 } },
    "bandwidth", "network", "carries 1.3" },
  { "slow-reader",
    { .stores = 20, .octets = 20 * MB, .elapsed = 17 * S, .blocked = 2 * S, .waited = 14 * S,
      .shortest_wait = 600 * MS, .associations = 1, .side_by_side = 1, .allowed = 2,
      .association = MS, .least_trip = 300, .on_wire = 16500 * MS, .window_closed = 15 * S,
      .segments = 14000, .waits = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20 } },
    "bandwidth", "receiver", "88 % of the time" },
  { "slow-disk",
    { .stores = 100, .octets = 50 * MB, .elapsed = 10 * S, .waited = 500 * MS,
      .shortest_wait = 900, .associations = 1, .side_by_side = 1, .allowed = 1, .association = MS,
      .least_trip = 100, .on_wire = 600 * MS, .segments = 36000, .waits = { 10, 0, 50, 40 } },
    "slow-disk", "here", "95 ms for each object" },
  { "transcoding",
    { .stores = 100, .octets = 50 * MB, .elapsed = 30 * S, .converting = 27 * S, .converted = 100,
      .waited = 500 * MS, .shortest_wait = 900, .associations = 1, .side_by_side = 1,
      .allowed = 1, .association = MS, .least_trip = 100, .waits = { 10, 0, 50, 40 } },
    "transcoding", "receiver", "270 ms each" },
  { "small-pdu-of-a-slow-receiver",
    { .stores = 100, .octets = 50 * MB, .elapsed = 19 * S, .waited = 18 * S,
      .shortest_wait = 160 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .peer_max_pdu = 4096, .association = 2 * MS, .least_trip = 300, .on_wire = 4 * S,
      .segments = 36000, .waits = { 0, 0, 0, 0, 0, 0, 0, 0, 80, 20 } },
    "slow-receiver small-pdu", "receiver", "178 ms" },
  { "small-pdu",
    { .stores = 100, .octets = 50 * MB, .elapsed = 2 * S, .waited = S, .shortest_wait = 9 * MS,
      .associations = 1, .side_by_side = 1, .allowed = 1, .peer_max_pdu = 4096,
      .association = 2 * MS, .least_trip = 300, .waits = { 0, 0, 0, 50, 50 } },
    "small-pdu", "receiver", "at most 4096 bytes" },
  { "small-pdu-that-costs-nothing",
    { .stores = 100, .octets = 50 * MB, .elapsed = 500 * MS, .waited = 250 * MS,
      .shortest_wait = 2 * MS, .associations = 1, .side_by_side = 1, .allowed = 1,
      .peer_max_pdu = 4096, .association = 2 * MS, .least_trip = 300, .waits = { 0, 0, 100 } },
    "", NULL, NULL },
  { "loss-of-a-few",
    { .stores = 1000, .octets = 100 * MB, .elapsed = 3 * S, .waited = 2 * S, .shortest_wait = 900,
      .associations = 1, .side_by_side = 1, .allowed = 1, .association = MS, .segments = 70000,
      .retransmissions = 70, .waits = { 0, 500, 500 } },
    "", NULL, NULL },
};
/* clang-format on */

static void
test_case (gconstpointer data)
{
  const Case *row = data;
  g_autoptr (GPtrArray) found = gantry_doctor_diagnose (&row->figures);
  g_autoptr (GantryJob) job = gantry_job_new ();
  g_autoptr (GString) kinds = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    {
      const GantryAdvice *advice = found->pdata[i];

      g_test_message ("%s: %s", advice->kind, advice->message);
      g_string_append_printf (kinds, "%s%s", i > 0 ? " " : "", advice->kind);
      g_assert_cmpint (advice->figures.stores, ==, row->figures.stores);
      g_assert_true (g_str_has_suffix (advice->message, "."));
    }
  g_assert_cmpstr (kinds->str, ==, row->kinds);

  job->path = row->figures;
  gantry_doctor_advise (job);
  if (found->len == 0)
    {
      g_assert_cmpstr (job->advice, ==, "");
      return;
    }
  g_assert_cmpstr (((GantryAdvice *)found->pdata[0])->side, ==, row->side);
  g_assert_cmpstr (job->advice, ==, ((GantryAdvice *)found->pdata[0])->message);
  g_assert_nonnull (strstr (job->advice, row->part));
}

/* ---- A job keeps them ------------------------------------------------------------------------ */

/* (transfer full) (element-type GantryAdvice) */
static GPtrArray *
diagnose (Side *side, gint64 job)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *found;

  gantry_engine_diagnose_job_async (side->engine, job, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  found = gantry_engine_list_finish (side->engine, result, NULL, &error);
  g_assert_no_error (error);
  return found;
}

/* The receiver thinks for longer than a second over one object. */
static gint64
send_slowly (Fixture *f)
{
  NetScp *scp = open_scp (0, 0);
  gint64 until, id;

  net_scp_set (scp, &scp->wait_at, 1);
  id = send_objects (f, 1, 1, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->objects, 1);
  until = g_get_monotonic_time () + 2500 * MS; /* twice what it takes to be worth a word */
  WAIT_FOR (g_get_monotonic_time () >= until);
  net_scp_set (scp, &scp->wait_at, 0);
  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  net_scp_free (scp);
  return id;
}

static void
test_after_restart (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gint64 id = send_slowly (f);
  g_autofree char *said = g_strdup (get_job (&f->sender, id)->advice);
  g_autoptr (GPtrArray) found = NULL;
  const GantryPathFigures *figures;

  g_assert_nonnull (strstr (said, "The receiver takes "));
  close_side (&f->sender);
  open_side (f, &f->sender, "sender", FALSE);
  found = diagnose (&f->sender, id);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (((GantryAdvice *)found->pdata[0])->kind, ==, "slow-receiver");
  g_assert_cmpstr (((GantryAdvice *)found->pdata[0])->message, ==, said);

  figures = &((GantryAdvice *)found->pdata[0])->figures;
  g_assert_cmpint (figures->stores, ==, 1);
  g_assert_cmpint (figures->associations, ==, 1);
  g_assert_cmpint (figures->side_by_side, ==, 1);
  g_assert_cmpint (figures->shortest_wait, ==, figures->waited);
  g_assert_cmpint (figures->waited, >=, 1000 * MS);
  g_assert_cmpint (figures->elapsed, >=, figures->waited);
  g_assert_cmpint (figures->wall, >=, figures->elapsed);
  g_assert_cmpint (figures->association, >, 0);
  g_assert_cmpint (figures->octets, >, 0);
  g_assert_cmpint (figures->our_max_pdu, ==, GANTRY_DEFAULT_MAX_PDU);
  g_assert_cmpint (figures->peer_max_pdu, >, 0);
#ifdef __linux__
  g_assert_cmpint (figures->segments, >, 0);
  g_assert_cmpint (figures->round_trip, >, 0);
#endif
}

/* A job that was refused and is tried again is one path, and a fast one says nothing. */
static void
test_added_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_scp (0xA900, 3);
  g_autoptr (GPtrArray) found = NULL;
  gint64 id = send_objects (f, 1, 3, net_scp_get_port (scp));

  WAIT_FOR (STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpint (get_job (&f->sender, id)->path.stores, ==, 3);
  gantry_engine_retry_job (f->sender.engine, id);
  WAIT_FOR (COUNT (id, STORED) == 3 && STATE (id) == GANTRY_JOB_FINISHED);
  g_assert_cmpint (get_job (&f->sender, id)->path.stores, ==, 6);
  g_assert_cmpint (get_job (&f->sender, id)->path.associations, ==, 2);
  g_assert_cmpstr (get_job (&f->sender, id)->advice, ==, "");
  found = diagnose (&f->sender, id);
  g_assert_cmpuint (found->len, ==, 0);
  net_scp_free (scp);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/doctor/figures/waits", test_waits);
  g_test_add_func ("/doctor/figures/add", test_add);
  g_test_add_func ("/doctor/figures/text", test_text);
  g_test_add_func ("/doctor/figures/bad-text", test_bad_text);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/doctor/finds/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add ("/doctor/job/after-restart", Fixture, NULL, set_up, test_after_restart, tear_down);
  g_test_add ("/doctor/job/added-up", Fixture, NULL, set_up, test_added_up, tear_down);
  return g_test_run ();
}
