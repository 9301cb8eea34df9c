/* test-job-model.c - the jobs that the window shows, when answers and events cross
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "gantry-job-model.h"

#include "gantry-event-private.h"
#include "send-fixture.h"

typedef struct
{
  SendFixture send;
  GantryJobModel *model;
  guint changes;
} Fixture;

static void
count_change (Fixture *f)
{
  f->changes++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  send_fixture_set_up (&f->send, data);
  send_fixture_drop_studies (&f->send);
  send_fixture_choose_node (&f->send, "Nobody", send_fixture_find_closed_port ());
  send_fixture_activate (&f->send, "win.send");
  gui_wait_for (gui_find_text (f->send.page, "Try Now") != NULL);
  f->model = gantry_job_model_new ();
  g_signal_connect_swapped (f->model, "changed", G_CALLBACK (count_change), f);
  gantry_job_model_set_engine (f->model, f->send.engine);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (f->model, f);
  gantry_job_model_close (f->model);
  g_object_unref (f->model);
  send_fixture_tear_down (&f->send, data);
}

static void
tell (Fixture *f, GantryEventType type)
{
  g_autoptr (GantryEvent) event = gantry_event_new (type);

  event->id = 1;
  gantry_job_model_handle_event (f->model, event);
}

static void
tell_job (Fixture *f, gint64 id, GantryJobState state)
{
  g_autoptr (GantryJob) job = gantry_job_new ();
  g_autoptr (GantryEvent) event = NULL;

  job->id = id;
  job->state = state;
  event = gantry_event_new_record (GANTRY_EVENT_JOB, job);
  gantry_job_model_handle_event (f->model, event);
}

/* The state of the job at a place, or -1. */
static int
get_state (Fixture *f, guint position, gint64 id)
{
  g_autoptr (GantryItem) item
      = g_list_model_get_item (G_LIST_MODEL (gantry_job_model_get_list (f->model)), position);

  if (item == NULL)
    return -1;
  g_assert_cmpint (gantry_item_get_id (item), ==, id);
  return (int)((const GantryJob *)gantry_item_get_record (item))->state;
}

static void
wait_for_answer (Fixture *f)
{
  guint before = f->changes;

  gui_wait_for (f->changes > before);
}

/* A job that is made, and gets on, while the list is asked for: the answer does not know of it. */
static void
test_made (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  tell_job (f, 77, GANTRY_JOB_RUNNING);
  tell_job (f, 77, GANTRY_JOB_WAITING);
  g_assert_cmpint (get_state (f, 0, 77), ==, GANTRY_JOB_WAITING);
  wait_for_answer (f);
  g_assert_cmpint (get_state (f, 0, 77), ==, GANTRY_JOB_WAITING);
  g_assert_cmpint (get_state (f, 1, 1), !=, -1);

  /* The queue does not have it: what was told before a question is no news any more. */
  tell (f, GANTRY_EVENT_NODES_CHANGED);
  wait_for_answer (f);
  g_assert_cmpint (get_state (f, 0, 1), !=, -1);
  g_assert_cmpint (get_state (f, 1, 0), ==, -1);
}

static void
test_changed (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  tell_job (f, 1, GANTRY_JOB_PAUSED);
  wait_for_answer (f);
  g_assert_cmpint (get_state (f, 0, 1), ==, GANTRY_JOB_PAUSED);

  tell (f, GANTRY_EVENT_JOBS_REORDERED);
  wait_for_answer (f);
  g_assert_cmpint (get_state (f, 0, 1), !=, GANTRY_JOB_PAUSED);
}

static void
test_removed (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  wait_for_answer (f);
  tell (f, GANTRY_EVENT_NODES_CHANGED);
  tell (f, GANTRY_EVENT_JOB_REMOVED);
  g_assert_cmpint (get_state (f, 0, 0), ==, -1);
  wait_for_answer (f);
  g_assert_cmpint (get_state (f, 0, 0), ==, -1);

  /* What changes while it is asked for is asked for again. */
  tell (f, GANTRY_EVENT_NODES_CHANGED);
  tell (f, GANTRY_EVENT_NODES_CHANGED);
  tell (f, GANTRY_EVENT_JOB_REMOVED);
  wait_for_answer (f);
  g_assert_cmpint (get_state (f, 0, 0), ==, -1);
  wait_for_answer (f);
  g_assert_cmpint (get_state (f, 0, 1), !=, -1);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/job-model/made", test_made);
  ADD ("/job-model/changed", test_changed);
  ADD ("/job-model/removed", test_removed);
#undef ADD
  return gui_run ();
}
