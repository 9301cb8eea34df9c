/* gantry-sample.h - a synthetic study, so that a newcomer can send and receive without any PACS
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gantry_sample_write:
 * @directory: an existing folder
 *
 * Writes a CT series of a computed phantom and a text report under fresh UIDs, so that sending it
 * twice never meets a duplicate. Blocks for some tens of milliseconds.
 *
 * Returns: whether all files were written
 */
gboolean gantry_sample_write (const char *directory, GError **error);

G_END_DECLS
