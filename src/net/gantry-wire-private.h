/* gantry-wire-private.h - the wire itself, for its own files only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-pdu.h"
#include "gantry-socket.h"
#include "gantry-wire.h"

G_BEGIN_DECLS

#define GANTRY_WIRE_READ_AHEAD 32768 /* holds a command, a small object and the next command */
#define GANTRY_WIRE_MAX_QUEUED 32    /* PDUs; small ones, 4 KB, are what this is for */
#define GANTRY_WIRE_DATA_HEAD 12     /* a P-DATA-TF header and the one of its only PDV */

struct _GantryWire
{
  GantrySocket socket;
  gint64 wait_deadline, pdu_deadline; /* monotonic; pdu_deadline 0: not yet needed */
  guint wait_ms, pdu_ms, write_ms;

  /* Incoming. A first PDU that was read whole is replayed before anything else. */
  GByteArray *first;
  GBytes *first_in;
  GError *fault;
  gsize replayed;
  gboolean at_end;
  gsize ahead_start, ahead_end;
  guint8 head[GANTRY_PDU_HEADER];
  guint head_filled;
  gsize body_left;
  guint8 abort_body[4];
  guint abort_filled;

  /* Outgoing. */
  GBytes *first_out;
  GBytes *user_items; /* NULL: none */
  gboolean hold, broken;
  gsize out_left; /* of the data PDU that is being queued */
  gsize queued_bytes;
  guint n_queued;
  guint n_parts;
  struct iovec parts[2 * GANTRY_WIRE_MAX_QUEUED];
  guint8 heads[GANTRY_WIRE_MAX_QUEUED][GANTRY_WIRE_DATA_HEAD];

  guint8 ahead[GANTRY_WIRE_READ_AHEAD];
};

G_END_DECLS
