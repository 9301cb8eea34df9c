/* gantry-schema.h - the tables of the profile's database, version by version
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Statements that lead from version i to i + 1; PRAGMA user_version counts them. Never edit one
 * that has been released: add the next. */
extern const char *const gantry_schema_migrations[];
extern const guint gantry_schema_version;

G_END_DECLS
