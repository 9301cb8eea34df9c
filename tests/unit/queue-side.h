/* queue-side.h - jobs to peers that answer what they are told to, for the tests of the send queue
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <sys/resource.h>

#include "engine-side.h"
#include "net-pair.h"

/* Of what the test's Fixture *f was told last of a job. */
#define STATE(id) ((gint)get_job (&f->sender, id)->state)
#define COUNT(id, outcome) (get_job (&f->sender, id)->counts[GANTRY_OUTCOME_##outcome])
#define IS_PAUSING(id) (STATE (id) == GANTRY_JOB_WAITING && get_job (&f->sender, id)->retry_at != 0)

/* One association at a time, @limit tries by itself. */
void set_retries (Side *side, guint limit, guint seconds);
/* Gives @answer to the first @answers objects, 0: to all, then success. */
NetScp *open_scp (guint16 answer, gint answers);
/* What it was sent, and what the UID of the object number @i ended in. */
guint count_objects (NetScp *scp);
guint get_number (NetScp *scp, guint i);

gint64 send_port (Side *side, guint16 port);
/* A job of @n objects in a folder of their own, with UIDs that end in @first and so on. */
gint64 send_objects (Fixture *f, guint first, guint n, guint16 port);
/* The same to @node, which may be a saved one. */
gint64 send_objects_to (Fixture *f, guint first, guint n, GantryNode *node);
/* (transfer full): the node that all of these are sent to, saved among the nodes; @id: 0 for a new
 * one */
GantryNode *save_node (Side *side, gint64 id, guint16 port);
/* In the database of a sender that is closed. */
void change_database (Fixture *f, const char *sql);
/* The id of the instance number @i of a job. */
gint64 get_id (Side *side, gint64 job, guint i);
/* No file may grow beyond @bytes; 0: any may. SIGXFSZ is to be ignored before. */
void limit_files (rlim_t bytes);
