/* gantry-archive.h - unpacks archives of unknown origin; for src/dicom only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-source.h"

G_BEGIN_DECLS

typedef enum
{
  GANTRY_ARCHIVE_NONE,  /* the file is no archive that we know */
  GANTRY_ARCHIVE_DONE,  /* what could be unpacked is there; failures went to the callback */
  GANTRY_ARCHIVE_ENDED, /* cancelled or ended by the callback */
} GantryArchiveResult;

/* What an archive may come to. */
typedef struct
{
  guint64 entries;
  guint64 bytes;
  guint64 ratio;      /* of unpacked bytes to those of the archive … */
  guint64 ratio_from; /* … once this many came out */
} GantryArchiveBounds;

extern const GantryArchiveBounds gantry_archive_bounds;

/* Whether the file at @path begins like an archive; FALSE also when it cannot be read. */
gboolean gantry_archive_is_one (const char *path);

/**
 * gantry_archive_unpack:
 * @folder: made when the first entry is written; nothing is ever written outside of it
 * @func: told of the archive as a whole when it cannot be unpacked, never of entries
 *
 * Zip and tar, the latter also compressed by gzip, bzip2 or xz. Links and devices are passed over.
 */
GantryArchiveResult gantry_archive_unpack (const char *path,
                                           const char *folder,
                                           const GantryArchiveBounds *bounds,
                                           GCancellable *cancellable,
                                           GantrySourceFunc func,
                                           gpointer user_data);

G_END_DECLS
