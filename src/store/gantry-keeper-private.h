/* gantry-keeper-private.h - what the files of the keeper share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-folders.h"
#include "gantry-keeper.h"
#include "gantry-quarantine.h"
#include "gantry-space.h"

G_BEGIN_DECLS

/* A small object goes to disk in one write, together with its meta header. */
#define GANTRY_PART_BUFFER_SIZE 65536

struct _GantryKeeper
{
  char *incoming;
  GantryQuarantine *quarantine;
  GantryFolders *folders;
  GantryLayoutPattern *pattern;
  GantrySpace *space;
  gboolean refuse_unsafe;
  gint64 booted; /* time of day when the computer was, as the clock said when we began */
  int lock_fd;   /* incoming/, locked; -1: the file system has no locks */

  GMutex lock;
  GHashTable *unsettled; /* path → how often it came and was not settled */
};

struct _GantryPart
{
  GantryKeeper *keeper;
  int fd;
  GError *failed; /* why it cannot be kept: nothing of it is on the disk any more */
  GantryKept why; /* then */
  char *path;
  char *sop_class_uid;
  char *sop_instance_uid;
  char *transfer_syntax;
  char *calling_ae_title;
  gsize meta_length;
  guint64 size;
  gsize buffered;
  guint8 buffer[GANTRY_PART_BUFFER_SIZE];
};

/* Sets %GANTRY_ERROR_STORAGE and returns %FALSE. */
gboolean gantry_keeper_disk_error (GError **error, const char *path, int code);

/* Everything is written: scans, syncs and moves. The file is where @path says, or still a part. */
GantryKept
gantry_part_place (GantryPart *part, char **path, GantryInstance **instance, GError **error);

G_END_DECLS
