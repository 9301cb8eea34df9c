/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-node-settings.h"

static guint
choose (guint own, guint general)
{
  return own != 0 ? own : general;
}

const char *
gantry_node_get_calling (const GantryNode *node, const GantrySendSettings *settings)
{
  return *node->calling_ae_title != '\0' ? node->calling_ae_title : settings->calling_ae_title;
}

guint32
gantry_node_get_max_pdu (const GantryNode *node, const GantrySendSettings *settings)
{
  return choose (node->options.max_pdu, settings->max_pdu);
}

guint
gantry_node_get_associations (const GantryNode *node, const GantrySendSettings *settings)
{
  return choose (node->options.associations, settings->associations);
}

GantryTimeouts
gantry_node_get_timeouts (const GantryNode *node, const GantrySendSettings *settings)
{
  const GantryNodeOptions *own = &node->options;

  return (GantryTimeouts){
    .connect = 1000 * choose (own->connect_seconds, settings->connect_seconds),
    .acse = 1000 * choose (own->acse_seconds, settings->acse_seconds),
    .dimse = 1000 * choose (own->dimse_seconds, settings->dimse_seconds),
    .idle = 1000 * choose (own->idle_seconds, settings->idle_seconds),
  };
}
