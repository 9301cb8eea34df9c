/* gantry-found.h - files that were found, on their way into the draft: what their headers say
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-instance.h"
#include "gantry-records.h"

G_BEGIN_DECLS

typedef struct
{
  char *path;
  guint named;              /* which of the paths that the user named led to it */
  GantryInstance *instance; /* NULL: not read yet, or why there is none: */
  GantrySkippedKind kind;
  char *reason;
} GantryFound;

void gantry_found_free (gpointer found);

/* (transfer full): threads for gantry_found_read(); g_thread_pool_free() ends them. */
GThreadPool *gantry_found_pool_new (void);

/**
 * gantry_found_read:
 * @found: (element-type GantryFound): those without a reason get an instance, or one
 *
 * Reads headers on the pool's threads and on this one, and returns when all are read.
 */
void gantry_found_read (GThreadPool *pool, GPtrArray *found);

G_END_DECLS
