/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-echo-ladder.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-words.h"

typedef struct
{
  GtkWidget *row; /* AdwActionRow */
  GtkImage *mark;
  GtkLabel *time;
} Rung;

struct _GantryEchoLadder
{
  AdwBin parent_instance;

  GtkListBox *list;
  Rung rungs[GANTRY_N_STEPS];
};

G_DEFINE_FINAL_TYPE (GantryEchoLadder, gantry_echo_ladder, ADW_TYPE_BIN)

static const struct
{
  const char *icon, *style, *word;
} marks[] = {
  [GANTRY_RUNG_UNKNOWN] = { "content-loading-symbolic", "dim-label", N_ ("not known yet") },
  [GANTRY_RUNG_PASSED] = { "object-select-symbolic", "success", N_ ("passed") },
  [GANTRY_RUNG_FAILED] = { "window-close-symbolic", "error", N_ ("failed") },
  [GANTRY_RUNG_NOT_REACHED] = { "list-remove-symbolic", "dim-label", N_ ("not reached") },
};

/* What was found at a step, beside its time; "" when there is nothing to say. */
static char *
describe_finding (const GantryNode *node, const GantryEcho *echo, GantryStep step)
{
  if (step == GANTRY_STEP_NAME)
    return g_strdup (node->host);
  if (step == GANTRY_STEP_CONNECTION)
    return g_strdup_printf (_ ("TCP port %u"), node->port);
  if (step == GANTRY_STEP_TLS)
    return g_strdup (echo != NULL && *echo->tls != '\0' ? echo->tls : "TLS");
  if (step == GANTRY_STEP_ASSOCIATION && echo != NULL && *echo->implementation != '\0')
    {
      g_autofree char *pdu = gantry_format_count (echo->peer_max_pdu);

      if (echo->peer_max_pdu == 0)
        return g_strdup (echo->implementation);
      /* Translators: what the other side calls itself, and how much it takes at once */
      return g_strdup_printf (_ ("%s, PDU %s"), echo->implementation, pdu);
    }
  if (step == GANTRY_STEP_ASSOCIATION)
    return g_strdup (node->ae_title);
  if (step == GANTRY_STEP_MESSAGE && echo != NULL && echo->status > 0)
    return gantry_status_describe_echo ((guint16)echo->status);
  if (step == GANTRY_STEP_MESSAGE && echo != NULL && echo->status == 0)
    return g_strdup (_ ("Success (0000)"));
  return g_strdup ("");
}

static gboolean
is_encrypted (const GantryNode *node, const GantryEcho *echo)
{
  return echo != NULL && (echo->encrypted || !echo->running) ? echo->encrypted
                                                             : node->options.tls > 0;
}

static void
show_rung (Rung *self, const GantryNode *node, const GantryEcho *echo, GantryStep step)
{
  GantryRung rung = gantry_echo_ladder_get_rung (echo, step);
  gint64 elapsed = echo != NULL ? echo->elapsed[step] : -1;
  g_autofree char *finding = describe_finding (node, echo, step);
  g_autofree char *time = elapsed >= 0 ? gantry_format_latency (elapsed) : g_strdup ("");
  /* Translators: a step read aloud: "Connection: passed, 0.9 ms" */
  g_autofree char *spoken
      = elapsed >= 0
            ? g_strdup_printf (_ ("%s: %s, %s"), gantry_step_get_name (step), _ (marks[rung].word),
                               time)
            : g_strdup_printf (_ ("%s: %s"), gantry_step_get_name (step), _ (marks[rung].word));

  gtk_widget_set_visible (self->row, step != GANTRY_STEP_TLS || is_encrypted (node, echo));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->row), finding);
  gtk_image_set_from_icon_name (self->mark, marks[rung].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->mark), (const char *[]){ marks[rung].style, NULL });
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->mark), _ (marks[rung].word));
  gtk_label_set_text (self->time, time);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
}

static void
make_rung (GantryEchoLadder *self, GantryStep step)
{
  Rung *rung = &self->rungs[step];

  rung->mark = GTK_IMAGE (gtk_image_new ());
  rung->time = GTK_LABEL (gtk_label_new (""));
  gtk_widget_add_css_class (GTK_WIDGET (rung->time), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (rung->time), "dim-label");

  rung->row = adw_action_row_new ();
  /* Names of hosts and peers are not ours. */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (rung->row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (rung->row), gantry_step_get_name (step));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (rung->row), 2);
  adw_action_row_add_prefix (ADW_ACTION_ROW (rung->row), GTK_WIDGET (rung->mark));
  adw_action_row_add_suffix (ADW_ACTION_ROW (rung->row), GTK_WIDGET (rung->time));
  gtk_list_box_append (self->list, rung->row);
}

static void
gantry_echo_ladder_class_init (GantryEchoLadderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-echo-ladder.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryEchoLadder, list);
}

static void
gantry_echo_ladder_init (GantryEchoLadder *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (GantryStep step = GANTRY_STEP_NAME; step < GANTRY_N_STEPS; step++)
    make_rung (self, step);
}

GantryRung
gantry_echo_ladder_get_rung (const GantryEcho *echo, GantryStep step)
{
  if (echo == NULL)
    return GANTRY_RUNG_UNKNOWN;
  if (echo->running)
    return echo->elapsed[step] >= 0 ? GANTRY_RUNG_PASSED : GANTRY_RUNG_UNKNOWN;
  if (echo->ok)
    return GANTRY_RUNG_PASSED;
  /* With certificate files of our own that are of no use, no connection is made at all. */
  if (echo->failed_step == GANTRY_STEP_TLS && step < GANTRY_STEP_TLS && echo->elapsed[step] < 0)
    return GANTRY_RUNG_NOT_REACHED;
  if (step < echo->failed_step)
    return GANTRY_RUNG_PASSED;
  return step == echo->failed_step ? GANTRY_RUNG_FAILED : GANTRY_RUNG_NOT_REACHED;
}

void
gantry_echo_ladder_show (GantryEchoLadder *self, const GantryNode *node, const GantryEcho *echo)
{
  g_return_if_fail (GANTRY_IS_ECHO_LADDER (self));

  for (GantryStep step = GANTRY_STEP_NAME; step < GANTRY_N_STEPS; step++)
    show_rung (&self->rungs[step], node, echo, step);
}
