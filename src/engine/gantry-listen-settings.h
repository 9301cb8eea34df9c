/* gantry-listen-settings.h - a copy of GantryListenSettings that owns what it points to
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-engine.h"

G_BEGIN_DECLS

/* The folder becomes absolute: what is kept is listed by its path, which must not depend on where a
 * program was started. */
GantryListenSettings *gantry_listen_settings_copy (const GantryListenSettings *settings);
void gantry_listen_settings_free (GantryListenSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryListenSettings, gantry_listen_settings_free)

G_END_DECLS
