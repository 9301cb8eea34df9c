/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-record-column.h"

#include <glib/gi18n-lib.h>

#include "gantry-modality-tag.h"
#include "gantry-paged-item.h"

/* What a cell needs beside its text: the padding that the theme puts around it, in pixels. */
#define CELL_PADDING 18

typedef struct
{
  const GantryRecordColumn *column;
  char *(*describe) (gconstpointer record); /* only in one column of a table */
  GHashTable *bound; /* the table's: its GtkListItem that show a row at the moment */
} Binding;

/* ---- Cells -------------------------------------------------------------------------------- */

static gboolean
on_query_tooltip (GtkLabel *label,
                  int x G_GNUC_UNUSED,
                  int y G_GNUC_UNUSED,
                  gboolean keyboard G_GNUC_UNUSED,
                  GtkTooltip *tooltip,
                  gpointer data G_GNUC_UNUSED)
{
  const char *more = g_object_get_data (G_OBJECT (label), "gantry-tooltip");

  if (more == NULL && !pango_layout_is_ellipsized (gtk_label_get_layout (label)))
    return FALSE;
  gtk_tooltip_set_text (tooltip, more != NULL ? more : gtk_label_get_text (label));
  return TRUE;
}

static GtkWidget *
make_label (float xalign)
{
  GtkWidget *label
      = g_object_new (GTK_TYPE_LABEL, "xalign", xalign, "ellipsize", PANGO_ELLIPSIZE_END,
                      "single-line-mode", TRUE, "has-tooltip", TRUE, "hexpand", TRUE, NULL);

  g_signal_connect (label, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  return label;
}

static GtkWidget *
make_state (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *image = gtk_image_new ();

  /* The word says the same. */
  gtk_accessible_update_state (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), make_label (0));
  return box;
}

static GtkWidget *
make_cell (GantryCellKind kind)
{
  GtkWidget *cell;

  switch (kind)
    {
    case GANTRY_CELL_NUMBER:
      cell = make_label (1);
      gtk_widget_add_css_class (cell, "numeric");
      return cell;
    case GANTRY_CELL_STATE:
      return make_state ();
    case GANTRY_CELL_TAGS:
      return gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
    case GANTRY_CELL_TEXT:
    default:
      return make_label (0);
    }
}

/* The label of a cell that has one. */
static GtkWidget *
cell_label (GtkWidget *cell)
{
  return GTK_IS_LABEL (cell) ? cell : gtk_widget_get_last_child (cell);
}

static void
clear_cell (GtkWidget *cell, GantryCellKind kind)
{
  if (kind != GANTRY_CELL_TAGS)
    gantry_cell_take_tooltip (cell, NULL);
  if (kind == GANTRY_CELL_STATE)
    gantry_cell_set_state (cell, NULL, "", NULL);
  else if (kind == GANTRY_CELL_TAGS)
    gantry_cell_set_tags (cell, "");
  else
    gantry_cell_set_text (cell, "");
}

void
gantry_cell_set_text (GtkWidget *cell, const char *text)
{
  gtk_label_set_text (GTK_LABEL (cell), text);
}

void
gantry_cell_take_text (GtkWidget *cell, char *text)
{
  gtk_label_set_text (GTK_LABEL (cell), text);
  g_free (text);
}

void
gantry_cell_take_tooltip (GtkWidget *cell, char *text)
{
  g_object_set_data_full (G_OBJECT (cell_label (cell)), "gantry-tooltip", text, g_free);
}

const char *
gantry_cell_get_tooltip (GtkWidget *cell)
{
  return g_object_get_data (G_OBJECT (cell_label (cell)), "gantry-tooltip");
}

void
gantry_cell_set_state (GtkWidget *cell, const char *icon, const char *word, const char *style)
{
  static const char *const styles[] = { "success", "warning", "error" };
  GtkWidget *image = gtk_widget_get_first_child (cell);

  gtk_image_set_from_icon_name (GTK_IMAGE (image), icon);
  gtk_widget_set_visible (image, icon != NULL);
  gtk_label_set_text (GTK_LABEL (cell_label (cell)), word);
  for (gsize i = 0; i < G_N_ELEMENTS (styles); i++)
    if (g_strcmp0 (styles[i], style) == 0)
      gtk_widget_add_css_class (cell, styles[i]);
    else
      gtk_widget_remove_css_class (cell, styles[i]);
}

void
gantry_cell_set_tags (GtkWidget *cell, const char *modalities)
{
  gantry_modality_tag_fill_box (GTK_BOX (cell), modalities);
}

/* ---- Factories ---------------------------------------------------------------------------- */

static void
fill_cell (GtkListItem *list_item, const Binding *binding)
{
  GtkWidget *cell = gtk_list_item_get_child (list_item);
  GantryPagedItem *item = gtk_list_item_get_item (list_item);
  gpointer record = item != NULL ? gantry_paged_item_get_record (item) : NULL;
  GtkWidget *row;

  if (record == NULL)
    {
      clear_cell (cell, binding->column->kind);
      return;
    }
  if (binding->column->kind != GANTRY_CELL_TAGS)
    gantry_cell_take_tooltip (cell, NULL);
  binding->column->fill (cell, record);

  /* The row is not ours to make, but a row that is read aloud cell by cell says little. */
  row = gtk_widget_get_parent (cell);
  row = row != NULL ? gtk_widget_get_parent (row) : NULL;
  if (binding->describe != NULL && row != NULL)
    {
      g_autofree char *description = binding->describe (record);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      description, -1);
    }
}

static void
on_setup (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item, Binding *binding)
{
  gtk_list_item_set_child (list_item, make_cell (binding->column->kind));
}

static void
on_record (GantryPagedItem *item G_GNUC_UNUSED, GParamSpec *pspec G_GNUC_UNUSED, gpointer data)
{
  GtkListItem *list_item = data;

  fill_cell (list_item, g_object_get_data (G_OBJECT (list_item), "gantry-binding"));
}

static void
on_bind (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item, Binding *binding)
{
  g_object_set_data (G_OBJECT (list_item), "gantry-binding", binding);
  g_hash_table_add (binding->bound, list_item);
  g_signal_connect (gtk_list_item_get_item (list_item), "notify::record", G_CALLBACK (on_record),
                    list_item);
  fill_cell (list_item, binding);
}

/* What the cell shows stays until the next record is in it: to show nothing in between would style
 * it twice. */
static void
on_unbind (GtkSignalListItemFactory *factory G_GNUC_UNUSED,
           GtkListItem *list_item,
           Binding *binding)
{
  g_hash_table_remove (binding->bound, list_item);
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), on_record, list_item);
}

static void
binding_free (gpointer data, GClosure *closure G_GNUC_UNUSED)
{
  g_hash_table_unref (((Binding *)data)->bound);
  g_free (data);
}

static GtkListItemFactory *
make_factory (const GantryRecordColumn *column,
              char *(*describe) (gconstpointer record),
              GHashTable *bound)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  Binding *binding = g_new0 (Binding, 1);

  binding->column = column;
  binding->describe = describe;
  binding->bound = g_hash_table_ref (bound);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), binding);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), binding);
  g_signal_connect_data (factory, "bind", G_CALLBACK (on_bind), binding, binding_free, 0);
  return factory;
}

/* ---- Widths ------------------------------------------------------------------------------- */

typedef struct
{
  GtkColumnView *view; /* owns this */
  GtkAdjustment *adjustment;
  const GantryRecordColumn *columns;
  guint n;
  guint idle_id;
  GHashTable *bound; /* as in Binding */
} Fit;

static void
fit_free (gpointer data)
{
  Fit *fit = data;

  g_clear_handle_id (&fit->idle_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (fit->adjustment, fit);
  g_object_unref (fit->adjustment);
  g_hash_table_unref (fit->bound);
  g_free (fit);
}

static int
char_width (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int width = MAX (pango_font_metrics_get_approximate_char_width (metrics),
                   pango_font_metrics_get_approximate_digit_width (metrics));

  pango_font_metrics_unref (metrics);
  return PANGO_PIXELS_CEIL (width);
}

/* Hides what there is no room for, in the order of its worth; returns the width of the rest. */
static int
choose_columns (Fit *fit, int available, const int *widths, gboolean *hidden)
{
  int needed = 0;

  for (guint i = 0; i < fit->n; i++)
    needed += widths[i];

  while (needed > available)
    {
      int first = -1;

      for (guint i = 0; i < fit->n; i++)
        if (!hidden[i] && fit->columns[i].drop > 0
            && (first < 0 || fit->columns[i].drop > fit->columns[first].drop))
          first = (int)i;
      if (first < 0)
        break;
      hidden[first] = TRUE;
      needed -= widths[first];
    }
  return needed;
}

/* Sets widths, and shows as many columns as there is room for. GTK 4.8 lets no column expand that
 * has a width, and without one a column's width follows its content. */
static void
fit_columns (Fit *fit)
{
  GListModel *columns = gtk_column_view_get_columns (fit->view);
  int available = (int)gtk_adjustment_get_page_size (fit->adjustment);
  int unit = char_width (GTK_WIDGET (fit->view));
  g_autofree gboolean *hidden = g_new0 (gboolean, fit->n);
  g_autofree int *widths = g_new0 (int, fit->n);
  int needed, left, sharers = 0;

  for (guint i = 0; i < fit->n; i++)
    widths[i] = unit * (int)fit->columns[i].chars + CELL_PADDING;
  needed = choose_columns (fit, available, widths, hidden);
  left = MAX (available - needed, 0);
  for (guint i = 0; i < fit->n; i++)
    sharers += fit->columns[i].expand && !hidden[i];

  for (guint i = 0; i < fit->n; i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (fit->columns[i].expand && !hidden[i])
        {
          int share = left / sharers--;

          widths[i] += share;
          left -= share;
        }
      gtk_column_view_column_set_fixed_width (column, widths[i]);
      gtk_column_view_column_set_visible (column, !hidden[i]);
    }
}

static gboolean
on_fit (gpointer data)
{
  Fit *fit = data;

  fit->idle_id = 0;
  fit_columns (fit);
  return G_SOURCE_REMOVE;
}

/* Told in the middle of an allocation, when nothing may ask for another one. */
static void
on_width (GtkAdjustment *adjustment, GParamSpec *pspec G_GNUC_UNUSED, Fit *fit)
{
  if (fit->idle_id == 0 && gtk_adjustment_get_page_size (adjustment) > 1)
    fit->idle_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_fit, fit, NULL);
}

/* ---- Heads -------------------------------------------------------------------------------- */

static GtkWidget *
find_label (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *label = find_label (child);
      if (label != NULL)
        return label;
    }
  return NULL;
}

/* GTK 4.8 has no way to say that a head goes with the numbers below it. */
static void
align_last_head (GtkColumnView *view)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *head = header != NULL ? gtk_widget_get_last_child (header) : NULL;
  GtkWidget *label = head != NULL ? find_label (head) : NULL;

  if (label != NULL)
    {
      gtk_widget_set_hexpand (label, TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 1);
    }
}

void
gantry_record_columns_add (GtkScrolledWindow *scrolled,
                           GtkColumnView *view,
                           const GantryRecordColumn *columns,
                           gsize n,
                           char *(*describe) (gconstpointer record))
{
  Fit *fit = g_new0 (Fit, 1);
  gsize spoken = 0;

  /* A column that is not there has no cells, and its rows would have no name. */
  while (spoken < n - 1 && columns[spoken].drop != 0)
    spoken++;
  fit->bound = g_hash_table_new (NULL, NULL);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (
          _ (columns[i].title),
          make_factory (&columns[i], i == spoken ? describe : NULL, fit->bound));

      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_append_column (view, column);
      if (columns[i].kind == GANTRY_CELL_NUMBER)
        align_last_head (view);
    }

  fit->view = view;
  fit->adjustment = g_object_ref (gtk_scrolled_window_get_hadjustment (scrolled));
  fit->columns = columns;
  fit->n = (guint)n;
  g_signal_connect (fit->adjustment, "notify::page-size", G_CALLBACK (on_width), fit);
  g_object_set_data_full (G_OBJECT (view), "gantry-column-fit", fit, fit_free);
}

void
gantry_record_columns_refill (GtkColumnView *view,
                              gboolean (*concerns) (gconstpointer record, gconstpointer what),
                              gconstpointer what)
{
  Fit *fit = g_object_get_data (G_OBJECT (view), "gantry-column-fit");
  GHashTableIter iter;
  gpointer list_item;

  g_hash_table_iter_init (&iter, fit->bound);
  while (g_hash_table_iter_next (&iter, &list_item, NULL))
    {
      GantryPagedItem *item = gtk_list_item_get_item (list_item);
      gpointer record = item != NULL ? gantry_paged_item_get_record (item) : NULL;

      if (record != NULL && concerns (record, what))
        fill_cell (list_item, g_object_get_data (list_item, "gantry-binding"));
    }
}

/* Frames of a list that goes back to its top. */
typedef struct
{
  guint drawn, wanted; /* wanted 0: it does not */
} Frames;

static gboolean
on_tick (GtkWidget *scrolled, GdkFrameClock *clock G_GNUC_UNUSED, gpointer data)
{
  Frames *frames = data;

  /* The first one comes before the new rows have their place. */
  if (++frames->drawn >= 2)
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)),
                              0);
  if (frames->drawn < frames->wanted)
    return G_SOURCE_CONTINUE;
  frames->drawn = frames->wanted = 0;
  return G_SOURCE_REMOVE;
}

/* The list itself holds on to the row that was the first one. A page that nobody sees draws no
 * frame, maybe for weeks: one callback waits for it, however many rows come. */
static void
on_items_changed (GListModel *model G_GNUC_UNUSED,
                  guint position,
                  guint removed,
                  guint added,
                  GtkScrolledWindow *scrolled)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scrolled);
  Frames *frames = g_object_get_data (G_OBJECT (scrolled), "gantry-top-frames");

  /* On its way to the top it is not there yet, and still wanted there. */
  if (position != 0 || added <= removed
      || (frames->wanted == 0 && gtk_adjustment_get_value (adjustment) > 0))
    return;
  if (frames->wanted == 0)
    gtk_widget_add_tick_callback (GTK_WIDGET (scrolled), on_tick, frames, NULL);
  frames->wanted = frames->drawn + 2;
}

void
gantry_record_columns_follow_top (GtkScrolledWindow *scrolled, GListModel *model)
{
  if (g_object_get_data (G_OBJECT (scrolled), "gantry-top-frames") == NULL)
    g_object_set_data_full (G_OBJECT (scrolled), "gantry-top-frames", g_new0 (Frames, 1), g_free);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), scrolled, 0);
}
