/* gantry-node-exchange.h - nodes from and to files and the clipboard, with the dialogs that takes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @widget is where the toasts go (by the action win.toast) and to whose window dialogs belong.
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

/* Asks for a file, and shows what is in it before anything is saved. */
void gantry_node_exchange_import (GtkWidget *widget, GantryEngine *engine);
void gantry_node_exchange_import_from (GtkWidget *widget, GantryEngine *engine, const char *path);

/* Asks where to, and writes the saved nodes. */
void gantry_node_exchange_export (GtkWidget *widget, GantryEngine *engine);
void gantry_node_exchange_export_to (GtkWidget *widget, GantryEngine *engine, const char *path);

/* Shows @nodes (#GantryNode, ids 0), and saves those that the user chooses. */
void gantry_node_exchange_ask (GtkWidget *widget,
                               GantryEngine *engine,
                               GPtrArray *nodes,
                               const char *source);

/* A sentence in a dialog of its own, for what is too long for a toast. */
void gantry_node_exchange_complain (GtkWidget *widget, const char *title, const char *message);

G_END_DECLS
