/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-layout.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"

#define VALUE_MAX 64 /* octets of one field; a UID is never cut */
#define PATTERN_MAX 500
#define EXTENSION ".dcm"
#define NO_NAME "none"

static const char *const patterns[] = {
  [GANTRY_LAYOUT_UIDS] = "{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}",
  [GANTRY_LAYOUT_PATIENT] = ("{PatientName}_{PatientID}/{StudyDate}_{StudyDescription}/"
                             "{SeriesNumber}_{Modality}_{SeriesDescription}/{SOPInstanceUID}"),
  [GANTRY_LAYOUT_FLAT] = "{SOPInstanceUID}",
};

/* What the request says, not the data set. */
#define SOP_INSTANCE_UID "SOPInstanceUID"
#define CALLING_AE_TITLE "CallingAETitle"

typedef struct
{
  const char *name;
  gsize offset; /* of the member of GantryInstance; unused for the two above */
  gboolean is_uid;
} Field;

#define MEMBER(name) G_STRUCT_OFFSET (GantryInstance, name)

static const Field fields[] = {
  { "PatientID", MEMBER (patient_id), FALSE },
  { "PatientName", MEMBER (patient_name), FALSE },
  { "PatientBirthDate", MEMBER (birth_date), FALSE },
  { "StudyDate", MEMBER (study_date), FALSE },
  { "StudyDescription", MEMBER (study_description), FALSE },
  { "AccessionNumber", MEMBER (accession), FALSE },
  { "StudyInstanceUID", MEMBER (study_uid), TRUE },
  { "Modality", MEMBER (modality), FALSE },
  { "SeriesNumber", MEMBER (series_number), FALSE },
  { "SeriesDescription", MEMBER (series_description), FALSE },
  { "SeriesInstanceUID", MEMBER (series_uid), TRUE },
  { "InstanceNumber", MEMBER (instance_number), FALSE },
  { "SOPClassUID", MEMBER (sop_class_uid), TRUE },
  { SOP_INSTANCE_UID, 0, TRUE },
  { CALLING_AE_TITLE, 0, FALSE },
};

/* A piece of a name: a field, or text as it stands. */
typedef struct
{
  const Field *field; /* NULL: text */
  char *text;
} Piece;

struct _GantryLayoutPattern
{
  GPtrArray *names; /* GArray of Piece, for each folder and the file */
};

/* ---- Names ---------------------------------------------------------------------------------- */

gboolean
gantry_layout_is_safe_uid (const char *uid)
{
  gsize length = strlen (uid);

  return length > 0 && length <= 64 && strspn (uid, "0123456789.") == length
         && g_ascii_isdigit (*uid) && g_ascii_isdigit (uid[length - 1])
         && strstr (uid, "..") == NULL;
}

static char *
name_of_uid (const char *uid)
{
  g_autofree char *hash = NULL;

  if (gantry_layout_is_safe_uid (uid))
    return g_strdup (uid);
  if (*uid == '\0')
    return g_strdup (NO_NAME);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA1, uid, -1);
  return g_strdup_printf ("unsafe-%.16s", hash);
}

/* The Hangul fillers count as letters and cannot be seen. */
static gboolean
is_name_character (gunichar c)
{
  if (c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0)
    return FALSE;
  return g_unichar_isalnum (c) || g_unichar_ismark (c) || c == '-' || c == '.';
}

/* Text as a piece of a name: what cannot be there becomes one underscore, and no two dots meet. */
static char *
name_of_text (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  GString *name = g_string_new (NULL);

  for (const char *p = composed; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      char last = name->len > 0 ? name->str[name->len - 1] : '_';
      gsize length = name->len;

      if (c == '.' && last == '.')
        continue;
      if (is_name_character (c) && !(g_unichar_ismark (c) && name->len == 0))
        g_string_append_unichar (name, c);
      else if (last != '_')
        g_string_append_c (name, '_');
      if (name->len > VALUE_MAX)
        {
          g_string_truncate (name, length);
          break;
        }
    }
  return g_string_free (name, FALSE);
}

/* Names that Windows keeps for itself, also with something behind a dot: folders are shared. */
static gboolean
is_device_name (const char *name)
{
  static const char *const devices[] = { "con", "prn", "aux", "nul", "conin$", "conout$" };
  gsize length = strcspn (name, ".");
  g_autofree char *stem = g_strndup (name, length);
  g_autofree char *lower = g_utf8_strdown (stem, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (devices); i++)
    if (strcmp (lower, devices[i]) == 0)
      return TRUE;
  return (g_str_has_prefix (lower, "com") || g_str_has_prefix (lower, "lpt"))
         && g_utf8_strlen (lower, -1) == 4
         && !g_unichar_isalpha (g_utf8_get_char (lower + 3)); /* superscript digits as well */
}

/* A name is cut to a length that every file system takes; the hash keeps two from becoming one. */
static void
limit_length (GString *name)
{
  g_autofree char *hash = NULL;
  const char *end;

  if (name->len <= GANTRY_LAYOUT_NAME_MAX)
    return;
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA1, name->str, (gssize)name->len);
  g_utf8_validate (name->str, GANTRY_LAYOUT_NAME_MAX - 20, &end);
  g_string_truncate (name, (gsize)(end - name->str));
  g_string_append_printf (name, "-%.16s", hash);
}

/* No leading dot (hidden) or dash (an option, for careless tools); no trailing dot or space, which
 * Windows drops. */
static char *
finish_name (GString *name)
{
  gsize start = strspn (name->str, " ._-");

  g_string_erase (name, 0, (gssize)start);
  while (name->len > 0 && strchr (" ._-", name->str[name->len - 1]) != NULL)
    g_string_truncate (name, name->len - 1);
  limit_length (name);
  if (name->len == 0)
    g_string_append (name, NO_NAME);
  if (is_device_name (name->str))
    g_string_prepend_c (name, '_');
  return g_string_free (name, FALSE);
}

/* ---- Patterns ------------------------------------------------------------------------------- */

static void
piece_clear (gpointer data)
{
  g_free (((Piece *)data)->text);
}

static gboolean complain (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
complain (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_SETTING, message);
  return FALSE;
}

const char *const *
gantry_layout_list_fields (void)
{
  static const char *names[G_N_ELEMENTS (fields) + 1];
  static gsize once;

  if (g_once_init_enter (&once))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
        names[i] = fields[i].name;
      g_once_init_leave (&once, 1);
    }
  return names;
}

static const Field *
find_field (const char *name, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strlen (fields[i].name) == length && strncmp (fields[i].name, name, length) == 0)
      return &fields[i];
  return NULL;
}

static gboolean
check_literal (const char *text, GError **error)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!is_name_character (c) && (c > 0x7E || c < ' ' || strchr ("\\:*?\"<>|}", (int)c) != NULL))
        return complain (error,
                         _ ("The pattern has a character that cannot be in a name: use letters, "
                            "digits, spaces, “-”, “_” and “.” between the fields."));
    }
  return TRUE;
}

static gboolean
add_field (GArray *pieces, const char **text, GError **error)
{
  const char *end = strchr (*text, '}');
  Piece piece = { 0 };

  if (end == NULL)
    return complain (error, _ ("The pattern has a “{” without a “}”."));
  piece.field = find_field (*text + 1, (gsize)(end - *text - 1));
  if (piece.field == NULL)
    {
      g_autofree char *name = g_strndup (*text, (gsize)(end - *text + 1));
      g_autofree char *known = g_strjoinv (", ", (char **)gantry_layout_list_fields ());

      return complain (error, _ ("There is no field %s. These are known: %s."), name, known);
    }
  g_array_append_val (pieces, piece);
  *text = end + 1;
  return TRUE;
}

/* One name of the path, between two “/”. */
static GArray *
parse_name (const char *text, GError **error)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (Piece));

  g_array_set_clear_func (pieces, piece_clear);
  if (*text == '\0')
    {
      complain (error, _ ("The pattern has an empty name: before, behind or between “/” there has "
                          "to be something."));
      return NULL;
    }
  if (*text == '.')
    {
      complain (error, _ ("No name in the pattern may begin with a dot: “..” would lead out of the "
                          "folder, and others would be hidden."));
      return NULL;
    }
  while (*text != '\0')
    {
      gsize length = strcspn (text, "{");
      Piece piece = { NULL, g_strndup (text, length) };

      if (!check_literal (piece.text, error))
        {
          g_free (piece.text);
          return NULL;
        }
      g_array_append_val (pieces, piece);
      text += length;
      if (*text == '{' && !add_field (pieces, &text, error))
        return NULL;
    }
  return g_steal_pointer (&pieces);
}

static gboolean
has_instance_uid (const GantryLayoutPattern *self)
{
  for (guint i = 0; i < self->names->len; i++)
    {
      const GArray *pieces = self->names->pdata[i];

      for (guint j = 0; j < pieces->len; j++)
        {
          const Field *field = g_array_index (pieces, Piece, j).field;

          if (field != NULL && strcmp (field->name, SOP_INSTANCE_UID) == 0)
            return TRUE;
        }
    }
  return FALSE;
}

static gboolean
check_whole (const char *pattern, GError **error)
{
  if (pattern == NULL || *pattern == '\0')
    return complain (error, _ ("The pattern is empty. Try {PatientID}/{StudyDate}/"
                               "{SOPInstanceUID}."));
  if (!g_utf8_validate (pattern, -1, NULL))
    return complain (error, _ ("The pattern is not text in UTF-8."));
  if (strlen (pattern) > PATTERN_MAX)
    return complain (error, _ ("The pattern is too long: at most %d octets."), PATTERN_MAX);
  if (*pattern == '/')
    return complain (error, _ ("The pattern may not begin with “/”: it is a path below the folder "
                               "of received objects."));
  return TRUE;
}

GantryLayoutPattern *
gantry_layout_pattern_new (GantryLayout layout, const char *pattern, GError **error)
{
  g_autoptr (GantryLayoutPattern) self = g_new0 (GantryLayoutPattern, 1);
  g_autofree char *text = NULL;
  g_auto (GStrv) names = NULL;

  self->names = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  if (layout != GANTRY_LAYOUT_PATTERN)
    pattern = patterns[layout];
  if (!check_whole (pattern, error))
    return NULL;

  /* The extension is there anyway. */
  text = g_strdup (pattern);
  if (g_str_has_suffix (text, EXTENSION))
    text[strlen (text) - strlen (EXTENSION)] = '\0';
  names = g_strsplit (text, "/", -1);
  if (g_strv_length (names) > GANTRY_LAYOUT_DEPTH_MAX)
    {
      complain (error, _ ("The pattern has too many levels: at most %d."), GANTRY_LAYOUT_DEPTH_MAX);
      return NULL;
    }
  for (guint i = 0; names[i] != NULL; i++)
    {
      GArray *pieces = parse_name (names[i], error);

      if (pieces == NULL)
        return NULL;
      g_ptr_array_add (self->names, pieces);
    }
  if (!has_instance_uid (self))
    {
      complain (error, _ ("The pattern needs {SOPInstanceUID}: without it, objects that have "
                          "nothing else in common would want the same name."));
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
gantry_layout_pattern_free (GantryLayoutPattern *self)
{
  g_ptr_array_unref (self->names);
  g_free (self);
}

guint
gantry_layout_pattern_get_depth (const GantryLayoutPattern *self)
{
  return self->names->len - 1;
}

/* ---- Paths ---------------------------------------------------------------------------------- */

typedef struct
{
  const GantryInstance *instance;
  const char *sop_instance_uid, *calling_ae_title;
} Object;

static char *
name_of_field (const Field *field, const Object *object)
{
  const char *value;

  if (strcmp (field->name, SOP_INSTANCE_UID) == 0)
    value = object->sop_instance_uid;
  else if (strcmp (field->name, CALLING_AE_TITLE) == 0)
    value = object->calling_ae_title;
  else
    value = G_STRUCT_MEMBER (const char *, object->instance, field->offset);
  if (value == NULL)
    value = "";
  return field->is_uid ? name_of_uid (value) : name_of_text (value);
}

static char *
expand_name (const GArray *pieces, const Object *object)
{
  GString *name = g_string_new (NULL);

  for (guint i = 0; i < pieces->len; i++)
    {
      const Piece *piece = &g_array_index (pieces, Piece, i);

      if (piece->field != NULL)
        {
          g_autofree char *value = name_of_field (piece->field, object);

          g_string_append (name, value);
        }
      else
        {
          g_string_append (name, piece->text);
        }
    }
  return finish_name (name);
}

char **
gantry_layout_pattern_expand (const GantryLayoutPattern *self,
                              const GantryInstance *instance,
                              const char *sop_instance_uid,
                              const char *calling_ae_title)
{
  const Object object = { instance, sop_instance_uid, calling_ae_title };
  char **names = g_new0 (char *, self->names->len + 1);

  for (guint i = 0; i < self->names->len; i++)
    names[i] = expand_name (self->names->pdata[i], &object);
  return names;
}

char *
gantry_layout_example (GantryLayout layout, const char *pattern, GError **error)
{
  const GantryInstance instance = { .sop_class_uid = (char *)"1.2.840.10008.5.1.4.1.1.2",
                                    .modality = (char *)"CT",
                                    .patient_name = (char *)"Doe, Jane",
                                    .patient_id = (char *)"4711",
                                    .birth_date = (char *)"19700131",
                                    .accession = (char *)"A0815",
                                    .study_uid = (char *)"1.2.826.0.1.20260314.1",
                                    .study_date = (char *)"20260314",
                                    .study_description = (char *)"CT Thorax",
                                    .series_uid = (char *)"1.2.826.0.1.20260314.1.2",
                                    .series_number = (char *)"2",
                                    .series_description = (char *)"Axial 5.0",
                                    .instance_number = (char *)"17" };
  g_autoptr (GantryLayoutPattern) self = gantry_layout_pattern_new (layout, pattern, error);
  g_auto (GStrv) names = NULL;
  g_autofree char *path = NULL;

  if (self == NULL)
    return NULL;
  names = gantry_layout_pattern_expand (self, &instance, "1.2.826.0.1.20260314.1.2.17", "CT01");
  path = g_strjoinv ("/", names);
  return g_strconcat (path, EXTENSION, NULL);
}
