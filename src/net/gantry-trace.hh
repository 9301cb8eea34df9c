/* gantry-trace.hh - how dcmnet's messages are heard; for the .cc files of this room only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>

/* Once, before dcmnet is used. */
void gantry_trace_install ();

/* Says under @title what is proposed or was agreed on, as DCMTK's own programs do. */
void gantry_trace_parameters (const char *title, T_ASC_Parameters *params, ASC_associateType type);
/* The same with what an association failed of. */
void gantry_trace_failure (const OFCondition &cond);
