/* gantry-probe-task.h - everything proposed to a node, and what it accepted; nothing is sent
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-engine.h"
#include "gantry-tracer.h"

G_BEGIN_DECLS

/* What to ask. */
typedef struct
{
  GantryNode *node;
  const GantrySendSettings *settings;   /* where @node has no options of its own */
  const char *const *sop_classes;       /* NULL: every storage SOP class */
  const char *const *transfer_syntaxes; /* NULL: every one that objects are sent in */
  GantryProbeProgress progress;         /* nullable; on the thread of the run */
  gpointer user_data;
  GantryTracer *tracer; /* hears of each association */
} GantryProbeRequest;

/**
 * gantry_probe_run:
 * @error: no association could be had, or %G_IO_ERROR_CANCELLED
 *
 * Blocks; for a worker thread. A node that stops answering in the middle leaves a probe that is not
 * complete and says why.
 */
GantryProbe *
gantry_probe_run (const GantryProbeRequest *request, GCancellable *cancellable, GError **error);

G_END_DECLS
