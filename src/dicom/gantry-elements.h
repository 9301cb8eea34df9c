/* gantry-elements.h - the header of a DICOM file as a list, for people
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/**
 * gantry_elements_list:
 * @path: in the file system's encoding
 * @limit: never more than so many
 * @error: %GANTRY_ERROR_FILE when it cannot be read, or nothing in it is DICOM
 *
 * The meta header and the data set in order, as far as they can be read: what is damaged or nests
 * too deep ends the list. Looks at the first 64 MiB of the file. Values are cut at 256 characters.
 * Blocks; any thread.
 *
 * Returns: (transfer full) (element-type GantryHeaderElement)
 */
GPtrArray *gantry_elements_list (const char *path, guint limit, GError **error);

G_END_DECLS
