/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-node-settings.h"

#include "gantry-core.h"
#include "gantry-node-table.h"

/* By name as well: the id of a node that was deleted may be another's. */
GantryNode *
gantry_node_as_saved (GantryDatabase *db,
                      const GantryNode *node,
                      const GantrySendOverrides *overrides)
{
  GantryNode *copy = gantry_node_copy (node, node->id, NULL);
  g_autoptr (GantryNode) saved
      = node->id != 0 ? gantry_node_table_find (db, node->name, NULL) : NULL;

  if (saved != NULL && saved->id == node->id)
    copy->options = saved->options;
  gantry_node_options_override (&copy->options, &overrides->node);
  if (overrides->calling_ae_title != NULL)
    gantry_record_set (&copy->calling_ae_title, overrides->calling_ae_title);
  if (overrides->tls.enabled)
    copy->options.tls = TRUE;
  /* What was to be encrypted when it was asked for stays so, and what is since then is as well. */
  copy->options.tls = MAX (node->options.tls, copy->options.tls);
  return copy;
}

void
gantry_send_settings_get (const GantrySendSettings *general,
                          const GantrySendOverrides *overrides,
                          GantrySendSettings *settings)
{
  GantrySendSettings copy = { 0 };

  gantry_send_settings_copy (&copy, general);
  gantry_tls_override (&copy.tls, &overrides->tls);
  if (overrides->retry_limit >= 0)
    copy.retry_limit = (guint)overrides->retry_limit;
  if (overrides->retry_seconds >= 0)
    copy.retry_seconds = (guint)overrides->retry_seconds;
  *settings = copy;
}

gboolean
gantry_job_get_overrides (const GantryJob *job,
                          const GantrySendOverrides *now,
                          GantrySendOverrides *overrides,
                          GError **error)
{
  if (!gantry_send_overrides_from_text (overrides, job->overrides, error))
    return FALSE;
  gantry_send_overrides_add (overrides, now);
  return TRUE;
}

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
