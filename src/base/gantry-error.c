/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-error.h"

/* The DIMSE status travels beside the message, so the log can show 0xA700 while
 * the toast shows a sentence; parsing it back out of the text would break in
 * every translation.
 */
typedef struct
{
  guint16 status;
} GantryErrorPrivate;

static void
gantry_error_private_init (GantryErrorPrivate *priv)
{
  priv->status = 0;
}

static void
gantry_error_private_copy (const GantryErrorPrivate *from, GantryErrorPrivate *to)
{
  *to = *from;
}

static void
gantry_error_private_clear (GantryErrorPrivate *priv G_GNUC_UNUSED)
{
}

G_DEFINE_EXTENDED_ERROR (GantryError, gantry_error)

void
gantry_error_set_status (GError **error, guint16 status, const char *message)
{
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STATUS, "%s", message);
  if (error != NULL)
    gantry_error_get_private (*error)->status = status;
}

guint16
gantry_error_get_status (const GError *error)
{
  g_return_val_if_fail (g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_STATUS), 0);

  return gantry_error_get_private (error)->status;
}
