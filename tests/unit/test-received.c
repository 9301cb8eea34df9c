/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person does with received studies: copies of them, the trash, and a list without those
 * that are on their way there.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#include "engine-side.h"
#include "gantry-database.h"
#include "gantry-error.h"
#include "gantry-files.h"

#define N 20

/* ---- What is there -------------------------------------------------------------------------- */

static void
receive (Fixture *f, const char *name, guint first, guint n)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;
  g_autofree char *folder = make_objects (f, name, first, n, NULL);
  guint before = f->receiver.n_received;

  settings.port = 0;
  settings.reserve_bytes = settings.reserve_percent = 0;
  settings.address = "127.0.0.1";
  if (!f->receiver.listening)
    gantry_engine_listen (f->receiver.engine, &settings);
  WAIT_FOR (f->receiver.listening);
  stage (&f->sender, folder);
  g_clear_pointer (&f->sender.job, gantry_record_unref);
  send_to (&f->sender, f->receiver.port);
  WAIT_FOR (IS_OVER (&f->sender));
  WAIT_FOR (f->receiver.n_received == before + n);
  WAIT_FOR (gantry_association_state_is_over (f->receiver.association->state));
}

static GPtrArray *
list_studies (Fixture *f, const char *text, const gint64 *except, gsize n_except)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint total;
  GPtrArray *studies;

  gantry_engine_list_received_studies_async (f->receiver.engine, text, except, n_except, 0, 10,
                                             NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  studies = gantry_engine_list_finish (f->receiver.engine, result, &total, NULL);
  g_assert_cmpuint (studies->len, ==, total);
  return studies;
}

/* The study, of which there is one. */
static GantryStudy *
get_study (Fixture *f)
{
  g_autoptr (GPtrArray) studies = list_studies (f, NULL, NULL, 0);

  g_assert_cmpuint (studies->len, ==, 1);
  return gantry_record_ref (studies->pdata[0]);
}

static GPtrArray *
list_objects (Fixture *f, const GantryStudy *study)
{
  g_autoptr (GAsyncResult) result = NULL;

  gantry_engine_list_study_objects_async (f->receiver.engine, study->id, 0, 0, 1000, NULL, on_ready,
                                          &result);
  WAIT_FOR (result != NULL);
  return gantry_engine_list_finish (f->receiver.engine, result, NULL, NULL);
}

static void
count_files (const char *path, guint *files, guint *parts)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);

      if (g_file_test (below, G_FILE_TEST_IS_DIR))
        count_files (below, files, parts);
      else if (g_str_has_suffix (name, ".part"))
        (*parts)++;
      else
        (*files)++;
    }
}

static guint
count_whole (const char *path)
{
  guint files = 0, parts = 0;

  count_files (path, &files, &parts);
  g_assert_cmpuint (parts, ==, 0);
  return files;
}

/* ---- Copies --------------------------------------------------------------------------------- */

typedef struct
{
  Fixture *f;
  GCancellable *cancellable;
  gboolean cancel; /* at the first news */
  guint64 done, total;
  GAsyncResult *result;
} Copy;

static void
on_progress (guint64 done, guint64 total, gpointer data)
{
  Copy *copy = data;

  g_assert_null (copy->result);
  g_assert_cmpuint (done, >=, copy->done);
  g_assert_cmpuint (done, <=, total);
  copy->done = done;
  copy->total = total;
  if (copy->cancel)
    g_cancellable_cancel (copy->cancellable);
}

static void
on_copied (GObject *engine G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  ((Copy *)data)->result = g_object_ref (result);
}

static GantryCopyResult *
copy_to (Fixture *f,
         const GantryReceivedChoice *choice,
         const char *folder,
         GantryLayout layout,
         gboolean cancel,
         GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Copy copy = { .f = f, .cancellable = cancellable, .cancel = cancel };
  GantryCopyResult *result;

  gantry_engine_copy_received_async (f->receiver.engine, choice, 1, folder, layout, on_progress,
                                     cancellable, on_copied, &copy);
  WAIT_FOR (copy.result != NULL);
  result = gantry_engine_copy_received_finish (f->receiver.engine, copy.result, error);
  g_object_unref (copy.result);
  return result;
}

static char *
make_target (Fixture *f)
{
  char *target = g_build_filename (f->folder, "target", NULL);

  g_assert_cmpint (g_mkdir (target, 0700), ==, 0);
  return target;
}

static void
test_copy (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *target = make_target (f);
  g_autofree char *changed = g_build_filename (target, "1.2.3/1.2.3.0/1.2.3.1.dcm", NULL);
  g_autofree char *beside = g_build_filename (target, "1.2.3/1.2.3.0/1.2.3.1-2.dcm", NULL);
  g_autoptr (GantryStudy) study = NULL;
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GantryCopyResult) all = NULL;
  g_autoptr (GantryCopyResult) again = NULL;
  g_autofree char *text = NULL;
  guint64 bytes = 0;

  receive (f, "one", 1, N);
  study = get_study (f);
  objects = list_objects (f, study);
  all = copy_to (f, &(GantryReceivedChoice){ .study_id = study->id }, target, GANTRY_LAYOUT_UIDS,
                 FALSE, NULL);
  g_assert_cmpuint (all->copied, ==, N);
  g_assert_false (all->stopped);
  g_assert_cmpuint (count_whole (target), ==, N);
  for (guint i = 0; i < objects->len; i++)
    {
      const GantryReceived *object = objects->pdata[i];
      GStatBuf st;
      g_autofree char *name = g_strdup_printf ("%s.dcm", object->sop_instance_uid);
      g_autofree char *path = g_build_filename (target, "1.2.3/1.2.3.0", name, NULL);

      g_assert_cmpint (gantry_files_compare (path, object->path, NULL), ==, GANTRY_FILES_EQUAL);
      g_assert_cmpint (g_stat (path, &st), ==, 0);
      bytes += (guint64)st.st_size;
    }
  g_assert_cmpuint (all->bytes, ==, bytes);

  /* What is another file stays, and what is the same is not written again. */
  g_assert_true (g_file_set_contents (changed, "mine", -1, NULL));
  again = copy_to (f, &(GantryReceivedChoice){ .study_id = study->id }, target, GANTRY_LAYOUT_UIDS,
                   FALSE, NULL);
  g_assert_cmpuint (again->copied, ==, 1);
  g_assert_cmpuint (again->present, ==, N - 1);
  g_assert_true (g_file_get_contents (changed, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
  g_assert_true (g_file_test (beside, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_whole (target), ==, N + 1);
}

/* One series, one object; and other names for them. */
static void
test_copy_part (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *target = make_target (f);
  g_autofree char *path = g_build_filename (target, "1.2.3.4.dcm", NULL);
  g_autoptr (GantryStudy) study = NULL;
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GantryCopyResult) one = NULL;
  g_autoptr (GantryCopyResult) series = NULL;
  g_autoptr (GantryCopyResult) other = NULL;
  GantryReceivedChoice choice = { 0 };

  receive (f, "one", 1, N);
  study = get_study (f);
  objects = list_objects (f, study);
  choice.study_id = study->id;
  for (guint i = 0; i < objects->len; i++)
    if (g_str_equal (((GantryReceived *)objects->pdata[i])->sop_instance_uid, "1.2.3.4"))
      choice.object_id = ((GantryReceived *)objects->pdata[i])->id;
  one = copy_to (f, &choice, target, GANTRY_LAYOUT_FLAT, FALSE, NULL);
  g_assert_cmpuint (one->copied, ==, 1);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_whole (target), ==, 1);

  choice.object_id = 0;
  choice.series_id = ((GantrySeries *)study->series->pdata[0])->id;
  series = copy_to (f, &choice, target, GANTRY_LAYOUT_PATIENT, FALSE, NULL);
  g_assert_cmpuint (series->copied, ==, N);
  choice.series_id++;
  other = copy_to (f, &choice, target, GANTRY_LAYOUT_PATIENT, FALSE, NULL);
  g_assert_cmpuint (other->copied, ==, 0);
}

/* One object that is gone does not keep the others from being copied. */
static void
test_copy_missing (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *target = make_target (f);
  g_autoptr (GantryStudy) study = NULL;
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GantryCopyResult) result = NULL;

  receive (f, "one", 1, N);
  study = get_study (f);
  objects = list_objects (f, study);
  g_assert_cmpint (g_unlink (((GantryReceived *)objects->pdata[3])->path), ==, 0);
  result = copy_to (f, &(GantryReceivedChoice){ .study_id = study->id }, target, GANTRY_LAYOUT_UIDS,
                    FALSE, NULL);
  g_assert_cmpuint (result->copied, ==, N - 1);
  g_assert_cmpuint (result->failed, ==, 1);
  g_assert_false (result->stopped);
  g_assert_cmpstr (result->message, !=, "");
  g_assert_cmpuint (count_whole (target), ==, N - 1);
}

/* Nothing is left of a file for which there is no room, and nothing of one that was stopped. */
static void
test_copy_fails (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *target = make_target (f);
  g_autofree char *nowhere = g_build_filename (target, "nowhere", NULL);
  g_autoptr (GantryStudy) study = NULL;
  g_autoptr (GantryCopyResult) full = NULL;
  g_autoptr (GError) error = NULL;
  GantryReceivedChoice choice;
  struct rlimit unlimited, little;

  receive (f, "one", 1, 5); /* over one association: the end of another could be written below */
  study = get_study (f);
  choice = (GantryReceivedChoice){ .study_id = study->id };
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  little = (struct rlimit){ 100, unlimited.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &little), ==, 0);
  full = copy_to (f, &choice, target, GANTRY_LAYOUT_UIDS, FALSE, NULL);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  g_assert_true (full->stopped);
  g_assert_cmpuint (full->copied, ==, 0);
  g_assert_cmpuint (full->bytes, ==, 0);
  g_assert_nonnull (strstr (full->message, g_strerror (EFBIG)));
  g_assert_cmpuint (count_whole (target), ==, 0);

  g_assert_null (copy_to (f, &choice, nowhere, GANTRY_LAYOUT_UIDS, FALSE, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
}

/* Pixel Data of @length octets of which none is on the disk. */
static void
make_large (const char *path, guint32 length)
{
  guint8 header[12] = { 0xE0, 0x7F, 0x10, 0x00, 'O', 'B' };
  guint32 value = GUINT32_TO_LE (length);
  FILE *file = g_fopen (path, "ab");

  memcpy (header + 8, &value, sizeof value);
  g_assert_cmpuint (fwrite (header, sizeof header, 1, file), ==, 1);
  g_assert_cmpint (fflush (file), ==, 0);
  g_assert_cmpint (ftruncate (fileno (file), ftello (file) + (off_t)length), ==, 0);
  fclose (file);
}

/* In the middle of the first object, which takes seconds. */
static void
test_copy_stopped (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *target = make_target (f);
  g_autoptr (GantryStudy) study = NULL;
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GantryCopyResult) result = NULL;

  receive (f, "one", 1, 3);
  study = get_study (f);
  objects = list_objects (f, study);
  make_large (((GantryReceived *)objects->pdata[0])->path, 0xFFFFFF00);
  result = copy_to (f, &(GantryReceivedChoice){ .study_id = study->id }, target, GANTRY_LAYOUT_UIDS,
                    TRUE, NULL);
  g_assert_true (result->stopped);
  g_assert_cmpstr (result->message, ==, "");
  g_assert_cmpuint (result->copied, ==, 0);
  g_assert_cmpuint (result->failed, ==, 0);
  g_assert_cmpuint (result->bytes, ==, 0);
  g_assert_cmpuint (count_whole (target), ==, 0);
}

/* ---- The trash ------------------------------------------------------------------------------ */

static char *
get_trash (void)
{
  return g_build_filename (g_get_user_data_dir (), "Trash", NULL);
}

static guint
count_in_trash (const char *what)
{
  g_autofree char *trash = get_trash ();
  g_autofree char *folder = g_build_filename (trash, what, NULL);

  return count_whole (folder);
}

static void
empty_trash (void)
{
  g_autofree char *trash = get_trash ();

  gantry_remove_tree (trash);
}

static void
move_to_trash (Fixture *f, gint64 study, gint64 until)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  gantry_engine_remove_received_async (f->receiver.engine, study, 0, until, FALSE, NULL, on_ready,
                                       &result);
  WAIT_FOR (result != NULL);
  g_assert_true (gantry_engine_remove_received_finish (f->receiver.engine, result, &error));
  g_assert_no_error (error);
}

/* What is in the trash says where it was, and is gone from the list. */
static void
test_trash (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *trash = get_trash ();
  g_autoptr (GantryStudy) study = NULL;
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GPtrArray) left = NULL;

  empty_trash ();
  receive (f, "one", 1, N);
  study = get_study (f);
  objects = list_objects (f, study);
  move_to_trash (f, study->id, G_MAXINT64);
  left = list_studies (f, NULL, NULL, 0);
  g_assert_cmpuint (left->len, ==, 0);
  g_assert_cmpuint (count_in_trash ("files"), ==, N);
  g_assert_cmpuint (count_in_trash ("info"), ==, N);
  for (guint i = 0; i < N; i++)
    {
      const GantryReceived *object = objects->pdata[i];
      g_autofree char *info
          = g_strdup_printf ("%s/info/%s.dcm.trashinfo", trash, object->sop_instance_uid);
      g_autofree char *expected = g_strdup_printf ("Path=%s\n", object->path);
      g_autofree char *text = NULL;

      g_assert_true (g_file_get_contents (info, &text, NULL, NULL));
      g_assert_nonnull (strstr (text, expected));
      g_assert_false (g_file_test (object->path, G_FILE_TEST_EXISTS));
    }
}

/* Who put the study away did not see what came afterwards. */
static void
test_trash_until (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryStudy) study = NULL;
  g_autoptr (GantryStudy) left = NULL;
  gint64 asked;

  empty_trash ();
  receive (f, "one", 1, 5);
  study = get_study (f);
  asked = g_get_real_time ();
  receive (f, "two", 6, 2);
  move_to_trash (f, study->id, asked);
  left = get_study (f);
  g_assert_cmpint (left->id, ==, study->id);
  g_assert_cmpuint (left->objects, ==, 2);
  g_assert_cmpuint (count_in_trash ("files"), ==, 5);
}

/* What came while the clock was wrong did not come after it was put away. */
static void
test_trash_from_the_future (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (f->folder, "receiver", "gantry.db", NULL);
  g_autoptr (GantryDatabase) db = NULL;
  g_autoptr (GantryStudy) study = NULL;
  g_autoptr (GPtrArray) left = NULL;

  empty_trash ();
  receive (f, "one", 1, 5);
  close_side (&f->receiver);
  db = gantry_database_open (path, TRUE, NULL);
  g_assert_true (gantry_database_run (db, NULL, "UPDATE received SET received = received + ?", "i",
                                      (gint64)3600 * G_USEC_PER_SEC));
  open_side (f, &f->receiver, "receiver", FALSE);
  study = get_study (f);
  move_to_trash (f, study->id, g_get_real_time ());
  left = list_studies (f, NULL, NULL, 0);
  g_assert_cmpuint (left->len, ==, 0);
  g_assert_cmpuint (count_in_trash ("files"), ==, 5);
}

/* Asked for, and the program ends: it is done. */
static void
test_trash_at_end (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryStudy) study = NULL;
  g_autoptr (GPtrArray) left = NULL;

  empty_trash ();
  receive (f, "one", 1, 200);
  study = get_study (f);
  gantry_engine_remove_received_async (f->receiver.engine, study->id, 0, G_MAXINT64, FALSE, NULL,
                                       NULL, NULL);
  close_side (&f->receiver);
  g_assert_cmpuint (count_in_trash ("files"), ==, 200);
  open_side (f, &f->receiver, "receiver", FALSE);
  left = list_studies (f, NULL, NULL, 0);
  g_assert_cmpuint (left->len, ==, 0);
}

/* On its way to the trash it is not in the list, however that is made; and comes back to it. */
static void
test_except (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryStudy) study = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) others = NULL;
  g_autoptr (GPtrArray) back = NULL;

  receive (f, "one", 1, 1);
  study = get_study (f);
  all = list_studies (f, NULL, &study->id, 1);
  found = list_studies (f, "doe", &study->id, 1);
  others = list_studies (f, "doe", (gint64[]){ study->id * 10, study->id * 100 }, 2);
  back = list_studies (f, "doe", NULL, 0);
  g_assert_cmpuint (all->len, ==, 0);
  g_assert_cmpuint (found->len, ==, 0);
  g_assert_cmpuint (others->len, ==, 1);
  g_assert_cmpuint (back->len, ==, 1);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/received/copy/all", test_copy },
    { "/received/copy/fails", test_copy_fails },
    { "/received/copy/missing", test_copy_missing },
    { "/received/copy/part", test_copy_part },
    { "/received/copy/stopped", test_copy_stopped },
    { "/received/list/except", test_except },
    { "/received/trash", test_trash },
    { "/received/trash/at-end", test_trash_at_end },
    { "/received/trash/from-the-future", test_trash_from_the_future },
    { "/received/trash/until", test_trash_until },
  };
  g_autofree char *home = g_dir_make_tmp ("gantry-home-XXXXXX", NULL);
  g_autofree char *share = g_build_filename (home, "share", NULL);
  int status;

  /* The trash is where the home is: beside the files of the tests. */
  g_setenv ("HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", share, TRUE);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].func, tear_down);
  status = g_test_run ();
  gantry_remove_tree (home);
  return status;
}
