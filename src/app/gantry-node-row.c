/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-row.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-node-swatch.h"
#include "gantry-peer.h"
#include "gantry-sparkline.h"

struct _GantryNodeRow
{
  GtkListBoxRow parent_instance;

  GtkStack *mark_stack;
  GtkImage *mark;
  GtkSpinner *spinner;
  GantryNodeSwatch *swatch;
  GtkLabel *name_label;
  GtkLabel *since_label;
  GtkLabel *time_label;
  GantrySparkline *sparkline;

  GantryNodeItem *item;
};

G_DEFINE_FINAL_TYPE (GantryNodeRow, gantry_node_row, GTK_TYPE_LIST_BOX_ROW)

static void
set_mark (GantryNodeRow *self, const char *icon, const char *style)
{
  gtk_image_set_from_icon_name (self->mark, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->mark), (const char *[]){ style, NULL });
}

/* "09:12" of this day, else the date: there is no room for more, and the details say it all. */
static char *
format_since (gint64 since)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (since / G_USEC_PER_SEC);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gboolean today = g_date_time_get_year (then) == g_date_time_get_year (now)
                   && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (now);

  return g_date_time_format (then, today ? "%H:%M" : "%x");
}

/* "Up since 09:12": the word that goes with the mark. */
static char *
describe_state (GantryNodeItem *item)
{
  const GantryEcho *echo = gantry_node_item_get_echo (item);
  g_autofree char *since = NULL;

  if (echo == NULL)
    return g_strdup (gantry_node_item_get_running (item) ? _ ("Asking…") : _ ("Not asked yet"));
  since = format_since (gantry_node_item_get_since (item));
  /* Translators: %s is a time: since when a node answers, or does not */
  return g_strdup_printf (echo->ok ? _ ("Up since %s") : _ ("Down since %s"), since);
}

static char *
describe (GantryNodeItem *item, const char *state, const char *time)
{
  const GantryNode *node = gantry_node_item_get_node (item);
  g_autofree char *history = gantry_sparkline_describe (gantry_node_item_get_health (item));
  GString *text = g_string_new (node->name);

  if (node->color != GANTRY_NODE_COLOR_NONE)
    g_string_append_printf (text, ", %s", gantry_node_swatch_get_name (node->color));
  g_string_append_printf (text, ", %s", state);
  if (*time != '\0')
    g_string_append_printf (text, ", %s", time);
  if (*history != '\0')
    g_string_append_printf (text, ", %s", history);
  return g_string_free (text, FALSE);
}

static void
show_mark (GantryNodeRow *self, const GantryEcho *echo, gboolean running)
{
  gtk_stack_set_visible_child (self->mark_stack,
                               running ? GTK_WIDGET (self->spinner) : GTK_WIDGET (self->mark));
  gtk_spinner_set_spinning (self->spinner, running);
  if (echo == NULL)
    set_mark (self, "content-loading-symbolic", "dim-label");
  else if (echo->ok)
    set_mark (self, "emblem-ok-symbolic", "success");
  else
    set_mark (self, "dialog-error-symbolic", "error");
}

static void
update (GantryNodeRow *self)
{
  const GantryNode *node = gantry_node_item_get_node (self->item);
  const GantryEcho *echo = gantry_node_item_get_echo (self->item);
  g_autofree char *address = gantry_peer_format (node->ae_title, node->host, node->port);
  g_autofree char *state = describe_state (self->item);
  g_autofree char *time = echo != NULL && echo->ok
                              ? gantry_format_latency (echo->elapsed[GANTRY_STEP_MESSAGE])
                              : g_strdup ("");
  g_autofree char *description = describe (self->item, state, time);

  gtk_label_set_text (self->name_label, node->is_self ? _ ("This workstation") : node->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), address);
  gantry_node_swatch_set_color (self->swatch, node->color);
  show_mark (self, echo, gantry_node_item_get_running (self->item));
  gtk_label_set_text (self->since_label, state);
  gtk_widget_set_css_classes (GTK_WIDGET (self->since_label),
                              (const char *[]){ "numeric", "caption",
                                                echo == NULL || echo->ok ? "dim-label" : "error",
                                                NULL });
  gtk_label_set_text (self->time_label, *time != '\0' || echo == NULL ? time : "–");
  gantry_sparkline_set_health (self->sparkline, gantry_node_item_get_health (self->item));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, description,
                                  -1);
}

static void
gantry_node_row_dispose (GObject *object)
{
  GantryNodeRow *self = GANTRY_NODE_ROW (object);

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, update, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (gantry_node_row_parent_class)->dispose (object);
}

static void
gantry_node_row_class_init (GantryNodeRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_node_row_dispose;

  g_type_ensure (GANTRY_TYPE_NODE_SWATCH);
  g_type_ensure (GANTRY_TYPE_SPARKLINE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-node-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, mark_stack);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, mark);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, swatch);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, since_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, time_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeRow, sparkline);
}

static void
gantry_node_row_init (GantryNodeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gantry_node_row_new (GantryNodeItem *item)
{
  GantryNodeRow *self = g_object_new (GANTRY_TYPE_NODE_ROW, NULL);

  self->item = g_object_ref (item);
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}

GantryNodeItem *
gantry_node_row_get_item (GantryNodeRow *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_ROW (self), NULL);

  return self->item;
}
