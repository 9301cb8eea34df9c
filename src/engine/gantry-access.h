/* gantry-access.h - who may associate, and what of it is accepted
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure policy; immutable, any thread.
 */
#pragma once

#include "gantry-acceptor.h"
#include "gantry-engine.h"

G_BEGIN_DECLS

typedef struct _GantryAccess GantryAccess;

/* @error: %GANTRY_ERROR_ADDRESS when a network or an AE title cannot be one */
GantryAccess *gantry_access_new (const GantryListenSettings *settings, GError **error);
void gantry_access_free (GantryAccess *self);

/* Whether a requestor may have an association at all; else @reject (PS3.8 9.3.4) says why not. */
gboolean gantry_access_admit (const GantryAccess *self,
                              const GantryAssociationFacts *facts,
                              GantryReject *reject);

/**
 * gantry_access_choose:
 * @result: (out): of the presentation context (PS3.8 9.3.3.2)
 *
 * Returns: (transfer none) (nullable): the transfer syntax that is taken, one of those proposed
 */
const char *gantry_access_choose (const GantryAccess *self,
                                  const GantryAssociationFacts *facts,
                                  const GantryContext *context,
                                  guint8 *result);

/* As this receiver's administrator reads it; gantry_reject_describe() speaks to the caller. */
char *gantry_access_describe (const GantryAccess *self, const GantryTurnedAway *what);

/* Whether an address with its port ("10.0.0.5:104", "[::1]:104") is in one of the @networks
 * (CIDR); none that can be read contains nothing. */
gboolean gantry_networks_contain (const char *const *networks, const char *peer_address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryAccess, gantry_access_free)

G_END_DECLS
