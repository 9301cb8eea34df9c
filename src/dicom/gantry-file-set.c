/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-file-set.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "gantry-dataset-private.h"
#include "gantry-files.h"
#include "gantry-registry.h"

#define DATASET_AT 132
#define INDEX_MAX (512u << 20) /* some hundred bytes an object */
#define HEAD 4096

typedef struct
{
  char *sop_class_uid;
  char *transfer_syntax;
} Meta;

typedef struct
{
  const char *folder;
  GHashTable *listings; /* folder → (lower case name → name) */
  GHashTable *seen;     /* paths reported */
  GCancellable *cancellable;
  GantrySourceFunc func;
  gpointer user_data;
  gboolean ended;
} Walk;

static void
meta_clear (Meta *self)
{
  g_free (self->sop_class_uid);
  g_free (self->transfer_syntax);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Meta, meta_clear)

static char *
get_text (const GantryElement *element)
{
  gsize length = element->held;

  while (length > 0 && (element->value[length - 1] == ' ' || element->value[length - 1] == '\0'))
    length--;
  return g_strndup ((const char *)element->value, length);
}

static gboolean
on_meta_element (const GantryElement *element, gpointer user_data)
{
  Meta *self = user_data;

  if (element->tag >> 16 != 0x0002)
    return FALSE;
  if (element->tag == 0x00020002 && self->sop_class_uid == NULL)
    self->sop_class_uid = get_text (element);
  if (element->tag == 0x00020010 && self->transfer_syntax == NULL)
    self->transfer_syntax = get_text (element);
  return TRUE;
}

/* Returns where the data set starts; 0 when there is no meta header. */
static gsize
read_meta (const guint8 *data, gsize available, Meta *meta)
{
  GantryWalkEnd end;

  if (available < DATASET_AT || memcmp (data + 128, "DICM", 4) != 0)
    return 0;
  gantry_dataset_walk_prefix (data + DATASET_AT, available - DATASET_AT, available - DATASET_AT,
                              GANTRY_UID_EXPLICIT_LE, 0x00030000, on_meta_element, meta, &end,
                              NULL);
  return DATASET_AT + end.offset;
}

static gboolean
is_index (const Meta *meta)
{
  return g_strcmp0 (meta->sop_class_uid, GANTRY_UID_MEDIA_DIRECTORY) == 0;
}

gboolean
gantry_file_set_is_index (const char *path)
{
  guint8 head[HEAD];
  g_auto (Meta) meta = { NULL, NULL };
  struct stat info;
  gssize n;
  int fd = gantry_file_open (path, &info);

  if (fd < 0)
    return FALSE;
  n = pread (fd, head, sizeof head, 0);
  close (fd);
  return n > 0 && read_meta (head, n, &meta) > 0 && is_index (&meta);
}

/* A file system's names by what they are in lower case, without the version that ISO 9660 adds. */
static char *
fold (const char *name)
{
  g_autofree char *plain = g_strdup (name);
  char *version = strrchr (plain, ';');

  if (version != NULL)
    *version = '\0';
  if (g_str_has_suffix (plain, "."))
    plain[strlen (plain) - 1] = '\0';
  return g_ascii_strdown (plain, -1);
}

static GHashTable *
list_folder (Walk *self, const char *folder)
{
  GHashTable *listing = g_hash_table_lookup (self->listings, folder);
  g_autoptr (GDir) dir = NULL;
  const char *name;
  int trouble = 0;

  if (listing != NULL)
    return listing;
  listing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (self->listings, g_strdup (folder), listing);
  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (name = gantry_dir_next (dir, &trouble)) != NULL)
    g_hash_table_insert (listing, fold (name), g_strdup (name));
  if (trouble != 0)
    {
      g_autofree char *reason
          = g_strdup_printf (_ ("Not all of this folder can be read: %s"), g_strerror (trouble));

      self->ended = !self->func (folder, GANTRY_SKIPPED_LOST, reason, self->user_data);
    }
  return listing;
}

/* The file that a Referenced File ID means, or NULL. Its components never lead upwards. */
static char *
find_file (Walk *self, char **components)
{
  g_autofree char *path = g_strdup (self->folder);

  for (char **component = components; *component != NULL; component++)
    {
      g_autofree char *folded = fold (g_strstrip (*component));
      const char *name = g_hash_table_lookup (list_folder (self, path), folded);
      char *longer;

      if (name == NULL)
        return NULL;
      longer = g_build_filename (path, name, NULL);
      g_free (path);
      path = longer;
    }
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}

static gboolean
on_record_element (const GantryElement *element, gpointer user_data)
{
  Walk *self = user_data;
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  g_auto (GStrv) components = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    self->ended = TRUE;
  if (self->ended)
    return FALSE;
  if (element->tag != 0x00041500 || element->held == 0 || element->held > 1024)
    return TRUE;

  id = get_text (element);
  components = g_strsplit (id, "\\", -1);
  path = find_file (self, components);
  if (self->ended)
    return FALSE;
  if (path == NULL)
    {
      g_autofree char *relative = g_strjoinv (G_DIR_SEPARATOR_S, components);
      g_autofree char *valid = g_utf8_make_valid (relative, -1);

      path = g_build_filename (self->folder, valid, NULL);
      self->ended = !self->func (
          path, GANTRY_SKIPPED_LOST,
          _ ("The DICOMDIR names this file, but it is not there. The copy of the disc may be "
             "incomplete."),
          self->user_data);
    }
  else if (!g_hash_table_contains (self->seen, path))
    {
      self->ended = !self->func (path, GANTRY_SKIPPED_HARMLESS, NULL, self->user_data);
      g_hash_table_add (self->seen, g_steal_pointer (&path));
    }
  return !self->ended;
}

/* Walks the directory records; ends with a sentence when they do not hold together. */
static void
walk_records (Walk *self, const char *path, const guint8 *data, gsize length)
{
  g_auto (Meta) meta = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  gsize start = read_meta (data, length, &meta);

  if (start == 0 || !is_index (&meta))
    self->ended
        = !self->func (path, GANTRY_SKIPPED_LOST, _ ("This is not a DICOMDIR."), self->user_data);
  else if (!gantry_dataset_walk (data + start, length - start, meta.transfer_syntax, 0,
                                 on_record_element, self, &error))
    self->ended = !self->func (path, GANTRY_SKIPPED_LOST, error->message, self->user_data);
  else if (!self->ended && g_hash_table_size (self->seen) == 0)
    self->ended = !self->func (path, GANTRY_SKIPPED_LOST,
                               _ ("The DICOMDIR names no file that is there."), self->user_data);
}

gboolean
gantry_file_set_walk (const char *path,
                      GCancellable *cancellable,
                      GantrySourceFunc func,
                      gpointer user_data)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  GStatBuf info;
  Walk self
      = { .folder = folder, .cancellable = cancellable, .func = func, .user_data = user_data };

  if (g_stat (path, &info) == 0 && (guint64)info.st_size > INDEX_MAX)
    return func (path, GANTRY_SKIPPED_LOST, _ ("The DICOMDIR is larger than is credible."),
                 user_data);
  if (!g_file_get_contents (path, &data, &length, &error))
    return func (path, GANTRY_SKIPPED_LOST, error->message, user_data);

  self.listings
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  self.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  walk_records (&self, path, (const guint8 *)data, length);
  g_hash_table_unref (self.listings);
  g_hash_table_unref (self.seen);
  return !self.ended;
}
