/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-options-group.h"

#include <glib/gi18n-lib.h>

/* PS3.8 D.1: what every implementation can do; below it would only be slow. */
#define SMALLEST_PDU 4096

struct _GantryNodeOptionsGroup
{
  AdwBin parent_instance;

  AdwExpanderRow *advanced;
  GtkSpinButton *max_pdu, *associations;
  GtkSpinButton *connect_seconds, *acse_seconds, *dimse_seconds, *idle_seconds;
  AdwComboRow *transcoding, *fall_back;
  GtkTextView *notes;

  GantryNodeOptions options; /* as they were set, also those that are not shown here */
};

G_DEFINE_FINAL_TYPE (GantryNodeOptionsGroup, gantry_node_options_group, ADW_TYPE_BIN)

/* ---- Numbers: 0 reads "As in Preferences" ------------------------------------------------------
 */

static gboolean
write_number (GtkSpinButton *button)
{
  int value = gtk_spin_button_get_value_as_int (button);
  g_autofree char *text
      = value == 0 ? g_strdup (_ ("As in Preferences")) : g_strdup_printf ("%d", value);

  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (button)), text))
    gtk_editable_set_text (GTK_EDITABLE (button), text);
  return TRUE;
}

/* Whatever is no number means that there is none. */
static int
read_number (GtkSpinButton *button, double *value)
{
  guint64 number;

  *value = 0;
  if (g_ascii_string_to_unsigned (gtk_editable_get_text (GTK_EDITABLE (button)), 10, 0, G_MAXINT,
                                  &number, NULL))
    *value = (double)number;
  return TRUE;
}

static void
pdu_changed (GtkSpinButton *button)
{
  int value = gtk_spin_button_get_value_as_int (button);

  if (value > 0 && value < SMALLEST_PDU)
    gtk_spin_button_set_value (button, SMALLEST_PDU);
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_node_options_group_class_init (GantryNodeOptionsGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-node-options-group.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryNodeOptionsGroup, advanced);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeOptionsGroup, max_pdu);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeOptionsGroup, associations);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeOptionsGroup, connect_seconds);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeOptionsGroup, acse_seconds);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeOptionsGroup, dimse_seconds);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeOptionsGroup, idle_seconds);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeOptionsGroup, transcoding);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeOptionsGroup, fall_back);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeOptionsGroup, notes);
}

static void
gantry_node_options_group_init (GantryNodeOptionsGroup *self)
{
  GtkSpinButton *numbers[6];

  gtk_widget_init_template (GTK_WIDGET (self));
  self->options = GANTRY_NODE_OPTIONS_DEFAULT;

  numbers[0] = self->max_pdu;
  numbers[1] = self->associations;
  numbers[2] = self->connect_seconds;
  numbers[3] = self->acse_seconds;
  numbers[4] = self->dimse_seconds;
  numbers[5] = self->idle_seconds;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_signal_connect (numbers[i], "output", G_CALLBACK (write_number), NULL);
      g_signal_connect (numbers[i], "input", G_CALLBACK (read_number), NULL);
      write_number (numbers[i]);
    }
  g_signal_connect (self->max_pdu, "value-changed", G_CALLBACK (pdu_changed), NULL);
}

void
gantry_node_options_group_set (GantryNodeOptionsGroup *self,
                               const GantryNodeOptions *options,
                               const char *notes)
{
  const GantryNodeOptions plain = GANTRY_NODE_OPTIONS_DEFAULT;

  g_return_if_fail (GANTRY_IS_NODE_OPTIONS_GROUP (self));

  self->options = *options;
  gtk_spin_button_set_value (self->max_pdu, options->max_pdu);
  gtk_spin_button_set_value (self->associations, options->associations);
  gtk_spin_button_set_value (self->connect_seconds, options->connect_seconds);
  gtk_spin_button_set_value (self->acse_seconds, options->acse_seconds);
  gtk_spin_button_set_value (self->dimse_seconds, options->dimse_seconds);
  gtk_spin_button_set_value (self->idle_seconds, options->idle_seconds);
  /* The rows follow the values, with "As in Preferences" (-1) before them. */
  adw_combo_row_set_selected (self->transcoding, (guint)(options->transcoding + 1));
  adw_combo_row_set_selected (self->fall_back, (guint)(options->fall_back + 1));
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->notes), notes, -1);
  adw_expander_row_set_expanded (
      self->advanced,
      options->max_pdu != plain.max_pdu || options->associations != plain.associations
          || options->connect_seconds != plain.connect_seconds
          || options->acse_seconds != plain.acse_seconds
          || options->dimse_seconds != plain.dimse_seconds
          || options->idle_seconds != plain.idle_seconds
          || options->transcoding != plain.transcoding || options->fall_back != plain.fall_back);
}

/* What was typed and not yet confirmed counts too. */
static guint
get_number (GtkSpinButton *button)
{
  gtk_spin_button_update (button);
  return (guint)gtk_spin_button_get_value_as_int (button);
}

GantryNodeOptions
gantry_node_options_group_get (GantryNodeOptionsGroup *self)
{
  GantryNodeOptions options = GANTRY_NODE_OPTIONS_DEFAULT;

  g_return_val_if_fail (GANTRY_IS_NODE_OPTIONS_GROUP (self), options);

  options = self->options;
  options.max_pdu = get_number (self->max_pdu);
  options.associations = get_number (self->associations);
  options.connect_seconds = get_number (self->connect_seconds);
  options.acse_seconds = get_number (self->acse_seconds);
  options.dimse_seconds = get_number (self->dimse_seconds);
  options.idle_seconds = get_number (self->idle_seconds);
  options.transcoding = (gint)adw_combo_row_get_selected (self->transcoding) - 1;
  options.fall_back = (gint)adw_combo_row_get_selected (self->fall_back) - 1;
  return options;
}

char *
gantry_node_options_group_get_notes (GantryNodeOptionsGroup *self)
{
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  g_return_val_if_fail (GANTRY_IS_NODE_OPTIONS_GROUP (self), NULL);

  buffer = gtk_text_view_get_buffer (self->notes);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}
