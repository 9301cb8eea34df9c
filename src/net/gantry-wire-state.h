/* gantry-wire-state.h - what ended the use of a connection
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

/* The first that happened stays. */
typedef enum
{
  GANTRY_WIRE_GOOD,
  GANTRY_WIRE_CLOSED,    /* by the peer, in order */
  GANTRY_WIRE_LOST,      /* reset, or the network says why: see gantry_wire_get_errno() */
  GANTRY_WIRE_TIMED_OUT, /* nothing came, or the rest of a PDU did not */
  GANTRY_WIRE_STALLED,   /* the peer does not take what we write */
  GANTRY_WIRE_MALFORMED, /* the first PDU is none, or one that nobody should parse */
  GANTRY_WIRE_TLS,       /* the two sides cannot encrypt: see gantry_wire_dup_tls_failure() */
  GANTRY_WIRE_IS_TLS,    /* the first octets are of TLS, and this is a plain connection */
  GANTRY_WIRE_CANCELLED,
} GantryWireState;
