/* gantry-files.h - small things about files that GLib does not have
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Removes a folder and everything in it; links are removed, never followed. */
void gantry_remove_tree (const char *path);

G_END_DECLS
