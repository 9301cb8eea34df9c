/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-pdu.h"
#include "gantry-registry.h"
#include "gantry-session-trace.h"
#include "gantry-store-scp.h"
#include "gantry-words.h"

/* PS3.4 Table B.2-1 */
#define STATUS_SUCCESS 0x0000
#define STATUS_MISMATCH 0xB007
#define STATUS_NO_RESOURCES 0xA700
#define STATUS_CANNOT_UNDERSTAND 0xC000
#define STATUS_NO_NAME 0xC001 /* of the same kind: trying again does not help */

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
  [GANTRY_REFUSED_NAME] = { STATUS_NO_NAME, "the names for this UID are taken" },
  [GANTRY_NOT_KEPT] = { STATUS_NO_RESOURCES, "cannot write to disk" },
};

typedef struct
{
  const GantrySessionPolicy *policy;
  GantryAssociation *association;
  /* The object on its way in. */
  GantryCommand request;
  const char *transfer_syntax;
  guint64 size;
  GantryPart *part; /* NULL: it is not to be kept */
  guint n_objects;
  GantryMisbehaviour misbehaviour; /* of this object */
  GantryUpdate *update;            /* what became of it; goes when its response has */
  const char *ended;               /* why the test behaviour ended the association; or NULL */
} Session;

/* A request can be a megabyte, and its contexts as much again; the channel counts updates and not
 * octets. So of those that became associations, whose number is limited, there is one at a time for
 * each worker, which waits until it is taken. */
#define LARGE 16384

static GMutex taken_lock;
static GCond taken_changed;

static void
send_opened (const GantrySessionPolicy *policy, GantryUpdate *update)
{
  gboolean taken = FALSE;

  if (g_bytes_get_size (update->record->request_pdu) < LARGE)
    {
      gantry_channel_send (policy->updates, update);
      return;
    }
  update->taken = &taken;
  gantry_channel_send (policy->updates, update);
  g_mutex_lock (&taken_lock);
  while (!taken)
    g_cond_wait (&taken_changed, &taken_lock);
  g_mutex_unlock (&taken_lock);
}

/* Nobody who was turned away may make others wait: when too much of them is on its way, the next
 * ones are told of without their PDUs. */
#define TURNED_AWAY_MAX (16 << 20)

static gint turned_away_octets; /* atomic; on their way */

static void
send_turned_away (const GantrySessionPolicy *policy, GantryUpdate *update)
{
  GantryAssociationRecord *record = update->record;

  if (record->request_pdu != NULL)
    update->octets = (gint)g_bytes_get_size (record->request_pdu);
  if (g_atomic_int_add (&turned_away_octets, update->octets) > TURNED_AWAY_MAX)
    {
      g_clear_pointer (&record->request_pdu, g_bytes_unref);
      g_clear_pointer (&record->answer_pdu, g_bytes_unref);
    }
  gantry_channel_send (policy->updates, update);
}

void
gantry_update_free (gpointer data)
{
  GantryUpdate *update = data;

  g_atomic_int_add (&turned_away_octets, -update->octets);
  if (update->taken != NULL)
    {
      g_mutex_lock (&taken_lock);
      *update->taken = TRUE;
      g_cond_broadcast (&taken_changed);
      g_mutex_unlock (&taken_lock);
    }
  gantry_record_unref (update->record);
  gantry_record_unref (update->message);
  gantry_record_unref (update->received);
  g_clear_pointer (&update->instance, gantry_instance_unref);
  g_free (update->reason);
  g_clear_pointer (&update->said, g_ptr_array_unref);
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
               guint16 status,
               gboolean again,
               guint64 size,
               const char *path,
               GantryInstance *instance,
               const char *remark)
{
  GantryUpdate *update = update_new (GANTRY_UPDATE_MESSAGE, self);
  GantryReceived *received = gantry_received_new ();
  const GantrySopClass *sop_class = gantry_sop_class_lookup (self->request.sop_class_uid);

  g_free (received->path); /* as it is: it names a file */
  received->path = g_strdup (path != NULL ? path : "");
  gantry_record_set (&received->sop_class_uid, self->request.sop_class_uid);
  gantry_record_set (&received->sop_instance_uid, self->request.sop_instance_uid);
  gantry_record_set (&received->transfer_syntax, self->transfer_syntax);
  /* The object's own word on its modality wins over what its class suggests. */
  gantry_record_set (&received->modality, instance != NULL    ? instance->modality
                                          : sop_class != NULL ? sop_class->modality
                                                              : "");
  received->size = size;
  received->received = gantry_keeper_get_time (self->policy->keeper, TRUE);
  received->status = status;
  gantry_record_set (&received->remark, remark);
  update->received = received;
  update->instance = instance;
  update->again = again;
  g_clear_pointer (&self->update, gantry_update_free);
  self->update = update;
}

static const char *
comment_of (GantryKept kept, const GError *error)
{
  if (kept == GANTRY_NOT_KEPT && g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_BUSY))
    return "too many open files; try again later";
  return answers[kept].comment;
}

static guint16
refuse_object (Session *self, GantryKept why, const GError *error, char **comment)
{
  report_object (self, answers[why].status, FALSE, 0, "", NULL, error->message);
  *comment = g_strdup (comment_of (why, error));
  return answers[why].status;
}

static gboolean
is_failure (gint32 status)
{
  return status >= 0 && gantry_status_get_class ((guint16)status) != GANTRY_STATUS_SUCCESS
         && gantry_status_get_class ((guint16)status) != GANTRY_STATUS_WARNING;
}

/* What the test behaviour refuses or ignores is read all the same, as a peer would. */
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

  self->request = *request;
  self->transfer_syntax = transfer_syntax;
  self->size = 0;
  self->n_objects++;
  self->misbehaviour = self->policy->scenario != NULL
                           ? gantry_scenario_decide (self->policy->scenario, facts->calling,
                                                     request->sop_class_uid, self->n_objects)
                           : (GantryMisbehaviour){ .status = -1 };
  if (self->misbehaviour.ignore || is_failure (self->misbehaviour.status))
    return self;

  self->part = gantry_keeper_begin (self->policy->keeper, request->sop_class_uid,
                                    request->sop_instance_uid, transfer_syntax, facts->calling,
                                    &why, &error);
  if (self->part != NULL)
    return self;
  *status = refuse_object (self, why, error, comment);
  return NULL;
}

/* The association ends here and now, as the test behaviour wants it. */
static void
end_association (Session *self, gboolean with_abort, const char *reason)
{
  self->ended = reason;
  if (with_abort)
    gantry_association_cancel (self->association); /* freeing it then aborts */
  else
    gantry_association_sever (self->association);
}

static gboolean
write_object (gpointer object, const guint8 *data, gsize length, gpointer user_data G_GNUC_UNUSED)
{
  Session *self = object;

  self->size += length;
  if (self->misbehaviour.abort_in_data)
    end_association (self, TRUE, _ ("Test behaviour: aborted in the middle of a data set."));
  else if (self->misbehaviour.drop_in_data)
    end_association (self, FALSE, _ ("Test behaviour: cut off in the middle of a data set."));
  return self->part == NULL || gantry_part_write (self->part, data, length);
}

static guint16
keep_object (Session *self, char **comment)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  GantryInstance *instance = NULL;
  guint64 size = gantry_part_get_size (self->part);
  GantryKept kept = gantry_part_keep (g_steal_pointer (&self->part), &path, &instance, &error);
  guint16 status = answers[kept].status;

  if (self->misbehaviour.status >= 0 && gantry_status_get_class (status) == GANTRY_STATUS_SUCCESS)
    status = (guint16)self->misbehaviour.status;
  report_object (self, status, kept == GANTRY_KEPT_ALREADY, size, path, instance,
                 error != NULL ? error->message : "");
  *comment = g_strdup (comment_of (kept, error));
  return status;
}

static guint16
finish_object (gpointer object, char **comment, gpointer user_data G_GNUC_UNUSED)
{
  Session *self = object;
  guint16 status;

  /* Nobody hears the answer any more. */
  if (self->ended != NULL)
    {
      g_clear_pointer (&self->part, gantry_part_drop);
      return STATUS_CANNOT_UNDERSTAND;
    }
  if (self->misbehaviour.delay_ms > 0)
    gantry_association_sleep (self->association, self->misbehaviour.delay_ms);
  if (self->part != NULL)
    return keep_object (self, comment);

  status = self->misbehaviour.status >= 0 ? (guint16)self->misbehaviour.status : STATUS_SUCCESS;
  *comment = g_strdup ("test behaviour");
  report_object (self, status, FALSE, self->size, "", NULL, _ ("Test behaviour: not kept."));
  return status;
}

static void
drop_object (gpointer object, gpointer user_data G_GNUC_UNUSED)
{
  Session *self = object;

  g_clear_pointer (&self->part, gantry_part_drop);
}

/* The message and what became of its object are one update, for one is sent for every object. */
static void
report_message (Session *self, const GantryExchange *exchange)
{
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

static void
answered (const GantryExchange *exchange, gpointer user_data)
{
  Session *self = user_data;
  gboolean stored = exchange->request->field == GANTRY_COMMAND_C_STORE_RQ && exchange->status >= 0;

  if (stored && exchange->refusal != NULL)
    {
      self->request = *exchange->request;
      self->misbehaviour = (GantryMisbehaviour){ .status = -1 }; /* of the one before */
      self->transfer_syntax = exchange->transfer_syntax;
      report_object (self, (guint16)exchange->status, FALSE, 0, "", NULL, exchange->refusal);
    }
  report_message (self, exchange);
  if (stored && self->misbehaviour.abort_after)
    end_association (self, TRUE, _ ("Test behaviour: aborted after its last answer."));
  else if (stored && self->misbehaviour.drop_after)
    end_association (self, FALSE, _ ("Test behaviour: cut off after its last answer."));
}

/* ---- The association ------------------------------------------------------------------------ */

static gboolean
negotiate (GantryAssociation *association, GantryReject *reject, gpointer user_data)
{
  const GantrySessionPolicy *policy = user_data;
  const GantryAssociationFacts *facts = gantry_association_get_facts (association);
  gboolean no_echo;

  if (!gantry_access_admit (policy->access, facts, reject))
    return FALSE;
  if (policy->scenario != NULL
      && gantry_scenario_rejects (policy->scenario, facts->calling, reject))
    return FALSE;
  no_echo
      = policy->scenario != NULL && gantry_scenario_refuses_echo (policy->scenario, facts->calling);
  for (guint i = 0; i < facts->contexts->len; i++)
    {
      const GantryContext *context = facts->contexts->pdata[i];
      guint8 result;
      const char *syntax = gantry_access_choose (policy->access, facts, context, &result);

      if (no_echo && strcmp (context->abstract_syntax, GANTRY_UID_VERIFICATION) == 0)
        gantry_association_answer (association, context->id, NULL, 3);
      else
        gantry_association_answer (association, context->id, syntax, result);
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
  gantry_association_record_count_contexts (record);
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
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return _ ("The receiver was turned off while this association was open.");
  return error != NULL ? error->message : "";
}

static void
end (Session *self, const GError *error)
{
  GantryUpdate *update = update_new (GANTRY_UPDATE_ENDED, self);

  update->state = error == NULL ? GANTRY_ASSOCIATION_RELEASED : state_of_error (error);
  if (self->ended != NULL)
    update->ended_by = GANTRY_ENDED_BY_US;
  else
    update->ended_by = error == NULL
                           ? GANTRY_ENDED_BY_CALLER
                           : blame (error, gantry_association_was_aborted (self->association));
  update->reason = g_strdup (self->ended != NULL ? self->ended
                             : error != NULL     ? describe_end (error)
                                                 : "");
  gantry_channel_send (self->policy->updates, update);
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
  update->said = gantry_session_trace_take ();
  send_opened (policy, update);
  gantry_session_trace_attach (&self);

  gantry_store_scp_serve (association, policy->idle_timeout_ms, &sink, &self, &error);

  gantry_session_trace_attach (NULL);
  end (&self, error);
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
      g_autofree char *reason = gantry_access_describe (policy->access, what);

      record->state = GANTRY_ASSOCIATION_REJECTED;
      gantry_record_set (&record->result, reason);
    }
  else
    {
      record->state = state_of_error (what->error);
      gantry_record_set (&record->result, describe_end (what->error));
    }
  update->said = gantry_session_trace_take ();
  send_turned_away (policy, update);
}

const GantryAcceptorFuncs gantry_session_funcs = { .negotiate = negotiate,
                                                   .serve = serve,
                                                   .turned_away = turned_away,
                                                   .arrived = gantry_session_trace_begin,
                                                   .gone = gantry_session_trace_end };
