/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-menu.h"

#include <glib/gi18n-lib.h>

#include "gantry-job-words.h"

#define GROUP "gantry-job-actions"
#define JOB_ID "gantry-job-id"

static void
priority_chosen (GSimpleAction *action, GVariant *priority, gpointer widget)
{
  const gint64 *id = g_object_get_data (G_OBJECT (action), JOB_ID);

  gtk_widget_activate_action (widget, "queue.priority", "(xi)", *id,
                              g_variant_get_int32 (priority));
}

void
gantry_job_menu_install (GtkWidget *widget)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) priority = g_simple_action_new_stateful (
      "priority", G_VARIANT_TYPE_INT32, g_variant_new_int32 (GANTRY_PRIORITY_MEDIUM));

  g_signal_connect (priority, "activate", G_CALLBACK (priority_chosen), widget);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (priority));
  gtk_widget_insert_action_group (widget, "job", G_ACTION_GROUP (group));
  g_object_set_data_full (G_OBJECT (widget), GROUP, g_steal_pointer (&group), g_object_unref);
}

static void
append (GMenu *menu, const char *label, const char *action, gint64 id)
{
  g_autoptr (GMenuItem) entry = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (entry, action, "x", id);
  g_menu_append_item (menu, entry);
}

static void
append_section (GMenu *menu, GMenu *section)
{
  if (g_menu_model_get_n_items (G_MENU_MODEL (section)) > 0)
    g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  g_object_unref (section);
}

static GMenu *
create_control (const GantryJob *job, gboolean in_window)
{
  GMenu *section = g_menu_new ();

  if (!in_window)
    append (section, _ ("_Details"), "queue.details", job->id);
  if (gantry_job_waits_for_retry (job))
    append (section, _ ("_Try Now"), "queue.resume", job->id);
  if (gantry_job_can_resume (job))
    append (section, _ ("R_esume"), "queue.resume", job->id);
  if (gantry_job_can_pause (job))
    append (section, _ ("_Pause"), "queue.pause", job->id);
  if (gantry_job_can_cancel (job))
    append (section, _ ("_Cancel"), "queue.cancel", job->id);
  if (gantry_job_count_failed (job) > 0)
    append (section, _ ("_Retry What Failed"), "queue.retry", job->id);
  return section;
}

static GMenu *
create_copies (const GantryJob *job)
{
  GMenu *section = g_menu_new ();

  append (section, _ ("Send _Again to Another Node…"), "queue.send-again", job->id);
  append (section, _ ("E_xport Delivery Report…"), "queue.export", job->id);
  return section;
}

static GMenu *
create_order (const GantryJob *job)
{
  static const GantryPriority priorities[]
      = { GANTRY_PRIORITY_HIGH, GANTRY_PRIORITY_MEDIUM, GANTRY_PRIORITY_LOW };
  GMenu *section = g_menu_new ();
  g_autoptr (GMenu) choices = g_menu_new ();

  if (gantry_job_is_over (job))
    return section;
  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
    {
      g_autoptr (GMenuItem) entry
          = g_menu_item_new (gantry_priority_get_word (priorities[i]), NULL);

      g_menu_item_set_action_and_target (entry, "job.priority", "i", (gint32)priorities[i]);
      g_menu_append_item (choices, entry);
    }
  g_menu_append_submenu (section, _ ("Pr_iority"), G_MENU_MODEL (choices));
  if (job->state != GANTRY_JOB_RUNNING)
    {
      append (section, _ ("Send _Sooner"), "queue.sooner", job->id);
      append (section, _ ("Send _Later"), "queue.later", job->id);
    }
  return section;
}

static GMenu *
create_removal (const GantryJob *job)
{
  GMenu *section = g_menu_new ();

  if (gantry_job_is_over (job))
    append (section, _ ("Re_move"), "queue.remove", job->id);
  return section;
}

GMenuModel *
gantry_job_menu_create (GtkWidget *widget, const GantryJob *job, gboolean in_window)
{
  GSimpleActionGroup *group = g_object_get_data (G_OBJECT (widget), GROUP);
  GAction *priority = g_action_map_lookup_action (G_ACTION_MAP (group), "priority");
  GMenu *menu = g_menu_new ();

  g_object_set_data_full (G_OBJECT (priority), JOB_ID, g_memdup2 (&job->id, sizeof job->id),
                          g_free);
  g_simple_action_set_state (G_SIMPLE_ACTION (priority),
                             g_variant_new_int32 ((gint32)job->priority));

  append_section (menu, create_control (job, in_window));
  append_section (menu, create_copies (job));
  append_section (menu, create_order (job));
  append_section (menu, create_removal (job));
  return G_MENU_MODEL (menu);
}
