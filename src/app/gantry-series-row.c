/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-series-row.h"

#include "gantry-adaptive-box.h"
#include "gantry-format.h"
#include "gantry-modality-tag.h"
#include "gantry-study-words.h"

struct _GantrySeriesRow
{
  AdwBin parent_instance;

  GtkLabel *title, *sop_class, *counts, *size;
  GtkBox *tags;
  GtkImage *no_picture;
  GtkPicture *picture;

  char *picture_of; /* file whose picture is shown or on its way; NULL: none */
  GCancellable *loading;
};

G_DEFINE_FINAL_TYPE (GantrySeriesRow, gantry_series_row, ADW_TYPE_BIN)

static void
forget_picture (GantrySeriesRow *self)
{
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_pointer (&self->picture_of, g_free);
}

static void
show_picture (GantrySeriesRow *self, GdkPaintable *paintable)
{
  gtk_picture_set_paintable (self->picture, paintable);
  gtk_widget_set_visible (GTK_WIDGET (self->picture), paintable != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->no_picture), paintable == NULL);
}

static void
picture_loaded (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  GantrySeriesRow *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *file
      = gantry_engine_load_picture_finish (GANTRY_ENGINE (engine), result, &error);

  /* Cancelled means that the row shows another series by now. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (file != NULL)
    texture = gdk_texture_new_from_filename (file, &error);
  if (texture == NULL)
    g_debug ("No picture: %s", error->message);
  g_clear_object (&self->loading);
  show_picture (self, GDK_PAINTABLE (texture));
}

static void
gantry_series_row_dispose (GObject *object)
{
  forget_picture (GANTRY_SERIES_ROW (object));
  G_OBJECT_CLASS (gantry_series_row_parent_class)->dispose (object);
}

static void
gantry_series_row_class_init (GantrySeriesRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_series_row_dispose;

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  g_type_ensure (GANTRY_TYPE_MODALITY_TAG);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-series-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GantrySeriesRow, title);
  gtk_widget_class_bind_template_child (widget_class, GantrySeriesRow, sop_class);
  gtk_widget_class_bind_template_child (widget_class, GantrySeriesRow, counts);
  gtk_widget_class_bind_template_child (widget_class, GantrySeriesRow, size);
  gtk_widget_class_bind_template_child (widget_class, GantrySeriesRow, tags);
  gtk_widget_class_bind_template_child (widget_class, GantrySeriesRow, no_picture);
  gtk_widget_class_bind_template_child (widget_class, GantrySeriesRow, picture);
}

static void
gantry_series_row_init (GantrySeriesRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  show_picture (self, NULL);
}

GtkWidget *
gantry_series_row_new (void)
{
  return g_object_new (GANTRY_TYPE_SERIES_ROW, NULL);
}

static void
load_picture (GantrySeriesRow *self, GantryEngine *engine, const char *path)
{
  if (g_strcmp0 (path, self->picture_of) == 0)
    return;

  forget_picture (self);
  show_picture (self, NULL);
  if (*path == '\0')
    return;
  self->picture_of = g_strdup (path);
  self->loading = g_cancellable_new ();
  gantry_engine_load_picture_async (engine, path, self->loading, picture_loaded, self);
}

void
gantry_series_row_show (GantrySeriesRow *self, GantryEngine *engine, const GantrySeries *series)
{
  g_autofree char *title = gantry_series_get_title (series);
  g_autofree char *sop_class = gantry_series_get_sop_class (series);
  g_autofree char *sop_class_why = gantry_series_explain_sop_class (series);
  g_autofree char *counts = gantry_format_images_and_objects (series->images, series->objects);
  g_autofree char *why = gantry_series_explain_counts (series);
  g_autofree char *size = gantry_format_size (series->bytes);

  g_return_if_fail (GANTRY_IS_SERIES_ROW (self));

  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->sop_class, sop_class);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->sop_class), sop_class_why);
  gtk_label_set_text (self->counts, counts);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->counts), why);
  gtk_label_set_text (self->size, size);
  gantry_modality_tag_fill_box (self->tags, series->modality);
  gtk_image_set_from_icon_name (self->no_picture, gantry_series_get_icon (series));
  load_picture (self, engine, series->sample_path);
}
