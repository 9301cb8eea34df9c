/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-sender.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

#include "gantry-error.h"
#include "gantry-registry.h"
#include "gantry-retry.h"
#include "gantry-store-scu.h"
#include "gantry-tracer.h"
#include "gantry-transcode.h"
#include "gantry-words.h"

#define MAX_WORKERS 8
#define LOW_WATER 64
/* So many are written at once when they come fast; the core thread's tick takes care of fewer. */
#define MANY_ANSWERS 64
/* More answers than this wait for the database: then the workers wait too. */
#define MAX_ANSWERS 4096
/* So many associations in a row that ended before one answer came, and the worker gives up. */
#define MAX_BARREN 2

/* A worker's place, while it has one. */
typedef struct
{
  GantrySendRun *run;
  GThread *thread;
  GantryAssociation *association; /* guarded by the run's lock */
  gint64 sending;                 /* instance id, 0: none; guarded by the run's lock */
  guint64 sent;                   /* octets of it; guarded by the run's lock */
  GantryPathFigures path;         /* of this association: what is measured here */
  GantryWay way;                  /* of the item at hand; the text is its own, or lives for ever */
} Worker;

struct _GantrySendRun
{
  GantryNode *node;
  char *calling;
  guint32 max_pdu;
  GantryTimeouts timeouts;
  GantryTls tls;
  GantrySendRunFuncs funcs;
  gpointer user_data;
  GCancellable *cancellable;
  GCancellable *connecting; /* cancelled as well when winding down: nothing is on the wire yet */
  GantryTracer *tracer;
  const char *scratch;
  GantryProposal
      *proposal; /* what follows is of this pass; the first two do not change meanwhile */
  guint pass;
  GPtrArray *contexts; /* guarded by the lock: more than the pass has when a worker has questions */

  GMutex lock; /* guards what follows */
  GCond changed;
  GQueue items;
  gboolean last; /* nothing more will be added in this pass */
  gboolean winding_down;
  GantryPriority priority;
  gboolean requested; /* want_items was called and nothing was added since */
  GPtrArray *answers;
  GantryPathFigures path; /* of the associations that are over */
  Worker workers[MAX_WORKERS];
  guint n_workers; /* core thread only: of this pass */
};

void
gantry_answer_free (GantryAnswer *answer)
{
  gantry_queue_item_free (answer->item);
  g_free (answer->message);
  g_free (answer->sent_class_uid);
  g_free (answer->sent_syntax);
  g_free (answer);
}

GantrySendRun *
gantry_send_run_new (const GantryNode *node,
                     const char *calling,
                     guint32 max_pdu,
                     const GantryTimeouts *timeouts,
                     const GantryTls *tls,
                     const char *scratch,
                     const GantrySendRunFuncs *funcs,
                     gpointer user_data)
{
  GantrySendRun *self = g_new0 (GantrySendRun, 1);

  self->node = gantry_record_ref ((gpointer)node);
  self->calling = g_strdup (*node->calling_ae_title != '\0' ? node->calling_ae_title : calling);
  self->max_pdu = max_pdu;
  self->timeouts = *timeouts;
  gantry_tls_copy (&self->tls, tls);
  self->scratch = scratch;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->connecting = g_cancellable_new ();
  self->answers = g_ptr_array_new_with_free_func ((GDestroyNotify)gantry_answer_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->items);
  return self;
}

void
gantry_send_run_set_tracer (GantrySendRun *self, GantryTracer *tracer)
{
  self->tracer = tracer;
}

static void
join_workers (GantrySendRun *self)
{
  for (guint i = 0; i < MAX_WORKERS; i++)
    g_clear_pointer (&self->workers[i].thread, g_thread_join);
}

void
gantry_send_run_free (GantrySendRun *self)
{
  join_workers (self);
  g_queue_clear_full (&self->items, (GDestroyNotify)gantry_queue_item_free);
  g_ptr_array_unref (self->answers);
  g_clear_pointer (&self->contexts, g_ptr_array_unref);
  g_clear_pointer (&self->proposal, gantry_proposal_unref);
  gantry_record_unref (self->node);
  g_object_unref (self->cancellable);
  g_object_unref (self->connecting);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self->calling);
  gantry_tls_clear (&self->tls);
  g_free (self);
}

/* ---- Core thread ---------------------------------------------------------------------------- */

void
gantry_send_run_add_items (GantrySendRun *self, GPtrArray *items, gboolean last)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < items->len; i++)
    if (self->winding_down)
      gantry_queue_item_free (items->pdata[i]);
    else
      g_queue_push_tail (&self->items, items->pdata[i]);
  self->last = last || self->winding_down;
  self->requested = FALSE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);

  g_ptr_array_set_free_func (items, NULL);
  g_ptr_array_unref (items);
}

GPtrArray *
gantry_send_run_take_answers (GantrySendRun *self)
{
  GPtrArray *answers;

  g_mutex_lock (&self->lock);
  answers = self->answers;
  self->answers = g_ptr_array_new_with_free_func ((GDestroyNotify)gantry_answer_free);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return answers;
}

void
gantry_send_run_set_priority (GantrySendRun *self, GantryPriority priority)
{
  g_mutex_lock (&self->lock);
  self->priority = priority;
  g_mutex_unlock (&self->lock);
}

static GantryPriority
get_priority (GantrySendRun *self)
{
  GantryPriority priority;

  g_mutex_lock (&self->lock);
  priority = self->priority;
  g_mutex_unlock (&self->lock);
  return priority;
}

GPtrArray *
gantry_send_run_take_back (GantrySendRun *self, gboolean *last)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify)gantry_queue_item_free);
  gpointer item;

  g_mutex_lock (&self->lock);
  *last = self->last;
  self->last = FALSE;
  self->requested = TRUE;
  while ((item = g_queue_pop_head (&self->items)) != NULL)
    g_ptr_array_add (items, item);
  g_mutex_unlock (&self->lock);
  return items;
}

guint
gantry_send_run_get_in_flight (GantrySendRun *self, gint64 *ids, guint max)
{
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < MAX_WORKERS && n < max; i++)
    if (self->workers[i].sending != 0)
      ids[n++] = self->workers[i].sending;
  g_mutex_unlock (&self->lock);
  return n;
}

guint
gantry_send_run_count_workers (GantrySendRun *self)
{
  return self->n_workers;
}

gboolean
gantry_send_run_has_items (GantrySendRun *self)
{
  gboolean has;

  g_mutex_lock (&self->lock);
  has = self->items.length > 0 || !self->last;
  g_mutex_unlock (&self->lock);
  return has;
}

void
gantry_send_run_take_path (GantrySendRun *self, GantryPathFigures *figures)
{
  g_mutex_lock (&self->lock);
  *figures = self->path;
  self->path = (GantryPathFigures){ 0 };
  g_mutex_unlock (&self->lock);
}

guint64
gantry_send_run_get_partial_bytes (GantrySendRun *self)
{
  guint64 bytes = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < MAX_WORKERS; i++)
    bytes += self->workers[i].sent;
  g_mutex_unlock (&self->lock);
  return bytes;
}

void
gantry_send_run_wind_down (GantrySendRun *self)
{
  g_cancellable_cancel (self->connecting);
  g_mutex_lock (&self->lock);
  self->winding_down = TRUE;
  self->last = TRUE;
  g_queue_clear_full (&self->items, (GDestroyNotify)gantry_queue_item_free);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
gantry_send_run_cancel (GantrySendRun *self)
{
  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->connecting);
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < MAX_WORKERS; i++)
    if (self->workers[i].association != NULL)
      gantry_association_cancel (self->workers[i].association);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* ---- Worker threads ------------------------------------------------------------------------- */

/* Until the core thread has brought some and there is room for their answers. FALSE: the pass is
 * over. Called with the lock held. */
static gboolean
wait_for_items (GantrySendRun *run)
{
  while (!g_cancellable_is_cancelled (run->cancellable))
    {
      if (!run->last && !run->requested && run->items.length < LOW_WATER)
        {
          run->requested = TRUE;
          run->funcs.want_items (run->user_data);
        }
      if (run->answers->len < MAX_ANSWERS && (run->items.length > 0 || run->last))
        return run->items.length > 0;
      g_cond_wait (&run->changed, &run->lock);
    }
  return FALSE;
}

static gboolean
has_item (Worker *worker)
{
  gboolean has;

  g_mutex_lock (&worker->run->lock);
  has = wait_for_items (worker->run);
  g_mutex_unlock (&worker->run->lock);
  return has;
}

/* The next instance. NULL: the pass is over. */
static GantryQueueItem *
take_item (Worker *worker)
{
  GantrySendRun *run = worker->run;
  GantryQueueItem *item = NULL;

  g_mutex_lock (&run->lock);
  if (wait_for_items (run))
    item = g_queue_pop_head (&run->items);
  worker->sending = item != NULL ? item->id : 0;
  worker->sent = 0;
  g_mutex_unlock (&run->lock);
  return item;
}

static char *
get_other (gboolean changed, const char *sent, const char *own)
{
  return g_strdup (changed && strcmp (sent, own) != 0 ? sent : "");
}

/* Takes @item and @message. @reason: (nullable): what failed */
static void
answer (Worker *worker,
        GantryQueueItem *item,
        GantryOutcome outcome,
        gint32 status,
        char *message,
        const GError *reason,
        gint64 started)
{
  GantrySendRun *run = worker->run;
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
  g_mutex_lock (&run->lock);
  g_ptr_array_add (run->answers, a);
  worker->sending = 0;
  worker->sent = 0;
  if (run->answers->len == MANY_ANSWERS)
    run->funcs.have_answers (run->user_data);
  g_mutex_unlock (&run->lock);
}

static void
on_progress (guint64 sent, gpointer user_data)
{
  Worker *worker = user_data;

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
answer_response (Worker *worker,
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
store (Worker *worker, const GantryQueueItem *item, GantryCommand *response, GError **error)
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
                             item->sop_class_uid, item->sop_instance_uid, get_priority (run),
                             on_progress, worker, response, error);

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
                                item->sop_instance_uid, get_priority (run), on_progress, worker,
                                response, error);
}

/* FALSE: the association is over, and @error says why. */
static gboolean
send_item (Worker *worker, GantryQueueItem *item, gboolean *answered, GError **error)
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
request_association (Worker *worker, GPtrArray *contexts, GError **error)
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
dissociate (Worker *worker, gboolean in_order)
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
associate (Worker *worker, GError **error)
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
run_pass (Worker *worker)
{
  g_autoptr (GError) error = NULL;
  guint barren = 0;

  while (has_item (worker))
    {
      gboolean answered = FALSE;
      gboolean open = TRUE;
      GantryQueueItem *item;

      g_clear_error (&error);
      if (!associate (worker, &error))
        return g_steal_pointer (&error);
      while (open && (item = take_item (worker)) != NULL)
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

static gpointer
worker_main (gpointer data)
{
  Worker *worker = data;
  GantrySendRun *run = worker->run;

  run->funcs.worker_ended (run_pass (worker), run->user_data);
  return NULL;
}

void
gantry_send_run_start (GantrySendRun *self, GantryProposal *proposal, guint pass, guint n)
{
  join_workers (self);
  g_clear_pointer (&self->contexts, g_ptr_array_unref);
  g_clear_pointer (&self->proposal, gantry_proposal_unref);
  self->proposal = gantry_proposal_ref (proposal);
  self->pass = pass;
  self->contexts = g_ptr_array_ref (gantry_proposal_get_contexts (proposal, pass));

  n = CLAMP (n, 1, MAX_WORKERS);
  self->n_workers = n;
  for (guint i = 0; i < n; i++)
    {
      self->workers[i] = (Worker){ .run = self };
      self->workers[i].thread = g_thread_new ("gantry-sender", worker_main, &self->workers[i]);
    }
}
