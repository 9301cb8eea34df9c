/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-csv.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"

/* ---- Writing -------------------------------------------------------------------------------- */

/* An apostrophe keeps a spreadsheet from calculating, and one in front of another keeps that. */
static gboolean
needs_apostrophe (char first)
{
  return first != '\0' && strchr ("=+-@\t\r'", first) != NULL;
}

static void
append_cell (GString *text, const char *cell)
{
  gboolean quoted = strpbrk (cell, ",;\"\r\n") != NULL;

  if (quoted)
    g_string_append_c (text, '"');
  if (needs_apostrophe (*cell))
    g_string_append_c (text, '\'');
  for (; *cell != '\0'; cell++)
    {
      if (*cell == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *cell);
    }
  if (quoted)
    g_string_append_c (text, '"');
}

void
gantry_csv_append_row (GString *text, const char *const *cells, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      append_cell (text, cells[i] != NULL ? cells[i] : "");
    }
  g_string_append (text, "\r\n");
}

/* ---- Reading -------------------------------------------------------------------------------- */

static char
guess_separator (const char *text)
{
  gsize commas = 0;
  gsize semicolons = 0;

  for (; *text != '\0' && *text != '\n'; text++)
    {
      commas += *text == ',';
      semicolons += *text == ';';
    }
  return semicolons > commas ? ';' : ',';
}

/* One cell; returns what follows it, NULL when its quote is never closed. */
static const char *
read_cell (const char *text, char separator, GString *cell)
{
  gboolean quoted = *text == '"';

  text += quoted ? 1 : 0;
  for (;; text++)
    {
      if (*text == '\0')
        return quoted ? NULL : text;
      if (quoted && text[0] == '"' && text[1] == '"')
        text++;
      else if (quoted && *text == '"')
        {
          quoted = FALSE;
          continue;
        }
      else if (!quoted && (*text == separator || *text == '\r' || *text == '\n'))
        return text;
      g_string_append_c (cell, *text);
    }
}

static gboolean
is_empty (GPtrArray *row)
{
  return row->len == 1 && *(const char *)row->pdata[0] == '\0';
}

GPtrArray *
gantry_csv_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  g_autoptr (GPtrArray) row = g_ptr_array_new_with_free_func (g_free);
  char separator = guess_separator (text);

  while (text != NULL && *text != '\0')
    {
      GString *cell = g_string_new (NULL);

      text = read_cell (text, separator, cell);
      if (cell->str[0] == '\'' && needs_apostrophe (cell->str[1]))
        g_string_erase (cell, 0, 1);
      g_ptr_array_add (row, g_string_free (cell, FALSE));
      if (text == NULL)
        break;
      if (*text == separator)
        {
          text++;
          if (*text != '\0' && *text != '\r' && *text != '\n')
            continue;
          g_ptr_array_add (row, g_strdup (""));
        }
      text += strspn (text, "\r\n");
      if (!is_empty (row))
        g_ptr_array_add (rows, g_ptr_array_ref (row));
      g_ptr_array_unref (row);
      row = g_ptr_array_new_with_free_func (g_free);
    }
  if (text != NULL)
    return g_steal_pointer (&rows);
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_FILE,
               _ ("Line %u of the table opens a quote that is never closed."), rows->len + 1);
  return NULL;
}
