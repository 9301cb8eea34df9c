/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-row-menu.h"

#include "gantry-list-card.h"

void
gantry_row_set_spoken (GtkWidget *child, const char *text)
{
  GtkWidget *row = gtk_widget_get_parent (child);

  /* GTK 4.8 has no property of GtkListItem for this; the row is the child's parent. */
  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static gboolean
unparent_menu (gpointer popover)
{
  gtk_widget_unparent (popover);
  return G_SOURCE_REMOVE;
}

#define ROW_KEY "gantry-row"

static void
menu_closed (GtkPopover *popover)
{
  GtkWidget *row = g_object_get_data (G_OBJECT (popover), ROW_KEY);

  /* Where the keyboard was: GTK would go to what holds the menu. */
  if (row != NULL && gtk_widget_get_mapped (row))
    gtk_widget_grab_focus (row);
  /* The action of the chosen entry runs after this and still needs the parent. */
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, unparent_menu, g_object_ref (popover), g_object_unref);
}

/* What is around @list holds the menu; a list would take it for a row. */
static GtkWidget *
find_holder (GtkWidget *list)
{
  GtkWidget *card = gtk_widget_get_ancestor (list, GANTRY_TYPE_LIST_CARD);

  if (card != NULL)
    return card;
  return gtk_widget_get_parent (gtk_widget_get_ancestor (list, GTK_TYPE_SCROLLED_WINDOW));
}

static void
popup (GtkWidget *list, GMenuModel *menu, double x, double y, int height)
{
  GtkWidget *card = find_holder (list);
  GtkWidget *popover = gtk_popover_menu_new_from_model (menu);
  GtkWidget *row = gtk_widget_get_focus_child (list);
  double card_x, card_y;

  gtk_widget_translate_coordinates (list, card, x, y, &card_x, &card_y);
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  gtk_popover_set_position (GTK_POPOVER (popover), GTK_POS_BOTTOM);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover),
                               &(GdkRectangle){ (int)card_x, (int)card_y, 1, height });
  gtk_widget_set_parent (popover, card);
  if (row != NULL)
    g_object_set_data_full (G_OBJECT (popover), ROW_KEY, g_object_ref (row), g_object_unref);
  g_signal_connect (popover, "closed", G_CALLBACK (menu_closed), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

/* The row of @list, its direct child, at a place; NULL where there is none. */
static GtkWidget *
row_at (GtkWidget *list, double x, double y)
{
  GtkWidget *row = gtk_widget_pick (list, x, y, GTK_PICK_DEFAULT);

  while (row != NULL && row != list && gtk_widget_get_parent (row) != list)
    row = gtk_widget_get_parent (row);
  return row == list ? NULL : row;
}

gboolean
gantry_row_menu_select_at (GtkWidget *list, GtkSelectionModel *selection, double x, double y)
{
  GtkWidget *row = row_at (list, x, y);

  if (row == NULL)
    return FALSE;

  /* Only the row knows its position; this action of it selects without toggling. */
  if (!(gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_SELECTED))
    {
      gtk_selection_model_unselect_all (selection);
      gtk_widget_activate_action (row, "listitem.select", "(bb)", FALSE, FALSE);
    }
  gtk_widget_grab_focus (row);
  return TRUE;
}

void
gantry_row_menu_popup_at (GtkWidget *list, GMenuModel *menu, double x, double y)
{
  popup (list, menu, x, y, 1);
}

void
gantry_row_menu_popup_at_focus (GtkWidget *list, GMenuModel *menu)
{
  GtkWidget *row = gtk_widget_get_focus_child (list);
  graphene_rect_t bounds;

  if (row == NULL || !gtk_widget_compute_bounds (row, list, &bounds))
    return;
  popup (list, menu, bounds.origin.x + 24, bounds.origin.y, (int)bounds.size.height);
}

/* ---- Tables -----------------------------------------------------------------------------------
 */

#define MENU_KEY "gantry-row-menu"

/* The part of the table with the rows. */
static GtkWidget *
get_rows (GtkColumnView *table)
{
  return gtk_widget_get_last_child (GTK_WIDGET (table));
}

static void
table_pressed (
    GtkGestureClick *gesture, int n G_GNUC_UNUSED, double x, double y, GtkColumnView *table)
{
  GtkWidget *rows = get_rows (table);
  double rows_x, rows_y;

  gtk_widget_translate_coordinates (GTK_WIDGET (table), rows, x, y, &rows_x, &rows_y);
  if (!gantry_row_menu_select_at (rows, gtk_column_view_get_model (table), rows_x, rows_y))
    return;
  gantry_row_menu_popup_at (rows, g_object_get_data (G_OBJECT (table), MENU_KEY), rows_x, rows_y);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static gboolean
table_menu_key (GtkWidget *table, GVariant *arguments G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  GtkWidget *rows = get_rows (GTK_COLUMN_VIEW (table));
  GtkWidget *row = gtk_widget_get_focus_child (rows);

  if (row == NULL)
    return FALSE;
  /* What the menu is about is to be seen. */
  if (!(gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_SELECTED))
    gtk_widget_activate_action (row, "listitem.select", "(bb)", FALSE, FALSE);
  gantry_row_menu_popup_at_focus (rows, g_object_get_data (G_OBJECT (table), MENU_KEY));
  return TRUE;
}

void
gantry_row_menu_follow_table (GtkColumnView *table, GMenuModel *menu)
{
  GtkGesture *gesture = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  g_object_set_data_full (G_OBJECT (table), MENU_KEY, g_object_ref (menu), g_object_unref);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect (gesture, "pressed", G_CALLBACK (table_pressed), table);
  gtk_widget_add_controller (GTK_WIDGET (table), GTK_EVENT_CONTROLLER (gesture));
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                        gtk_callback_action_new (table_menu_key, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (table), keys);
}
