/* gantry-folders.h - the tree of received objects, walked by descriptors: no link leads out of it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any thread. Who is about to put a file into a folder holds the tree, so that the folder is not
 * removed as empty in between.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GantryFolders GantryFolders;

/* @root: may be a link itself: that is its owner's choice */
GantryFolders *gantry_folders_new (const char *root);
void gantry_folders_free (GantryFolders *self);
const char *gantry_folders_get_root (GantryFolders *self);

void gantry_folders_hold (GantryFolders *self);
void gantry_folders_release (GantryFolders *self);

/**
 * gantry_folders_open:
 * @names: checked, the first below the root; only @n of them are folders
 *
 * Opens the folder, and makes what is missing of it so that it survives a power cut. The tree is
 * held.
 *
 * Returns: a descriptor, or -1 with errno; a link on the way is ENOTDIR
 */
int gantry_folders_open (GantryFolders *self, char *const *names, guint n);

/* By its name only. */
gboolean gantry_folders_is_below (GantryFolders *self, const char *path);

/**
 * gantry_folders_take:
 * @path: of a file below the root
 * @take: called for a regular file when nobody holds the tree, with its folder and its name there;
 *   moves or deletes it, and returns 0 or an errno
 *
 * Takes a file out of the tree and removes the folders that are empty then. Waits until nobody
 * holds the tree, and nobody else takes.
 *
 * Returns: 0, or an errno: ENOENT when it is not there, EINVAL when it is no file below the root,
 *   or what @take says
 */
int gantry_folders_take (GantryFolders *self,
                         const char *path,
                         int (*take) (int folder, const char *name, gpointer user_data),
                         gpointer user_data);

/* Whether what was put into the folder of that descriptor is there after a power cut. */
gboolean gantry_folders_sync (int fd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryFolders, gantry_folders_free)

G_END_DECLS
