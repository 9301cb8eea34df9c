/* gantry-instance.h - what a DICOM file says about itself in its first elements
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Immutable after reading; any thread. Text is UTF-8 whatever the object's character set, trimmed,
 * control characters made visible, "" when absent. UIDs are as in the object, checked or not. */
typedef struct
{
  char *path;
  guint64 size;    /* of the file */
  gint64 modified; /* mtime, microseconds */
  /* What else the file system says of the file, see GantryFileMark; 0 where there was no file. */
  gint64 status_changed, device, inode;
  guint64 data_offset; /* where the data set starts */
  gboolean has_meta;   /* a PS3.10 meta header, which then names the next three */
  char *transfer_syntax;
  char *sop_class_uid;
  char *sop_instance_uid;
  char *modality;
  char *patient_name; /* as people write it: "Doe, John"; the first component group that is not
                         empty */
  char *patient_id;
  char *birth_date;
  char *accession;
  char *study_uid;
  char *study_date;
  char *study_description;
  char *series_uid;
  char *series_number;
  char *series_description;
  char *instance_number;
} GantryInstance;

/**
 * gantry_instance_read:
 * @path: in the file system's encoding
 * @error: %GANTRY_ERROR_FILE with a sentence: not DICOM, empty, ends early, a DICOMDIR index, no
 *   SOP class …; %G_FILE_ERROR when it cannot be read at all
 *
 * A file that ends in the middle of its pixel data is refused too, if that can be told from its
 * first elements, as it can unless there are many fragments.
 *
 * Accepts files with the PS3.10 preamble, without it, and bare data sets in Implicit Little,
 * Explicit Little or Explicit Big Endian. Walks the data set up to the pixel description, not
 * further, so that a folder of large images is scanned at the speed of its headers.
 */
GantryInstance *gantry_instance_read (const char *path, GError **error);

/**
 * gantry_instance_parse:
 * @data: a whole file in memory or mapped
 * @whole: also walk everything behind the header, as must be done before anybody parses it
 */
GantryInstance *gantry_instance_parse (
    const char *path, const guint8 *data, gsize length, gboolean whole, GError **error);
/* Whether a C-STORE-RQ can name it (PS3.5 9.1: 64 characters); @error: %GANTRY_ERROR_FILE with a
 * sentence */
gboolean gantry_instance_check_names (const GantryInstance *self, GError **error);
GantryInstance *gantry_instance_ref (GantryInstance *self);
void gantry_instance_unref (GantryInstance *self);

/**
 * gantry_meta_header_build:
 *
 * Returns: (transfer full): zeroed preamble, "DICM" and a fresh group 0002 (PS3.10 7.1) for a data
 *   set that arrived by C-STORE
 */
GBytes *gantry_meta_header_build (const char *sop_class_uid,
                                  const char *sop_instance_uid,
                                  const char *transfer_syntax,
                                  const char *source_ae_title);

/* Text of an element as UTF-8: @charset is Specific Character Set (0008,0005), NULL or "" for the
 * default repertoire (PS3.5 6.1). Bytes that do not convert are shown as U+FFFD. */
char *gantry_text_decode (const char *charset, const guint8 *bytes, gsize length);

/* A PN value (PS3.5 6.2.1.1) as people write it: "Doe^John^^Dr." is "Doe, John, Dr.", and
 * "Yamada^Tarou=山田^太郎=やまだ^たろう" is "山田 太郎 (Yamada, Tarou)". The phonetic group is
 * shown when there is no other. */
char *gantry_person_name_format (const char *utf8);

/* YYYYMMDD as the locale writes dates; anything else unchanged. */
char *gantry_date_format (const char *dicom_date);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryInstance, gantry_instance_unref)

G_END_DECLS
