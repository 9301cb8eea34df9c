/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-instance.h"
#include "gantry-registry.h"
#include "gantry-retry.h"
#include "gantry-send-run-private.h"
#include "gantry-store-scu.h"
#include "gantry-tracer.h"
#include "gantry-transcode.h"
#include "gantry-words.h"

/* So many associations in a row that ended before one answer came, and the worker gives up. What
 * has cost one before says less about the peer. */
#define MAX_BARREN 2
#define MAX_BARREN_AGAIN 4

static char *
get_other (gboolean changed, const char *sent, const char *own)
{
  return g_strdup (changed && strcmp (sent, own) != 0 ? sent : "");
}

/* Takes @item and @message. @reason: (nullable): what failed */
static void
answer (GantrySender *worker,
        GantryQueueItem *item,
        GantryOutcome outcome,
        gint32 status,
        char *message,
        const GError *reason,
        gint64 started)
{
  const GantryWay *way = &worker->way;
  gboolean changed = status >= 0 && way->kind == GANTRY_FORECAST_CHANGED;
  gboolean lost = outcome == GANTRY_OUTCOME_FAILED
                  && !g_error_matches (reason, GANTRY_ERROR, GANTRY_ERROR_FILE)
                  && gantry_association_is_over (worker->association);
  GantryAnswer *a = g_new (GantryAnswer, 1);

  *a = (GantryAnswer){ .item = item,
                       .outcome = outcome,
                       .status = status,
                       .message = message,
                       .retryable = gantry_retry_helps_answer (outcome, status, reason),
                       .lost = lost,
                       .finished = g_get_real_time (),
                       .elapsed = g_get_monotonic_time () - started,
                       .sent_class_uid = get_other (changed, way->sop_class, item->sop_class_uid),
                       .sent_syntax = get_other (changed, way->syntax, item->transfer_syntax) };
  if (status >= 0)
    worker->path.elapsed += a->elapsed;
  gantry_send_run_answer (worker, a);
}

static void
on_progress (guint64 sent, gpointer user_data)
{
  GantrySender *worker = user_data;

  g_mutex_lock (&worker->run->lock);
  worker->sent = sent;
  g_mutex_unlock (&worker->run->lock);
}

/* A file system that was mounted anew may number its files, and itself, another way; and a ctime
 * tells of a backup's link, a permission or a way there and back as much as of other content. */
static gboolean
is_same_object (const GantryQueueItem *item, const struct stat *info)
{
  GantryFileMark mark = item->mark;
  g_autoptr (GantryInstance) instance = NULL;

  mark.device = mark.inode = mark.status_changed = 0;
  if (!gantry_file_mark_matches (&mark, info))
    return FALSE;
  instance = gantry_instance_read (item->path, NULL);
  return instance != NULL && instance->data_offset == item->data_offset
         && strcmp (instance->sop_class_uid, item->sop_class_uid) == 0
         && strcmp (instance->sop_instance_uid, item->sop_instance_uid) == 0
         && strcmp (instance->transfer_syntax, item->transfer_syntax) == 0;
}

/* Sending what is no longer the file that was staged would be sending something unseen. @mark:
 * (out): what it has to be when it is opened */
static gboolean
check_file (const GantryQueueItem *item, GantryFileMark *mark, GError **error)
{
  struct stat st;

  if (stat (item->path, &st) != 0)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                   _ ("The file cannot be read any more: %s."), g_strerror (errno));
      return FALSE;
    }
  gantry_file_mark_set (mark, &st);
  if (gantry_file_mark_matches (&item->mark, &st) || is_same_object (item, &st))
    return TRUE;

  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                       _ ("The file has changed since it was added, so it was not sent. Add it "
                          "again to send it as it "
                          "is now."));
  return FALSE;
}

/* PS3.7 9.1.1.1.9 and PS3.4 B.2.3: nothing but 0000 and Bxxx says that the object is kept. */
static GantryOutcome
get_outcome (guint16 status)
{
  if (status == 0)
    return GANTRY_OUTCOME_STORED;
  return status >> 12 == 0xB ? GANTRY_OUTCOME_WARNING : GANTRY_OUTCOME_REFUSED;
}

static char *
describe_response (const GantryCommand *response)
{
  const char *comment = *response->error_comment != '\0' ? response->error_comment : NULL;
  g_autofree char *text = NULL;

  if (response->status == 0)
    {
      text = gantry_status_describe_comment (comment);
      return text != NULL ? g_strdup_printf ("%s %s", _ ("Stored."), text)
                          : g_strdup (_ ("Stored."));
    }
  text = gantry_status_describe_answer (response->status, comment, response->offending_elements,
                                        response->n_offending_elements);
  /* Pending, cancelled, warnings of other services. */
  if (get_outcome (response->status) == GANTRY_OUTCOME_REFUSED
      && gantry_status_get_class (response->status) != GANTRY_STATUS_FAILURE)
    return g_strdup_printf (_ ("%s This is no answer to a C-STORE, so the object does not count as "
                               "stored. Ask the receiver's administrator whether it is kept."),
                            text);
  return g_steal_pointer (&text);
}

static void
answer_response (GantrySender *worker,
                 GantryQueueItem *item,
                 const GantryCommand *response,
                 gint64 started)
{
  answer (worker, item, get_outcome (response->status), response->status,
          describe_response (response), NULL, started);
}

/* As it lies in the file, or made into what the node takes: here, while the association waits. That
 * is milliseconds for an image; what is so large that the peer loses patience meanwhile is tried
 * again like everything that was lost with its association. */
static gboolean
store (GantrySender *worker, const GantryQueueItem *item, GantryCommand *response, GError **error)
{
  GantrySendRun *run = worker->run;
  const GantryWay *way = &worker->way;
  gboolean own_class = strcmp (way->sop_class, item->sop_class_uid) == 0;
  g_autoptr (GBytes) bytes = NULL;
  GantryFileMark mark;
  const guint8 *data;
  gsize length;
  gint64 before;

  if (!check_file (item, &mark, error))
    return FALSE;
  if (way->kind == GANTRY_FORECAST_AS_IS)
    return gantry_store_scu (worker->association, way->context_id, item->path, &mark,
                             item->data_offset, item->sop_class_uid, item->sop_instance_uid,
                             gantry_send_run_get_priority (run), on_progress, worker, response,
                             error);

  before = g_get_monotonic_time ();
  bytes
      = gantry_transcode (item->path, item->data_offset, item->transfer_syntax, way->syntax,
                          own_class ? NULL : way->sop_class, run->scratch, run->cancellable, error);
  if (bytes == NULL || !check_file (item, &mark, error))
    return FALSE;
  worker->path.converting += g_get_monotonic_time () - before;
  worker->path.converted++;
  data = g_bytes_get_data (bytes, &length);
  return gantry_store_scu_data (worker->association, way->context_id, data, length, way->sop_class,
                                item->sop_instance_uid, gantry_send_run_get_priority (run),
                                on_progress, worker, response, error);
}

/* Takes @item. */
static void
answer_not_accepted (GantrySender *worker, GantryQueueItem *item, const GPtrArray *answered)
{
  answer (worker, item, GANTRY_OUTCOME_NOT_ACCEPTED, -1,
          gantry_proposal_explain (worker->run->proposal, answered, item->sop_class_uid,
                                   item->transfer_syntax),
          NULL, g_get_monotonic_time ());
}

/* Takes @item. FALSE: the association is over, and @error says why. */
static gboolean
send_item (GantrySender *worker, GantryQueueItem *item, gboolean *answered, GError **error)
{
  GantrySendRun *run = worker->run;
  g_autoptr (GError) reason = NULL;
  gint64 started = g_get_monotonic_time ();
  GantryCommand response;

  if (worker->way.kind == GANTRY_FORECAST_REFUSED)
    {
      answer_not_accepted (worker, item,
                           gantry_association_get_facts (worker->association)->contexts);
      *answered = TRUE;
      return TRUE;
    }
  if (store (worker, item, &response, &reason))
    {
      *answered = TRUE;
      answer_response (worker, item, &response, started);
      return TRUE;
    }

  if (g_cancellable_is_cancelled (run->cancellable))
    answer (worker, item, GANTRY_OUTCOME_CANCELLED, -1,
            g_strdup (gantry_association_is_answer_due (worker->association)
                          ? _ ("Cancelled before the node answered, which has got all of it and "
                               "may have stored it.")
                          : _ ("Cancelled while it was being sent.")),
            reason, started);
  else
    answer (worker, item, GANTRY_OUTCOME_FAILED, -1, g_strdup (reason->message), reason, started);
  /* A file that is to blame says nothing against the peer. */
  *answered |= g_error_matches (reason, GANTRY_ERROR, GANTRY_ERROR_FILE);
  if (!gantry_association_is_over (worker->association))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

static gboolean
request_association (GantrySender *worker, GPtrArray *contexts, GError **error)
{
  GantrySendRun *run = worker->run;
  GantryAssociationRequest request = {
    .calling = run->calling,
    .called = run->node->ae_title,
    .host = run->node->host,
    .port = run->node->port,
    .max_pdu = run->max_pdu,
    .timeouts = run->timeouts,
    .contexts = contexts,
    .extended_negotiation = TRUE,
    .known = g_atomic_int_get (&run->known),
    .tls = run->tls.enabled ? &run->tls : NULL,
  };
  GantryAssociation *association;

  gantry_tracer_begin (run->tracer);
  association = gantry_association_request (&request, run->connecting, NULL, NULL, error);
  if (association == NULL)
    gantry_tracer_end ();
  else
    g_atomic_int_set (&run->known, TRUE);
  g_mutex_lock (&run->lock);
  worker->association = association;
  if (association != NULL && g_cancellable_is_cancelled (run->cancellable))
    gantry_association_cancel (association);
  g_mutex_unlock (&run->lock);
  return association != NULL;
}

static void
dissociate (GantrySender *worker, gboolean in_order)
{
  GantrySendRun *run = worker->run;
  GantryAssociation *association;
  GantryPathFigures path;

  if (in_order)
    gantry_association_release (worker->association, NULL);
  gantry_association_get_path (worker->association, &path);
  gantry_path_figures_add (&path, &worker->path);
  worker->path = (GantryPathFigures){ 0 };

  g_mutex_lock (&run->lock);
  if (path.stores > 0)
    gantry_path_figures_add (&run->path, &path);
  association = g_steal_pointer (&worker->association);
  g_mutex_unlock (&run->lock);
  gantry_association_free (association);
  gantry_tracer_end ();
}

/* @losses: of the instance with which the association was lost. FALSE: that was enough. */
static gboolean
count_loss (GantrySender *worker, gboolean answered, gint64 losses)
{
  if (!answered && losses == 0)
    worker->barren++;
  else if (!answered)
    worker->barren_again++;
  return worker->barren < MAX_BARREN && worker->barren_again < MAX_BARREN_AGAIN;
}

/* Takes @reason, with which the last association was lost: what was not sent has not brought that
 * about. */
static GError *
give_up (GantrySender *worker, GError *reason)
{
  GError *error = g_error_new (
      reason->domain, reason->code,
      _ ("The rest was not sent in this try: the association was lost with %1$u instances one "
         "after the other, so Gantry stopped. With the last of them: %2$s"),
      worker->barren + worker->barren_again, reason->message);

  g_error_free (reason);
  return error;
}

/* Sends until the pass is over. Associates only when there is something to send, and again when an
 * association was lost, unless too many were.
 */
static GError *
run_pass (GantrySender *worker)
{
  GPtrArray *usual = gantry_proposal_get_contexts (worker->run->proposal, worker->run->pass);
  g_autoptr (GError) error = NULL;

  while (gantry_send_run_wait (worker))
    {
      gboolean answered = FALSE;
      gboolean open = TRUE;
      gint64 losses = 0;
      GantryQueueItem *item;

      g_clear_error (&error);
      if (!request_association (worker, usual, &error))
        return g_steal_pointer (&error);
      while (open && (item = gantry_send_run_take_item (worker)) != NULL)
        {
          losses = item->losses;
          open = send_item (worker, item, &answered, &error);
          if (answered)
            worker->barren = worker->barren_again = 0;
        }
      dissociate (worker, open && !g_cancellable_is_cancelled (worker->run->cancellable));

      if (open)
        return NULL;
      if (g_cancellable_is_cancelled (worker->run->cancellable))
        return g_steal_pointer (&error);
      if (!count_loss (worker, answered, losses))
        return give_up (worker, g_steal_pointer (&error));
    }
  return NULL;
}

/* Where the node refuses something without having shown what it takes, another association with
 * more proposed finds out, so that people can be told. After all others: many a peer serves one
 * association at a time. (transfer full) (nullable): NULL: it did not answer, which is no trouble
 */
static GPtrArray *
ask_more (GantrySender *worker, const GPtrArray *answered)
{
  GantrySendRun *run = worker->run;
  g_autoptr (GPtrArray) more = gantry_proposal_add_questions (run->proposal, run->pass, answered);
  GPtrArray *taken = NULL;

  if (more == NULL || !request_association (worker, more, NULL))
    return NULL;
  taken = g_ptr_array_ref (gantry_association_get_facts (worker->association)->contexts);
  dissociate (worker, TRUE);
  return taken;
}

/* @ask: the node was there until now; @first: what it answered before */
static void
answer_held (GantrySender *worker, gboolean ask, GPtrArray *first)
{
  g_autoptr (GPtrArray) more = ask ? ask_more (worker, first) : NULL;
  GantryQueueItem *item;

  while (!g_cancellable_is_cancelled (worker->run->cancellable)
         && (item = gantry_send_run_take_held (worker)) != NULL)
    answer_not_accepted (worker, item, more != NULL ? more : first);
}

gpointer
gantry_sender_main (gpointer data)
{
  GantrySender *worker = data;
  GantrySendRun *run = worker->run;
  GError *error = run_pass (worker);
  GPtrArray *answered;

  while ((answered = gantry_send_run_finish (worker)) != NULL)
    {
      answer_held (worker, error == NULL, answered);
      g_ptr_array_unref (answered);
      /* What was taken back from those that were held may be sent now. */
      if (error == NULL)
        error = run_pass (worker);
    }
  run->funcs.worker_ended (error, run->user_data);
  return NULL;
}
