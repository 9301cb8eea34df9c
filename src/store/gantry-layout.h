/* gantry-layout.h - which folders and which name a received object gets, from checked text only
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What objects say about themselves is foreign text. A UID that is one is its own name, any other
 * gets a name made from its hash. Of other text only letters and digits of any script, “-” and “.”
 * come through, in limited length; no name is hidden, a device's of Windows, or leads elsewhere.
 */
#pragma once

#include "gantry-instance.h"
#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_LAYOUT_DEPTH_MAX 8  /* names in a path, the file's included */
#define GANTRY_LAYOUT_NAME_MAX 200 /* octets of one; file systems take 255 */

/* Immutable; any thread. */
typedef struct _GantryLayoutPattern GantryLayoutPattern;

/**
 * gantry_layout_pattern_new:
 * @pattern: (nullable): for %GANTRY_LAYOUT_PATTERN only
 * @error: %GANTRY_ERROR_SETTING
 */
GantryLayoutPattern *
gantry_layout_pattern_new (GantryLayout layout, const char *pattern, GError **error);
void gantry_layout_pattern_free (GantryLayoutPattern *self);

/* How many folders are above a file. */
guint gantry_layout_pattern_get_depth (const GantryLayoutPattern *self);

/**
 * gantry_layout_pattern_expand:
 * @instance: its header
 * @sop_instance_uid: as in the request
 * @calling_ae_title: who sent it
 *
 * Returns: (transfer full): the folders' names, then the file's, without “.dcm”; each can be given
 *   to openat() as it is
 */
char **gantry_layout_pattern_expand (const GantryLayoutPattern *self,
                                     const GantryInstance *instance,
                                     const char *sop_instance_uid,
                                     const char *calling_ae_title);

/* The path below the folder that an object could get. @error: as gantry_layout_pattern_new() */
char *gantry_layout_example (GantryLayout layout, const char *pattern, GError **error);
/* What may stand in braces, in the order in which people should read it; ends with %NULL. */
const char *const *gantry_layout_list_fields (void);

/* Whether @uid can be a name as it is. Looser than PS3.5 9.1, which forbids leading zeros: such
 * objects exist and harm nothing. */
gboolean gantry_layout_is_safe_uid (const char *uid);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryLayoutPattern, gantry_layout_pattern_free)

G_END_DECLS
