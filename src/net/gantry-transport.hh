/* gantry-transport.hh - how dcmnet gets at a GantryWire; for the .cc files of this room only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>

#include "gantry-wire.h"

/* Negotiates an association over @wire, which is connected, as requestor. Takes @params over; after
 * a failure @assoc is NULL. */
OFCondition
gantry_transport_request (GantryWire *wire, T_ASC_Parameters *params, T_ASC_Association **assoc);

/* Hands a wire whose A-ASSOCIATE-RQ is here and checked to dcmnet: never waits. */
OFCondition gantry_transport_receive (GantryWire *wire, guint32 max_pdu, T_ASC_Association **assoc);
