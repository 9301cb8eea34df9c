/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-database.h"

#include <glib/gi18n-lib.h>
#include <sqlite3.h>

#include "gantry-error.h"
#include "gantry-schema.h"

struct _GantryDatabase
{
  sqlite3 *handle;
  GHashTable *statements; /* const char * by address → sqlite3_stmt * */
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
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

GantryDatabase *
gantry_database_open (const char *path, gboolean writable, GError **error)
{
  g_autoptr (GantryDatabase) self = g_new0 (GantryDatabase, 1);
  int flags = writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;

  self->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize_statement);
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
  g_free (self);
}

gboolean
gantry_database_begin (GantryDatabase *self, GError **error)
{
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
  if (exec (self, "COMMIT", error))
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

static sqlite3_stmt *
prepare (GantryDatabase *self, const char *sql, const char *types, va_list args, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);

  if (statement == NULL)
    {
      if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)
          != SQLITE_OK)
        {
          fail (self, error);
          return NULL;
        }
      g_hash_table_insert (self->statements, (gpointer)sql, statement);
    }

  sqlite3_reset (statement);
  for (int i = 0; types[i] != '\0'; i++)
    if (types[i] == 'i')
      sqlite3_bind_int64 (statement, i + 1, va_arg (args, gint64));
    else if (types[i] == 'b')
      bind_bytes (statement, i + 1, va_arg (args, GBytes *));
    else
      sqlite3_bind_text (statement, i + 1, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
  return statement;
}

gboolean
gantry_database_run (GantryDatabase *self, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  va_list args;
  int rc;

  va_start (args, types);
  statement = prepare (self, sql, types, args, error);
  va_end (args);
  if (statement == NULL)
    return FALSE;

  rc = sqlite3_step (statement);
  if (rc != SQLITE_DONE && rc != SQLITE_ROW)
    fail (self, error);
  sqlite3_reset (statement);
  return rc == SQLITE_DONE || rc == SQLITE_ROW;
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
gantry_database_query (
    GantryDatabase *self, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  va_list args;

  va_start (args, types);
  statement = prepare (self, sql, types, args, error);
  va_end (args);
  return (GantryRows *)statement;
}

gboolean
gantry_rows_next (GantryRows *rows)
{
  sqlite3_stmt *statement = (sqlite3_stmt *)rows;
  int rc = sqlite3_step (statement);

  if (rc == SQLITE_ROW)
    return TRUE;
  if (rc != SQLITE_DONE)
    g_warning ("Reading the database failed: %s", sqlite3_errmsg (sqlite3_db_handle (statement)));
  sqlite3_reset (statement);
  return FALSE;
}

void
gantry_rows_end (GantryRows *rows)
{
  sqlite3_reset ((sqlite3_stmt *)rows);
}

gint64
gantry_rows_int (GantryRows *rows, int column)
{
  return sqlite3_column_int64 ((sqlite3_stmt *)rows, column);
}

const char *
gantry_rows_text (GantryRows *rows, int column)
{
  const char *text = (const char *)sqlite3_column_text ((sqlite3_stmt *)rows, column);

  return text != NULL ? text : "";
}

GBytes *
gantry_rows_bytes (GantryRows *rows, int column)
{
  sqlite3_stmt *statement = (sqlite3_stmt *)rows;
  const void *data = sqlite3_column_blob (statement, column);

  return data != NULL ? g_bytes_new (data, (gsize)sqlite3_column_bytes (statement, column)) : NULL;
}

gint64
gantry_database_get_int (
    GantryDatabase *self, gint64 fallback, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  va_list args;
  gint64 value = fallback;

  va_start (args, types);
  statement = prepare (self, sql, types, args, NULL);
  va_end (args);
  if (statement != NULL && gantry_rows_next ((GantryRows *)statement))
    {
      value = gantry_rows_int ((GantryRows *)statement, 0);
      sqlite3_reset (statement);
    }
  return value;
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
