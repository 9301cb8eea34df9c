/* gantry-pdu.h - A-ASSOCIATE PDUs as they are on the wire (PS3.8 9.3), read with suspicion
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dcmnet sees such a PDU only after this has found nothing wrong with it; and what the monitor
 * shows comes from here, so that nothing dcmnet cannot express is lost. Any thread.
 */
#pragma once

#include <glib.h>

#include "gantry-records.h"

G_BEGIN_DECLS

#define GANTRY_PDU_HEADER 6          /* type, reserved, 32 bit length */
#define GANTRY_ASSOCIATE_MAX 1048576 /* 128 contexts with forty transfer syntaxes are 400 KB */

typedef enum
{
  GANTRY_PDU_ASSOCIATE_RQ = 1,
  GANTRY_PDU_ASSOCIATE_AC = 2,
  GANTRY_PDU_ASSOCIATE_RJ = 3,
  GANTRY_PDU_DATA = 4,
  GANTRY_PDU_RELEASE_RQ = 5,
  GANTRY_PDU_RELEASE_RP = 6,
  GANTRY_PDU_ABORT = 7,
} GantryPduType;

typedef struct
{
  char called[17], calling[17]; /* without padding */
  guint16 protocol_version;
  char *application_context; /* valid UTF-8, like all text here */
  GPtrArray *contexts;       /* (element-type GantryContext): RQ: as proposed, AC: as answered */
  guint32 max_pdu;           /* 0: no limit */
  char *implementation_class_uid;
  char *implementation_version;
} GantryAssociatePdu;

/**
 * gantry_associate_pdu_parse:
 * @self: (out caller-allocates): to be cleared after success
 * @data: a whole A-ASSOCIATE-RQ or -AC PDU with its header
 * @error: return location for %GANTRY_ERROR_PROTOCOL
 *
 * Items that the standard does not name are passed over (PS3.8 9.3.1).
 */
gboolean gantry_associate_pdu_parse (GantryAssociatePdu *self,
                                     const guint8 *data,
                                     gsize length,
                                     GError **error);
void gantry_associate_pdu_clear (GantryAssociatePdu *self);

/* The length field of a PDU header. */
guint32 gantry_pdu_get_length (const guint8 *header);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GantryAssociatePdu, gantry_associate_pdu_clear)

G_END_DECLS
