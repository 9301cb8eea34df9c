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
 * @error: return location for %GANTRY_ERROR_STORAGE
 *
 * Makes the folders. Several processes may have one profile open; see gantry_profile_lock().
 */
GantryProfile *gantry_profile_open (const char *directory, GError **error);
GantryProfile *gantry_profile_ref (GantryProfile *self);
void gantry_profile_unref (GantryProfile *self);

typedef enum
{
  GANTRY_PROFILE_QUEUE,    /* sends what is queued: two would send everything twice */
  GANTRY_PROFILE_RECEIVER, /* owns incoming/ and received/: two would clean up after each other */
  GANTRY_PROFILE_N_ROLES
} GantryProfileRole;

/**
 * gantry_profile_lock:
 * @error: %GANTRY_ERROR_BUSY when another process of ours has that role in this profile
 *
 * Takes a role until the last reference goes, or the process ends in whatever way. Not thread
 * safe: before the profile is shared.
 */
gboolean gantry_profile_lock (GantryProfile *self, GantryProfileRole role, GError **error);

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
