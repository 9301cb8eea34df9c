/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-dataset-private.h"

#include <string.h>

#include "gantry-dataset.h"
#include "gantry-registry.h"

GantryEncoding
gantry_encoding_of (const char *transfer_syntax)
{
  static const char *const implicit[] = {
    GANTRY_UID_IMPLICIT_LE,
    "1.2.840.10008.1.20", /* Papyrus 3 */
    "1.2.840.113619.5.2", /* GE: Implicit VR, big endian pixels only */
    NULL,
  };

  if (transfer_syntax == NULL)
    return GANTRY_ENCODING_EXPLICIT_LE;
  if (g_strv_contains (implicit, transfer_syntax))
    return GANTRY_ENCODING_IMPLICIT_LE;
  return strcmp (transfer_syntax, GANTRY_UID_EXPLICIT_BE) == 0 ? GANTRY_ENCODING_EXPLICIT_BE
                                                               : GANTRY_ENCODING_EXPLICIT_LE;
}

/* PS3.5 7.1.2: which VRs have a 16 bit length; those to come have 32 bits (6.2). */
gboolean
gantry_vr_is_short (guint vr)
{
  switch (vr)
    {
    case GANTRY_VR ('A', 'E'):
    case GANTRY_VR ('A', 'S'):
    case GANTRY_VR ('A', 'T'):
    case GANTRY_VR ('C', 'S'):
    case GANTRY_VR ('D', 'A'):
    case GANTRY_VR ('D', 'S'):
    case GANTRY_VR ('D', 'T'):
    case GANTRY_VR ('F', 'D'):
    case GANTRY_VR ('F', 'L'):
    case GANTRY_VR ('I', 'S'):
    case GANTRY_VR ('L', 'O'):
    case GANTRY_VR ('L', 'T'):
    case GANTRY_VR ('P', 'N'):
    case GANTRY_VR ('S', 'H'):
    case GANTRY_VR ('S', 'L'):
    case GANTRY_VR ('S', 'S'):
    case GANTRY_VR ('S', 'T'):
    case GANTRY_VR ('T', 'M'):
    case GANTRY_VR ('U', 'I'):
    case GANTRY_VR ('U', 'L'):
    case GANTRY_VR ('U', 'S'):
      return TRUE;
    default:
      return FALSE;
    }
}
