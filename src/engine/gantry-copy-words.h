/* gantry-copy-words.h - what came of copying received objects, as people read it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/* Any thread. Returns: (transfer full): a sentence or more; @folder: the path of the one that they
 * were copied to */
char *gantry_copy_result_describe (const GantryCopyResult *result, const char *folder);

G_END_DECLS
