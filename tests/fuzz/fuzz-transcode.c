/* fuzz-transcode.c - recoding and decompression of objects of unknown origin
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "gantry-dataset.h"
#include "gantry-instance.h"
#include "gantry-registry.h"
#include "gantry-transcode.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What comes out is well formed in the transfer syntax that it is said to be in. */
static void
check (const char *path, const GantryInstance *instance, const char *to, const char *general_class)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) result
      = gantry_transcode (path, instance->data_offset, instance->transfer_syntax, to, general_class,
                          g_get_tmp_dir (), NULL, &error);
  gsize length;
  const guint8 *octets;

  g_assert ((result == NULL) == (error != NULL));
  if (result == NULL)
    return;
  octets = g_bytes_get_data (result, &length);
  g_assert (length % 2 == 0);
  gantry_dataset_walk (octets, length, to, 0, NULL, NULL, &error);
  g_assert_no_error (error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static char path[64];
  g_autoptr (GantryInstance) instance = gantry_instance_parse ("fuzz", data, size, FALSE, NULL);
  const char *const *targets;

  if (instance == NULL)
    return 0;
  if (*path == '\0')
    g_snprintf (path, sizeof path, "/dev/shm/gantry-fuzz-%d", (int)getpid ());
  if (!g_file_set_contents (path, (const char *)data, (gssize)size, NULL))
    return 0;
  targets = gantry_transcode_list_targets (instance->transfer_syntax, GANTRY_TRANSCODING_ANY);
  for (guint i = 0; targets[i] != NULL; i++)
    check (path, instance, targets[i], i % 2 != 0 ? "1.2.840.10008.5.1.4.1.1.7" : NULL);
  check (path, instance, instance->transfer_syntax, "1.2.840.10008.5.1.4.1.1.7");
  g_unlink (path);
  return 0;
}
