/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-scenario-list.h"

#include <glib/gi18n-lib.h>

struct _GantryScenarioList
{
  AdwBin parent_instance;

  GtkLabel *message;
  GtkListBox *list;

  GantryEngine *engine;
  GCancellable *asking; /* cancelled when nobody looks at the list any more */
};

G_DEFINE_FINAL_TYPE (GantryScenarioList, gantry_scenario_list, ADW_TYPE_BIN)

static guint chosen_signal;

/* ---- Rows -------------------------------------------------------------------------------------
 */

static const GantryNamedScenario *
get_scenario (GtkWidget *inside)
{
  return g_object_get_data (G_OBJECT (gtk_widget_get_ancestor (inside, GTK_TYPE_LIST_BOX_ROW)),
                            "gantry-scenario");
}

static void forget_clicked (GtkWidget *button, GantryScenarioList *self);

static void
row_activated (GtkWidget *row, GantryScenarioList *self)
{
  g_autoptr (GantryNamedScenario) scenario = gantry_record_ref ((gpointer)get_scenario (row));

  gantry_scenario_list_tell (self, NULL);
  g_signal_emit (self, chosen_signal, 0, scenario->name, scenario->words);
}

static void
add_row (GantryScenarioList *self, GantryNamedScenario *scenario)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *label = g_strdup_printf (_ ("Forget: %s"), scenario->name);

  /* Both are the user's own text. */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), scenario->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), scenario->words);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "gantry-scenario", gantry_record_ref (scenario),
                          gantry_record_unref);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_signal_connect (button, "clicked", G_CALLBACK (forget_clicked), self);
  g_signal_connect (row, "activated", G_CALLBACK (row_activated), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  gtk_list_box_append (self->list, row);
}

static void
update_visible (GantryScenarioList *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self),
                          gtk_widget_get_visible (GTK_WIDGET (self->list))
                              || gtk_widget_get_visible (GTK_WIDGET (self->message)));
}

/* The number of the row in which the focus is; -1: none */
static int
find_focus (GantryScenarioList *self)
{
  GtkWidget *row = gtk_widget_get_focus_child (GTK_WIDGET (self->list));

  return row != NULL ? gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) : -1;
}

static void
show (GantryScenarioList *self, GPtrArray *scenarios)
{
  int focus = find_focus (self);
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < scenarios->len; i++)
    add_row (self, scenarios->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->list), scenarios->len > 0);
  update_visible (self);
  row = focus >= 0
            ? gtk_list_box_get_row_at_index (self->list, MIN (focus, (int)scenarios->len - 1))
            : NULL;
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

void
gantry_scenario_list_tell (GantryScenarioList *self, const char *message)
{
  g_return_if_fail (GANTRY_IS_SCENARIO_LIST (self));

  gtk_label_set_text (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
  update_visible (self);
}

/* ---- Asking the engine ------------------------------------------------------------------------
 */

static void
on_listed (GObject *engine, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryScenarioList) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) scenarios
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    gantry_scenario_list_tell (self, error->message);
  else
    show (self, scenarios);
}

static void
ask (GantryScenarioList *self)
{
  gantry_engine_list_scenarios_async (self->engine, self->asking, on_listed, g_object_ref (self));
}

/* What came of a change: the list anew, or a sentence. */
static void
changed (GantryScenarioList *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gantry_scenario_list_tell (self, error != NULL ? error->message : NULL);
  if (error == NULL)
    ask (self);
}

static void
on_saved (GObject *engine, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryScenarioList) self = data;
  g_autoptr (GError) error = NULL;

  gantry_engine_save_scenario_finish (GANTRY_ENGINE (engine), result, &error);
  changed (self, error);
}

void
gantry_scenario_list_save (GantryScenarioList *self, const char *name, const char *words)
{
  g_return_if_fail (GANTRY_IS_SCENARIO_LIST (self));
  g_return_if_fail (self->engine != NULL);

  gantry_engine_save_scenario_async (self->engine, name, words, self->asking, on_saved,
                                     g_object_ref (self));
}

static void
on_removed (GObject *engine, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryScenarioList) self = data;
  g_autoptr (GError) error = NULL;

  gantry_engine_remove_scenario_finish (GANTRY_ENGINE (engine), result, &error);
  changed (self, error);
}

static void
forget_clicked (GtkWidget *button, GantryScenarioList *self)
{
  gantry_engine_remove_scenario_async (self->engine, get_scenario (button)->name, self->asking,
                                       on_removed, g_object_ref (self));
}

/* ---- The class --------------------------------------------------------------------------------
 */

/* Its window is closed. What was to be kept is kept all the same. */
static void
gantry_scenario_list_unroot (GtkWidget *widget)
{
  g_cancellable_cancel (GANTRY_SCENARIO_LIST (widget)->asking);
  GTK_WIDGET_CLASS (gantry_scenario_list_parent_class)->unroot (widget);
}

static void
gantry_scenario_list_dispose (GObject *object)
{
  GantryScenarioList *self = GANTRY_SCENARIO_LIST (object);

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_scenario_list_parent_class)->dispose (object);
}

static void
gantry_scenario_list_finalize (GObject *object)
{
  g_object_unref (GANTRY_SCENARIO_LIST (object)->asking);
  G_OBJECT_CLASS (gantry_scenario_list_parent_class)->finalize (object);
}

static void
gantry_scenario_list_class_init (GantryScenarioListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_scenario_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = gantry_scenario_list_finalize;
  widget_class->unroot = gantry_scenario_list_unroot;

  chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-scenario-list.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryScenarioList, message);
  gtk_widget_class_bind_template_child (widget_class, GantryScenarioList, list);
}

static void
gantry_scenario_list_init (GantryScenarioList *self)
{
  self->asking = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
gantry_scenario_list_set_engine (GantryScenarioList *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_SCENARIO_LIST (self));

  if (g_set_object (&self->engine, engine))
    ask (self);
}
