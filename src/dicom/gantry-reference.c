/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-reference.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What the registry's table does not say of a UID; in the same order. */
typedef struct
{
  const char *keyword;
  const char *const *older_names;
} UidNames;

static const char *const no_names[] = { NULL };

#include "gantry-reference-tables.inc"

/* How well a text fits; what fits best comes first. */
typedef enum
{
  FIT_NAME,
  FIT_START, /* it begins with the text */
  FIT_WORDS, /* a word does, for each word of the text */
  FIT_PARTS, /* the words of the text are somewhere in it */
  N_FITS,
} Fit;

/* A reference and its words, ready to be compared. */
typedef struct
{
  GantryReference reference;
  char *keyword;
  GStrv names;  /* today's, then the older ones: folded, each between two spaces */
  char *joined; /* all of it without spaces, so that "multiframe" is in "Multi-frame" */
} Entry;

static struct
{
  GPtrArray *entries; /* (element-type Entry), immutable once made */
  GHashTable *by_code;
  GMutex lock;         /* guards what follows */
  GHashTable *foreign; /* code to Entry: what was asked for and is in no table; never shrinks */
} reference;

/* ---- Folding -------------------------------------------------------------------------------- */

/* Lower case, words between single spaces, nothing but letters and digits: " ct image ". */
static char *
fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  g_autofree char *lower = g_utf8_casefold (normal != NULL ? normal : "", -1);
  GString *out = g_string_new (" ");

  for (const char *p = lower; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isalnum (c))
        g_string_append_unichar (out, c);
      else if (c == '&')
        g_string_append (out, out->str[out->len - 1] == ' ' ? "and " : " and ");
      else if (!g_unichar_ismark (c) && out->str[out->len - 1] != ' ')
        g_string_append_c (out, ' ');
    }
  if (out->str[out->len - 1] != ' ')
    g_string_append_c (out, ' ');
  return g_string_free (out, FALSE);
}

/* The words at the end that some documents put there and others do not; one that is nothing else
 * stays. Takes @folded. */
static char *
strip_suffixes (char *folded)
{
  static const char *const suffixes[] = { " retired ", " sop class ", " storage ", " uid " };
  gboolean again = TRUE;

  while (again)
    {
      again = FALSE;
      for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
        {
          gsize length = strlen (folded), cut = strlen (suffixes[i]);

          if (length > cut && g_str_has_suffix (folded, suffixes[i]))
            {
              folded[length - cut + 1] = '\0';
              again = TRUE;
            }
        }
    }
  return folded;
}

static char *
join (const char *folded)
{
  GString *out = g_string_new (NULL);

  for (const char *p = folded; *p != '\0'; p++)
    if (*p != ' ')
      g_string_append_c (out, *p);
  return g_string_free (out, FALSE);
}

/* ---- Entries -------------------------------------------------------------------------------- */

static Entry *
entry_new (const GantryReference *facts)
{
  Entry *entry = g_new0 (Entry, 1);
  GPtrArray *names = g_ptr_array_new ();
  GString *joined = g_string_new (NULL);

  entry->reference = *facts;
  entry->keyword = g_utf8_casefold (facts->keyword, -1);
  g_ptr_array_add (names, fold (facts->name));
  for (const char *const *name = facts->older_names; *name != NULL; name++)
    g_ptr_array_add (names, fold (*name));
  g_ptr_array_add (names, NULL);
  entry->names = (GStrv)g_ptr_array_free (names, FALSE);

  g_string_append_printf (joined, "%s\n%s", facts->code, entry->keyword);
  for (char **name = entry->names; *name != NULL; name++)
    {
      g_autofree char *together = join (*name);

      g_string_append_printf (joined, "\n%s", together);
    }
  entry->joined = g_string_free (joined, FALSE);
  return entry;
}

static void
add_uids (GPtrArray *entries)
{
  gsize n;
  const GantryUid *uids = gantry_uid_table (&n);

  G_STATIC_ASSERT (G_N_ELEMENTS (uid_names) > 400);
  g_return_if_fail (n == G_N_ELEMENTS (uid_names));
  for (gsize i = 0; i < n; i++)
    {
      const GantrySopClass *sop_class = gantry_sop_class_lookup (uids[i].uid);
      GantryReference facts = {
        .type = GANTRY_REFERENCE_UID,
        .code = uids[i].uid,
        .name = uids[i].name,
        .older_names = uid_names[i].older_names,
        .keyword = uid_names[i].keyword,
        .advice = uids[i].retired ? _ ("Retired: the standard defines it no longer, but objects "
                                       "and devices that use it are still around.")
                                  : "",
        .retired = uids[i].retired,
        .uid = &uids[i],
        .sop_class = sop_class,
        .modality = sop_class != NULL ? gantry_modality_lookup (sop_class->modality) : NULL,
      };

      g_ptr_array_add (entries, entry_new (&facts));
    }
}

static void
add_modalities (GPtrArray *entries)
{
  gsize n;
  const GantryModality *modalities = gantry_modality_table (&n);

  for (gsize i = 0; i < n; i++)
    {
      GantryReference facts = {
        .type = GANTRY_REFERENCE_MODALITY,
        .code = modalities[i].code,
        .name = modalities[i].meaning,
        .older_names = no_names,
        .keyword = "",
        .advice = "",
        .modality = &modalities[i],
      };

      g_ptr_array_add (entries, entry_new (&facts));
    }
}

/* "A7xx" for a range, as the standard writes it. */
static char *
status_code_to_text (const GantryStatus *status)
{
  char *text = g_strdup_printf ("%04X", (guint)status->code);

  for (guint i = 0; i < 4; i++)
    if ((status->mask >> (12 - 4 * i) & 0xF) != 0xF)
      text[i] = 'x';
  return text;
}

static GantryReference
status_facts (const GantryStatus *status, const char *code)
{
  return (GantryReference){
    .type = GANTRY_REFERENCE_STATUS,
    .code = code,
    .name = _ (status->meaning),
    .older_names = no_names,
    .keyword = "",
    .advice = _ (status->advice),
    .status = status,
  };
}

static void
add_statuses (GPtrArray *entries)
{
  gsize n;
  const GantryStatus *statuses = gantry_status_table (&n);

  for (gsize i = 0; i < n; i++)
    {
      GantryReference facts = status_facts (&statuses[i], status_code_to_text (&statuses[i]));

      g_ptr_array_add (entries, entry_new (&facts));
    }
}

static void
ensure_entries (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      GPtrArray *entries = g_ptr_array_new ();

      add_uids (entries);
      add_modalities (entries);
      add_statuses (entries);
      reference.by_code = g_hash_table_new (g_str_hash, g_str_equal);
      for (guint i = 0; i < entries->len; i++)
        {
          Entry *entry = entries->pdata[i];

          g_hash_table_insert (reference.by_code, (gpointer)entry->reference.code, entry);
        }
      reference.foreign = g_hash_table_new (g_str_hash, g_str_equal);
      reference.entries = entries;
      g_once_init_leave (&once, 1);
    }
}

/* ---- Codes that are in no table ------------------------------------------------------------- */

/* Four hexadecimal digits, with or without 0x. */
static gboolean
parse_status (const char *text, guint16 *code)
{
  const char *digits = g_ascii_strncasecmp (text, "0x", 2) == 0 ? text + 2 : text;

  if (strlen (digits) != 4 || strspn (digits, "0123456789abcdefABCDEF") != 4)
    return FALSE;
  *code = (guint16)g_ascii_strtoull (digits, NULL, 16);
  return TRUE;
}

static GantryReference
foreign_uid_facts (const char *uid)
{
  const char *meant = gantry_uid_get_meant (uid);
  GantryReference facts = {
    .type = GANTRY_REFERENCE_FOREIGN_UID,
    .code = uid,
    .name = gantry_uid_describe (uid),
    .older_names = no_names,
    .keyword = "",
    .advice = "",
  };

  if (meant != NULL)
    facts.advice = g_strdup_printf (
        _ ("Some manuals give this UID for %1$s, but it is wrong. The right one is %2$s."),
        gantry_uid_lookup (meant)->name, meant);
  else if (g_str_has_prefix (uid, "1.2.840.10008."))
    facts.advice = _ ("It belongs to the DICOM standard, perhaps to a newer edition than this "
                      "version knows.");
  else
    facts.advice = _ ("Its maker defined it. Ask for the conformance statement of the device or "
                      "program that uses it.");
  return facts;
}

/* Makes it when it is asked for the first time. */
static const GantryReference *
ensure_foreign (const char *key, const GantryStatus *status)
{
  Entry *entry;

  g_mutex_lock (&reference.lock);
  entry = g_hash_table_lookup (reference.foreign, key);
  if (entry == NULL)
    {
      const char *code = g_intern_string (key);
      GantryReference facts
          = status != NULL ? status_facts (status, code) : foreign_uid_facts (code);

      entry = entry_new (&facts);
      g_hash_table_insert (reference.foreign, (gpointer)code, entry);
    }
  g_mutex_unlock (&reference.lock);
  return &entry->reference;
}

/* UIDs and modalities of the standard, and every status. */
static const GantryReference *
lookup_known (const char *code)
{
  g_autofree char *upper = g_ascii_strup (code, -1);
  const Entry *entry;
  guint16 status;

  if (parse_status (code, &status))
    {
      g_snprintf (upper, strlen (upper) + 1, "%04X", (guint)status);
      entry = g_hash_table_lookup (reference.by_code, upper);
      return entry != NULL ? &entry->reference
                           : ensure_foreign (upper, gantry_status_lookup (status));
    }
  entry = g_hash_table_lookup (reference.by_code, upper);
  if (entry == NULL)
    entry = g_hash_table_lookup (reference.by_code, code); /* "A7xx" */
  return entry != NULL ? &entry->reference : NULL;
}

const GantryReference *
gantry_reference_lookup (const char *code)
{
  const GantryReference *known;

  ensure_entries ();
  known = lookup_known (code);
  if (known != NULL)
    return known;
  /* One number alone is a valid UID, but nobody means it. */
  return gantry_uid_is_valid (code) && strchr (code, '.') != NULL ? ensure_foreign (code, NULL)
                                                                  : NULL;
}

/* ---- Searching ------------------------------------------------------------------------------ */

typedef struct
{
  char *text;     /* as it was typed, without spaces around */
  char *folded;   /* " basic text sr storage " */
  char *stripped; /* " basic text sr " */
  char *joined;   /* "basictextsr" */
  GStrv words;    /* "basic", "text", "sr" */
} Query;

static void
query_init (Query *query, const char *text)
{
  g_autofree char *trimmed = NULL;

  query->text = g_strstrip (g_utf8_make_valid (text, -1));
  query->folded = fold (query->text);
  query->stripped = strip_suffixes (g_strdup (query->folded));
  query->joined = join (query->stripped);
  trimmed = g_strstrip (g_strdup (query->stripped));
  /* A UID is one word although there are dots in it. */
  if (strspn (query->text, "0123456789.") == strlen (query->text))
    query->words = g_strsplit (query->text, " ", 1);
  else
    query->words = g_strsplit (trimmed, " ", -1);
}

static void
query_clear (Query *query)
{
  g_free (query->text);
  g_free (query->folded);
  g_free (query->stripped);
  g_free (query->joined);
  g_strfreev (query->words);
}

/* The name fits the whole query, or begins with it. */
static Fit
fit_name (const char *name, const Query *query)
{
  g_autofree char *stripped = NULL;
  gsize length = strlen (query->stripped) - 1;

  if (strncmp (name, query->stripped, length) == 0)
    {
      stripped = strip_suffixes (g_strdup (name));
      return strcmp (stripped, query->stripped) == 0 ? FIT_NAME : FIT_START;
    }
  return N_FITS;
}

static gboolean
code_starts (const Entry *entry, const char *text)
{
  return g_ascii_strncasecmp (entry->reference.code, text, strlen (text)) == 0;
}

static gboolean
has_word (const Entry *entry, const char *word)
{
  for (char **name = entry->names; *name != NULL; name++)
    for (const char *at = *name; (at = strchr (at, ' ')) != NULL; at++)
      if (g_str_has_prefix (at + 1, word))
        return TRUE;
  return code_starts (entry, word);
}

static Fit
fit (const Entry *entry, const Query *query)
{
  Fit best = FIT_WORDS;

  if (strcmp (entry->keyword, query->joined) == 0)
    return FIT_NAME;
  for (char **word = query->words; *word != NULL; word++)
    if (!has_word (entry, *word))
      {
        if (strstr (entry->joined, *word) == NULL)
          return N_FITS;
        best = FIT_PARTS;
      }
  for (char **name = entry->names; *name != NULL; name++)
    best = MIN (best, fit_name (*name, query));
  if (code_starts (entry, query->text) || g_str_has_prefix (entry->keyword, query->joined))
    best = MIN (best, FIT_START);
  return best;
}

/* What is retired stands behind what fits as well and is not. */
static void
search_entries (const Query *query, GPtrArray *found)
{
  GPtrArray *fits[2 * N_FITS];
  const GantryReference *exact = lookup_known (query->text);

  for (guint i = 0; i < G_N_ELEMENTS (fits); i++)
    fits[i] = g_ptr_array_new ();
  for (guint i = 0; i < reference.entries->len; i++)
    {
      const Entry *entry = reference.entries->pdata[i];
      Fit how = fit (entry, query);

      if (how < N_FITS && &entry->reference != exact)
        g_ptr_array_add (fits[2 * how + (entry->reference.retired ? 1 : 0)],
                         (gpointer)&entry->reference);
    }

  if (exact != NULL)
    g_ptr_array_add (found, (gpointer)exact);
  for (guint i = 0; i < G_N_ELEMENTS (fits); i++)
    g_ptr_array_extend_and_steal (found, fits[i]);
}

GPtrArray *
gantry_reference_search (const char *text)
{
  GPtrArray *found = g_ptr_array_new ();
  Query query;

  ensure_entries ();
  query_init (&query, g_ascii_strncasecmp (text, "0x", 2) == 0 ? text + 2 : text);
  if (*query.joined == '\0')
    for (guint i = 0; i < reference.entries->len; i++)
      g_ptr_array_add (found, &((Entry *)reference.entries->pdata[i])->reference);
  else
    search_entries (&query, found);
  if (found->len == 0)
    {
      const GantryReference *foreign = gantry_reference_lookup (query.text);

      if (foreign != NULL)
        g_ptr_array_add (found, (gpointer)foreign);
    }
  query_clear (&query);
  return found;
}
