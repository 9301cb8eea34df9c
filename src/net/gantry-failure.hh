/* gantry-failure.hh - why an association came to its end, as a sentence; for the .cc files only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-transport.hh"

#include "gantry-association.h"

/* What was going on; it decides which time-out it was that ran out. */
enum GantryPhase
{
  GANTRY_PHASE_REQUEST,      /* we asked for an association */
  GANTRY_PHASE_REQUEST_MORE, /* of one that has accepted another before */
  GANTRY_PHASE_CALLER,       /* a caller has not asked for one yet */
  GANTRY_PHASE_ANSWER,       /* the answer to our message is due */
  GANTRY_PHASE_IDLE,         /* the next message of the requestor is due */
  GANTRY_PHASE_RELEASE,
};

/* What the connection says comes first, then the peer's A-ABORT, then @cond, dcmnet's own. */
void gantry_failure_set_error (GantryWire *wire,
                               GantryPhase phase,
                               const GantryTimeouts *timeouts,
                               const OFCondition &cond,
                               GError **error);

/* As received from the peer, PS3.8 9.3.8. */
void gantry_failure_set_abort (guint8 source, guint8 reason, GError **error);

/**
 * gantry_failure_describe_condition:
 * @known: (out) (optional): whether the condition has a sentence of its own
 *
 * Returns: (transfer full): what @cond means to people, with dcmnet's own words in brackets
 */
char *gantry_failure_describe_condition (const OFCondition &cond, gboolean *known);
