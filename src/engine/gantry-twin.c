/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-twin.h"

#include <glib/gi18n-lib.h>

#include "gantry-files.h"

void
gantry_twin_free (gpointer data)
{
  GantryTwin *twin = data;

  g_free (twin->path);
  g_free (twin->first);
  g_free (twin->reason);
  g_free (twin);
}

void
gantry_twin_judge (GantryTwin *self, GCancellable *cancellable)
{
  g_autofree char *first = gantry_path_escape (self->first);

  self->kind = GANTRY_SKIPPED_LOST;
  switch (gantry_files_compare (self->path, self->first, cancellable))
    {
    case GANTRY_FILES_EQUAL:
      self->kind = GANTRY_SKIPPED_HARMLESS;
      self->reason = g_strdup_printf (
          _ ("Already there as “%s”, octet for octet the same. It is sent once."), first);
      break;
    case GANTRY_FILES_DIFFERENT:
      self->reason = g_strdup_printf (
          _ ("Another file with the same SOP Instance UID, but not the same content, is already "
             "there: “%s”. Only that one is sent. Look which of the two is right, and add it by "
             "itself."),
          first);
      break;
    default:
      self->reason
          = g_strdup_printf (_ ("Another file with the same SOP Instance UID is already there: "
                                "“%s”. Only that one is sent. The two were not compared."),
                             first);
    }
}
