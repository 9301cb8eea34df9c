/* gantry-phantom.h - the computed chest of the sample study; for src/dicom only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GANTRY_PHANTOM_SIZE 256 /* pixels a side */
#define GANTRY_PHANTOM_SLICES 16
#define GANTRY_PHANTOM_INTERCEPT -1024 /* stored value to Hounsfield units */

/* @slice: from 0, head to foot; @pixels: GANTRY_PHANTOM_SIZE squared. The same every time. */
void gantry_phantom_draw (guint slice, gint16 *pixels);

G_END_DECLS
