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
#include "gantry-files.h"
#include "gantry-registry.h"

#define TAG_TRANSFER_SYNTAX_UID 0x00020010
#define TAG_SOP_CLASS_UID 0x00080016
#define TAG_SOP_INSTANCE_UID 0x00080018

/* Earlier versions numbered what has one UID and different content, up to here. */
#define NUMBERED_MAX 1000
/* So often a place is looked for again when what was there changes meanwhile. */
#define ROUNDS_MAX 10
/* Of a SHA-256 in hexadecimal digits; no two objects share so many. */
#define DIGEST_LENGTH 32
/* Octets before the data set of a file in our folders: far more than gantry_meta_header_build()
 * makes. */
#define HEADER_MAX 65536
#define PREAMBLE 128
#define BLOCK (256u << 10) /* that is compared at a time */

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
  char *path;     /* where it is at the end */
  char *other;    /* see make_other_name() */
  gboolean again; /* what was there has changed meanwhile */
} Move;

/* Whether it is long enough for the data set, and not too long; most others are not. @offset:
 * (out): where the data set is then */
static gboolean
could_be_same (const Move *move, const struct stat *info, gsize *offset)
{
  if (!S_ISREG (info->st_mode) || (gsize)info->st_size <= move->length)
    return FALSE;
  *offset = (gsize)info->st_size - move->length;
  return *offset <= HEADER_MAX;
}

/* All of it, or FALSE. */
static gboolean
read_at (int fd, guint8 *block, gsize length, gsize offset)
{
  while (length > 0)
    {
      gssize n = pread (fd, block, length, (off_t)offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      block += n;
      length -= (gsize)n;
      offset += (gsize)n;
    }
  return TRUE;
}

typedef struct
{
  const char *syntax;
  gboolean named;   /* it is the one */
  gboolean foreign; /* something of the data set is in the header */
} Header;

static gboolean
match_header_element (const GantryElement *element, gpointer user_data)
{
  Header *header = user_data;

  if (element->tag >> 16 != 2)
    header->foreign = TRUE;
  else if (element->tag == TAG_TRANSFER_SYNTAX_UID)
    header->named = equals_uid (element, header->syntax);
  return TRUE;
}

/* Whether that is a whole meta header (PS3.10 7.1), which names our transfer syntax. */
static gboolean
check_header (const Move *move, const guint8 *bytes, gsize length)
{
  Header header = { .syntax = move->part->transfer_syntax };

  return length > PREAMBLE + 4 && memcmp (bytes + PREAMBLE, "DICM", 4) == 0
         && gantry_dataset_walk (bytes + PREAMBLE + 4, length - PREAMBLE - 4,
                                 GANTRY_UID_EXPLICIT_LE, 0, match_header_element, &header, NULL)
         && header.named && !header.foreign;
}

/* Not mapped: what the disk cannot deliver, or somebody shortens, would end the program. */
static gboolean
has_data_set (const Move *move, int fd, gsize offset)
{
  g_autofree guint8 *block = g_malloc (MAX (BLOCK, offset));

  if (!read_at (fd, block, offset, 0) || !check_header (move, block, offset))
    return FALSE;
  for (gsize done = 0; done < move->length; done += BLOCK)
    {
      gsize n = MIN (BLOCK, move->length - done);

      if (!read_at (fd, block, n, offset + done) || memcmp (block, move->data + done, n) != 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_still (const Move *move, const char *name, const struct stat *info)
{
  GantryFileMark before;
  struct stat now;

  gantry_file_mark_set (&before, info);
  return fstatat (move->folder, name, &now, AT_SYMLINK_NOFOLLOW) == 0
         && gantry_file_mark_matches (&before, &now);
}

/* @name in the folder: never a link, never something that waits when it is opened. The same is
 * synced, whoever put it there. The tree is not held while it is read: that can take long. */
static gboolean
same_data_set (Move *move, const char *name)
{
  GantryFolders *folders = move->part->keeper->folders;
  int fd = openat (move->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat info;
  gboolean same = FALSE;
  gsize offset;

  if (fd < 0)
    return FALSE;
  if (fstat (fd, &info) == 0 && could_be_same (move, &info, &offset))
    {
      gantry_folders_release (folders);
      same = has_data_set (move, fd, offset) && fdatasync (fd) == 0;
      gantry_folders_hold (folders);
      move->again = !is_still (move, name, &info);
    }
  close (fd);
  return same && !move->again;
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

static GantryKept
refuse_name (const GantryPart *part, GError **error)
{
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
               _ ("Not taken: something else has the names that a file for %s could get."),
               part->sop_instance_uid);
  return GANTRY_REFUSED_NAME;
}

/* Until its row is there, what is known of the path is the story of an earlier object. Before the
 * file can be seen there; and the tree is held, so who takes objects away comes before this or sees
 * it. */
static void
note_unsettled (GantryKeeper *keeper, const char *path)
{
  guint count;

  g_mutex_lock (&keeper->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (keeper->unsettled, path));
  g_hash_table_insert (keeper->unsettled, g_strdup (path), GUINT_TO_POINTER (count + 1));
  g_mutex_unlock (&keeper->lock);
}

static gboolean
use_same (Move *move, const char *name)
{
  if (!same_data_set (move, name))
    return FALSE;
  move->path = make_path (move, name);
  note_unsettled (move->part->keeper, move->path);
  g_unlink (move->part->path);
  return TRUE;
}

/* Moves the file to @name, where nothing may be but the same. @kept: what it is there
 * Returns: %GANTRY_REFUSED_NAME: something else is there */
static GantryKept
try_name (Move *move, const char *name, GantryKept kept, GError **error)
{
  g_autofree char *path = make_path (move, name);
  int code;

  note_unsettled (move->part->keeper, path);
  if (gantry_file_rename_new (move->part->path, move->folder, name))
    {
      move->path = g_steal_pointer (&path);
      return kept;
    }
  code = errno;
  gantry_keeper_settle (move->part->keeper, path);
  if (code == EEXIST)
    return use_same (move, name) ? GANTRY_KEPT_ALREADY : GANTRY_REFUSED_NAME;
  move->again = code == ENOENT; /* its folder has gone: the tree was not held all the time */
  gantry_keeper_disk_error (error, path, code);
  return GANTRY_NOT_KEPT;
}

static gboolean
use_numbered (Move *move)
{
  for (guint i = 2; i < NUMBERED_MAX; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%u.dcm", move->names[move->depth], i);

      if (faccessat (move->folder, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
        return FALSE;
      if (use_same (move, name))
        return TRUE;
      if (move->again)
        return FALSE;
    }
  return FALSE;
}

/* A name that only this content has, however many others there are with its UID. The tree is not
 * held meanwhile. */
static void
make_other_name (Move *move)
{
  GantryFolders *folders = move->part->keeper->folders;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  gantry_folders_release (folders);
  g_checksum_update (sum, (const guchar *)move->part->transfer_syntax, -1);
  g_checksum_update (sum, move->data, (gssize)move->length);
  move->other = g_strdup_printf ("%s-%.*s.dcm", move->names[move->depth], DIGEST_LENGTH,
                                 g_checksum_get_string (sum));
  gantry_folders_hold (folders);
}

/* Never replaces a file. */
static GantryKept
find_name (Move *move, GError **error)
{
  g_autofree char *name = g_strconcat (move->names[move->depth], ".dcm", NULL);
  GantryKept kept = try_name (move, name, GANTRY_KEPT, error);

  if (kept != GANTRY_REFUSED_NAME || move->again)
    return kept;
  if (use_numbered (move))
    return GANTRY_KEPT_ALREADY;
  if (move->again)
    return GANTRY_REFUSED_NAME;
  if (move->other == NULL)
    make_other_name (move);
  return try_name (move, move->other, GANTRY_KEPT_BESIDE, error);
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
  if (gantry_kept_is_listed (kept) && !gantry_folders_sync (move->folder))
    {
      gantry_keeper_disk_error (error, move->path, errno);
      /* Not promised, so not kept: the peer will send it again. */
      if (kept != GANTRY_KEPT_ALREADY)
        g_unlink (move->path);
      gantry_keeper_settle (move->part->keeper, move->path);
      kept = GANTRY_NOT_KEPT;
    }
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
  Move move = { .part = part,
                .data = data,
                .length = length,
                .names = names,
                .depth = gantry_layout_pattern_get_depth (keeper->pattern) };
  g_autoptr (GError) reason = NULL;
  GantryKept kept;

  gantry_folders_hold (keeper->folders);
  for (guint round = 0; round == 0 || (move.again && round < ROUNDS_MAX); round++)
    {
      g_clear_error (&reason);
      move.again = FALSE;
      kept = move_held (&move, &reason);
    }
  gantry_folders_release (keeper->folders);
  if (kept == GANTRY_REFUSED_NAME)
    refuse_name (part, &reason);
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  *path = move.path;
  g_free (move.other);
  return kept;
}

/* @data: all of the file */
static GantryKept
quarantine (GantryPart *part,
            const guint8 *data,
            gsize length,
            const char *reason,
            char **target,
            GError **error)
{
  int code = gantry_quarantine_add (part->keeper->quarantine, part->path, data, length, reason,
                                    gantry_keeper_get_time (part->keeper, TRUE), target);

  if (code == 0)
    return GANTRY_KEPT_QUARANTINED;
  if (code == EEXIST)
    return refuse_name (part, error);
  gantry_keeper_disk_error (error, part->path, code);
  return GANTRY_NOT_KEPT;
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
      kept = quarantine (part, data, length, reason->message, path, error);
      if (kept == GANTRY_KEPT_QUARANTINED)
        g_propagate_error (error, g_steal_pointer (&reason));
      return kept;
    }

  data += part->meta_length;
  length -= part->meta_length;
  check_match (part, data, length, &mismatch);
  kept = move_to_place (part, *instance, data, length, path, error);
  return gantry_kept_is_listed (kept) ? judge (kept, mismatch, unsafe, error) : kept;
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
