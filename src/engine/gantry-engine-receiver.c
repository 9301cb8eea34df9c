/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-engine-private.h"

#include "gantry-catalog.h"
#include "gantry-layout.h"
#include "gantry-log-table.h"
#include "gantry-received-table.h"
#include "gantry-receiver.h"

/* ---- The receiver --------------------------------------------------------------------------- */

static GPtrArray *
read_associations (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  return gantry_log_table_list_associations (db, question->offset, question->limit, total, error);
}

void
gantry_engine_list_associations_async (GantryEngine *self,
                                       const GantryAssociationFilter *filter G_GNUC_UNUSED,
                                       guint offset,
                                       guint limit,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  const GantryQuestion question = { .offset = offset, .limit = limit };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_associations, &question, cancellable, callback,
                       user_data);
}

static GPtrArray *
read_association (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  *total = 1;
  return gantry_log_table_get_association (db, question->id, error);
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
  const GantryQuestion question = { .id = association_id, .offset = offset, .limit = limit };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_received, &question, cancellable, callback,
                       user_data);
}

static GPtrArray *
read_studies (GantryDatabase *db, const GantryQuestion *question, guint *total, GError **error)
{
  return gantry_catalog_list (db, GANTRY_OWNER_RECEIVED, GANTRY_CATALOG_LAST_CHANGED_FIRST,
                              question->offset, question->limit, total, error);
}

void
gantry_engine_list_received_studies_async (GantryEngine *self,
                                           const char *text G_GNUC_UNUSED,
                                           guint offset,
                                           guint limit,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data)
{
  const GantryQuestion question = { .offset = offset, .limit = limit };

  if (gantry_engine_is_open (self, callback, user_data))
    gantry_reader_ask (self->reader, self, read_studies, &question, cancellable, callback,
                       user_data);
}

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
