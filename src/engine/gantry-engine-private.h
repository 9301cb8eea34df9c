/* gantry-engine-private.h - what the files of GantryEngine share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-association-search.h"
#include "gantry-channel.h"
#include "gantry-core.h"
#include "gantry-engine.h"
#include "gantry-instance-search.h"
#include "gantry-reader.h"

G_BEGIN_DECLS

struct _GantryEngine
{
  GObject parent_instance;

  GantryCore *core; /* NULL: closed */
  GantryReader *reader;
  GantryReader *searcher; /* for questions that may look at every row of a job */
  GantryInstanceSearch *search;
  GantryReader *log_searcher; /* for questions that may look at the whole log */
  GantryAssociationSearch *log_search;
  GantryReader *headers; /* for questions about files */
  GThreadPool *echoes;
  GThreadPool *pictures;
  GThreadPool *reports;
  GThreadPool *copies;
  GantryChannel *events;
  GantryEventFunc event_func;
  gpointer user_data;
  char *draft;
  char *database; /* file */
  char *pictures_folder;
  GCancellable *closing;
  GantrySendSettings send; /* for echoes; the text is ours */
};

/* Whether a question can be answered; if not, it ends as cancelled. */
gboolean
gantry_engine_is_open (GantryEngine *self, GAsyncReadyCallback callback, gpointer user_data);

/* gantry_core_post(), or nothing once the engine is closed; @data is freed either way. */
void gantry_engine_post (GantryEngine *self,
                         GantryCoreFunc func,
                         gpointer data,
                         GDestroyNotify free_data);

/* GFuncs of the pools for echoes, pictures, reports and copies: @data is the task. */
void gantry_engine_run_echo (gpointer data, gpointer user_data);
void gantry_engine_render_picture (gpointer data, gpointer user_data);
void gantry_engine_write_report (gpointer data, gpointer user_data);
void gantry_engine_copy_received (gpointer data, gpointer user_data);

G_END_DECLS
