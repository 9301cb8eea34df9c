/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-send-run-private.h"

#define LOW_WATER 64
/* So many are written at once when they come fast; the core thread's tick takes care of fewer. */
#define MANY_ANSWERS 64
/* More answers than this wait for the database: then the workers wait too. */
#define MAX_ANSWERS 4096
/* More than these are not kept until the node can be asked about them: some 5 MB. */
#define MAX_HELD 10000

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
  g_queue_init (&self->held);
  return self;
}

void
gantry_send_run_set_tracer (GantrySendRun *self, GantryTracer *tracer)
{
  self->tracer = tracer;
}

static void
clear_held (GantrySendRun *self)
{
  g_queue_clear_full (&self->held, (GDestroyNotify)gantry_queue_item_free);
  g_clear_pointer (&self->answered, g_ptr_array_unref);
}

static void
join_workers (GantrySendRun *self)
{
  for (guint i = 0; i < GANTRY_SEND_RUN_WORKERS; i++)
    g_clear_pointer (&self->workers[i].thread, g_thread_join);
}

void
gantry_send_run_free (GantrySendRun *self)
{
  join_workers (self);
  g_queue_clear_full (&self->items, (GDestroyNotify)gantry_queue_item_free);
  clear_held (self);
  g_ptr_array_unref (self->answers);
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

GPtrArray *
gantry_send_run_take_back (GantrySendRun *self, gboolean *last)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify)gantry_queue_item_free);
  gpointer item;

  g_mutex_lock (&self->lock);
  *last = self->last;
  self->last = FALSE;
  self->requested = TRUE;
  while ((item = g_queue_pop_head (&self->held)) != NULL)
    g_ptr_array_add (items, item);
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
  for (guint i = 0; i < GANTRY_SEND_RUN_WORKERS && n < max; i++)
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
  for (guint i = 0; i < GANTRY_SEND_RUN_WORKERS; i++)
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
  clear_held (self);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
gantry_send_run_cancel (GantrySendRun *self)
{
  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->connecting);
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < GANTRY_SEND_RUN_WORKERS; i++)
    if (self->workers[i].association != NULL)
      gantry_association_cancel (self->workers[i].association);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
gantry_send_run_start (GantrySendRun *self, GantryProposal *proposal, guint pass, guint n)
{
  join_workers (self);
  clear_held (self);
  g_clear_pointer (&self->proposal, gantry_proposal_unref);
  self->proposal = gantry_proposal_ref (proposal);
  self->pass = pass;

  n = CLAMP (n, 1, GANTRY_SEND_RUN_WORKERS);
  self->n_workers = self->working = n;
  for (guint i = 0; i < n; i++)
    {
      self->workers[i] = (GantrySender){ .run = self };
      self->workers[i].thread
          = g_thread_new ("gantry-sender", gantry_sender_main, &self->workers[i]);
    }
}

/* ---- Worker threads ------------------------------------------------------------------------- */

GantryPriority
gantry_send_run_get_priority (GantrySendRun *self)
{
  GantryPriority priority;

  g_mutex_lock (&self->lock);
  priority = self->priority;
  g_mutex_unlock (&self->lock);
  return priority;
}

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

gboolean
gantry_send_run_wait (GantrySender *worker)
{
  gboolean has;

  g_mutex_lock (&worker->run->lock);
  has = wait_for_items (worker->run);
  g_mutex_unlock (&worker->run->lock);
  return has;
}

/* Called with the lock held. */
static GantryQueueItem *
pop_item (GantrySender *worker)
{
  GQueue *items = &worker->run->items;
  GList *last = items->tail;

  while (last != NULL && ((GantryQueueItem *)last->data)->losses > 0)
    last = last->prev;
  if (worker->barren == 0 || last == NULL)
    return g_queue_pop_head (items);
  return g_queue_pop_nth (items, (guint)g_queue_link_index (items, last));
}

/* Decides which way the item goes. FALSE: it is held back. Called with the lock held. */
static gboolean
find_way (GantrySender *worker, GantryQueueItem *item)
{
  GantrySendRun *run = worker->run;
  GPtrArray *answered = gantry_association_get_facts (worker->association)->contexts;

  if (gantry_proposal_find_way (run->proposal, answered, item->sop_class_uid, item->transfer_syntax,
                                &worker->way)
      || !gantry_proposal_is_open (answered, item->sop_class_uid) || run->held.length >= MAX_HELD)
    return TRUE;
  if (run->answered == NULL)
    run->answered = g_ptr_array_ref (answered);
  g_queue_push_tail (&run->held, item);
  return FALSE;
}

GantryQueueItem *
gantry_send_run_take_item (GantrySender *worker)
{
  GantrySendRun *run = worker->run;
  GantryQueueItem *item = NULL;

  g_mutex_lock (&run->lock);
  do
    item = wait_for_items (run) ? pop_item (worker) : NULL;
  while (item != NULL && !find_way (worker, item));
  worker->sending = item != NULL ? item->id : 0;
  worker->sent = 0;
  g_mutex_unlock (&run->lock);
  return item;
}

GPtrArray *
gantry_send_run_finish (GantrySender *worker)
{
  GantrySendRun *run = worker->run;
  GPtrArray *answered = NULL;

  g_mutex_lock (&run->lock);
  if (run->working == 1 && run->held.length > 0 && !run->winding_down
      && !g_cancellable_is_cancelled (run->cancellable))
    answered = g_ptr_array_ref (run->answered);
  else
    run->working--;
  g_mutex_unlock (&run->lock);
  return answered;
}

GantryQueueItem *
gantry_send_run_take_held (GantrySender *worker)
{
  GantryQueueItem *item;

  g_mutex_lock (&worker->run->lock);
  item = g_queue_pop_head (&worker->run->held);
  worker->sending = item != NULL ? item->id : 0;
  g_mutex_unlock (&worker->run->lock);
  return item;
}

void
gantry_send_run_answer (GantrySender *worker, GantryAnswer *answer)
{
  GantrySendRun *run = worker->run;

  g_mutex_lock (&run->lock);
  g_ptr_array_add (run->answers, answer);
  worker->sending = 0;
  worker->sent = 0;
  if (run->answers->len == MANY_ANSWERS)
    run->funcs.have_answers (run->user_data);
  g_mutex_unlock (&run->lock);
}
