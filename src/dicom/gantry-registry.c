/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-registry.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DICOM_ROOT "1.2.840.10008."

/* The private class that is met most: beside every MR study of its maker, under Modality MR, and
 * without a pixel. */
#define SIEMENS_CSA_NON_IMAGE "1.3.12.2.1107.5.9.1"

typedef struct
{
  const char *uid;
  const char *name;
} ShortName;

typedef struct
{
  const char *root;
  const char *owner;
} RootOwner;

typedef struct
{
  const char *uid;
  const char *meant;
} Mistake;

#include "gantry-registry-tables.inc"

/* A binary search in a table that is sorted by @column, for each table its own. */
#define DEFINE_FIND(func, Type, table, column)                                                     \
  static const Type *func (const char *key)                                                        \
  {                                                                                                \
    gsize low = 0, high = G_N_ELEMENTS (table);                                                    \
                                                                                                   \
    while (key != NULL && low < high)                                                              \
      {                                                                                            \
        gsize middle = low + (high - low) / 2;                                                     \
        int order = strcmp (key, table[middle].column);                                            \
                                                                                                   \
        if (order == 0)                                                                            \
          return &table[middle];                                                                   \
        if (order < 0)                                                                             \
          high = middle;                                                                           \
        else                                                                                       \
          low = middle + 1;                                                                        \
      }                                                                                            \
    return NULL;                                                                                   \
  }

DEFINE_FIND (find_uid, GantryUid, uid_table, uid)
DEFINE_FIND (find_sop_class, GantrySopClass, sop_class_table, uid)
DEFINE_FIND (find_modality, GantryModality, modality_table, code)
DEFINE_FIND (find_short_name, ShortName, short_name_table, uid)
DEFINE_FIND (find_root, RootOwner, root_table, root)
DEFINE_FIND (find_mistake, Mistake, mistake_table, uid)

const GantryUid *
gantry_uid_lookup (const char *uid)
{
  return find_uid (uid);
}

const GantrySopClass *
gantry_sop_class_lookup (const char *uid)
{
  return find_sop_class (uid);
}

const GantryModality *
gantry_modality_lookup (const char *code)
{
  return find_modality (code);
}

GantryFamily
gantry_modality_get_family (const char *code)
{
  const GantryModality *modality = gantry_modality_lookup (code);

  return modality != NULL ? modality->family : GANTRY_FAMILY_OTHER;
}

#define BETWEEN_MODALITIES ", "

gboolean
gantry_modalities_have (const char *list, const char *code)
{
  g_auto (GStrv) codes = g_strsplit (list, BETWEEN_MODALITIES, -1);

  return g_strv_contains ((const char *const *)codes, code);
}

static gboolean
takes_pictures (const char *code)
{
  GantryFamily family = gantry_modality_get_family (code);

  return family == GANTRY_FAMILY_XRAY || family == GANTRY_FAMILY_MR || family == GANTRY_FAMILY_US
         || family == GANTRY_FAMILY_NUCLEAR || family == GANTRY_FAMILY_LIGHT;
}

static int
compare_modalities (gconstpointer a, gconstpointer b)
{
  const char *one = *(const char *const *)a, *other = *(const char *const *)b;

  if (takes_pictures (one) != takes_pictures (other))
    return takes_pictures (one) ? -1 : 1;
  return strcmp (one, other);
}

char *
gantry_modalities_add (const char *list, const char *code)
{
  g_autofree char *all
      = *list != '\0' ? g_strconcat (list, BETWEEN_MODALITIES, code, NULL) : g_strdup (code);
  g_auto (GStrv) codes = g_strsplit (all, BETWEEN_MODALITIES, -1);

  qsort (codes, g_strv_length (codes), sizeof *codes, compare_modalities);
  return g_strjoinv (BETWEEN_MODALITIES, codes);
}

const GantryUid *
gantry_uid_table (gsize *n)
{
  *n = G_N_ELEMENTS (uid_table);
  return uid_table;
}

const GantrySopClass *
gantry_sop_class_table (gsize *n)
{
  *n = G_N_ELEMENTS (sop_class_table);
  return sop_class_table;
}

const GantryModality *
gantry_modality_table (gsize *n)
{
  *n = G_N_ELEMENTS (modality_table);
  return modality_table;
}

const char *
gantry_uid_get_owner (const char *uid)
{
  char root[GANTRY_UID_MAX + 1];

  if (!gantry_uid_is_valid (uid))
    return NULL;
  /* The longest root wins: some owners hand out roots below their own. */
  g_strlcpy (root, uid, sizeof root);
  for (char *end = root + strlen (root); end != NULL; end = strrchr (root, '.'))
    {
      const RootOwner *row;

      *end = '\0';
      row = find_root (root);
      if (row != NULL)
        return row->owner;
    }
  return NULL;
}

const char *
gantry_uid_get_meant (const char *uid)
{
  const Mistake *row = find_mistake (uid);

  return row != NULL ? row->meant : NULL;
}

static char *
describe_private (const char *uid)
{
  const char *owner = gantry_uid_get_owner (uid);

  if (owner == NULL)
    return g_strdup_printf (_ ("Private %s"), uid);
  /* Translators: a UID, and whose UIDs begin like it */
  return g_strdup_printf (_ ("Private %1$s (%2$s)"), uid, owner);
}

char *
gantry_uid_describe (const char *uid)
{
  const GantryUid *known = gantry_uid_lookup (uid);
  const char *meant = gantry_uid_get_meant (uid);

  if (known != NULL)
    return g_strdup (known->name);
  if (uid == NULL || *uid == '\0')
    return g_strdup (_ ("Unknown"));
  if (meant != NULL)
    return g_strdup_printf (_ ("%1$s, a mistake for %2$s (%3$s)"), uid, meant,
                            gantry_uid_lookup (meant)->name);
  if (!gantry_uid_is_valid (uid))
    return g_strdup_printf (_ ("Unknown %s"), uid);
  if (!g_str_has_prefix (uid, DICOM_ROOT))
    return describe_private (uid);
  return g_strdup_printf (_ ("Unknown to this version: %s"), uid);
}

char *
gantry_transfer_syntax_describe (const char *uid)
{
  const ShortName *row = find_short_name (uid);

  return row != NULL ? g_strdup (row->name) : gantry_uid_describe (uid);
}

gboolean
gantry_sop_class_is_retired (const char *uid)
{
  const GantrySopClass *sop_class = gantry_sop_class_lookup (uid);

  return sop_class != NULL && sop_class->retired;
}

char *
gantry_sop_class_describe (const char *uid)
{
  g_autofree char *name = gantry_uid_describe (uid);

  if (!gantry_sop_class_is_retired (uid))
    return g_steal_pointer (&name);
  /* Translators: the name of a SOP class that the standard defines no longer */
  return g_strdup_printf (_ ("%s (retired)"), name);
}

gboolean
gantry_sop_class_is_image (const char *uid)
{
  const GantrySopClass *sop_class = gantry_sop_class_lookup (uid);

  return sop_class != NULL && sop_class->kind == GANTRY_KIND_IMAGE;
}

gboolean
gantry_sop_class_counts_as_image (const char *uid, const char *modality)
{
  g_autofree char *code = g_ascii_strup (modality != NULL ? modality : "", -1);

  if (gantry_uid_lookup (uid) != NULL)
    return gantry_sop_class_is_image (uid);
  if (g_strcmp0 (uid, SIEMENS_CSA_NON_IMAGE) == 0)
    return FALSE;
  return takes_pictures (code) || strcmp (code, "RTIMAGE") == 0;
}

gboolean
gantry_uid_is_valid (const char *text)
{
  const char *component = text;
  const char *p;

  if (text == NULL)
    return FALSE;
  for (p = text; *p != '\0'; p++)
    {
      if (p - text >= GANTRY_UID_MAX)
        return FALSE;
      if (*p == '.')
        {
          if (p == component)
            return FALSE;
          component = p + 1;
        }
      else if (!g_ascii_isdigit (*p) || (p > component && *component == '0'))
        return FALSE;
    }
  return p > component;
}
