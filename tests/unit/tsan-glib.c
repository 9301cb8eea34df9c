/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Debian's GLib is not instrumented and its locks are bare futexes, so ThreadSanitizer cannot see
 * them and calls every guarded access a race. These wrappers tell it where ordering is made. Linked
 * into tests only, and only under -Db_sanitize=thread.
 */
#include <dlfcn.h>
#include <gio/gio.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

/* Atomic, because two threads may be the first to call a function. */
#define REAL(ret, name, params)                                                                    \
  static ret (*found) params;                                                                      \
  ret (*real) params = __atomic_load_n (&found, __ATOMIC_RELAXED);                                 \
  if (real == NULL)                                                                                \
    {                                                                                              \
      real = (ret (*) params)dlsym (RTLD_NEXT, #name);                                             \
      __atomic_store_n (&found, real, __ATOMIC_RELAXED);                                           \
    }

void
g_mutex_lock (GMutex *mutex)
{
  REAL (void, g_mutex_lock, (GMutex *))
  real (mutex);
  __tsan_acquire (mutex);
}

void
g_mutex_unlock (GMutex *mutex)
{
  REAL (void, g_mutex_unlock, (GMutex *))
  __tsan_release (mutex);
  real (mutex);
}

/* Who finds the work done reads the location atomically, in code that is instrumented. */
void (g_once_init_leave) (volatile void *location, gsize result)
{
  REAL (void, g_once_init_leave, (volatile void *, gsize))
  __tsan_release ((void *)location);
  real (location, result);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (void, g_cond_wait, (GCond *, GMutex *))
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end)
{
  gboolean signalled;

  REAL (gboolean, g_cond_wait_until, (GCond *, GMutex *, gint64))
  __tsan_release (mutex);
  signalled = real (cond, mutex, end);
  __tsan_acquire (mutex);
  return signalled;
}

void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  REAL (void, g_atomic_rc_box_release_full, (gpointer, GDestroyNotify))
  __tsan_release (box);
  __tsan_acquire (box);
  real (box, clear);
}

/* ---- What hands data from thread to thread --------------------------------------------------- */

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  REAL (void, g_async_queue_push, (GAsyncQueue *, gpointer))
  __tsan_release (queue);
  real (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data;

  REAL (gpointer, g_async_queue_pop, (GAsyncQueue *))
  data = real (queue);
  __tsan_acquire (queue);
  return data;
}

/* A function that is run elsewhere, behind one that takes what was released for it. */
typedef struct
{
  gpointer func;
  gpointer data;
  GDestroyNotify destroy;
} Trampoline;

static Trampoline *
trampoline_new (gpointer func, gpointer data, GDestroyNotify destroy)
{
  Trampoline *self = g_new (Trampoline, 1);

  *self = (Trampoline){ func, data, destroy };
  __tsan_release (self);
  return self;
}

static void
trampoline_free (gpointer data)
{
  Trampoline *self = data;

  __tsan_acquire (self);
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

static gboolean
run_source (gpointer data)
{
  Trampoline *self = data;

  __tsan_acquire (self);
  __tsan_acquire (g_main_current_source ());
  return ((GSourceFunc)self->func) (self->data);
}

void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  REAL (void, g_source_set_callback, (GSource *, GSourceFunc, gpointer, GDestroyNotify))
  Trampoline *trampoline;

  /* The functions of others take more than the data. */
  if (source->source_funcs != &g_idle_funcs && source->source_funcs != &g_timeout_funcs)
    {
      real (source, func, data, destroy);
      return;
    }
  trampoline = trampoline_new ((gpointer)func, data, destroy);
  real (source, run_source, trampoline, trampoline_free);
  /* What GLib has allocated for it is freed in the other thread. */
  __tsan_release (trampoline);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  guint id;

  REAL (guint, g_source_attach, (GSource *, GMainContext *))
  __tsan_release (source);
  id = real (source, context);
  return id;
}

static void
run_pool (gpointer item, gpointer data)
{
  Trampoline *self = data;

  __tsan_acquire (self);
  ((GFunc)self->func) (item, self->data);
}

GThreadPool *
g_thread_pool_new (GFunc func, gpointer data, int max_threads, gboolean exclusive, GError **error)
{
  REAL (GThreadPool *, g_thread_pool_new, (GFunc, gpointer, int, gboolean, GError **))
  /* Never freed: nobody is told when a pool is, and tests make few. */
  return real (run_pool, trampoline_new ((gpointer)func, data, NULL), max_threads, exclusive,
               error);
}

/* Not looked at itself: a pool's last thread frees the pool, in an order that only GLib knows. */
__attribute__ ((no_sanitize_thread)) gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  REAL (gboolean, g_thread_pool_push, (GThreadPool *, gpointer, GError **))
  __tsan_release (pool->user_data);
  return real (pool, data, error);
}

gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  gboolean last;

  REAL (gboolean, g_atomic_ref_count_dec, (gatomicrefcount *))
  __tsan_release (count);
  last = real (count);
  __tsan_acquire (count);
  return last;
}

/* ---- Tasks: from where they are made to their thread, and back --------------------------------
 */

static GQuark
task_quark (void)
{
  return g_quark_from_static_string ("tsan-task");
}

static void
run_task (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GTaskThreadFunc func = g_object_get_qdata (G_OBJECT (task), task_quark ());

  __tsan_acquire (task);
  func (task, source, data, cancellable);
}

void
g_task_run_in_thread (GTask *task, GTaskThreadFunc func)
{
  REAL (void, g_task_run_in_thread, (GTask *, GTaskThreadFunc))
  g_object_set_qdata (G_OBJECT (task), task_quark (), (gpointer)func);
  __tsan_release (task);
  real (task, run_task);
}

void
g_task_return_pointer (GTask *task, gpointer result, GDestroyNotify destroy)
{
  REAL (void, g_task_return_pointer, (GTask *, gpointer, GDestroyNotify))
  __tsan_release (task);
  real (task, result, destroy);
}

void
g_task_return_boolean (GTask *task, gboolean result)
{
  REAL (void, g_task_return_boolean, (GTask *, gboolean))
  __tsan_release (task);
  real (task, result);
}

void
g_task_return_int (GTask *task, gssize result)
{
  REAL (void, g_task_return_int, (GTask *, gssize))
  __tsan_release (task);
  real (task, result);
}

void
g_task_return_error (GTask *task, GError *error)
{
  REAL (void, g_task_return_error, (GTask *, GError *))
  __tsan_release (task);
  real (task, error);
}

gpointer
g_task_propagate_pointer (GTask *task, GError **error)
{
  REAL (gpointer, g_task_propagate_pointer, (GTask *, GError **))
  __tsan_acquire (task);
  return real (task, error);
}

gboolean
g_task_propagate_boolean (GTask *task, GError **error)
{
  gboolean result;

  REAL (gboolean, g_task_propagate_boolean, (GTask *, GError **))
  result = real (task, error);
  __tsan_acquire (task);
  return result;
}

gssize
g_task_propagate_int (GTask *task, GError **error)
{
  REAL (gssize, g_task_propagate_int, (GTask *, GError **))
  __tsan_acquire (task);
  return real (task, error);
}
