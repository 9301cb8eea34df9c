/* gantry-element-name.h - what a data element is called, and what its values are
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

/**
 * gantry_element_vr:
 * @creator: (nullable): the private creator of a private element
 * @vr: (out): the value representation, "UN" for what is not known
 *
 * Any thread. For an element that came under Implicit VR. What may be one or the other: "xs" for
 * US or SS, "ox" for OB or OW.
 */
void gantry_element_vr (guint32 tag, const char *creator, char vr[3]);

G_END_DECLS
