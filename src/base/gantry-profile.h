/* gantry-profile.h - where everything that is kept lies on disk
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Immutable once opened; any thread may read it. */
typedef struct _GantryProfile GantryProfile;

/**
 * gantry_profile_open:
 * @directory: (nullable): all state goes below it; %NULL: GANTRY_PROFILE, else the XDG folders
 * @error: return location for %GANTRY_ERROR_STORAGE, or %GANTRY_ERROR_BUSY when another process
 *   of ours has this profile open
 *
 * Makes the folders and takes the profile's lock until the last reference goes, because two
 * engines on one queue would send everything twice.
 */
GantryProfile *gantry_profile_open (const char *directory, GError **error);
GantryProfile *gantry_profile_ref (GantryProfile *self);
void gantry_profile_unref (GantryProfile *self);

/**
 * gantry_profile_find_settings_file:
 * @directory: (nullable): as for gantry_profile_open()
 *
 * Returns: (transfer full) (nullable): the key file that holds the settings of a profile that has
 *   a folder of its own; %NULL for the default profile, whose settings are the user's GSettings
 */
char *gantry_profile_find_settings_file (const char *directory);

const char *gantry_profile_get_database (GantryProfile *self); /* file */
const char *gantry_profile_get_received (GantryProfile *self); /* received objects */
const char *
gantry_profile_get_incoming (GantryProfile *self); /* .part files; same file system as received */
const char *gantry_profile_get_quarantine (GantryProfile *self); /* what could not be parsed */
const char *
gantry_profile_get_staging (GantryProfile *self); /* unpacked archives, the sample study */
const char *gantry_profile_get_pictures (GantryProfile *self); /* cache: PNG files */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryProfile, gantry_profile_unref)

G_END_DECLS
