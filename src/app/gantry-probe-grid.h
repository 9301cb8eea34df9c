/* gantry-probe-grid.h - a probe as rows of SOP classes and columns of transfer syntaxes, and which
 * of them are shown
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Main thread only. Rows, columns and places count what is shown; the whole is only looked at when
 * the filter or a probe changes. Signal "changed": anything is another now.
 */
#pragma once

#include <gio/gio.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_PROBE_GRID (gantry_probe_grid_get_type ())
G_DECLARE_FINAL_TYPE (GantryProbeGrid, gantry_probe_grid, GANTRY, PROBE_GRID, GObject)

typedef enum
{
  GANTRY_CELL_NOT_ASKED,
  GANTRY_CELL_ACCEPTED,
  GANTRY_CELL_SYNTAX_REFUSED, /* this transfer syntax, or for a reason that was not said */
  GANTRY_CELL_CLASS_REFUSED,  /* the SOP class, in whichever syntax */
  GANTRY_N_CELLS
} GantryCell;

/* Groups of transfer syntaxes, in the order of the columns. */
typedef enum
{
  GANTRY_SYNTAXES_UNENCAPSULATED, /* uncompressed, or deflated as a whole */
  GANTRY_SYNTAXES_JPEG,
  GANTRY_SYNTAXES_JPEG_LS,
  GANTRY_SYNTAXES_JPEG_2000,
  GANTRY_SYNTAXES_MPEG,
  GANTRY_SYNTAXES_JPEG_XL,
  GANTRY_SYNTAXES_HTJ2K,
  GANTRY_SYNTAXES_RLE,
  GANTRY_SYNTAXES_OTHER,
  GANTRY_N_SYNTAX_GROUPS
} GantrySyntaxGroup;

#define GANTRY_COLUMNS_ALL (-1)
#define GANTRY_COLUMNS_ACCEPTED (-2) /* those in which anything is accepted */

/* What somebody may want to see only. */
typedef enum
{
  GANTRY_GRID_STAGED, /* what is to be sent */
  GANTRY_GRID_LISTED, /* the user's own list */
  GANTRY_N_GRID_LISTS
} GantryGridList;

typedef struct
{
  const char *text; /* part of a name or UID, or a modality; "" or NULL: any */
  gboolean accepted_only;
  gboolean only[GANTRY_N_GRID_LISTS];
  gboolean differences_only;
  int columns; /* GANTRY_COLUMNS_…, or a GantrySyntaxGroup */
} GantryGridFilter;

GantryProbeGrid *gantry_probe_grid_new (void);

/* @probe: (nullable) */
void gantry_probe_grid_set_probe (GantryProbeGrid *self, GantryProbe *probe);
GantryProbe *gantry_probe_grid_get_probe (GantryProbeGrid *self);
/* What to compare it with; rows and columns that only this one has are shown too. @other:
 * (nullable)
 */
void gantry_probe_grid_set_other (GantryProbeGrid *self, GantryProbe *other);
GantryProbe *gantry_probe_grid_get_other (GantryProbeGrid *self);
/* @sop_classes: UIDs */
void gantry_probe_grid_set_wanted (GantryProbeGrid *self,
                                   GantryGridList which,
                                   const char *const *sop_classes);
void gantry_probe_grid_set_filter (GantryProbeGrid *self, const GantryGridFilter *filter);

guint gantry_probe_grid_get_n_rows (GantryProbeGrid *self);
guint gantry_probe_grid_get_n_columns (GantryProbeGrid *self);
/* Rows there are without a filter. */
guint gantry_probe_grid_get_total (GantryProbeGrid *self);
const char *gantry_probe_grid_get_class_uid (GantryProbeGrid *self, guint row);
const char *gantry_probe_grid_get_class_name (GantryProbeGrid *self, guint row);
const char *gantry_probe_grid_get_modality (GantryProbeGrid *self, guint row);
const char *gantry_probe_grid_get_syntax_uid (GantryProbeGrid *self, guint column);
const char *gantry_probe_grid_get_syntax_name (GantryProbeGrid *self, guint column);
GantrySyntaxGroup gantry_probe_grid_get_group (GantryProbeGrid *self, guint column);
GantryCell gantry_probe_grid_get_cell (GantryProbeGrid *self, guint row, guint column);
/* Whether the other probe was accepted where this one was not, or the other way round. */
gboolean gantry_probe_grid_is_changed (GantryProbeGrid *self, guint row, guint column);

/* "CT Image Storage in JPEG Baseline: accepted. Before: transfer syntaxes not supported." */
char *gantry_probe_grid_describe_cell (GantryProbeGrid *self, guint row, guint column);
/* How many SOP classes in how many transfer syntaxes, or why not, and what changed. */
char *gantry_probe_grid_summarize (GantryProbeGrid *self);

/* What the marks mean, in a line. */
char *gantry_probe_grid_describe_marks (GantryProbeGrid *self);

/* Translated: "Uncompressed", "JPEG", … */
const char *gantry_syntax_group_get_name (GantrySyntaxGroup group);

G_END_DECLS
