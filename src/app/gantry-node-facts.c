/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-facts.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"

typedef enum
{
  FACT_TITLE,
  FACT_IMPLEMENTATION,
  FACT_PDU,
  FACT_ENCRYPTION,
  FACT_NOTES,
  N_FACTS
} Fact;

struct _GantryNodeFacts
{
  AdwBin parent_instance;

  GtkListBox *list;
  GtkWidget *rows[N_FACTS]; /* AdwActionRow */
};

G_DEFINE_FINAL_TYPE (GantryNodeFacts, gantry_node_facts, ADW_TYPE_BIN)

static const char *const labels[] = {
  [FACT_TITLE] = N_ ("Answered as Another AE Title"),
  [FACT_IMPLEMENTATION] = N_ ("Calls Itself"),
  [FACT_PDU] = N_ ("Takes at Once"),
  [FACT_ENCRYPTION] = N_ ("Encryption"),
  [FACT_NOTES] = N_ ("Notes"),
};

/* Returns: (transfer full): "" where nothing is known */
static char *
describe_fact (Fact fact, const GantryNode *node, const GantryEcho *echo)
{
  g_autofree char *pdu = NULL;

  if (fact == FACT_NOTES)
    return g_strdup (node->notes);
  /* Without an association the other side has said nothing of itself. */
  if (echo == NULL || (!echo->ok && echo->failed_step <= GANTRY_STEP_ASSOCIATION))
    return g_strdup ("");
  switch (fact)
    {
    case FACT_TITLE:
      return gantry_format_text (echo->answered_as, 0);
    case FACT_IMPLEMENTATION:
      return gantry_format_text (echo->implementation, 0);
    case FACT_PDU:
      if (echo->peer_max_pdu == 0)
        return g_strdup (_ ("PDUs of any size"));
      pdu = gantry_format_count (echo->peer_max_pdu);
      return g_strdup_printf (_ ("PDUs of up to %s bytes"), pdu);
    case FACT_ENCRYPTION:
      if (!echo->encrypted)
        return g_strdup (_ ("Not encrypted"));
      return g_strdup (*echo->tls != '\0' ? echo->tls : "TLS");
    default:
      return g_strdup ("");
    }
}

static void
gantry_node_facts_class_init (GantryNodeFactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-node-facts.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryNodeFacts, list);
}

static void
gantry_node_facts_init (GantryNodeFacts *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (Fact fact = 0; fact < N_FACTS; fact++)
    {
      self->rows[fact] = adw_action_row_new ();
      /* Words of the peer, and of the user: never markup. */
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->rows[fact]), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->rows[fact]), _ (labels[fact]));
      if (fact == FACT_TITLE)
        adw_action_row_set_icon_name (ADW_ACTION_ROW (self->rows[fact]), "dialog-warning-symbolic");
      gtk_list_box_append (self->list, self->rows[fact]);
    }
}

void
gantry_node_facts_show (GantryNodeFacts *self, const GantryNode *node, const GantryEcho *echo)
{
  gboolean any = FALSE;

  g_return_if_fail (GANTRY_IS_NODE_FACTS (self));

  for (Fact fact = 0; fact < N_FACTS; fact++)
    {
      g_autofree char *text = describe_fact (fact, node, echo);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rows[fact]), text);
      gtk_widget_set_visible (self->rows[fact], *text != '\0');
      any |= *text != '\0';
    }
  gtk_widget_set_visible (GTK_WIDGET (self), any);
}
