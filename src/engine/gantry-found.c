/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-found.h"

#include "gantry-error.h"

typedef struct
{
  GPtrArray *found;
  gint next; /* index of the next file to read */
  GMutex lock;
  GCond done;
  guint readers; /* still at work */
} Reading;

void
gantry_found_free (gpointer data)
{
  GantryFound *found = data;

  g_free (found->path);
  g_clear_pointer (&found->instance, gantry_instance_unref);
  g_free (found->reason);
  g_free (found);
}

static void
read_header (GantryFound *found)
{
  g_autoptr (GError) error = NULL;

  if (found->reason != NULL)
    return;
  found->instance = gantry_instance_read (found->path, &error);
  if (found->instance != NULL && !gantry_instance_check_names (found->instance, &error))
    g_clear_pointer (&found->instance, gantry_instance_unref);
  if (found->instance != NULL)
    return;
  found->reason = g_strdup (error->message);
  found->kind = g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_NOT_DICOM)
                    ? GANTRY_SKIPPED_HARMLESS
                    : GANTRY_SKIPPED_LOST;
}

static void
read_headers (Reading *reading)
{
  guint i;

  while ((i = (guint)g_atomic_int_add (&reading->next, 1)) < reading->found->len)
    read_header (reading->found->pdata[i]);
}

static void
reader_main (gpointer data, gpointer user_data G_GNUC_UNUSED)
{
  Reading *reading = data;

  read_headers (reading);
  g_mutex_lock (&reading->lock);
  if (--reading->readers == 0)
    g_cond_signal (&reading->done);
  g_mutex_unlock (&reading->lock);
}

GThreadPool *
gantry_found_pool_new (void)
{
  /* Who asks reads too, so this many more keep a disk and its network busy. */
  return g_thread_pool_new (reader_main, NULL, CLAMP ((int)g_get_num_processors (), 2, 4), FALSE,
                            NULL);
}

void
gantry_found_read (GThreadPool *pool, GPtrArray *found)
{
  Reading reading = { .found = found };

  g_mutex_init (&reading.lock);
  g_cond_init (&reading.done);
  reading.readers = MIN ((guint)g_thread_pool_get_max_threads (pool), found->len / 8);
  for (guint i = reading.readers; i > 0; i--)
    g_thread_pool_push (pool, &reading, NULL);
  read_headers (&reading);

  g_mutex_lock (&reading.lock);
  while (reading.readers > 0)
    g_cond_wait (&reading.done, &reading.lock);
  g_mutex_unlock (&reading.lock);
  g_mutex_clear (&reading.lock);
  g_cond_clear (&reading.done);
}
