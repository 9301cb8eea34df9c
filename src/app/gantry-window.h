/* gantry-window.h - the one window: header bar, three pages, toasts
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_TYPE_WINDOW (gantry_window_get_type ())
G_DECLARE_FINAL_TYPE (GantryWindow, gantry_window, GANTRY, WINDOW, AdwApplicationWindow)

/* Actions, for menus, shortcuts and D-Bus:
 * win.page (s: "send", "receive", "nodes"), win.toast (s: plain text);
 * win.open-files, win.open-folder, win.sample, win.cancel-scan, win.show-skipped,
 * win.clear-staged, win.destination (x: node id), win.check, win.send;
 * win.cancel-job, win.retry-job, win.remove-job, win.show-job (x: job id), win.clear-queue. */
GantryWindow *gantry_window_new (GtkApplication *application);

/* Hands the engine to the pages. */
void gantry_window_set_engine (GantryWindow *self, GantryEngine *engine);
void gantry_window_handle_event (GantryWindow *self, GantryEvent *event);

/* Shows @message instead of the pages: there is no engine, and why. */
void gantry_window_show_failure (GantryWindow *self, const char *title, const char *message);

/* Stages files and folders, and shows the page where they arrive. */
void gantry_window_stage (GantryWindow *self, GFile *const *files, gsize n_files);

/* A short sentence at the bottom; plain text, no markup. */
void gantry_window_add_toast (GantryWindow *self, const char *text);

/* The same for whoever began something that takes a while. @widget: (nullable): has the action
 * win.toast; when it is gone by now the main window tells */
void gantry_window_tell (GtkWidget *widget, const char *text);

/* Takes the window off the screen, from where gantry_window_come_back() brings it back as it was.
 * GTK takes it for shown meanwhile: of what it knows to be hidden it takes the accessible path
 * away, and a screen reader that asks for a window then ends the program (GtkAtSpiRoot of GTK 4.8).
 */
void gantry_window_leave_screen (GantryWindow *self);

/* Presents the window, whether it was on the screen or not. */
void gantry_window_come_back (GantryWindow *self);

G_END_DECLS
