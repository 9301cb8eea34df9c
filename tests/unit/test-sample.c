/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-sample.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-instance.h"
#include "gantry-picture.h"
#include "gantry-registry.h"

typedef struct
{
  char *folder;
  GPtrArray *instances;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;

  f->folder = g_dir_make_tmp ("gantry-sample-XXXXXX", NULL);
  f->instances = g_ptr_array_new_with_free_func ((GDestroyNotify)gantry_instance_unref);
  g_assert_true (gantry_sample_write (f->folder, &error));
  g_assert_no_error (error);
  dir = g_dir_open (f->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;
      GantryInstance *instance;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      instance = gantry_instance_parse (path, (guint8 *)bytes, length, TRUE, &error);
      g_assert_no_error (error);
      g_ptr_array_add (f->instances, instance);
    }
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 0; i < f->instances->len; i++)
    g_unlink (((GantryInstance *)f->instances->pdata[i])->path);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_ptr_array_unref (f->instances);
  g_free (f->folder);
}

static void
test_study (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GHashTable) uids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) series = g_hash_table_new (g_str_hash, g_str_equal);
  GantryInstance *first = f->instances->pdata[0];
  guint images = 0;

  g_assert_cmpuint (f->instances->len, ==, 18);
  for (guint i = 0; i < f->instances->len; i++)
    {
      GantryInstance *instance = f->instances->pdata[i];

      g_assert_true (gantry_uid_is_valid (instance->sop_instance_uid));
      g_assert_nonnull (gantry_sop_class_lookup (instance->sop_class_uid));
      g_assert_true (g_hash_table_add (uids, instance->sop_instance_uid));
      g_hash_table_add (series, instance->series_uid);
      g_assert_cmpstr (instance->study_uid, ==, first->study_uid);
      g_assert_cmpstr (instance->patient_name, ==, "Sample, Anna");
      g_assert_cmpstr (instance->patient_id, ==, "SAMPLE-1");
      g_assert_cmpstr (instance->study_description, ==, "Sample CT");
      images += gantry_sop_class_is_image (instance->sop_class_uid);
    }
  g_assert_cmpuint (images, ==, 16);
  g_assert_cmpuint (g_hash_table_size (series), ==, 3);
}

static void
test_fresh (Fixture *f, gconstpointer data)
{
  Fixture other;

  set_up (&other, data);
  g_assert_cmpstr (((GantryInstance *)f->instances->pdata[0])->study_uid, !=,
                   ((GantryInstance *)other.instances->pdata[0])->study_uid);
  tear_down (&other, data);
}

static void
test_picture (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *image = g_build_filename (f->folder, "IM0008.dcm", NULL);
  g_autofree char *png = g_build_filename (f->folder, "picture.png", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (gantry_picture_render (image, png, 128, &error));
  g_assert_no_error (error);
  g_unlink (png);
}

/* Other software must be able to read what a newcomer sends first. */
static void
test_dsr2html (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const files[][2]
      = { { "SR0001.dcm", "Radiology Report" }, { "KO0001.dcm", "Of Interest" } };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (f->folder, files[i][0], NULL);
      const char *argv[] = { "dsr2html", path, NULL };
      g_autofree char *output = NULL, *complaints = NULL;
      g_autoptr (GError) error = NULL;
      int status;

      g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                    &complaints, &status, &error);
      g_assert_no_error (error);
      g_assert_cmpint (status, ==, 0);
      g_assert_null (strstr (complaints, "E: "));
      g_assert_null (strstr (complaints, "missing"));
      g_assert_nonnull (strstr (output, files[i][1]));
    }
}

static void
test_unwritable (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (gantry_sample_write ("/nowhere/at/all", &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/sample/study", Fixture, NULL, set_up, test_study, tear_down);
  g_test_add ("/sample/fresh", Fixture, NULL, set_up, test_fresh, tear_down);
  g_test_add ("/sample/picture", Fixture, NULL, set_up, test_picture, tear_down);
  g_test_add ("/sample/dsr2html", Fixture, NULL, set_up, test_dsr2html, tear_down);
  g_test_add_func ("/sample/unwritable", test_unwritable);

  return g_test_run ();
}
