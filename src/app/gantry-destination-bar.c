/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-destination-bar.h"

#include <glib/gi18n-lib.h>

#include "gantry-adaptive-box.h"
#include "gantry-format.h"
#include "gantry-item.h"
#include "gantry-node-swatch.h"
#include "gantry-peer.h"
#include "gantry-settings.h"

/* An answer of long ago says nothing about now. */
#define ANSWER_HOLDS_S (5 * 60)

struct _GantryDestinationBar
{
  AdwBin parent_instance;

  GtkDropDown *nodes;
  GtkButton *check;
  GtkRevealer *answer_revealer, *hint;
  GtkBox *answer;
  GtkImage *answer_icon;
  GtkLabel *answer_text;

  GListStore *store; /* GantryItem over GantryNode */
  gboolean listed;   /* the nodes are there; what is chosen before that is not the user's choice */
  gboolean syncing;
  gboolean listening;
  gboolean staged; /* there is something to send */

  GantryEngine *engine;
  GCancellable *listing;
  GCancellable *checking; /* NULL: no echo on its way */
  guint answer_id;        /* the timer after which the answer is old; 0: none is shown */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FORECAST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GantryDestinationBar, gantry_destination_bar, ADW_TYPE_BIN)

/* ---- The chooser ------------------------------------------------------------------------------
 */

static void
update_hint (GantryDestinationBar *self)
{
  GantryNode *node = gantry_destination_bar_get_node (self);

  gtk_revealer_set_reveal_child (self->hint, node != NULL && node->is_self && !self->listening);
}

/* The label becomes the button's accessible name, with its underscore. */
static void
label_check (GantryDestinationBar *self, gboolean checking)
{
  gtk_button_set_label (self->check, checking ? _ ("_Stop") : _ ("_Check"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  checking ? _ ("Stop checking") : _ ("Check destination"), -1);
}

static void
hide_answer (GantryDestinationBar *self)
{
  g_clear_handle_id (&self->answer_id, g_source_remove);
  gtk_revealer_set_reveal_child (self->answer_revealer, FALSE);
}

static void
forget_answer (GantryDestinationBar *self)
{
  if (self->checking != NULL)
    g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  label_check (self, FALSE);
  hide_answer (self);
}

static void
node_chosen (GantryDestinationBar *self)
{
  GantryNode *node = gantry_destination_bar_get_node (self);

  if (self->syncing)
    return;
  if (self->listed && node != NULL)
    g_settings_set_int64 (gantry_settings_get (), GANTRY_KEY_LAST_DESTINATION, node->id);
  forget_answer (self);
  update_hint (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "destination.check", node != NULL);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gint64
node_id (gconstpointer record)
{
  return ((const GantryNode *)record)->id;
}

static void
nodes_listed (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  GantryDestinationBar *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) nodes
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, &error);
  GantryNode *node;
  gint64 chosen;

  if (nodes == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("The nodes cannot be listed: %s", error->message);
      return;
    }

  node = gantry_destination_bar_get_node (self);
  chosen = node != NULL ? node->id : 0;
  self->syncing = TRUE;
  gantry_item_store_sync (self->store, nodes, node_id);
  if (!self->listed)
    chosen = g_settings_get_int64 (gantry_settings_get (), GANTRY_KEY_LAST_DESTINATION);
  /* A node that got another name moves in the list, and one that was deleted leaves it: never does
   * its neighbour become the destination by that. */
  else if (gantry_item_store_find (self->store, chosen, NULL) == NULL)
    gtk_drop_down_set_selected (self->nodes, GTK_INVALID_LIST_POSITION);
  gantry_destination_bar_choose (self, chosen);
  self->syncing = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->nodes), nodes->len > 0);
  self->listed = nodes->len > 0;
  node_chosen (self);
}

static void
list_nodes (GantryDestinationBar *self)
{
  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  self->listing = g_cancellable_new ();
  gantry_engine_list_nodes_async (self->engine, self->listing, nodes_listed, self);
}

/* ---- How a node looks in it ---------------------------------------------------------------------
 */

static GtkWidget *
create_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

/* Two lines in the list, one in the button; the node's colour before them. */
static void
setup_node (GtkSignalListItemFactory *factory G_GNUC_UNUSED,
            GtkListItem *list_item,
            gpointer orientation)
{
  gboolean one_line = GPOINTER_TO_INT (orientation) == GTK_ORIENTATION_HORIZONTAL;
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *box = gtk_box_new (GPOINTER_TO_INT (orientation), one_line ? 9 : 0);

  gtk_box_append (GTK_BOX (box), create_label (NULL));
  gtk_box_append (GTK_BOX (box), create_label ("dim-label"));
  if (!one_line)
    {
      gtk_widget_add_css_class (gtk_widget_get_last_child (box), "caption");
      gtk_widget_set_margin_top (box, 3);
      gtk_widget_set_margin_bottom (box, 3);
    }
  gtk_box_append (GTK_BOX (row), gantry_node_swatch_new ());
  gtk_box_append (GTK_BOX (row), box);
  gtk_list_item_set_child (list_item, row);
}

static void
show_node (GantryItem *item, GParamSpec *pspec G_GNUC_UNUSED, GtkListItem *list_item)
{
  GantryNode *node = gantry_item_get_record (item);
  GtkWidget *row = gtk_list_item_get_child (list_item);
  GtkWidget *box = gtk_widget_get_last_child (row);
  g_autofree char *name = gantry_format_text (node->name, 0);
  g_autofree char *address = gantry_peer_format (node->ae_title, node->host, node->port);

  gantry_node_swatch_set_color (GANTRY_NODE_SWATCH (gtk_widget_get_first_child (row)), node->color);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (box)), name);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (box)), address);
}

static void
bind_node (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item)
{
  GantryItem *item = gtk_list_item_get_item (list_item);

  g_signal_connect (item, "notify::record", G_CALLBACK (show_node), list_item);
  show_node (item, NULL, list_item);
}

static void
unbind_node (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), show_node, list_item);
}

static GtkListItemFactory *
create_factory (GtkOrientation orientation)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_node), GINT_TO_POINTER (orientation));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_node), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_node), NULL);
  return factory;
}

/* ---- Check --------------------------------------------------------------------------------------
 */

static gboolean
answer_is_old (gpointer data)
{
  GantryDestinationBar *self = data;

  self->answer_id = 0;
  hide_answer (self);
  return G_SOURCE_REMOVE;
}

static void
show_answer (GantryDestinationBar *self, const GantryEcho *echo)
{
  g_autofree char *trip = gantry_format_latency (echo->elapsed[GANTRY_STEP_MESSAGE]);
  g_autofree char *text = NULL;

  /* Translators: a sentence, and how long the answer took */
  text = echo->ok ? g_strdup_printf (_ ("%s (%s)"), echo->message, trip) : g_strdup (echo->message);
  gtk_label_set_text (self->answer_text, text);
  gtk_image_set_from_icon_name (self->answer_icon,
                                echo->ok ? "object-select-symbolic" : "dialog-error-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (self->answer),
                              (const char *[]){ echo->ok ? "success" : "error", NULL });
  gtk_revealer_set_reveal_child (self->answer_revealer, TRUE);
  g_clear_handle_id (&self->answer_id, g_source_remove);
  self->answer_id = g_timeout_add_seconds (ANSWER_HOLDS_S, answer_is_old, self);
}

static void
checked (GObject *engine, GAsyncResult *result, gpointer user_data)
{
  GantryDestinationBar *self = user_data;
  g_autoptr (GantryEcho) echo = gantry_engine_echo_finish (GANTRY_ENGINE (engine), result, NULL);

  /* It fails only when cancelled, and then another node is shown. */
  if (echo == NULL)
    return;
  g_clear_object (&self->checking);
  label_check (self, FALSE);
  show_answer (self, echo);
}

static void
check_activated (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *p G_GNUC_UNUSED)
{
  GantryDestinationBar *self = GANTRY_DESTINATION_BAR (widget);
  GantryNode *node = gantry_destination_bar_get_node (self);
  gboolean stop = self->checking != NULL;

  forget_answer (self);
  if (stop || node == NULL)
    return;
  if (self->staged)
    {
      g_signal_emit (self, signals[SIGNAL_FORECAST], 0, node);
      return;
    }
  self->checking = g_cancellable_new ();
  label_check (self, TRUE);
  gantry_engine_echo_async (self->engine, node, NULL, self->checking, checked, self);
}

/* The Receive page follows the settings. */
static void
receive_activated (GtkWidget *widget G_GNUC_UNUSED,
                   const char *name G_GNUC_UNUSED,
                   GVariant *p G_GNUC_UNUSED)
{
  g_settings_set_boolean (gantry_settings_get (), GANTRY_KEY_RECEIVE_ON, TRUE);
}

/* ---- The class ----------------------------------------------------------------------------------
 */

static void
gantry_destination_bar_dispose (GObject *object)
{
  GantryDestinationBar *self = GANTRY_DESTINATION_BAR (object);

  g_clear_handle_id (&self->answer_id, g_source_remove);
  g_cancellable_cancel (self->listing);
  g_cancellable_cancel (self->checking);
  g_clear_object (&self->listing);
  g_clear_object (&self->checking);
  g_clear_object (&self->engine);
  if (self->nodes != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->nodes, node_chosen, self);
      gtk_drop_down_set_model (self->nodes, NULL);
    }
  G_OBJECT_CLASS (gantry_destination_bar_parent_class)->dispose (object);
}

static void
gantry_destination_bar_finalize (GObject *object)
{
  g_clear_object (&GANTRY_DESTINATION_BAR (object)->store);
  G_OBJECT_CLASS (gantry_destination_bar_parent_class)->finalize (object);
}

static void
gantry_destination_bar_class_init (GantryDestinationBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = gantry_destination_bar_dispose;
  object_class->finalize = gantry_destination_bar_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", GANTRY_TYPE_DESTINATION_BAR, G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FORECAST]
      = g_signal_new ("forecast", GANTRY_TYPE_DESTINATION_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-destination-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryDestinationBar, nodes);
  gtk_widget_class_bind_template_child (widget_class, GantryDestinationBar, check);
  gtk_widget_class_bind_template_child (widget_class, GantryDestinationBar, answer_revealer);
  gtk_widget_class_bind_template_child (widget_class, GantryDestinationBar, answer);
  gtk_widget_class_bind_template_child (widget_class, GantryDestinationBar, answer_icon);
  gtk_widget_class_bind_template_child (widget_class, GantryDestinationBar, answer_text);
  gtk_widget_class_bind_template_child (widget_class, GantryDestinationBar, hint);
  gtk_widget_class_install_action (widget_class, "destination.check", NULL, check_activated);
  gtk_widget_class_install_action (widget_class, "destination.receive-here", NULL,
                                   receive_activated);
}

static void
gantry_destination_bar_init (GantryDestinationBar *self)
{
  g_autoptr (GtkListItemFactory) button_factory = create_factory (GTK_ORIENTATION_HORIZONTAL);
  g_autoptr (GtkListItemFactory) list_factory = create_factory (GTK_ORIENTATION_VERTICAL);

  gtk_widget_init_template (GTK_WIDGET (self));

  self->store = g_list_store_new (GANTRY_TYPE_ITEM);
  gtk_drop_down_set_factory (self->nodes, button_factory);
  gtk_drop_down_set_list_factory (self->nodes, list_factory);
  gtk_drop_down_set_model (self->nodes, G_LIST_MODEL (self->store));
  g_signal_connect_swapped (self->nodes, "notify::selected-item", G_CALLBACK (node_chosen), self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "destination.check", FALSE);
}

void
gantry_destination_bar_set_engine (GantryDestinationBar *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_DESTINATION_BAR (self));

  if (g_set_object (&self->engine, engine))
    list_nodes (self);
}

static void
set_listening (GantryDestinationBar *self, gboolean on)
{
  GantryNode *node = gantry_destination_bar_get_node (self);

  if (on != self->listening && node != NULL && node->is_self)
    hide_answer (self);
  self->listening = on;
  update_hint (self);
}

/* The answer that is seen is the newest that there is, whoever asked. */
static void
take_health (GantryDestinationBar *self, const GantryHealth *health)
{
  GantryNode *node = gantry_destination_bar_get_node (self);

  if (self->answer_id != 0 && node != NULL && node->id == health->node_id && health->last != NULL)
    show_answer (self, health->last);
}

void
gantry_destination_bar_handle_event (GantryDestinationBar *self, GantryEvent *event)
{
  g_return_if_fail (GANTRY_IS_DESTINATION_BAR (self));

  if (event->type == GANTRY_EVENT_NODES_CHANGED)
    list_nodes (self);
  else if (event->type == GANTRY_EVENT_LISTENER)
    set_listening (self, event->listener.on);
  else if (event->type == GANTRY_EVENT_HEALTH)
    take_health (self, event->health);
}

void
gantry_destination_bar_set_staged (GantryDestinationBar *self, gboolean staged)
{
  g_return_if_fail (GANTRY_IS_DESTINATION_BAR (self));

  if (self->staged == staged)
    return;
  self->staged = staged;
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->check),
                               staged
                                   ? _ ("Ask the Destination What It Would Take, Without Sending")
                                   : _ ("Ask the Destination Whether It Answers (C-ECHO)"));
}

GantryNode *
gantry_destination_bar_get_node (GantryDestinationBar *self)
{
  GantryItem *item;

  g_return_val_if_fail (GANTRY_IS_DESTINATION_BAR (self), NULL);

  item = gtk_drop_down_get_selected_item (self->nodes);
  return item != NULL ? gantry_item_get_record (item) : NULL;
}

void
gantry_destination_bar_choose (GantryDestinationBar *self, gint64 id)
{
  guint position;

  g_return_if_fail (GANTRY_IS_DESTINATION_BAR (self));

  if (gantry_item_store_find (self->store, id, &position) != NULL)
    gtk_drop_down_set_selected (self->nodes, position);
}
