/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

#include "gantry-error.h"
#include "gantry-registry.h"
#include "gantry-retry.h"
#include "gantry-send-run-private.h"
#include "gantry-store-scu.h"
#include "gantry-tracer.h"
#include "gantry-transcode.h"
#include "gantry-words.h"

/* So many associations in a row that ended before one answer came, and the worker gives up. */
#define MAX_BARREN 2

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
  GantryAnswer *a = g_new (GantryAnswer, 1);

  *a = (GantryAnswer){ .item = item,
                       .outcome = outcome,
                       .status = status,
                       .message = message,
                       .retryable = gantry_retry_helps_answer (outcome, status, reason),
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

/* Sending what is no longer the file that was staged would be sending something unseen. */
static gboolean
check_file (const GantryQueueItem *item, GError **error)
{
  struct stat st;

  if (stat (item->path, &st) != 0)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
                   _ ("The file cannot be read any more: %s."), g_strerror (errno));
      return FALSE;
    }
  if ((guint64)st.st_size == item->size
      && st.st_mtim.tv_sec * G_USEC_PER_SEC + st.st_mtim.tv_nsec / 1000 == item->modified)
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
    return g_strdup (_ ("Stored."));
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
  const guint8 *data;
  gsize length;
  gint64 before;

  if (!check_file (item, error))
    return FALSE;
  if (way->kind == GANTRY_FORECAST_AS_IS)
    return gantry_store_scu (worker->association, way->context_id, item->path, item->data_offset,
                             item->sop_class_uid, item->sop_instance_uid,
                             gantry_send_run_get_priority (run), on_progress, worker, response,
                             error);

  before = g_get_monotonic_time ();
  bytes
      = gantry_transcode (item->path, item->data_offset, item->transfer_syntax, way->syntax,
                          own_class ? NULL : way->sop_class, run->scratch, run->cancellable, error);
  if (bytes == NULL || !check_file (item, error))
    return FALSE;
  worker->path.converting += g_get_monotonic_time () - before;
  worker->path.converted++;
  data = g_bytes_get_data (bytes, &length);
  return gantry_store_scu_data (worker->association, way->context_id, data, length, way->sop_class,
                                item->sop_instance_uid, gantry_send_run_get_priority (run),
                                on_progress, worker, response, error);
}

/* FALSE: the association is over, and @error says why. */
static gboolean
send_item (GantrySender *worker, GantryQueueItem *item, gboolean *answered, GError **error)
{
  GantrySendRun *run = worker->run;
  const GPtrArray *contexts = gantry_association_get_facts (worker->association)->contexts;
  g_autoptr (GError) reason = NULL;
  gint64 started = g_get_monotonic_time ();
  GantryCommand response;

  if (!gantry_proposal_find_way (run->proposal, contexts, item->sop_class_uid,
                                 item->transfer_syntax, &worker->way))
    {
      answer (worker, item, GANTRY_OUTCOME_NOT_ACCEPTED, -1,
              gantry_proposal_explain (run->proposal, contexts, item->sop_class_uid,
                                       item->transfer_syntax),
              NULL, started);
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
            g_strdup (_ ("Cancelled while it was being sent.")), reason, started);
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
    .tls = run->tls.enabled ? &run->tls : NULL,
  };
  GantryAssociation *association;

  gantry_tracer_begin (run->tracer);
  association = gantry_association_request (&request, run->connecting, NULL, NULL, error);
  if (association == NULL)
    gantry_tracer_end ();
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

/* Where the node refuses something without having shown what it takes, the association is opened
 * anew with more proposed, so that people can be told. One after the other: many a peer serves one
 * association at a time. */
static gboolean
associate (GantrySender *worker, GError **error)
{
  GantrySendRun *run = worker->run;
  GPtrArray *usual = gantry_proposal_get_contexts (run->proposal, run->pass);
  g_autoptr (GPtrArray) contexts = NULL;
  g_autoptr (GPtrArray) more = NULL;

  g_mutex_lock (&run->lock);
  contexts = g_ptr_array_ref (run->contexts);
  g_mutex_unlock (&run->lock);
  if (!request_association (worker, contexts, error))
    return FALSE;
  if (contexts != usual)
    return TRUE;
  more = gantry_proposal_add_questions (
      run->proposal, run->pass, gantry_association_get_facts (worker->association)->contexts);
  if (more == NULL)
    return TRUE;

  dissociate (worker, TRUE);
  g_mutex_lock (&run->lock);
  g_ptr_array_unref (run->contexts);
  run->contexts = g_ptr_array_ref (more);
  g_mutex_unlock (&run->lock);
  return request_association (worker, more, error);
}

/* Sends until the pass is over. Associates only when there is something to send, and again when an
 * association was lost that had brought answers.
 */
static GError *
run_pass (GantrySender *worker)
{
  g_autoptr (GError) error = NULL;
  guint barren = 0;

  while (gantry_send_run_wait (worker))
    {
      gboolean answered = FALSE;
      gboolean open = TRUE;
      GantryQueueItem *item;

      g_clear_error (&error);
      if (!associate (worker, &error))
        return g_steal_pointer (&error);
      while (open && (item = gantry_send_run_take_item (worker)) != NULL)
        open = send_item (worker, item, &answered, &error);
      dissociate (worker, open && !g_cancellable_is_cancelled (worker->run->cancellable));

      if (open)
        return NULL;
      barren = answered ? 0 : barren + 1;
      if (barren >= MAX_BARREN || g_cancellable_is_cancelled (worker->run->cancellable))
        return g_steal_pointer (&error);
    }
  return NULL;
}

gpointer
gantry_sender_main (gpointer data)
{
  GantrySender *worker = data;
  GantrySendRun *run = worker->run;

  run->funcs.worker_ended (run_pass (worker), run->user_data);
  return NULL;
}
