/* bench-job-window.c - the window of a job of a million instances: how long it keeps anybody
 * waiting SPDX-License-Identifier: GPL-3.0-or-later
 *
 * session -- bench-job-window [INSTANCES]. Prints figures and judges none of them: the time to the
 * first rows, the longest wait of the main loop while the list is scrolled through, and memory.
 */
#include <stdio.h>
#include <time.h>

#include "gantry-files.h"
#include "gantry-job-window.h"
#include "gui-support.h"
#include "synthetic-queue.h"

#define JUMPS 60

typedef struct
{
  gint64 asked, longest;      /* monotonic */
  gint64 worked, longest_cpu; /* of this thread alone, whatever else the machine does */
  guint timer;
} Pulse;

static gint64
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gboolean
on_pulse (gpointer data)
{
  Pulse *pulse = data;
  gint64 now = g_get_monotonic_time (), worked = get_cpu_time ();

  pulse->longest = MAX (pulse->longest, now - pulse->asked);
  pulse->longest_cpu = MAX (pulse->longest_cpu, worked - pulse->worked);
  pulse->asked = now;
  pulse->worked = worked;
  return G_SOURCE_CONTINUE;
}

/* Comes every millisecond, before anything else that waits. */
static void
start_pulse (Pulse *pulse)
{
  *pulse = (Pulse){ .asked = g_get_monotonic_time (), .worked = get_cpu_time () };
  pulse->timer = g_timeout_add_full (G_PRIORITY_HIGH, 1, on_pulse, pulse, NULL);
}

static void
tell (Pulse *pulse, const char *what)
{
  g_source_remove (pulse->timer);
  g_print ("%-46s %9.1f ms, of work %.1f ms\n", what, (double)pulse->longest / 1000,
           (double)pulse->longest_cpu / 1000);
}

static void
tell_memory (const char *when)
{
  g_autofree char *status = NULL;
  const char *line;

  if (g_file_get_contents ("/proc/self/status", &status, NULL, NULL)
      && (line = g_strstr_len (status, -1, "VmRSS:")) != NULL)
    g_print ("memory, %-38s %9.1f MB\n", when, g_ascii_strtod (line + 6, NULL) / 1024);
}

static gboolean
on_late (gpointer late)
{
  *(gboolean *)late = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (guint ms)
{
  gboolean late = FALSE;

  g_timeout_add (ms, on_late, &late);
  while (!late)
    g_main_context_iteration (NULL, TRUE);
}

/* From end to end, and to and fro as somebody drags the scroll bar. */
static void
scroll (GtkAdjustment *place)
{
  double end = gtk_adjustment_get_upper (place) - gtk_adjustment_get_page_size (place);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < JUMPS; i++)
    {
      gtk_adjustment_set_value (place, i == 0   ? end
                                       : i == 1 ? end / 2
                                                : g_rand_double_range (rand, 0, end));
      run_for (50);
    }
}

static GantryJob *
make_job (GantryProfile *profile, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryDatabase) db
      = gantry_database_open (gantry_profile_get_database (profile), TRUE, &error);
  gint64 id;

  g_assert_no_error (error);
  id = synthetic_job_new (db, n, &error);
  g_assert_no_error (error);
  return gantry_queue_table_get_job (db, id, &error);
}

static void
show_job (GantryEngine *engine, GantryJob *job)
{
  g_autoptr (GantryItem) item = gantry_item_new (job->id, job);
  g_autoptr (GListStore) jobs = g_list_store_new (GANTRY_TYPE_ITEM);
  GtkWidget *queue = gtk_label_new ("queue");
  GtkWidget *parent = g_object_new (GTK_TYPE_WINDOW, "child", queue, NULL);
  GantryJobWindow *window;
  GtkWidget *table;
  Pulse pulse;
  gint64 start;

  g_list_store_append (jobs, item);
  gtk_window_present (GTK_WINDOW (parent));
  run_for (500);
  tell_memory ("an empty window");
  start_pulse (&pulse);
  start = g_get_monotonic_time ();
  window = gantry_job_window_present (queue, jobs, engine, item);
  while (gui_find_part (GTK_WIDGET (window), "Image0000000") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_print ("%-46s %9.1f ms\n", "open, to the first rows",
           (double)(g_get_monotonic_time () - start) / 1000);
  run_for (500);
  tell (&pulse, "longest wait of the main loop, opening");
  tell_memory ("list open");

  table = gui_find_type (GTK_WIDGET (window), GTK_TYPE_COLUMN_VIEW);
  start_pulse (&pulse);
  scroll (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (table)));
  tell (&pulse, "longest wait of the main loop, scrolling");
  tell_memory ("scrolled through");
  gtk_window_destroy (GTK_WINDOW (window));
  gtk_window_destroy (GTK_WINDOW (parent));
  run_for (100);
}

int
main (int argc, char *argv[])
{
  guint n = argc > 1 ? (guint)g_ascii_strtoull (argv[1], NULL, 10) : 1000000;
  g_autofree char *folder = g_dir_make_tmp ("gantry-bench-XXXXXX", NULL);
  g_autoptr (GantryProfile) profile = gantry_profile_open (folder, NULL);
  GantryEngineOptions options = { .profile = profile, .draft = "bench" };
  g_autoptr (GantryJob) job = make_job (profile, n);
  g_autoptr (GantryEngine) engine = NULL;

  setvbuf (stdout, NULL, _IOLBF, 0);
  argc = 1;
  gui_init (&argc, &argv);
  g_print ("%u instances in one job\n", n);
  engine = gantry_engine_new (&options, NULL);
  g_assert_nonnull (engine);
  show_job (engine, job);
  gantry_engine_close (engine);
  gantry_remove_tree (folder);
  return gui_run ();
}
