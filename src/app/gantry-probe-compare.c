/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-compare.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"

struct _GantryProbeCompare
{
  AdwBin parent_instance;

  GtkDropDown *choice;

  GantryEngine *engine;  /* NULL: nothing is shown yet */
  GantryProbe *shown;    /* NULL as well then */
  GantryProbe *other;    /* NULL: none is chosen, or it is being read */
  GPtrArray *offered;    /* GantryProbe without contexts, in the order of the drop-down but its
                            first */
  gint64 chosen;         /* id; 0: none */
  gboolean filling;      /* the drop-down's selection is not the user's */
  GCancellable *reading; /* of what is chosen; NULL: nothing was */
  GCancellable *closing; /* of the lists */
};

G_DEFINE_FINAL_TYPE (GantryProbeCompare, gantry_probe_compare, ADW_TYPE_BIN)

enum
{
  CHANGED,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- What is chosen ------------------------------------------------------------------------- */

static void
take_other (GantryProbeCompare *self, GantryProbe *other)
{
  gantry_record_unref (self->other);
  self->other = other != NULL ? gantry_record_ref (other) : NULL;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_other (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) probes
      = gantry_engine_list_finish (GANTRY_ENGINE (object), result, NULL, &error);
  GantryProbeCompare *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (probes != NULL && probes->len > 0)
    {
      take_other (self, probes->pdata[0]);
      return;
    }
  g_signal_emit (self, signals[FAILED], 0,
                 error != NULL ? error->message : _ ("This probe is not kept any more."));
  gtk_drop_down_set_selected (self->choice, 0);
}

static void
choose (GantryProbeCompare *self, gint64 id)
{
  if (id == self->chosen)
    return;
  self->chosen = id;
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  if (id == 0)
    {
      take_other (self, NULL);
      return;
    }
  self->reading = g_cancellable_new ();
  gantry_engine_get_probe_async (self->engine, id, self->reading, on_other, self);
}

static void
choice_changed (GantryProbeCompare *self)
{
  guint selected = gtk_drop_down_get_selected (self->choice);

  if (self->filling)
    return;
  if (selected == 0 || selected == GTK_INVALID_LIST_POSITION || selected > self->offered->len)
    choose (self, 0);
  else
    choose (self, ((GantryProbe *)self->offered->pdata[selected - 1])->id);
}

/* ---- What is offered ------------------------------------------------------------------------ */

static gboolean
wants (GantryProbeCompare *self, const GantryProbe *probe)
{
  const GantryNode *node = self->shown->node;

  /* One that has just come is being written, and has no id yet. */
  if (probe->node->id == node->id && probe->started == self->shown->started)
    return FALSE;
  if (probe->node->id == node->id || probe->id == self->chosen)
    return TRUE;
  for (guint i = 0; i < self->offered->len; i++)
    if (((GantryProbe *)self->offered->pdata[i])->node->id == probe->node->id)
      return FALSE;
  return TRUE;
}

static char *
describe (GantryProbeCompare *self, const GantryProbe *probe)
{
  g_autofree char *time = gantry_format_time (probe->started);

  if (probe->node->id == self->shown->node->id)
    /* Translators: an earlier probe of the same node; %s is its time */
    return g_strdup_printf (_ ("Earlier: %s"), time);
  return g_strdup_printf ("%s, %s", probe->node->name, time);
}

static void
offer (GantryProbeCompare *self, GPtrArray *probes)
{
  g_autoptr (GtkStringList) texts = gtk_string_list_new (NULL);
  guint selected = 0;

  g_ptr_array_set_size (self->offered, 0);
  gtk_string_list_append (texts, _ ("Nothing"));
  for (guint i = 0; i < probes->len; i++)
    if (wants (self, probes->pdata[i]))
      {
        gtk_string_list_take (texts, describe (self, probes->pdata[i]));
        g_ptr_array_add (self->offered, gantry_record_ref (probes->pdata[i]));
        if (((GantryProbe *)probes->pdata[i])->id == self->chosen)
          selected = self->offered->len;
      }
  self->filling = TRUE;
  gtk_drop_down_set_model (self->choice, G_LIST_MODEL (texts));
  gtk_drop_down_set_selected (self->choice, selected);
  self->filling = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->choice), self->offered->len > 0);
  choice_changed (self);
}

static void
on_list (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) probes
      = gantry_engine_list_finish (GANTRY_ENGINE (object), result, NULL, &error);
  GantryProbeCompare *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (probes != NULL)
    offer (self, probes);
  else
    g_signal_emit (self, signals[FAILED], 0, error->message);
}

static void
list (GantryProbeCompare *self)
{
  gantry_engine_list_probes_async (self->engine, 0, self->closing, on_list, self);
}

/* ---- The class ------------------------------------------------------------------------------ */

static void
gantry_probe_compare_dispose (GObject *object)
{
  GantryProbeCompare *self = GANTRY_PROBE_COMPARE (object);

  g_cancellable_cancel (self->closing);
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->shown, gantry_record_unref);
  g_clear_pointer (&self->other, gantry_record_unref);
  G_OBJECT_CLASS (gantry_probe_compare_parent_class)->dispose (object);
}

static void
gantry_probe_compare_finalize (GObject *object)
{
  GantryProbeCompare *self = GANTRY_PROBE_COMPARE (object);

  g_object_unref (self->closing);
  g_ptr_array_unref (self->offered);
  G_OBJECT_CLASS (gantry_probe_compare_parent_class)->finalize (object);
}

static void
gantry_probe_compare_class_init (GantryProbeCompareClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_probe_compare_dispose;
  G_OBJECT_CLASS (klass)->finalize = gantry_probe_compare_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-probe-compare.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryProbeCompare, choice);
  gtk_widget_class_bind_template_callback (widget_class, choice_changed);
}

static void
gantry_probe_compare_init (GantryProbeCompare *self)
{
  self->offered = gantry_record_array_new ();
  self->closing = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
gantry_probe_compare_set_probe (GantryProbeCompare *self, GantryEngine *engine, GantryProbe *shown)
{
  g_return_if_fail (GANTRY_IS_PROBE_COMPARE (self));

  g_set_object (&self->engine, engine);
  gantry_record_ref (shown);
  gantry_record_unref (self->shown);
  self->shown = shown;
  list (self);
}

void
gantry_probe_compare_handle_event (GantryProbeCompare *self, GantryEvent *event)
{
  g_return_if_fail (GANTRY_IS_PROBE_COMPARE (self));

  /* A node may have another name, or be gone with its probes. */
  if (self->shown != NULL
      && (event->type == GANTRY_EVENT_PROBE_KEPT || event->type == GANTRY_EVENT_NODES_CHANGED))
    list (self);
}

GantryProbe *
gantry_probe_compare_get_other (GantryProbeCompare *self)
{
  g_return_val_if_fail (GANTRY_IS_PROBE_COMPARE (self), NULL);

  return self->other;
}
