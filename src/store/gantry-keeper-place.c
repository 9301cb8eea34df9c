/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second half of gantry-keeper.c: an object is written, and finds its place.
 */
#include "config.h"

#include "gantry-keeper-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gantry-dataset.h"
#include "gantry-error.h"

#define TAG_SOP_CLASS_UID 0x00080016
#define TAG_SOP_INSTANCE_UID 0x00080018

/* So many objects with one UID and different content; more are the work of somebody who means it.
 */
#define SAME_NAME_MAX 1000

/* ---- Request and data set ------------------------------------------------------------------- */

typedef struct
{
  const GantryPart *part;
  gboolean class_matches;
  gboolean instance_matches;
} Match;

static gboolean
equals_uid (const GantryElement *element, const char *uid)
{
  gsize length = element->held;

  while (length > 0 && (element->value[length - 1] == '\0' || element->value[length - 1] == ' '))
    length--;
  return length == strlen (uid) && memcmp (element->value, uid, length) == 0;
}

static gboolean
match_element (const GantryElement *element, gpointer user_data)
{
  Match *match = user_data;

  if (element->depth == 0 && element->tag == TAG_SOP_CLASS_UID)
    match->class_matches = equals_uid (element, match->part->sop_class_uid);
  else if (element->depth == 0 && element->tag == TAG_SOP_INSTANCE_UID)
    match->instance_matches = equals_uid (element, match->part->sop_instance_uid);
  return TRUE;
}

/* PS3.4 B.2.3: the request and the data set must speak of the same instance. */
static gboolean
check_match (const GantryPart *part, const guint8 *data, gsize length, GError **error)
{
  Match match = { part, FALSE, FALSE };

  gantry_dataset_walk (data, length, part->transfer_syntax, TAG_SOP_INSTANCE_UID + 1, match_element,
                       &match, NULL);
  if (match.class_matches && match.instance_matches)
    return TRUE;

  g_set_error_literal (
      error, GANTRY_ERROR, GANTRY_ERROR_STATUS,
      !match.class_matches
          ? _ ("The SOP Class UID in the data set is not the one in the request.")
          : _ ("The SOP Instance UID in the data set is not the one in the request."));
  return FALSE;
}

/* The name of a UID that is none; NULL when all are. An empty one has no name of its own either,
 * but there are objects without a study.
 */
static const char *
find_unsafe (const GantryPart *part, const GantryInstance *instance)
{
  if (!gantry_layout_is_safe_uid (part->sop_instance_uid))
    return "SOP Instance UID";
  if (*instance->study_uid != '\0' && !gantry_layout_is_safe_uid (instance->study_uid))
    return "Study Instance UID";
  if (*instance->series_uid != '\0' && !gantry_layout_is_safe_uid (instance->series_uid))
    return "Series Instance UID";
  return NULL;
}

/* ---- The place ------------------------------------------------------------------------------ */

/* An object on its way from incoming/ to its folder. */
typedef struct
{
  GantryPart *part;
  const guint8 *data; /* the data set, mapped */
  gsize length;
  char **names; /* folders, and the file */
  guint depth;
  int folder;
  char *path; /* where it is at the end */
} Move;

/* @name in the folder: never a link, never something that waits when it is opened. */
static gboolean
same_data_set (const Move *move, const char *name)
{
  int fd = openat (move->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  g_autoptr (GMappedFile) map = NULL;
  g_autoptr (GantryInstance) instance = NULL;
  const guint8 *bytes;
  gsize size;
  gboolean safe;

  if (fd < 0)
    return FALSE;
  map = g_mapped_file_new_from_fd (fd, FALSE, NULL);
  safe = fdatasync (fd) == 0; /* whoever put it there */
  close (fd);
  if (map == NULL || !safe)
    return FALSE;

  bytes = (const guint8 *)g_mapped_file_get_contents (map);
  size = g_mapped_file_get_length (map);
  instance = gantry_instance_parse (name, bytes, size, FALSE, NULL);
  return instance != NULL && strcmp (instance->transfer_syntax, move->part->transfer_syntax) == 0
         && size - instance->data_offset == move->length
         && memcmp (bytes + instance->data_offset, move->data, move->length) == 0;
}

static char *
make_path (const Move *move, const char *name)
{
  g_autoptr (GString) path = g_string_new (gantry_folders_get_root (move->part->keeper->folders));

  for (guint i = 0; i < move->depth; i++)
    g_string_append_printf (path, "/%s", move->names[i]);
  g_string_append_printf (path, "/%s", name);
  return g_string_free (g_steal_pointer (&path), FALSE);
}

/* Until its row is there, what is known of the path is the story of an earlier object. The tree is
 * held, so who takes objects away comes before this or sees it. */
static void
note_unsettled (GantryKeeper *keeper, const char *path)
{
  guint count;

  g_mutex_lock (&keeper->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (keeper->unsettled, path));
  g_hash_table_insert (keeper->unsettled, g_strdup (path), GUINT_TO_POINTER (count + 1));
  g_mutex_unlock (&keeper->lock);
}

/* Moves the file to a name that nobody has; never replaces one. */
static GantryKept
find_name (Move *move, GError **error)
{
  const char *stem = move->names[move->depth];

  for (guint i = 1; i < SAME_NAME_MAX; i++)
    {
      g_autofree char *name
          = i == 1 ? g_strconcat (stem, ".dcm", NULL) : g_strdup_printf ("%s-%u.dcm", stem, i);

      if (renameat2 (AT_FDCWD, move->part->path, move->folder, name, RENAME_NOREPLACE) == 0)
        {
          move->path = make_path (move, name);
          return i == 1 ? GANTRY_KEPT : GANTRY_KEPT_BESIDE;
        }
      if (errno != EEXIST)
        {
          g_autofree char *path = make_path (move, name);

          gantry_keeper_disk_error (error, path, errno);
          return GANTRY_NOT_KEPT;
        }
      if (same_data_set (move, name))
        {
          move->path = make_path (move, name);
          g_unlink (move->part->path);
          return GANTRY_KEPT_ALREADY;
        }
    }
  gantry_keeper_disk_error (error, move->part->path, EEXIST);
  return GANTRY_NOT_KEPT;
}

static GantryKept
move_held (Move *move, GError **error)
{
  GantryFolders *folders = move->part->keeper->folders;
  GantryKept kept;

  move->folder = gantry_folders_open (folders, move->names, move->depth);
  if (move->folder < 0)
    {
      int code = errno;
      g_autofree char *path = make_path (move, "");

      gantry_keeper_disk_error (error, path, code);
      return GANTRY_NOT_KEPT;
    }
  kept = find_name (move, error);
  if (kept != GANTRY_NOT_KEPT && !gantry_folders_sync (move->folder))
    {
      gantry_keeper_disk_error (error, move->path, errno);
      /* Not promised, so not kept: the peer will send it again. */
      if (kept != GANTRY_KEPT_ALREADY)
        g_unlink (move->path);
      kept = GANTRY_NOT_KEPT;
    }
  if (kept != GANTRY_NOT_KEPT)
    note_unsettled (move->part->keeper, move->path);
  close (move->folder);
  return kept;
}

static GantryKept
move_to_place (GantryPart *part,
               const GantryInstance *instance,
               const guint8 *data,
               gsize length,
               char **path,
               GError **error)
{
  GantryKeeper *keeper = part->keeper;
  g_auto (GStrv) names = gantry_layout_pattern_expand (
      keeper->pattern, instance, part->sop_instance_uid, part->calling_ae_title);
  Move move
      = { part, data, length, names, gantry_layout_pattern_get_depth (keeper->pattern), -1, NULL };
  GantryKept kept;

  gantry_folders_hold (keeper->folders);
  kept = move_held (&move, error);
  gantry_folders_release (keeper->folders);
  *path = move.path;
  return kept;
}

static GantryKept
quarantine (GantryPart *part, const char *reason, char **target, GError **error)
{
  const char *folder = part->keeper->quarantine;
  g_autofree char *base = g_path_get_basename (part->path);
  g_autofree char *stamp = g_strdup_printf ("%" G_GINT64_FORMAT "-%s", g_get_real_time (), base);
  g_autofree char *path
      = g_strdup_printf ("%s/%.*s.dcm", folder, (int)(strlen (stamp) - strlen (".part")), stamp);
  g_autofree char *note = g_strconcat (path, ".txt", NULL);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean done = fd >= 0 && rename (part->path, path) == 0 && gantry_folders_sync (fd);

  if (!done)
    gantry_keeper_disk_error (error, path, errno);
  if (fd >= 0)
    close (fd);
  if (!done)
    return GANTRY_NOT_KEPT;
  g_file_set_contents (note, reason, -1, NULL);
  *target = g_steal_pointer (&path);
  return GANTRY_KEPT_QUARANTINED;
}

/* ---- Keeping -------------------------------------------------------------------------------- */

/* What there is to say of an object that is in its place, the most important first. */
static GantryKept
judge (GantryKept kept, GError *mismatch, const char *unsafe, GError **error)
{
  if (kept == GANTRY_KEPT_ALREADY)
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_STATUS,
                           _ ("The same object was received before; it is kept once."));
      return kept;
    }
  if (mismatch != NULL)
    {
      g_propagate_error (error, g_error_copy (mismatch));
      return GANTRY_KEPT_MISMATCH;
    }
  if (unsafe != NULL)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STATUS,
                   _ ("The %s of the object is not a UID; it is kept under a safe name."), unsafe);
      return GANTRY_KEPT_UNSAFE;
    }
  if (kept == GANTRY_KEPT_BESIDE)
    g_set_error_literal (
        error, GANTRY_ERROR, GANTRY_ERROR_STATUS,
        _ ("An object with the same SOP Instance UID and other content was there already; both are "
           "kept."));
  return kept;
}

static GantryKept
place (GantryPart *part,
       const guint8 *data,
       gsize length,
       char **path,
       GantryInstance **instance,
       GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GError) mismatch = NULL;
  const char *unsafe;
  GantryKept kept;

  *instance = gantry_instance_parse (part->path, data, length, TRUE, &reason);
  unsafe = *instance != NULL ? find_unsafe (part, *instance) : NULL;
  if (unsafe != NULL && part->keeper->refuse_unsafe)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STATUS,
                   _ ("Not taken: the %s of the object is not a UID."), unsafe);
      return GANTRY_REFUSED_UNSAFE;
    }
  if (fdatasync (part->fd) != 0)
    {
      gantry_keeper_disk_error (error, part->path, errno);
      return GANTRY_NOT_KEPT;
    }
  if (*instance == NULL)
    {
      kept = quarantine (part, reason->message, path, error);
      if (kept == GANTRY_KEPT_QUARANTINED)
        g_propagate_error (error, g_steal_pointer (&reason));
      return kept;
    }

  data += part->meta_length;
  length -= part->meta_length;
  check_match (part, data, length, &mismatch);
  kept = move_to_place (part, *instance, data, length, path, error);
  return kept == GANTRY_NOT_KEPT ? kept : judge (kept, mismatch, unsafe, error);
}

GantryKept
gantry_part_place (GantryPart *part, char **path, GantryInstance **instance, GError **error)
{
  g_autoptr (GMappedFile) map = g_mapped_file_new_from_fd (part->fd, FALSE, error);

  if (map == NULL)
    return GANTRY_NOT_KEPT;
  return place (part, (const guint8 *)g_mapped_file_get_contents (map),
                g_mapped_file_get_length (map), path, instance, error);
}
