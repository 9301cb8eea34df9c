/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-private.hh"

#include <dcmtk/dcmnet/cond.h>
#include <dcmtk/dcmnet/dulstruc.h>

#include <glib/gi18n-lib.h>
#include <new>

#include "gantry-error.h"

#define UNWANTED_IDLES 10 /* so much longer the end of a data set may be that nobody wants */
#define COMMAND_MAX 65536 /* ours are 300 octets; attribute lists may be long, not endless */
#define PDV_HEADER 6      /* counts with its fragment, which may be empty */
#define PDU_OVERHEAD 12   /* what dcmnet counts for headers; more than the standard's six */
#define PIECE 262144      /* that is asked for at a time; the wire writes about as much at once */

/* ---- Sending -------------------------------------------------------------------------------- */

/* The longest even fragment that dcmnet passes on uncut (PS3.8 Annex E.1), 0 when the peer's
 * maximum has no room for any. */
static gsize
fragment_length (const GantryAssociationFacts *facts)
{
  guint32 max = facts->peer_max_pdu;

  if (max == 0 || max > ASC_MAXIMUMPDUSIZE)
    max = ASC_MAXIMUMPDUSIZE;
  return max >= PDU_OVERHEAD + 2 ? (max - PDU_OVERHEAD) & ~1u : 0;
}

static OFCondition
write_fragment (GantryAssociation *self,
                guint8 context_id,
                DUL_DATAPDV type,
                const guint8 *data,
                gsize length,
                gboolean last)
{
  DUL_PDV pdv = {};
  DUL_PDVLIST list = {};

  pdv.fragmentLength = length;
  pdv.presentationContextID = context_id;
  pdv.pdvType = type;
  pdv.lastPDV = last ? OFTrue : OFFalse;
  pdv.data = const_cast<guint8 *> (data);
  list.count = 1;
  list.pdv = &pdv;
  return DUL_WritePDVs (&self->assoc->DULassociation, &list);
}

/* When a write fails, the reason may already lie in our receive buffer: the peer's A-ABORT. */
static void
hear_last_words (GantryAssociation *self)
{
  gantry_wire_set_limits (self->wire, 0, 0);
  gantry_wire_set_deadline (self->wire, 0);
  for (guint i = 0; i < 64; i++)
    if (DUL_ReadPDVs (&self->assoc->DULassociation, NULL, DUL_NOBLOCK, 0) != DUL_PDATAPDUARRIVED)
      return;
}

static OFCondition
write_command (
    GantryAssociation *self, guint8 context_id, const guint8 *command, gsize length, gsize fragment)
{
  OFCondition cond = EC_Normal;

  for (gsize at = 0; at < length && cond.good (); at += fragment)
    cond = write_fragment (self, context_id, DUL_COMMANDPDV, command + at,
                           MIN (fragment, length - at), length - at <= fragment);
  return cond;
}

/* Where a data set comes from: from memory, or piece by piece. */
struct Source
{
  const guint8 *data; /* NULL: ask fill */
  GantryFillFunc fill;
  gpointer user_data;
  guint64 length;
};

/* FALSE: @error is set, and the peer must not take what it has for the whole. */
static gboolean
fill (const Source *source, guint8 *buffer, gsize length, GError **error)
{
  return source->fill == NULL || length == 0
         || source->fill (buffer, length, source->user_data, error);
}

/* The wire keeps @data until it is let go, which happens with the last fragment. */
static OFCondition
write_piece (GantryAssociation *self,
             guint8 context_id,
             const guint8 *data,
             gsize length,
             gsize fragment,
             gboolean last,
             guint64 before,
             GantrySendProgress progress,
             gpointer user_data)
{
  OFCondition cond = EC_Normal;
  gsize at = 0;

  do
    {
      gsize n = MIN (fragment, length - at);
      gboolean end = at + n == length;

      if (end)
        gantry_wire_hold (self->wire, FALSE);
      cond = write_fragment (self, context_id, DUL_DATASETPDV, data + at, n, end && last);
      at += n;
      if (cond.good () && progress != NULL)
        progress (before + at, user_data);
    }
  while (at < length && cond.good ());
  return cond;
}

static gboolean
send_message (GantryAssociation *self,
              guint8 context_id,
              const GantryCommand *command,
              const Source *source,
              GantrySendProgress progress,
              gpointer user_data,
              GError **error)
{
  /* Live until the last flush, as the wire does not copy them. */
  guint8 encoded[GANTRY_COMMAND_ENCODED_MAX];
  g_autofree guint8 *buffer = NULL;
  gsize encoded_length = gantry_command_encode (command, encoded);
  gboolean has_data = command->data_set_type != GANTRY_COMMAND_NO_DATA_SET;
  gsize fragment = fragment_length (&self->facts);
  gsize piece;
  OFCondition cond;

  if (fragment == 0)
    {
      gantry_association_fail_protocol (
          self,
          _ ("The other side takes only PDUs that are too short for any message. Ask its "
             "administrator to raise its maximum."),
          error);
      return FALSE;
    }
  piece = source->fill != NULL ? MAX (PIECE / fragment, 1) * fragment : source->length;
  piece = MIN (piece, source->length);
  buffer = source->fill != NULL ? static_cast<guint8 *> (g_malloc (piece)) : NULL;
  if (!fill (source, buffer, piece, error))
    return FALSE;

  /* The command goes out with the first piece. */
  gantry_wire_hold (self->wire, has_data);
  cond = write_command (self, context_id, encoded, encoded_length, fragment);
  for (guint64 at = 0; has_data && cond.good ();)
    {
      cond = write_piece (self, context_id, buffer != NULL ? buffer : source->data + at, piece,
                          fragment, at + piece == source->length, at, progress, user_data);
      at += piece;
      if (at == source->length)
        break;
      piece = MIN (piece, source->length - at);
      if (cond.good () && !fill (source, buffer, piece, error))
        {
          gantry_association_abort (self);
          return FALSE;
        }
      gantry_wire_hold (self->wire, TRUE);
    }
  if (cond.good ())
    return TRUE;

  hear_last_words (self);
  gantry_association_fail (self, cond, error);
  return FALSE;
}

static gboolean
send_source (GantryAssociation *self,
             guint8 context_id,
             const GantryCommand *command,
             const Source *source,
             GantrySendProgress progress,
             gpointer user_data,
             GError **error)
try
  {
    self->answer_due = FALSE;
    self->answer_due
        = gantry_association_check (self, error)
          && send_message (self, context_id, command, source, progress, user_data, error);
    return self->answer_due;
  }
catch (const std::exception &e)
  {
    gantry_association_fail_protocol (self, e.what (), error);
    return FALSE;
  }

gboolean
gantry_association_send (GantryAssociation *self,
                         guint8 context_id,
                         const GantryCommand *command,
                         const guint8 *data,
                         gsize length,
                         GantrySendProgress progress,
                         gpointer user_data,
                         GError **error)
{
  const Source source = { data, NULL, NULL, length };

  return send_source (self, context_id, command, &source, progress, user_data, error);
}

gboolean
gantry_association_send_filled (GantryAssociation *self,
                                guint8 context_id,
                                const GantryCommand *command,
                                guint64 length,
                                GantryFillFunc fill_func,
                                gpointer fill_data,
                                GantrySendProgress progress,
                                gpointer user_data,
                                GError **error)
{
  const Source source = { NULL, fill_func, fill_data, length };

  return send_source (self, context_id, command, &source, progress, user_data, error);
}

/* ---- Receiving ------------------------------------------------------------------------------ */

/* A presentation data value (PS3.8 9.3.5.1) in dcmnet's buffer. */
struct Fragment
{
  const guint8 *data;
  gsize length;
  guint8 context_id;
  gboolean is_command, is_last;
};

/* DUL_NextPDV() loses its way in a PDU of more than two fragments unless all are of one length, and
 * then reads outside of its buffer. That the lengths add up is what DUL_ReadPDVs() made sure of. */
static gboolean
take_fragment (GantryAssociation *self, Fragment *fragment)
{
  const guint8 *pdv = self->next_pdv;
  guint32 length;

  if (self->n_pdvs == 0)
    return FALSE;
  length = (guint32)pdv[0] << 24 | pdv[1] << 16 | pdv[2] << 8 | pdv[3];
  fragment->context_id = pdv[4];
  fragment->is_command = (pdv[5] & 1) != 0;
  fragment->is_last = (pdv[5] & 2) != 0;
  fragment->data = pdv + 6;
  fragment->length = length - 2;
  self->next_pdv += 4 + length;
  self->n_pdvs--;
  return TRUE;
}

static gint64
after (guint milliseconds)
{
  return g_get_monotonic_time () + (gint64)milliseconds * 1000;
}

/* The next fragment, which stays valid until the next call. @timeout_ms is what the user is told of
 * when it has not begun to come at @deadline. */
static GantryReceiveResult
next_fragment (
    GantryAssociation *self, guint timeout_ms, gint64 deadline, Fragment *fragment, GError **error)
{
  DUL_ASSOCIATIONKEY **key = &self->assoc->DULassociation;

  while (!take_fragment (self, fragment))
    {
      gint64 left = (deadline - g_get_monotonic_time () + 999) / 1000;

      self->wait_ms = timeout_ms;
      gantry_wire_set_deadline (self->wire, static_cast<guint> (MAX (left, 0)));
      OFCondition cond = DUL_ReadPDVs (key, NULL, DUL_NOBLOCK, 1);

      if (cond == DUL_PDATAPDUARRIVED)
        {
          const PRIVATE_ASSOCIATIONKEY *own = static_cast<PRIVATE_ASSOCIATIONKEY *> (*key);

          self->next_pdv = own->fragmentBuffer;
          self->n_pdvs = own->pdvCount;
          continue;
        }
      if (cond == DUL_PEERREQUESTEDRELEASE)
        {
          cond = ASC_acknowledgeRelease (self->assoc);
          if (cond.good ())
            {
              gantry_wire_close (self->wire, 100);
              gantry_association_drop (self);
              return GANTRY_RECEIVED_RELEASE;
            }
        }
      else if (cond.good ()) /* dcmnet aborted because of a PDU that is out of place */
        cond = DUL_UNEXPECTEDPDU;
      gantry_association_fail (self, cond, error);
      return GANTRY_RECEIVED_ERROR;
    }
  return GANTRY_RECEIVED_COMMAND;
}

/* Fragments of a command that is not whole yet are kept aside. Returns FALSE when it is too long.
 */
static gboolean
keep_fragment (GantryAssociation *self, const Fragment *pdv)
{
  if (self->command == NULL)
    self->command = g_byte_array_new ();
  self->command_spent += PDV_HEADER + pdv->length;
  if (self->command_spent > COMMAND_MAX)
    return FALSE;
  g_byte_array_append (self->command, pdv->data, pdv->length);
  return TRUE;
}

static GantryReceiveResult
decode_command (GantryAssociation *self,
                const Fragment *pdv,
                GantryCommand *command,
                GError **error)
{
  GError *decode_error = NULL;
  gboolean good;

  if (self->command != NULL && self->command->len > 0)
    {
      good
          = gantry_command_decode (command, self->command->data, self->command->len, &decode_error);
      g_byte_array_set_size (self->command, 0);
    }
  else
    good = gantry_command_decode (command, pdv->data, pdv->length, &decode_error);
  if (!good)
    {
      gantry_association_fail_protocol (self, decode_error->message, error);
      g_error_free (decode_error);
      return GANTRY_RECEIVED_ERROR;
    }
  self->data_pending = command->data_set_type != GANTRY_COMMAND_NO_DATA_SET;
  self->data_context = pdv->context_id;
  return GANTRY_RECEIVED_COMMAND;
}

/* What it means for a message that has begun that no fragment of it came: its end. */
static GantryReceiveResult
break_command (GantryReceiveResult result, guint waited_ms, GError **error)
{
  if (result == GANTRY_RECEIVED_ERROR && error != NULL
      && g_error_matches (*error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT))
    {
      g_clear_error (error);
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT,
                   _ ("The other side began a message and did not end it within %.1f s. See "
                      "the logs of both sides, and ask its administrator about the "
                      "software."),
                   waited_ms / 1000.0);
    }
  if (result != GANTRY_RECEIVED_RELEASE)
    return result;
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                       _ ("The other side ended the association in the middle of a "
                          "message. See the logs of both sides."));
  return GANTRY_RECEIVED_ERROR;
}

static GantryReceiveResult
receive_command (GantryAssociation *self,
                 guint timeout_ms,
                 guint8 *context_id,
                 GantryCommand *command,
                 GError **error)
{
  guint wait = timeout_ms;
  gint64 deadline = after (timeout_ms);
  Fragment pdv = {};

  self->command_spent = 0;
  if (self->command != NULL)
    g_byte_array_set_size (self->command, 0);
  for (gboolean first = TRUE;; first = FALSE)
    {
      GantryReceiveResult result = next_fragment (self, wait, deadline, &pdv, error);

      if (result != GANTRY_RECEIVED_COMMAND)
        return first ? result : break_command (result, wait, error);
      if (!pdv.is_command || (!first && pdv.context_id != *context_id))
        {
          gantry_association_fail_protocol (self,
                                            _ ("The other side sent a data set where a command was "
                                               "due. See the logs of both sides."),
                                            error);
          return GANTRY_RECEIVED_ERROR;
        }
      *context_id = pdv.context_id;
      if (first && pdv.is_last)
        return decode_command (self, &pdv, command, error);
      if (!keep_fragment (self, &pdv))
        {
          gantry_association_fail_protocol (
              self, _ ("The other side sent a command without end. See the logs of both sides."),
              error);
          return GANTRY_RECEIVED_ERROR;
        }
      if (pdv.is_last)
        return decode_command (self, &pdv, command, error);
      /* One for all that is still to come of it: each fragment may be as short as it likes. */
      if (first)
        {
          wait = self->timeouts.idle;
          deadline = after (wait);
        }
    }
}

static gboolean
receive_data (GantryAssociation *self,
              guint8 context_id,
              GantryDataFunc func,
              gpointer user_data,
              GError **error)
{
  gint64 deadline = after (self->timeouts.idle);
  gint64 end = G_MAXINT64; /* of what nobody wants */
  Fragment pdv = {};

  self->data_pending = FALSE;
  do
    {
      GantryReceiveResult result = next_fragment (self, self->timeouts.idle, deadline, &pdv, error);

      if (result == GANTRY_RECEIVED_RELEASE)
        g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                             _ ("The other side ended the association in the middle of a message. "
                                "See the logs of both sides."));
      if (result != GANTRY_RECEIVED_COMMAND)
        return FALSE;
      if (pdv.is_command || pdv.context_id != context_id)
        {
          gantry_association_fail_protocol (self,
                                            _ ("The other side sent a command in the middle of a "
                                               "data set. See the logs of both sides."),
                                            error);
          return FALSE;
        }
      if (pdv.length > 0) /* an empty one is no progress */
        deadline = after (self->timeouts.idle);
      if (pdv.length > 0 && (func == NULL || !func (pdv.data, pdv.length, user_data)))
        end = MIN (end, after (UNWANTED_IDLES * self->timeouts.idle));
      if (!pdv.is_last && g_get_monotonic_time () >= end)
        {
          gantry_association_fail_protocol (self,
                                            _ ("The other side did not come to the end of an "
                                               "object that could not be taken. See the logs of "
                                               "both sides."),
                                            error);
          return FALSE;
        }
    }
  while (!pdv.is_last);
  return TRUE;
}

GantryReceiveResult
gantry_association_receive (GantryAssociation *self,
                            guint timeout_ms,
                            guint8 *context_id,
                            GantryCommand *command,
                            GError **error)
try
  {
    if (!gantry_association_check (self, error)
        || (self->data_pending && !receive_data (self, self->data_context, NULL, NULL, error)))
      return GANTRY_RECEIVED_ERROR;
    GantryReceiveResult result = receive_command (self, timeout_ms, context_id, command, error);

    if (result == GANTRY_RECEIVED_COMMAND)
      self->answer_due = FALSE;
    return result;
  }
catch (const std::exception &e)
  {
    gantry_association_fail_protocol (self, e.what (), error);
    return GANTRY_RECEIVED_ERROR;
  }

gboolean
gantry_association_receive_data (GantryAssociation *self,
                                 guint8 context_id,
                                 GantryDataFunc func,
                                 gpointer user_data,
                                 GError **error)
try
  {
    return gantry_association_check (self, error)
           && receive_data (self, context_id, func, user_data, error);
  }
catch (const std::exception &e)
  {
    gantry_association_fail_protocol (self, e.what (), error);
    return FALSE;
  }
