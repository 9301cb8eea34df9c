/* gantry-session.h - one incoming association: what it may do, and what is kept of it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Policy of the acceptor's callbacks, on the association's own worker thread. What happens is told
 * as updates, in order, through a channel whose other end is the core thread.
 */
#pragma once

#include "gantry-access.h"
#include "gantry-channel.h"
#include "gantry-instance.h"
#include "gantry-keeper.h"
#include "gantry-scenario.h"
#include "gantry-tracer.h"

G_BEGIN_DECLS

typedef enum
{
  GANTRY_UPDATE_OPENED,      /* record is whole, with contexts; its id is not set */
  GANTRY_UPDATE_MESSAGE,     /* message; of an object also received and, if it was kept, instance;
                                or a line of DCMTK's */
  GANTRY_UPDATE_ENDED,       /* state, ended_by and reason; the last one of a session */
  GANTRY_UPDATE_TURNED_AWAY, /* record of a connection that never became an association */
} GantryUpdateType;

typedef struct
{
  GantryUpdateType type;
  gconstpointer session; /* tells associations apart; never looked into */
  GantryAssociationRecord *record;
  GantryMessage *message;
  GantryReceived *received;
  GantryInstance *instance;
  gboolean again; /* it is the object that was there before */
  GantryAssociationState state;
  GantryEndedBy ended_by;
  char *reason;    /* "": released in order */
  gint octets;     /* of somebody who was turned away: they count until this is freed */
  gboolean *taken; /* (nullable): set, under a lock of ours, when this is freed */
  /* (element-type GantryMessage) (nullable): by DCMTK before there was a session */
  GPtrArray *said;
} GantryUpdate;

void gantry_update_free (gpointer update);

/* What all sessions of a listener share; immutable, and outlives them. */
typedef struct
{
  GantryAccess *access;
  GantryScenario *scenario; /* NULL: no test behaviour; counts by itself, atomically */
  guint idle_timeout_ms;
  GantryKeeper *keeper;
  GantryChannel *updates;
  GantryTracer *tracer;
} GantrySessionPolicy;

extern const GantryAcceptorFuncs gantry_session_funcs; /* user_data: GantrySessionPolicy */

G_END_DECLS
