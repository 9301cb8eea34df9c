/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-reference-window.h"

#include <glib/gi18n-lib.h>

#include "gantry-facts-view.h"
#include "gantry-format.h"
#include "gantry-reference-facts.h"
#include "gantry-reference-item.h"
#include "gantry-reference-row.h"
#include "gantry-row-menu.h"

struct _GantryReferenceWindow
{
  AdwWindow parent_instance;

  AdwLeaflet *leaflet;
  GtkSearchEntry *search;
  GtkDropDown *subject;
  GtkLabel *count;
  GtkStack *stack;
  GtkWidget *scrolled;
  AdwStatusPage *nothing;
  GtkListView *list;
  AdwWindowTitle *facts_title;
  GantryFactsView *facts;

  GListStore *items; /* GantryReferenceItem */
  GtkSingleSelection *selection;
  guint selected;    /* the last entry that was */
  gboolean grouped;  /* there are headings */
  gboolean updating; /* the selection is not the user's */
};

G_DEFINE_FINAL_TYPE (GantryReferenceWindow, gantry_reference_window, ADW_TYPE_WINDOW)

/* ---- What is looked for -------------------------------------------------------------------------
 */

/* In the order of the drop-down: the sections of each subject. */
static const struct
{
  const char *title;
  GantrySection first, last;
} subjects[] = {
  { N_ ("Everything"), 0, GANTRY_N_SECTIONS - 1 },
  { N_ ("Storage SOP Classes"), GANTRY_SECTION_IMAGES, GANTRY_SECTION_OTHER_STORAGE },
  { N_ ("Transfer Syntaxes"), GANTRY_SECTION_TRANSFER_SYNTAXES, GANTRY_SECTION_TRANSFER_SYNTAXES },
  { N_ ("Modalities"), GANTRY_SECTION_MODALITIES, GANTRY_SECTION_MODALITIES },
  { N_ ("Statuses"), GANTRY_SECTION_STATUSES, GANTRY_SECTION_STATUSES },
  { N_ ("Services and Other UIDs"), GANTRY_SECTION_SERVICES, GANTRY_SECTION_FOREIGN },
};

/* Adds those of @found that are in @section, what is retired below the rest, under a heading if
 * there is one to be. */
static void
add_section (GPtrArray *items, GPtrArray *found, GantrySection section, gboolean heading)
{
  for (guint i = 0; i < 2 * found->len; i++)
    {
      const GantryReference *reference = found->pdata[i % found->len];
      gboolean retired_turn = i >= found->len;

      if (gantry_reference_get_section (reference) != section || reference->retired != retired_turn)
        continue;
      if (heading)
        g_ptr_array_add (items, gantry_reference_item_new_heading (section));
      heading = FALSE;
      g_ptr_array_add (items, gantry_reference_item_new (reference));
    }
}

/* Everything is in groups; what was searched for is in the order of how well it fits. */
static GPtrArray *
make_items (GPtrArray *found, guint subject, gboolean grouped, guint *n_entries)
{
  GantrySection first = subjects[subject].first, last = subjects[subject].last;
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  *n_entries = 0;
  for (guint i = 0; i < found->len; i++)
    {
      GantrySection section = gantry_reference_get_section (found->pdata[i]);

      if (section < first || section > last)
        continue;
      ++*n_entries;
      if (!grouped)
        g_ptr_array_add (items, gantry_reference_item_new (found->pdata[i]));
    }
  for (GantrySection section = first; grouped && section <= last; section++)
    add_section (items, found, section, first != last);
  return items;
}

static void
show_nothing (GantryReferenceWindow *self, const char *text, gboolean elsewhere)
{
  g_autofree char *shown = gantry_format_text (text, 64);
  g_autofree char *escaped = g_markup_escape_text (shown, -1);
  g_autofree char *description = NULL;

  if (elsewhere)
    /* Translators: %s is what was searched for */
    description = g_strdup_printf (
        _ ("“%s” is found elsewhere. Choose “Everything” above to see it."), escaped);
  else
    description = g_strdup_printf (
        _ ("Nothing is called “%s”. Try a part of a name such as “basic text”, a modality such as "
           "“CT”, the beginning of a UID, or a status such as “A700”."),
        escaped);
  adw_status_page_set_description (self->nothing, description);
}

/* ---- What is shown ------------------------------------------------------------------------------
 */

static void
show_selected (GantryReferenceWindow *self)
{
  GantryReferenceItem *item = gtk_single_selection_get_selected_item (self->selection);
  const GantryReference *reference
      = item != NULL ? gantry_reference_item_get_reference (item) : NULL;

  if (reference == NULL)
    return;
  self->selected = gtk_single_selection_get_selected (self->selection);
  gantry_reference_show_facts (reference, self->facts);
  adw_window_title_set_title (self->facts_title, gantry_reference_get_type_name (reference));
}

/* A heading cannot be selected: the keyboard goes over it. */
static void
on_selected (GantryReferenceWindow *self)
{
  GantryReferenceItem *item = gtk_single_selection_get_selected_item (self->selection);
  guint position = gtk_single_selection_get_selected (self->selection);

  if (self->updating || item == NULL)
    return;
  if (gantry_reference_item_get_reference (item) == NULL)
    gtk_single_selection_set_selected (
        self->selection, position < self->selected && position > 0 ? position - 1 : position + 1);
  else
    show_selected (self);
}

static void
update (GantryReferenceWindow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));
  g_autoptr (GPtrArray) found = gantry_reference_search (text);
  g_autofree char *number = NULL;
  g_autofree char *count = NULL;
  g_autoptr (GPtrArray) items = NULL;
  guint n;

  self->grouped = *text == '\0';
  items = make_items (found, gtk_drop_down_get_selected (self->subject), self->grouped, &n);
  number = gantry_format_count (n);
  /* Translators: %s is a number: how many UIDs, modalities and statuses were found */
  count = g_strdup_printf (ngettext ("%s entry", "%s entries", n), number);
  gtk_label_set_text (self->count, count);

  self->updating = TRUE;
  g_list_store_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)),
                       items->pdata, items->len);
  self->updating = FALSE;
  gtk_stack_set_visible_child (self->stack, n > 0 ? self->scrolled : GTK_WIDGET (self->nothing));
  gtk_widget_set_visible (GTK_WIDGET (self->facts), n > 0);
  if (n == 0)
    {
      show_nothing (self, text, found->len > 0);
      return;
    }

  /* The best one is what people look for; the first heading comes before an entry. */
  self->selected = 0;
  gtk_single_selection_set_selected (
      self->selection, gantry_reference_item_get_reference (items->pdata[0]) == NULL ? 1 : 0);
  show_selected (self);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", 0);
}

static void
open_facts (GantryReferenceWindow *self)
{
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

static void
on_activate (GantryReferenceWindow *self, guint position)
{
  g_autoptr (GantryReferenceItem) item
      = g_list_model_get_item (G_LIST_MODEL (self->items), position);

  if (item == NULL || gantry_reference_item_get_reference (item) == NULL)
    return;
  gtk_single_selection_set_selected (self->selection, position);
  open_facts (self);
}

static void
on_search_activated (GantryReferenceWindow *self)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->items)) > 0)
    open_facts (self);
}

/* In the list where that has it, else by asking for it. */
static void
on_linked (GantryReferenceWindow *self, const char *code)
{
  const GantryReference *wanted = gantry_reference_lookup (code);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GantryReferenceItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      if (gantry_reference_item_get_reference (item) != wanted)
        continue;
      gtk_single_selection_set_selected (self->selection, i);
      gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", i);
      return;
    }
  gtk_drop_down_set_selected (self->subject, 0);
  gantry_reference_window_search (self, code);
}

/* ---- Going back ---------------------------------------------------------------------------------
 */

static void
back_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  adw_leaflet_navigate (GANTRY_REFERENCE_WINDOW (widget)->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

/* Closes what is on top: the facts, the search, the window. */
static void
escape_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryReferenceWindow *self = GANTRY_REFERENCE_WINDOW (widget);

  if (adw_leaflet_get_folded (self->leaflet)
      && adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK))
    return;
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_stop_search (GantryReferenceWindow *self)
{
  escape_activated (GTK_WIDGET (self), NULL, NULL);
}

static void
find_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryReferenceWindow *self = GANTRY_REFERENCE_WINDOW (widget);

  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/* ---- Rows ---------------------------------------------------------------------------------------
 */

static void
setup_row (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, gantry_reference_row_new ());
}

static void
bind_row (GtkSignalListItemFactory *factory G_GNUC_UNUSED,
          GtkListItem *list_item,
          GantryReferenceWindow *self)
{
  GantryReferenceItem *item = gtk_list_item_get_item (list_item);
  const GantryReference *reference = gantry_reference_item_get_reference (item);
  GtkWidget *row = gtk_list_item_get_child (list_item);
  g_autofree char *type = NULL;
  g_autofree char *spoken = NULL;

  gantry_reference_row_show (GANTRY_REFERENCE_ROW (row), item, self->grouped);
  gtk_list_item_set_selectable (list_item, reference != NULL);
  gtk_list_item_set_activatable (list_item, reference != NULL);
  if (reference == NULL)
    {
      gantry_row_set_spoken (row,
                             gantry_section_get_title (gantry_reference_item_get_section (item)));
      return;
    }
  type = gantry_reference_describe_type (reference, FALSE);
  /* Translators: read aloud: a name, its code or UID, and what it is */
  spoken = g_strdup_printf (_ ("%s, %s, %s"), reference->name, reference->code, type);
  gantry_row_set_spoken (row, spoken);
}

/* ---- The class ----------------------------------------------------------------------------------
 */

static void
gantry_reference_window_dispose (GObject *object)
{
  GantryReferenceWindow *self = GANTRY_REFERENCE_WINDOW (object);

  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->items);
  G_OBJECT_CLASS (gantry_reference_window_parent_class)->dispose (object);
}

static void
gantry_reference_window_class_init (GantryReferenceWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_reference_window_dispose;

  g_type_ensure (GANTRY_TYPE_FACTS_VIEW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-reference-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceWindow, search);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceWindow, subject);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceWindow, count);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceWindow, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceWindow, nothing);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceWindow, list);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceWindow, facts_title);
  gtk_widget_class_bind_template_child (widget_class, GantryReferenceWindow, facts);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_linked);
  gtk_widget_class_install_action (widget_class, "reference.back", NULL, back_activated);
  gtk_widget_class_install_action (widget_class, "reference.escape", NULL, escape_activated);
  gtk_widget_class_install_action (widget_class, "reference.find", NULL, find_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "reference.escape", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "reference.find",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
}

static void
gantry_reference_window_init (GantryReferenceWindow *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));

  self->items = g_list_store_new (GANTRY_TYPE_REFERENCE_ITEM);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->items)));
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (on_selected),
                            self);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), self);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));

  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    gtk_string_list_append (titles, _ (subjects[i].title));
  gtk_drop_down_set_model (self->subject, G_LIST_MODEL (titles));
  g_signal_connect_swapped (self->subject, "notify::selected", G_CALLBACK (update), self);
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self));
  update (self);
}

GantryReferenceWindow *
gantry_reference_window_present (GtkWindow *parent, const char *code)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GantryReferenceWindow *self = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (windows) && self == NULL; i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (GANTRY_IS_REFERENCE_WINDOW (window))
        self = GANTRY_REFERENCE_WINDOW (window); /* GTK holds it */
    }
  if (self == NULL)
    self = g_object_new (GANTRY_TYPE_REFERENCE_WINDOW, "transient-for", parent, NULL);
  if (code != NULL)
    gantry_reference_window_search (self, code);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_window_present (GTK_WINDOW (self));
  return self;
}

void
gantry_reference_window_search (GantryReferenceWindow *self, const char *text)
{
  g_return_if_fail (GANTRY_IS_REFERENCE_WINDOW (self));

  gtk_editable_set_text (GTK_EDITABLE (self->search), text);
  update (self);
}
