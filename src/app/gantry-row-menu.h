/* gantry-row-menu.h - context menus and spoken names of list rows
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a screen reader says for the row whose child is @child; once the list has taken it. */
void gantry_row_set_spoken (GtkWidget *child, const char *text);

/* Selects the row at a place, in @list's coordinates, unless it is selected already: what people
 * expect from a right click. Returns: %FALSE when there is no row */
gboolean
gantry_row_menu_select_at (GtkWidget *list, GtkSelectionModel *selection, double x, double y);
/* Opens @menu at a place, in @list's coordinates; the list is in a #GantryListCard, or in a
 * #GtkScrolledWindow in a box or bin. */
void gantry_row_menu_popup_at (GtkWidget *list, GMenuModel *menu, double x, double y);
/* The same from the keyboard, at the row that has the focus. */
void gantry_row_menu_popup_at_focus (GtkWidget *list, GMenuModel *menu);

/* Gives the rows of a table that menu, by right click, Menu key and Shift+F10. The table is in a
 * #GtkScrolledWindow in a box or bin. */
void gantry_row_menu_follow_table (GtkColumnView *table, GMenuModel *menu);

G_END_DECLS
