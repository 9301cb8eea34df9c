/* gantry-reference-facts.h - an entry of the reference in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-facts-view.h"
#include "gantry-job-words.h"
#include "gantry-reference.h"

G_BEGIN_DECLS

/* How a class of statuses looks */
GantryLook gantry_status_class_get_look (GantryStatusClass status_class);

/* "SOP class", "Transfer syntax, retired"; @grouped: what the heading says is left out. Returns:
 * (transfer full) */
char *gantry_reference_describe_type (const GantryReference *reference, gboolean grouped);

/* Fills @facts with everything that is known of @reference. */
void gantry_reference_show_facts (const GantryReference *reference, GantryFactsView *facts);

G_END_DECLS
