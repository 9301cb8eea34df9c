/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-forecast-task.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-link.h"
#include "gantry-registry.h"

/* Returns: (transfer full) (element-type GantryContext): the node's answers */
static GPtrArray *
ask (const GantryAssociationRequest *usual,
     GPtrArray *contexts,
     GCancellable *cancellable,
     GError **error)
{
  GantryAssociationRequest request = *usual;
  g_autoptr (GantryAssociation) association = NULL;
  GPtrArray *answered;
  gulong handler;

  request.contexts = contexts;
  association = gantry_association_request (&request, cancellable, NULL, NULL, error);
  if (association == NULL)
    return NULL;
  answered = g_ptr_array_ref (gantry_association_get_facts (association)->contexts);
  handler = gantry_link_association (cancellable, association);
  /* What it took, it has said: how it parts does not change that. */
  gantry_association_release (association, NULL);
  g_cancellable_disconnect (cancellable, handler);
  return answered;
}

static char *
describe_changed (const GantryForecast *kind)
{
  g_autofree char *class_name = gantry_uid_describe (kind->sent_class_uid);
  g_autofree char *from = gantry_transfer_syntax_describe (kind->transfer_syntax);
  g_autofree char *to = gantry_transfer_syntax_describe (kind->sent_syntax);

  if (*kind->sent_class_uid != '\0' && *kind->sent_syntax != '\0')
    /* Translators: a SOP class, the transfer syntax as sent, and that of the file */
    return g_strdup_printf (_ ("The node would take these as %1$s, converted to %2$s from %3$s. "
                               "Single objects may still be refused when they come, or turn out "
                               "to be damaged."),
                            class_name, to, from);
  if (*kind->sent_class_uid != '\0')
    return g_strdup_printf (_ ("The node would take these as %s. Single objects may still be "
                               "refused when they come."),
                            class_name);
  return g_strdup_printf (_ ("The node would take these converted to %1$s from %2$s. Single "
                             "objects may still be refused when they come, or turn out to be "
                             "damaged."),
                          to, from);
}

static void
judge (GantryForecast *kind, GantryProposal *proposal, const GPtrArray *answered)
{
  g_autofree char *message = NULL;
  GantryWay way;

  gantry_proposal_find_way (proposal, answered, kind->sop_class_uid, kind->transfer_syntax, &way);
  kind->kind = way.kind;
  if (strcmp (way.sop_class, kind->sop_class_uid) != 0)
    gantry_record_set (&kind->sent_class_uid, way.sop_class);
  if (strcmp (way.syntax, kind->transfer_syntax) != 0)
    gantry_record_set (&kind->sent_syntax, way.syntax);
  switch (kind->kind)
    {
    case GANTRY_FORECAST_AS_IS:
      message = g_strdup (_ ("The node would take these as they are. Single objects may still be "
                             "refused when they come."));
      break;
    case GANTRY_FORECAST_CHANGED:
      message = describe_changed (kind);
      break;
    case GANTRY_FORECAST_REFUSED:
      message = gantry_proposal_explain (proposal, answered, kind->sop_class_uid,
                                         kind->transfer_syntax);
      break;
    }
  gantry_record_set (&kind->message, message);
}

static gboolean
run_pass (const GantryAssociationRequest *request,
          GPtrArray *kinds,
          GantryProposal *proposal,
          guint pass,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (GPtrArray) answered
      = ask (request, gantry_proposal_get_contexts (proposal, pass), cancellable, error);
  g_autoptr (GPtrArray) more = NULL;

  if (answered == NULL)
    return FALSE;
  more = gantry_proposal_add_questions (proposal, pass, answered);
  if (more != NULL)
    {
      g_ptr_array_unref (answered);
      answered = ask (request, more, cancellable, error);
    }
  for (guint i = 0; answered != NULL && i < kinds->len; i++)
    {
      GantryForecast *kind = kinds->pdata[i];

      if (gantry_proposal_find_pass (proposal, kind->sop_class_uid, kind->transfer_syntax)
          == (gint)pass)
        judge (kind, proposal, answered);
    }
  return answered != NULL;
}

gboolean
gantry_forecast_run (const GantryAssociationRequest *request,
                     GPtrArray *kinds,
                     const GantrySendPolicy *policy,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GPtrArray) pairs = gantry_record_array_new ();
  g_autoptr (GantryProposal) proposal = NULL;

  for (guint i = 0; i < kinds->len; i++)
    {
      const GantryForecast *kind = kinds->pdata[i];
      const char *const syntaxes[] = { kind->transfer_syntax, NULL };

      g_ptr_array_add (pairs, gantry_context_new (0, kind->sop_class_uid, syntaxes, "", 0));
    }
  if (pairs->len == 0)
    return TRUE;
  proposal = gantry_proposal_new (pairs, policy);
  for (guint pass = 0; pass < gantry_proposal_get_n_passes (proposal); pass++)
    if (!run_pass (request, kinds, proposal, pass, cancellable, error))
      return FALSE;
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
