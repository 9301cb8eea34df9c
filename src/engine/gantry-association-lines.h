/* gantry-association-lines.h - what the log file says of incoming associations
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core thread. No patients' data in it below debug, so no file names.
 */
#pragma once

#include "gantry-core.h"

G_BEGIN_DECLS

void gantry_association_lines_begin (GantryCore *core, const GantryAssociationRecord *record);
void gantry_association_lines_end (GantryCore *core, const GantryAssociationRecord *record);
/* Of either kind: a command and its answer, or a line of DCMTK's. */
void gantry_association_lines_message (GantryCore *core, const GantryMessage *message);

G_END_DECLS
