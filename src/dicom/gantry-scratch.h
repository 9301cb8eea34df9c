/* gantry-scratch.h - octets that are being made, in memory while few, else in a file without a name
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For src/dicom only. One thread at a time.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GantryScratch GantryScratch;

/**
 * gantry_scratch_new:
 * @folder: where the file goes when one is needed; it has no name there, so nothing can be left
 *   behind
 */
GantryScratch *gantry_scratch_new (const char *folder);
void gantry_scratch_free (GantryScratch *self);

/**
 * gantry_scratch_write:
 * @error: %GANTRY_ERROR_STORAGE, or %G_IO_ERROR_CANCELLED
 */
gboolean gantry_scratch_write (
    GantryScratch *self, const void *data, gsize length, GCancellable *cancellable, GError **error);

/* How much was written. */
guint64 gantry_scratch_get_length (const GantryScratch *self);

/**
 * gantry_scratch_finish:
 *
 * Returns: (transfer full): all that was written; @self may only be freed then
 */
GBytes *gantry_scratch_finish (GantryScratch *self, GError **error);

/**
 * gantry_scratch_load:
 * @error: %GANTRY_ERROR_FILE when @path cannot be read
 *
 * A large file is copied and not mapped: a disk that cannot deliver it, or somebody who shortens
 * it, would end the program.
 *
 * Returns: (transfer full): the content of @path from @offset on
 */
GBytes *gantry_scratch_load (const char *folder,
                             const char *path,
                             guint64 offset,
                             GCancellable *cancellable,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryScratch, gantry_scratch_free)

G_END_DECLS
