/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-forecast-task.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-link.h"
#include "gantry-registry.h"

/* Who is asked: the node, or what it said when it was probed. */
typedef struct
{
  const GantryAssociationRequest *request;
  const GantryProbe *probe; /* NULL: the node */
  GCancellable *cancellable;
} Source;

/* 0: accepted; else why not; 2 for what the probe did not ask. */
static guint8
look_up (const GantryProbe *probe, const char *sop_class, const char *syntax)
{
  for (guint i = 0; i < probe->contexts->len; i++)
    {
      const GantryContext *context = probe->contexts->pdata[i];

      if (g_str_equal (context->abstract_syntax, sop_class)
          && g_str_equal (context->proposed[0], syntax))
        return context->result;
    }
  return 2;
}

/* As the node would answer, as far as its probe tells: with the first of the transfer syntaxes. */
static GPtrArray *
ask_probe (const GantryProbe *probe, GPtrArray *contexts)
{
  GPtrArray *answered = gantry_record_array_new ();

  for (guint i = 0; i < contexts->len; i++)
    {
      const GantryContext *context = contexts->pdata[i];
      const char *const *proposed = (const char *const *)context->proposed;
      const char *accepted = "";
      guint8 result = 2;

      for (guint j = 0; proposed[j] != NULL && *accepted == '\0'; j++)
        {
          result = look_up (probe, context->abstract_syntax, proposed[j]);
          if (result == 0)
            accepted = proposed[j];
        }
      g_ptr_array_add (answered, gantry_context_new (context->id, context->abstract_syntax,
                                                     proposed, accepted, result));
    }
  return answered;
}

/* Returns: (transfer full) (element-type GantryContext): the node's answers */
static GPtrArray *
ask (const Source *source, GPtrArray *contexts, GError **error)
{
  GantryAssociationRequest request;
  GCancellable *cancellable = source->cancellable;
  g_autoptr (GantryAssociation) association = NULL;
  GPtrArray *answered;
  gulong handler;

  if (source->probe != NULL)
    return ask_probe (source->probe, contexts);
  request = *source->request;
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
  gantry_record_set (&kind->sent_class_uid,
                     strcmp (way.sop_class, kind->sop_class_uid) != 0 ? way.sop_class : "");
  gantry_record_set (&kind->sent_syntax,
                     strcmp (way.syntax, kind->transfer_syntax) != 0 ? way.syntax : "");
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
run_pass (
    const Source *source, GPtrArray *kinds, GantryProposal *proposal, guint pass, GError **error)
{
  g_autoptr (GPtrArray) answered
      = ask (source, gantry_proposal_get_contexts (proposal, pass), error);
  g_autoptr (GPtrArray) more = NULL;
  g_autoptr (GPtrArray) taken = NULL;
  const GPtrArray *known;

  if (answered == NULL)
    return FALSE;
  more = gantry_proposal_add_questions (proposal, pass, answered);
  /* What it said first counts, whatever comes of asking for more. */
  if (more != NULL)
    taken = ask (source, more, NULL);
  known = taken != NULL ? taken : answered;
  for (guint i = 0; i < kinds->len; i++)
    {
      GantryForecast *kind = kinds->pdata[i];

      if (gantry_proposal_find_pass (proposal, kind->sop_class_uid, kind->transfer_syntax)
          == (gint)pass)
        judge (kind, proposal, known);
    }
  return TRUE;
}

static gboolean
run_passes (const Source *source, GPtrArray *kinds, GantryProposal *proposal, GError **error)
{
  for (guint pass = 0; pass < gantry_proposal_get_n_passes (proposal); pass++)
    if (!run_pass (source, kinds, proposal, pass, error))
      return FALSE;
  return TRUE;
}

static void
note_probe (GPtrArray *kinds, const GantryProbe *probe)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (probe->started / G_USEC_PER_SEC);
  g_autofree char *time = g_date_time_format (then, "%Y-%m-%d %H:%M");

  for (guint i = 0; i < kinds->len; i++)
    {
      GantryForecast *kind = kinds->pdata[i];
      /* Translators: the first is a sentence, or several; the second is a time */
      g_autofree char *message = g_strdup_printf (
          _ ("%1$s The node does not answer now: this is what it said to the probe of %2$s."),
          kind->message, time);

      gantry_record_set (&kind->message, message);
    }
}

/* A rejection, say, is an answer, and what is to be mended first. */
static gboolean
is_silence (const GError *error)
{
  return g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_UNREACHABLE)
         || g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_TIMED_OUT);
}

gboolean
gantry_forecast_run (const GantryAssociationRequest *request,
                     const GantryProbe *probe,
                     GPtrArray *kinds,
                     const GantrySendPolicy *policy,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GPtrArray) pairs = gantry_record_array_new ();
  g_autoptr (GantryProposal) proposal = NULL;
  g_autoptr (GError) reason = NULL;

  for (guint i = 0; i < kinds->len; i++)
    {
      const GantryForecast *kind = kinds->pdata[i];
      const char *const syntaxes[] = { kind->transfer_syntax, NULL };

      g_ptr_array_add (pairs, gantry_context_new (0, kind->sop_class_uid, syntaxes, "", 0));
    }
  if (pairs->len == 0)
    return TRUE;
  proposal = gantry_proposal_new (pairs, policy);
  if (!run_passes (&(Source){ request, NULL, cancellable }, kinds, proposal, &reason))
    {
      if (probe == NULL || !is_silence (reason))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return FALSE;
        }
      run_passes (&(Source){ .probe = probe }, kinds, proposal, NULL);
      note_probe (kinds, probe);
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
