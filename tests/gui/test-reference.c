/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reference window: what is typed finds what it should, and an entry says what is known of it.
 */
#include "config.h"

#include <string.h>

#include "gantry-facts-view.h"
#include "gantry-reference-row.h"
#include "gantry-reference-window.h"
#include "gui-support.h"

typedef struct
{
  GantryReferenceWindow *window;
  GtkWidget *root, *list, *search, *facts;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->window = gantry_reference_window_present (NULL, NULL);
  f->root = GTK_WIDGET (f->window);
  f->search = gui_find_type (f->root, GTK_TYPE_SEARCH_ENTRY);
  f->facts = gui_find_type (f->root, GANTRY_TYPE_FACTS_VIEW);
  gtk_test_widget_wait_for_draw (f->root);
  /* The drop-down has a list, too. */
  f->list = gtk_widget_get_ancestor (gui_find_type (f->root, GANTRY_TYPE_REFERENCE_ROW),
                                     GTK_TYPE_LIST_VIEW);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  gpointer alive = f->window;

  g_object_add_weak_pointer (G_OBJECT (f->window), &alive);
  gtk_window_destroy (GTK_WINDOW (f->window));
  gui_wait_for (alive == NULL);
}

static GListModel *
model (Fixture *f)
{
  return G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (f->list)));
}

static const GantryReference *
selected (Fixture *f)
{
  GtkSelectionModel *selection = gtk_list_view_get_model (GTK_LIST_VIEW (f->list));

  return gantry_reference_item_get_reference (
      gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (selection)));
}

static guint
count_entries (Fixture *f)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (model (f)); i++)
    {
      g_autoptr (GantryReferenceItem) item = g_list_model_get_item (model (f), i);

      n += gantry_reference_item_get_reference (item) != NULL;
    }
  return n;
}

/* Types as a person does: the list follows when the search entry says so. */
static void
type (Fixture *f, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (f->search), text);
}

/* ---- The search -------------------------------------------------------------------------------
 */

typedef struct
{
  const char *name, *text;
  const char *code; /* of the first one */
  const char *facts[5];
} SearchCase;

static const SearchCase search_cases[] = {
  { "status",
    "A700",
    "A700",
    { "Refused: out of resources", "Status", "Failure", "The receiver is full or busy",
      "Helps often" } },
  { "status-range", "0xC123", NULL, { "Error: cannot understand", "Failure" } },
  { "sop-class",
    "ct image",
    "1.2.840.10008.5.1.4.1.1.2",
    { "CT Image Storage", "SOP class", "Image", "CT: Computed Tomography", "CTImageStorage" } },
  { "transfer-syntax",
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.90",
    { "JPEG 2000 Image Compression (Lossless Only)", "Transfer syntax", "JPEG 2000 lossless" } },
  { "report",
    "basic text sr",
    "1.2.840.10008.5.1.4.1.1.88.11",
    { "Basic Text SR Storage", "Structured report", "Related General SOP Class",
      "Enhanced SR Storage", "Comprehensive SR Storage" } },
  { "modality", "rtplan", "RTPLAN", { "Modality", "Usual for the SOP Class", "RT Plan Storage" } },
  { "private", "1.3.12.2.1107.5.9.1", "1.3.12.2.1107.5.9.1", { "1.3.12.2.1107.5.9.1" } },
  { "retired", "1.2.840.10008.5.1.1.29", "1.2.840.10008.5.1.1.29", { "retired", "Retired:" } },
};

static void
test_search (Fixture *f, gconstpointer data)
{
  const SearchCase *c = data;

  type (f, c->text);
  if (c->code != NULL)
    gui_wait_for (selected (f) != NULL && g_str_equal (selected (f)->code, c->code));
  for (guint i = 0; i < G_N_ELEMENTS (c->facts) && c->facts[i] != NULL; i++)
    {
      g_test_message ("%s", c->facts[i]);
      gui_wait_for (gui_find_part (f->facts, c->facts[i]) != NULL);
    }
  gui_wait_for (gui_find_type (f->list, GANTRY_TYPE_REFERENCE_ROW) != NULL);
}

static void
test_nothing (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  type (f, "nonsense & <b>");
  gui_wait_for (gui_find_text (f->root, "Nothing Found") != NULL);
  g_assert_nonnull (gui_find_part (f->root, "Nothing is called “nonsense & <b>”"));
  g_assert_nonnull (gui_find_part (f->root, "0 entries"));
  g_assert_false (gtk_widget_get_visible (f->facts));

  type (f, "");
  gui_wait_for (count_entries (f) > 400);
  g_assert_null (gui_find_text (f->root, "Nothing Found"));
  g_assert_true (gtk_widget_get_visible (f->facts));
}

/* ---- Everything -------------------------------------------------------------------------------
 */

/* Each group has a heading, nothing is lost, and what is retired does not come first. */
static void
test_everything (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) all = gantry_reference_search ("");
  guint headings = 0;
  GantrySection last = 0;
  gboolean retired = FALSE;

  g_assert_cmpuint (count_entries (f), ==, all->len);
  g_assert_nonnull (gui_find_text (f->list, "Images"));
  for (guint i = 0; i < g_list_model_get_n_items (model (f)); i++)
    {
      g_autoptr (GantryReferenceItem) item = g_list_model_get_item (model (f), i);
      const GantryReference *reference = gantry_reference_item_get_reference (item);
      GantrySection section = gantry_reference_item_get_section (item);

      if (reference == NULL)
        {
          g_assert_true (headings == 0 || section > last);
          headings++;
          last = section;
          retired = FALSE;
          continue;
        }
      g_assert_cmpint (section, ==, last);
      g_assert_true (reference->retired || !retired);
      retired = reference->retired;
    }
  g_assert_cmpuint (headings, >=, 12);
}

/* A heading is passed over, up and down. */
static void
test_headings (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (model (f));
  guint n = g_list_model_get_n_items (model (f));

  g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, 1);
  for (guint i = 2; i < n; i++)
    {
      g_autoptr (GantryReferenceItem) item = g_list_model_get_item (model (f), i);

      if (gantry_reference_item_get_reference (item) != NULL)
        continue;
      gtk_single_selection_set_selected (selection, i - 1);
      gtk_single_selection_set_selected (selection, i);
      g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, i + 1);
      gtk_single_selection_set_selected (selection, i);
      g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, i - 1);
    }
}

/* Only statuses; a name of another subject is said to be elsewhere. */
static void
test_subject (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *subject = gui_find_type (f->root, GTK_TYPE_DROP_DOWN);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (subject), 4);
  gui_wait_for (count_entries (f) < 100);
  for (guint i = 0; i < g_list_model_get_n_items (model (f)); i++)
    {
      g_autoptr (GantryReferenceItem) item = g_list_model_get_item (model (f), i);

      g_assert_cmpint (gantry_reference_item_get_section (item), ==, GANTRY_SECTION_STATUSES);
    }
  type (f, "ct image");
  gui_wait_for (gui_find_part (f->root, "is found elsewhere") != NULL);
}

/* ---- Facts ------------------------------------------------------------------------------------
 */

static GtkWidget *
find_row (GtkWidget *facts, const char *text)
{
  GtkWidget *label = gui_find_text (facts, text);

  return label != NULL ? gtk_widget_get_ancestor (label, GTK_TYPE_LIST_BOX_ROW) : NULL;
}

/* From a report to its modality, and from there to another SOP class. */
static void
test_links (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  type (f, "basic text sr");
  gui_wait_for (g_str_equal (selected (f)->code, "1.2.840.10008.5.1.4.1.1.88.11"));
  g_assert_true (gtk_widget_activate (find_row (f->facts, "SR: Structured Report Document")));
  gui_wait_for (g_str_equal (selected (f)->code, "SR"));
  g_assert_true (gtk_widget_activate (find_row (f->facts, "X-Ray Radiation Dose SR Storage")));
  gui_wait_for (g_str_equal (selected (f)->code, "1.2.840.10008.5.1.4.1.1.88.67"));
}

static void
on_text (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  *(char **)data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static char *
copy (Fixture *f, const char *action)
{
  char *text = NULL;

  g_assert_true (gtk_widget_activate_action (f->facts, action, NULL));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (f->facts), NULL, on_text, &text);
  gui_wait_for (text != NULL);
  return text;
}

static void
test_copy (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *code = NULL;
  g_autofree char *text = NULL;

  type (f, "ct image");
  gui_wait_for (g_str_equal (selected (f)->code, "1.2.840.10008.5.1.4.1.1.2"));
  g_assert_nonnull (gui_find_text (f->facts, "Copy UID"));
  code = copy (f, "facts.copy-code");
  text = copy (f, "facts.copy-text");
  g_assert_cmpstr (code, ==, "1.2.840.10008.5.1.4.1.1.2");
  g_assert_nonnull (strstr (text, "1.2.840.10008.5.1.4.1.1.2"));
  g_assert_nonnull (strstr (text, "CT Image Storage"));
  g_assert_nonnull (strstr (text, "CTImageStorage"));
  gui_wait_for (gui_find_part (f->root, "Copied") != NULL);
}

/* ---- Narrow -------------------------------------------------------------------------------------
 */

static void
test_narrow (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  AdwLeaflet *leaflet = ADW_LEAFLET (gui_find_type (f->root, ADW_TYPE_LEAFLET));
  GtkWidget *list_pane = adw_leaflet_get_visible_child (leaflet);

  g_assert_false (adw_leaflet_get_folded (leaflet));
  gui_resize (GTK_WINDOW (f->window), 360, 600);
  gui_wait_for (adw_leaflet_get_folded (leaflet));
  g_assert_true (adw_leaflet_get_visible_child (leaflet) == list_pane);

  type (f, "A700");
  gui_wait_for (g_str_equal (selected (f)->code, "A700"));
  g_assert_true (adw_leaflet_get_visible_child (leaflet) == list_pane);
  g_signal_emit_by_name (f->search, "activate");
  g_assert_true (adw_leaflet_get_visible_child (leaflet) != list_pane);

  /* Escape closes what is on top, one thing after another. */
  gtk_widget_activate_action (f->root, "reference.escape", NULL);
  g_assert_true (adw_leaflet_get_visible_child (leaflet) == list_pane);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (f->search)), ==, "A700");
  gtk_widget_activate_action (f->root, "reference.escape", NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (f->search)), ==, "");
}

/* There is one, which comes to the front again with what is asked for. */
static void
test_single (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_true (gantry_reference_window_present (NULL, "B007") == f->window);
  g_assert_cmpstr (selected (f)->code, ==, "B007");
}

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);

#define CASE(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  for (guint i = 0; i < G_N_ELEMENTS (search_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/reference/search/", search_cases[i].name, NULL);

      g_test_add (path, Fixture, &search_cases[i], set_up, test_search, tear_down);
    }
  CASE ("/reference/search/nothing", test_nothing);
  CASE ("/reference/everything", test_everything);
  CASE ("/reference/headings", test_headings);
  CASE ("/reference/subject", test_subject);
  CASE ("/reference/links", test_links);
  CASE ("/reference/copy", test_copy);
  CASE ("/reference/narrow", test_narrow);
  CASE ("/reference/single", test_single);
#undef CASE

  return gui_run ();
}
