/* bench-dicom.c - how fast the registry is searched and headers are scanned, cached files
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prints one figure a line; ends with 1 when a bound of the design is missed.
 */
#include <string.h>

#include "gantry-instance.h"
#include "gantry-reference.h"
#include "gantry-source.h"

#define LOOKUP_MAX_NS 200
#define SCANS_MIN 20000
#define ROUNDS 2000
#define SEARCHES 7000
#define SEARCH_MAX_US 2000 /* several fit between two key strokes and a frame */

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

/* As they are typed: few letters that find much, whole names, UIDs, and what is not there. */
static double
search_us (void)
{
  static const char *const texts[] = {
    "c",    "ct",          "image", "Basic Text SR Storage", "1.2.840.10008.5.1.4.1.1.88",
    "A712", "frobnicator",
  };
  g_autoptr (GPtrArray) first = gantry_reference_search ("");
  gint64 start = g_get_monotonic_time ();
  guint found = 0;

  for (guint round = 0; round < SEARCHES; round++)
    {
      g_autoptr (GPtrArray) hits = gantry_reference_search (texts[round % G_N_ELEMENTS (texts)]);

      found += hits->len;
    }
  g_assert (first->len > 400 && found > 0);
  return (double)(g_get_monotonic_time () - start) / SEARCHES;
}

static gboolean
collect (const char *path,
         GantrySkippedKind kind G_GNUC_UNUSED,
         const char *reason G_GNUC_UNUSED,
         gpointer paths)
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
  double ns = lookup_ns (), us = search_us (), scans = scans_a_second (folder);

  g_print ("uid lookup      %.0f ns\n", ns);
  g_print ("search          %.0f us\n", us);
  g_print ("header scans    %.0f a second (one thread)\n", scans);
  return ns < LOOKUP_MAX_NS && us < SEARCH_MAX_US && scans > SCANS_MIN ? 0 : 1;
}
