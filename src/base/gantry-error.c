/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-error.h"

GQuark
gantry_error_quark (void)
{
  return g_quark_from_static_string ("gantry-error-quark");
}
