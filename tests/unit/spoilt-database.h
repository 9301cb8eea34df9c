/* spoilt-database.h - a database of which pages cannot be read, as after a broken disk, for tests
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gantry-database.h"

typedef struct
{
  char *path;
  gint64 size;   /* of a page */
  GArray *pages; /* (element-type gint64): where they begin */
  GBytes *before;
} Spoilt;

/* Writes @bytes, or nothing but zeros, where the pages are. By another process: one that closes a
 * file loses all of its locks on that file, also SQLite's. */
static inline void
spoilt_write (Spoilt *self, GBytes *bytes)
{
  g_autofree char *nothing = g_malloc0 ((gsize)self->size);
  pid_t child = fork ();
  int status, fd;

  if (child == 0)
    {
      fd = open (self->path, O_WRONLY);
      for (guint i = 0; i < self->pages->len; i++)
        {
          const char *page = bytes != NULL
                                 ? (const char *)g_bytes_get_data (bytes, NULL) + i * self->size
                                 : nothing;

          if (pwrite (fd, page, (size_t)self->size, g_array_index (self->pages, gint64, i))
              != self->size)
            _exit (1);
        }
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

static inline void
spoilt_find_pages (
    Spoilt *self, GantryDatabase *db, const char *table, guint good, gboolean indexes)
{
  GantryRows *rows = gantry_database_query (
      db,
      "SELECT (pageno - 1) * ?2 FROM (SELECT pageno, row_number () OVER (PARTITION BY name ORDER "
      "BY path) AS n FROM dbstat WHERE pagetype = 'leaf' AND (name = ?1 OR (?4 AND name IN (SELECT "
      "name FROM sqlite_schema WHERE tbl_name = ?1)))) WHERE n > ?3",
      "siii", table, self->size, (gint64)good, (gint64)indexes);

  while (gantry_rows_next (rows))
    {
      gint64 place = gantry_rows_int (rows, 0);

      g_array_append_val (self->pages, place);
    }
  g_assert_true (gantry_rows_end (rows, NULL));
}

/* Others who have the database open look at its pages anew. */
static inline void
spoilt_touch (GantryDatabase *db)
{
  static char sql[64];

  g_snprintf (sql, sizeof sql, "PRAGMA user_version = %d",
              (int)gantry_database_get_int (db, 0, "PRAGMA user_version", ""));
  g_assert_true (gantry_database_run (db, NULL, sql, ""));
}

/* Overwrites the leaves of @table, and of its @indexes, but for the first @good of each: what is
 * read in order fails in the middle of the rows. Others may have the database open. */
static inline Spoilt *
spoil_table (const char *path, const char *table, guint good, gboolean indexes)
{
  Spoilt *self = g_new0 (Spoilt, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryDatabase) db = gantry_database_open (path, TRUE, &error);
  g_autofree char *content = NULL;
  g_autoptr (GByteArray) before = g_byte_array_new ();

  g_assert_no_error (error);
  self->path = g_strdup (path);
  self->size = gantry_database_get_int (db, 0, "PRAGMA page_size", "");
  self->pages = g_array_new (FALSE, FALSE, sizeof (gint64));
  spoilt_find_pages (self, db, table, good, indexes);
  g_assert_cmpuint (self->pages->len, >, 0);
  /* All is in the one file then. */
  g_assert_cmpint (gantry_database_get_int (db, 1, "PRAGMA wal_checkpoint (TRUNCATE)", ""), ==, 0);

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  for (guint i = 0; i < self->pages->len; i++)
    g_byte_array_append (before, (const guint8 *)content + g_array_index (self->pages, gint64, i),
                         (guint)self->size);
  self->before = g_byte_array_free_to_bytes (g_steal_pointer (&before));
  spoilt_write (self, NULL);
  spoilt_touch (db);
  return self;
}

static inline void
spoilt_free (Spoilt *self)
{
  g_free (self->path);
  g_array_unref (self->pages);
  g_bytes_unref (self->before);
  g_free (self);
}

/* (transfer full) @self: the pages are as they were. */
static inline void
spoilt_mend (Spoilt *self)
{
  g_autoptr (GantryDatabase) db = gantry_database_open (self->path, TRUE, NULL);

  spoilt_write (self, self->before);
  spoilt_touch (db);
  spoilt_free (self);
}
