/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-grid.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-probe-line.h"
#include "gantry-words.h"

#define NOT_ASKED 0xff /* no result of PS3.8 9.3.3.2 */

struct _GantryProbeGrid
{
  GObject parent_instance;

  GantryProbe *probe, *other; /* NULL: none */
  GPtrArray *rows, *columns;  /* GantryProbeLine: all there are */
  guint8 *results, *others;   /* of every row and column */

  GHashTable *wanted[GANTRY_N_GRID_LISTS]; /* UIDs */
  GantryGridFilter filter;
  char *text; /* folded; filter.text points here */
  GArray *shown_rows, *shown_columns;
};

G_DEFINE_FINAL_TYPE (GantryProbeGrid, gantry_probe_grid, G_TYPE_OBJECT)

static guint changed_signal;

/* ---- The whole ------------------------------------------------------------------------------ */

static void
collect (GantryProbeGrid *self, const GantryProbe *probe, GHashTable *classes, GHashTable *syntaxes)
{
  for (guint i = 0; probe != NULL && i < probe->contexts->len; i++)
    {
      const GantryContext *context = probe->contexts->pdata[i];

      if (!g_hash_table_contains (classes, context->abstract_syntax))
        {
          g_hash_table_insert (classes, context->abstract_syntax,
                               GUINT_TO_POINTER (self->rows->len));
          g_ptr_array_add (self->rows, gantry_probe_line_new (context->abstract_syntax, TRUE));
        }
      if (!g_hash_table_contains (syntaxes, context->proposed[0]))
        {
          g_hash_table_insert (syntaxes, context->proposed[0],
                               GUINT_TO_POINTER (self->columns->len));
          g_ptr_array_add (self->columns, gantry_probe_line_new (context->proposed[0], FALSE));
        }
    }
}

static guint8 *
fill (GantryProbeGrid *self, const GantryProbe *probe, GHashTable *classes, GHashTable *syntaxes)
{
  gsize size = (gsize)self->rows->len * self->columns->len;
  guint8 *results = g_malloc (size + 1);

  memset (results, NOT_ASKED, size + 1);
  for (guint i = 0; probe != NULL && i < probe->contexts->len; i++)
    {
      const GantryContext *context = probe->contexts->pdata[i];
      guint row = GPOINTER_TO_UINT (g_hash_table_lookup (classes, context->abstract_syntax));
      guint column = GPOINTER_TO_UINT (g_hash_table_lookup (syntaxes, context->proposed[0]));

      results[row * self->columns->len + column] = context->result;
    }
  return results;
}

/* @order: the place of each line by its UID */
static void
sort_lines (GPtrArray *lines, GHashTable *order)
{
  g_ptr_array_sort_with_data (lines, gantry_probe_line_compare, order);
  for (guint i = 0; i < lines->len; i++)
    g_hash_table_insert (order, ((GantryProbeLine *)lines->pdata[i])->uid, GUINT_TO_POINTER (i));
}

static void
rebuild (GantryProbeGrid *self)
{
  g_autoptr (GHashTable) classes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) syntaxes = g_hash_table_new (g_str_hash, g_str_equal);

  g_ptr_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->columns, 0);
  collect (self, self->probe, classes, syntaxes);
  collect (self, self->other, classes, syntaxes);
  sort_lines (self->rows, classes);
  sort_lines (self->columns, syntaxes);

  g_free (self->results);
  g_free (self->others);
  self->results = fill (self, self->probe, classes, syntaxes);
  self->others = fill (self, self->other, classes, syntaxes);
}

/* ---- What is shown -------------------------------------------------------------------------- */

static gboolean
differs (const GantryProbeGrid *self, guint row, guint column)
{
  gsize place = (gsize)row * self->columns->len + column;

  return self->other != NULL && self->results[place] != NOT_ASKED
         && self->others[place] != NOT_ASKED
         && (self->results[place] == 0) != (self->others[place] == 0);
}

static gboolean
is_accepted (const GantryProbeGrid *self, guint row, guint column)
{
  gsize place = (gsize)row * self->columns->len + column;

  return self->results[place] == 0 || self->others[place] == 0;
}

typedef gboolean (*CellTest) (const GantryProbeGrid *self, guint row, guint column);

static gboolean
any_in_row (const GantryProbeGrid *self, guint row, CellTest test)
{
  for (guint i = 0; i < self->shown_columns->len; i++)
    if (test (self, row, g_array_index (self->shown_columns, guint, i)))
      return TRUE;
  return FALSE;
}

static gboolean
any_in_column (const GantryProbeGrid *self, guint column, CellTest test)
{
  for (guint row = 0; row < self->rows->len; row++)
    if (test (self, row, column))
      return TRUE;
  return FALSE;
}

static gboolean
wants_column (const GantryProbeGrid *self, guint column)
{
  const GantryProbeLine *line = self->columns->pdata[column];

  if (self->filter.columns >= 0 && line->group != self->filter.columns)
    return FALSE;
  if (self->filter.differences_only && !any_in_column (self, column, differs))
    return FALSE;
  return self->filter.columns != GANTRY_COLUMNS_ACCEPTED
         || any_in_column (self, column, is_accepted);
}

static gboolean
wants_row (const GantryProbeGrid *self, guint row)
{
  const GantryProbeLine *line = self->rows->pdata[row];

  if (self->text != NULL && strstr (line->key, self->text) == NULL)
    return FALSE;
  for (GantryGridList list = 0; list < GANTRY_N_GRID_LISTS; list++)
    if (self->filter.only[list] && !g_hash_table_contains (self->wanted[list], line->uid))
      return FALSE;
  if (self->filter.differences_only && !any_in_row (self, row, differs))
    return FALSE;
  return !self->filter.accepted_only || any_in_row (self, row, is_accepted);
}

static void
apply_filter (GantryProbeGrid *self)
{
  g_array_set_size (self->shown_columns, 0);
  for (guint i = 0; i < self->columns->len; i++)
    if (wants_column (self, i))
      g_array_append_val (self->shown_columns, i);
  /* Where nothing is accepted, no columns would tell nothing. */
  if (self->shown_columns->len == 0 && self->filter.columns == GANTRY_COLUMNS_ACCEPTED
      && !self->filter.differences_only)
    for (guint i = 0; i < self->columns->len; i++)
      g_array_append_val (self->shown_columns, i);

  g_array_set_size (self->shown_rows, 0);
  for (guint i = 0; i < self->rows->len; i++)
    if (wants_row (self, i))
      g_array_append_val (self->shown_rows, i);
  g_signal_emit (self, changed_signal, 0);
}

/* ---- The class ------------------------------------------------------------------------------ */

static void
gantry_probe_grid_finalize (GObject *object)
{
  GantryProbeGrid *self = GANTRY_PROBE_GRID (object);

  gantry_record_unref (self->probe);
  gantry_record_unref (self->other);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->columns);
  g_free (self->results);
  g_free (self->others);
  for (GantryGridList list = 0; list < GANTRY_N_GRID_LISTS; list++)
    g_hash_table_unref (self->wanted[list]);
  g_free (self->text);
  g_array_unref (self->shown_rows);
  g_array_unref (self->shown_columns);
  G_OBJECT_CLASS (gantry_probe_grid_parent_class)->finalize (object);
}

static void
gantry_probe_grid_class_init (GantryProbeGridClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gantry_probe_grid_finalize;

  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
gantry_probe_grid_init (GantryProbeGrid *self)
{
  self->rows = g_ptr_array_new_with_free_func (gantry_probe_line_free);
  self->columns = g_ptr_array_new_with_free_func (gantry_probe_line_free);
  for (GantryGridList list = 0; list < GANTRY_N_GRID_LISTS; list++)
    self->wanted[list] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->shown_rows = g_array_new (FALSE, FALSE, sizeof (guint));
  self->shown_columns = g_array_new (FALSE, FALSE, sizeof (guint));
  self->filter.columns = GANTRY_COLUMNS_ALL;
}

GantryProbeGrid *
gantry_probe_grid_new (void)
{
  return g_object_new (GANTRY_TYPE_PROBE_GRID, NULL);
}

static void
set_record (GantryProbeGrid *self, GantryProbe **member, GantryProbe *probe)
{
  if (probe != NULL)
    gantry_record_ref (probe);
  gantry_record_unref (*member);
  *member = probe;
  rebuild (self);
  apply_filter (self);
}

void
gantry_probe_grid_set_probe (GantryProbeGrid *self, GantryProbe *probe)
{
  g_return_if_fail (GANTRY_IS_PROBE_GRID (self));

  set_record (self, &self->probe, probe);
}

GantryProbe *
gantry_probe_grid_get_probe (GantryProbeGrid *self)
{
  g_return_val_if_fail (GANTRY_IS_PROBE_GRID (self), NULL);

  return self->probe;
}

void
gantry_probe_grid_set_other (GantryProbeGrid *self, GantryProbe *other)
{
  g_return_if_fail (GANTRY_IS_PROBE_GRID (self));

  set_record (self, &self->other, other);
}

GantryProbe *
gantry_probe_grid_get_other (GantryProbeGrid *self)
{
  g_return_val_if_fail (GANTRY_IS_PROBE_GRID (self), NULL);

  return self->other;
}

void
gantry_probe_grid_set_wanted (GantryProbeGrid *self,
                              GantryGridList which,
                              const char *const *sop_classes)
{
  g_return_if_fail (GANTRY_IS_PROBE_GRID (self));

  g_hash_table_remove_all (self->wanted[which]);
  for (; *sop_classes != NULL; sop_classes++)
    g_hash_table_add (self->wanted[which], g_strdup (*sop_classes));
  apply_filter (self);
}

void
gantry_probe_grid_set_filter (GantryProbeGrid *self, const GantryGridFilter *filter)
{
  g_autofree char *text = NULL;

  g_return_if_fail (GANTRY_IS_PROBE_GRID (self));

  if (filter->text != NULL && *filter->text != '\0')
    text = g_utf8_casefold (filter->text, -1);
  g_free (self->text);
  self->text = g_steal_pointer (&text);
  self->filter = *filter;
  self->filter.text = self->text;
  apply_filter (self);
}

/* ---- Looking -------------------------------------------------------------------------------- */

static guint
real_row (GantryProbeGrid *self, guint row)
{
  return g_array_index (self->shown_rows, guint, row);
}

static guint
real_column (GantryProbeGrid *self, guint column)
{
  return g_array_index (self->shown_columns, guint, column);
}

static const GantryProbeLine *
get_row (GantryProbeGrid *self, guint row)
{
  return self->rows->pdata[real_row (self, row)];
}

static const GantryProbeLine *
get_column (GantryProbeGrid *self, guint column)
{
  return self->columns->pdata[real_column (self, column)];
}

guint
gantry_probe_grid_get_n_rows (GantryProbeGrid *self)
{
  return self->shown_rows->len;
}

guint
gantry_probe_grid_get_n_columns (GantryProbeGrid *self)
{
  return self->shown_columns->len;
}

guint
gantry_probe_grid_get_total (GantryProbeGrid *self)
{
  return self->rows->len;
}

const char *
gantry_probe_grid_get_class_uid (GantryProbeGrid *self, guint row)
{
  return get_row (self, row)->uid;
}

const char *
gantry_probe_grid_get_class_name (GantryProbeGrid *self, guint row)
{
  return get_row (self, row)->name;
}

const char *
gantry_probe_grid_get_modality (GantryProbeGrid *self, guint row)
{
  return get_row (self, row)->modality;
}

const char *
gantry_probe_grid_get_syntax_uid (GantryProbeGrid *self, guint column)
{
  return get_column (self, column)->uid;
}

const char *
gantry_probe_grid_get_syntax_name (GantryProbeGrid *self, guint column)
{
  return get_column (self, column)->name;
}

GantrySyntaxGroup
gantry_probe_grid_get_group (GantryProbeGrid *self, guint column)
{
  return (GantrySyntaxGroup)get_column (self, column)->group;
}

static gsize
find_place (GantryProbeGrid *self, guint row, guint column)
{
  return (gsize)real_row (self, row) * self->columns->len + real_column (self, column);
}

GantryCell
gantry_probe_grid_get_cell (GantryProbeGrid *self, guint row, guint column)
{
  switch (self->results[find_place (self, row, column)])
    {
    case 0:
      return GANTRY_CELL_ACCEPTED;
    case 3:
      return GANTRY_CELL_CLASS_REFUSED;
    case NOT_ASKED:
      return GANTRY_CELL_NOT_ASKED;
    default:
      return GANTRY_CELL_SYNTAX_REFUSED;
    }
}

gboolean
gantry_probe_grid_is_changed (GantryProbeGrid *self, guint row, guint column)
{
  return differs (self, real_row (self, row), real_column (self, column));
}

/* ---- In words ------------------------------------------------------------------------------- */

static const char *
describe_result (guint8 result)
{
  return result == NOT_ASKED ? _ ("not asked") : gantry_context_result_describe (result);
}

char *
gantry_probe_grid_describe_cell (GantryProbeGrid *self, guint row, guint column)
{
  gsize place = find_place (self, row, column);
  const char *result = describe_result (self->results[place]);
  const char *sop_class = get_row (self, row)->name;
  const char *syntax = get_column (self, column)->name;

  if (self->other == NULL || self->others[place] == self->results[place])
    /* Translators: as in “CT Image Storage in JPEG Baseline: accepted” */
    return g_strdup_printf (_ ("%s in %s: %s"), sop_class, syntax, result);
  /* Translators: the last is the answer in the probe that this one is compared with */
  return g_strdup_printf (_ ("%s in %s: %s. Compared with: %s"), sop_class, syntax, result,
                          describe_result (self->others[place]));
}

/* Of cells that are accepted, @here counts those in this probe only, @there those in the other. */
typedef struct
{
  guint classes, syntaxes, here, there;
} Counts;

static void
count_accepted (GantryProbeGrid *self, Counts *counts)
{
  g_autofree gboolean *taken = g_new0 (gboolean, self->columns->len + 1);

  for (guint row = 0; row < self->rows->len; row++)
    {
      gboolean any = FALSE;

      for (guint column = 0; column < self->columns->len; column++)
        {
          gboolean accepted = self->results[(gsize)row * self->columns->len + column] == 0;

          any |= accepted;
          taken[column] |= accepted;
          if (differs (self, row, column))
            *(accepted ? &counts->here : &counts->there) += 1;
        }
      counts->classes += any;
    }
  for (guint column = 0; column < self->columns->len; column++)
    counts->syntaxes += taken[column];
}

char *
gantry_probe_grid_summarize (GantryProbeGrid *self)
{
  Counts counts = { 0 };
  GString *text = g_string_new (NULL);

  if (self->probe == NULL)
    return g_string_free (text, FALSE);
  count_accepted (self, &counts);
  if (!self->probe->complete || counts.classes == 0)
    g_string_append (text, self->probe->message);
  else
    g_string_append_printf (text,
                            _ ("Accepts %u of %u SOP classes, in %u of %u transfer syntaxes."),
                            counts.classes, self->rows->len, counts.syntaxes, self->columns->len);
  if (self->other != NULL)
    {
      g_string_append_c (text, ' ');
      if (counts.here + counts.there == 0)
        g_string_append (text, _ ("Both accept the same."));
      else
        /* Translators: how many cells of a matrix only one of two probes accepts */
        g_string_append_printf (text, _ ("Accepted only here: %u, only there: %u."), counts.here,
                                counts.there);
    }
  return g_string_free (text, FALSE);
}

char *
gantry_probe_grid_describe_marks (GantryProbeGrid *self)
{
  const char *marks = _ ("✓ accepted   – transfer syntax refused   × SOP class refused");

  if (self->other == NULL)
    return g_strdup (marks);
  return g_strconcat (marks, "   ", _ ("◤ only one of the two accepts it"), NULL);
}
