/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-keeper-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gantry-error.h"

/* Two that receive into one folder would clean up after each other. A file system without locks is
 * no reason not to receive.
 */
static gboolean
take_lock (GantryKeeper *self, const char *received, GError **error)
{
  self->lock_fd = open (self->incoming, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->lock_fd < 0)
    return gantry_keeper_disk_error (error, self->incoming, errno);
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    return TRUE;

  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY,
               _ ("Another Gantry receives into the folder %s. Close it first, or choose another "
                  "folder."),
               received);
  return FALSE;
}

/* Goes on while the computer sleeps. */
static gint64
get_boot_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gint64
gantry_keeper_get_time (GantryKeeper *self, gboolean latest)
{
  gint64 said = g_get_real_time ();
  gint64 counted = self->booted + get_boot_time ();

  return latest ? MAX (said, counted) : MIN (said, counted);
}

GantryKeeper *
gantry_keeper_new (const GantryKeeperOptions *options, GError **error)
{
  g_autoptr (GantryKeeper) self = g_new0 (GantryKeeper, 1);

  self->lock_fd = -1;
  self->booted = g_get_real_time () - get_boot_time ();
  self->incoming = g_strdup (options->incoming);
  self->quarantine = gantry_quarantine_new (
      options->quarantine, (gint64)options->keep_days * G_TIME_SPAN_DAY, options->keep_bytes);
  self->folders = gantry_folders_new (options->received);
  self->space
      = gantry_space_new (options->received, options->reserve_bytes, options->reserve_percent);
  self->refuse_unsafe = options->refuse_unsafe;
  g_mutex_init (&self->lock);
  self->unsettled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  self->pattern = gantry_layout_pattern_new (options->layout, options->pattern, error);
  if (self->pattern == NULL || !take_lock (self, options->received, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
gantry_keeper_free (GantryKeeper *self)
{
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self->incoming);
  gantry_quarantine_free (self->quarantine);
  gantry_folders_free (self->folders);
  g_clear_pointer (&self->pattern, gantry_layout_pattern_free);
  gantry_space_free (self->space);
  g_hash_table_unref (self->unsettled);
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

void
gantry_keeper_trim_quarantine (GantryKeeper *self)
{
  gantry_quarantine_trim (self->quarantine, gantry_keeper_get_time (self, FALSE));
}

guint
gantry_keeper_get_depth (GantryKeeper *self)
{
  return gantry_layout_pattern_get_depth (self->pattern);
}

void
gantry_keeper_get_space (GantryKeeper *self, gboolean *low, guint64 *free_bytes)
{
  gantry_space_get (self->space, low, free_bytes, NULL);
}

gboolean
gantry_keeper_disk_error (GError **error, const char *path, int code)
{
  if (code == EMFILE || code == ENFILE)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_BUSY,
                 _ ("%s cannot be written: too many files are open at the same time. Allow fewer "
                    "associations at a time, or raise the limit (ulimit -n, or LimitNOFILE= of a "
                    "service)."),
                 path);
  else
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE, _ ("%s cannot be written: %s"), path,
                 g_strerror (code));
  return FALSE;
}

/* ---- An object on its way in ---------------------------------------------------------------- */

static void
part_free (GantryPart *part)
{
  if (part->fd >= 0)
    close (part->fd);
  g_clear_error (&part->failed);
  g_free (part->path);
  g_free (part->sop_class_uid);
  g_free (part->sop_instance_uid);
  g_free (part->transfer_syntax);
  g_free (part->calling_ae_title);
  g_free (part);
}

/* A name in incoming/ that no other part has. */
static char *
make_part_path (GantryKeeper *self)
{
  static gint counter;

  return g_strdup_printf ("%s/%d-%d.part", self->incoming, (int)getpid (),
                          g_atomic_int_add (&counter, 1));
}

static void
refuse_space (GantryKeeper *self, GError **error)
{
  g_autofree char *free_text = NULL;
  g_autofree char *reserve_text = NULL;
  guint64 free_bytes, reserve;
  gboolean low;

  gantry_space_get (self->space, &low, &free_bytes, &reserve);
  free_text = g_format_size (free_bytes);
  reserve_text = g_format_size (reserve);
  g_set_error (
      error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
      _ ("Not taken: %s are free on the disk, and %s are kept in reserve. Make room on it; "
         "objects are taken again then."),
      free_text, reserve_text);
}

static gboolean
check_request (GantryKeeper *self, const char *sop_instance_uid, GError **error)
{
  if (!self->refuse_unsafe || gantry_layout_is_safe_uid (sop_instance_uid))
    return TRUE;
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_STATUS,
                       _ ("Not taken: the SOP Instance UID in the request is not a UID."));
  return FALSE;
}

GantryPart *
gantry_keeper_begin (GantryKeeper *self,
                     const char *sop_class_uid,
                     const char *sop_instance_uid,
                     const char *transfer_syntax,
                     const char *calling_ae_title,
                     GantryKept *why,
                     GError **error)
{
  g_autoptr (GBytes) meta = gantry_meta_header_build (sop_class_uid, sop_instance_uid,
                                                      transfer_syntax, calling_ae_title);
  GantryPart *part;

  *why = GANTRY_REFUSED_UNSAFE;
  if (!check_request (self, sop_instance_uid, error))
    return NULL;
  *why = GANTRY_REFUSED_SPACE;
  if (!gantry_space_has_room (self->space))
    {
      refuse_space (self, error);
      return NULL;
    }
  *why = GANTRY_NOT_KEPT;

  part = g_new0 (GantryPart, 1);
  part->keeper = self;
  part->path = make_part_path (self);
  part->sop_class_uid = g_strdup (sop_class_uid);
  part->sop_instance_uid = g_strdup (sop_instance_uid);
  part->transfer_syntax = g_strdup (transfer_syntax);
  part->calling_ae_title = g_strdup (calling_ae_title);
  part->fd = open (part->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (part->fd < 0)
    {
      gantry_keeper_disk_error (error, part->path, errno);
      part_free (part);
      return NULL;
    }

  part->meta_length = g_bytes_get_size (meta);
  gantry_part_write (part, g_bytes_get_data (meta, NULL), part->meta_length);
  part->size = 0;
  return part;
}

/* Its sender may go on for long: others get the room now. part->failed is set. */
static gboolean
give_up (GantryPart *part, GantryKept why)
{
  part->why = why;
  part->buffered = 0;
  if (ftruncate (part->fd, 0) != 0)
    g_warning ("%s is not emptied: %s", part->path, g_strerror (errno));
  gantry_space_forget (part->keeper->space);
  return FALSE;
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
          gantry_keeper_disk_error (&part->failed, part->path, errno);
          return give_up (part, GANTRY_NOT_KEPT);
        }
      gantry_space_note (part->keeper->space, (guint64)n);
      data += n;
      length -= (gsize)n;
    }
  return TRUE;
}

static gboolean
check_space (GantryPart *part)
{
  if (gantry_space_may_go_on (part->keeper->space))
    return TRUE;
  refuse_space (part->keeper, &part->failed);
  return give_up (part, GANTRY_REFUSED_SPACE);
}

static gboolean
flush (GantryPart *part)
{
  gsize n = part->buffered;

  part->buffered = 0;
  return part->failed == NULL && write_all (part, part->buffer, n);
}

gboolean
gantry_part_write (GantryPart *part, const guint8 *data, gsize length)
{
  part->size += length;
  if (part->failed != NULL)
    return FALSE;
  if ((part->buffered + length > GANTRY_PART_BUFFER_SIZE || length > GANTRY_PART_BUFFER_SIZE / 2)
      && !(check_space (part) && flush (part)))
    return FALSE;
  if (length > GANTRY_PART_BUFFER_SIZE / 2)
    return write_all (part, data, length);

  memcpy (part->buffer + part->buffered, data, length);
  part->buffered += length;
  return TRUE;
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

GantryKept
gantry_part_keep (GantryPart *part, char **path, GantryInstance **instance, GError **error)
{
  GantryKept kept = GANTRY_NOT_KEPT;

  *path = NULL;
  *instance = NULL;
  if (flush (part))
    kept = gantry_part_place (part, path, instance, error);
  else
    {
      kept = part->why;
      g_propagate_error (error, g_steal_pointer (&part->failed));
    }

  if (kept >= GANTRY_REFUSED_UNSAFE)
    {
      g_clear_pointer (instance, gantry_instance_unref);
      g_clear_pointer (path, g_free);
      g_unlink (part->path);
    }
  part_free (part);
  return kept;
}

/* ---- Removing ------------------------------------------------------------------------------- */

void
gantry_keeper_settle (GantryKeeper *self, const char *path)
{
  guint count;

  g_mutex_lock (&self->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->unsettled, path));
  if (count > 1)
    g_hash_table_insert (self->unsettled, g_strdup (path), GUINT_TO_POINTER (count - 1));
  else
    g_hash_table_remove (self->unsettled, path);
  g_mutex_unlock (&self->lock);
}

gboolean
gantry_keeper_is_unsettled (GantryKeeper *self, const char *path)
{
  gboolean unsettled;

  g_mutex_lock (&self->lock);
  unsettled = g_hash_table_contains (self->unsettled, path);
  g_mutex_unlock (&self->lock);
  return unsettled;
}

gboolean
gantry_keeper_has (GantryKeeper *self, const char *path)
{
  return gantry_folders_is_below (self->folders, path);
}

/* One object that is to go. */
typedef struct
{
  GantryKeeper *keeper;
  const char *path;
  const char *target; /* NULL: not to be moved, but removed */
  int (*remove) (const char *path, gpointer user_data);
  gpointer user_data;
} Taking;

/* With the tree to ourselves, so that none can come while we look. */
static int
take_settled (int folder, const char *name, gpointer data)
{
  const Taking *taking = data;

  if (gantry_keeper_is_unsettled (taking->keeper, taking->path))
    return EBUSY;
  if (taking->target == NULL)
    return taking->remove (taking->path, taking->user_data);
  return renameat (folder, name, AT_FDCWD, taking->target) == 0 ? 0 : errno;
}

int
gantry_keeper_take (GantryKeeper *self, const char *path, char **part)
{
  g_autofree char *target = make_part_path (self);
  Taking taking = { .keeper = self, .path = path, .target = target };
  int code = gantry_folders_take (self->folders, path, take_settled, &taking);

  *part = code == 0 ? g_steal_pointer (&target) : NULL;
  return code;
}

int
gantry_keeper_remove (GantryKeeper *self,
                      const char *path,
                      int (*remove) (const char *path, gpointer user_data),
                      gpointer user_data)
{
  Taking taking = { .keeper = self, .path = path, .remove = remove, .user_data = user_data };

  return gantry_folders_take (self->folders, path, take_settled, &taking);
}
