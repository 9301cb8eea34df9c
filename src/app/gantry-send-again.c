/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-send-again.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-node-chooser.h"
#include "gantry-window.h"

typedef struct
{
  GtkWidget *widget; /* weak; NULL: its window has been closed */
  GantryEngine *engine;
  GantrySelection selection;
  gint64 *ids; /* of the selection */
} Again;

static void
again_clear (gpointer data)
{
  Again *again = data;

  g_clear_weak_pointer (&again->widget);
  g_object_unref (again->engine);
  g_free (again->ids);
}

static void
again_unref (gpointer again, GClosure *closure G_GNUC_UNUSED)
{
  g_rc_box_release_full (again, again_clear);
}

static void
sent (GObject *engine, GAsyncResult *result, gpointer data)
{
  Again *again = data;
  g_autoptr (GError) error = NULL;
  gint64 job = gantry_engine_send_finish (GANTRY_ENGINE (engine), result, &error);
  const char *text = job >= 0 ? _ ("Added to the queue") : _ ("There is nothing to send.");

  gantry_window_tell (again->widget, error != NULL ? error->message : text);
  again_unref (again, NULL);
}

static void
node_chosen (GantryNodeChooser *chooser G_GNUC_UNUSED, GantryNode *node, Again *again)
{
  gantry_engine_send_again_async (again->engine, &again->selection, node, NULL, sent,
                                  g_rc_box_acquire (again));
}

void
gantry_send_again_present (GtkWidget *widget,
                           GantryEngine *engine,
                           const GantrySelection *selection,
                           const GantryJob *job,
                           guint64 n)
{
  Again *again = g_rc_box_new0 (Again);
  g_autofree char *number = gantry_format_count (n);
  g_autofree char *text = g_strdup_printf (
      ngettext ("%s object is sent again, as a new job. This job stays as it is.",
                "%s objects are sent again, as a new job. This job stays as it is.", (gulong)n),
      number);
  GantryNodeChooser *chooser = gantry_node_chooser_present (widget, engine, text, job->node->id);

  g_set_weak_pointer (&again->widget, widget);
  again->engine = g_object_ref (engine);
  again->selection = *selection;
  again->ids = g_memdup2 (selection->instance_ids,
                          selection->n_instances * sizeof *selection->instance_ids);
  again->selection.instance_ids = again->ids;
  g_signal_connect_data (chooser, "chosen", G_CALLBACK (node_chosen), again, again_unref, 0);
}
