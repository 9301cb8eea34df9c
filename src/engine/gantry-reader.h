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
  const char *text; /* copied when it is asked; NULL: none */
  guint outcomes;
  gint64 study_id;
  gpointer data; /* what else it is about; the reader frees it */
  GDestroyNotify free_data;
  gpointer memory; /* lives longer than the reader; touched by its thread only */

  /* Set by the reader. */
  GantryReader *reader;
  GCancellable *cancellable;
} GantryQuestion;

/* On the reader's thread. (transfer full) (element-type records); NULL with @error */
typedef GPtrArray *(*GantryReaderFunc) (GantryDatabase *db,
                                        const GantryQuestion *question,
                                        guint *total,
                                        GError **error);

/* Any thread: nobody waits for the answer any more, so what takes long had better end. */
gboolean gantry_question_is_over (const GantryQuestion *question);

/* @error: from the database */
GantryReader *gantry_reader_new (const char *database, GError **error);
/* Waits for the question that is being answered, which is told to end; the others end as
 * cancelled. */
void gantry_reader_free (GantryReader *self);

/* Answers @task, whose source is @source, in its own main context. */
void gantry_reader_ask (GantryReader *self,
                        gpointer source,
                        GantryReaderFunc func,
                        const GantryQuestion *question,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
/* Whether it was a reader who was asked. */
gboolean gantry_reader_is_answer (GAsyncResult *result);
/* For the _finish function. @total: (optional) */
GPtrArray *gantry_reader_answer (GAsyncResult *result, guint *total, GError **error);

G_END_DECLS
