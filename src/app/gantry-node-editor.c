/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-node-editor.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-node-item.h"
#include "gantry-node-options-group.h"
#include "gantry-node-swatch.h"
#include "gantry-node-test.h"
#include "gantry-peer.h"

/* The port that the standard registered for DICOM without TLS (PS3.8 9.1.1); 2762 is for TLS
 * (PS3.15 B.1), which people who need it are told by who gave them the address. */
#define DEFAULT_PORT "104"

typedef struct
{
  GtkWidget *row;       /* AdwEntryRow */
  GtkWidget *error_row; /* below it, visible when there is something to say */
  GtkLabel *error_label;
  gboolean touched; /* an empty field is no error before somebody was in it */
} Field;

struct _GantryNodeEditor
{
  AdwWindow parent_instance;

  GtkWidget *save_button;
  AdwPreferencesGroup *node_group;
  AdwPreferencesGroup *calling_group;
  GtkScrolledWindow *scrolled;
  GantryNodeTest *test;
  GantryNodeOptionsGroup *options;
  GtkLabel *failure_label;
  Field fields[GANTRY_N_NODE_FIELDS];
  AdwComboRow *color;

  GantryEngine *engine;
  GListModel *nodes;
  gint64 id;
  GtkSwitch *tls;
  GCancellable *saving; /* NULL: not */
  gboolean filling;     /* texts are being set by us */
};

G_DEFINE_FINAL_TYPE (GantryNodeEditor, gantry_node_editor, ADW_TYPE_WINDOW)

static guint saved_signal;

/* ---- Checks: NULL, or a sentence ---------------------------------------------------------- */

static char *
get_text (GantryNodeEditor *self, GantryNodeField field)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->fields[field].row))));
}

static char *
check_name (GantryNodeEditor *self, const char *text)
{
  guint n = g_list_model_get_n_items (self->nodes);

  if (*text == '\0')
    return g_strdup (_ ("Give the node a name that tells people what it is."));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GantryNodeItem) item = g_list_model_get_item (self->nodes, i);
      const GantryNode *node = gantry_node_item_get_node (item);

      if (node->id != self->id && g_str_equal (node->name, text))
        return g_strdup (_ ("Another node has this name already."));
    }
  return NULL;
}

static char *
check_ae_title (GantryNodeEditor *self G_GNUC_UNUSED, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (*text == '\0')
    return g_strdup (_ ("Enter the AE title under which the node is called."));
  return gantry_ae_title_check (text, &error) ? NULL : g_strdup (error->message);
}

static char *
check_host (GantryNodeEditor *self G_GNUC_UNUSED, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GantryPeer) peer = NULL;

  if (*text == '\0')
    return g_strdup (_ ("Enter a host name or an IP address."));
  /* Any title and port: only the host is judged here. */
  address = gantry_peer_format ("AE", text, 104);
  peer = gantry_peer_parse (address, &error);
  if (peer == NULL)
    return g_strdup (error->message);
  if (!g_str_equal (gantry_peer_get_host (peer), text) || strpbrk (text, "@/ ") != NULL)
    return g_strdup (_ ("Enter only the host name or IP address here."));
  return NULL;
}

static char *
check_port (GantryNodeEditor *self G_GNUC_UNUSED, const char *text)
{
  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, NULL, NULL))
    return NULL;
  return g_strdup (_ ("A port is a number from 1 to 65535. Most archives use 104 or 11112."));
}

static char *
check_calling (GantryNodeEditor *self G_GNUC_UNUSED, const char *text)
{
  g_autoptr (GError) error = NULL;

  return *text == '\0' || gantry_ae_title_check (text, &error) ? NULL : g_strdup (error->message);
}

static const struct
{
  const char *title;
  GtkInputPurpose purpose;
  char *(*check) (GantryNodeEditor *self, const char *text);
} field_kinds[] = {
  [GANTRY_NODE_FIELD_NAME] = { N_ ("Name"), GTK_INPUT_PURPOSE_FREE_FORM, check_name },
  [GANTRY_NODE_FIELD_AE_TITLE] = { N_ ("AE Title"), GTK_INPUT_PURPOSE_FREE_FORM, check_ae_title },
  [GANTRY_NODE_FIELD_HOST] = { N_ ("Host"), GTK_INPUT_PURPOSE_URL, check_host },
  [GANTRY_NODE_FIELD_PORT] = { N_ ("Port"), GTK_INPUT_PURPOSE_DIGITS, check_port },
  [GANTRY_NODE_FIELD_CALLING]
  = { N_ ("Calling AE Title (Optional)"), GTK_INPUT_PURPOSE_FREE_FORM, check_calling },
};

/* ---- Validation --------------------------------------------------------------------------- */

static void
show_error (Field *field, const char *error)
{
  if (error != NULL)
    gtk_widget_add_css_class (field->row, "error");
  else
    gtk_widget_remove_css_class (field->row, "error");
  gtk_label_set_text (field->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (field->error_row, error != NULL);
  gtk_accessible_update_state (
      GTK_ACCESSIBLE (field->row), GTK_ACCESSIBLE_STATE_INVALID,
      error != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
validate (GantryNodeEditor *self)
{
  gboolean valid = TRUE;
  gboolean testable = TRUE; /* it can be asked under any name */

  for (guint i = 0; i < GANTRY_N_NODE_FIELDS; i++)
    {
      g_autofree char *text = get_text (self, i);
      g_autofree char *error = field_kinds[i].check (self, text);

      valid &= error == NULL;
      testable &= error == NULL || i == GANTRY_NODE_FIELD_NAME;
      show_error (&self->fields[i], self->fields[i].touched ? error : NULL);
    }
  gtk_widget_set_sensitive (self->save_button, valid && self->saving == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "node.test", testable);
}

/* What was found out is of another address. */
static void
address_changed (GantryNodeEditor *self)
{
  if (!self->filling)
    gantry_node_test_forget (self->test);
}

static void
on_changed (GtkWidget *row, GantryNodeEditor *self)
{
  for (guint i = 0; i < GANTRY_N_NODE_FIELDS; i++)
    if (self->fields[i].row == row && !self->filling)
      self->fields[i].touched = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self->failure_label), FALSE);
  if (row != self->fields[GANTRY_NODE_FIELD_NAME].row)
    address_changed (self);
  validate (self);
}

static void
set_field (GantryNodeEditor *self, GantryNodeField field, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (self->fields[field].row), text);
}

/* A whole address, pasted into one of the fields, goes where its parts belong. Typed text comes one
 * character at a time, so nothing is taken from under the fingers. */
static void
on_insert_text (GtkEditable *editable,
                const char *text,
                int length,
                int *position G_GNUC_UNUSED,
                GantryNodeEditor *self)
{
  g_autofree char *address
      = g_strstrip (length < 0 ? g_strdup (text) : g_strndup (text, (gsize)length));
  g_autoptr (GantryPeer) peer = NULL;
  g_autofree char *port = NULL;
  g_autofree char *name = NULL;

  if (self->filling)
    return;
  peer = gantry_peer_parse (address, NULL);
  if (peer == NULL)
    return;

  g_signal_stop_emission_by_name (editable, "insert-text");
  self->filling = TRUE;
  port = g_strdup_printf ("%u", gantry_peer_get_port (peer));
  set_field (self, GANTRY_NODE_FIELD_AE_TITLE, gantry_peer_get_ae_title (peer));
  set_field (self, GANTRY_NODE_FIELD_HOST, gantry_peer_get_host (peer));
  set_field (self, GANTRY_NODE_FIELD_PORT, port);
  name = get_text (self, GANTRY_NODE_FIELD_NAME);
  if (*name == '\0')
    set_field (self, GANTRY_NODE_FIELD_NAME, gantry_peer_get_ae_title (peer));
  self->filling = FALSE;
  address_changed (self);
  for (guint i = 0; i < GANTRY_N_NODE_FIELDS; i++)
    self->fields[i].touched = TRUE;
  validate (self);
}

/* ---- The node as it is entered ----------------------------------------------------------------
 */

/* Returns: (transfer full) (nullable): %NULL while the port is none */
static GantryNode *
make_node (GantryNodeEditor *self, gint64 id)
{
  g_autofree char *name = get_text (self, GANTRY_NODE_FIELD_NAME);
  g_autofree char *ae_title = get_text (self, GANTRY_NODE_FIELD_AE_TITLE);
  g_autofree char *host = get_text (self, GANTRY_NODE_FIELD_HOST);
  g_autofree char *port_text = get_text (self, GANTRY_NODE_FIELD_PORT);
  g_autofree char *calling = get_text (self, GANTRY_NODE_FIELD_CALLING);
  g_autofree char *notes = gantry_node_options_group_get_notes (self->options);
  GantryNode *node;
  guint64 port;

  if (!g_ascii_string_to_unsigned (port_text, 10, 1, G_MAXUINT16, &port, NULL))
    return NULL;
  node = gantry_node_new (id, name, ae_title, host, (guint16)port, calling, FALSE);
  node->options = gantry_node_options_group_get (self->options);
  node->options.tls = gtk_switch_get_active (self->tls) ? TRUE : -1;
  node->color = (GantryNodeColor)adw_combo_row_get_selected (self->color);
  gantry_record_set (&node->notes, notes);
  return node;
}

/* ---- Testing ----------------------------------------------------------------------------------
 */

static gboolean
scroll_to_answer (GtkWidget *widget,
                  GdkFrameClock *clock G_GNUC_UNUSED,
                  gpointer data G_GNUC_UNUSED)
{
  GantryNodeEditor *self = GANTRY_NODE_EDITOR (widget);
  GtkViewport *viewport = GTK_VIEWPORT (gtk_scrolled_window_get_child (self->scrolled));
  double y;

  if (gtk_widget_translate_coordinates (GTK_WIDGET (self->test), gtk_viewport_get_child (viewport),
                                        0, 0, NULL, &y))
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), y);
  return G_SOURCE_REMOVE;
}

/* The answer takes room that was not there. That is said in the middle of an allocation, which is
 * too late for another place in it. */
static void
on_room (GtkAdjustment *adjustment, GantryNodeEditor *self)
{
  g_signal_handlers_disconnect_by_func (adjustment, on_room, self);
  gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_to_answer, NULL, NULL);
}

static void
test_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *value G_GNUC_UNUSED)
{
  GantryNodeEditor *self = GANTRY_NODE_EDITOR (widget);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  g_autoptr (GantryNode) node = NULL;

  if (gantry_node_test_is_running (self->test))
    {
      gantry_node_test_cancel (self->test);
      return;
    }
  node = make_node (self, 0);
  if (node == NULL)
    return;
  /* It may have none yet, and notes are no answer. */
  if (*node->name == '\0')
    gantry_record_set (&node->name, node->host);
  gantry_record_set (&node->notes, "");
  g_signal_handlers_disconnect_by_func (adjustment, on_room, self);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_room), self, 0);
  gantry_node_test_start (self->test, self->engine, node);
}

/* ---- Saving ------------------------------------------------------------------------------- */

static void
on_saved (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GantryNodeEditor) self = data;
  g_autoptr (GError) error = NULL;
  gint64 id = gantry_engine_save_node_finish (GANTRY_ENGINE (object), result, &error);

  g_clear_object (&self->saving);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error == NULL)
    {
      g_signal_emit (self, saved_signal, 0, id);
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  validate (self);
  if (g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_BUSY))
    {
      show_error (&self->fields[GANTRY_NODE_FIELD_NAME], error->message);
      gtk_widget_grab_focus (self->fields[GANTRY_NODE_FIELD_NAME].row);
      return;
    }
  gtk_label_set_text (self->failure_label, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->failure_label), TRUE);
}

static void
save (GantryNodeEditor *self)
{
  g_autoptr (GantryNode) node = make_node (self, self->id);

  if (node == NULL)
    return;
  self->saving = g_cancellable_new ();
  gtk_widget_set_sensitive (self->save_button, FALSE);
  gantry_engine_save_node_async (self->engine, node, self->saving, on_saved, g_object_ref (self));
}

/* Enter in any field. */
static void
on_entry_activated (GantryNodeEditor *self)
{
  for (guint i = 0; i < GANTRY_N_NODE_FIELDS; i++)
    self->fields[i].touched = TRUE;
  validate (self);
  if (gtk_widget_is_sensitive (self->save_button))
    save (self);
}

static gboolean
gantry_node_editor_close_request (GtkWindow *window)
{
  g_cancellable_cancel (GANTRY_NODE_EDITOR (window)->saving);
  gantry_node_test_cancel (GANTRY_NODE_EDITOR (window)->test);
  return GTK_WINDOW_CLASS (gantry_node_editor_parent_class)->close_request (window);
}

/* ---- The class ---------------------------------------------------------------------------- */

static void
make_field (GantryNodeEditor *self, GantryNodeField kind)
{
  Field *field = &self->fields[kind];
  AdwPreferencesGroup *group
      = kind == GANTRY_NODE_FIELD_CALLING ? self->calling_group : self->node_group;

  field->row = g_object_new (ADW_TYPE_ENTRY_ROW, "title", _ (field_kinds[kind].title),
                             "input-purpose", field_kinds[kind].purpose, NULL);
  field->error_label
      = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "wrap", TRUE, "margin-top", 6, "margin-bottom",
                      6, "margin-start", 12, "margin-end", 12, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (field->error_label), "error");
  gtk_widget_add_css_class (GTK_WIDGET (field->error_label), "caption");
  field->error_row = g_object_new (ADW_TYPE_PREFERENCES_ROW, "activatable", FALSE, "focusable",
                                   FALSE, "child", field->error_label, "visible", FALSE, NULL);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (field->row), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  field->error_label, NULL, -1);
  adw_preferences_group_add (group, field->row);
  adw_preferences_group_add (group, field->error_row);

  g_signal_connect (field->row, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (field->row, "entry-activated", G_CALLBACK (on_entry_activated), self);
  if (kind == GANTRY_NODE_FIELD_NAME || kind == GANTRY_NODE_FIELD_AE_TITLE
      || kind == GANTRY_NODE_FIELD_HOST)
    g_signal_connect (gtk_editable_get_delegate (GTK_EDITABLE (field->row)), "insert-text",
                      G_CALLBACK (on_insert_text), self);
}

static void
gantry_node_editor_dispose (GObject *object)
{
  GantryNodeEditor *self = GANTRY_NODE_EDITOR (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->nodes);
  g_clear_object (&self->saving);
  /* An answer under way may hold it for longer than its parent lives. */
  gtk_window_set_transient_for (GTK_WINDOW (object), NULL);
  G_OBJECT_CLASS (gantry_node_editor_parent_class)->dispose (object);
}

static void
gantry_node_editor_class_init (GantryNodeEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_node_editor_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = gantry_node_editor_close_request;

  saved_signal = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  g_type_ensure (GANTRY_TYPE_NODE_OPTIONS_GROUP);
  g_type_ensure (GANTRY_TYPE_NODE_TEST);
  gtk_widget_class_install_action (widget_class, "node.test", NULL, test_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "node.test", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-node-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryNodeEditor, save_button);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeEditor, node_group);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeEditor, calling_group);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeEditor, options);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeEditor, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeEditor, test);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeEditor, failure_label);
  gtk_widget_class_bind_template_child (widget_class, GantryNodeEditor, tls);
  gtk_widget_class_bind_template_callback (widget_class, address_changed);
  gtk_widget_class_bind_template_callback (widget_class, save);
}

static void
gantry_node_editor_init (GantryNodeEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filling = TRUE;
  for (guint i = 0; i < GANTRY_N_NODE_FIELDS; i++)
    make_field (self, i);
  self->color = g_object_new (ADW_TYPE_COMBO_ROW, "title", _ ("Colour"), NULL);
  gantry_node_swatch_fill_row (self->color);
  adw_preferences_group_add (self->node_group, GTK_WIDGET (self->color));
}

GtkWidget *
gantry_node_editor_new (GtkWindow *parent,
                        GantryEngine *engine,
                        GantryNode *node,
                        GListModel *nodes)
{
  GantryNodeEditor *self = g_object_new (GANTRY_TYPE_NODE_EDITOR, "transient-for", parent, NULL);

  self->engine = g_object_ref (engine);
  self->nodes = g_object_ref (nodes);
  self->id = node != NULL ? node->id : 0;
  gtk_window_set_title (GTK_WINDOW (self), self->id != 0 ? _ ("Edit Node") : _ ("Add Node"));

  set_field (self, GANTRY_NODE_FIELD_PORT, DEFAULT_PORT);
  if (node != NULL)
    {
      g_autofree char *port = g_strdup_printf ("%u", node->port);

      gtk_switch_set_active (self->tls, node->options.tls > 0);
      adw_combo_row_set_selected (self->color, node->color);
      set_field (self, GANTRY_NODE_FIELD_NAME, node->name);
      set_field (self, GANTRY_NODE_FIELD_AE_TITLE, node->ae_title);
      set_field (self, GANTRY_NODE_FIELD_HOST, node->host);
      set_field (self, GANTRY_NODE_FIELD_PORT, port);
      set_field (self, GANTRY_NODE_FIELD_CALLING, node->calling_ae_title);
      gantry_node_options_group_set (self->options, &node->options, node->notes);
    }
  self->filling = FALSE;
  validate (self);
  gtk_window_set_focus (GTK_WINDOW (self), self->fields[GANTRY_NODE_FIELD_NAME].row);
  return GTK_WIDGET (self);
}

GtkEditable *
gantry_node_editor_get_field (GantryNodeEditor *self, GantryNodeField field)
{
  g_return_val_if_fail (GANTRY_IS_NODE_EDITOR (self), NULL);
  g_return_val_if_fail (field < GANTRY_N_NODE_FIELDS, NULL);

  return GTK_EDITABLE (self->fields[field].row);
}

const char *
gantry_node_editor_get_error (GantryNodeEditor *self, GantryNodeField field)
{
  g_return_val_if_fail (GANTRY_IS_NODE_EDITOR (self), NULL);
  g_return_val_if_fail (field < GANTRY_N_NODE_FIELDS, NULL);

  return gtk_widget_get_visible (self->fields[field].error_row)
             ? gtk_label_get_text (self->fields[field].error_label)
             : NULL;
}

gboolean
gantry_node_editor_get_valid (GantryNodeEditor *self)
{
  g_return_val_if_fail (GANTRY_IS_NODE_EDITOR (self), FALSE);

  return gtk_widget_get_sensitive (self->save_button);
}
