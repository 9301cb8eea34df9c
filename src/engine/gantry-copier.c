/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-copier.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gantry-error.h"
#include "gantry-files.h"
#include "gantry-layout.h"
#include "gantry-received-table.h"

#define PAGE 64
#define BLOCK (1024 * 1024)
/* So many objects with one name and different content; more are the work of somebody who means it.
 */
#define SAME_NAME_MAX 1000

typedef struct
{
  GantryDatabase *db;
  const char *folder;
  GantryLayoutPattern *pattern;
  GantryFileProgress progress;
  gpointer user_data;
  GCancellable *cancellable;
  guint64 done, total; /* octets */
  guint8 *block;
  GantryCopyResult *result;
} Copier;

typedef enum
{
  COPY_DONE,
  COPY_UNREADABLE, /* the object; the others may be well */
  COPY_IMPOSSIBLE, /* the folder */
  COPY_STOPPED,    /* by the user */
} Outcome;

static Outcome
unreadable (Copier *self, const char *path, int code)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *text
      = g_strdup_printf (_ ("%1$s cannot be read: %2$s."), name, g_strerror (code));

  if (*self->result->message == '\0')
    gantry_record_set (&self->result->message, text);
  return COPY_UNREADABLE;
}

/* Why it is over is worth more than what could not be read before. */
static Outcome
impossible (Copier *self, const char *path, int code)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *text
      = g_strdup_printf (_ ("%1$s cannot be written: %2$s."), name, g_strerror (code));

  gantry_record_set (&self->result->message, text);
  return COPY_IMPOSSIBLE;
}

/* ---- One file ------------------------------------------------------------------------------- */

static gboolean
write_all (int fd, const guint8 *data, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      size -= (gsize)n;
    }
  return TRUE;
}

static Outcome
copy_octets (Copier *self, int from, const char *source, int to, const char *target)
{
  for (;;)
    {
      gssize n = read (from, self->block, BLOCK);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return unreadable (self, source, errno);
      if (n == 0)
        break;
      if (!write_all (to, self->block, (gsize)n))
        return impossible (self, target, errno);
      self->done += (guint64)n;
      self->result->bytes += (guint64)n;
      /* A file has a header more than what came over the network, which is what is counted. */
      self->progress (MIN (self->done, self->total), self->total, self->user_data);
      if (g_cancellable_is_cancelled (self->cancellable))
        return COPY_STOPPED;
    }
  return fdatasync (to) == 0 ? COPY_DONE : impossible (self, target, errno);
}

/* @stem: folder and name, without number and “.dcm” */
static Outcome
name_part (Copier *self, const char *part, const char *stem)
{
  for (guint i = 1; i < SAME_NAME_MAX; i++)
    {
      g_autofree char *name
          = i == 1 ? g_strconcat (stem, ".dcm", NULL) : g_strdup_printf ("%s-%u.dcm", stem, i);

      if (gantry_file_rename_new (part, AT_FDCWD, name))
        {
          self->result->copied++;
          return COPY_DONE;
        }
      if (errno != EEXIST)
        return impossible (self, name, errno);
    }
  return impossible (self, stem, EEXIST);
}

/* Whether one of the files with that name is the same. */
static gboolean
is_present (Copier *self, const char *source, const char *stem)
{
  for (guint i = 1; i < SAME_NAME_MAX; i++)
    {
      g_autofree char *name
          = i == 1 ? g_strconcat (stem, ".dcm", NULL) : g_strdup_printf ("%s-%u.dcm", stem, i);

      if (!g_file_test (name, G_FILE_TEST_EXISTS))
        return FALSE;
      if (gantry_files_compare (source, name, self->cancellable) == GANTRY_FILES_EQUAL)
        return TRUE;
    }
  return FALSE;
}

static Outcome
copy_to_part (Copier *self, int from, const char *source, const char *stem)
{
  g_autofree char *folder = g_path_get_dirname (stem);
  g_autofree char *part = g_build_filename (folder, ".gantry-XXXXXX.part", NULL);
  int to = g_mkstemp_full (part, O_RDWR | O_CLOEXEC, 0666);
  guint64 bytes = self->result->bytes;
  Outcome outcome;

  if (to < 0)
    return impossible (self, folder, errno);
  outcome = copy_octets (self, from, source, to, part);
  if (close (to) != 0 && outcome == COPY_DONE)
    outcome = impossible (self, part, errno);
  if (outcome == COPY_DONE)
    outcome = name_part (self, part, stem);
  if (outcome != COPY_DONE)
    {
      g_unlink (part);
      self->result->bytes = bytes;
    }
  return outcome;
}

/* ---- One object ----------------------------------------------------------------------------- */

/* Its place below the folder, which is made; NULL with errno. */
static char *
make_place (Copier *self, const GantryReceived *object, const GantryInstance *instance)
{
  g_auto (GStrv) names
      = gantry_layout_pattern_expand (self->pattern, instance, object->sop_instance_uid, "");
  g_autofree char *below = g_build_filenamev (names);
  g_autofree char *stem = g_build_filename (self->folder, below, NULL);
  g_autofree char *parent = g_path_get_dirname (stem);

  return g_mkdir_with_parents (parent, 0777) == 0 ? g_steal_pointer (&stem) : NULL;
}

static Outcome
copy_object (Copier *self, const GantryReceived *object)
{
  guint64 before = self->done;
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryInstance) instance = gantry_instance_read (object->path, &error);
  g_autofree char *stem = NULL;
  Outcome outcome;
  int from;

  if (instance == NULL)
    {
      if (*self->result->message == '\0')
        gantry_record_set (&self->result->message, error->message);
      return COPY_UNREADABLE;
    }
  stem = make_place (self, object, instance);
  if (stem == NULL)
    return impossible (self, self->folder, errno);
  if (is_present (self, object->path, stem))
    {
      self->result->present++;
      self->done = before + object->size;
      return COPY_DONE;
    }
  from = open (object->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (from < 0)
    return unreadable (self, object->path, errno);
  outcome = copy_to_part (self, from, object->path, stem);
  close (from);
  self->done = before + object->size; /* also when it has become another one */
  return outcome;
}

/* ---- All of them ---------------------------------------------------------------------------- */

static GPtrArray *
list_page (Copier *self, const GantryReceivedChoice *choice, gint64 after, GError **error)
{
  GPtrArray *page;

  if (choice->object_id == 0)
    return gantry_received_table_list_study (self->db, choice->study_id, choice->series_id, after,
                                             0, PAGE, NULL, error);
  if (after >= choice->object_id)
    return gantry_record_array_new ();
  page = gantry_received_table_list_study (self->db, choice->study_id, choice->series_id,
                                           choice->object_id - 1, 0, 1, NULL, error);
  if (page != NULL && page->len > 0 && ((GantryReceived *)page->pdata[0])->id != choice->object_id)
    g_ptr_array_set_size (page, 0);
  return page;
}

/* Returns: %FALSE when it is over with the others too */
static gboolean
copy_choice (Copier *self, const GantryReceivedChoice *choice, GError **error)
{
  gint64 after = 0;

  for (;;)
    {
      g_autoptr (GPtrArray) page = list_page (self, choice, after, error);

      if (page == NULL)
        return FALSE;
      if (page->len == 0)
        return TRUE;
      for (guint i = 0; i < page->len; i++)
        {
          const GantryReceived *object = page->pdata[i];
          Outcome outcome = g_cancellable_is_cancelled (self->cancellable)
                                ? COPY_STOPPED
                                : copy_object (self, object);

          if (outcome == COPY_UNREADABLE)
            self->result->failed++;
          self->result->stopped = outcome == COPY_IMPOSSIBLE || outcome == COPY_STOPPED;
          if (self->result->stopped)
            return FALSE;
          after = object->id;
        }
    }
}

static gboolean
count_octets (Copier *self, const GantryReceivedChoice *choices, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (choices[i].object_id == 0)
      {
        self->total += gantry_received_table_sum_study (self->db, choices[i].study_id,
                                                        choices[i].series_id);
      }
    else
      {
        g_autoptr (GPtrArray) page = list_page (self, &choices[i], 0, error);

        if (page == NULL)
          return FALSE;
        if (page->len > 0)
          self->total += ((GantryReceived *)page->pdata[0])->size;
      }
  return gantry_database_check (self->db, error);
}

/* What is there already needs none, so that this is only said of what can never fit. */
static gboolean
check_room (Copier *self, GError **error)
{
  g_autofree char *name = g_filename_display_name (self->folder);
  g_autofree char *needed = g_format_size (self->total);
  g_autofree char *there = NULL;
  struct statvfs st;

  if (statvfs (self->folder, &st) != 0)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE, _ ("%1$s cannot be written: %2$s."),
                   name, g_strerror (errno));
      return FALSE;
    }
  if (self->total <= (guint64)st.f_blocks * st.f_frsize)
    return TRUE;
  there = g_format_size ((guint64)st.f_blocks * st.f_frsize);
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
               _ ("The objects need %1$s, and the disk of %2$s has only %3$s."), needed, name,
               there);
  return FALSE;
}

GantryCopyResult *
gantry_copier_run (GantryDatabase *db,
                   const GantryReceivedChoice *choices,
                   gsize n,
                   const char *folder,
                   GantryLayout layout,
                   GantryFileProgress progress,
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GantryLayoutPattern) pattern = gantry_layout_pattern_new (layout, NULL, error);
  g_autoptr (GantryCopyResult) result = gantry_copy_result_new ();
  g_autofree guint8 *block = g_malloc (BLOCK);
  Copier self = { .db = db,
                  .folder = folder,
                  .pattern = pattern,
                  .progress = progress,
                  .user_data = user_data,
                  .cancellable = cancellable,
                  .block = block,
                  .result = result };
  g_autoptr (GError) problem = NULL;

  if (pattern == NULL || !count_octets (&self, choices, n, error) || !check_room (&self, error))
    return NULL;
  for (gsize i = 0; i < n; i++)
    if (!copy_choice (&self, &choices[i], &problem))
      break;
  if (problem != NULL)
    {
      result->stopped = TRUE;
      gantry_record_set (&result->message, problem->message);
    }
  return g_steal_pointer (&result);
}
