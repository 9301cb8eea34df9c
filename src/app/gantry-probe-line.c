/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-line.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-registry.h"
#include "gantry-words.h"

void
gantry_probe_line_free (gpointer data)
{
  GantryProbeLine *line = data;

  g_free (line->uid);
  g_free (line->name);
  g_free (line->modality);
  g_free (line->key);
  g_free (line);
}

static const struct
{
  const char *prefix;
  GantrySyntaxGroup group;
} group_prefixes[] = {
  { "1.2.840.10008.1.2.4.5", GANTRY_SYNTAXES_JPEG },
  { "1.2.840.10008.1.2.4.6", GANTRY_SYNTAXES_JPEG },
  { "1.2.840.10008.1.2.4.7", GANTRY_SYNTAXES_JPEG },
  { "1.2.840.10008.1.2.4.8", GANTRY_SYNTAXES_JPEG_LS },
  { "1.2.840.10008.1.2.4.9", GANTRY_SYNTAXES_JPEG_2000 },
  { "1.2.840.10008.1.2.4.10", GANTRY_SYNTAXES_MPEG },
  { "1.2.840.10008.1.2.4.11", GANTRY_SYNTAXES_JPEG_XL },
  { "1.2.840.10008.1.2.4.20", GANTRY_SYNTAXES_HTJ2K },
  { "1.2.840.10008.1.2.5", GANTRY_SYNTAXES_RLE },
};

static GantrySyntaxGroup
find_group (const char *uid)
{
  static const char *const plain[] = { GANTRY_UID_IMPLICIT_LE, GANTRY_UID_EXPLICIT_LE,
                                       GANTRY_UID_DEFLATED_LE, GANTRY_UID_EXPLICIT_BE, NULL };

  if (g_strv_contains (plain, uid) || g_str_equal (uid, "1.2.840.10008.1.2.1.98"))
    return GANTRY_SYNTAXES_UNENCAPSULATED;
  for (guint i = 0; i < G_N_ELEMENTS (group_prefixes); i++)
    if (g_str_has_prefix (uid, group_prefixes[i].prefix))
      return group_prefixes[i].group;
  return GANTRY_SYNTAXES_OTHER;
}

const char *
gantry_syntax_group_get_name (GantrySyntaxGroup group)
{
  static const char *const names[] = {
    [GANTRY_SYNTAXES_UNENCAPSULATED] = N_ ("Uncompressed"),
    [GANTRY_SYNTAXES_JPEG] = N_ ("JPEG"),
    [GANTRY_SYNTAXES_JPEG_LS] = N_ ("JPEG-LS"),
    [GANTRY_SYNTAXES_JPEG_2000] = N_ ("JPEG 2000"),
    [GANTRY_SYNTAXES_MPEG] = N_ ("MPEG, H.264, HEVC"),
    [GANTRY_SYNTAXES_JPEG_XL] = N_ ("JPEG XL"),
    [GANTRY_SYNTAXES_HTJ2K] = N_ ("HTJ2K"),
    [GANTRY_SYNTAXES_RLE] = N_ ("RLE"),
    [GANTRY_SYNTAXES_OTHER] = N_ ("Other"),
  };

  g_return_val_if_fail (group < G_N_ELEMENTS (names), "");

  return _ (names[group]);
}

GantryProbeLine *
gantry_probe_line_new (const char *uid, gboolean is_class)
{
  const GantrySopClass *known = is_class ? gantry_sop_class_lookup (uid) : NULL;
  GantryProbeLine *line = g_new0 (GantryProbeLine, 1);
  g_autofree char *key = NULL;

  line->uid = g_strdup (uid);
  line->name = is_class ? gantry_sop_class_describe (uid) : gantry_transfer_syntax_describe (uid);
  line->modality = g_strdup (known != NULL ? known->modality : "");
  line->group = is_class ? gantry_sop_class_is_retired (uid) : (int)find_group (uid);
  key = g_strdup_printf ("%s %s %s", line->name, uid, line->modality);
  line->key = g_utf8_casefold (key, -1);
  return line;
}

int
gantry_probe_line_compare (gconstpointer a, gconstpointer b, gpointer order)
{
  const GantryProbeLine *one = *(const GantryProbeLine *const *)a;
  const GantryProbeLine *two = *(const GantryProbeLine *const *)b;

  if (one->group != two->group)
    return one->group < two->group ? -1 : 1;
  return GPOINTER_TO_INT (g_hash_table_lookup (order, one->uid))
         - GPOINTER_TO_INT (g_hash_table_lookup (order, two->uid));
}
