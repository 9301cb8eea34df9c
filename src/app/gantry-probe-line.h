/* gantry-probe-line.h - a row or a column of a probe's matrix: what it is called and belongs to
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-probe-grid.h"

G_BEGIN_DECLS

typedef struct
{
  char *uid, *name, *modality;
  char *key; /* name, UID and modality as they are searched */
  int group; /* a column's GantrySyntaxGroup; of a row, whether its SOP class is retired */
} GantryProbeLine;

/* @is_class: of a SOP class, a row; else of a transfer syntax, a column */
GantryProbeLine *gantry_probe_line_new (const char *uid, gboolean is_class);
void gantry_probe_line_free (gpointer line);

/* GCompareDataFunc for pointers to lines: groups stay together; in one the order is that of the
 * probe. @order: the place of each line by its UID */
int gantry_probe_line_compare (gconstpointer a, gconstpointer b, gpointer order);

G_END_DECLS
