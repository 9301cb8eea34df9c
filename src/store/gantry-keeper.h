/* gantry-keeper.h - received objects on disk: whole, safe, and never under a name we did not check
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes as they came (level 2, PS3.4 B.4.1; signatures stay valid), behind a fresh meta header:
 * incoming/….part → header scan → fdatasync → rename to its place (see gantry-layout.h) → fsync of
 * the folder. Only then may a C-STORE be answered with success.
 */
#pragma once

#include "gantry-layout.h"

G_BEGIN_DECLS

typedef struct
{
  /* These exist; incoming and received are on one file system. */
  const char *received, *incoming, *quarantine;
  GantryLayout layout;
  const char *pattern;
  guint64 reserve_bytes;
  guint reserve_percent;
  guint keep_days;        /* in quarantine; 0: for ever */
  guint64 keep_bytes;     /* in quarantine; 0: no limit */
  gboolean refuse_unsafe; /* objects whose UIDs are no UIDs; else kept under safe names */
} GantryKeeperOptions;

/* Shared by all workers. */
typedef struct _GantryKeeper GantryKeeper;

/**
 * gantry_keeper_new:
 * @error: %GANTRY_ERROR_SETTING: the pattern; %GANTRY_ERROR_BUSY: somebody else receives into that
 *   folder
 */
GantryKeeper *gantry_keeper_new (const GantryKeeperOptions *options, GError **error);
void gantry_keeper_free (GantryKeeper *self);

/* Removes what a crash left unfinished; nobody was told that it was stored. */
void gantry_keeper_clean (GantryKeeper *self);

/* Removes from quarantine what the limits demand. Any thread; reads the folder. */
void gantry_keeper_trim_quarantine (GantryKeeper *self);

/* How many folders are above an object, below the folder of received objects. */
guint gantry_keeper_get_depth (GantryKeeper *self);
/* Whether the reserve has been reached, and what is free. */
void gantry_keeper_get_space (GantryKeeper *self, gboolean *low, guint64 *free_bytes);

/* The time of day, although people set their clocks, and a wrong year must not empty the folder:
 * what the clock says, or what it said when we began and the time since. @latest: the later of the
 * two, for an object that comes; else the earlier, for one that may be too old. Any thread. */
gint64 gantry_keeper_get_time (GantryKeeper *self, gboolean latest);

typedef enum
{
  GANTRY_KEPT,             /* new */
  GANTRY_KEPT_ALREADY,     /* the same, byte for byte, is there already */
  GANTRY_KEPT_BESIDE,      /* the UID is there with other content: kept under another name */
  GANTRY_KEPT_MISMATCH,    /* kept, but its UIDs are not those of the request */
  GANTRY_KEPT_UNSAFE,      /* kept, but one of its UIDs is none */
  GANTRY_KEPT_QUARANTINED, /* cannot be parsed: in quarantine */
  GANTRY_REFUSED_UNSAFE,   /* one of its UIDs is none, and such are not wanted */
  GANTRY_REFUSED_SPACE,    /* the disk reserve has been reached */
  GANTRY_REFUSED_NAME,     /* something else has the names that it could get */
  GANTRY_NOT_KEPT,         /* the disk says no */
  GANTRY_N_KEPT
} GantryKept;

/* Whether the object is below the folder of received objects now. */
#define gantry_kept_is_listed(kept) ((kept) <= GANTRY_KEPT_UNSAFE)

/* An object on its way in; belongs to one worker. */
typedef struct _GantryPart GantryPart;

/* NULL: @why is none of the _KEPT values, and @error says it in a sentence. */
GantryPart *gantry_keeper_begin (GantryKeeper *self,
                                 const char *sop_class_uid,
                                 const char *sop_instance_uid,
                                 const char *transfer_syntax,
                                 const char *calling_ae_title,
                                 GantryKept *why,
                                 GError **error);
/* FALSE: the disk says no, or the object has used up half of the reserve; what was written is
 * gone then, and gantry_part_keep() will tell. */
gboolean gantry_part_write (GantryPart *part, const guint8 *data, gsize length);
guint64 gantry_part_get_size (GantryPart *part); /* data set octets so far */

/**
 * gantry_part_keep:
 * @path: (out): where it is now; %NULL when not kept
 * @instance: (out): its header; %NULL when quarantined or not kept
 * @error: what is wrong, for everything but %GANTRY_KEPT; also set when it was kept
 *
 * Ends the life of @part. When it returns one of the _KEPT values the object survives a power cut;
 * else nothing is left of it.
 */
GantryKept
gantry_part_keep (GantryPart *part, char **path, GantryInstance **instance, GError **error);

/* The association broke: removes the file and frees. */
void gantry_part_drop (GantryPart *part);

/* ---- For whoever lists and removes what is kept: any thread ---------------------------------- */

/* To be said once for each object that was put below the folder of received objects, or found
 * there: its row is in the database. Until then nobody takes it away, for whoever does decides by
 * a row that tells of an earlier one. */
void gantry_keeper_settle (GantryKeeper *self, const char *path);

/* Whether that is still to be said. */
gboolean gantry_keeper_is_unsettled (GantryKeeper *self, const char *path);

/* Whether the object is below the folder of received objects, by its name. */
gboolean gantry_keeper_has (GantryKeeper *self, const char *path);

/**
 * gantry_keeper_take:
 * @path: of an object that is to be removed
 * @part: (out): what is left to unlink, on any thread; a crash before that costs nothing
 *
 * Takes the object out of the folder of received objects in one step. Waits for objects that are
 * being put into their places, which take about as long as writing to the disk.
 *
 * Returns: 0, or an errno: ENOENT when it was not there, EBUSY when it has just come
 */
int gantry_keeper_take (GantryKeeper *self, const char *path, char **part);

/**
 * gantry_keeper_remove:
 * @path: as for gantry_keeper_take()
 * @remove: deletes the file, or moves it away; returns 0 or an errno
 *
 * The same when its name must stay known, as for the trash. No object is put into its place while
 * @remove runs.
 */
int gantry_keeper_remove (GantryKeeper *self,
                          const char *path,
                          int (*remove) (const char *path, gpointer user_data),
                          gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryKeeper, gantry_keeper_free)

G_END_DECLS
