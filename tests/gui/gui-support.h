/* gui-support.h - what the in-process tests of the window share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Turns the main loop until @condition holds; never waits for luck. */
#define gui_wait_for(condition)                                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 gui_end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                                \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () > gui_end)                                                     \
          gui_waited_in_vain (__FILE__, __LINE__, G_STRFUNC, #condition);                          \
        gui_turn ();                                                                               \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* Ends the test, and says what every window shows instead of what was waited for. */
void gui_waited_in_vain (const char *file, int line, const char *function, const char *condition)
    G_GNUC_NORETURN;

/* Waits for one thing that happens in the main loop, at most some milliseconds. */
void gui_turn (void);

/* Draws a window to a width and a height, in pixels, and waits until it has them and is drawn. */
void gui_resize (GtkWindow *window, int width, int height);

/* Starts GTest and GTK, makes a profile in a folder of its own and the application. */
void gui_init (int *argc, char ***argv);
/* Runs the tests and cleans up; what main() returns. */
int gui_run (void);

GtkApplication *gui_get_application (void);
const char *gui_get_profile (void);

/* What the last notification of the application said, its title and its text on two lines; "" when
 * there was none since. Forgets it. */
char *gui_take_notification (void);
gboolean gui_has_notification (void);

/* The first visible descendant that shows @text: a label, or a button with that label. */
GtkWidget *gui_find_text (GtkWidget *root, const char *text);
/* The same for a part of a text. */
GtkWidget *gui_find_part (GtkWidget *root, const char *part);
/* The first descendant of a type, visible or not. */
GtkWidget *gui_find_type (GtkWidget *root, GType type);
/* The window of a type that is open, or NULL. */
GtkWidget *gui_find_window (GType type);

/* Lets go of an object that others may let go of later: waits until it is gone. */
void gui_finalize (gpointer object);

/* The files in a folder and all below it, without those that Gantry is still writing. */
guint gui_count_files (const char *directory);

G_END_DECLS
