/* gantry-tcp-info.h - what the kernel knows of a connection
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-path-figures.h"

G_BEGIN_DECLS

/* Round trips, retransmissions, what limited the connection. Leaves at 0 what this kernel does not
 * tell, which is all of it where there is no Linux. */
void gantry_tcp_info_read (int fd, GantryPathFigures *figures);

G_END_DECLS
