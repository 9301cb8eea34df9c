/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-extended.h"

#include <glib/gi18n-lib.h>

#include "gantry-negotiation-words.h"
#include "gantry-registry.h"

/* A line that names every class of a node that answers for all of them would be a page. */
#define NAMES_MAX 8

struct _GantryProbeExtended
{
  AdwBin parent_instance;

  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (GantryProbeExtended, gantry_probe_extended, ADW_TYPE_BIN)

static void
gantry_probe_extended_class_init (GantryProbeExtendedClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-probe-extended.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryProbeExtended, list);
}

static void
gantry_probe_extended_init (GantryProbeExtended *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* ---- Lines ----------------------------------------------------------------------------------- */

static char *
list_names (GPtrArray *classes)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (classes->len, NAMES_MAX); i++)
    {
      g_autofree char *name
          = gantry_uid_describe (((GantryExtended *)classes->pdata[i])->sop_class_uid);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", name);
    }
  if (classes->len > NAMES_MAX)
    g_string_append_printf (text,
                            ngettext (" and %u more", " and %u more", classes->len - NAMES_MAX),
                            classes->len - NAMES_MAX);
  return g_string_free (text, FALSE);
}

static void
add_line (GantryProbeExtended *self, const char *answer, GPtrArray *classes)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *names = list_names (classes);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), answer);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), names);
  gtk_list_box_append (self->list, row);
}

guint
gantry_probe_extended_show (GantryProbeExtended *self, GPtrArray *answers)
{
  g_autoptr (GHashTable) lines
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  GtkWidget *child;

  g_return_val_if_fail (GANTRY_IS_PROBE_EXTENDED (self), 0);

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);
  for (guint i = 0; i < answers->len; i++)
    {
      char *text = gantry_extended_describe (answers->pdata[i]);
      GPtrArray *classes = g_hash_table_lookup (lines, text);

      if (classes == NULL)
        {
          classes = g_ptr_array_new ();
          g_ptr_array_add (order, text);
          g_hash_table_insert (lines, text, classes);
        }
      else
        g_free (text);
      g_ptr_array_add (classes, answers->pdata[i]);
    }
  for (guint i = 0; i < order->len; i++)
    add_line (self, order->pdata[i], g_hash_table_lookup (lines, order->pdata[i]));
  return answers->len;
}
