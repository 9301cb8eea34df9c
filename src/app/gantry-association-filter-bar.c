/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-filter-bar.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"

struct _GantryAssociationFilterBar
{
  AdwBin parent_instance;

  GtkEditable *entry;
  GtkMenuButton *filter_button;
  GtkPopover *popover;
  GtkDropDown *outcome, *modality, *time;
  GtkWidget *reset_button;
  GtkToggleButton *follow_button;
  GtkLabel *summary;

  GtkAdjustment *adjustment; /* of the list; NULL: none yet */
  gboolean following;        /* the button is being told, not pressed */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GantryAssociationFilterBar, gantry_association_filter_bar, ADW_TYPE_BIN)

/* ---- Choices ----------------------------------------------------------------------------------
 */

static const struct
{
  const char *title;
  guint outcomes;
} outcomes[] = {
  { N_ ("However it went"), 0 },
  { N_ ("Open now"), GANTRY_LOG_OPEN },
  { N_ ("Everything stored"), GANTRY_LOG_GOOD },
  { N_ ("Stored with warnings"), GANTRY_LOG_WARNING },
  { N_ ("Objects refused"), GANTRY_LOG_REFUSED },
  { N_ ("Rejected"), GANTRY_LOG_REJECTED },
  { N_ ("Aborted"), GANTRY_LOG_ABORTED },
  { N_ ("Timed out"), GANTRY_LOG_TIMED_OUT },
  { N_ ("Anything wrong"), GANTRY_LOG_WARNING | GANTRY_LOG_REFUSED | GANTRY_LOG_REJECTED
                               | GANTRY_LOG_ABORTED | GANTRY_LOG_TIMED_OUT },
};

/* The others are found by their text. */
static const char *const modalities[]
    = { "CT", "MR", "CR", "DX",  "MG",  "US",  "XA",      "RF",     "NM",       "PT",    "IO",
        "ES", "SR", "PR", "SEG", "DOC", "ECG", "RTIMAGE", "RTDOSE", "RTSTRUCT", "RTPLAN" };

static const struct
{
  const char *title;
  guint minutes;
} times[] = {
  { N_ ("At any time"), 0 },
  { N_ ("In the last 15 minutes"), 15 },
  { N_ ("In the last hour"), 60 },
  { N_ ("In the last 24 hours"), 24 * 60 },
  { N_ ("In the last 7 days"), 7 * 24 * 60 },
};

static void
fill_drop_downs (GantryAssociationFilterBar *self)
{
  g_autoptr (GtkStringList) outcome_list = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) modality_list = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) time_list = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    gtk_string_list_append (outcome_list, _ (outcomes[i].title));
  gtk_string_list_append (modality_list, _ ("Any modality"));
  for (guint i = 0; i < G_N_ELEMENTS (modalities); i++)
    gtk_string_list_append (modality_list, modalities[i]);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    gtk_string_list_append (time_list, _ (times[i].title));
  gtk_drop_down_set_model (self->outcome, G_LIST_MODEL (outcome_list));
  gtk_drop_down_set_model (self->modality, G_LIST_MODEL (modality_list));
  gtk_drop_down_set_model (self->time, G_LIST_MODEL (time_list));
}

gboolean
gantry_association_filter_bar_read (GantryAssociationFilterBar *self,
                                    GantryAssociationFilter *filter)
{
  guint outcome, modality, time;
  const char *text;

  g_return_val_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self), FALSE);

  outcome = gtk_drop_down_get_selected (self->outcome);
  modality = gtk_drop_down_get_selected (self->modality);
  time = gtk_drop_down_get_selected (self->time);
  text = gtk_editable_get_text (self->entry);
  *filter = GANTRY_ASSOCIATION_FILTER_ANY;
  filter->text = *text != '\0' ? text : NULL;
  if (outcome < G_N_ELEMENTS (outcomes))
    filter->outcomes = outcomes[outcome].outcomes;
  if (modality > 0 && modality <= G_N_ELEMENTS (modalities))
    filter->modality = modalities[modality - 1];
  if (time > 0 && time < G_N_ELEMENTS (times))
    filter->from = g_get_real_time () - (gint64)times[time].minutes * 60 * G_USEC_PER_SEC;
  return filter->text != NULL || filter->outcomes != 0 || filter->modality != NULL
         || filter->from != 0;
}

static void
chosen (GantryAssociationFilterBar *self)
{
  GantryAssociationFilter filter;
  gboolean some = gantry_association_filter_bar_read (self, &filter);

  gtk_widget_set_sensitive (self->reset_button, some);
  if (!some)
    gtk_widget_set_visible (GTK_WIDGET (self->summary), FALSE);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
gantry_association_filter_bar_reset (GantryAssociationFilterBar *self)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self));

  gtk_editable_set_text (self->entry, "");
  gtk_drop_down_set_selected (self->outcome, 0);
  gtk_drop_down_set_selected (self->modality, 0);
  gtk_drop_down_set_selected (self->time, 0);
  gtk_popover_popdown (self->popover);
}

static void
add_choice (GStrvBuilder *pieces, GtkDropDown *drop_down)
{
  if (gtk_drop_down_get_selected (drop_down) > 0)
    g_strv_builder_add (pieces,
                        gtk_string_object_get_string (gtk_drop_down_get_selected_item (drop_down)));
}

void
gantry_association_filter_bar_set_totals (GantryAssociationFilterBar *self,
                                          const GantryAssociationTotals *totals)
{
  g_autoptr (GStrvBuilder) pieces = g_strv_builder_new ();
  g_autofree char *associations = gantry_format_count (totals->associations);
  g_autofree char *objects = gantry_format_count (totals->objects);
  g_autofree char *refused = gantry_format_count (totals->refused);
  g_autofree char *size = gantry_format_size (totals->bytes);
  g_autofree char *first = g_strdup_printf (
      ngettext ("%s association", "%s associations", totals->associations), associations);
  g_autofree char *second
      = g_strdup_printf (ngettext ("%s object", "%s objects", totals->objects), objects);
  g_autofree char *third = g_strdup_printf (_ ("%s refused"), refused);
  g_autofree char *text = NULL;
  g_auto (GStrv) list = NULL;

  g_return_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self));

  g_strv_builder_add_many (pieces, first, second, NULL);
  if (totals->bytes > 0)
    g_strv_builder_add (pieces, size);
  if (totals->refused > 0)
    g_strv_builder_add (pieces, third);
  add_choice (pieces, self->outcome);
  add_choice (pieces, self->modality);
  add_choice (pieces, self->time);
  list = g_strv_builder_end (pieces);
  text = g_strjoinv (" · ", list);
  gtk_label_set_text (self->summary, text);
  gtk_widget_set_visible (GTK_WIDGET (self->summary),
                          gtk_widget_get_sensitive (self->reset_button));
}

/* ---- Following --------------------------------------------------------------------------------
 */

/* A list at its top follows what comes in; anywhere else it stays. */
static void
scrolled (GantryAssociationFilterBar *self)
{
  gboolean top = gtk_adjustment_get_value (self->adjustment) <= 0;

  self->following = TRUE;
  gtk_toggle_button_set_active (self->follow_button, top);
  self->following = FALSE;
}

static void
follow_toggled (GantryAssociationFilterBar *self)
{
  if (self->following || self->adjustment == NULL)
    return;
  /* One pixel from the top is not at the top, and nobody sees it. */
  gtk_adjustment_set_value (self->adjustment,
                            gtk_toggle_button_get_active (self->follow_button) ? 0 : 1);
  scrolled (self); /* there may be nothing to scroll yet */
}

void
gantry_association_filter_bar_follow (GantryAssociationFilterBar *self, GtkScrolledWindow *list)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self));
  g_return_if_fail (self->adjustment == NULL);

  self->adjustment = g_object_ref (gtk_scrolled_window_get_vadjustment (list));
  g_signal_connect_object (self->adjustment, "value-changed", G_CALLBACK (scrolled), self,
                           G_CONNECT_SWAPPED);
}

void
gantry_association_filter_bar_focus (GantryAssociationFilterBar *self)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_association_filter_bar_dispose (GObject *object)
{
  g_clear_object (&GANTRY_ASSOCIATION_FILTER_BAR (object)->adjustment);
  G_OBJECT_CLASS (gantry_association_filter_bar_parent_class)->dispose (object);
}

static void
gantry_association_filter_bar_class_init (GantryAssociationFilterBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_association_filter_bar_dispose;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-association-filter-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, entry);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, filter_button);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, popover);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, outcome);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, modality);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, time);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, reset_button);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, follow_button);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, summary);
  gtk_widget_class_bind_template_callback (widget_class, chosen);
  gtk_widget_class_bind_template_callback (widget_class, follow_toggled);
  gtk_widget_class_bind_template_callback (widget_class, gantry_association_filter_bar_reset);
}

static void
gantry_association_filter_bar_init (GantryAssociationFilterBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_drop_downs (self);
}
