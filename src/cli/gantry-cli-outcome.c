/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "gantry-cli.h"
#include "gantry-files.h"
#include "gantry-registry.h"
#include "gantry-words.h"

void
gantry_cli_print_instance (GantryCli *cli, const GantryJobInstance *instance)
{
  g_autofree char *sop_class = gantry_uid_describe (instance->sop_class_uid);
  g_autofree char *path = gantry_path_escape (instance->path);
  g_autofree char *message = gantry_text_escape (instance->message);
  JsonBuilder *json;

  if (!cli->json)
    {
      g_autofree char *change
          = gantry_change_describe (instance->sop_class_uid, instance->sent_class_uid,
                                    instance->transfer_syntax, instance->sent_syntax);

      g_print ("%-12s %s: %s%s%s\n", gantry_outcome_to_nick (instance->outcome), path, message,
               *change != '\0' ? " " : "", change);
      return;
    }

  json = gantry_cli_json_begin ("instance");
  gantry_cli_json_text (json, "path", path);
  gantry_cli_json_text (json, "sop_class_uid", instance->sop_class_uid);
  gantry_cli_json_text (json, "sop_class", sop_class);
  gantry_cli_json_text (json, "modality", instance->modality);
  gantry_cli_json_text (json, "sop_instance_uid", instance->sop_instance_uid);
  gantry_cli_json_text (json, "transfer_syntax", instance->transfer_syntax);
  if (*instance->sent_class_uid != '\0')
    gantry_cli_json_text (json, "sent_sop_class_uid", instance->sent_class_uid);
  if (*instance->sent_syntax != '\0')
    gantry_cli_json_text (json, "sent_transfer_syntax", instance->sent_syntax);
  gantry_cli_json_text (json, "outcome", gantry_outcome_to_nick (instance->outcome));
  if (instance->status >= 0)
    {
      g_autofree char *status = g_strdup_printf ("%04X", (guint)instance->status);

      gantry_cli_json_text (json, "status", status);
    }
  gantry_cli_json_text (json, "message", instance->message);
  gantry_cli_json_end (json);
}

void
gantry_cli_print_summary (GantryCli *cli, const GantryCliSummary *self)
{
  const guint64 *n = self->counts;
  guint64 total = 0;
  JsonBuilder *json;

  for (guint i = 0; i < GANTRY_N_OUTCOMES; i++)
    total += n[i];
  if (!cli->json)
    {
      g_autofree char *size = g_format_size (self->bytes);

      g_print (_ ("%" PRIu64 " instances: %" PRIu64 " stored, %" PRIu64
                  " stored with a warning, %" PRIu64 " refused, %" PRIu64 " not accepted, %" PRIu64
                  " failed, %" PRIu64 " cancelled; %" PRIu64 " waiting, %" PRIu64
                  " skipped, %" PRIu64 " lost; %s in %.2f s\n"),
               total, n[GANTRY_OUTCOME_STORED], n[GANTRY_OUTCOME_WARNING],
               n[GANTRY_OUTCOME_REFUSED], n[GANTRY_OUTCOME_NOT_ACCEPTED], n[GANTRY_OUTCOME_FAILED],
               n[GANTRY_OUTCOME_CANCELLED], self->waiting, self->staging->harmless,
               self->staging->lost, size, self->seconds);
      return;
    }

  json = gantry_cli_json_begin ("summary");
  gantry_cli_json_int (json, "instances", (gint64)total);
  gantry_cli_json_int (json, "stored", (gint64)n[GANTRY_OUTCOME_STORED]);
  gantry_cli_json_int (json, "warning", (gint64)n[GANTRY_OUTCOME_WARNING]);
  gantry_cli_json_int (json, "refused", (gint64)n[GANTRY_OUTCOME_REFUSED]);
  gantry_cli_json_int (json, "not_accepted", (gint64)n[GANTRY_OUTCOME_NOT_ACCEPTED]);
  gantry_cli_json_int (json, "failed", (gint64)n[GANTRY_OUTCOME_FAILED]);
  gantry_cli_json_int (json, "cancelled", (gint64)n[GANTRY_OUTCOME_CANCELLED]);
  gantry_cli_json_int (json, "waiting", (gint64)self->waiting);
  gantry_cli_json_int (json, "skipped", (gint64)self->staging->harmless);
  gantry_cli_json_int (json, "lost", (gint64)self->staging->lost);
  gantry_cli_json_int (json, "bytes", (gint64)self->bytes);
  gantry_cli_json_double (json, "seconds", self->seconds);
  gantry_cli_json_end (json);
}
