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
  REAL (void, g_mutex_lock, (GMutex *));
  real (mutex);
  __tsan_acquire (mutex);
}

void
g_mutex_unlock (GMutex *mutex)
{
  REAL (void, g_mutex_unlock, (GMutex *));
  __tsan_release (mutex);
  real (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (void, g_cond_wait, (GCond *, GMutex *));
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end)
{
  gboolean signalled;

  REAL (gboolean, g_cond_wait_until, (GCond *, GMutex *, gint64));
  __tsan_release (mutex);
  signalled = real (cond, mutex, end);
  __tsan_acquire (mutex);
  return signalled;
}

void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  REAL (void, g_atomic_rc_box_release_full, (gpointer, GDestroyNotify));
  __tsan_release (box);
  __tsan_acquire (box);
  real (box, clear);
}

/* ---- Queues, pools, sources and tasks: who hands over orders what was written before --------- */

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  REAL (void, g_async_queue_push, (GAsyncQueue *, gpointer));
  __tsan_release (queue);
  real (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data;
  REAL (gpointer, g_async_queue_pop, (GAsyncQueue *));
  data = real (queue);
  __tsan_acquire (queue);
  return data;
}

/* A callback and its data, called in another thread than the one that set it. */
typedef struct
{
  gpointer func;
  gpointer data;
  GDestroyNotify notify;
} Closure;

static gboolean
call_source (gpointer data)
{
  Closure *closure = data;

  __tsan_acquire (closure);
  return ((GSourceFunc)closure->func) (closure->data);
}

static void
free_source (gpointer data)
{
  Closure *closure = data;

  __tsan_acquire (closure);
  if (closure->notify != NULL)
    closure->notify (closure->data);
  g_free (closure);
}

void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  Closure *closure = g_new (Closure, 1);
  REAL (void, g_source_set_callback, (GSource *, GSourceFunc, gpointer, GDestroyNotify));
  *closure = (Closure){ (gpointer)func, data, notify };
  __tsan_release (closure);
  real (source, call_source, closure, free_source);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  REAL (guint, g_source_attach, (GSource *, GMainContext *));
  __tsan_release (source);
  return real (source, context);
}

static void
call_pool (gpointer data, gpointer user_data)
{
  Closure *closure = user_data;

  __tsan_acquire (closure);
  ((GFunc)closure->func) (data, closure->data);
  __tsan_release (closure);
}

/* The closure of a pool lives as long as the program: pools are few. */
GThreadPool *
g_thread_pool_new (GFunc func, gpointer data, gint max, gboolean exclusive, GError **error)
{
  Closure *closure = g_new (Closure, 1);
  GThreadPool *pool;
  REAL (GThreadPool *, g_thread_pool_new, (GFunc, gpointer, gint, gboolean, GError **));
  *closure = (Closure){ (gpointer)func, data, NULL };
  pool = real (call_pool, closure, max, exclusive, error);
  return pool;
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  REAL (gboolean, g_thread_pool_push, (GThreadPool *, gpointer, GError **));
  __tsan_release (pool->user_data);
  return real (pool, data, error);
}

/* Not looked at itself: the last thread of the pool frees it, ordered by the pool's own lock. */
__attribute__ ((no_sanitize_thread)) void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait)
{
  gpointer closure = pool->user_data;
  REAL (void, g_thread_pool_free, (GThreadPool *, gboolean, gboolean));
  real (pool, immediate, wait);
  __tsan_acquire (closure);
}

static void
call_task (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GTaskThreadFunc func = g_object_get_data (G_OBJECT (task), "tsan-func");

  __tsan_acquire (task);
  func (task, source, data, cancellable);
}

void
g_task_run_in_thread (GTask *task, GTaskThreadFunc func)
{
  REAL (void, g_task_run_in_thread, (GTask *, GTaskThreadFunc));
  g_object_set_data (G_OBJECT (task), "tsan-func", (gpointer)func);
  __tsan_release (task);
  real (task, call_task);
}

void
g_task_return_pointer (GTask *task, gpointer result, GDestroyNotify free_result)
{
  REAL (void, g_task_return_pointer, (GTask *, gpointer, GDestroyNotify));
  __tsan_release (task);
  real (task, result, free_result);
}

gpointer
g_task_propagate_pointer (GTask *task, GError **error)
{
  REAL (gpointer, g_task_propagate_pointer, (GTask *, GError **));
  __tsan_acquire (task);
  return real (task, error);
}

void
g_object_unref (gpointer object)
{
  REAL (void, g_object_unref, (gpointer));
  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}
