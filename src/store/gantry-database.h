/* gantry-database.h - one SQLite connection: opening, migrating, and running statements
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A connection belongs to one thread. The core thread has the only one that writes; readers see
 * what was last committed (WAL).
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GantryDatabase GantryDatabase;

/**
 * gantry_database_open:
 * @writable: also creates and migrates it (PRAGMA user_version)
 * @error: %GANTRY_ERROR_STORAGE, also for a database that a newer Gantry made
 */
GantryDatabase *gantry_database_open (const char *path, gboolean writable, GError **error);
void gantry_database_close (GantryDatabase *self);

/* Transactions do not nest. What is committed survives a crash and a power cut (synchronous=FULL).
 */
gboolean gantry_database_begin (GantryDatabase *self, GError **error);
/* Any connection: what is read until gantry_database_rollback() is one state of the database. */
gboolean gantry_database_begin_read (GantryDatabase *self, GError **error);
/* Also FALSE, and all is undone, when something could not be read since the beginning: nothing is
 * kept that was decided without knowing. */
gboolean gantry_database_commit (GantryDatabase *self, GError **error);
void gantry_database_rollback (GantryDatabase *self);

/**
 * gantry_database_run:
 * @sql: one statement, a string constant: it is prepared once and kept by its address
 * @types: one letter a parameter: `i` gint64, `s` const char *, `b` GBytes * (NULL is SQL NULL)
 *
 * For statements without rows.
 */
gboolean
gantry_database_run (GantryDatabase *self, GError **error, const char *sql, const char *types, ...);
gint64 gantry_database_last_id (GantryDatabase *self);
guint gantry_database_changes (GantryDatabase *self);

/* A statement with rows, never NULL. Valid until the next gantry_database_query() with the same
 * @sql, and always ended with gantry_rows_end(): a list that could not be read to its end looks
 * like a shorter one. Who forgets it is told by a critical warning. */
typedef struct _GantryRows GantryRows;

GantryRows *gantry_database_query (GantryDatabase *self, const char *sql, const char *types, ...);
/* FALSE at the end, and after an error; which of them, gantry_rows_end() says. */
gboolean gantry_rows_next (GantryRows *rows);
/* Before the last row, or after it. FALSE when not all could be read up to there, with @error
 * (%GANTRY_ERROR_STORAGE) or, when that is NULL, with gantry_database_check(). */
gboolean gantry_rows_end (GantryRows *rows, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gint64 gantry_rows_int (GantryRows *rows, int column);
const char *gantry_rows_text (GantryRows *rows, int column); /* "" for NULL; until the next call */
GBytes *gantry_rows_bytes (GantryRows *rows, int column);    /* (transfer full); NULL for NULL */

/* @value: (inout): the first column of the first row; left alone when there is none */
gboolean gantry_database_read_int (
    GantryDatabase *self, gint64 *value, GError **error, const char *sql, const char *types, ...);
/* The first column of the first row; @fallback when there is none, and when it cannot be read:
 * then gantry_database_check() says so, and gantry_database_commit(). */
gint64 gantry_database_get_int (
    GantryDatabase *self, gint64 fallback, const char *sql, const char *types, ...);

/**
 * gantry_database_check:
 *
 * Whether everything could be read since the last call, or gantry_database_begin(), of what has no
 * @error of its own.
 */
gboolean gantry_database_check (GantryDatabase *self, GError **error);

/* (transfer full): ids as one parameter, for json_each() */
char *gantry_database_list_ids (const gint64 *ids, gsize n);

/* Another number than before means that another connection has written. */
gint64 gantry_database_get_version (GantryDatabase *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryDatabase, gantry_database_close)

G_END_DECLS
