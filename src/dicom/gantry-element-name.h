/* gantry-element-name.h - what a data element is called
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DCMTK's data dictionary stays behind this door.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gantry_element_name:
 * @tag: group and element, 0x00100020 for (0010,0020)
 *
 * Any thread. Without a dictionary, and for what it does not know, the tag alone.
 *
 * Returns: (transfer full): "Patient ID (0010,0020)"
 */
char *gantry_element_name (guint32 tag);

G_END_DECLS
