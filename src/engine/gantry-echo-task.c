/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-echo-task.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-link.h"
#include "gantry-node-settings.h"
#include "gantry-peer.h"
#include "gantry-registry.h"
#include "gantry-store-scu.h"
#include "gantry-tls-context.h"
#include "gantry-words.h"

#define CALLED_OFFSET 10 /* of the called AE title in an A-ASSOCIATE-AC (PS3.8 9.3.3) */

static GPtrArray *
make_contexts (void)
{
  static const char *const syntaxes[] = { GANTRY_UID_IMPLICIT_LE, NULL };
  GPtrArray *contexts = gantry_record_array_new ();

  g_ptr_array_add (contexts, gantry_context_new (1, GANTRY_UID_VERIFICATION, syntaxes, "", 0));
  return contexts;
}

static void
break_at (GantryEcho *echo, GantryStep step, const char *message)
{
  echo->ok = FALSE;
  echo->failed_step = step;
  gantry_record_set (&echo->message, message);
}

/* An own receiver that is switched off is the likeliest reason, and the easiest to mend. */
static char *
explain_request_error (const GantryNode *node, GantryStep step, const GError *error)
{
  if (node->is_self && step == GANTRY_STEP_CONNECTION)
    return g_strdup (
        _ ("The receiver of this workstation is off. Switch it on on the Receive page."));
  return g_strdup (error->message);
}

static void
echo_over (GantryAssociation *association,
           GantryEcho *echo,
           GantryStepFunc passed,
           gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gint64 before = g_get_monotonic_time ();
  guint16 status = 0;

  if (gantry_association_find_context (association, GANTRY_UID_VERIFICATION, GANTRY_UID_IMPLICIT_LE)
      == 0)
    {
      break_at (echo, GANTRY_STEP_MESSAGE,
                _ ("The node accepts associations, but does not answer echoes: it does not support "
                   "the Verification "
                   "SOP class. Sending to it may work all the same."));
      gantry_association_release (association, NULL);
      return;
    }
  if (!gantry_echo_scu (association, &status, &error))
    {
      break_at (echo, GANTRY_STEP_MESSAGE, error->message);
      return;
    }
  echo->elapsed[GANTRY_STEP_MESSAGE] = g_get_monotonic_time () - before;
  echo->status = status;
  if (gantry_status_get_class (status) != GANTRY_STATUS_SUCCESS)
    {
      g_autofree char *message = gantry_status_describe_echo (status);

      break_at (echo, GANTRY_STEP_MESSAGE, message);
      gantry_association_release (association, NULL);
      return;
    }

  if (passed != NULL)
    passed (GANTRY_STEP_MESSAGE, echo->elapsed[GANTRY_STEP_MESSAGE], user_data);
  before = g_get_monotonic_time ();
  if (!gantry_association_release (association, &error))
    {
      break_at (echo, GANTRY_STEP_RELEASE, error->message);
      return;
    }
  echo->elapsed[GANTRY_STEP_RELEASE] = g_get_monotonic_time () - before;
  echo->ok = TRUE;
}

/* What the answer calls itself, when it is not what was asked for. The field is reserved, to be
 * sent back as it came (PS3.8 9.3.3): who does not is likely to be another AE. */
static void
note_title (GantryEcho *echo, const GantryAssociationFacts *facts)
{
  gsize size = 0;
  const guint8 *pdu
      = facts->answer_pdu != NULL ? g_bytes_get_data (facts->answer_pdu, &size) : NULL;
  g_autofree char *title = NULL;

  if (size < CALLED_OFFSET + GANTRY_AE_TITLE_MAX)
    return;
  title = g_strndup ((const char *)pdu + CALLED_OFFSET, GANTRY_AE_TITLE_MAX);
  g_strstrip (title);
  if (strcmp (title, facts->called) != 0 && gantry_ae_title_check (title, NULL))
    gantry_record_set (&echo->answered_as, title);
}

static GantryEcho *
echo_node (const GantryNode *node,
           const GantrySendSettings *settings,
           GantryStepFunc passed,
           gpointer user_data,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GantryEcho) echo = gantry_echo_new ();
  g_autoptr (GPtrArray) contexts = make_contexts ();
  g_autoptr (GError) reason = NULL;
  GantryTls tls;
  GantryAssociationRequest request = {
    .calling = gantry_node_get_calling (node, settings),
    .called = node->ae_title,
    .host = node->host,
    .port = node->port,
    .max_pdu = gantry_node_get_max_pdu (node, settings),
    .timeouts = gantry_node_get_timeouts (node, settings),
    .contexts = contexts,
    .diagnose = TRUE,
    .passed = passed,
    .passed_data = user_data,
  };
  g_autoptr (GantryAssociation) association = NULL;
  gulong handler;

  gantry_node_get_tls (node, settings, &tls);
  request.tls = tls.enabled ? &tls : NULL;
  /* An echo is small: who takes longer than this for it is broken. */
  request.timeouts.dimse = MIN (request.timeouts.dimse, request.timeouts.acse);
  request.timeouts.idle = MIN (request.timeouts.idle, request.timeouts.acse);
  echo->started = g_get_real_time ();
  echo->encrypted = tls.enabled;
  association = gantry_association_request (&request, cancellable, &echo->failed_step,
                                            echo->elapsed, &reason);
  if (association != NULL)
    {
      const GantryAssociationFacts *facts = gantry_association_get_facts (association);

      gantry_record_set (&echo->implementation, *facts->peer_implementation_version != '\0'
                                                    ? facts->peer_implementation_version
                                                    : facts->peer_implementation_class_uid);
      gantry_record_set (&echo->tls, facts->tls);
      echo->peer_max_pdu = facts->peer_max_pdu;
      note_title (echo, facts);
      handler = gantry_link_association (cancellable, association);
      echo_over (association, echo, passed, user_data);
      g_cancellable_disconnect (cancellable, handler);
    }
  else
    {
      g_autofree char *message = explain_request_error (node, echo->failed_step, reason);

      break_at (echo, echo->failed_step, message);
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (echo->ok)
    {
      g_autofree char *message
          = g_strdup_printf (_ ("%s answers as %s in %.1f ms."), node->name, node->ae_title,
                             (double)echo->elapsed[GANTRY_STEP_MESSAGE] / 1000);

      gantry_record_set (&echo->message, message);
    }
  return g_steal_pointer (&echo);
}

GantryEcho *
gantry_echo_run (const GantryNode *node,
                 const GantrySendSettings *settings,
                 GantryStepFunc passed,
                 gpointer user_data,
                 GCancellable *cancellable,
                 GError **error)
{
  GantryEcho *echo = echo_node (node, settings, passed, user_data, cancellable, error);

  gantry_tls_leave_thread ();
  return echo;
}
