/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-sparkline.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"

#define BAR_WIDTH 1.5 /* of a place of two pixels */
#define PLACE 2
#define HEIGHT 20
#define LOST_HEIGHT 5 /* below the line on which the answered ones stand */

/* Shorter round trips are all as good, and a difference between them is noise, µs. */
#define SCALE_MIN 2000

struct _GantrySparkline
{
  GtkWidget parent_instance;

  GantryHealth *health; /* NULL: it was never asked */
};

G_DEFINE_FINAL_TYPE (GantrySparkline, gantry_sparkline, GTK_TYPE_WIDGET)

static void
gantry_sparkline_measure (GtkWidget *widget G_GNUC_UNUSED,
                          GtkOrientation orientation,
                          int for_size G_GNUC_UNUSED,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  *minimum = *natural
      = orientation == GTK_ORIENTATION_HORIZONTAL ? GANTRY_HEALTH_ECHOES * PLACE : HEIGHT;
  *minimum_baseline = *natural_baseline = -1;
}

static gint64
find_longest (const GantryHealth *health)
{
  gint64 longest = SCALE_MIN;

  for (guint i = 0; i < health->n_round_trips; i++)
    longest = MAX (longest, health->round_trips[i]);
  return longest;
}

static void
gantry_sparkline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GantrySparkline *self = GANTRY_SPARKLINE (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  float width = (float)gtk_widget_get_width (widget);
  float room = (float)(gtk_widget_get_height (widget) - LOST_HEIGHT - 1);
  GdkRGBA color, error;
  gint64 longest;

  gtk_style_context_get_color (style, &color);
  if (!gtk_style_context_lookup_color (style, "error_color", &error))
    error = color;
  color.alpha *= 0.25f;
  gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (0, room, width, 1));
  color.alpha *= 2.6f;
  if (self->health == NULL)
    return;

  longest = find_longest (self->health);
  for (guint i = 0; i < self->health->n_round_trips; i++)
    {
      gint64 time = self->health->round_trips[i];
      float x = width - (float)(self->health->n_round_trips - i) * PLACE;
      float height = MAX (1.5f, room * (float)time / (float)longest);

      if (mirrored)
        x = width - x - (float)BAR_WIDTH;
      if (time < 0)
        gtk_snapshot_append_color (
            snapshot, &error, &GRAPHENE_RECT_INIT (x, room + 1, (float)BAR_WIDTH, LOST_HEIGHT));
      else
        gtk_snapshot_append_color (
            snapshot, &color, &GRAPHENE_RECT_INIT (x, room - height, (float)BAR_WIDTH, height));
    }
}

static void
gantry_sparkline_finalize (GObject *object)
{
  gantry_record_unref (GANTRY_SPARKLINE (object)->health);
  G_OBJECT_CLASS (gantry_sparkline_parent_class)->finalize (object);
}

static void
gantry_sparkline_class_init (GantrySparklineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gantry_sparkline_finalize;
  widget_class->measure = gantry_sparkline_measure;
  widget_class->snapshot = gantry_sparkline_snapshot;
  gtk_widget_class_set_css_name (widget_class, "sparkline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
gantry_sparkline_init (GantrySparkline *self G_GNUC_UNUSED)
{
}

void
gantry_sparkline_set_health (GantrySparkline *self, GantryHealth *health)
{
  g_autofree char *text = gantry_sparkline_describe (health);

  g_return_if_fail (GANTRY_IS_SPARKLINE (self));

  if (health != NULL)
    gantry_record_ref (health);
  gantry_record_unref (self->health);
  self->health = health;
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), *text != '\0' ? text : NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  *text != '\0' ? text : _ ("No echoes yet"), -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

char *
gantry_sparkline_describe (const GantryHealth *health)
{
  guint lost = 0;
  gint64 sum = 0;
  g_autofree char *echoes = NULL;
  g_autofree char *mean = NULL;
  guint n = health != NULL ? health->n_round_trips : 0;

  if (n == 0)
    return g_strdup ("");
  for (guint i = 0; i < n; i++)
    {
      lost += health->round_trips[i] < 0;
      sum += MAX (0, health->round_trips[i]);
    }
  echoes = g_strdup_printf (ngettext ("%u echo", "%u echoes", n), n);
  if (lost == n)
    /* Translators: as in “3 echoes, none answered” */
    return g_strdup_printf (_ ("%s, none answered"), echoes);
  mean = gantry_format_latency (sum / (n - lost));
  if (lost == 0)
    /* Translators: as in “60 echoes, none lost, 12 ms on average” */
    return g_strdup_printf (_ ("%s, none lost, %s on average"), echoes, mean);
  /* Translators: as in “60 echoes, 2 lost, 12 ms on average” */
  return g_strdup_printf (
      ngettext ("%s, %u lost, %s on average", "%s, %u lost, %s on average", lost), echoes, lost,
      mean);
}
