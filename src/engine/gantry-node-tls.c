/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-node-tls.h"

void
gantry_node_get_tls (const GantryNode *node, const GantrySendSettings *settings, GantryTls *tls)
{
  *tls = settings->tls;
  if (node->options.tls >= 0)
    tls->enabled = node->options.tls != 0;
  /* Our own certificate is made out to the host by which others know us, not to localhost. */
  if (node->is_self)
    tls->no_verify = TRUE;
}
