/* gantry-association-log.h - what sessions report: into the database, then out as events
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread. The sessions' end of it is a bounded channel, so a slow disk or window slows the
 * peers and never grows the heap.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

typedef struct _GantryAssociationLog GantryAssociationLog;

/* What the receiver does about it; on the core thread. */
typedef struct
{
  /* The row of a file that came to @path is in the database: once for each that did. */
  void (*settled) (const char *path, gpointer user_data);
  /* So many octets are new below the folder of received objects, and listed. */
  void (*listed) (guint64 octets, gpointer user_data);
  /* @changed: associations were opened or have ended. */
  void (*flushed) (gboolean changed, gpointer user_data);
} GantryAssociationLogFuncs;

/* @first: the id of the next association */
GantryAssociationLog *gantry_association_log_new (GantryCore *core,
                                                  gint64 first,
                                                  const GantryAssociationLogFuncs *funcs,
                                                  gpointer user_data);
/* After the last session; writes what is left. Returns: whether the database has everything. */
gboolean gantry_association_log_free (GantryAssociationLog *self);

/* (transfer none): of #GantryUpdate; any thread may send. */
GantryChannel *gantry_association_log_get_channel (GantryAssociationLog *self);
/* Once no session is left: takes and writes what they reported. */
void gantry_association_log_drain (GantryAssociationLog *self);
guint gantry_association_log_count_open (GantryAssociationLog *self);

/* Those that are over are gone from the lists when this returns. */
void gantry_association_log_clear (GantryAssociationLog *self);

G_END_DECLS
