/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "gantry-association-filter-bar.h"
#include "gantry-destination-bar.h"
#include "gantry-facts-view.h"
#include "gantry-file-setting-row.h"
#include "gantry-forecast-row.h"
#include "gantry-forecast-window.h"
#include "gantry-header-window.h"
#include "gantry-instance-filter-bar.h"
#include "gantry-job-row.h"
#include "gantry-job-window.h"
#include "gantry-messages-view.h"
#include "gantry-modality-tag.h"
#include "gantry-node-chooser.h"
#include "gantry-node-details.h"
#include "gantry-node-facts.h"
#include "gantry-node-import-window.h"
#include "gantry-node-options-group.h"
#include "gantry-node-swatch.h"
#include "gantry-node-test.h"
#include "gantry-nodes-page.h"
#include "gantry-pdu-view.h"
#include "gantry-preferences.h"
#include "gantry-probe-compare.h"
#include "gantry-probe-extended.h"
#include "gantry-probe-window.h"
#include "gantry-queue-list.h"
#include "gantry-quick-look.h"
#include "gantry-receive-page.h"
#include "gantry-receiver-preferences.h"
#include "gantry-reference-row.h"
#include "gantry-reference-window.h"
#include "gantry-send-page.h"
#include "gantry-series-row.h"
#include "gantry-settings.h"
#include "gantry-skipped-window.h"
#include "gantry-staged-list.h"
#include "gantry-study-row.h"
#include "gantry-test-behaviour.h"
#include "gantry-tls-page.h"
#include "gantry-watch-bar.h"
#include "gantry-window.h"
#include "gui-support.h"

/* Every class with a template. GTest makes a warning about any of them fatal. */
static GType (*const types[]) (void) = {
  gantry_destination_bar_get_type,  gantry_job_row_get_type,
  gantry_job_window_get_type,       gantry_nodes_page_get_type,
  gantry_preferences_get_type,      gantry_queue_list_get_type,
  gantry_quick_look_get_type,       gantry_receive_page_get_type,
  gantry_send_page_get_type,        gantry_series_row_get_type,
  gantry_skipped_window_get_type,   gantry_staged_list_get_type,
  gantry_facts_view_get_type,       gantry_reference_row_get_type,
  gantry_reference_window_get_type, gantry_study_row_get_type,
  gantry_window_get_type,           gantry_forecast_row_get_type,
  gantry_forecast_window_get_type,  gantry_instance_filter_bar_get_type,
  gantry_node_chooser_get_type,     gantry_node_options_group_get_type,
  gantry_tls_page_get_type,         gantry_node_details_get_type,
  gantry_node_facts_get_type,       gantry_node_import_window_get_type,
  gantry_probe_extended_get_type,   gantry_probe_window_get_type,
  gantry_watch_bar_get_type,        gantry_association_filter_bar_get_type,
  gantry_header_window_get_type,    gantry_messages_view_get_type,
  gantry_pdu_view_get_type,         gantry_receiver_preferences_get_type,
  gantry_test_behaviour_get_type,   gantry_node_test_get_type,
  gantry_probe_compare_get_type,
};

/* Shown, drawn, and gone without a trace. */
static void
test_template (gconstpointer data)
{
  GType type = *(const GType *)data;
  GtkWidget *widget = g_object_new (type, NULL);
  GtkWidget *window = widget;
  gpointer alive = widget;

  if (!GTK_IS_WINDOW (widget))
    {
      window = gtk_window_new ();
      gtk_window_set_child (GTK_WINDOW (window), widget);
    }
  g_object_add_weak_pointer (G_OBJECT (widget), &alive);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);

  gtk_window_destroy (GTK_WINDOW (window));
  gui_wait_for (alive == NULL);
}

static void
test_shortcuts (void)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/io/github/gantry/Gantry/gantry-shortcuts.ui");
  GtkWidget *window = GTK_WIDGET (gtk_builder_get_object (builder, "shortcuts"));

  g_assert_true (GTK_IS_SHORTCUTS_WINDOW (window));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* ---- A file that a setting names ---------------------------------------------------------------
 */

static void
test_file_row (void)
{
  GSettings *settings = gantry_settings_get ();
  GtkWidget *row = gantry_file_setting_row_new (GANTRY_KEY_TLS_KEY, "Key", "None");
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *window = gtk_window_new ();
  GtkWidget *clear;
  g_auto (GantryTls) tls = { 0 };
  g_autofree char *path = NULL;

  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  gtk_window_set_child (GTK_WINDOW (window), group);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, "None");
  gantry_settings_read_tls (&tls, FALSE);
  g_assert_null (tls.key);

  g_settings_set_string (settings, GANTRY_KEY_TLS_KEY, "/a <b>folder</b>/own.key");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==,
                   "/a <b>folder</b>/own.key");
  gantry_tls_clear (&tls);
  gantry_settings_read_tls (&tls, FALSE);
  g_assert_cmpstr (tls.key, ==, "/a <b>folder</b>/own.key");
  g_assert_false (tls.no_verify);

  clear = gui_find_type (row, GTK_TYPE_BUTTON);
  g_assert_true (gtk_widget_get_visible (clear));
  g_signal_emit_by_name (clear, "clicked");
  path = g_settings_get_string (settings, GANTRY_KEY_TLS_KEY);
  g_assert_cmpstr (path, ==, "");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, "None");
  g_assert_false (gtk_widget_get_visible (clear));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* ---- Colours ------------------------------------------------------------------------------------
 */

/* WCAG 2.1: relative luminance of an opaque sRGB colour */
static double
luminance (const GdkRGBA *color)
{
  const double parts[] = { color->red, color->green, color->blue };
  static const double weights[] = { 0.2126, 0.7152, 0.0722 };
  double sum = 0;

  for (guint i = 0; i < 3; i++)
    sum += weights[i]
           * (parts[i] <= 0.03928 ? parts[i] / 12.92 : pow ((parts[i] + 0.055) / 1.055, 2.4));
  return sum;
}

static double
contrast (const GdkRGBA *one, const GdkRGBA *other)
{
  double a = luminance (one), b = luminance (other);

  return (MAX (a, b) + 0.05) / (MIN (a, b) + 0.05);
}

static void
look_up (GtkWidget *widget, const char *name, GdkRGBA *color)
{
  g_assert_true (
      gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), name, color));
  g_assert_cmpfloat (color->alpha, ==, 1);
}

typedef struct
{
  const char *name;
  AdwColorScheme scheme;
  const char *sheet; /* the one that high contrast adds, or NULL */
  double least;
} ContrastCase;

/* WCAG 2.1: 1.4.3 asks for 4.5, and 1.4.6, which is what high contrast is for, for 7. */
static const ContrastCase contrast_cases[] = {
  { "light", ADW_COLOR_SCHEME_FORCE_LIGHT, NULL, 4.5 },
  { "dark", ADW_COLOR_SCHEME_FORCE_DARK, NULL, 4.5 },
  { "high-contrast", ADW_COLOR_SCHEME_FORCE_LIGHT, "style-hc.css", 7 },
  { "high-contrast-dark", ADW_COLOR_SCHEME_FORCE_DARK, "style-hc-dark.css", 7 },
};

static void
test_contrast (gconstpointer data)
{
  static const char *const families[]
      = { "xray", "mr", "us", "nuclear", "light", "waveform", "report", "radiotherapy", "other" };
  const ContrastCase *c = data;
  GtkWidget *tag = g_object_ref_sink (gantry_modality_tag_new ("CT"));
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr (GtkCssProvider) sheet = gtk_css_provider_new ();

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), c->scheme);
  if (c->sheet != NULL)
    {
      g_autofree char *path = g_strconcat ("/io/github/gantry/Gantry/", c->sheet, NULL);

      gtk_css_provider_load_from_resource (sheet, path);
      gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (sheet),
                                                  GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      GdkRGBA bg, fg;

      g_autofree char *bg_name = g_strdup_printf ("tag_%s_bg", families[i]);
      g_autofree char *fg_name = g_strdup_printf ("tag_%s_fg", families[i]);

      look_up (tag, bg_name, &bg);
      look_up (tag, fg_name, &fg);
      g_test_message ("%s: %.1f", families[i], contrast (&bg, &fg));
      g_assert_cmpfloat (contrast (&bg, &fg), >=, c->least);
    }
  gtk_style_context_remove_provider_for_display (display, GTK_STYLE_PROVIDER (sheet));
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  g_object_unref (tag);
}

/* WCAG 2.1, 1.4.11: what is no text, on any ground that a node's name stands on. */
static void
test_node_colors (gconstpointer data)
{
  static const char *const grounds[] = { "window_bg_color", "view_bg_color", "popover_bg_color" };
  const ContrastCase *c = data;
  GtkWidget *swatch = g_object_ref_sink (gantry_node_swatch_new ());

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), c->scheme);
  for (GantryNodeColor i = GANTRY_NODE_COLOR_NONE + 1; i < GANTRY_N_NODE_COLORS; i++)
    for (guint j = 0; j < G_N_ELEMENTS (grounds); j++)
      {
        g_autofree char *name = g_strconcat ("node_", gantry_node_color_to_nick (i), NULL);
        GdkRGBA color, ground;

        look_up (swatch, name, &color);
        look_up (swatch, grounds[j], &ground);
        g_test_message ("%s on %s: %.1f", name, grounds[j], contrast (&color, &ground));
        g_assert_cmpfloat (contrast (&color, &ground), >=, 3);
      }
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  g_object_unref (swatch);
}

/* A family gets its class, an unknown code one too, and the text is always there. */
static void
test_tag (void)
{
  static const char *const rows[][3] = {
    { "CT", "xray", "CT" },  { "MR", "mr", "MR" },      { "SR", "report", "SR" },
    { "US", "us", "US" },    { "PT", "nuclear", "PT" }, { "ECG", "waveform", "ECG" },
    { "??", "other", "??" }, { "<b>", "other", "<b>" }, { "RTDOSE", "radiotherapy", "RTDOSE" }
  };
  GantryModalityTag *tag = GANTRY_MODALITY_TAG (g_object_ref_sink (gantry_modality_tag_new ("")));

  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (tag)));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gantry_modality_tag_set_modality (tag, rows[i][0]);
      g_assert_true (gtk_widget_get_visible (GTK_WIDGET (tag)));
      g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (tag), rows[i][1]));
      g_assert_nonnull (gui_find_text (GTK_WIDGET (tag), rows[i][2]));
    }
  g_object_unref (tag);
}

static void
test_tags (void)
{
  GtkWidget *box = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0));

  gantry_modality_tag_fill_box (GTK_BOX (box), "CT, PR, SR");
  g_assert_nonnull (gui_find_text (box, "SR"));
  gantry_modality_tag_fill_box (GTK_BOX (box), "CT, PR, SR, KO, SEG");
  g_assert_nonnull (gui_find_text (box, "PR"));
  g_assert_null (gui_find_text (box, "SR"));
  g_assert_nonnull (gui_find_text (box, "+3"));
  gantry_modality_tag_fill_box (GTK_BOX (box), "");
  g_assert_null (gtk_widget_get_first_child (box));
  g_object_unref (box);
}

int
main (int argc, char *argv[])
{
  static GType known[G_N_ELEMENTS (types)];

  gui_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *path = NULL;

      known[i] = types[i]();
      path = g_strconcat ("/templates/", g_type_name (known[i]), NULL);
      g_test_add_data_func (path, &known[i], test_template);
    }
  g_test_add_func ("/templates/shortcuts", test_shortcuts);
  g_test_add_func ("/file-setting-row", test_file_row);
  for (guint i = 0; i < G_N_ELEMENTS (contrast_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/tags/contrast/", contrast_cases[i].name, NULL);

      g_test_add_data_func (path, &contrast_cases[i], test_contrast);
      if (contrast_cases[i].sheet == NULL)
        {
          g_autofree char *nodes = g_strconcat ("/nodes/contrast/", contrast_cases[i].name, NULL);

          g_test_add_data_func (nodes, &contrast_cases[i], test_node_colors);
        }
    }
  g_test_add_func ("/tags/families", test_tag);
  g_test_add_func ("/tags/box", test_tags);

  return gui_run ();
}
