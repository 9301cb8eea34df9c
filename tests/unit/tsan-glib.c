/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Debian's GLib is not instrumented and its locks are bare futexes, so ThreadSanitizer cannot see
 * them and calls every guarded access a race. These wrappers tell it where ordering is made. Linked
 * into tests only, and only under -Db_sanitize=thread.
 */
#include <dlfcn.h>
#include <glib.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

#define REAL(ret, name, params)                                                                    \
  static ret (*real) params;                                                                       \
  if (real == NULL)                                                                                \
  real = (ret (*) params)dlsym (RTLD_NEXT, #name)

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
