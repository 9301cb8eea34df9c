/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include "gantry-catalog.h"
#include "gantry-layout.h"

/* ---- Received studies ----------------------------------------------------------------------- */

static GPtrArray *
read_studies (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  if (question->text != NULL && *question->text != '\0')
    return gantry_catalog_search (db, GANTRY_OWNER_RECEIVED, question->text, question->data,
                                  question->offset, question->limit, total, error);
  return gantry_catalog_list (db, GANTRY_OWNER_RECEIVED, GANTRY_CATALOG_LAST_CHANGED_FIRST,
                              question->data, question->offset, question->limit, total, error);
}

void
gantry_engine_list_received_studies_async (GantryEngine *self,
                                           const char *text,
                                           const gint64 *except,
                                           gsize n_except,
                                           guint offset,
                                           guint limit,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data)
{
  GantryQuestion question = { .offset = offset, .limit = limit, .text = text };
  GString *ids = g_string_new (",");

  for (gsize i = 0; i < n_except; i++)
    g_string_append_printf (ids, "%" G_GINT64_FORMAT ",", except[i]);
  question.data = g_string_free (ids, FALSE);
  question.free_data = g_free;
  if (!gantry_engine_is_open (self, callback, user_data))
    g_free (question.data);
  else
    gantry_reader_ask (self->reader, self, read_studies, &question, cancellable, callback,
                       user_data);
}

/* ---- Layouts -------------------------------------------------------------------------------- */

char *
gantry_engine_describe_layout (GantryLayout layout, const char *pattern, GError **error)
{
  return gantry_layout_example (layout, pattern, error);
}

const char *const *
gantry_engine_list_layout_fields (void)
{
  return gantry_layout_list_fields ();
}
