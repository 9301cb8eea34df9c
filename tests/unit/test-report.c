/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The delivery report as a front end gets it: every octet of it, what is said of files that are
 * not as they were, and that it is there whole or not at all.
 */
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gantry-engine.h"
#include "gantry-error.h"
#include "gantry-files.h"
#include "synthetic-queue.h"

#define HEADING                                                                                    \
  "path,size,sha256,sop_class_uid,sop_class,sop_instance_uid,study_instance_uid,"                  \
  "series_instance_uid,modality,transfer_syntax,sent_sop_class_uid,sent_transfer_syntax,outcome,"  \
  "status,comment,time,elapsed_ms,remark\r\n"
/* Of "abc", FIPS 180-4. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HUGE_FILE (G_GUINT64_CONSTANT (1) << 36) /* sparse; nobody reads all of it */

typedef struct
{
  char *folder;
  char *target;
  GantryProfile *profile;
  GantryDatabase *db;
  GantryEngine *engine;
  gint64 job, first;
  GCancellable *cancellable;
  gboolean cancel_at_progress;
  guint64 done, total; /* of the last progress */
  guint n_progress;
  GAsyncResult *result;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  GantryEngineOptions options = { .draft = "test" };
  g_autofree char *out = NULL;

  f->folder = g_dir_make_tmp ("gantry-report-XXXXXX", NULL);
  f->profile = gantry_profile_open (f->folder, &error);
  g_assert_no_error (error);
  f->db = gantry_database_open (gantry_profile_get_database (f->profile), TRUE, &error);
  g_assert_no_error (error);
  out = g_build_filename (f->folder, "out", NULL);
  g_assert_cmpint (g_mkdir (out, 0700), ==, 0);
  f->target = g_build_filename (out, "report", NULL);
  f->cancellable = g_cancellable_new ();
  options.profile = f->profile;
  f->engine = gantry_engine_new (&options, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&f->result);
  gantry_engine_close (f->engine);
  g_clear_object (&f->engine);
  g_object_unref (f->cancellable);
  gantry_database_close (f->db);
  gantry_profile_unref (f->profile);
  gantry_remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->target);
}

static void
make_job (Fixture *f, guint n)
{
  g_autoptr (GError) error = NULL;

  f->job = synthetic_job_new (f->db, n, &error);
  g_assert_no_error (error);
  f->first = gantry_database_get_int (f->db, 0, "SELECT min (id) FROM instances WHERE job_id = ?",
                                      "i", f->job);
}

/* Instance @i is the file at @path as it is now. */
static void
stage_file (Fixture *f, guint i, const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_true (gantry_database_run (
      f->db, NULL, "UPDATE instances SET path = ?, size = ?, modified = ? WHERE id = ?", "siii",
      path, (gint64)info.st_size,
      (gint64)(info.st_mtim.tv_sec * G_USEC_PER_SEC + info.st_mtim.tv_nsec / 1000), f->first + i));
  /* The sizes of a job's instances are added up when they are staged. */
  g_assert_true (gantry_database_run (f->db, NULL,
                                      "UPDATE jobs SET bytes_total = (SELECT sum (size) FROM "
                                      "instances WHERE job_id = ?1) WHERE id = ?1",
                                      "i", f->job));
}

static char *
make_file (Fixture *f, const char *name, const char *content)
{
  char *path = g_build_filename (f->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  return path;
}

/* ---- Exporting ------------------------------------------------------------------------------ */

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_null (f->result);
  g_assert_cmpuint (done, >=, f->done);
  g_assert_cmpuint (done, <=, total);
  f->done = done;
  f->total = total;
  f->n_progress++;
  if (f->cancel_at_progress)
    g_cancellable_cancel (f->cancellable);
}

static void
on_exported (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->result = g_object_ref (result);
}

static gboolean
export_to (Fixture *f, const char *path, GantryReportFormat format, GError **error)
{
  g_clear_object (&f->result);
  gantry_engine_export_report_async (f->engine, f->job, path, format, on_progress, f->cancellable,
                                     on_exported, f);
  while (f->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return gantry_engine_export_report_finish (f->engine, f->result, error);
}

static char *
export_text (Fixture *f, GantryReportFormat format)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  export_to (f, f->target, format, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (f->target, &text, NULL, NULL));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  return text;
}

/* Nothing but these is in the folder of the report. */
static void
assert_only (Fixture *f, const char *const *names)
{
  g_autofree char *folder = g_path_get_dirname (f->target);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_assert_true (g_strv_contains (names, name));
      n++;
    }
  g_assert_cmpuint (n, ==, g_strv_length ((char **)names));
}

static const char *const nothing[] = { NULL };
static const char *const report[] = { "report", NULL };

/* ---- What is in it -------------------------------------------------------------------------- */

static const struct
{
  const char *name, *file, *written;
} paths[] = {
  { "plain", "a.dcm", "a.dcm" },
  { "blank", "a b.dcm", "a b.dcm" },
  { "umlaut", "\xc3\xbc", "\xc3\xbc" },
  { "comma", "a,b", "\"a,b\"" },
  { "quote", "a\"b", "\"a\"\"b\"" },
  { "new-line", "a\nb", "a\\x0Ab" },
  { "escape", "a\x1b[31m", "a\\x1B[31m" },
  { "backslash", "a\\b", "a\\\\b" },
  { "latin-1", "M\xfcller", "M\\xFCller" },
  { "cut-utf-8", "a\xc3", "a\\xC3" },
  { "formula", "=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0" },
  { "plus", "+1", "'+1" },
  { "minus", "-1", "'-1" },
  { "at", "@SUM(A1)", "'@SUM(A1)" },
  { "formula-with-comma", "=A1,B1", "\"'=A1,B1\"" },
  { "apostrophe", "'a", "''a" },
  { "tabulator", "\ta", "\\x09a" },
};

/* Paths as they are given to gantryctl may be relative, so they may begin with anything. */
static void
test_path (Fixture *f, gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text = NULL;
  g_autofree char *start = g_strconcat (HEADING, paths[i].written, ",524288,,", NULL);

  make_job (f, 1);
  g_assert_true (
      gantry_database_run (f->db, NULL, "UPDATE instances SET path = ?", "s", paths[i].file));
  text = export_text (f, GANTRY_REPORT_CSV);
  if (!g_str_has_prefix (text, start))
    g_test_fail_printf ("%s", text);
}

static void
test_csv (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = make_file (f, "a.dcm", "abc");
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;

  make_job (f, 2);
  stage_file (f, 0, path);
  g_assert_true (gantry_database_run (
      f->db, NULL,
      "UPDATE instances SET outcome = 3, status = 0xB000, message = 'Coerced; \"kept\"', finished "
      "= 1795259045123456, elapsed = 12345, sent_syntax = '1.2.840.10008.1.2' WHERE id = ?",
      "i", f->first));
  text = export_text (f, GANTRY_REPORT_CSV);
  expected = g_strdup_printf (
      HEADING "%s,3," ABC ",1.2.840.10008.5.1.4.1.1.4,MR Image Storage,1.2.826.3.0,1.2.826.1.0,"
              "1.2.826.2.0,CT,1.2.840.10008.1.2.1,1.2.840.10008.5.1.4.1.1.4,1.2.840.10008.1.2,"
              "warning,B000,\"Coerced; \"\"kept\"\"\",2026-11-21T16:34:05.123+05:30,12.345,\r\n"
              "/srv/archive/patient-00000/Image0000001.dcm,524288,,1.2.840.10008.5.1.4.1.1.2,"
              "CT Image Storage,1.2.826.3.1,1.2.826.1.0,1.2.826.2.0,CT,1.2.840.10008.1.2.1,,,"
              "waiting,,,,,\"The file is not there any more, so there is no digest of it.\"\r\n",
      path);
  g_assert_cmpstr (text, ==, expected);
}

static JsonNode *
export_json (Fixture *f)
{
  g_autofree char *text = export_text (f, GANTRY_REPORT_JSON);
  g_autoptr (GError) error = NULL;
  JsonNode *root = json_from_string (text, &error);

  g_assert_no_error (error);
  return root;
}

/* More than a page of rows, each where it belongs, and the counts of what was written. */
static void
test_json (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = make_file (f, "\xfc\\.dcm", "abc");
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object, *row;
  JsonArray *rows;

  make_job (f, 1001);
  g_assert_true (synthetic_job_answer (f->db, f->job, NULL));
  stage_file (f, 0, path);
  root = export_json (f);
  object = json_node_get_object (root);
  rows = json_object_get_array_member (object, "instances");
  g_assert_cmpuint (json_array_get_length (rows), ==, 1001);
  for (guint i = 0; i < 1001; i++)
    {
      g_autofree char *uid = g_strdup_printf ("1.2.826.3.%u", i);

      row = json_array_get_object_element (rows, i);
      g_assert_cmpstr (json_object_get_string_member (row, "sop_instance_uid"), ==, uid);
      g_assert_cmpstr (json_object_get_string_member (row, "outcome"), ==,
                       gantry_outcome_to_nick (synthetic_outcome (i)));
    }

  row = json_array_get_object_element (rows, 0);
  g_assert_true (g_str_has_suffix (json_object_get_string_member (row, "path"), "\\xFC\\\\.dcm"));
  g_assert_cmpstr (json_object_get_string_member (row, "sha256"), ==, ABC);
  g_assert_cmpint (json_object_get_int_member (row, "size"), ==, 3);
  g_assert_cmpfloat (json_object_get_double_member (row, "elapsed_ms"), ==, 1.5);
  g_assert_cmpstr (json_object_get_string_member (row, "remark"), ==, "");
  row = json_array_get_object_element (rows, 9);
  g_assert_true (json_object_get_null_member (row, "sha256"));
  g_assert_true (json_object_get_null_member (row, "status"));
  g_assert_true (json_object_get_null_member (row, "time"));

  object = json_object_get_object_member (object, "counts");
  g_assert_cmpint (json_object_get_int_member (object, "stored"), ==, 701);
  g_assert_cmpint (json_object_get_int_member (object, "refused"), ==, 100);
}

static void
test_empty (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;

  make_job (f, 1);
  g_assert_true (gantry_database_run (f->db, NULL, "DELETE FROM instances", ""));
  root = export_json (f);
  object = json_node_get_object (root);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "instances")), ==,
                    0);
  object = json_object_get_object_member (object, "job");
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "paused");
  g_assert_cmpstr (json_object_get_string_member (object, "ae_title"), ==, "ARCHIVE");
}

/* ---- Files that are not as they were -------------------------------------------------------- */

static void
rewrite (const char *path)
{
  struct stat info;
  struct timespec times[2];

  /* As long and as old as before, to the microsecond but one. */
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_true (g_file_set_contents (path, "xyz", 3, NULL));
  times[0] = times[1] = info.st_mtim;
  times[1].tv_nsec = times[1].tv_nsec > 2000 ? times[1].tv_nsec - 1000 : 5000;
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

static void
lengthen (const char *path)
{
  g_assert_true (g_file_set_contents (path, "abcd", 4, NULL));
}

static void
vanish (const char *path)
{
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
become_folder (const char *path)
{
  vanish (path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
}

/* Nobody writes to it: who waits for that waits for ever. */
static void
become_pipe (const char *path)
{
  vanish (path);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
}

static void
stay (const char *path G_GNUC_UNUSED)
{
}

static const struct
{
  const char *name;
  void (*change) (const char *path);
  const char *remark; /* "": there is a digest */
} changes[] = {
  { "none", stay, "" },
  { "rewritten", rewrite, "changed" },
  { "longer", lengthen, "changed" },
  { "gone", vanish, "not there" },
  { "folder", become_folder, "changed" },
  { "pipe", become_pipe, "changed" },
};

static void
test_file (Fixture *f, gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *path = make_file (f, "a.dcm", "abc");
  g_autoptr (JsonNode) root = NULL;
  JsonObject *row;
  const char *remark;

  make_job (f, 1);
  stage_file (f, 0, path);
  changes[i].change (path);
  root = export_json (f);
  row = json_array_get_object_element (
      json_object_get_array_member (json_node_get_object (root), "instances"), 0);
  remark = json_object_get_string_member (row, "remark");
  if (*changes[i].remark == '\0')
    {
      g_assert_cmpstr (remark, ==, "");
      g_assert_cmpstr (json_object_get_string_member (row, "sha256"), ==, ABC);
    }
  else
    {
      g_assert_nonnull (strstr (remark, changes[i].remark));
      g_assert_true (json_object_get_null_member (row, "sha256"));
    }
}

/* ---- Whole or not at all -------------------------------------------------------------------- */

static void
make_huge_job (Fixture *f)
{
  g_autofree char *path = make_file (f, "huge", "");

  g_assert_cmpint (truncate (path, (off_t)HUGE_FILE), ==, 0);
  make_job (f, 2);
  stage_file (f, 0, path);
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  GantryReportFormat format = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;

  make_huge_job (f);
  f->cancel_at_progress = TRUE;
  g_assert_false (export_to (f, f->target, format, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (f->done, <, HUGE_FILE / 8);
  assert_only (f, nothing);
}

/* What was there stays as it was. */
static void
test_cancelled_before (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  make_job (f, 3);
  g_assert_true (g_file_set_contents (f->target, "old", -1, NULL));
  g_cancellable_cancel (f->cancellable);
  g_assert_false (export_to (f, f->target, GANTRY_REPORT_CSV, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_get_contents (f->target, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "old");
  assert_only (f, report);
}

static void
test_closed (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  make_huge_job (f);
  gantry_engine_export_report_async (f->engine, f->job, f->target, GANTRY_REPORT_CSV, on_progress,
                                     NULL, on_exported, f);
  while (f->n_progress == 0)
    g_main_context_iteration (NULL, TRUE);
  gantry_engine_close (f->engine);
  assert_only (f, nothing);
  while (f->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (gantry_engine_export_report_finish (f->engine, f->result, NULL));
}

static void
test_replaced (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;
  GStatBuf info;
  mode_t mask = umask (022);

  make_job (f, 3);
  g_assert_true (g_file_set_contents (f->target, "old", -1, NULL));
  text = export_text (f, GANTRY_REPORT_CSV);
  g_assert_true (g_str_has_prefix (text, HEADING));
  assert_only (f, report);
  g_assert_cmpint (g_stat (f->target, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0644);
  umask (mask);
}

/* A disk that takes a part of it, and then no more. */
static void
test_disk_full (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  struct rlimit all, some;

  make_job (f, 5000);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &all), ==, 0);
  some = (struct rlimit){ 100000, all.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &some), ==, 0);
  export_to (f, f->target, GANTRY_REPORT_JSON, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &all), ==, 0);
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
  assert_only (f, nothing);
}

static void
assert_refused (Fixture *f, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (export_to (f, path, GANTRY_REPORT_CSV, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
  g_assert_cmpuint (strlen (error->message), >, 20);
}

static void
test_no_folder (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  make_job (f, 1);
  assert_refused (f, "/nowhere/at/all/report.csv");
}

static void
test_device (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GStatBuf info;

  make_job (f, 1);
  g_assert_cmpint (mkfifo (f->target, 0600), ==, 0);
  assert_refused (f, f->target);
  g_assert_cmpint (g_stat (f->target, &info), ==, 0);
  g_assert_true (S_ISFIFO (info.st_mode));
  assert_only (f, report);
}

static void
test_no_job (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->job = 4711;
  assert_refused (f, f->target);
  assert_only (f, nothing);
}

static void
test_progress (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = make_file (f, "large", "");
  g_autofree char *text = NULL;

  g_assert_cmpint (truncate (path, 1 << 30), ==, 0);
  make_job (f, 1);
  stage_file (f, 0, path);
  text = export_text (f, GANTRY_REPORT_CSV);
  g_assert_cmpuint (f->n_progress, >, 1);
  g_assert_cmpuint (f->total, ==, 1 << 30);
  /* coreutils: truncate -s 1G x; sha256sum x */
  g_assert_nonnull (
      strstr (text, "49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("TZ", "UTC-5:30", TRUE); /* half an hour, for a zone that shows */

#define ADD(path, data, func) g_test_add ("/report/" path, Fixture, data, set_up, func, tear_down)
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *path = g_strconcat ("/report/path/", paths[i].name, NULL);
      g_test_add (path, Fixture, GSIZE_TO_POINTER (i), set_up, test_path, tear_down);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *path = g_strconcat ("/report/file/", changes[i].name, NULL);
      g_test_add (path, Fixture, GSIZE_TO_POINTER (i), set_up, test_file, tear_down);
    }
  ADD ("csv", NULL, test_csv);
  ADD ("json", NULL, test_json);
  ADD ("empty", NULL, test_empty);
  ADD ("progress", NULL, test_progress);
  ADD ("cancelled/csv", GUINT_TO_POINTER (GANTRY_REPORT_CSV), test_cancelled);
  ADD ("cancelled/json", GUINT_TO_POINTER (GANTRY_REPORT_JSON), test_cancelled);
  ADD ("cancelled/before", NULL, test_cancelled_before);
  ADD ("closed", NULL, test_closed);
  ADD ("replaced", NULL, test_replaced);
  ADD ("refused/disk-full", NULL, test_disk_full);
  ADD ("refused/no-folder", NULL, test_no_folder);
  ADD ("refused/device", NULL, test_device);
  ADD ("refused/no-job", NULL, test_no_job);
  return g_test_run ();
}
