/* gantry-reference-item.h - a row of the reference: an entry, or the heading of a group
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-reference.h"

G_BEGIN_DECLS

/* The groups that people look for, in the order in which everything is shown. */
typedef enum
{
  GANTRY_SECTION_IMAGES,
  GANTRY_SECTION_PRESENTATION_STATES,
  GANTRY_SECTION_REPORTS,
  GANTRY_SECTION_KEY_OBJECTS,
  GANTRY_SECTION_WAVEFORMS,
  GANTRY_SECTION_DOCUMENTS,
  GANTRY_SECTION_RADIOTHERAPY,
  GANTRY_SECTION_OTHER_STORAGE,
  GANTRY_SECTION_TRANSFER_SYNTAXES,
  GANTRY_SECTION_MODALITIES,
  GANTRY_SECTION_STATUSES,
  GANTRY_SECTION_SERVICES,
  GANTRY_SECTION_INSTANCES,
  GANTRY_SECTION_FOREIGN,
  GANTRY_N_SECTIONS
} GantrySection;

GantrySection gantry_reference_get_section (const GantryReference *reference);
/* "Images", "Transfer Syntaxes"; translated, static */
const char *gantry_section_get_title (GantrySection section);

#define GANTRY_TYPE_REFERENCE_ITEM (gantry_reference_item_get_type ())
G_DECLARE_FINAL_TYPE (GantryReferenceItem, gantry_reference_item, GANTRY, REFERENCE_ITEM, GObject)

GantryReferenceItem *gantry_reference_item_new (const GantryReference *reference);
/* The heading above @section */
GantryReferenceItem *gantry_reference_item_new_heading (GantrySection section);

/* Returns: (nullable): %NULL for a heading */
const GantryReference *gantry_reference_item_get_reference (GantryReferenceItem *self);
GantrySection gantry_reference_item_get_section (GantryReferenceItem *self);

G_END_DECLS
