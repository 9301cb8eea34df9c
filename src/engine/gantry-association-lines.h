/* gantry-association-lines.h - incoming associations in the log file
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread. No data of patients, so no names of files either.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

void gantry_log_association_begin (GantryCore *core, const GantryAssociationRecord *record);
void gantry_log_association_message (GantryCore *core, const GantryMessage *message);
void gantry_log_association_end (GantryCore *core, const GantryAssociationRecord *record);

G_END_DECLS
