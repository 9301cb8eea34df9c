/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-facts-view.h"

#include <glib/gi18n-lib.h>

#include "gantry-adaptive-box.h"
#include "gantry-modality-tag.h"

struct _GantryFactsView
{
  AdwBin parent_instance;

  AdwToastOverlay *toasts;
  GtkScrolledWindow *scrolled;
  GtkWidget *heading;
  GantryModalityTag *tag;
  GtkLabel *title, *kind;
  GtkWidget *buttons;
  GtkButton *copy_code;
  GtkListBox *facts;

  char *code;
  GString *text; /* what is shown, as it is copied */
};

enum
{
  SIGNAL_LINKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GantryFactsView, gantry_facts_view, ADW_TYPE_BIN)

static void
copy (GantryFactsView *self, const char *text)
{
  AdwToast *toast = adw_toast_new (_ ("Copied to the clipboard"));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  adw_toast_set_timeout (toast, 2);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
copy_code_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryFactsView *self = GANTRY_FACTS_VIEW (widget);

  copy (self, self->code);
}

static void
copy_text_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryFactsView *self = GANTRY_FACTS_VIEW (widget);

  copy (self, self->text->str);
}

static void
row_activated (GantryFactsView *self, GtkListBoxRow *row)
{
  g_autofree char *target = g_strdup (g_object_get_data (G_OBJECT (row), "gantry-target"));

  /* Whoever follows the link begins anew, and the row is gone. */
  if (target != NULL)
    g_signal_emit (self, signals[SIGNAL_LINKED], 0, target);
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_facts_view_finalize (GObject *object)
{
  GantryFactsView *self = GANTRY_FACTS_VIEW (object);

  g_free (self->code);
  g_string_free (self->text, TRUE);
  G_OBJECT_CLASS (gantry_facts_view_parent_class)->finalize (object);
}

static void
gantry_facts_view_class_init (GantryFactsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gantry_facts_view_finalize;

  signals[SIGNAL_LINKED] = g_signal_new ("linked", GANTRY_TYPE_FACTS_VIEW, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  g_type_ensure (GANTRY_TYPE_MODALITY_TAG);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-facts-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryFactsView, toasts);
  gtk_widget_class_bind_template_child (widget_class, GantryFactsView, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryFactsView, heading);
  gtk_widget_class_bind_template_child (widget_class, GantryFactsView, tag);
  gtk_widget_class_bind_template_child (widget_class, GantryFactsView, title);
  gtk_widget_class_bind_template_child (widget_class, GantryFactsView, kind);
  gtk_widget_class_bind_template_child (widget_class, GantryFactsView, buttons);
  gtk_widget_class_bind_template_child (widget_class, GantryFactsView, copy_code);
  gtk_widget_class_bind_template_child (widget_class, GantryFactsView, facts);
  gtk_widget_class_bind_template_callback (widget_class, row_activated);
  gtk_widget_class_install_action (widget_class, "facts.copy-code", NULL, copy_code_activated);
  gtk_widget_class_install_action (widget_class, "facts.copy-text", NULL, copy_text_activated);
}

static void
gantry_facts_view_init (GantryFactsView *self)
{
  self->code = g_strdup ("");
  self->text = g_string_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
gantry_facts_view_hide_heading (GantryFactsView *self)
{
  g_return_if_fail (GANTRY_IS_FACTS_VIEW (self));

  gtk_widget_set_visible (self->heading, FALSE);
  gtk_widget_set_visible (self->buttons, FALSE);
}

void
gantry_facts_view_begin (GantryFactsView *self,
                         const char *modality,
                         const char *title,
                         const char *kind)
{
  GtkWidget *row;

  g_return_if_fail (GANTRY_IS_FACTS_VIEW (self));

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->facts))) != NULL)
    gtk_list_box_remove (self->facts, row);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), FALSE);
  gantry_modality_tag_set_modality (self->tag, modality);
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->kind, kind);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
  gantry_facts_view_set_code (self, "", "");
  g_string_printf (self->text, "%s\n%s\n", title, kind);
}

void
gantry_facts_view_set_code (GantryFactsView *self, const char *code, const char *label)
{
  g_return_if_fail (GANTRY_IS_FACTS_VIEW (self));

  g_free (self->code);
  self->code = g_strdup (code);
  gtk_button_set_label (self->copy_code, label);
  gtk_widget_set_visible (GTK_WIDGET (self->copy_code), *code != '\0');
}

static GtkWidget *
make_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

void
gantry_facts_view_add (GantryFactsView *self, const char *label, const char *value)
{
  gantry_facts_view_add_link (self, label, value, NULL);
}

void
gantry_facts_view_add_link (GantryFactsView *self,
                            const char *label,
                            const char *value,
                            const char *target)
{
  GtkWidget *row, *box, *words, *name, *text;

  g_return_if_fail (GANTRY_IS_FACTS_VIEW (self));

  if (*value == '\0')
    return;

  name = make_label (label, "caption");
  gtk_widget_add_css_class (name, "dim-label");
  text = make_label (value, NULL);
  gtk_label_set_selectable (GTK_LABEL (text), target == NULL);
  words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), name);
  gtk_box_append (GTK_BOX (words), text);
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (box, "fact");
  gtk_box_append (GTK_BOX (box), words);

  row = gtk_list_box_row_new ();
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), target != NULL);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, target != NULL);
  if (target != NULL)
    {
      gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("go-next-symbolic"));
      g_object_set_data_full (G_OBJECT (row), "gantry-target", g_strdup (target), g_free);
    }
  gtk_accessible_update_relation (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_RELATION_LABELLED_BY, name,
                                  text, NULL, -1);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_append (self->facts, row);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), TRUE);

  /* Translators: a fact as it is copied: what it is about, and its value */
  g_string_append_printf (self->text, _ ("%s: %s"), label, value);
  g_string_append_c (self->text, '\n');
}

void
gantry_facts_view_set_text (GantryFactsView *self, const char *text)
{
  g_return_if_fail (GANTRY_IS_FACTS_VIEW (self));

  g_string_assign (self->text, text);
}

char *
gantry_facts_view_get_text (GantryFactsView *self)
{
  g_return_val_if_fail (GANTRY_IS_FACTS_VIEW (self), NULL);

  return g_strdup (self->text->str);
}
