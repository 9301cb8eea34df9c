/* gantry-test-behaviour.h - the window in which the receiver is told to misbehave
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_TEST_BEHAVIOUR (gantry_test_behaviour_get_type ())
G_DECLARE_FINAL_TYPE (GantryTestBehaviour, gantry_test_behaviour, GANTRY, TEST_BEHAVIOUR, AdwWindow)

/* Reads and writes gantry_settings_get() when Apply is pressed; @engine keeps what is saved under a
 * name. @parent: (nullable) */
GantryTestBehaviour *gantry_test_behaviour_new (GtkWindow *parent, GantryEngine *engine);

/* The words of engine/gantry-scenario.h that the widgets stand for, and the way back; words that
 * no widget has are left out. Returns: (transfer full) */
char *gantry_test_behaviour_get_words (GantryTestBehaviour *self);
void gantry_test_behaviour_set_words (GantryTestBehaviour *self, const char *words);
/* Has the words kept under a name, in place of what had it. */
void gantry_test_behaviour_save (GantryTestBehaviour *self, const char *name);

G_END_DECLS
