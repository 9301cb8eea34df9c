/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-store-scu.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gantry-association-private.h"
#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-registry.h"

#define PATIENCE_MS 500 /* with an answer that is due when everything is cancelled */

/* PS3.7 9.3.1.2: the answer may leave the instance out, but not name another one. */
static gboolean
is_about (const GantryCommand *response, const GantryCommand *request)
{
  return *response->sop_instance_uid == '\0'
         || strcmp (response->sop_instance_uid, request->sop_instance_uid) == 0;
}

static gboolean
fail_answer (GantryAssociation *association, const char *message, GError **error)
{
  gantry_association_abort (association);
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL, message);
  return FALSE;
}

/* Waits for the one answer that is due; anything else ends the association. */
static gboolean
receive_response (GantryAssociation *association,
                  guint8 asked_on,
                  const GantryCommand *request,
                  guint timeout_ms,
                  GantryCommand *response,
                  GError **error)
{
  guint8 context_id;

  switch (gantry_association_receive (association, timeout_ms, &context_id, response, error))
    {
    case GANTRY_RECEIVED_RELEASE:
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED,
                           _ ("The other side ended the association instead of answering. Try "
                              "again, and ask its administrator for its log."));
      return FALSE;
    case GANTRY_RECEIVED_COMMAND:
      break;
    default:
      return FALSE;
    }

  /* On the context of the request (PS3.8 9.3.5.1), or it is about something else. */
  if (context_id != asked_on || response->field != (request->field | 0x8000)
      || response->message_id_responded_to != request->message_id || !response->has_status)
    return fail_answer (association,
                        _ ("The other side sent something else than the answer to the request. See "
                           "the logs of both sides, and ask its administrator about the software."),
                        error);
  if (!is_about (response, request))
    return fail_answer (association,
                        _ ("The other side answered about another object than the one that was "
                           "sent. Check what it has, and ask its administrator about the "
                           "software."),
                        error);
  return TRUE;
}

static guint8
find_verification_context (GantryAssociation *association)
{
  const GantryAssociationFacts *facts = gantry_association_get_facts (association);

  for (guint i = 0; i < facts->contexts->len; i++)
    {
      const GantryContext *context = facts->contexts->pdata[i];

      if (context->result == 0 && g_str_equal (context->abstract_syntax, GANTRY_UID_VERIFICATION))
        return context->id;
    }
  return 0;
}

static guint
get_dimse_timeout (GantryAssociation *association)
{
  return gantry_association_get_timeouts (association)->dimse;
}

/**
 * gantry_echo_scu:
 * @status: (out): the peer's status, 0000 when all is well
 * @error: %GANTRY_ERROR_NOT_ACCEPTED leaves the association as it is; anything else: it is over
 */
gboolean
gantry_echo_scu (GantryAssociation *association, guint16 *status, GError **error)
{
  GantryCommand request = { .field = GANTRY_COMMAND_C_ECHO_RQ,
                            .data_set_type = GANTRY_COMMAND_NO_DATA_SET,
                            .sop_class_uid = GANTRY_UID_VERIFICATION };
  GantryCommand response;
  guint8 context_id = find_verification_context (association);

  if (context_id == 0)
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_NOT_ACCEPTED,
                           _ ("The other side accepted the association, but not the Verification "
                              "service that an echo needs."));
      return FALSE;
    }
  request.message_id = gantry_association_next_message_id (association);
  if (!gantry_association_send (association, context_id, &request, NULL, 0, NULL, NULL, error)
      || !receive_response (association, context_id, &request, get_dimse_timeout (association),
                            &response, error))
    return FALSE;
  *status = response.status;
  return TRUE;
}

/* A file on its way to the wire. It is read, not mapped: reading a map of a file that somebody
 * makes shorter kills the process. */
typedef struct
{
  int fd;
  char *name;
  GantryFileMark mark; /* when it was opened */
  guint64 at, end;     /* in the file; a missing last octet is zero */
} DataSet;

static void
data_set_clear (DataSet *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DataSet, data_set_clear)

static gboolean
fail_read (const DataSet *self, int reason, GError **error)
{
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE, _ ("%s cannot be read: %s"), self->name,
               g_strerror (reason));
  return FALSE;
}

static gboolean
fail_changed (const DataSet *self, GError **error)
{
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
               _ ("%s changed while it was being sent. Add it again to send it as it is now."),
               self->name);
  return FALSE;
}

/* That no other file was read than the one that was opened; the peer has not got all of it yet. */
static gboolean
check_unchanged (const DataSet *self, GError **error)
{
  struct stat now;

  if (fstat (self->fd, &now) != 0)
    return fail_read (self, errno, error);
  return gantry_file_mark_matches (&self->mark, &now) || fail_changed (self, error);
}

/* GantryFillFunc */
static gboolean
read_piece (guint8 *buffer, gsize length, gpointer data, GError **error)
{
  DataSet *self = data;

  while (length > 0)
    {
      gssize n = pread (self->fd, buffer, length, (off_t)self->at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_read (self, errno, error);
      if (n == 0 && (length > 1 || self->at != self->mark.size))
        return fail_changed (self, error);
      if (n == 0)
        {
          *buffer = 0;
          n = 1;
        }
      buffer += n;
      length -= (gsize)n;
      self->at += (guint64)n;
    }
  return self->at < self->end || check_unchanged (self, error);
}

static gboolean
open_data_set (DataSet *self,
               const char *path,
               const GantryFileMark *expected,
               guint64 data_offset,
               const char *transfer_syntax,
               GError **error)
{
  struct stat status;

  self->name = g_filename_display_name (path);
  self->fd = gantry_file_open (path, &status);
  if (self->fd < 0)
    return fail_read (self, errno, error);
  if (expected != NULL && !gantry_file_mark_matches (expected, &status))
    return fail_changed (self, error);

  gantry_file_mark_set (&self->mark, &status);
  self->at = data_offset;
  self->end = self->mark.size;
  if (self->at > self->end)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                   _ ("%s became shorter since it was looked at."), self->name);
      return FALSE;
    }
  if ((self->end - self->at) % 2 == 0)
    return TRUE;
  /* PS3.5 A.5: a deflated stream of odd length is followed by one zero octet. */
  if (g_strcmp0 (transfer_syntax, GANTRY_UID_DEFLATED_LE) == 0)
    {
      self->end++;
      return TRUE;
    }
  /* PS3.5 7.1.1 and PS3.8 E.1: neither a data set nor a fragment of one has an odd length, and what
   * is missing cannot be guessed. */
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
               _ ("%s has an odd number of bytes, which cannot be sent: the end of an element is "
                  "missing, or one is of an odd length."),
               self->name);
  return FALSE;
}

/* A name that is cut is another object's. */
static gboolean
make_request (GantryAssociation *association,
              const char *sop_class_uid,
              const char *sop_instance_uid,
              GantryPriority priority,
              GantryCommand *request,
              GError **error)
{
  *request = (GantryCommand){ .field = GANTRY_COMMAND_C_STORE_RQ, .priority = priority };
  if (strlen (sop_class_uid) > GANTRY_UID_MAX || strlen (sop_instance_uid) > GANTRY_UID_MAX)
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                           _ ("The object's SOP Class UID or SOP Instance UID has more than 64 "
                              "characters, so it was not sent. It must be corrected where it was "
                              "made."));
      return FALSE;
    }
  request->message_id = gantry_association_next_message_id (association);
  g_strlcpy (request->sop_class_uid, sop_class_uid, sizeof request->sop_class_uid);
  g_strlcpy (request->sop_instance_uid, sop_instance_uid, sizeof request->sop_instance_uid);
  return TRUE;
}

/* The request has been handed over: its answer, and how long it took. */
static gboolean
receive_store_response (GantryAssociation *association,
                        guint8 context_id,
                        const GantryCommand *request,
                        GantryCommand *response,
                        GError **error)
{
  gint64 sent = g_get_monotonic_time ();
  gboolean good;

  /* The peer has the whole object: what it says of it decides what becomes of it here. */
  gantry_association_set_patience (association, PATIENCE_MS);
  good = receive_response (association, context_id, request, get_dimse_timeout (association),
                           response, error);
  gantry_association_set_patience (association, 0);
  if (!good)
    return FALSE;
  gantry_association_count_store (association, sent);
  return TRUE;
}

gboolean
gantry_store_scu_data (GantryAssociation *association,
                       guint8 context_id,
                       const guint8 *data,
                       gsize length,
                       const char *sop_class_uid,
                       const char *sop_instance_uid,
                       GantryPriority priority,
                       GantrySendProgress progress,
                       gpointer user_data,
                       GantryCommand *response,
                       GError **error)
{
  GantryCommand request;

  return make_request (association, sop_class_uid, sop_instance_uid, priority, &request, error)
         && gantry_association_send (association, context_id, &request, data, length, progress,
                                     user_data, error)
         && receive_store_response (association, context_id, &request, response, error);
}

gboolean
gantry_store_scu (GantryAssociation *association,
                  guint8 context_id,
                  const char *path,
                  const GantryFileMark *mark,
                  guint64 data_offset,
                  const char *sop_class_uid,
                  const char *sop_instance_uid,
                  GantryPriority priority,
                  GantrySendProgress progress,
                  gpointer user_data,
                  GantryCommand *response,
                  GError **error)
{
  const char *transfer_syntax
      = gantry_association_get_transfer_syntax (association, context_id, NULL);
  g_auto (DataSet) data_set = { .fd = -1 };
  GantryCommand request;

  return make_request (association, sop_class_uid, sop_instance_uid, priority, &request, error)
         && open_data_set (&data_set, path, mark, data_offset, transfer_syntax, error)
         && gantry_association_send_filled (association, context_id, &request,
                                            data_set.end - data_set.at, read_piece, &data_set,
                                            progress, user_data, error)
         && receive_store_response (association, context_id, &request, response, error);
}
