/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-tls.h"

void
gantry_tls_clear (GantryTls *self)
{
  g_clear_pointer ((char **)&self->authorities, g_free);
  g_clear_pointer ((char **)&self->certificate, g_free);
  g_clear_pointer ((char **)&self->key, g_free);
}

void
gantry_tls_copy (GantryTls *to, const GantryTls *from)
{
  *to = *from;
  to->authorities = g_strdup (from->authorities);
  to->certificate = g_strdup (from->certificate);
  to->key = g_strdup (from->key);
}
