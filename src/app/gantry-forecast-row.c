/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-forecast-row.h"

#include <glib/gi18n-lib.h>

#include "gantry-adaptive-box.h"
#include "gantry-format.h"
#include "gantry-job-words.h"
#include "gantry-modality-tag.h"
#include "gantry-registry.h"

struct _GantryForecastRow
{
  AdwBin parent_instance;

  GantryModalityTag *tag;
  GtkLabel *name, *syntax, *count, *verdict_word, *message;
  GtkBox *verdict;
  GtkImage *verdict_icon;
};

G_DEFINE_FINAL_TYPE (GantryForecastRow, gantry_forecast_row, ADW_TYPE_BIN)

/* ---- Words ------------------------------------------------------------------------------------
 */

static GantryLook
get_look (GantryForecastKind kind)
{
  switch (kind)
    {
    case GANTRY_FORECAST_AS_IS:
      return (GantryLook){ "object-select-symbolic", _ ("Taken as it is"), "success" };
    case GANTRY_FORECAST_CHANGED:
      return (GantryLook){ "emblem-synchronizing-symbolic", _ ("Converted"), "warning" };
    case GANTRY_FORECAST_REFUSED:
    default:
      return (GantryLook){ "dialog-error-symbolic", _ ("Refused"), "error" };
    }
}

/* With what it would become, in as few words as that takes. */
static char *
describe_verdict (const GantryForecast *forecast)
{
  const char *word = get_look (forecast->kind).word;
  g_autofree char *class_name = NULL;
  g_autofree char *syntax = NULL;

  if (forecast->kind != GANTRY_FORECAST_CHANGED)
    return g_strdup (word);
  if (*forecast->sent_class_uid != '\0')
    {
      class_name = gantry_uid_describe (forecast->sent_class_uid);
      /* Translators: %s is a SOP class */
      return g_strdup_printf (_ ("Sent as %s"), class_name);
    }
  syntax = gantry_transfer_syntax_describe (forecast->sent_syntax);
  /* Translators: %s is a transfer syntax */
  return g_strdup_printf (_ ("Converted to %s"), syntax);
}

static char *
count_objects (guint64 n)
{
  g_autofree char *number = gantry_format_count (n);

  return g_strdup_printf (ngettext ("%s object", "%s objects", (gulong)n), number);
}

char *
gantry_forecast_describe (const GantryForecast *forecast)
{
  g_autofree char *name = gantry_uid_describe (forecast->sop_class_uid);
  g_autofree char *syntax = gantry_transfer_syntax_describe (forecast->transfer_syntax);
  g_autofree char *count = count_objects (forecast->instances);
  g_autofree char *verdict = describe_verdict (forecast);

  /* Translators: read aloud: SOP class, transfer syntax, “3 objects”, “Refused”, a sentence */
  return g_strdup_printf (_ ("%s, %s, %s: %s. %s"), name, syntax, count, verdict,
                          forecast->message);
}

guint64
gantry_forecast_count (GPtrArray *forecasts, GantryForecastKind kind)
{
  guint64 n = 0;

  for (guint i = 0; i < forecasts->len; i++)
    {
      const GantryForecast *forecast = forecasts->pdata[i];

      n += forecast->kind == kind ? forecast->instances : 0;
    }
  return n;
}

char *
gantry_forecast_summarize (GPtrArray *forecasts)
{
  guint64 as_is = gantry_forecast_count (forecasts, GANTRY_FORECAST_AS_IS);
  guint64 changed = gantry_forecast_count (forecasts, GANTRY_FORECAST_CHANGED);
  guint64 refused = gantry_forecast_count (forecasts, GANTRY_FORECAST_REFUSED);
  guint64 all = as_is + changed + refused;
  g_autofree char *n_as_is = gantry_format_count (as_is);
  g_autofree char *n_changed = gantry_format_count (changed);
  g_autofree char *n_refused = gantry_format_count (refused);
  g_autofree char *total = count_objects (all);

  if (as_is == all)
    /* Translators: %s is “1 object” or “415 objects” */
    return g_strdup_printf (
        ngettext ("%s: will be taken as it is.", "%s: all will be taken as they are.", (gulong)all),
        total);
  if (refused == all)
    return g_strdup_printf (
        ngettext ("%s: will be refused.", "%s: all will be refused.", (gulong)all), total);
  /* Translators: “415 objects”, and three numbers */
  return g_strdup_printf (_ ("%s: %s will be taken as they are, %s converted, %s refused."), total,
                          n_as_is, n_changed, n_refused);
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_forecast_row_class_init (GantryForecastRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  g_type_ensure (GANTRY_TYPE_MODALITY_TAG);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-forecast-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryForecastRow, tag);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastRow, name);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastRow, syntax);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastRow, count);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastRow, verdict);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastRow, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastRow, verdict_word);
  gtk_widget_class_bind_template_child (widget_class, GantryForecastRow, message);
}

static void
gantry_forecast_row_init (GantryForecastRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gantry_forecast_row_new (void)
{
  return g_object_new (GANTRY_TYPE_FORECAST_ROW, NULL);
}

void
gantry_forecast_row_show (GantryForecastRow *self, const GantryForecast *forecast)
{
  const GantrySopClass *sop_class = gantry_sop_class_lookup (forecast->sop_class_uid);
  GantryLook look = get_look (forecast->kind);
  g_autofree char *name = gantry_uid_describe (forecast->sop_class_uid);
  g_autofree char *syntax = gantry_transfer_syntax_describe (forecast->transfer_syntax);
  g_autofree char *count = gantry_format_count (forecast->instances);
  g_autofree char *verdict = describe_verdict (forecast);

  g_return_if_fail (GANTRY_IS_FORECAST_ROW (self));

  gantry_modality_tag_set_modality (self->tag, sop_class != NULL ? sop_class->modality : "");
  gtk_label_set_text (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), forecast->sop_class_uid);
  gtk_label_set_text (self->syntax, syntax);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->syntax), forecast->transfer_syntax);
  gtk_label_set_text (self->count, count);
  gtk_image_set_from_icon_name (self->verdict_icon, look.icon);
  gtk_label_set_text (self->verdict_word, verdict);
  gtk_widget_set_css_classes (GTK_WIDGET (self->verdict), (const char *[]){ look.css_class, NULL });
  gtk_label_set_text (self->message, forecast->message);
  /* As expected: nothing to explain. */
  gtk_widget_set_visible (GTK_WIDGET (self->message),
                          forecast->kind != GANTRY_FORECAST_AS_IS && *forecast->message != '\0');
}
