/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-records.h"

/* Each record is an rc box that starts with the function that empties it, hidden in front of the
 * public struct, so that one ref and one unref serve all of them.
 */
typedef struct
{
  GDestroyNotify clear;
  gpointer padding; /* keeps the record aligned like any allocation */
} Header;

static gpointer
record_new (gsize size, GDestroyNotify clear)
{
  Header *header = g_atomic_rc_box_alloc0 (sizeof (Header) + size);

  header->clear = clear;
  return header + 1;
}

static void
header_clear (gpointer data)
{
  Header *header = data;

  header->clear (header + 1);
}

gpointer
gantry_record_ref (gpointer record)
{
  g_atomic_rc_box_acquire ((Header *)record - 1);
  return record;
}

void
gantry_record_unref (gpointer record)
{
  if (record != NULL)
    g_atomic_rc_box_release_full ((Header *)record - 1, header_clear);
}

GPtrArray *
gantry_record_array_new (void)
{
  return g_ptr_array_new_with_free_func (gantry_record_unref);
}

void
gantry_record_set (char **member, const char *text)
{
  g_free (*member);
  *member = g_utf8_make_valid (text != NULL ? text : "", -1);
}

/* Members that nobody set are "" and not NULL, so that no reader needs to ask. */
static void
init_texts (gpointer record, const gsize *offsets, gsize n)
{
  for (gsize i = 0; i < n; i++)
    G_STRUCT_MEMBER (char *, record, offsets[i]) = g_strdup ("");
}

static void
clear_texts (gpointer record, const gsize *offsets, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_free (G_STRUCT_MEMBER (char *, record, offsets[i]));
}

#define OFFSET(type, member) G_STRUCT_OFFSET (type, member)

static const gsize node_texts[] = {
  OFFSET (GantryNode, name),  OFFSET (GantryNode, ae_title),
  OFFSET (GantryNode, host),  OFFSET (GantryNode, calling_ae_title),
  OFFSET (GantryNode, notes),
};

static void
node_clear (gpointer data)
{
  clear_texts (data, node_texts, G_N_ELEMENTS (node_texts));
}

GantryNode *
gantry_node_new (gint64 id,
                 const char *name,
                 const char *ae_title,
                 const char *host,
                 guint16 port,
                 const char *calling_ae_title,
                 gboolean is_self)
{
  GantryNode *node = record_new (sizeof *node, node_clear);

  node->id = id;
  gantry_record_set (&node->name, name);
  gantry_record_set (&node->ae_title, ae_title);
  gantry_record_set (&node->host, host);
  node->port = port;
  gantry_record_set (&node->calling_ae_title, calling_ae_title);
  node->is_self = is_self;
  node->options = GANTRY_NODE_OPTIONS_DEFAULT;
  gantry_record_set (&node->notes, "");
  return node;
}

static const gsize echo_texts[]
    = { OFFSET (GantryEcho, message), OFFSET (GantryEcho, implementation),
        OFFSET (GantryEcho, answered_as), OFFSET (GantryEcho, tls) };

static void
echo_clear (gpointer data)
{
  clear_texts (data, echo_texts, G_N_ELEMENTS (echo_texts));
}

GantryEcho *
gantry_echo_new (void)
{
  GantryEcho *echo = record_new (sizeof *echo, echo_clear);

  init_texts (echo, echo_texts, G_N_ELEMENTS (echo_texts));
  for (guint i = 0; i < GANTRY_N_STEPS; i++)
    echo->elapsed[i] = -1;
  echo->status = -1;
  return echo;
}

static const char *const step_nicks[GANTRY_N_STEPS] = {
  [GANTRY_STEP_NAME] = "name",       [GANTRY_STEP_CONNECTION] = "connection",
  [GANTRY_STEP_TLS] = "tls",         [GANTRY_STEP_ASSOCIATION] = "association",
  [GANTRY_STEP_MESSAGE] = "message", [GANTRY_STEP_RELEASE] = "release",
};

const char *
gantry_step_to_nick (GantryStep step)
{
  g_return_val_if_fail ((guint)step < GANTRY_N_STEPS, "");
  return step_nicks[step];
}

gboolean
gantry_step_from_nick (const char *nick, GantryStep *step)
{
  for (guint i = 0; i < GANTRY_N_STEPS; i++)
    if (g_str_equal (step_nicks[i], nick))
      {
        *step = i;
        return TRUE;
      }
  return FALSE;
}

static void
health_clear (gpointer data)
{
  GantryHealth *health = data;

  gantry_record_unref (health->last);
}

GantryHealth *
gantry_health_new (gint64 node_id)
{
  GantryHealth *health = record_new (sizeof *health, health_clear);

  health->node_id = node_id;
  return health;
}

static const gsize probe_texts[]
    = { OFFSET (GantryProbe, implementation), OFFSET (GantryProbe, message) };

static void
probe_clear (gpointer data)
{
  GantryProbe *probe = data;

  clear_texts (probe, probe_texts, G_N_ELEMENTS (probe_texts));
  gantry_record_unref (probe->node);
  g_ptr_array_unref (probe->contexts);
  g_ptr_array_unref (probe->extended);
}

GantryProbe *
gantry_probe_new (void)
{
  GantryProbe *probe = record_new (sizeof *probe, probe_clear);

  init_texts (probe, probe_texts, G_N_ELEMENTS (probe_texts));
  probe->contexts = gantry_record_array_new ();
  probe->extended = gantry_record_array_new ();
  return probe;
}

const char *
gantry_outcome_to_nick (GantryOutcome outcome)
{
  static const char *const nicks[GANTRY_N_OUTCOMES] = {
    [GANTRY_OUTCOME_WAITING] = "waiting",
    [GANTRY_OUTCOME_SENDING] = "sending",
    [GANTRY_OUTCOME_STORED] = "stored",
    [GANTRY_OUTCOME_WARNING] = "warning",
    [GANTRY_OUTCOME_REFUSED] = "refused",
    [GANTRY_OUTCOME_FAILED] = "failed",
    [GANTRY_OUTCOME_NOT_ACCEPTED] = "not-accepted",
    [GANTRY_OUTCOME_CANCELLED] = "cancelled",
  };

  g_return_val_if_fail ((guint)outcome < GANTRY_N_OUTCOMES, "failed");
  return nicks[outcome];
}

const char *
gantry_job_state_to_nick (GantryJobState state)
{
  static const char *const nicks[] = {
    [GANTRY_JOB_DRAFT] = "draft",         [GANTRY_JOB_WAITING] = "waiting",
    [GANTRY_JOB_RUNNING] = "running",     [GANTRY_JOB_FINISHED] = "finished",
    [GANTRY_JOB_CANCELLED] = "cancelled", [GANTRY_JOB_PAUSED] = "paused",
  };

  g_return_val_if_fail ((guint)state < G_N_ELEMENTS (nicks), "waiting");
  return nicks[state];
}

static const gsize job_texts[]
    = { OFFSET (GantryJob, title), OFFSET (GantryJob, message), OFFSET (GantryJob, advice) };

static void
job_clear (gpointer data)
{
  GantryJob *job = data;

  clear_texts (job, job_texts, G_N_ELEMENTS (job_texts));
  gantry_record_unref (job->node);
}

GantryJob *
gantry_job_new (void)
{
  GantryJob *job = record_new (sizeof *job, job_clear);

  init_texts (job, job_texts, G_N_ELEMENTS (job_texts));
  job->seconds_left = -1;
  return job;
}

static void
advice_clear (gpointer data)
{
  g_free (((GantryAdvice *)data)->message);
}

GantryAdvice *
gantry_advice_new (const char *kind, const char *side, const char *message)
{
  GantryAdvice *advice = record_new (sizeof *advice, advice_clear);

  advice->kind = kind;
  advice->side = side;
  gantry_record_set (&advice->message, message);
  return advice;
}

static const gsize job_instance_texts[] = {
  OFFSET (GantryJobInstance, path),
  OFFSET (GantryJobInstance, sop_class_uid),
  OFFSET (GantryJobInstance, sop_instance_uid),
  OFFSET (GantryJobInstance, transfer_syntax),
  OFFSET (GantryJobInstance, modality),
  OFFSET (GantryJobInstance, message),
  OFFSET (GantryJobInstance, sent_class_uid),
  OFFSET (GantryJobInstance, sent_syntax),
};

static void
job_instance_clear (gpointer data)
{
  clear_texts (data, job_instance_texts, G_N_ELEMENTS (job_instance_texts));
}

GantryJobInstance *
gantry_job_instance_new (void)
{
  GantryJobInstance *instance = record_new (sizeof *instance, job_instance_clear);

  init_texts (instance, job_instance_texts, G_N_ELEMENTS (job_instance_texts));
  instance->status = -1;
  return instance;
}

static const gsize series_texts[] = {
  OFFSET (GantrySeries, series_uid),    OFFSET (GantrySeries, number),
  OFFSET (GantrySeries, description),   OFFSET (GantrySeries, modality),
  OFFSET (GantrySeries, sop_class_uid), OFFSET (GantrySeries, sample_path),
};

static void
series_clear (gpointer data)
{
  clear_texts (data, series_texts, G_N_ELEMENTS (series_texts));
}

GantrySeries *
gantry_series_new (void)
{
  GantrySeries *series = record_new (sizeof *series, series_clear);

  init_texts (series, series_texts, G_N_ELEMENTS (series_texts));
  return series;
}

static const gsize study_texts[] = {
  OFFSET (GantryStudy, study_uid),  OFFSET (GantryStudy, patient_name),
  OFFSET (GantryStudy, patient_id), OFFSET (GantryStudy, birth_date),
  OFFSET (GantryStudy, accession),  OFFSET (GantryStudy, description),
  OFFSET (GantryStudy, study_date), OFFSET (GantryStudy, modalities),
};

static void
study_clear (gpointer data)
{
  GantryStudy *study = data;

  clear_texts (study, study_texts, G_N_ELEMENTS (study_texts));
  g_ptr_array_unref (study->series);
}

GantryStudy *
gantry_study_new (void)
{
  GantryStudy *study = record_new (sizeof *study, study_clear);

  init_texts (study, study_texts, G_N_ELEMENTS (study_texts));
  study->series = gantry_record_array_new ();
  return study;
}

static const gsize forecast_texts[] = {
  OFFSET (GantryForecast, sop_class_uid),  OFFSET (GantryForecast, transfer_syntax),
  OFFSET (GantryForecast, sent_class_uid), OFFSET (GantryForecast, sent_syntax),
  OFFSET (GantryForecast, message),
};

static void
forecast_clear (gpointer data)
{
  clear_texts (data, forecast_texts, G_N_ELEMENTS (forecast_texts));
}

GantryForecast *
gantry_forecast_new (void)
{
  GantryForecast *forecast = record_new (sizeof *forecast, forecast_clear);

  init_texts (forecast, forecast_texts, G_N_ELEMENTS (forecast_texts));
  return forecast;
}

static void
skipped_clear (gpointer data)
{
  GantrySkipped *skipped = data;

  g_free (skipped->path);
  g_free (skipped->reason);
}

GantrySkipped *
gantry_skipped_new (const char *path, const char *reason)
{
  GantrySkipped *skipped = record_new (sizeof *skipped, skipped_clear);

  skipped->path = g_strdup (path);
  gantry_record_set (&skipped->reason, reason);
  return skipped;
}

static void
context_clear (gpointer data)
{
  GantryContext *context = data;

  g_free (context->abstract_syntax);
  g_strfreev (context->proposed);
  g_free (context->accepted);
}

GantryContext *
gantry_context_new (guint8 id,
                    const char *abstract_syntax,
                    const char *const *proposed,
                    const char *accepted,
                    guint8 result)
{
  GantryContext *context = record_new (sizeof *context, context_clear);

  context->id = id;
  gantry_record_set (&context->abstract_syntax, abstract_syntax);
  context->proposed = g_strdupv ((char **)proposed);
  gantry_record_set (&context->accepted, accepted);
  context->result = result;
  return context;
}

static void
extended_clear (gpointer data)
{
  GantryExtended *extended = data;

  g_free (extended->sop_class_uid);
  g_free (extended->service_class_uid);
  g_strfreev (extended->related_classes);
  g_clear_pointer (&extended->raw, g_bytes_unref);
}

GantryExtended *
gantry_extended_new (const char *sop_class_uid)
{
  GantryExtended *extended = record_new (sizeof *extended, extended_clear);

  gantry_record_set (&extended->sop_class_uid, sop_class_uid);
  gantry_record_set (&extended->service_class_uid, "");
  extended->level = extended->signature_level = extended->coercion = -1;
  extended->related_classes = g_new0 (char *, 1);
  return extended;
}

const char *
gantry_association_state_to_nick (GantryAssociationState state)
{
  static const char *const nicks[] = {
    [GANTRY_ASSOCIATION_NEGOTIATING] = "negotiating", [GANTRY_ASSOCIATION_OPEN] = "accepted",
    [GANTRY_ASSOCIATION_RECEIVING] = "receiving",     [GANTRY_ASSOCIATION_RELEASED] = "released",
    [GANTRY_ASSOCIATION_REJECTED] = "rejected",       [GANTRY_ASSOCIATION_ABORTED] = "aborted",
    [GANTRY_ASSOCIATION_TIMED_OUT] = "timed-out",
  };

  g_return_val_if_fail ((guint)state < G_N_ELEMENTS (nicks), "aborted");
  return nicks[state];
}

const char *
gantry_ended_by_to_nick (GantryEndedBy by)
{
  static const char *const nicks[] = {
    [GANTRY_ENDED_BY_NOBODY] = "",
    [GANTRY_ENDED_BY_CALLER] = "caller",
    [GANTRY_ENDED_BY_US] = "us",
    [GANTRY_ENDED_BY_LOSS] = "loss",
  };

  g_return_val_if_fail ((guint)by < G_N_ELEMENTS (nicks), "");
  return nicks[by];
}

static void
user_item_clear (gpointer data)
{
  GantryUserItem *item = data;

  g_free (item->name);
  g_free (item->text);
}

GantryUserItem *
gantry_user_item_new (guint8 type, const char *name, const char *text)
{
  GantryUserItem *item = record_new (sizeof *item, user_item_clear);

  item->type = type;
  gantry_record_set (&item->name, name);
  gantry_record_set (&item->text, text);
  return item;
}

static const gsize association_texts[] = {
  OFFSET (GantryAssociationRecord, calling),
  OFFSET (GantryAssociationRecord, called),
  OFFSET (GantryAssociationRecord, peer),
  OFFSET (GantryAssociationRecord, implementation_class_uid),
  OFFSET (GantryAssociationRecord, implementation_version),
  OFFSET (GantryAssociationRecord, result),
};

static const gsize association_arrays[] = {
  OFFSET (GantryAssociationRecord, contexts),
  OFFSET (GantryAssociationRecord, proposed_extended),
  OFFSET (GantryAssociationRecord, answered_extended),
  OFFSET (GantryAssociationRecord, request_items),
  OFFSET (GantryAssociationRecord, answer_items),
};

static void
association_record_clear (gpointer data)
{
  GantryAssociationRecord *record = data;

  clear_texts (record, association_texts, G_N_ELEMENTS (association_texts));
  for (gsize i = 0; i < G_N_ELEMENTS (association_arrays); i++)
    g_ptr_array_unref (G_STRUCT_MEMBER (GPtrArray *, record, association_arrays[i]));
  g_clear_pointer (&record->request_pdu, g_bytes_unref);
  g_clear_pointer (&record->answer_pdu, g_bytes_unref);
  g_strfreev (record->differences);
}

GantryAssociationRecord *
gantry_association_record_new (void)
{
  GantryAssociationRecord *record = record_new (sizeof *record, association_record_clear);

  init_texts (record, association_texts, G_N_ELEMENTS (association_texts));
  for (gsize i = 0; i < G_N_ELEMENTS (association_arrays); i++)
    G_STRUCT_MEMBER (GPtrArray *, record, association_arrays[i]) = gantry_record_array_new ();
  record->differences = g_new0 (char *, 1);
  record->last_status = -1;
  return record;
}

/* The arrays are shared: nobody adds to them once the association is open. */
GantryAssociationRecord *
gantry_association_record_copy (const GantryAssociationRecord *record)
{
  GantryAssociationRecord *copy = record_new (sizeof *copy, association_record_clear);

  *copy = *record;
  for (gsize i = 0; i < G_N_ELEMENTS (association_texts); i++)
    G_STRUCT_MEMBER (char *, copy, association_texts[i])
        = g_strdup (G_STRUCT_MEMBER (char *, record, association_texts[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (association_arrays); i++)
    g_ptr_array_ref (G_STRUCT_MEMBER (GPtrArray *, copy, association_arrays[i]));
  if (copy->request_pdu != NULL)
    g_bytes_ref (copy->request_pdu);
  if (copy->answer_pdu != NULL)
    g_bytes_ref (copy->answer_pdu);
  copy->differences = g_strdupv (record->differences);
  return copy;
}

static const gsize message_texts[]
    = { OFFSET (GantryMessage, sop_class_uid), OFFSET (GantryMessage, sop_instance_uid),
        OFFSET (GantryMessage, text) };

static void
message_clear (gpointer data)
{
  clear_texts (data, message_texts, G_N_ELEMENTS (message_texts));
}

GantryMessage *
gantry_message_new (void)
{
  GantryMessage *message = record_new (sizeof *message, message_clear);

  init_texts (message, message_texts, G_N_ELEMENTS (message_texts));
  message->status = -1;
  return message;
}

const char *
gantry_trace_level_to_nick (GantryTraceLevel level)
{
  static const char *const nicks[] = { "debug", "info", "warning", "error" };

  return nicks[level];
}

static void
nothing_clear (gpointer data G_GNUC_UNUSED)
{
}

GantryAssociationTotals *
gantry_association_totals_new (void)
{
  return record_new (sizeof (GantryAssociationTotals), nothing_clear);
}

static const gsize received_texts[] = {
  OFFSET (GantryReceived, path),
  OFFSET (GantryReceived, sop_class_uid),
  OFFSET (GantryReceived, sop_instance_uid),
  OFFSET (GantryReceived, transfer_syntax),
  OFFSET (GantryReceived, modality),
  OFFSET (GantryReceived, remark),
};

static void
received_clear (gpointer data)
{
  clear_texts (data, received_texts, G_N_ELEMENTS (received_texts));
}

GantryReceived *
gantry_received_new (void)
{
  GantryReceived *received = record_new (sizeof *received, received_clear);

  init_texts (received, received_texts, G_N_ELEMENTS (received_texts));
  return received;
}

static const gsize command_result_texts[] = { OFFSET (GantryCommandResult, message) };

static void
command_result_clear (gpointer data)
{
  clear_texts (data, command_result_texts, G_N_ELEMENTS (command_result_texts));
}

GantryCommandResult *
gantry_command_result_new (void)
{
  GantryCommandResult *result = record_new (sizeof *result, command_result_clear);

  init_texts (result, command_result_texts, G_N_ELEMENTS (command_result_texts));
  result->exit_status = -1;
  return result;
}

static const gsize element_texts[]
    = { OFFSET (GantryHeaderElement, name), OFFSET (GantryHeaderElement, value) };

static void
element_clear (gpointer data)
{
  clear_texts (data, element_texts, G_N_ELEMENTS (element_texts));
}

GantryHeaderElement *
gantry_header_element_new (void)
{
  GantryHeaderElement *element = record_new (sizeof *element, element_clear);

  init_texts (element, element_texts, G_N_ELEMENTS (element_texts));
  return element;
}
