/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-picture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "gantry-error.h"

#define EDGE 96

typedef struct
{
  const char *file; /* below pydicom's test_files */
  guint width, height;
  const char *error; /* NULL: there must be a picture of this size */
} Case;

static const Case cases[] = {
  { "CT_small.dcm", 96, 96, NULL },
  { "MR_small.dcm", 64, 64, NULL },
  { "MR_small_implicit.dcm", 64, 64, NULL },
  { "MR_small_bigendian.dcm", 64, 64, NULL },
  { "MR_small_RLE.dcm", 64, 64, NULL },
  { "MR_small_jpeg_ls_lossless.dcm", 64, 64, NULL },
  { "MR_small_jp2klossless.dcm", 64, 64, NULL },
  { "MR_small_padded.dcm", 64, 64, NULL },
  { "JPEG2000.dcm", 24, 96, NULL },
  { "JPEG-lossy.dcm", 24, 96, NULL },
  { "JPGExtended.dcm", 24, 96, NULL },
  { "693_J2KI.dcm", 96, 96, NULL },
  { "J2K_pixelrep_mismatch.dcm", 96, 96, NULL },
  { "GDCMJ2K_TextGBR.dcm", 96, 96, NULL },
  { "ExplVR_BigEnd.dcm", 80, 60, NULL },
  { "SC_rgb_gdcm_KY.dcm", 96, 96, NULL },
  { "SC_rgb_jpeg_dcmtk.dcm", 96, 96, NULL },
  { "SC_rgb_jpeg_gdcm.dcm", 96, 96, NULL },
  { "SC_rgb_rle.dcm", 96, 96, NULL },
  { "SC_rgb_rle_16bit_2frame.dcm", 96, 96, NULL },
  { "SC_rgb_rle_32bit_2frame.dcm", 96, 96, NULL },
  { "SC_rgb_small_odd.dcm", 3, 3, NULL },
  { "SC_rgb_small_odd_jpeg.dcm", 3, 3, NULL },
  { "SC_ybr_full_422_uncompressed.dcm", 96, 96, NULL },
  { "image_dfl.dcm", 96, 96, NULL },
  { "liver_1frame.dcm", 96, 96, NULL },
  { "rtdose.dcm", 10, 10, NULL },
  { "rtdose_rle.dcm", 10, 10, NULL },
  { "rtdose_expb.dcm", 10, 10, NULL },
  { "reportsi.dcm", 0, 0, "no picture" },
  { "waveform_ecg.dcm", 0, 0, "no picture" },
  { "rtplan.dcm", 0, 0, "no picture" },
  { "MR_truncated.dcm", 0, 0, "in the middle of its pixel data" },
  { "JPEG2000-embedded-sequence-delimiter.dcm", 0, 0, "damaged" },
  { "README.txt", 0, 0, "not a DICOM file" },
};

static char *
pydicom_path (const char *file)
{
  return g_build_filename ("/usr/lib/python3/dist-packages/pydicom/data/test_files", file, NULL);
}

static guint
be32 (const char *p)
{
  const guint8 *b = (const guint8 *)p;

  return (guint)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
}

static void
check_png (const char *png, guint width, guint height)
{
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (png, &data, &length, NULL));
  g_assert_cmpmem (data, 8, "\x89PNG\r\n\x1a\n", 8);
  g_assert_cmpuint (be32 (data + 16), ==, width);
  g_assert_cmpuint (be32 (data + 20), ==, height);
  g_assert_cmpmem (data + length - 8, 4, "IEND", 4);
}

static void
test_render (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *path = pydicom_path (c->file);
  g_autofree char *folder = g_dir_make_tmp ("gantry-picture-XXXXXX", NULL);
  g_autofree char *png = g_build_filename (folder, "picture.png", NULL);
  g_autoptr (GError) error = NULL;
  gboolean ok = gantry_picture_render (path, png, EDGE, &error);

  if (c->error == NULL)
    {
      g_assert_no_error (error);
      g_assert_true (ok);
      check_png (png, c->width, c->height);
    }
  else
    {
      int code = strstr (c->error, "not a DICOM file") != NULL ? GANTRY_ERROR_NOT_DICOM
                                                               : GANTRY_ERROR_FILE;

      g_assert_error (error, GANTRY_ERROR, code);
      if (strstr (error->message, c->error) == NULL)
        g_test_fail_printf ("%s", error->message);
      g_assert_false (g_file_test (png, G_FILE_TEST_EXISTS));
    }
  g_unlink (png);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* A header that claims far more than there is costs nothing. */
static void
test_absurd (void)
{
  g_autofree char *path = pydicom_path ("MR_small.dcm");
  g_autofree char *folder = g_dir_make_tmp ("gantry-picture-XXXXXX", NULL);
  g_autofree char *changed = g_build_filename (folder, "absurd.dcm", NULL);
  g_autofree char *png = g_build_filename (folder, "picture.png", NULL);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  for (gsize i = 0; i + 10 < length; i++)
    if (memcmp (data + i, "\x28\0\x10\0US\2\0", 8) == 0
        || memcmp (data + i, "\x28\0\x11\0US\2\0", 8) == 0)
      {
        memcpy (data + i + 8, "\xff\xff", 2);
        n++;
      }
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (g_file_set_contents (changed, data, length, NULL));
  g_assert_false (gantry_picture_render (changed, png, EDGE, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "too large"));
  g_unlink (changed);
  g_rmdir (folder);
}

static void
test_unwritable (void)
{
  g_autofree char *path = pydicom_path ("MR_small.dcm");
  g_autoptr (GError) error = NULL;

  g_assert_false (gantry_picture_render (path, "/nowhere/at/all.png", EDGE, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE);
}

static gpointer
render_some (gpointer folder)
{
  static const char *const files[] = { "CT_small.dcm", "SC_rgb_rle.dcm", "JPEG2000.dcm",
                                       "JPGExtended.dcm", "MR_small_jpeg_ls_lossless.dcm" };
  guint made = 0;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *path = pydicom_path (files[i % G_N_ELEMENTS (files)]);
      g_autofree char *name = g_strdup_printf ("%p-%u.png", (void *)g_thread_self (), i);
      g_autofree char *png = g_build_filename (folder, name, NULL);

      made += gantry_picture_render (path, png, EDGE, NULL);
      g_unlink (png);
    }
  return GUINT_TO_POINTER (made);
}

static void
test_threads (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gantry-picture-XXXXXX", NULL);
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("picture", render_some, folder);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 20);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/picture/threads", test_threads);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/picture/render/", cases[i].file, NULL);
      g_test_add_data_func (path, &cases[i], test_render);
    }
  g_test_add_func ("/picture/absurd", test_absurd);
  g_test_add_func ("/picture/unwritable", test_unwritable);

  return g_test_run ();
}
