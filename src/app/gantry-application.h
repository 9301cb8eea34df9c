/* gantry-application.h - the program: settings, engine, window, what the command line asks for
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GANTRY_TYPE_APPLICATION (gantry_application_get_type ())
G_DECLARE_FINAL_TYPE (GantryApplication, gantry_application, GANTRY, APPLICATION, AdwApplication)

/* Makes the templates findable; once, before the first widget. gantry_application_new() does it,
 * tests that make a page without an application call it themselves. */
void gantry_application_init_resources (void);

/* @flags are added to those that it needs itself. */
GantryApplication *gantry_application_new (GApplicationFlags flags);

G_END_DECLS
