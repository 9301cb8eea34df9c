/* gantry-former-scenarios.h - test behaviours that an earlier version kept in the settings
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-engine.h"

G_BEGIN_DECLS

/* Gives @engine what is left of them in gantry_settings_get(), where each goes once it is kept.
 * One whose name is taken by other words gets a number. */
void gantry_former_scenarios_carry_over (GantryEngine *engine);

G_END_DECLS
