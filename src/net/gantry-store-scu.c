/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-store-scu.h"

#include <glib/gi18n-lib.h>

#include "gantry-association-private.h"
#include "gantry-error.h"
#include "gantry-registry.h"

/* Waits for the one answer that is due; anything else ends the association. */
static gboolean
receive_response (GantryAssociation *association,
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
                           _ ("The other side ended the association instead of answering."));
      return FALSE;
    case GANTRY_RECEIVED_COMMAND:
      break;
    default:
      return FALSE;
    }

  if (response->field == (request->field | 0x8000)
      && response->message_id_responded_to == request->message_id && response->has_status)
    return TRUE;

  gantry_association_abort (association);
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                       _ ("The other side sent something else than the answer to the request."));
  return FALSE;
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
      || !receive_response (association, &request, get_dimse_timeout (association), &response,
                            error))
    return FALSE;
  *status = response.status;
  return TRUE;
}

/* PS3.5 A.5: a deflated stream of odd length is followed by one zero octet. Read, not mapped: such
 * objects are small, and there is no room for the octet behind a map.
 */
static GBytes *
read_padded (const char *path, const char *name, guint64 data_offset, GError **error)
{
  g_autoptr (GError) read_error = NULL;
  char *contents = NULL;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, &read_error))
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE, _ ("%s cannot be read: %s"), name,
                   read_error->message);
      return NULL;
    }
  if (length < data_offset || (length - data_offset) % 2 == 0)
    {
      g_free (contents);
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                   _ ("%s changed while it was being sent."), name);
      return NULL;
    }
  /* GLib has put the zero there already: contents[length] is '\0'. */
  return g_bytes_new_with_free_func (contents + data_offset, length + 1 - data_offset, g_free,
                                     contents);
}

/* Returns: (transfer full): the data set, in memory as far as it is touched */
static GBytes *
map_data_set (const char *path, guint64 data_offset, const char *transfer_syntax, GError **error)
{
  g_autoptr (GError) map_error = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &map_error);
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  if (file == NULL)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE, _ ("%s cannot be read: %s"), name,
                   map_error->message);
      return NULL;
    }
  length = g_mapped_file_get_length (file);
  if (data_offset > length)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                   _ ("%s became shorter since it was looked at."), name);
      return NULL;
    }
  if ((length - data_offset) % 2 != 0 && g_strcmp0 (transfer_syntax, GANTRY_UID_DEFLATED_LE) == 0)
    return read_padded (path, name, data_offset, error);
  /* PS3.5 7.1.1 and PS3.8 E.1: neither a data set nor a fragment of one has an odd length, and what
   * is missing cannot be guessed. */
  if ((length - data_offset) % 2 != 0)
    {
      g_set_error (
          error, GANTRY_ERROR, GANTRY_ERROR_FILE,
          _ ("%s has an odd number of bytes, which cannot be sent: the end of an element is "
             "missing, or one is of an odd length."),
          name);
      return NULL;
    }
  bytes = g_mapped_file_get_bytes (file);
  return g_bytes_new_from_bytes (bytes, data_offset, length - data_offset);
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
  GantryCommand request = { .field = GANTRY_COMMAND_C_STORE_RQ, .priority = priority };

  request.message_id = gantry_association_next_message_id (association);
  g_strlcpy (request.sop_class_uid, sop_class_uid, sizeof request.sop_class_uid);
  g_strlcpy (request.sop_instance_uid, sop_instance_uid, sizeof request.sop_instance_uid);
  return gantry_association_send (association, context_id, &request, data, length, progress,
                                  user_data, error)
         && receive_response (association, &request, get_dimse_timeout (association), response,
                              error);
}

gboolean
gantry_store_scu (GantryAssociation *association,
                  guint8 context_id,
                  const char *path,
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
  g_autoptr (GBytes) bytes = map_data_set (path, data_offset, transfer_syntax, error);
  const guint8 *data;
  gsize length;

  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &length);
  return gantry_store_scu_data (association, context_id, data, length, sop_class_uid,
                                sop_instance_uid, priority, progress, user_data, response, error);
}
