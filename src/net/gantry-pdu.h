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
#define GANTRY_PDU_FIXED_PART 74     /* header, version, titles and reserved octets, PS3.8 9.3.2 */
#define GANTRY_PDU_ITEM_HEADER 4     /* type, reserved, 16 bit length */
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

typedef enum
{
  GANTRY_PDU_ITEM_APPLICATION_CONTEXT = 0x10,
  GANTRY_PDU_ITEM_CONTEXT_RQ = 0x20,
  GANTRY_PDU_ITEM_CONTEXT_AC = 0x21,
  GANTRY_PDU_ITEM_ABSTRACT_SYNTAX = 0x30,
  GANTRY_PDU_ITEM_TRANSFER_SYNTAX = 0x40,
  GANTRY_PDU_ITEM_USER_INFORMATION = 0x50,
  GANTRY_PDU_ITEM_MAXIMUM_LENGTH = 0x51,
  GANTRY_PDU_ITEM_IMPLEMENTATION_CLASS = 0x52,
  GANTRY_PDU_ITEM_ROLE_SELECTION = 0x54,
  GANTRY_PDU_ITEM_IMPLEMENTATION_VERSION = 0x55,
  GANTRY_PDU_ITEM_EXTENDED = 0x56,
  GANTRY_PDU_ITEM_COMMON_EXTENDED = 0x57,
  GANTRY_PDU_ITEM_USER_IDENTITY_RQ = 0x58,
  GANTRY_PDU_ITEM_USER_IDENTITY_AC = 0x59,
} GantryPduItem;

typedef struct
{
  char called[17], calling[17]; /* without padding */
  guint16 protocol_version;
  char *application_context; /* valid UTF-8, like all text here */
  GPtrArray *contexts;       /* (element-type GantryContext): RQ: as proposed, AC: as answered */
  guint32 max_pdu;           /* 0: no limit */
  char *implementation_class_uid;
  char *implementation_version;
  GPtrArray *extended; /* (element-type GantryExtended): 56H, and in a request 57H; at most 256 */
} GantryAssociatePdu;

/**
 * gantry_associate_pdu_parse:
 * @self: (out caller-allocates): to be cleared after success
 * @data: a whole A-ASSOCIATE-RQ or -AC PDU with its header
 * @error: return location for %GANTRY_ERROR_PROTOCOL
 *
 * Items that the standard does not name are passed over (PS3.8 9.3.1), and so is a 57H that cannot
 * be read: it is only a hint, and dcmnet never looks at it.
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
