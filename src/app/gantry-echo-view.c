/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-echo-view.h"

#include <glib/gi18n-lib.h>

#include "gantry-echo-ladder.h"
#include "gantry-format.h"

struct _GantryEchoView
{
  AdwBin parent_instance;

  GtkStack *mark_stack;
  GtkImage *mark;
  GtkSpinner *spinner;
  GtkLabel *answer_label;
  GtkLabel *message_label;
  GtkWidget *listen_button;
  GtkLabel *when_label;
  GantryEchoLadder *ladder;
};

G_DEFINE_FINAL_TYPE (GantryEchoView, gantry_echo_view, ADW_TYPE_BIN)

static void
set_answer (
    GantryEchoView *self, const char *icon, const char *style, const char *word, const char *text)
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
describe_when (GantryNodeItem *item, const GantryEcho *echo)
{
  g_autofree char *asked = gantry_format_time (echo->started);
  g_autofree char *since = gantry_format_time (gantry_node_item_get_since (item));

  return g_strdup_printf (
      echo->ok ? _ ("Asked at %s, up since %s") : _ ("Asked at %s, down since %s"), asked, since);
}

static void
show_answer (GantryEchoView *self, const GantryEcho *echo, gboolean running)
{
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
}

/* Of a node that is not saved nothing is remembered. */
static void
show_when (GantryEchoView *self, GantryNodeItem *item, const GantryEcho *echo)
{
  g_autofree char *when = echo != NULL && gantry_node_item_get_node (item)->id != 0
                              ? describe_when (item, echo)
                              : g_strdup ("");

  gtk_label_set_text (self->when_label, when);
  gtk_widget_set_visible (GTK_WIDGET (self->when_label), *when != '\0');
}

static void
gantry_echo_view_class_init (GantryEchoViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (GANTRY_TYPE_ECHO_LADDER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-echo-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryEchoView, mark_stack);
  gtk_widget_class_bind_template_child (widget_class, GantryEchoView, mark);
  gtk_widget_class_bind_template_child (widget_class, GantryEchoView, spinner);
  gtk_widget_class_bind_template_child (widget_class, GantryEchoView, answer_label);
  gtk_widget_class_bind_template_child (widget_class, GantryEchoView, message_label);
  gtk_widget_class_bind_template_child (widget_class, GantryEchoView, listen_button);
  gtk_widget_class_bind_template_child (widget_class, GantryEchoView, when_label);
  gtk_widget_class_bind_template_child (widget_class, GantryEchoView, ladder);
}

static void
gantry_echo_view_init (GantryEchoView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
gantry_echo_view_show (GantryEchoView *self, GantryNodeItem *item, gboolean offer_receiver)
{
  gboolean running;
  const GantryEcho *echo;

  g_return_if_fail (GANTRY_IS_ECHO_VIEW (self));

  running = gantry_node_item_get_running (item);
  echo = running ? NULL : gantry_node_item_get_echo (item);
  gtk_stack_set_visible_child (self->mark_stack,
                               running ? GTK_WIDGET (self->spinner) : GTK_WIDGET (self->mark));
  gtk_spinner_set_spinning (self->spinner, running);
  show_answer (self, echo, running);
  show_when (self, item, echo);
  gtk_widget_set_visible (self->listen_button, offer_receiver);
  gantry_echo_ladder_show (self->ladder, gantry_node_item_get_node (item),
                           running ? gantry_node_item_get_progress (item) : echo);
}
