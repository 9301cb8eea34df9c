/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-reference-row.h"

#include <glib/gi18n-lib.h>

#include "gantry-modality-tag.h"
#include "gantry-reference-facts.h"

struct _GantryReferenceRow
{
  AdwBin parent_instance;

  GtkLabel *heading;
  GtkWidget *entry;
  GtkLabel *name, *code, *type;
  GantryModalityTag *tag;
  GtkImage *state;
};

G_DEFINE_FINAL_TYPE (GantryReferenceRow, gantry_reference_row, ADW_TYPE_BIN)

static void
gantry_reference_row_class_init (GantryReferenceRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (GANTRY_TYPE_MODALITY_TAG);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-reference-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceRow, heading);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceRow, entry);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceRow, name);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceRow, code);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceRow, type);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceRow, tag);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceRow, state);
}

static void
gantry_reference_row_init (GantryReferenceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gantry_reference_row_new (void)
{
  return g_object_new (GANTRY_TYPE_REFERENCE_ROW, NULL);
}

static void
show_state (GantryReferenceRow *self, const GantryStatus *status)
{
  static const char *const styles[] = { "success", "warning", "error" };
  GantryLook look;

  gtk_widget_set_visible (GTK_WIDGET (self->state), status != NULL);
  if (status == NULL)
    return;
  look = gantry_status_class_get_look (status->status_class);
  gtk_image_set_from_icon_name (self->state, look.icon);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->state), look.word);
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (g_strcmp0 (styles[i], look.css_class) == 0)
      gtk_widget_add_css_class (GTK_WIDGET (self->state), styles[i]);
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self->state), styles[i]);
}

void
gantry_reference_row_show (GantryReferenceRow *self, GantryReferenceItem *item, gboolean grouped)
{
  const GantryReference *reference = gantry_reference_item_get_reference (item);
  g_autofree char *type = NULL;

  g_return_if_fail (GANTRY_IS_REFERENCE_ROW (self));

  gtk_widget_set_visible (GTK_WIDGET (self->heading), reference == NULL);
  gtk_widget_set_visible (self->entry, reference != NULL);
  if (reference == NULL)
    {
      gtk_label_set_text (self->heading,
                          gantry_section_get_title (gantry_reference_item_get_section (item)));
      return;
    }

  type = gantry_reference_describe_type (reference, grouped);
  gtk_label_set_text (self->name, reference->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), reference->name);
  gtk_label_set_text (self->code, reference->code);
  gtk_label_set_text (self->type, type);
  gtk_widget_set_visible (GTK_WIDGET (self->type), *type != '\0');
  gantry_modality_tag_set_modality (self->tag,
                                    reference->modality != NULL ? reference->modality->code : "");
  show_state (self, reference->status);
}
