/* send-fixture.h - a window on a real engine, with a study to send and a receiver of its own
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-engine.h"
#include "gantry-window.h"
#include "gui-support.h"

G_BEGIN_DECLS

typedef struct
{
  GantryEngine *engine;
  GantryWindow *window;
  GtkWidget *page;
  char *studies;  /* a folder with a sample study and a text file */
  guint16 port;   /* of our receiver, 0: off */
  guint n_scans;  /* that have ended */
  gint64 node_id; /* of the node that was saved last */
} SendFixture;

void send_fixture_set_up (SendFixture *f, gconstpointer data);
void send_fixture_tear_down (SendFixture *f, gconstpointer data);

/* What is in the list of the Send page. */
GListModel *send_fixture_get_staged (SendFixture *f);
/* Drops a file or folder on the page. */
void send_fixture_drop (SendFixture *f, const char *path);
/* Drops the folder with the study and waits until it is staged. */
void send_fixture_drop_studies (SendFixture *f);
/* Saves a node here and chooses it as the destination. */
void send_fixture_choose_node (SendFixture *f, const char *name, guint16 port);
void send_fixture_choose_node_called (SendFixture *f,
                                      const char *name,
                                      const char *ae_title,
                                      guint16 port);
/* Switches the receiver on. @port: 0 for a free one */
void send_fixture_listen (SendFixture *f, guint16 port);
/* A port that nobody listens on. */
guint16 send_fixture_find_closed_port (void);
/* Calls an action of the window. */
void send_fixture_activate (SendFixture *f, const char *action);
/* Waits for the only job. */
GantryJob *send_fixture_wait_for_job (SendFixture *f);

G_END_DECLS
