/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-record-private.h"

#define OWNS(type, member, what)                                                                   \
  {                                                                                                \
    G_STRUCT_OFFSET (type, member), GANTRY_OWNS_##what                                             \
  }
#define LAYOUT(name, type, ...)                                                                    \
  static const GantryRecordLayout name##_layout = { sizeof (type), { __VA_ARGS__ } }

LAYOUT (node,
        GantryNode,
        OWNS (GantryNode, name, TEXT),
        OWNS (GantryNode, ae_title, TEXT),
        OWNS (GantryNode, host, TEXT),
        OWNS (GantryNode, calling_ae_title, TEXT),
        OWNS (GantryNode, notes, TEXT));

GantryNode *
gantry_node_new (gint64 id,
                 const char *name,
                 const char *ae_title,
                 const char *host,
                 guint16 port,
                 const char *calling_ae_title,
                 gboolean is_self)
{
  GantryNode *node = gantry_record_new (&node_layout);

  node->id = id;
  gantry_record_set (&node->name, name);
  gantry_record_set (&node->ae_title, ae_title);
  gantry_record_set (&node->host, host);
  node->port = port;
  gantry_record_set (&node->calling_ae_title, calling_ae_title);
  node->is_self = is_self;
  node->options = GANTRY_NODE_OPTIONS_DEFAULT;
  return node;
}

GantryNode *
gantry_node_copy (const GantryNode *node, gint64 id, const char *name)
{
  GantryNode *copy = gantry_record_copy (node);

  copy->id = id;
  if (name != NULL)
    gantry_record_set (&copy->name, name);
  return copy;
}

static const char *const color_nicks[GANTRY_N_NODE_COLORS] = {
  [GANTRY_NODE_COLOR_NONE] = "",         [GANTRY_NODE_COLOR_BLUE] = "blue",
  [GANTRY_NODE_COLOR_TEAL] = "teal",     [GANTRY_NODE_COLOR_GREEN] = "green",
  [GANTRY_NODE_COLOR_YELLOW] = "yellow", [GANTRY_NODE_COLOR_ORANGE] = "orange",
  [GANTRY_NODE_COLOR_RED] = "red",       [GANTRY_NODE_COLOR_PURPLE] = "purple",
  [GANTRY_NODE_COLOR_GRAY] = "gray",
};

const char *
gantry_node_color_to_nick (GantryNodeColor color)
{
  g_return_val_if_fail ((guint)color < GANTRY_N_NODE_COLORS, "");
  return color_nicks[color];
}

GantryNodeColor
gantry_node_color_from_nick (const char *nick)
{
  for (guint i = 0; i < GANTRY_N_NODE_COLORS; i++)
    if (g_ascii_strcasecmp (color_nicks[i], nick) == 0)
      return i;
  return GANTRY_NODE_COLOR_NONE;
}

LAYOUT (echo,
        GantryEcho,
        OWNS (GantryEcho, message, TEXT),
        OWNS (GantryEcho, implementation, TEXT),
        OWNS (GantryEcho, answered_as, TEXT),
        OWNS (GantryEcho, tls, TEXT));

GantryEcho *
gantry_echo_new (void)
{
  GantryEcho *echo = gantry_record_new (&echo_layout);

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

LAYOUT (health, GantryHealth, OWNS (GantryHealth, last, RECORD));

GantryHealth *
gantry_health_new (gint64 node_id)
{
  GantryHealth *health = gantry_record_new (&health_layout);

  health->node_id = node_id;
  return health;
}

LAYOUT (probe,
        GantryProbe,
        OWNS (GantryProbe, implementation, TEXT),
        OWNS (GantryProbe, message, TEXT),
        OWNS (GantryProbe, node, RECORD),
        OWNS (GantryProbe, contexts, RECORDS),
        OWNS (GantryProbe, extended, RECORDS));

GantryProbe *
gantry_probe_new (void)
{
  return gantry_record_new (&probe_layout);
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

gboolean
gantry_node_shares_address (const GantryNode *self, const GantryNode *other)
{
  return self->port == other->port && g_ascii_strcasecmp (self->host, other->host) == 0;
}

gboolean
gantry_job_is_over (const GantryJob *job)
{
  return job->state == GANTRY_JOB_FINISHED || job->state == GANTRY_JOB_CANCELLED;
}

gboolean
gantry_selection_is_whole (const GantrySelection *selection)
{
  return selection->study_id == 0 && selection->series_id == 0 && selection->n_instances == 0;
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

LAYOUT (job,
        GantryJob,
        OWNS (GantryJob, title, TEXT),
        OWNS (GantryJob, message, TEXT),
        OWNS (GantryJob, advice, TEXT),
        OWNS (GantryJob, overrides, TEXT),
        OWNS (GantryJob, node, RECORD));

GantryJob *
gantry_job_new (void)
{
  GantryJob *job = gantry_record_new (&job_layout);

  job->seconds_left = -1;
  return job;
}

LAYOUT (advice, GantryAdvice, OWNS (GantryAdvice, message, TEXT));

GantryAdvice *
gantry_advice_new (const char *kind, const char *side, const char *message)
{
  GantryAdvice *advice = gantry_record_new (&advice_layout);

  advice->kind = kind;
  advice->side = side;
  gantry_record_set (&advice->message, message);
  return advice;
}

LAYOUT (job_instance,
        GantryJobInstance,
        OWNS (GantryJobInstance, path, TEXT),
        OWNS (GantryJobInstance, sop_class_uid, TEXT),
        OWNS (GantryJobInstance, sop_instance_uid, TEXT),
        OWNS (GantryJobInstance, transfer_syntax, TEXT),
        OWNS (GantryJobInstance, modality, TEXT),
        OWNS (GantryJobInstance, message, TEXT),
        OWNS (GantryJobInstance, sent_class_uid, TEXT),
        OWNS (GantryJobInstance, sent_syntax, TEXT));

GantryJobInstance *
gantry_job_instance_new (void)
{
  GantryJobInstance *instance = gantry_record_new (&job_instance_layout);

  instance->status = -1;
  return instance;
}

LAYOUT (series,
        GantrySeries,
        OWNS (GantrySeries, series_uid, TEXT),
        OWNS (GantrySeries, number, TEXT),
        OWNS (GantrySeries, description, TEXT),
        OWNS (GantrySeries, modality, TEXT),
        OWNS (GantrySeries, sop_class_uid, TEXT),
        OWNS (GantrySeries, sample_path, TEXT));

GantrySeries *
gantry_series_new (void)
{
  return gantry_record_new (&series_layout);
}

LAYOUT (study,
        GantryStudy,
        OWNS (GantryStudy, study_uid, TEXT),
        OWNS (GantryStudy, patient_name, TEXT),
        OWNS (GantryStudy, patient_id, TEXT),
        OWNS (GantryStudy, birth_date, TEXT),
        OWNS (GantryStudy, accession, TEXT),
        OWNS (GantryStudy, description, TEXT),
        OWNS (GantryStudy, study_date, TEXT),
        OWNS (GantryStudy, modalities, TEXT),
        OWNS (GantryStudy, series, RECORDS));

GantryStudy *
gantry_study_new (void)
{
  return gantry_record_new (&study_layout);
}

LAYOUT (forecast,
        GantryForecast,
        OWNS (GantryForecast, sop_class_uid, TEXT),
        OWNS (GantryForecast, transfer_syntax, TEXT),
        OWNS (GantryForecast, sent_class_uid, TEXT),
        OWNS (GantryForecast, sent_syntax, TEXT),
        OWNS (GantryForecast, message, TEXT));

GantryForecast *
gantry_forecast_new (void)
{
  return gantry_record_new (&forecast_layout);
}

LAYOUT (skipped,
        GantrySkipped,
        OWNS (GantrySkipped, path, TEXT),
        OWNS (GantrySkipped, reason, TEXT));

GantrySkipped *
gantry_skipped_new (const char *path, GantrySkippedKind kind, const char *reason)
{
  GantrySkipped *skipped = gantry_record_new (&skipped_layout);

  g_free (skipped->path); /* a file name, in whatever encoding it is */
  skipped->path = g_strdup (path);
  gantry_record_set (&skipped->reason, reason);
  skipped->kind = kind;
  return skipped;
}

LAYOUT (context,
        GantryContext,
        OWNS (GantryContext, abstract_syntax, TEXT),
        OWNS (GantryContext, proposed, TEXTS),
        OWNS (GantryContext, accepted, TEXT));

GantryContext *
gantry_context_new (guint8 id,
                    const char *abstract_syntax,
                    const char *const *proposed,
                    const char *accepted,
                    guint8 result)
{
  GantryContext *context = gantry_record_new (&context_layout);

  context->id = id;
  gantry_record_set (&context->abstract_syntax, abstract_syntax);
  g_strfreev (context->proposed);
  context->proposed = g_strdupv ((char **)proposed);
  gantry_record_set (&context->accepted, accepted);
  context->result = result;
  return context;
}

LAYOUT (extended,
        GantryExtended,
        OWNS (GantryExtended, sop_class_uid, TEXT),
        OWNS (GantryExtended, service_class_uid, TEXT),
        OWNS (GantryExtended, related_classes, TEXTS),
        OWNS (GantryExtended, raw, OCTETS));

GantryExtended *
gantry_extended_new (const char *sop_class_uid)
{
  GantryExtended *extended = gantry_record_new (&extended_layout);

  gantry_record_set (&extended->sop_class_uid, sop_class_uid);
  extended->level = extended->signature_level = extended->coercion = -1;
  return extended;
}

LAYOUT (named_scenario,
        GantryNamedScenario,
        OWNS (GantryNamedScenario, name, TEXT),
        OWNS (GantryNamedScenario, words, TEXT));

GantryNamedScenario *
gantry_named_scenario_new (const char *name, const char *words)
{
  GantryNamedScenario *scenario = gantry_record_new (&named_scenario_layout);

  gantry_record_set (&scenario->name, name);
  gantry_record_set (&scenario->words, words);
  return scenario;
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

LAYOUT (user_item,
        GantryUserItem,
        OWNS (GantryUserItem, name, TEXT),
        OWNS (GantryUserItem, text, TEXT));

GantryUserItem *
gantry_user_item_new (guint8 type, const char *name, const char *text)
{
  GantryUserItem *item = gantry_record_new (&user_item_layout);

  item->type = type;
  gantry_record_set (&item->name, name);
  gantry_record_set (&item->text, text);
  return item;
}

LAYOUT (association_record,
        GantryAssociationRecord,
        OWNS (GantryAssociationRecord, calling, TEXT),
        OWNS (GantryAssociationRecord, called, TEXT),
        OWNS (GantryAssociationRecord, peer, TEXT),
        OWNS (GantryAssociationRecord, implementation_class_uid, TEXT),
        OWNS (GantryAssociationRecord, implementation_version, TEXT),
        OWNS (GantryAssociationRecord, result, TEXT),
        OWNS (GantryAssociationRecord, contexts, RECORDS),
        OWNS (GantryAssociationRecord, proposed_extended, RECORDS),
        OWNS (GantryAssociationRecord, answered_extended, RECORDS),
        OWNS (GantryAssociationRecord, request_items, RECORDS),
        OWNS (GantryAssociationRecord, answer_items, RECORDS),
        OWNS (GantryAssociationRecord, request_pdu, OCTETS),
        OWNS (GantryAssociationRecord, answer_pdu, OCTETS),
        OWNS (GantryAssociationRecord, differences, TEXTS));

GantryAssociationRecord *
gantry_association_record_new (void)
{
  GantryAssociationRecord *record = gantry_record_new (&association_record_layout);

  record->last_status = -1;
  return record;
}

/* The arrays are shared: nobody adds to them once the association is open. */
GantryAssociationRecord *
gantry_association_record_copy (const GantryAssociationRecord *record)
{
  return gantry_record_copy (record);
}

void
gantry_association_record_count_contexts (GantryAssociationRecord *record)
{
  record->proposed = record->contexts->len;
  record->accepted = 0;
  for (guint i = 0; i < record->contexts->len; i++)
    if (*((GantryContext *)record->contexts->pdata[i])->accepted != '\0')
      record->accepted++;
}

gboolean
gantry_association_record_is_useless (const GantryAssociationRecord *record)
{
  return record->proposed > 0 && record->accepted == 0;
}

guint
gantry_association_record_get_outcomes (const GantryAssociationRecord *record)
{
  static const guint by_state[] = {
    [GANTRY_ASSOCIATION_NEGOTIATING] = GANTRY_LOG_OPEN,
    [GANTRY_ASSOCIATION_OPEN] = GANTRY_LOG_OPEN,
    [GANTRY_ASSOCIATION_RECEIVING] = GANTRY_LOG_OPEN,
    [GANTRY_ASSOCIATION_RELEASED] = 0,
    [GANTRY_ASSOCIATION_REJECTED] = GANTRY_LOG_REJECTED,
    [GANTRY_ASSOCIATION_ABORTED] = GANTRY_LOG_ABORTED,
    [GANTRY_ASSOCIATION_TIMED_OUT] = GANTRY_LOG_TIMED_OUT,
  };
  guint outcomes = record->state < G_N_ELEMENTS (by_state) ? by_state[record->state] : 0;

  if (record->warnings > 0 || record->not_kept > 0)
    outcomes |= GANTRY_LOG_WARNING;
  if (record->refused > 0 || record->not_served > 0
      || gantry_association_record_is_useless (record))
    outcomes |= GANTRY_LOG_REFUSED;
  if (record->state == GANTRY_ASSOCIATION_RELEASED && outcomes == 0)
    outcomes = GANTRY_LOG_GOOD;
  return outcomes;
}

LAYOUT (message,
        GantryMessage,
        OWNS (GantryMessage, sop_class_uid, TEXT),
        OWNS (GantryMessage, sop_instance_uid, TEXT),
        OWNS (GantryMessage, text, TEXT));

GantryMessage *
gantry_message_new (void)
{
  GantryMessage *message = gantry_record_new (&message_layout);

  message->status = -1;
  return message;
}

const char *
gantry_trace_level_to_nick (GantryTraceLevel level)
{
  static const char *const nicks[] = { "debug", "info", "warning", "error" };

  return nicks[level];
}

static const GantryRecordLayout totals_layout = { .size = sizeof (GantryAssociationTotals) };

GantryAssociationTotals *
gantry_association_totals_new (void)
{
  return gantry_record_new (&totals_layout);
}

LAYOUT (received,
        GantryReceived,
        OWNS (GantryReceived, path, TEXT),
        OWNS (GantryReceived, sop_class_uid, TEXT),
        OWNS (GantryReceived, sop_instance_uid, TEXT),
        OWNS (GantryReceived, transfer_syntax, TEXT),
        OWNS (GantryReceived, modality, TEXT),
        OWNS (GantryReceived, remark, TEXT));

GantryReceived *
gantry_received_new (void)
{
  return gantry_record_new (&received_layout);
}

LAYOUT (command_result, GantryCommandResult, OWNS (GantryCommandResult, message, TEXT));

GantryCommandResult *
gantry_command_result_new (void)
{
  GantryCommandResult *result = gantry_record_new (&command_result_layout);

  result->exit_status = -1;
  return result;
}

LAYOUT (log_names,
        GantryLogNames,
        OWNS (GantryLogNames, ae_titles, TEXTS),
        OWNS (GantryLogNames, peers, TEXTS),
        OWNS (GantryLogNames, sop_classes, TEXTS));

GantryLogNames *
gantry_log_names_new (void)
{
  return gantry_record_new (&log_names_layout);
}

LAYOUT (copy_result, GantryCopyResult, OWNS (GantryCopyResult, message, TEXT));

GantryCopyResult *
gantry_copy_result_new (void)
{
  return gantry_record_new (&copy_result_layout);
}

LAYOUT (element,
        GantryHeaderElement,
        OWNS (GantryHeaderElement, name, TEXT),
        OWNS (GantryHeaderElement, value, TEXT));

GantryHeaderElement *
gantry_header_element_new (void)
{
  return gantry_record_new (&element_layout);
}
