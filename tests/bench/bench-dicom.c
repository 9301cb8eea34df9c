/* bench-dicom.c - how fast the registry is searched and headers are scanned, cached files
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prints one figure a line; ends with 1 when a bound of the design is missed.
 */
#include <string.h>

#include "gantry-instance.h"
#include "gantry-registry.h"
#include "gantry-source.h"

#define LOOKUP_MAX_NS 200
#define SCANS_MIN 20000
#define ROUNDS 2000

static double
lookup_ns (void)
{
  gsize n;
  const GantryUid *uids = gantry_uid_table (&n);
  gint64 start = g_get_monotonic_time ();
  guint found = 0;

  for (guint round = 0; round < ROUNDS; round++)
    for (gsize i = 0; i < n; i++)
      found += gantry_uid_lookup (uids[(i * 173) % n].uid) != NULL;
  g_assert (found == ROUNDS * n);
  return (g_get_monotonic_time () - start) * 1000.0 / found;
}

static gboolean
collect (const char *path, const char *reason G_GNUC_UNUSED, gpointer paths)
{
  g_ptr_array_add (paths, g_strdup (path));
  return TRUE;
}

static double
scans_a_second (const char *folder)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  gint64 start;
  guint rounds;

  gantry_source_walk (folder, g_get_tmp_dir (), NULL, collect, paths);
  g_assert (paths->len > 0);
  rounds = 1 + 20000 / paths->len;
  start = g_get_monotonic_time ();
  for (guint round = 0; round < rounds; round++)
    for (guint i = 0; i < paths->len; i++)
      {
        g_autoptr (GantryInstance) instance G_GNUC_UNUSED
            = gantry_instance_read (paths->pdata[i], NULL);
      }
  return rounds * paths->len * 1e6 / (g_get_monotonic_time () - start);
}

int
main (int argc, char *argv[])
{
  const char *folder
      = argc > 1 ? argv[1] : "/usr/lib/python3/dist-packages/pydicom/data/test_files/dicomdirtests";
  double ns = lookup_ns (), scans = scans_a_second (folder);

  g_print ("uid lookup      %.0f ns\n", ns);
  g_print ("header scans    %.0f a second (one thread)\n", scans);
  return ns < LOOKUP_MAX_NS && scans > SCANS_MIN ? 0 : 1;
}
