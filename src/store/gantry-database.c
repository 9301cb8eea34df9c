/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-database.h"

#include <glib/gi18n-lib.h>
#include <sqlite3.h>

#include "gantry-error.h"
#include "gantry-schema.h"

struct _GantryRows
{
  GantryDatabase *db;
  sqlite3_stmt *statement; /* NULL: it could not be prepared */
  gboolean open;           /* nobody has asked yet how the reading ended */
  GError *error;           /* what ended it before its time */
};

struct _GantryDatabase
{
  sqlite3 *handle;
  GHashTable *statements; /* const char * by address → GantryRows * */
  GError *unread;         /* of a reading whose caller had no place for it */
};

static gboolean
fail (GantryDatabase *self, GError **error)
{
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
               _ ("The database of this profile cannot be used: %s"),
               sqlite3_errmsg (self->handle));
  return FALSE;
}

static gboolean
exec (GantryDatabase *self, const char *sql, GError **error)
{
  return sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail (self, error);
}

static gboolean
migrate (GantryDatabase *self, GError **error)
{
  guint version;

  if (!gantry_database_begin (self, error))
    return FALSE;

  /* Read inside the transaction: another process may be migrating too. */
  version = (guint)gantry_database_get_int (self, 0, "PRAGMA user_version", "");
  if (!gantry_database_check (self, error))
    {
      gantry_database_rollback (self);
      return FALSE;
    }
  if (version > gantry_schema_version)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                   _ ("This profile was made by a newer Gantry (version %u of the database, this "
                      "program knows %u). Start the newer program, or choose another profile."),
                   version, gantry_schema_version);
      gantry_database_rollback (self);
      return FALSE;
    }

  for (; version < gantry_schema_version; version++)
    {
      g_autofree char *mark = g_strdup_printf ("PRAGMA user_version = %u", version + 1);

      if (!exec (self, gantry_schema_migrations[version], error) || !exec (self, mark, error))
        {
          gantry_database_rollback (self);
          return FALSE;
        }
    }
  return gantry_database_commit (self, error);
}

static void
rows_free (gpointer data)
{
  GantryRows *rows = data;

  if (rows->open)
    g_critical ("Nobody asked whether all was read of: %s", sqlite3_sql (rows->statement));
  sqlite3_finalize (rows->statement);
  g_clear_error (&rows->error);
  g_free (rows);
}

GantryDatabase *
gantry_database_open (const char *path, gboolean writable, GError **error)
{
  g_autoptr (GantryDatabase) self = g_new0 (GantryDatabase, 1);
  int flags = writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;

  self->statements = g_hash_table_new_full (NULL, NULL, NULL, rows_free);
  if (sqlite3_open_v2 (path, &self->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      fail (self, error);
      return NULL;
    }

  /* Another process with the same profile writes for milliseconds at most. */
  sqlite3_busy_timeout (self->handle, 10000);
  if (!exec (self, "PRAGMA journal_mode = WAL", error)
      || !exec (self, "PRAGMA synchronous = FULL", error)
      || !exec (self, "PRAGMA foreign_keys = ON", error)
      || !exec (self, writable ? "PRAGMA query_only = OFF" : "PRAGMA query_only = ON", error))
    return NULL;
  if (writable && !migrate (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
gantry_database_close (GantryDatabase *self)
{
  g_hash_table_unref (self->statements);
  sqlite3_close (self->handle);
  g_clear_error (&self->unread);
  g_free (self);
}

gboolean
gantry_database_begin (GantryDatabase *self, GError **error)
{
  if (self->unread != NULL)
    g_warning ("Reading the database failed: %s", self->unread->message);
  g_clear_error (&self->unread);
  /* Immediate: a lock that cannot be had fails here and not in the middle. */
  return exec (self, "BEGIN IMMEDIATE", error);
}

gboolean
gantry_database_begin_read (GantryDatabase *self, GError **error)
{
  return exec (self, "BEGIN", error);
}

gboolean
gantry_database_commit (GantryDatabase *self, GError **error)
{
  if (gantry_database_check (self, error) && exec (self, "COMMIT", error))
    return TRUE;

  gantry_database_rollback (self);
  return FALSE;
}

void
gantry_database_rollback (GantryDatabase *self)
{
  /* SQLite may have rolled back by itself (disk full); then there is nothing to do. */
  if (sqlite3_get_autocommit (self->handle) == 0)
    exec (self, "ROLLBACK", NULL);
}

static void
bind_bytes (sqlite3_stmt *statement, int at, GBytes *bytes)
{
  gsize length = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  sqlite3_bind_blob64 (statement, at, data, length, SQLITE_TRANSIENT);
}

/* With an error when it cannot be prepared. */
static GantryRows *
prepare (GantryDatabase *self, const char *sql, const char *types, va_list args)
{
  GantryRows *rows = g_hash_table_lookup (self->statements, sql);

  if (rows == NULL)
    {
      rows = g_new0 (GantryRows, 1);
      rows->db = self;
      g_hash_table_insert (self->statements, (gpointer)sql, rows);
    }
  if (rows->open)
    g_critical ("Nobody asked whether all was read of: %s", sql);
  g_clear_error (&rows->error);
  if (rows->statement == NULL
      && sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &rows->statement,
                             NULL)
             != SQLITE_OK)
    {
      fail (self, &rows->error);
      return rows;
    }

  sqlite3_reset (rows->statement);
  for (int i = 0; types[i] != '\0'; i++)
    if (types[i] == 'i')
      sqlite3_bind_int64 (rows->statement, i + 1, va_arg (args, gint64));
    else if (types[i] == 'b')
      bind_bytes (rows->statement, i + 1, va_arg (args, GBytes *));
    else
      sqlite3_bind_text (rows->statement, i + 1, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
  return rows;
}

gboolean
gantry_database_run (GantryDatabase *self, GError **error, const char *sql, const char *types, ...)
{
  GantryRows *rows;
  va_list args;

  va_start (args, types);
  rows = prepare (self, sql, types, args);
  va_end (args);
  gantry_rows_next (rows);
  return gantry_rows_end (rows, error);
}

gint64
gantry_database_last_id (GantryDatabase *self)
{
  return sqlite3_last_insert_rowid (self->handle);
}

guint
gantry_database_changes (GantryDatabase *self)
{
  return (guint)sqlite3_changes (self->handle);
}

GantryRows *
gantry_database_query (GantryDatabase *self, const char *sql, const char *types, ...)
{
  GantryRows *rows;
  va_list args;

  va_start (args, types);
  rows = prepare (self, sql, types, args);
  va_end (args);
  rows->open = TRUE;
  return rows;
}

gboolean
gantry_rows_next (GantryRows *rows)
{
  int rc;

  if (rows->error != NULL)
    return FALSE;
  rc = sqlite3_step (rows->statement);
  if (rc == SQLITE_ROW)
    return TRUE;
  if (rc != SQLITE_DONE)
    fail (rows->db, &rows->error);
  sqlite3_reset (rows->statement);
  return FALSE;
}

gboolean
gantry_rows_end (GantryRows *rows, GError **error)
{
  rows->open = FALSE;
  if (rows->statement != NULL)
    sqlite3_reset (rows->statement);
  if (rows->error == NULL)
    return TRUE;
  if (error == NULL && rows->db->unread == NULL)
    error = &rows->db->unread;
  g_propagate_error (error, g_steal_pointer (&rows->error));
  return FALSE;
}

gboolean
gantry_database_check (GantryDatabase *self, GError **error)
{
  if (self->unread == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->unread));
  return FALSE;
}

gint64
gantry_rows_int (GantryRows *rows, int column)
{
  return sqlite3_column_int64 (rows->statement, column);
}

const char *
gantry_rows_text (GantryRows *rows, int column)
{
  const char *text = (const char *)sqlite3_column_text (rows->statement, column);

  return text != NULL ? text : "";
}

GBytes *
gantry_rows_bytes (GantryRows *rows, int column)
{
  const void *data = sqlite3_column_blob (rows->statement, column);

  return data != NULL ? g_bytes_new (data, (gsize)sqlite3_column_bytes (rows->statement, column))
                      : NULL;
}

static gboolean
read_first (GantryRows *rows, gint64 *value, GError **error)
{
  if (gantry_rows_next (rows))
    *value = gantry_rows_int (rows, 0);
  return gantry_rows_end (rows, error);
}

gboolean
gantry_database_read_int (
    GantryDatabase *self, gint64 *value, GError **error, const char *sql, const char *types, ...)
{
  GantryRows *rows;
  va_list args;

  va_start (args, types);
  rows = prepare (self, sql, types, args);
  va_end (args);
  return read_first (rows, value, error);
}

gint64
gantry_database_get_int (
    GantryDatabase *self, gint64 fallback, const char *sql, const char *types, ...)
{
  GantryRows *rows;
  va_list args;
  gint64 value = fallback;

  va_start (args, types);
  rows = prepare (self, sql, types, args);
  va_end (args);
  return read_first (rows, &value, NULL) ? value : fallback;
}

char *
gantry_database_list_ids (const gint64 *ids, gsize n)
{
  GString *list = g_string_new ("[");

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (list, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", ids[i]);
  g_string_append_c (list, ']');
  return g_string_free (list, FALSE);
}

gint64
gantry_database_get_version (GantryDatabase *self)
{
  return gantry_database_get_int (self, 0, "PRAGMA data_version", "");
}
