/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-compare.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-registry.h"

typedef struct
{
  const GantryAssociationRecord *now, *before;
  GPtrArray *sentences;
} Comparison;

static void add (Comparison *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add (Comparison *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->sentences, g_strdup_vprintf (format, args));
  va_end (args);
}

/* ---- Sets of transfer syntaxes -------------------------------------------------------------- */

/* In the order of the contexts, each once: what is proposed for a SOP class, or accepted. */
static GPtrArray *
collect_syntaxes (const GantryAssociationRecord *record, const char *uid, gboolean accepted)
{
  GPtrArray *syntaxes = g_ptr_array_new ();

  for (guint i = 0; i < record->contexts->len; i++)
    {
      const GantryContext *context = record->contexts->pdata[i];
      char *const one[] = { context->accepted, NULL };

      if (strcmp (context->abstract_syntax, uid) != 0 || (accepted && *context->accepted == '\0'))
        continue;
      for (char *const *syntax = accepted ? one : context->proposed; *syntax != NULL; syntax++)
        if (!g_ptr_array_find_with_equal_func (syntaxes, *syntax, g_str_equal, NULL))
          g_ptr_array_add (syntaxes, *syntax);
    }
  return syntaxes;
}

/* "JPEG 2000 lossless, Explicit VR LE": those of @these that are not among @those; NULL: none. */
static char *
describe_others (GPtrArray *these, GPtrArray *those)
{
  GString *text = NULL;

  for (guint i = 0; i < these->len; i++)
    {
      g_autofree char *name = NULL;

      if (those != NULL
          && g_ptr_array_find_with_equal_func (those, these->pdata[i], g_str_equal, NULL))
        continue;
      name = gantry_transfer_syntax_describe (these->pdata[i]);
      if (text == NULL)
        text = g_string_new (name);
      else
        g_string_append_printf (text, ", %s", name);
    }
  return text != NULL ? g_string_free (text, FALSE) : NULL;
}

/* ---- SOP classes ---------------------------------------------------------------------------- */

static gboolean
proposes (const GantryAssociationRecord *record, const char *uid)
{
  for (guint i = 0; i < record->contexts->len; i++)
    if (strcmp (((GantryContext *)record->contexts->pdata[i])->abstract_syntax, uid) == 0)
      return TRUE;
  return FALSE;
}

static void
compare_new (Comparison *self, const char *uid, const char *name)
{
  g_autoptr (GPtrArray) accepted = collect_syntaxes (self->now, uid, TRUE);
  g_autofree char *syntaxes = describe_others (accepted, NULL);

  if (syntaxes != NULL)
    add (self, _ ("%s is proposed for the first time, and was accepted in %s."), name, syntaxes);
  else
    add (self, _ ("%s is proposed for the first time, and was not accepted."), name);
}

static void
compare_proposed (Comparison *self, const char *uid, const char *name)
{
  g_autoptr (GPtrArray) now = collect_syntaxes (self->now, uid, FALSE);
  g_autoptr (GPtrArray) before = collect_syntaxes (self->before, uid, FALSE);
  g_autofree char *more = describe_others (now, before);
  g_autofree char *fewer = describe_others (before, now);

  if (more != NULL)
    add (self, _ ("%s is now also proposed in %s."), name, more);
  if (fewer != NULL)
    add (self, _ ("%s is no longer proposed in %s."), name, fewer);
}

static void
compare_accepted (Comparison *self, const char *uid, const char *name)
{
  g_autoptr (GPtrArray) now = collect_syntaxes (self->now, uid, TRUE);
  g_autoptr (GPtrArray) before = collect_syntaxes (self->before, uid, TRUE);
  g_autofree char *is = describe_others (now, NULL);
  g_autofree char *was = describe_others (before, NULL);

  if (is == NULL && was != NULL)
    add (self, _ ("%s was not accepted this time; before, it was accepted in %s."), name, was);
  else if (is != NULL && was == NULL)
    add (self, _ ("%s was accepted in %s; before, it was not accepted."), name, is);
  else if (g_strcmp0 (is, was) != 0)
    add (self, _ ("%s was accepted in %s; before, in %s."), name, is, was);
}

static void
compare_classes (Comparison *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) gone = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->now->contexts->len; i++)
    {
      char *uid = ((GantryContext *)self->now->contexts->pdata[i])->abstract_syntax;
      g_autofree char *name = gantry_uid_describe (uid);

      if (!g_hash_table_add (seen, uid))
        continue;
      if (!proposes (self->before, uid))
        {
          compare_new (self, uid, name);
          continue;
        }
      compare_proposed (self, uid, name);
      compare_accepted (self, uid, name);
    }
  for (guint i = 0; i < self->before->contexts->len; i++)
    {
      char *uid = ((GantryContext *)self->before->contexts->pdata[i])->abstract_syntax;
      g_autofree char *name = gantry_uid_describe (uid);

      if (!proposes (self->now, uid) && g_hash_table_add (gone, uid))
        add (self, _ ("%s is no longer proposed."), name);
    }
}

/* ---- The caller itself ---------------------------------------------------------------------- */

static char *
describe_pdu (guint32 octets)
{
  if (octets == 0)
    return g_strdup (_ ("of any length"));
  /* Translators: a number of octets, with thousands separators */
  return g_strdup_printf (_ ("of up to %'u bytes"), octets);
}

static void
compare_text (Comparison *self, const char *what, const char *now, const char *before)
{
  if (strcmp (now, before) == 0)
    return;
  if (*now == '\0')
    add (self, _ ("%s is no longer given; before, it was “%s”."), what, before);
  else if (*before == '\0')
    add (self, _ ("%s is now “%s”; before, none was given."), what, now);
  else
    add (self, _ ("%s is now “%s”; before, it was “%s”."), what, now, before);
}

char **
gantry_association_compare (const GantryAssociationRecord *now,
                            const GantryAssociationRecord *before)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  Comparison self = { now, before, sentences };

  compare_text (&self, _ ("The called AE title"), now->called, before->called);
  compare_text (&self, _ ("The implementation version"), now->implementation_version,
                before->implementation_version);
  compare_text (&self, _ ("The implementation class UID"), now->implementation_class_uid,
                before->implementation_class_uid);
  if (now->peer_max_pdu != before->peer_max_pdu)
    {
      g_autofree char *is = describe_pdu (now->peer_max_pdu);
      g_autofree char *was = describe_pdu (before->peer_max_pdu);

      add (&self, _ ("The caller now takes PDUs %s; before, %s."), is, was);
    }
  if (now->our_max_pdu != before->our_max_pdu && now->our_max_pdu != 0 && before->our_max_pdu != 0)
    {
      g_autofree char *is = describe_pdu (now->our_max_pdu);
      g_autofree char *was = describe_pdu (before->our_max_pdu);

      add (&self, _ ("This receiver now takes PDUs %s; before, %s."), is, was);
    }
  compare_classes (&self);
  g_ptr_array_add (sentences, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&sentences), FALSE);
}
