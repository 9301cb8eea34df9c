/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-lines.h"

#include <inttypes.h>

void
gantry_association_lines_begin (GantryCore *core, const GantryAssociationRecord *r)
{
  gantry_core_log (core, GANTRY_LOG_NORMAL, "[%" PRId64 "] %s → %s from %s: accepted, %s %s", r->id,
                   r->calling, r->called, r->peer, r->implementation_class_uid,
                   r->implementation_version);
  for (guint i = 0; i < r->contexts->len; i++)
    {
      const GantryContext *context = r->contexts->pdata[i];

      gantry_core_log (core, GANTRY_LOG_DEBUG, "[%" PRId64 "] context %u: %s: %s", r->id,
                       context->id, context->abstract_syntax,
                       context->result == 0 ? context->accepted : "not accepted");
    }
}

void
gantry_association_lines_end (GantryCore *core, const GantryAssociationRecord *r)
{
  guint outcomes = gantry_association_record_get_outcomes (r);

  gantry_core_log (core,
                   outcomes == GANTRY_LOG_GOOD || outcomes == GANTRY_LOG_WARNING ? GANTRY_LOG_NORMAL
                                                                                 : GANTRY_LOG_QUIET,
                   "[%" PRId64 "] %s → %s from %s: %s: %s", r->id, r->calling, r->called, r->peer,
                   gantry_association_state_to_nick (r->state), r->result);
}

void
gantry_association_lines_message (GantryCore *core, const GantryMessage *m)
{
  char status[8] = "none";

  if (*m->text != '\0')
    {
      gantry_core_log (core, GANTRY_LOG_DEBUG, "[%" PRId64 "] DCMTK, %s: %s", m->association_id,
                       gantry_trace_level_to_nick (m->level), m->text);
      return;
    }
  if (!gantry_log_file_wants (core->log, GANTRY_LOG_VERBOSE))
    return;
  if (m->status >= 0)
    g_snprintf (status, sizeof status, "%04X", (guint)m->status);
  gantry_core_log (core, GANTRY_LOG_VERBOSE,
                   "[%" PRId64 "] command %04X, context %u, %s %s, %" PRIu64
                   " bytes: status %s after %" PRId64 " µs",
                   m->association_id, m->command, m->context_id, m->sop_class_uid,
                   m->sop_instance_uid, m->size, status, m->elapsed);
}
