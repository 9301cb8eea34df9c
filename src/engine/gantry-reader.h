/* gantry-reader.h - answers questions about the database, on a thread that does nothing else
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-database.h"

G_BEGIN_DECLS

typedef struct _GantryReader GantryReader;

/* A question: values in, rows out. */
typedef struct
{
  gint64 id;
  guint offset, limit;
  const char *text; /* a string that outlives the reader */
} GantryQuestion;

/* On the reader's thread. (transfer full) (element-type records); NULL with @error */
typedef GPtrArray *(*GantryReaderFunc) (GantryDatabase *db,
                                        const GantryQuestion *question,
                                        guint *total,
                                        GError **error);

/* @error: from the database */
GantryReader *gantry_reader_new (const char *database, GError **error);
/* Waits for the question that is being answered; the others end as cancelled. */
void gantry_reader_free (GantryReader *self);

/* Answers @task, whose source is @source, in its own main context. */
void gantry_reader_ask (GantryReader *self,
                        gpointer source,
                        GantryReaderFunc func,
                        const GantryQuestion *question,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
/* For the _finish function. @total: (optional) */
GPtrArray *gantry_reader_answer (GAsyncResult *result, guint *total, GError **error);

G_END_DECLS
