/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-study-row.h"

#include "gantry-adaptive-box.h"
#include "gantry-format.h"
#include "gantry-modality-tag.h"
#include "gantry-study-words.h"

struct _GantryStudyRow
{
  AdwBin parent_instance;

  GtkLabel *patient, *identity, *description, *date, *counts, *size;
  GtkBox *tags;
};

G_DEFINE_FINAL_TYPE (GantryStudyRow, gantry_study_row, ADW_TYPE_BIN)

static void
gantry_study_row_class_init (GantryStudyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-study-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryStudyRow, patient);
  gtk_widget_class_bind_template_child (widget_class, GantryStudyRow, identity);
  gtk_widget_class_bind_template_child (widget_class, GantryStudyRow, description);
  gtk_widget_class_bind_template_child (widget_class, GantryStudyRow, date);
  gtk_widget_class_bind_template_child (widget_class, GantryStudyRow, counts);
  gtk_widget_class_bind_template_child (widget_class, GantryStudyRow, size);
  gtk_widget_class_bind_template_child (widget_class, GantryStudyRow, tags);
}

static void
gantry_study_row_init (GantryStudyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gantry_study_row_new (void)
{
  return g_object_new (GANTRY_TYPE_STUDY_ROW, NULL);
}

void
gantry_study_row_show (GantryStudyRow *self, const GantryStudy *study)
{
  g_autofree char *title = gantry_study_get_title (study);
  g_autofree char *identity = gantry_study_get_identity (study);
  g_autofree char *description = gantry_study_get_description (study);
  g_autofree char *date = gantry_format_date (study->study_date);
  g_autofree char *counts = gantry_format_images_and_objects (study->images, study->objects);
  g_autofree char *why = gantry_study_explain_counts (study);
  g_autofree char *size = gantry_format_size (study->bytes);

  g_return_if_fail (GANTRY_IS_STUDY_ROW (self));

  gtk_label_set_text (self->patient, title);
  gtk_label_set_text (self->identity, identity);
  gtk_label_set_text (self->description, description);
  gtk_label_set_text (self->date, date);
  gtk_label_set_text (self->counts, counts);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->counts), why);
  gtk_label_set_text (self->size, size);
  gantry_modality_tag_fill_box (self->tags, study->modalities);
}
