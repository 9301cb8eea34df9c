/* gantry-send-overrides.h - what was asked for with one send, and comes before all settings
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-records.h"
#include "gantry-tls.h"

G_BEGIN_DECLS

/* A plain value, made with GANTRY_SEND_OVERRIDES_NONE. A job keeps its own, whoever goes on with
 * it. Texts are owned. */
typedef struct
{
  char *calling_ae_title; /* NULL: not said */
  GantryNodeOptions node; /* before the node's own; tls: not looked at, see below */
  gint retry_limit;       /* -1: not said */
  gint retry_seconds;     /* -1: not said */
  gint priority;          /* GantryPriority; -1: not said. The job has it apart from the others */
  GantryTls tls;          /* FALSE and NULL: not said; files with absolute names */
} GantrySendOverrides;

#define GANTRY_SEND_OVERRIDES_NONE                                                                 \
  ((GantrySendOverrides){ .node = GANTRY_NODE_OPTIONS_DEFAULT,                                     \
                          .retry_limit = -1,                                                       \
                          .retry_seconds = -1,                                                     \
                          .priority = -1 })

/* Puts what @with says before @options; its tls is left out. */
void gantry_node_options_override (GantryNodeOptions *options, const GantryNodeOptions *with);
/* The same for files and checks: a certificate goes with its key, and who is given authorities
 * checks. @tls: its texts are owned */
void gantry_tls_override (GantryTls *tls, const GantryTls *with);

/* Puts what @with says before what @self says. */
void gantry_send_overrides_add (GantrySendOverrides *self, const GantrySendOverrides *with);
void gantry_send_overrides_clear (GantrySendOverrides *self);

/* (transfer full): ASCII for the database, without the priority; "": nothing is said */
char *gantry_send_overrides_to_text (const GantrySendOverrides *self);
/* @self: (out): what was in it before is not freed. Unknown names are left out.
 * @error: %GANTRY_ERROR_STORAGE: that was no such text, and @self says nothing */
gboolean
gantry_send_overrides_from_text (GantrySendOverrides *self, const char *text, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GantrySendOverrides, gantry_send_overrides_clear)

G_END_DECLS
