/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-pdu.h"
#include "gantry-registry.h"
#include "gantry-store-scp.h"
#include "gantry-words.h"

/* PS3.8 9.3.4: rejected permanent, by the service user, called AE title not recognised. */
static const GantryReject reject_called = { 1, 1, 7 };

/* PS3.4 Table B.2-1 */
#define STATUS_SUCCESS 0x0000
#define STATUS_MISMATCH 0xB007
#define STATUS_NO_RESOURCES 0xA700
#define STATUS_CANNOT_UNDERSTAND 0xC000

/* What is answered for each end of an object (PS3.4 Table B.2-1). The comment is (0000,0902): LO,
 * ASCII, never anything of the object or our disk. */
static const struct
{
  guint16 status;
  const char *comment;
} answers[GANTRY_N_KEPT] = {
  [GANTRY_KEPT] = { STATUS_SUCCESS, NULL },
  [GANTRY_KEPT_ALREADY] = { STATUS_SUCCESS, NULL },
  [GANTRY_KEPT_BESIDE] = { STATUS_SUCCESS, NULL },
  [GANTRY_KEPT_MISMATCH] = { STATUS_MISMATCH, "UIDs of request and data set differ" },
  [GANTRY_KEPT_UNSAFE] = { STATUS_SUCCESS, NULL },
  [GANTRY_KEPT_QUARANTINED]
  = { STATUS_CANNOT_UNDERSTAND, "data set cannot be parsed; quarantined" },
  [GANTRY_REFUSED_UNSAFE] = { STATUS_CANNOT_UNDERSTAND, "a UID of the object is not a UID" },
  [GANTRY_REFUSED_SPACE] = { STATUS_NO_RESOURCES, "disk reserve reached; try again later" },
  [GANTRY_NOT_KEPT] = { STATUS_NO_RESOURCES, "cannot write to disk" },
};

typedef struct
{
  const GantrySessionPolicy *policy;
  GantryAssociation *association;
  /* The object on its way in. */
  GantryCommand request;
  const char *transfer_syntax;
  GantryUpdate *update; /* what became of it; goes when its response has */
} Session;

void
gantry_update_free (gpointer data)
{
  GantryUpdate *update = data;

  gantry_record_unref (update->record);
  gantry_record_unref (update->message);
  gantry_record_unref (update->received);
  g_clear_pointer (&update->instance, gantry_instance_unref);
  g_free (update->reason);
  g_free (update);
}

static GantryUpdate *
update_new (GantryUpdateType type, gconstpointer session)
{
  GantryUpdate *update = g_new0 (GantryUpdate, 1);

  update->type = type;
  update->session = session;
  return update;
}

/* ---- Objects -------------------------------------------------------------------------------- */

static void
report_object (Session *self,
               GantryKept kept,
               guint64 size,
               const char *path,
               GantryInstance *instance,
               const char *remark)
{
  GantryUpdate *update = update_new (GANTRY_UPDATE_MESSAGE, self);
  GantryReceived *received = gantry_received_new ();
  const GantrySopClass *sop_class = gantry_sop_class_lookup (self->request.sop_class_uid);

  gantry_record_set (&received->path, path);
  gantry_record_set (&received->sop_class_uid, self->request.sop_class_uid);
  gantry_record_set (&received->sop_instance_uid, self->request.sop_instance_uid);
  gantry_record_set (&received->transfer_syntax, self->transfer_syntax);
  /* The object's own word on its modality wins over what its class suggests. */
  gantry_record_set (&received->modality, instance != NULL    ? instance->modality
                                          : sop_class != NULL ? sop_class->modality
                                                              : "");
  received->size = size;
  received->received = g_get_real_time ();
  received->status = answers[kept].status;
  gantry_record_set (&received->remark, remark);
  update->received = received;
  update->instance = instance;
  update->again = kept == GANTRY_KEPT_ALREADY;
  g_clear_pointer (&self->update, gantry_update_free);
  self->update = update;
}

static gpointer
begin_object (const GantryCommand *request,
              const char *transfer_syntax,
              guint16 *status,
              char **comment,
              gpointer user_data)
{
  Session *self = user_data;
  g_autoptr (GError) error = NULL;
  const GantryAssociationFacts *facts = gantry_association_get_facts (self->association);
  GantryKept why;
  GantryPart *part;

  self->request = *request;
  self->transfer_syntax = transfer_syntax;
  part = gantry_keeper_begin (self->policy->keeper, request->sop_class_uid,
                              request->sop_instance_uid, transfer_syntax, facts->calling, &why,
                              &error);
  if (part != NULL)
    return part;

  *status = answers[why].status;
  *comment = g_strdup (answers[why].comment);
  report_object (self, why, 0, "", NULL, error->message);
  return NULL;
}

static gboolean
write_object (gpointer object, const guint8 *data, gsize length, gpointer user_data G_GNUC_UNUSED)
{
  return gantry_part_write (object, data, length);
}

static guint16
finish_object (gpointer object, char **comment, gpointer user_data)
{
  Session *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  GantryInstance *instance = NULL;
  guint64 size = gantry_part_get_size (object);
  GantryKept kept = gantry_part_keep (object, &path, &instance, &error);

  report_object (self, kept, size, path, instance, error != NULL ? error->message : "");
  *comment = g_strdup (answers[kept].comment);
  return answers[kept].status;
}

static void
drop_object (gpointer object, gpointer user_data G_GNUC_UNUSED)
{
  gantry_part_drop (object);
}

/* The message and what became of its object are one update, for one is sent for every object. */
static void
answered (const GantryExchange *exchange, gpointer user_data)
{
  Session *self = user_data;
  GantryUpdate *update = g_steal_pointer (&self->update);
  GantryMessage *message = gantry_message_new ();

  if (update == NULL)
    update = update_new (GANTRY_UPDATE_MESSAGE, self);
  message->command = exchange->request->field;
  message->message_id = exchange->request->message_id;
  message->context_id = exchange->context_id;
  gantry_record_set (&message->sop_class_uid, exchange->request->sop_class_uid);
  gantry_record_set (&message->sop_instance_uid, exchange->request->sop_instance_uid);
  message->size = exchange->bytes;
  message->status = exchange->status;
  message->started = exchange->started;
  message->elapsed = exchange->elapsed;
  update->message = message;
  gantry_channel_send (self->policy->updates, update);
}

/* ---- The association ------------------------------------------------------------------------ */

/* Any storage SOP class, and any UID that the standard we know does not name: a private or newer
 * object is kept rather than lost. What is known to be something else is refused.
 */
static gboolean
is_wanted (const char *abstract_syntax)
{
  return strcmp (abstract_syntax, GANTRY_UID_VERIFICATION) == 0
         || gantry_sop_class_lookup (abstract_syntax) != NULL
         || (gantry_uid_lookup (abstract_syntax) == NULL && gantry_uid_is_valid (abstract_syntax));
}

/* Verification has no data set, so any syntax will do; objects come as the peer likes best to send
 * them, whatever it is: nothing here depends on it.
 */
static gboolean
negotiate (GantryAssociation *association, GantryReject *reject, gpointer user_data)
{
  const GantrySessionPolicy *policy = user_data;
  const GantryAssociationFacts *facts = gantry_association_get_facts (association);

  if (policy->check_called && strcmp (facts->called, policy->ae_title) != 0)
    {
      *reject = reject_called;
      return FALSE;
    }
  for (guint i = 0; i < facts->contexts->len; i++)
    {
      const GantryContext *context = facts->contexts->pdata[i];

      if (!is_wanted (context->abstract_syntax))
        gantry_association_answer (association, context->id, NULL, 3);
      else if (context->proposed == NULL || context->proposed[0] == NULL)
        gantry_association_answer (association, context->id, NULL, 4);
      else
        gantry_association_answer (association, context->id, context->proposed[0], 0);
    }
  return TRUE;
}

static GantryAssociationRecord *
make_record (const GantryAssociationFacts *facts)
{
  GantryAssociationRecord *record = gantry_association_record_new ();

  record->state = GANTRY_ASSOCIATION_OPEN;
  record->started = g_get_real_time ();
  gantry_record_set (&record->calling, facts->calling);
  gantry_record_set (&record->called, facts->called);
  gantry_record_set (&record->peer, facts->peer_address);
  gantry_record_set (&record->implementation_class_uid, facts->peer_implementation_class_uid);
  gantry_record_set (&record->implementation_version, facts->peer_implementation_version);
  record->peer_max_pdu = facts->peer_max_pdu;
  record->our_max_pdu = facts->our_max_pdu;
  record->request_pdu = g_bytes_ref (facts->request_pdu);
  record->answer_pdu = g_bytes_ref (facts->answer_pdu);
  g_ptr_array_unref (record->contexts);
  record->contexts = g_ptr_array_ref (facts->contexts);
  return record;
}

static GantryAssociationState
state_of_error (const GError *error)
{
  return g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT)
             ? GANTRY_ASSOCIATION_TIMED_OUT
             : GANTRY_ASSOCIATION_ABORTED;
}

/* Whose doing an end is that was none in order. */
static GantryEndedBy
blame (const GError *error, gboolean aborted)
{
  if (aborted)
    return GANTRY_ENDED_BY_CALLER;
  return g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_ABORTED) ? GANTRY_ENDED_BY_LOSS
                                                                     : GANTRY_ENDED_BY_US;
}

/* What is told of an end that the receiver's user has caused. */
static const char *
describe_end (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
             ? _ ("The receiver was turned off while this association was open.")
             : error->message;
}

static void
serve (GantryAssociation *association, gpointer user_data)
{
  static const GantryStoreSink sink
      = { begin_object, write_object, finish_object, drop_object, answered };
  const GantrySessionPolicy *policy = user_data;
  Session self = { .policy = policy, .association = association };
  g_autoptr (GError) error = NULL;
  GantryUpdate *update = update_new (GANTRY_UPDATE_OPENED, &self);

  update->record = make_record (gantry_association_get_facts (association));
  gantry_channel_send (policy->updates, update);

  gantry_store_scp_serve (association, policy->idle_timeout_ms, &sink, &self, &error);

  update = update_new (GANTRY_UPDATE_ENDED, &self);
  update->state = error == NULL ? GANTRY_ASSOCIATION_RELEASED : state_of_error (error);
  update->ended_by = error == NULL ? GANTRY_ENDED_BY_CALLER
                                   : blame (error, gantry_association_was_aborted (association));
  update->reason = g_strdup (error != NULL ? describe_end (error) : "");
  gantry_channel_send (policy->updates, update);
}

/* As the receiver's administrator reads it; gantry_reject_describe() speaks to the caller. */
static char *
describe_rejection (const GantrySessionPolicy *policy, const GantryTurnedAway *what)
{
  if (memcmp (what->reject, &reject_called, sizeof reject_called) == 0)
    return g_strdup_printf (
        _ ("Rejected: it asked for “%s”, and this receiver is called “%s”. Correct the AE title at "
           "the caller, or let this receiver accept any called AE title."),
        what->called, policy->ae_title);
  if (*what->calling == '\0')
    return g_strdup (
        _ ("Rejected: the caller gives no AE title of its own. Set one at the caller."));
  if (what->reject->source == 3)
    return g_strdup (
        _ ("Rejected: too many associations are open. The caller may try again later."));
  return gantry_reject_describe (what->reject->result, what->reject->source, what->reject->reason,
                                 what->called, what->calling);
}

/* What the caller said of itself before it was turned away. */
static void
describe_caller (GantryAssociationRecord *record, const GantryTurnedAway *what)
{
  g_auto (GantryAssociatePdu) pdu = { 0 };
  gsize length;
  const guint8 *data;

  if (what->answer_pdu != NULL)
    record->answer_pdu = g_bytes_ref (what->answer_pdu);
  if (what->request_pdu == NULL)
    return;
  record->request_pdu = g_bytes_ref (what->request_pdu);
  data = g_bytes_get_data (what->request_pdu, &length);
  if (!gantry_associate_pdu_parse (&pdu, data, length, NULL))
    return;
  gantry_record_set (&record->implementation_class_uid, pdu.implementation_class_uid);
  gantry_record_set (&record->implementation_version, pdu.implementation_version);
  record->peer_max_pdu = pdu.max_pdu;
}

static void
turned_away (const GantryTurnedAway *what, gpointer user_data)
{
  const GantrySessionPolicy *policy = user_data;
  GantryUpdate *update = update_new (GANTRY_UPDATE_TURNED_AWAY, NULL);
  GantryAssociationRecord *record = update->record = gantry_association_record_new ();

  record->started = record->ended = g_get_real_time ();
  gantry_record_set (&record->calling, what->calling);
  gantry_record_set (&record->called, what->called);
  gantry_record_set (&record->peer, what->peer_address);
  describe_caller (record, what);
  record->ended_by = what->error != NULL ? blame (what->error, what->aborted) : GANTRY_ENDED_BY_US;
  if (what->reject != NULL)
    {
      g_autofree char *reason = describe_rejection (policy, what);

      record->state = GANTRY_ASSOCIATION_REJECTED;
      gantry_record_set (&record->result, reason);
    }
  else
    {
      record->state = state_of_error (what->error);
      gantry_record_set (&record->result, describe_end (what->error));
    }
  gantry_channel_send (policy->updates, update);
}

const GantryAcceptorFuncs gantry_session_funcs = { negotiate, serve, turned_away };
