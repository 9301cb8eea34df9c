/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-store-scp.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-registry.h"

#define STATUS_SUCCESS 0x0000
#define STATUS_CLASS_NOT_SUPPORTED 0x0122    /* PS3.7 C.5.18 */
#define STATUS_UNRECOGNIZED_OPERATION 0x0211 /* PS3.7 C.5.23 */
#define STATUS_CANNOT_UNDERSTAND 0xC000      /* PS3.4 Table B.2-1 */
#define RESPONSE 0x8000

typedef struct
{
  GantryAssociation *association;
  const GantryStoreSink *sink;
  gpointer user_data;

  /* The object that is being received. */
  gpointer object;

  GantryExchange exchange;
  gint64 begun; /* monotonic */
} Server;

static gboolean
respond (Server *self,
         guint8 context_id,
         const GantryCommand *request,
         guint16 status,
         const char *comment,
         GError **error)
{
  GantryCommand response;

  gantry_command_init_response (&response, request, status, comment);
  return gantry_association_send (self->association, context_id, &response, NULL, 0, NULL, NULL,
                                  error);
}

static gboolean
has_data_set (const GantryCommand *command)
{
  return command->data_set_type != GANTRY_COMMAND_NO_DATA_SET;
}

/* @status: -1: no response has left */
static void
tell (Server *self, gint32 status)
{
  self->exchange.status = status;
  self->exchange.elapsed = g_get_monotonic_time () - self->begun;
  if (self->sink->answered != NULL)
    self->sink->answered (&self->exchange, self->user_data);
}

/* Counts what the sink does not want, too. */
static gboolean
on_unwanted (const guint8 *data G_GNUC_UNUSED, gsize length, gpointer user_data)
{
  Server *self = user_data;

  self->exchange.bytes += length;
  return FALSE;
}

static gboolean
drain (Server *self, guint8 context_id, const GantryCommand *request, GError **error)
{
  return !has_data_set (request)
         || gantry_association_receive_data (self->association, context_id, on_unwanted, self,
                                             error);
}

static gboolean
on_data (const guint8 *data, gsize length, gpointer user_data)
{
  Server *self = user_data;

  self->exchange.bytes += length;
  return self->sink->write (self->object, data, length, self->user_data);
}

/* @why: for our user; @comment: for the caller, who reads ASCII */
static gboolean
refuse_object (Server *self,
               guint8 context_id,
               const GantryCommand *request,
               const char *why,
               char *comment,
               char **told,
               GError **error)
{
  self->exchange.refusal = why;
  *told = comment;
  return drain (self, context_id, request, error);
}

/* What a context was accepted for is all that may be sent on it: a fall-back to a related general
 * SOP class, too, names that class (PS3.4 B.4.2.1, PS3.7 9.1.1.1.3). */
static gboolean
is_for (const GantryCommand *request, const char *abstract_syntax)
{
  return strcmp (request->sop_class_uid, abstract_syntax) == 0;
}

/* A broken sender's request may name what is no SOP class at all ("31"): then what the data set
 * names is held against it (B007), as with any request that does not match. None is an error. */
static gboolean
names_another (const GantryCommand *request, const char *abstract_syntax)
{
  const char *named = request->sop_class_uid;

  if (*named != '\0' && (!gantry_uid_is_valid (named) || strchr (named, '.') == NULL))
    return FALSE;
  return !is_for (request, abstract_syntax);
}

/* Reads the object and asks the sink for its status. */
static gboolean
receive_object (Server *self,
                guint8 context_id,
                const GantryCommand *request,
                const char *abstract_syntax,
                const char *transfer_syntax,
                guint16 *status,
                char **comment,
                GError **error)
{
  if (names_another (request, abstract_syntax)
      || strcmp (abstract_syntax, GANTRY_UID_VERIFICATION) == 0)
    {
      *status = STATUS_CLASS_NOT_SUPPORTED;
      return refuse_object (self, context_id, request,
                            _ ("Not kept: it came on a presentation context that was accepted for "
                               "another SOP class."),
                            g_strdup_printf ("context %u is for another SOP class", context_id),
                            comment, error);
    }
  if (!has_data_set (request))
    {
      *status = STATUS_CANNOT_UNDERSTAND;
      return refuse_object (self, context_id, request,
                            _ ("Not kept: no data set followed the request."),
                            g_strdup ("No data set follows the request"), comment, error);
    }

  self->object = self->sink->begin (request, transfer_syntax, status, comment, self->user_data);
  if (self->object == NULL)
    return drain (self, context_id, request, error);

  if (!gantry_association_receive_data (self->association, context_id, on_data, self, error))
    {
      self->sink->drop (g_steal_pointer (&self->object), self->user_data);
      return FALSE;
    }
  *status = self->sink->finish (g_steal_pointer (&self->object), comment, self->user_data);
  return TRUE;
}

static gboolean
serve_store (Server *self,
             guint8 context_id,
             const GantryCommand *request,
             const char *abstract_syntax,
             const char *transfer_syntax,
             GError **error)
{
  g_autofree char *comment = NULL;
  guint16 status = STATUS_CANNOT_UNDERSTAND;
  gboolean ok = receive_object (self, context_id, request, abstract_syntax, transfer_syntax,
                                &status, &comment, error)
                && respond (self, context_id, request, status, comment, error);

  tell (self, ok ? status : -1);
  return ok;
}

/* What has no object: C-ECHO, and what is not served here. */
static gboolean
serve_other (
    Server *self, guint8 context_id, const GantryCommand *request, guint16 status, GError **error)
{
  gboolean ok = drain (self, context_id, request, error)
                && respond (self, context_id, request, status, NULL, error);

  tell (self, ok ? status : -1);
  return ok;
}

static gboolean
serve_command (Server *self, guint8 context_id, const GantryCommand *request, GError **error)
{
  const char *abstract_syntax = NULL;
  const char *transfer_syntax
      = gantry_association_get_transfer_syntax (self->association, context_id, &abstract_syntax);

  if (transfer_syntax == NULL)
    {
      gantry_association_abort (self->association);
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                   _ ("The caller used presentation context %u, which was not accepted."),
                   context_id);
      return FALSE;
    }

  self->exchange = (GantryExchange){ .request = request,
                                     .context_id = context_id,
                                     .transfer_syntax = transfer_syntax,
                                     .started = g_get_real_time () };
  self->begun = g_get_monotonic_time ();
  switch (request->field)
    {
    case GANTRY_COMMAND_C_STORE_RQ:
      return serve_store (self, context_id, request, abstract_syntax, transfer_syntax, error);
    case GANTRY_COMMAND_C_ECHO_RQ:
      return serve_other (self, context_id, request,
                          is_for (request, abstract_syntax)
                                  && strcmp (abstract_syntax, GANTRY_UID_VERIFICATION) == 0
                              ? STATUS_SUCCESS
                              : STATUS_CLASS_NOT_SUPPORTED,
                          error);
    case GANTRY_COMMAND_C_CANCEL_RQ: /* of what is over already (PS3.7 9.3.2.3) */
      return drain (self, context_id, request, error);
    default:
      if ((request->field & RESPONSE) != 0) /* to nothing that we asked */
        return drain (self, context_id, request, error);
      return serve_other (self, context_id, request, STATUS_UNRECOGNIZED_OPERATION, error);
    }
}

gboolean
gantry_store_scp_serve (GantryAssociation *association,
                        guint idle_timeout_ms,
                        const GantryStoreSink *sink,
                        gpointer user_data,
                        GError **error)
{
  Server self = { .association = association, .sink = sink, .user_data = user_data };

  for (;;)
    {
      GantryCommand command;
      guint8 context_id;

      switch (
          gantry_association_receive (association, idle_timeout_ms, &context_id, &command, error))
        {
        case GANTRY_RECEIVED_RELEASE:
          return TRUE;
        case GANTRY_RECEIVED_COMMAND:
          if (!serve_command (&self, context_id, &command, error))
            return FALSE;
          break;
        default:
          return FALSE;
        }
    }
}
