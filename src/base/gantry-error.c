/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-error.h"

G_DEFINE_QUARK (gantry - error - quark, gantry_error)
