/* gantry-keeper.h - received objects on disk: whole, safe, and never under a name we did not check
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes as they came (level 2, PS3.4 B.4.1; signatures stay valid), behind a fresh meta header:
 * incoming/….part → header scan → fdatasync → rename to StudyUID/SeriesUID/SOPInstanceUID.dcm →
 * fsync of the folder. Only then may a C-STORE be answered with success.
 */
#pragma once

#include "gantry-instance.h"

G_BEGIN_DECLS

/* Shared by all workers. */
typedef struct _GantryKeeper GantryKeeper;

/* The three folders must exist, incoming and received on one file system. */
GantryKeeper *
gantry_keeper_new (const char *received, const char *incoming, const char *quarantine);
void gantry_keeper_free (GantryKeeper *self);

/* Removes what a crash left unfinished; nobody was told that it was stored. */
void gantry_keeper_clean (GantryKeeper *self);

/* An object on its way in; belongs to one worker. */
typedef struct _GantryPart GantryPart;

/* @error: %GANTRY_ERROR_STORAGE: the disk says no */
GantryPart *gantry_keeper_begin (GantryKeeper *self,
                                 const char *sop_class_uid,
                                 const char *sop_instance_uid,
                                 const char *transfer_syntax,
                                 const char *calling_ae_title,
                                 GError **error);
/* FALSE: the disk says no; gantry_part_keep() will then tell. */
gboolean gantry_part_write (GantryPart *part, const guint8 *data, gsize length);
guint64 gantry_part_get_size (GantryPart *part); /* data set octets so far */

typedef enum
{
  GANTRY_KEPT,             /* new */
  GANTRY_KEPT_ALREADY,     /* the same, byte for byte, is there already */
  GANTRY_KEPT_BESIDE,      /* the UID is there with other content: kept under another name */
  GANTRY_KEPT_MISMATCH,    /* kept, but its UIDs are not those of the request */
  GANTRY_KEPT_QUARANTINED, /* cannot be parsed: in quarantine */
  GANTRY_NOT_KEPT,         /* the disk says no */
} GantryKept;

/**
 * gantry_part_keep:
 * @path: (out): where it is now; %NULL when not kept
 * @instance: (out): its header; %NULL when quarantined or not kept
 * @error: what is wrong, for everything but %GANTRY_KEPT; also set when it was kept
 *
 * Ends the life of @part. When it returns anything but %GANTRY_NOT_KEPT the object survives a
 * power cut.
 */
GantryKept
gantry_part_keep (GantryPart *part, char **path, GantryInstance **instance, GError **error);

/* The association broke: removes the file and frees. */
void gantry_part_drop (GantryPart *part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryKeeper, gantry_keeper_free)

G_END_DECLS
