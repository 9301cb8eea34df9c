/* gantry-modality-tag.h - a modality code as a small label in the colour of its family
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_MODALITY_TAG (gantry_modality_tag_get_type ())
G_DECLARE_FINAL_TYPE (GantryModalityTag, gantry_modality_tag, GANTRY, MODALITY_TAG, AdwBin)

/* @modality: a Modality (0008,0060) as in the object; with "" the tag hides */
GtkWidget *gantry_modality_tag_new (const char *modality);
void gantry_modality_tag_set_modality (GantryModalityTag *self, const char *modality);
const char *gantry_modality_tag_get_modality (GantryModalityTag *self);

/* Fills @box with a tag for each code of @modalities ("CT, PR, SR"), of more than three the first
 * two and a count; tags that are there already are used again, so that a row that is bound anew
 * makes nothing. */
void gantry_modality_tag_fill_box (GtkBox *box, const char *modalities);

G_END_DECLS
