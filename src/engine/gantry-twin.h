/* gantry-twin.h - files that say to be an instance which another file in the draft is already
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-records.h"

G_BEGIN_DECLS

typedef struct
{
  char *path, *first;
  GantrySkippedKind kind;
  char *reason; /* why it is left out; NULL: not compared yet */
} GantryTwin;

void gantry_twin_free (gpointer twin);

/* Compares the two and says why the second is left out. Reads both: for a thread that may wait for
 * the disk. */
void gantry_twin_judge (GantryTwin *self, GCancellable *cancellable);

G_END_DECLS
