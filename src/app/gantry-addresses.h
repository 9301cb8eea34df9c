/* gantry-addresses.h - under which addresses others can reach this computer
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gantry_addresses_list:
 *
 * The addresses of all interfaces that are up, without loopback and link-local ones, IPv4 first,
 * then the host name. Blocks for no network.
 *
 * Returns: (transfer full): %NULL-terminated; only the host name on a computer without network
 */
GStrv gantry_addresses_list (void);

G_END_DECLS
