/* gantry-list-change.h - where two versions of a long list differ, when only parts are known
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint start;   /* rows before it are the same */
  guint removed; /* then so many of the old … */
  guint added;   /* … are replaced with so many new; the rest is the same, moved */
} GantryListChange;

/* A row of the old list that somebody looks at. */
typedef struct
{
  guint position;
  gint64 key;
} GantryListKey;

/* The key of a row of the new list; 0: not known. */
typedef gint64 (*GantryListKeyFunc) (guint position, gpointer user_data);

/**
 * gantry_list_change_find:
 * @known: (element-type GantryListKey): what is known of the old list, in any order; is sorted here
 *
 * Rows that are unknown on either side are taken for unchanged: whoever asks for them later gets
 * them from the source anyway.
 *
 * Returns: the smallest single change that explains all that is known
 */
GantryListChange gantry_list_change_find (
    GArray *known, guint old_total, guint new_total, GantryListKeyFunc new_key, gpointer user_data);

G_END_DECLS
