/* gantry-facts-view.h - what is known about one thing: a heading, a sentence and a list of facts
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything can be selected and copied: the code of the thing alone, or all of it as text. All
 * text is plain, never markup.
 *
 * Signal "linked" (const char *target): a fact that leads to another thing was activated.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_FACTS_VIEW (gantry_facts_view_get_type ())
G_DECLARE_FINAL_TYPE (GantryFactsView, gantry_facts_view, GANTRY, FACTS_VIEW, AdwBin)

/* Starts anew. @modality: a code for the tag, or ""; @kind: the kind of thing, in words */
void gantry_facts_view_begin (GantryFactsView *self,
                              const char *modality,
                              const char *title,
                              const char *kind);
/* For a place that has title, kind and buttons in a header of its own; the buttons' actions are
 * facts.copy-code and facts.copy-text */
void gantry_facts_view_hide_heading (GantryFactsView *self);
/* What the button copies, and its label ("Copy UID") */
void gantry_facts_view_set_code (GantryFactsView *self, const char *code, const char *label);
/* Adds a fact below the others; nothing when @value is "". */
void gantry_facts_view_add (GantryFactsView *self, const char *label, const char *value);
/* The same for one that leads to @target. */
void gantry_facts_view_add_link (GantryFactsView *self,
                                 const char *label,
                                 const char *value,
                                 const char *target);

/* What is copied as text, where that is not just what is shown; after the facts */
void gantry_facts_view_set_text (GantryFactsView *self, const char *text);
/* Returns: (transfer full): everything that is shown, a line for each fact */
char *gantry_facts_view_get_text (GantryFactsView *self);

G_END_DECLS
