/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-keeper.h"

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

/* A small object goes to disk in one write, together with its meta header. */
#define BUFFER_SIZE 65536

/* So many paths are remembered, then it starts anew. */
#define SAFE_FOLDERS_MAX 4096

#define TAG_SOP_CLASS_UID 0x00080016
#define TAG_SOP_INSTANCE_UID 0x00080018

struct _GantryKeeper
{
  char *received;
  char *incoming;
  char *quarantine;

  /* Folders that are known to survive a power cut; shared by the workers. */
  GMutex lock;
  GHashTable *safe;
};

struct _GantryPart
{
  GantryKeeper *keeper;
  int fd;
  int write_errno; /* the first that failed */
  char *path;
  char *sop_class_uid;
  char *sop_instance_uid;
  char *transfer_syntax;
  gsize meta_length;
  guint64 size;
  gsize buffered;
  guint8 buffer[BUFFER_SIZE];
};

GantryKeeper *
gantry_keeper_new (const char *received, const char *incoming, const char *quarantine)
{
  GantryKeeper *self = g_new0 (GantryKeeper, 1);

  self->received = g_strdup (received);
  self->incoming = g_strdup (incoming);
  self->quarantine = g_strdup (quarantine);
  g_mutex_init (&self->lock);
  self->safe = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
gantry_keeper_free (GantryKeeper *self)
{
  g_free (self->received);
  g_free (self->incoming);
  g_free (self->quarantine);
  g_hash_table_unref (self->safe);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gantry_keeper_clean (GantryKeeper *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->incoming, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".part"))
      {
        g_autofree char *path = g_build_filename (self->incoming, name, NULL);

        g_unlink (path);
      }
}

static void
part_free (GantryPart *part)
{
  if (part->fd >= 0)
    close (part->fd);
  g_free (part->path);
  g_free (part->sop_class_uid);
  g_free (part->sop_instance_uid);
  g_free (part->transfer_syntax);
  g_free (part);
}

static gboolean
disk_error (GError **error, const char *path, int code)
{
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE, _ ("%s cannot be written: %s"), path,
               g_strerror (code));
  return FALSE;
}

GantryPart *
gantry_keeper_begin (GantryKeeper *self,
                     const char *sop_class_uid,
                     const char *sop_instance_uid,
                     const char *transfer_syntax,
                     const char *calling_ae_title,
                     GError **error)
{
  static gint counter;
  g_autoptr (GBytes) meta = gantry_meta_header_build (sop_class_uid, sop_instance_uid,
                                                      transfer_syntax, calling_ae_title);
  GantryPart *part = g_new0 (GantryPart, 1);

  part->keeper = self;
  part->path = g_strdup_printf ("%s/%d-%d.part", self->incoming, (int)getpid (),
                                g_atomic_int_add (&counter, 1));
  part->sop_class_uid = g_strdup (sop_class_uid);
  part->sop_instance_uid = g_strdup (sop_instance_uid);
  part->transfer_syntax = g_strdup (transfer_syntax);
  part->fd = open (part->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (part->fd < 0)
    {
      disk_error (error, part->path, errno);
      part_free (part);
      return NULL;
    }

  part->meta_length = g_bytes_get_size (meta);
  gantry_part_write (part, g_bytes_get_data (meta, NULL), part->meta_length);
  part->size = 0;
  return part;
}

static gboolean
write_all (GantryPart *part, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      ssize_t n = write (part->fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          part->write_errno = errno;
          return FALSE;
        }
      data += n;
      length -= (gsize)n;
    }
  return TRUE;
}

static gboolean
flush (GantryPart *part)
{
  gsize n = part->buffered;

  part->buffered = 0;
  return part->write_errno == 0 && write_all (part, part->buffer, n);
}

gboolean
gantry_part_write (GantryPart *part, const guint8 *data, gsize length)
{
  part->size += length;
  if (part->buffered + length > BUFFER_SIZE && !flush (part))
    return FALSE;
  if (length > BUFFER_SIZE / 2)
    return flush (part) && write_all (part, data, length);

  memcpy (part->buffer + part->buffered, data, length);
  part->buffered += length;
  return part->write_errno == 0;
}

guint64
gantry_part_get_size (GantryPart *part)
{
  return part->size;
}

void
gantry_part_drop (GantryPart *part)
{
  g_unlink (part->path);
  part_free (part);
}

/* ---- Names ---------------------------------------------------------------------------------- */

static gboolean
is_safe_uid (const char *uid)
{
  gsize length = strlen (uid);

  /* Looser than the standard, which forbids leading zeros: such objects exist and harm nothing. */
  return length > 0 && length <= 64 && strspn (uid, "0123456789.") == length
         && g_ascii_isdigit (*uid) && strstr (uid, "..") == NULL;
}

/* A UID is its own name; anything else gets one made from its hash, and is never part of a path. */
static char *
safe_name (const char *uid)
{
  g_autofree char *hash = NULL;

  if (is_safe_uid (uid))
    return g_strdup (uid);
  if (*uid == '\0')
    return g_strdup ("none");
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA1, uid, -1);
  return g_strdup_printf ("unsafe-%.16s", hash);
}

static gboolean
sync_directory (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean done = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return done;
}

/* A new folder is only there after a power cut if its parent was written too. Who finds the folder
 * there does not know whether that has happened: another worker may just have made it.
 */
static gboolean
make_directory (GantryKeeper *self, const char *path, const char *parent)
{
  gboolean known;

  g_mutex_lock (&self->lock);
  known = g_hash_table_contains (self->safe, path);
  g_mutex_unlock (&self->lock);
  if (known && access (path, W_OK) == 0)
    return TRUE;
  if ((mkdir (path, 0700) != 0 && errno != EEXIST) || !sync_directory (parent))
    return FALSE;

  g_mutex_lock (&self->lock);
  if (g_hash_table_size (self->safe) >= SAFE_FOLDERS_MAX)
    g_hash_table_remove_all (self->safe);
  g_hash_table_add (self->safe, g_strdup (path));
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static char *
make_folder (GantryKeeper *self, const GantryInstance *instance, GError **error)
{
  g_autofree char *study = safe_name (instance->study_uid);
  g_autofree char *series = safe_name (instance->series_uid);
  g_autofree char *study_path = g_build_filename (self->received, study, NULL);
  g_autofree char *series_path = g_build_filename (study_path, series, NULL);

  if (!make_directory (self, study_path, self->received)
      || !make_directory (self, series_path, study_path))
    {
      disk_error (error, series_path, errno);
      return NULL;
    }
  return g_steal_pointer (&series_path);
}

/* ---- Keeping -------------------------------------------------------------------------------- */

typedef struct
{
  const GantryPart *part;
  gboolean class_matches;
  gboolean instance_matches;
} Match;

static gboolean
equals_uid (const GantryElement *element, const char *uid)
{
  gsize length = element->length;

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

static gboolean
same_data_set (const GantryPart *part, const guint8 *data, gsize length, const char *other)
{
  g_autoptr (GMappedFile) map = g_mapped_file_new (other, FALSE, NULL);
  g_autoptr (GantryInstance) instance = NULL;
  const guint8 *bytes;
  gsize size;

  if (map == NULL)
    return FALSE;
  bytes = (const guint8 *)g_mapped_file_get_contents (map);
  size = g_mapped_file_get_length (map);
  instance = gantry_instance_parse (other, bytes, size, FALSE, NULL);
  return instance != NULL && strcmp (instance->transfer_syntax, part->transfer_syntax) == 0
         && size - instance->data_offset == length
         && memcmp (bytes + instance->data_offset, data, length) == 0;
}

/* Moves the file to a name that nobody has; never replaces one. @target is that name at the end, or
 * the file that is the same already. */
static GantryKept
move_to_place (GantryPart *part,
               const guint8 *data,
               gsize length,
               const char *folder,
               char **target,
               GError **error)
{
  g_autofree char *name = safe_name (part->sop_instance_uid);

  for (guint i = 1; i < 1000; i++)
    {
      g_autofree char *path = i == 1 ? g_strdup_printf ("%s/%s.dcm", folder, name)
                                     : g_strdup_printf ("%s/%s-%u.dcm", folder, name, i);

      if (renameat2 (AT_FDCWD, part->path, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        {
          *target = g_steal_pointer (&path);
          return i == 1 ? GANTRY_KEPT : GANTRY_KEPT_BESIDE;
        }
      if (errno != EEXIST)
        {
          disk_error (error, path, errno);
          return GANTRY_NOT_KEPT;
        }
      if (same_data_set (part, data, length, path))
        {
          g_unlink (part->path);
          *target = g_steal_pointer (&path);
          return GANTRY_KEPT_ALREADY;
        }
    }
  disk_error (error, part->path, EEXIST);
  return GANTRY_NOT_KEPT;
}

static GantryKept
quarantine (GantryPart *part, const char *reason, char **target, GError **error)
{
  g_autofree char *base = g_path_get_basename (part->path);
  g_autofree char *stamp = g_strdup_printf ("%" G_GINT64_FORMAT "-%s", g_get_real_time (), base);
  g_autofree char *path = g_strdup_printf ("%s/%.*s.dcm", part->keeper->quarantine,
                                           (int)(strlen (stamp) - strlen (".part")), stamp);
  g_autofree char *note = g_strconcat (path, ".txt", NULL);

  if (rename (part->path, path) != 0 || !sync_directory (part->keeper->quarantine))
    {
      disk_error (error, path, errno);
      return GANTRY_NOT_KEPT;
    }
  g_file_set_contents (note, reason, -1, NULL);
  *target = g_steal_pointer (&path);
  return GANTRY_KEPT_QUARANTINED;
}

static GantryKept
keep (GantryPart *part, char **path, GantryInstance **instance, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GMappedFile) map = g_mapped_file_new_from_fd (part->fd, FALSE, error);
  g_autofree char *folder = NULL;
  const guint8 *data;
  gsize length;
  gboolean matches;
  GantryKept kept;

  if (map == NULL)
    return GANTRY_NOT_KEPT;
  data = (const guint8 *)g_mapped_file_get_contents (map);
  length = g_mapped_file_get_length (map);

  *instance = gantry_instance_parse (part->path, data, length, TRUE, &reason);
  if (fdatasync (part->fd) != 0)
    {
      disk_error (error, part->path, errno);
      return GANTRY_NOT_KEPT;
    }
  if (*instance == NULL)
    {
      kept = quarantine (part, reason->message, path, error);
      if (kept == GANTRY_KEPT_QUARANTINED)
        g_propagate_error (error, g_steal_pointer (&reason));
      return kept;
    }

  folder = make_folder (part->keeper, *instance, error);
  if (folder == NULL)
    return GANTRY_NOT_KEPT;

  matches = check_match (part, data + part->meta_length, length - part->meta_length, &reason);
  kept = move_to_place (part, data + part->meta_length, length - part->meta_length, folder, path,
                        error);
  if (kept == GANTRY_NOT_KEPT)
    return kept;
  if (!sync_directory (folder))
    {
      disk_error (error, folder, errno);
      return GANTRY_NOT_KEPT;
    }

  if (kept == GANTRY_KEPT_ALREADY)
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_STATUS,
                         _ ("The same object was received before; it is kept once."));
  else if (!matches)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return GANTRY_KEPT_MISMATCH;
    }
  else if (kept == GANTRY_KEPT_BESIDE)
    g_set_error_literal (
        error, GANTRY_ERROR, GANTRY_ERROR_STATUS,
        _ ("An object with the same SOP Instance UID and other content was there already; both are "
           "kept."));
  return kept;
}

GantryKept
gantry_part_keep (GantryPart *part, char **path, GantryInstance **instance, GError **error)
{
  GantryKept kept = GANTRY_NOT_KEPT;

  *path = NULL;
  *instance = NULL;
  if (flush (part))
    kept = keep (part, path, instance, error);
  else
    disk_error (error, part->path, part->write_errno);

  if (kept == GANTRY_NOT_KEPT)
    {
      g_clear_pointer (instance, gantry_instance_unref);
      g_clear_pointer (path, g_free);
      g_unlink (part->path);
    }
  part_free (part);
  return kept;
}
