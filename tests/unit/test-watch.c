/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "engine-side.h"
#include "gantry-elements.h"
#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-log-file.h"
#include "gantry-registry.h"
#include "gantry-study-command.h"

/* ---- What the receiver's user sees ---------------------------------------------------------- */

/* @settings: what is to be different */
static void
listen_as (Side *side, GantryListenSettings settings)
{
  guint before = side->n_listener;

  settings.ae_title = "RECEIVER";
  settings.port = 0;
  settings.reserve_bytes = 0;
  settings.reserve_percent = 0;
  settings.address = "127.0.0.1";
  gantry_engine_listen (side->engine, &settings);
  WAIT_FOR (side->n_listener > before);
  g_assert_true (side->listening);
}

static void
listen_at (Side *side, const char *directory, guint complete_seconds, const char *const *command)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;

  settings.directory = directory;
  settings.complete_seconds = complete_seconds;
  settings.complete_command = command;
  listen_as (side, settings);
}

static void
listen_with (Side *side, guint complete_seconds, const char *const *command)
{
  listen_at (side, NULL, complete_seconds, command);
}

/* Sends @n objects and waits until their association is over; returns its id. */
static gint64
send_objects (Fixture *f, const char *name, guint first, guint n)
{
  g_autofree char *folder = make_objects (f, name, first, n, NULL);
  guint before = f->receiver.n_received;

  stage (&f->sender, folder);
  g_clear_pointer (&f->sender.job, gantry_record_unref);
  send_to (&f->sender, f->receiver.port);
  WAIT_FOR (IS_OVER (&f->sender));
  WAIT_FOR (f->receiver.n_received == before + n);
  WAIT_FOR (gantry_association_state_is_over (f->receiver.association->state));
  return f->receiver.association->id;
}

static GPtrArray *
finish (Side *side, GAsyncResult **result, guint *total)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows;

  WAIT_FOR (*result != NULL);
  rows = gantry_engine_list_finish (side->engine, *result, total, &error);
  g_assert_no_error (error);
  g_clear_object (result);
  return rows;
}

static void
test_association (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) one = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  const GantryAssociationRecord *record;
  const GantryMessage *message;
  gint64 first, id;
  guint total;

  listen_with (&f->receiver, 0, NULL);
  first = send_objects (f, "one", 1, 5);
  gantry_engine_get_association_async (f->receiver.engine, first, NULL, on_ready, &result);
  one = finish (&f->receiver, &result, NULL);
  record = one->pdata[0];
  g_assert_cmpint (record->state, ==, GANTRY_ASSOCIATION_RELEASED);
  g_assert_cmpint (record->ended_by, ==, GANTRY_ENDED_BY_CALLER);
  g_assert_cmpuint (record->our_max_pdu, ==, 131072);
  g_assert_cmpint (record->last_status, ==, 0);
  g_assert_cmpuint (((const guint8 *)g_bytes_get_data (record->request_pdu, NULL))[0], ==, 1);
  g_assert_cmpuint (((const guint8 *)g_bytes_get_data (record->answer_pdu, NULL))[0], ==, 2);
  g_assert_cmpuint (record->request_items->len, >=, 3);
  g_assert_cmpstr (((GantryUserItem *)record->request_items->pdata[0])->name, ==,
                   "Maximum Length Received");
  g_assert_cmpuint (record->proposed_extended->len, >, 0);
  g_assert_cmpuint (record->answered_extended->len, >, 0);
  g_assert_cmpint (record->compared_id, ==, 0);

  gantry_engine_list_messages_async (f->receiver.engine, first, 3, 10, NULL, on_ready, &result);
  messages = finish (&f->receiver, &result, &total);
  g_assert_cmpuint (total, ==, 5);
  g_assert_cmpuint (messages->len, ==, 2);
  message = messages->pdata[0];
  g_assert_cmphex (message->command, ==, 0x0001);
  g_assert_cmpint (message->status, ==, 0);
  g_assert_cmpint (message->elapsed, >, 0);
  g_assert_cmpuint (message->size, >, 0);
  g_assert_true (gantry_uid_is_valid (message->sop_instance_uid));

  id = send_objects (f, "two", 6, 1);
  gantry_engine_get_association_async (f->receiver.engine, id, NULL, on_ready, &result);
  second = finish (&f->receiver, &result, NULL);
  record = second->pdata[0];
  g_assert_cmpint (record->compared_id, ==, first);
  g_assert_cmpuint (g_strv_length (record->differences), ==, 0);
}

static void
export_to (Fixture *f, const char *path, GantryReportFormat format)
{
  const GantryAssociationFilter filter = { .text = "sender" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  gantry_engine_export_associations_async (f->receiver.engine, &filter, path, format, NULL,
                                           on_ready, &result);
  WAIT_FOR (result != NULL);
  gantry_engine_export_associations_finish (f->receiver.engine, result, &error);
  g_assert_no_error (error);
}

static void
test_log (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const GantryAssociationFilter filter = { .outcomes = GANTRY_LOG_GOOD, .text = "ct image" };
  g_autofree char *csv = g_build_filename (f->folder, "log.csv", NULL);
  g_autofree char *json = g_build_filename (f->folder, "log.json", NULL);
  g_autofree char *text = NULL;
  g_autofree char *object = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) sums = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  const GantryAssociationTotals *totals;
  guint total;

  listen_with (&f->receiver, 0, NULL);
  send_objects (f, "one", 1, 5);
  send_objects (f, "two", 6, 2);
  gantry_engine_sum_associations_async (f->receiver.engine, &filter, NULL, on_ready, &result);
  sums = finish (&f->receiver, &result, NULL);
  totals = sums->pdata[0];
  g_assert_cmpuint (totals->stored, ==, 7);
  gantry_engine_list_associations_async (f->receiver.engine, &filter, 0, 1, NULL, on_ready,
                                         &result);
  list = finish (&f->receiver, &result, &total);
  g_assert_cmpuint (total, ==, totals->associations);
  g_assert_cmpuint (list->len, ==, 1);

  export_to (f, csv, GANTRY_REPORT_CSV);
  g_assert_true (g_file_get_contents (csv, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "id,state,ended_by,started,"));
  g_assert_nonnull (strstr (text, "released,caller,"));
  export_to (f, json, GANTRY_REPORT_JSON);
  g_assert_true (g_file_get_contents (json, &object, NULL, NULL));
  g_assert_nonnull (strstr (object, "\"calling\":\"SENDER\""));

  /* A folder cannot be replaced, and nothing is left beside it. */
  gantry_engine_export_associations_async (f->receiver.engine, NULL, f->folder, GANTRY_REPORT_CSV,
                                           NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  g_assert_false (gantry_engine_export_associations_finish (f->receiver.engine, result, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
}

/* ---- Received studies ----------------------------------------------------------------------- */

static GPtrArray *
list_studies (Side *side, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;

  gantry_engine_list_received_studies_async (side->engine, text, NULL, 0, 0, 10, NULL, on_ready,
                                             &result);
  return finish (side, &result, NULL);
}

static void
remove_study (Side *side, gint64 study, gboolean for_good, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gantry_engine_remove_received_async (side->engine, study, 0, G_MAXINT64, for_good, NULL, on_ready,
                                       &result);
  WAIT_FOR (result != NULL);
  gantry_engine_remove_received_finish (side->engine, result, error);
}

static void
test_studies (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) studies = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GPtrArray) elements = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GError) error = NULL;
  const GantryReceived *object;
  const GantryHeaderElement *element;
  gint64 study;
  guint total;

  listen_with (&f->receiver, 0, NULL);
  send_objects (f, "one", 1, 40);
  none = list_studies (&f->receiver, "smith");
  g_assert_cmpuint (none->len, ==, 0);
  studies = list_studies (&f->receiver, "DOE");
  g_assert_cmpuint (studies->len, ==, 1);
  study = ((GantryStudy *)studies->pdata[0])->id;

  gantry_engine_list_study_objects_async (f->receiver.engine, study, 0, 0, 1, NULL, on_ready,
                                          &result);
  objects = finish (&f->receiver, &result, &total);
  g_assert_cmpuint (total, ==, 40);
  object = objects->pdata[0];

  gantry_engine_list_elements_async (f->receiver.engine, object->path, "patientname", NULL,
                                     on_ready, &result);
  elements = finish (&f->receiver, &result, NULL);
  g_assert_cmpuint (elements->len, ==, 1);
  element = elements->pdata[0];
  g_assert_cmphex (element->tag, ==, 0x00100010);
  g_assert_cmpstr (element->name, ==, "Patient Name");
  g_assert_cmpstr (element->value, ==, "Doe^John");

  g_free (f->receiver.scan.error);
  f->receiver.scan = (GantryScan){ .running = TRUE };
  gantry_engine_stage_received (f->receiver.engine, study, 0);
  WAIT_FOR (!f->receiver.scan.running);
  g_assert_cmpuint (f->receiver.scan.instances, ==, 40);

  remove_study (&f->receiver, study, TRUE, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (object->path, G_FILE_TEST_EXISTS));
  left = list_studies (&f->receiver, NULL);
  g_assert_cmpuint (left->len, ==, 0);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      n += g_file_test (path, G_FILE_TEST_IS_DIR) ? count_files (path) : 1;
    }
  return n;
}

/* What is listed is there, and what is there is listed. Returns: how many objects that is */
static guint
assert_list_is_true (Side *side)
{
  g_autoptr (GPtrArray) studies = list_studies (side, NULL);
  guint n = 0;

  for (guint i = 0; i < studies->len; i++)
    {
      const GantryStudy *study = studies->pdata[i];
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GPtrArray) objects = NULL;

      gantry_engine_list_study_objects_async (side->engine, study->id, 0, 0, 1000, NULL, on_ready,
                                              &result);
      objects = finish (side, &result, NULL);
      g_assert_cmpuint (objects->len, ==, study->objects);
      for (guint k = 0; k < objects->len; k++)
        g_assert_true (
            g_file_test (((GantryReceived *)objects->pdata[k])->path, G_FILE_TEST_EXISTS));
      n += objects->len;
    }
  g_assert_cmpuint (count_files (gantry_profile_get_received (side->profile)), ==, n);
  return n;
}

#define SENDERS 3
#define ROUNDS 8
#define OBJECTS 100

static void
start_sending (Fixture *f, Side *sender, const char *folder)
{
  stage (sender, folder);
  g_clear_pointer (&sender->job, gantry_record_unref);
  send_to (sender, f->receiver.port);
}

static gboolean
are_all_over (const Side *senders)
{
  for (guint i = 0; i < SENDERS; i++)
    if (!IS_OVER (&senders[i]))
      return FALSE;
  return TRUE;
}

/* The same objects come again and again, over several associations, while they are removed. */
static void
test_remove_while_receiving (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *folder = make_objects (f, "one", 1, OBJECTS, NULL);
  Side senders[SENDERS] = { 0 };
  guint removed = 0;

  listen_with (&f->receiver, 0, NULL);
  for (guint i = 0; i < SENDERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("sender-%u", i);

      open_side (f, &senders[i], name, FALSE);
    }
  /* How many a round has is a matter of who is faster. */
  for (guint round = 0; round < ROUNDS || (removed <= ROUNDS && round < 10 * ROUNDS); round++)
    {
      for (guint i = 0; i < SENDERS; i++)
        start_sending (f, &senders[i], folder);
      while (!are_all_over (senders))
        {
          g_autoptr (GPtrArray) studies = list_studies (&f->receiver, NULL);
          g_autoptr (GError) error = NULL;

          if (studies->len > 0)
            remove_study (&f->receiver, ((GantryStudy *)studies->pdata[0])->id, TRUE, &error);
          g_assert_no_error (error);
          removed += studies->len;
        }
      for (guint i = 0; i < SENDERS; i++)
        g_assert_cmpuint (senders[i].job->counts[GANTRY_OUTCOME_STORED], ==, OBJECTS);
      WAIT_FOR (f->receiver.n_received == (round + 1) * SENDERS * OBJECTS);
      g_test_message ("%u removals, %u objects left", removed, assert_list_is_true (&f->receiver));
    }
  g_assert_cmpuint (removed, >, ROUNDS);

  start_sending (f, &senders[0], folder);
  WAIT_FOR (IS_OVER (&senders[0]));
  WAIT_FOR (f->receiver.n_received == (ROUNDS * SENDERS + 1) * OBJECTS);
  g_assert_cmpuint (assert_list_is_true (&f->receiver), ==, OBJECTS);
  for (guint i = 0; i < SENDERS; i++)
    close_side (&senders[i]);
}

/* The last object goes, and the folder that is received into is there for the next. */
static void
test_remove_flat (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;

  settings.layout = GANTRY_LAYOUT_FLAT;
  listen_as (&f->receiver, settings);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("study-%u", i);
      g_autoptr (GPtrArray) studies = NULL;
      g_autoptr (GError) error = NULL;

      send_objects (f, name, 1, 1);
      g_assert_cmpuint (f->sender.job->counts[GANTRY_OUTCOME_STORED], ==, 1);
      studies = list_studies (&f->receiver, NULL);
      g_assert_cmpuint (studies->len, ==, 1);
      if (i == 1) /* also when nobody receives */
        {
          gantry_engine_stop_listening (f->receiver.engine);
          WAIT_FOR (!f->receiver.listening);
        }
      remove_study (&f->receiver, ((GantryStudy *)studies->pdata[0])->id, TRUE, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (assert_list_is_true (&f->receiver), ==, 0);
      g_assert_true (
          g_file_test (gantry_profile_get_received (f->receiver.profile), G_FILE_TEST_IS_DIR));
    }
}

/* A file system in memory has no trash: nothing goes, and the user is told what can be done. */
static void
test_no_trash (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  char folder[] = "/dev/shm/gantry-test-XXXXXX";
  g_autoptr (GPtrArray) studies = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GError) error = NULL;
  gint64 study;

  g_assert_nonnull (g_mkdtemp (folder));
  listen_at (&f->receiver, folder, 0, NULL);
  send_objects (f, "one", 1, 3);
  studies = list_studies (&f->receiver, NULL);
  study = ((GantryStudy *)studies->pdata[0])->id;
  remove_study (&f->receiver, study, FALSE, &error);
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_NO_TRASH);
  left = list_studies (&f->receiver, NULL);
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_cmpuint (((GantryStudy *)left->pdata[0])->objects, ==, 3);
  gantry_remove_tree (folder);
}

static void
test_complete (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *file = g_build_filename (f->folder, "said", NULL);
  g_autofree char *script
      = g_strdup_printf ("printf '%%s\\n' \"$@\" >'%s'; echo oops >&2; exit 3", file);
  const char *const command[] = { "sh",        "-c",        script,   "sh", "{study_uid}; touch x",
                                  "{calling}", "{objects}", "{path}", NULL };
  g_autofree char *said = NULL;
  g_auto (GStrv) lines = NULL;

  /* However long a busy machine takes from one object to the next. */
  listen_with (&f->receiver, 3600, command);
  send_objects (f, "one", 1, 3);
  listen_with (&f->receiver, 1, command);
  WAIT_FOR (f->receiver.command != NULL);
  g_assert_cmpuint (f->receiver.n_complete, ==, 1);
  g_assert_cmpint (f->receiver.command->exit_status, ==, 3);
  g_assert_nonnull (strstr (f->receiver.command->message, "oops"));
  g_assert_true (g_file_get_contents (file, &said, NULL, NULL));
  lines = g_strsplit (said, "\n", -1);
  g_assert_cmpstr (lines[0], ==, "1.2.3; touch x");
  g_assert_cmpstr (lines[1], ==, "SENDER");
  g_assert_cmpstr (lines[2], ==, "3");
  g_assert_true (g_file_test (lines[3], G_FILE_TEST_IS_DIR));

  /* Once, until something comes again; and also when the program ended in between. */
  send_objects (f, "two", 4, 1);
  WAIT_FOR (f->receiver.n_complete == 2);
  listen_with (&f->receiver, 3600, command);
  send_objects (f, "three", 5, 1);
  close_side (&f->receiver);
  open_side (f, &f->receiver, "receiver", FALSE);
  listen_with (&f->receiver, 1, NULL);
  WAIT_FOR (f->receiver.n_complete == 1);
}

/* The number that a command wrote; 0: nothing yet. */
static gint64
read_number (const char *file)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (file, &text, NULL, NULL) && strchr (text, '\n') != NULL
             ? g_ascii_strtoll (text, NULL, 10)
             : 0;
}

static void
listen_until (Side *side,
              guint complete_seconds,
              const char *script,
              const char *file,
              guint seconds,
              guint64 keep)
{
  const char *const command[] = { "sh", "-c", script, "sh", file, "{path}", NULL };
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;

  settings.complete_seconds = complete_seconds;
  settings.complete_command = command;
  settings.command_seconds = seconds;
  settings.keep_bytes = keep;
  listen_as (side, settings);
}

static void
listen_for_study (Side *side, const char *script, const char *file, guint seconds, guint64 keep)
{
  listen_until (side, 1, script, file, seconds, keep);
}

/* It ends when it ends, whatever it has left behind. */
static void
test_command_leaves_child (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *file = g_build_filename (f->folder, "pid", NULL);

  listen_for_study (&f->receiver, "sleep 60 & echo $! >\"$1\"; echo oops >&2; exit 4", file, 600,
                    0);
  send_objects (f, "one", 1, 1);
  WAIT_FOR (f->receiver.command != NULL);
  g_assert_cmpint (f->receiver.command->exit_status, ==, 4);
  g_assert_nonnull (strstr (f->receiver.command->message, "oops"));
  g_assert_cmpint (kill ((pid_t)read_number (file), SIGKILL), ==, 0); /* it was left alone */
}

/* It is ended with all that it has started, and that is explained. */
static void
test_command_hangs (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *file = g_build_filename (f->folder, "pid", NULL);

  listen_for_study (&f->receiver, "trap '' TERM; sleep 60 & echo $$ >\"$1\"; wait", file, 1, 0);
  send_objects (f, "one", 1, 1);
  WAIT_FOR (f->receiver.command != NULL);
  g_assert_cmpint (f->receiver.command->exit_status, ==, -1);
  g_assert_nonnull (strstr (f->receiver.command->message, "1 second"));
  WAIT_FOR (kill ((pid_t)-read_number (file), 0) != 0 && errno == ESRCH);
}

/* It does not outlive us, and is run again by the next start. */
static void
test_command_at_the_end (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *file = g_build_filename (f->folder, "pid", NULL);
  const char *script = "trap '' TERM; sleep 60 & echo $$ >\"$1\"; wait; sleep 60";
  gint64 began, pid;

  listen_for_study (&f->receiver, script, file, 600, 0);
  send_objects (f, "one", 1, 1);
  WAIT_FOR (read_number (file) != 0);
  pid = read_number (file);
  began = g_get_monotonic_time ();
  close_side (&f->receiver);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 10 * G_USEC_PER_SEC); /* not its sleep */
  WAIT_FOR (kill ((pid_t)-pid, 0) != 0 && errno == ESRCH);

  open_side (f, &f->receiver, "receiver", FALSE);
  listen_for_study (&f->receiver, "echo 17 >\"$1\"", file, 600, 0);
  WAIT_FOR (f->receiver.command != NULL);
  g_assert_true (f->receiver.command->ok);
  g_assert_cmpint (read_number (file), ==, 17);
  g_assert_cmpuint (f->receiver.n_complete, ==, 0); /* that was told before */

  /* Once it has ended well, never again. */
  close_side (&f->receiver);
  open_side (f, &f->receiver, "receiver", FALSE);
  listen_for_study (&f->receiver, "echo 18 >\"$1\"", file, 600, 0);
  send_objects (f, "two", 2, 1);
  WAIT_FOR (f->receiver.command != NULL);
  g_assert_cmpuint (f->receiver.n_complete, ==, 1);
}

/* What the limits of the receiver remove has been seen by the command before. */
static void
test_command_before_retention (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *file = g_build_filename (f->folder, "count", NULL);
  const char *received = gantry_profile_get_received (f->receiver.profile);
  const char *script = "ls -R \"$2\" | grep -c dcm >\"$1\"";

  listen_until (&f->receiver, 3600, script, file, 600, 1);
  send_objects (f, "one", 1, 5);
  listen_until (&f->receiver, 1, script, file, 600, 1);
  WAIT_FOR (f->receiver.command != NULL);
  g_assert_true (f->receiver.command->ok);
  g_assert_cmpint (read_number (file), ==, 5);
  WAIT_FOR (count_files (received) == 0);
}

static void
test_no_program (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const char *const command[] = { "./not-here", NULL };

  listen_with (&f->receiver, 1, command);
  send_objects (f, "one", 1, 1);
  WAIT_FOR (f->receiver.command != NULL);
  g_assert_false (f->receiver.command->ok);
  g_assert_nonnull (strstr (f->receiver.command->message, "./not-here"));
}

static void
test_expand (void)
{
  const GantryPlaceholder values[]
      = { { "path", "/a b" }, { "id", "-rf" }, { "none", "" }, { NULL, NULL } };
  static const struct
  {
    const char *argument, *expanded;
  } cases[] = {
    { "", "" },
    { "plain", "plain" },
    { "{path}/x", "/a b/x" },
    { "{id}", "_rf" },
    { "--id={id}", "--id=-rf" },
    { "{{path}}", "{path}" },
    { "{pat}", "{pat}" },
    { "{path", "{path" },
    { "{id}{path}", "_rf/a b" },
    { "{none}{id}", "_rf" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *expanded = gantry_command_expand (cases[i].argument, values);

      g_assert_cmpstr (expanded, ==, cases[i].expanded);
    }
}

/* ---- The log file --------------------------------------------------------------------------- */

static void
on_trouble (const char *message, guint64 dropped G_GNUC_UNUSED, gpointer user_data)
{
  if (*message != '\0')
    g_atomic_int_inc ((gint *)user_data);
}

/* To be waited for before the end of a log, which does not wait long for its thread. */
static gboolean
file_has (const char *path, const char *text)
{
  g_autofree char *content = NULL;

  return g_file_get_contents (path, &content, NULL, NULL) && strstr (content, text) != NULL;
}

/* Behind all that was written, and all that the log does when it begins. */
static void
write_last (GantryLogFile *log, const char *path)
{
  static guint n;
  g_autofree char *line = g_strdup_printf ("the last of log %u.", ++n);

  gantry_log_file_write (log, GANTRY_LOG_QUIET, line);
  WAIT_FOR (file_has (path, line));
}

static void
test_rotation (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (f->folder, "gantry.log", NULL);
  GantryLogSettings settings = { path, GANTRY_LOG_VERBOSE, 2048, 3 };
  gint troubles = 0;
  GantryLogFile *log = gantry_log_file_new (&settings, on_trouble, &troubles);

  g_assert_true (gantry_log_file_wants (log, GANTRY_LOG_VERBOSE));
  g_assert_false (gantry_log_file_wants (log, GANTRY_LOG_DEBUG));
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %u\nof one", i);

      gantry_log_file_write (log, GANTRY_LOG_NORMAL, line);
    }
  WAIT_FOR (file_has (path, "I line 199 of one\n"));
  gantry_log_file_free (log);
  g_assert_cmpint (troubles, ==, 0);
  for (guint n = 0; n < 4; n++)
    {
      g_autofree char *name = n == 0 ? g_strdup (path) : g_strdup_printf ("%s.%u", path, n);
      g_autofree char *text = NULL;
      gsize length = 0;

      g_assert_cmpint (g_file_get_contents (name, &text, &length, NULL), ==, n < 3);
      g_assert_cmpuint (length, <=, 2048);
      if (n == 0)
        g_assert_true (g_str_has_suffix (text, "I line 199 of one\n"));
    }
}

/* Writes as much as fills @files of them. */
static void
fill_log (const char *path, guint files)
{
  GantryLogSettings settings = { path, GANTRY_LOG_DEBUG, 1024, files };
  gint troubles = 0;
  GantryLogFile *log = gantry_log_file_new (&settings, on_trouble, &troubles);

  for (guint i = 0; i < 40 * files; i++)
    gantry_log_file_write (log, (GantryLogLevel)(i % 4), "a line among many others");
  write_last (log, path);
  gantry_log_file_free (log);
  g_assert_cmpint (troubles, ==, 0);
}

static void
begin_log (const char *path, guint files)
{
  GantryLogSettings settings = { path, GANTRY_LOG_NORMAL, 1024, files };
  gint troubles = 0;
  GantryLogFile *log = gantry_log_file_new (&settings, on_trouble, &troubles);

  write_last (log, path);
  gantry_log_file_free (log);
  g_assert_cmpint (troubles, ==, 0);
}

/* What more were kept for goes when fewer are; what is not ours stays, whatever it is called. */
static void
test_fewer_files (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *name, *text; /* text: NULL: a link to the first of ours */
    gboolean kept;
  } others[] = {
    { "gantry.log.2", "2026-11-21 12:00:00.000 I ours, by hand", FALSE },
    { "gantry.log.99", "2026-11-21 12:00:00.000 W the last that can be", FALSE },
    { "gantry.log.3", "somebody's notes, numbered", TRUE },
    { "gantry.log.4", "2026-11-21 12:00:00.000 X no letter of ours", TRUE },
    { "gantry.log.5", "2026-11-21 12:00:00.000 I", TRUE },
    { "gantry.log.6", "", TRUE },
    { "gantry.log.7", NULL, TRUE },
    { "gantry.log.07", "2026-11-21 12:00:00.000 I not numbered by us", TRUE },
    { "gantry.log.100", "2026-11-21 12:00:00.000 I more than can be kept", TRUE },
    { "gantry.log.2.gz", "2026-11-21 12:00:00.000 I kept by somebody", TRUE },
    { "gantry.log.old", "2026-11-21 12:00:00.000 I kept by somebody", TRUE },
    { "other.log.2", "2026-11-21 12:00:00.000 I of another one", TRUE },
  };
  g_autofree char *path = g_build_filename (f->folder, "gantry.log", NULL);
  g_autofree char *folder = g_build_filename (f->folder, "gantry.log.8", NULL);

  fill_log (path, 6);
  for (guint n = 1; n < 7; n++)
    {
      g_autofree char *name = g_strdup_printf ("%s.%u", path, n);

      g_assert_true (g_file_test (name, G_FILE_TEST_EXISTS) == (n < 6));
    }
  begin_log (path, 2);
  for (guint n = 1; n < 6; n++)
    {
      g_autofree char *name = g_strdup_printf ("%s.%u", path, n);

      g_assert_true (g_file_test (name, G_FILE_TEST_EXISTS) == (n < 2));
    }

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *name = g_build_filename (f->folder, others[i].name, NULL);

      if (others[i].text == NULL)
        g_assert_cmpint (symlink (path, name), ==, 0);
      else
        g_assert_true (g_file_set_contents (name, others[i].text, -1, NULL));
    }
  begin_log (path, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *name = g_build_filename (f->folder, others[i].name, NULL);

      g_test_message ("%s", others[i].name);
      g_assert_true (g_file_test (name, G_FILE_TEST_EXISTS) == others[i].kept);
    }
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
}

static void
test_full_disk (void)
{
  GantryLogSettings settings = { "/dev/full", GANTRY_LOG_NORMAL, 4096, 2 };
  gint troubles = 0;
  GantryLogFile *log = gantry_log_file_new (&settings, on_trouble, &troubles);

  for (guint i = 0; i < 10; i++)
    gantry_log_file_write (log, GANTRY_LOG_NORMAL, "nowhere to go");
  WAIT_FOR (g_atomic_int_get (&troubles) > 0);
  gantry_log_file_free (log);
  g_assert_cmpint (troubles, ==, 1);
}

static void
test_log_lines (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (f->folder, "gantry.log", NULL);
  GantryLogSettings settings = GANTRY_LOG_SETTINGS_DEFAULT;
  g_autofree char *text = NULL;

  settings.path = path;
  settings.level = GANTRY_LOG_VERBOSE;
  gantry_engine_set_log (f->receiver.engine, &settings);
  listen_with (&f->receiver, 0, NULL);
  send_objects (f, "one", 1, 2);
  WAIT_FOR (file_has (path, "released: 2 stored"));
  settings.path = NULL;
  gantry_engine_set_log (f->receiver.engine, &settings);
  close_side (&f->receiver); /* what was posted before is done then */
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "SENDER → RECEIVER"));
  g_assert_nonnull (strstr (text, "command 0001"));
  g_assert_nonnull (strstr (text, "released: 2 stored"));
  g_assert_null (strstr (text, "Doe"));
  open_side (f, &f->receiver, "receiver", FALSE);
}

/* ---- Headers -------------------------------------------------------------------------------- */

static void
test_elements_hostile (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *folder = make_study (f, 1, NULL);
  g_autofree char *path = g_build_filename (folder, "00000.dcm", NULL);
  g_autofree char *cut = g_build_filename (folder, "cut.dcm", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GPtrArray) whole = gantry_elements_list (path, 1000, NULL);
  g_autoptr (GPtrArray) few = gantry_elements_list (path, 3, NULL);
  g_autoptr (GError) error = NULL;
  gsize length;
  guint before = 0;

  g_assert_cmpuint (whole->len, >, 8);
  g_assert_cmpuint (few->len, ==, 3);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  for (gsize at = 0; at < length; at++)
    {
      g_autoptr (GPtrArray) elements = NULL;

      g_assert_true (g_file_set_contents (cut, bytes, (gssize)at, NULL));
      elements = gantry_elements_list (cut, 1000, NULL);
      if (at > 132)
        g_assert_cmpuint (elements != NULL ? elements->len : 0, >=, before);
      g_assert_cmpuint (elements != NULL ? elements->len : 0, <=, whole->len);
      before = elements != NULL ? elements->len : 0;
    }
  g_assert_null (gantry_elements_list (folder, 1000, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
}

int
main (int argc, char *argv[])
{
  static const SideTest tests[] = {
    { "/watch/association", test_association },
    { "/watch/complete", test_complete },
    { "/watch/complete/no-program", test_no_program },
    { "/watch/complete/leaves-child", test_command_leaves_child },
    { "/watch/complete/hangs", test_command_hangs },
    { "/watch/complete/at-the-end", test_command_at_the_end },
    { "/watch/complete/before-retention", test_command_before_retention },
    { "/watch/elements/hostile", test_elements_hostile },
    { "/watch/log", test_log },
    { "/watch/log-file/lines", test_log_lines },
    { "/watch/log-file/rotation", test_rotation },
    { "/watch/log-file/fewer-files", test_fewer_files },
    { "/watch/studies", test_studies },
    { "/watch/studies/no-trash", test_no_trash },
    { "/watch/studies/remove-flat", test_remove_flat },
    { "/watch/studies/remove-while-receiving", test_remove_while_receiving },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/watch/command/expand", test_expand);
  g_test_add_func ("/watch/log-file/full-disk", test_full_disk);
  add_side_tests (tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
