/* gantry-echo-ladder.h - an echo step by step, so that one sees which layer is broken
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_ECHO_LADDER (gantry_echo_ladder_get_type ())
G_DECLARE_FINAL_TYPE (GantryEchoLadder, gantry_echo_ladder, GANTRY, ECHO_LADDER, AdwBin)

typedef enum
{
  GANTRY_RUNG_UNKNOWN, /* not tried yet, or being tried */
  GANTRY_RUNG_PASSED,
  GANTRY_RUNG_FAILED,
  GANTRY_RUNG_NOT_REACHED,
} GantryRung;

/* What @echo (nullable) says about a step. */
GantryRung gantry_echo_ladder_get_rung (const GantryEcho *echo, GantryStep step);

/* @echo: (nullable): %NULL: not tried, or running */
void
gantry_echo_ladder_show (GantryEchoLadder *self, const GantryNode *node, const GantryEcho *echo);

G_END_DECLS
