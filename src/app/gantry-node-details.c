/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-details.h"

#include <glib/gi18n-lib.h>

#include "gantry-adaptive-box.h"
#include "gantry-echo-ladder.h"
#include "gantry-format.h"
#include "gantry-node-facts.h"
#include "gantry-peer.h"
#include "gantry-sparkline.h"

struct _GantryNodeDetails
{
  AdwBin parent_instance;

  GtkLabel *name_label;
  GtkLabel *address_label;
  GtkStack *button_stack;
  GtkWidget *echo_button;
  GtkWidget *cancel_button;
  GtkWidget *menu_button;
  GtkStack *mark_stack;
  GtkImage *mark;
  GtkSpinner *spinner;
  GtkLabel *answer_label;
  GtkLabel *message_label;
  GtkWidget *listen_button;
  GtkLabel *when_label;
  GantryEchoLadder *ladder;
  GtkLabel *history_label;
  GantryNodeFacts *facts;

  GantryNodeItem *item;
  gboolean listening;
};

G_DEFINE_FINAL_TYPE (GantryNodeDetails, gantry_node_details, ADW_TYPE_BIN)

static void
set_answer (GantryNodeDetails *self,
            const char *icon,
            const char *style,
            const char *word,
            const char *text)
{
  gtk_image_set_from_icon_name (self->mark, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->mark), (const char *[]){ style, NULL });
  gtk_widget_set_css_classes (GTK_WIDGET (self->answer_label),
                              (const char *[]){ "title-4", style, NULL });
  gtk_label_set_text (self->answer_label, word);
  gtk_label_set_text (self->message_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), *text != '\0');
}

/* "Asked at 10:42:07, down since 09:12:03" */
static char *
describe_when (GantryNodeDetails *self, const GantryEcho *echo)
{
  g_autofree char *asked = gantry_format_time (echo->started);
  g_autofree char *since = gantry_format_time (gantry_node_item_get_since (self->item));

  return g_strdup_printf (
      echo->ok ? _ ("Asked at %s, up since %s") : _ ("Asked at %s, down since %s"), asked, since);
}

static void
show_answer (GantryNodeDetails *self, const GantryEcho *echo, gboolean running)
{
  g_autofree char *when = NULL;

  if (running)
    set_answer (self, NULL, NULL, _ ("Asking…"), "");
  else if (echo == NULL)
    set_answer (self, "network-idle-symbolic", "dim-label", _ ("Not asked yet"),
                _ ("Echo finds out whether this node answers, and if not, why."));
  else if (echo->ok)
    {
      g_autofree char *latency = gantry_format_latency (echo->elapsed[GANTRY_STEP_MESSAGE]);
      g_autofree char *word = g_strdup_printf (_ ("Answers in %s"), latency);

      set_answer (self, "emblem-ok-symbolic", "success", word, echo->message);
    }
  else
    set_answer (self, "dialog-error-symbolic", "error", _ ("Does not answer"), echo->message);

  if (echo != NULL && !running)
    when = describe_when (self, echo);
  gtk_label_set_text (self->when_label, when != NULL ? when : "");
  gtk_widget_set_visible (GTK_WIDGET (self->when_label), when != NULL);
}

static void
show_history (GantryNodeDetails *self)
{
  g_autofree char *text = gantry_sparkline_describe (gantry_node_item_get_health (self->item));

  gtk_label_set_text (self->history_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->history_label), *text != '\0');
}

static void
update (GantryNodeDetails *self)
{
  const GantryNode *node = gantry_node_item_get_node (self->item);
  gboolean running = gantry_node_item_get_running (self->item);
  const GantryEcho *echo = running ? NULL : gantry_node_item_get_echo (self->item);
  g_autofree char *address = gantry_peer_format (node->ae_title, node->host, node->port);
  g_autofree char *line
      = *node->calling_ae_title != '\0'
            ? g_strdup_printf (_ ("%s, called as %s"), address, node->calling_ae_title)
            : g_strdup (address);

  gtk_label_set_text (self->name_label, node->is_self ? _ ("This workstation") : node->name);
  gtk_label_set_text (self->address_label, line);
  gtk_stack_set_visible_child (self->button_stack,
                               running ? self->cancel_button : self->echo_button);
  gtk_stack_set_visible_child (self->mark_stack,
                               running ? GTK_WIDGET (self->spinner) : GTK_WIDGET (self->mark));
  gtk_spinner_set_spinning (self->spinner, running);
  show_answer (self, echo, running);
  gtk_widget_set_visible (self->listen_button,
                          node->is_self && !self->listening && echo != NULL && !echo->ok);
  gantry_echo_ladder_show (self->ladder, node,
                           running ? gantry_node_item_get_progress (self->item) : echo);
  gantry_node_facts_show (self->facts, node, echo);
  show_history (self);
}

static void
gantry_node_details_dispose (GObject *object)
{
  GantryNodeDetails *self = GANTRY_NODE_DETAILS (object);

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, update, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (gantry_node_details_parent_class)->dispose (object);
}

static void
gantry_node_details_class_init (GantryNodeDetailsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_node_details_dispose;

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  g_type_ensure (GANTRY_TYPE_ECHO_LADDER);
  g_type_ensure (GANTRY_TYPE_NODE_FACTS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-node-details.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, name_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, address_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, button_stack);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, echo_button);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, menu_button);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, mark_stack);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, mark);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, spinner);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, answer_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, message_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, listen_button);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, when_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, ladder);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, history_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeDetails, facts);
}

static void
gantry_node_details_init (GantryNodeDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
gantry_node_details_set_item (GantryNodeDetails *self, GantryNodeItem *item)
{
  g_return_if_fail (GANTRY_IS_NODE_DETAILS (self));

  if (self->item == item)
    return;
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, update, self);
  g_set_object (&self->item, item);
  if (item != NULL)
    {
      g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
      update (self);
    }
}

void
gantry_node_details_set_listening (GantryNodeDetails *self, gboolean listening)
{
  g_return_if_fail (GANTRY_IS_NODE_DETAILS (self));

  self->listening = listening;
  if (self->item != NULL)
    update (self);
}
