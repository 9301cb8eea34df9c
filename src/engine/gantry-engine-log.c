/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include "gantry-association-compare.h"
#include "gantry-association-report.h"
#include "gantry-log-search.h"
#include "gantry-log-table.h"
#include "gantry-message-table.h"
#include "gantry-pdu.h"
#include "gantry-received-table.h"
#include "gantry-receiver.h"
#include "gantry-user-items.h"

/* ---- Lists ---------------------------------------------------------------------------------- */

static void
ask_with_filter (GantryEngine *self,
                 GantryReaderFunc func,
                 const GantryAssociationFilter *filter,
                 guint offset,
                 guint limit,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  GantryQuestion question = { .offset = offset, .limit = limit, .memory = self->log_search };

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  question.data = gantry_association_filter_copy (filter);
  question.free_data = gantry_association_filter_free;
  gantry_reader_ask (gantry_association_filter_is_empty (filter) ? self->reader
                                                                 : self->log_searcher,
                     self, func, &question, cancellable, callback, user_data);
}

void
gantry_engine_list_associations_async (GantryEngine *self,
                                       const GantryAssociationFilter *filter,
                                       guint offset,
                                       guint limit,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  ask_with_filter (self, gantry_association_search_list, filter, offset, limit, cancellable,
                   callback, user_data);
}

void
gantry_engine_sum_associations_async (GantryEngine *self,
                                      const GantryAssociationFilter *filter,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  ask_with_filter (self, gantry_association_search_sum, filter, 0, 0, cancellable, callback,
                   user_data);
}

/* A page of what belongs to one association. */
static void
ask_for_page (GantryEngine *self,
              GantryReaderFunc read,
              gint64 association_id,
              guint offset,
              guint limit,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  const GantryQuestion question = { .id = association_id, .offset = offset, .limit = limit };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read, &question, cancellable, callback, user_data);
}

static GPtrArray *
read_names (GantryDatabase *db,
            const GantryQuestion *question G_GNUC_UNUSED,
            guint *total,
            GError **error)
{
  GantryLogNames *names = gantry_log_list_names (db, error);
  GPtrArray *rows;

  if (names == NULL)
    return NULL;
  rows = gantry_record_array_new ();
  g_ptr_array_add (rows, names);
  *total = 1;
  return rows;
}

void
gantry_engine_list_log_names_async (GantryEngine *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  const GantryQuestion question = { 0 };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->log_searcher, self, read_names, &question, cancellable, callback,
                       user_data);
}

static GPtrArray *
read_messages (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  return gantry_message_table_list (db, question->id, question->offset, question->limit, total,
                                    error);
}

void
gantry_engine_list_messages_async (GantryEngine *self,
                                   gint64 association_id,
                                   guint offset,
                                   guint limit,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  ask_for_page (self, read_messages, association_id, offset, limit, cancellable, callback,
                user_data);
}

static GPtrArray *
read_received (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  return gantry_received_table_list (db, question->id, question->offset, question->limit, total,
                                     error);
}

void
gantry_engine_list_received_async (GantryEngine *self,
                                   gint64 association_id,
                                   guint offset,
                                   guint limit,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  ask_for_page (self, read_received, association_id, offset, limit, cancellable, callback,
                user_data);
}

/* ---- One association ------------------------------------------------------------------------ */

/* One that was rejected never got as far as its contexts: none of the results of PS3.8 9.3.3.2. */
static void
add_unanswered_contexts (GantryAssociationRecord *record, GPtrArray *proposed)
{
  for (guint i = 0; i < proposed->len; i++)
    {
      const GantryContext *context = proposed->pdata[i];

      g_ptr_array_add (record->contexts, gantry_context_new (context->id, context->abstract_syntax,
                                                             (const char *const *)context->proposed,
                                                             "", GANTRY_CONTEXT_NOT_ANSWERED));
    }
}

static gboolean
parse (GBytes *bytes, GantryAssociatePdu *pdu)
{
  gsize length = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  return length > 0 && (*data == GANTRY_PDU_ASSOCIATE_RQ || *data == GANTRY_PDU_ASSOCIATE_AC)
         && gantry_associate_pdu_parse (pdu, data, length, NULL);
}

/* What the PDUs say beyond the columns. */
static void
fill_from_pdus (GantryAssociationRecord *record)
{
  g_auto (GantryAssociatePdu) request = { 0 };
  g_auto (GantryAssociatePdu) answer = { 0 };

  if (parse (record->request_pdu, &request))
    {
      g_ptr_array_unref (record->proposed_extended);
      record->proposed_extended = g_ptr_array_ref (request.extended);
      if (record->contexts->len == 0)
        add_unanswered_contexts (record, request.contexts);
    }
  if (parse (record->answer_pdu, &answer))
    {
      g_ptr_array_unref (record->answered_extended);
      record->answered_extended = g_ptr_array_ref (answer.extended);
    }
  g_ptr_array_unref (record->request_items);
  record->request_items = gantry_user_items_describe (record->request_pdu);
  g_ptr_array_unref (record->answer_items);
  record->answer_items = gantry_user_items_describe (record->answer_pdu);
}

static void
compare_with_last (GantryDatabase *db, GantryAssociationRecord *record)
{
  gint64 id = gantry_log_table_find_before (db, record);
  g_autoptr (GantryAssociationRecord) before
      = id != 0 ? gantry_log_table_get_association (db, id, NULL) : NULL;

  if (before == NULL)
    return;
  record->compared_id = id;
  g_strfreev (record->differences);
  record->differences = gantry_association_compare (record, before);
}

static GPtrArray *
read_association (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  g_autoptr (GPtrArray) answer = gantry_record_array_new ();
  g_autoptr (GError) failure = NULL;
  GantryAssociationRecord *record = gantry_log_table_get_association (db, question->id, &failure);

  *total = record != NULL ? 1 : 0;
  if (record == NULL && !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  if (record != NULL)
    {
      fill_from_pdus (record);
      /* A caller that said nothing of itself has no last time. */
      if (record->request_pdu != NULL || record->contexts->len > 0)
        compare_with_last (db, record);
      g_ptr_array_add (answer, record);
    }
  return g_steal_pointer (&answer);
}

void
gantry_engine_get_association_async (GantryEngine *self,
                                     gint64 id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  const GantryQuestion question = { .id = id };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_association, &question, cancellable, callback,
                       user_data);
}

/* ---- Clearing and exporting ----------------------------------------------------------------- */

static void
clear_associations_call (GantryCore *core, gpointer data G_GNUC_UNUSED)
{
  if (core->receiver != NULL)
    gantry_receiver_clear_log (core->receiver);
}

void
gantry_engine_clear_associations (GantryEngine *self)
{
  gantry_engine_post (self, clear_associations_call, NULL, NULL);
}

typedef struct
{
  GantryAssociationFilter *filter;
  char *path;
  GantryReportFormat format;
} Export;

static void
export_free (gpointer data)
{
  Export *self = data;

  gantry_association_filter_free (self->filter);
  g_free (self->path);
  g_free (self);
}

static GPtrArray *
write_export (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  const Export *export = question->data;

  *total = 0;
  if (!gantry_association_report_write (db, export->filter, export->path, export->format, question,
                                        error))
    return NULL;
  return gantry_record_array_new ();
}

void
gantry_engine_export_associations_async (GantryEngine *self,
                                         const GantryAssociationFilter *filter,
                                         const char *path,
                                         GantryReportFormat format,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  GantryQuestion question = { 0 };
  Export *export;

  if (!gantry_engine_is_open (self, callback, user_data))
    return;
  export = g_new0 (Export, 1);
  export->filter = gantry_association_filter_copy (filter);
  export->path = g_strdup (path);
  export->format = format;
  question.data = export;
  question.free_data = export_free;
  gantry_reader_ask (self->log_searcher, self, write_export, &question, cancellable, callback,
                     user_data);
}

gboolean
gantry_engine_export_associations_finish (GantryEngine *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GPtrArray) done = gantry_engine_list_finish (self, result, NULL, error);

  return done != NULL;
}
