/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-details.h"

#include <glib/gi18n-lib.h>

#include "gantry-association-list.h"
#include "gantry-facts-view.h"
#include "gantry-format.h"
#include "gantry-messages-view.h"
#include "gantry-negotiation-words.h"
#include "gantry-pdu-view.h"
#include "gantry-peer-words.h"
#include "gantry-record-column.h"
#include "gantry-registry.h"
#include "gantry-words.h"

struct _GantryAssociationDetails
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkStack *contexts_stack;
  GtkLabel *contexts_label;
  GtkScrolledWindow *contexts_scrolled;
  GtkColumnView *contexts_view;
  GantryFactsView *negotiation;
  GantryMessagesView *messages;
  GantryPduView *pdus;
  GtkLabel *changes_label;
  GtkListBox *changes;
  GtkStack *objects_stack;
  GtkLabel *objects_label;
  GtkScrolledWindow *objects_scrolled;
  GtkColumnView *objects_view;

  GantryEngine *engine;
  gint64 id; /* of the association that is shown; 0: none */
  GantryAssociationState state;
  GCancellable *question;  /* for the contexts */
  gboolean contexts_known; /* it has been answered */
  GListStore *contexts;    /* GantryPagedItem */
  GantryAssociationList objects;
};

G_DEFINE_FINAL_TYPE (GantryAssociationDetails, gantry_association_details, ADW_TYPE_BIN)

/* ---- Contexts ----------------------------------------------------------------------------- */

/* A name, its UID and whether it is retired, as the pointer is told. */
static char *
explain_uid (const char *uid)
{
  g_autofree char *name = gantry_uid_describe (uid);
  const GantryUid *known = gantry_uid_lookup (uid);

  if (known == NULL)
    return g_steal_pointer (&name); /* the UID is in it */
  if (known->retired)
    /* Translators: a name and its UID */
    return g_strdup_printf (_ ("%s (%s), retired"), name, uid);
  return g_strdup_printf (_ ("%s (%s)"), name, uid);
}

static void
fill_context_id (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, g_strdup_printf ("%u", ((const GantryContext *)data)->id));
}

static void
fill_context_class (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell,
                         gantry_uid_describe (((const GantryContext *)data)->abstract_syntax));
  gantry_cell_take_tooltip (cell, explain_uid (((const GantryContext *)data)->abstract_syntax));
}

static void
fill_context_proposed (GtkWidget *cell, gconstpointer data)
{
  const GantryContext *context = data;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  g_auto (GStrv) explained = NULL;

  for (char **uid = context->proposed; *uid != NULL; uid++)
    {
      g_autofree char *name = gantry_transfer_syntax_describe (*uid);
      g_autofree char *line = explain_uid (*uid);

      g_strv_builder_add (names, name);
      g_strv_builder_add (lines, line);
    }
  list = g_strv_builder_end (names);
  explained = g_strv_builder_end (lines);
  gantry_cell_take_text (cell, g_strjoinv (", ", list));
  gantry_cell_take_tooltip (cell, g_strjoinv ("\n", explained));
}

static void
fill_context_result (GtkWidget *cell, gconstpointer data)
{
  const GantryContext *context = data;

  if (context->result == 0)
    {
      g_autofree char *name = gantry_transfer_syntax_describe (context->accepted);
      gantry_cell_set_state (cell, "object-select-symbolic", name, "success");
      gantry_cell_take_tooltip (cell, explain_uid (context->accepted));
    }
  else if (context->result == GANTRY_CONTEXT_NOT_ANSWERED)
    gantry_cell_set_state (cell, NULL, gantry_context_result_describe (context->result), NULL);
  else
    gantry_cell_set_state (cell, "window-close-symbolic",
                           gantry_context_result_describe (context->result), "error");
}

static char *
describe_context (gconstpointer data)
{
  const GantryContext *context = data;
  g_autofree char *name = gantry_uid_describe (context->abstract_syntax);
  g_autofree char *syntax = NULL;

  if (context->result != 0)
    return g_strdup_printf (_ ("Context %u, %s: %s"), context->id, name,
                            gantry_context_result_describe (context->result));
  syntax = gantry_transfer_syntax_describe (context->accepted);
  return g_strdup_printf (_ ("Context %u, %s: accepted with %s"), context->id, name, syntax);
}

static const GantryRecordColumn context_columns[] = {
  { N_ ("ID"), GANTRY_CELL_NUMBER, 4, FALSE, 3, fill_context_id },
  { N_ ("SOP Class"), GANTRY_CELL_TEXT, 15, TRUE, 0, fill_context_class },
  { N_ ("Proposed"), GANTRY_CELL_TEXT, 22, TRUE, 2, fill_context_proposed },
  { N_ ("Answer"), GANTRY_CELL_STATE, 14, TRUE, 0, fill_context_result },
};

static void
set_contexts (GantryAssociationDetails *self, GPtrArray *contexts)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < contexts->len; i++)
    {
      GantryPagedItem *item = gantry_paged_item_new (i, NULL, NULL);

      gantry_paged_item_set_record (item, g_ptr_array_index (contexts, i));
      g_ptr_array_add (items, item);
    }
  g_list_store_splice (self->contexts, 0, g_list_model_get_n_items (G_LIST_MODEL (self->contexts)),
                       items->pdata, items->len);
}

static void
show_contexts (GantryAssociationDetails *self)
{
  gboolean some = g_list_model_get_n_items (G_LIST_MODEL (self->contexts)) > 0;

  if (self->state == GANTRY_ASSOCIATION_NEGOTIATING)
    gtk_label_set_text (self->contexts_label, _ ("The association is being negotiated."));
  else if (self->state == GANTRY_ASSOCIATION_REJECTED)
    gtk_label_set_text (
        self->contexts_label,
        _ ("The association was rejected before its presentation contexts were answered."));
  else if (self->contexts_known)
    gtk_label_set_text (self->contexts_label, _ ("No presentation contexts were negotiated."));
  gtk_stack_set_visible_child (self->contexts_stack, some ? GTK_WIDGET (self->contexts_scrolled)
                                                          : GTK_WIDGET (self->contexts_label));
}

/* ---- What changed ------------------------------------------------------------------------- */

static void
clear_list (GtkListBox *list)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

static void
show_changes (GantryAssociationDetails *self, const GantryAssociationRecord *record)
{
  gboolean some = record->differences != NULL && record->differences[0] != NULL;

  clear_list (self->changes);
  for (guint i = 0; some && record->differences[i] != NULL; i++)
    {
      GtkWidget *label = gtk_label_new (record->differences[i]);

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_selectable (GTK_LABEL (label), TRUE);
      gtk_widget_add_css_class (label, "fact");
      gtk_list_box_append (self->changes, label);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->changes), some);
  if (record->compared_id == 0)
    gtk_label_set_text (self->changes_label,
                        _ ("This caller has no earlier good association to compare with."));
  else if (!some)
    gtk_label_set_text (self->changes_label,
                        _ ("Nothing is different from this caller’s last good association."));
  else
    gtk_label_set_text (self->changes_label,
                        _ ("Different from this caller’s last good association:"));
}

/* What could not be read was not nothing. */
static void
show_failure (GantryAssociationDetails *self, const char *message)
{
  gtk_label_set_text (self->contexts_label, message);
  gtk_stack_set_visible_child (self->contexts_stack, GTK_WIDGET (self->contexts_label));
  clear_list (self->changes);
  gtk_widget_set_visible (GTK_WIDGET (self->changes), FALSE);
  gtk_label_set_text (self->changes_label, message);
}

static void
on_association (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records
      = gantry_engine_list_finish (GANTRY_ENGINE (object), result, NULL, &error);
  GantryAssociationDetails *self = data;
  GantryAssociationRecord *record;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->question);
  if (records == NULL)
    show_failure (self, error->message);
  if (records == NULL || records->len == 0)
    return;
  record = g_ptr_array_index (records, 0);
  self->contexts_known = TRUE;
  set_contexts (self, record->contexts);
  show_contexts (self);
  gantry_negotiation_show (self->negotiation, record);
  gantry_pdu_view_show (self->pdus, record);
  show_changes (self, record);
}

/* ---- Objects ------------------------------------------------------------------------------ */

static void
fill_object_modality (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_set_tags (cell, ((const GantryReceived *)data)->modality);
}

static void
fill_object_class (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_uid_describe (((const GantryReceived *)data)->sop_class_uid));
  gantry_cell_take_tooltip (cell, explain_uid (((const GantryReceived *)data)->sop_class_uid));
}

static void
fill_object_uid (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_set_text (cell, ((const GantryReceived *)data)->sop_instance_uid);
}

static void
fill_object_size (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_size (((const GantryReceived *)data)->size));
}

static char *
describe_status (const GantryReceived *received)
{
  if (*received->remark != '\0')
    return g_strdup (received->remark);
  if (received->status == 0)
    return g_strdup (_ ("Stored (0000)"));
  return gantry_status_describe ((guint16)received->status, NULL);
}

static void
fill_object_status (GtkWidget *cell, gconstpointer data)
{
  const GantryReceived *received = data;
  g_autofree char *text = describe_status (received);

  switch (gantry_status_get_class ((guint16)received->status))
    {
    case GANTRY_STATUS_SUCCESS:
      if (*received->remark == '\0')
        gantry_cell_set_state (cell, "object-select-symbolic", text, "success");
      else
        gantry_cell_set_state (cell, "dialog-warning-symbolic", text, "warning");
      break;
    case GANTRY_STATUS_WARNING:
      gantry_cell_set_state (cell, "dialog-warning-symbolic", text, "warning");
      break;
    case GANTRY_STATUS_FAILURE:
    case GANTRY_STATUS_CANCEL:
    case GANTRY_STATUS_PENDING:
    default:
      gantry_cell_set_state (cell, "dialog-error-symbolic", text, "error");
    }
}

static char *
describe_object (gconstpointer data)
{
  const GantryReceived *received = data;
  g_autofree char *name = gantry_uid_describe (received->sop_class_uid);
  g_autofree char *status = describe_status (received);

  return g_strdup_printf ("%s, %s: %s", received->modality, name, status);
}

static const GantryRecordColumn object_columns[] = {
  { N_ ("Modality"), GANTRY_CELL_TAGS, 8, FALSE, 2, fill_object_modality },
  { N_ ("SOP Class"), GANTRY_CELL_TEXT, 14, TRUE, 0, fill_object_class },
  { N_ ("SOP Instance UID"), GANTRY_CELL_TEXT, 24, TRUE, 4, fill_object_uid },
  { N_ ("Size"), GANTRY_CELL_NUMBER, 10, FALSE, 3, fill_object_size },
  { N_ ("Status"), GANTRY_CELL_STATE, 12, TRUE, 0, fill_object_status },
};

static void
set_association (GantryAssociationDetails *self, gint64 id)
{
  self->id = id;
  g_list_store_remove_all (self->contexts);
  gtk_label_set_text (self->contexts_label, "");
  gantry_association_list_show (&self->objects, self->engine, id,
                                gantry_engine_list_received_async);
  gantry_messages_view_set_association (self->messages, self->engine, id);
  gantry_facts_view_begin (self->negotiation, "", "", "");
  gantry_pdu_view_show (self->pdus, NULL);
  clear_list (self->changes);
  gtk_widget_set_visible (GTK_WIDGET (self->changes), FALSE);
  gtk_label_set_text (self->changes_label, "");
}

/* ---- The class ---------------------------------------------------------------------------- */

static void
gantry_association_details_dispose (GObject *object)
{
  GantryAssociationDetails *self = GANTRY_ASSOCIATION_DETAILS (object);

  g_cancellable_cancel (self->question);
  g_clear_object (&self->question);
  gantry_association_list_clear (&self->objects);
  g_clear_object (&self->contexts);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (gantry_association_details_parent_class)->dispose (object);
}

static void
gantry_association_details_class_init (GantryAssociationDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = gantry_association_details_dispose;

  g_type_ensure (GANTRY_TYPE_FACTS_VIEW);
  g_type_ensure (GANTRY_TYPE_MESSAGES_VIEW);
  g_type_ensure (GANTRY_TYPE_PDU_VIEW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-association-details.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, contexts_stack);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, contexts_label);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, contexts_scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, contexts_view);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, negotiation);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, messages);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, pdus);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, changes_label);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, changes);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, objects_stack);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, objects_label);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, objects_scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationDetails, objects_view);
}

static void
gantry_association_details_init (GantryAssociationDetails *self)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  gantry_facts_view_hide_heading (self->negotiation);
  self->contexts = g_list_store_new (GANTRY_TYPE_PAGED_ITEM);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->contexts)));
  gtk_column_view_set_model (self->contexts_view, GTK_SELECTION_MODEL (selection));
  gantry_record_columns_add (self->contexts_scrolled, self->contexts_view, context_columns,
                             G_N_ELEMENTS (context_columns), describe_context);
  gantry_record_columns_add (self->objects_scrolled, self->objects_view, object_columns,
                             G_N_ELEMENTS (object_columns), describe_object);
  gantry_association_list_init (&self->objects, self->objects_stack, self->objects_label,
                                GTK_WIDGET (self->objects_scrolled), self->objects_view,
                                gtk_label_get_text (self->objects_label));
}

void
gantry_association_details_set_engine (GantryAssociationDetails *self, GantryEngine *engine)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATION_DETAILS (self));

  g_set_object (&self->engine, engine);
}

void
gantry_association_details_show (GantryAssociationDetails *self,
                                 const GantryAssociationRecord *record)
{
  gint64 id = record != NULL ? record->id : 0;
  gboolean other, negotiated;

  g_return_if_fail (GANTRY_IS_ASSOCIATION_DETAILS (self));

  other = id != self->id;
  negotiated = record != NULL && record->state != self->state;
  self->state = record != NULL ? record->state : GANTRY_ASSOCIATION_NEGOTIATING;
  if (other || negotiated)
    self->contexts_known = FALSE;
  if (other)
    set_association (self, id);
  show_contexts (self);
  if (record == NULL)
    {
      g_cancellable_cancel (self->question);
      g_clear_object (&self->question);
      return;
    }

  if (other || negotiated)
    {
      g_cancellable_cancel (self->question);
      g_clear_object (&self->question);
      self->question = g_cancellable_new ();
      gantry_engine_get_association_async (self->engine, id, self->question, on_association, self);
    }
  gantry_association_list_refresh (&self->objects);
  gantry_messages_view_refresh (self->messages);
}

char *
gantry_association_details_format_title (const GantryAssociationRecord *record)
{
  g_autofree char *calling = gantry_format_text (record->calling, 0);
  g_autofree char *peer = gantry_peer_words_describe (record->peer);

  if (*calling == '\0')
    return g_strdup_printf (_ ("Connection from %s"), peer);
  /* Translators: the AE title that calls, and its address */
  return g_strdup_printf (_ ("%s from %s"), calling, peer);
}

char *
gantry_association_details_format_subtitle (const GantryAssociationRecord *record)
{
  g_autoptr (GStrvBuilder) pieces = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  g_autofree char *facts = NULL;

  if (*record->implementation_version != '\0')
    g_strv_builder_add (pieces, record->implementation_version);
  else if (*record->implementation_class_uid != '\0')
    g_strv_builder_add (pieces, record->implementation_class_uid);
  if (record->peer_max_pdu > 0)
    {
      g_autofree char *count = gantry_format_count (record->peer_max_pdu);
      g_autofree char *pdu = g_strdup_printf (_ ("PDU %s"), count);
      g_strv_builder_add (pieces, pdu);
    }
  list = g_strv_builder_end (pieces);
  facts = g_strjoinv (" · ", list);
  /* What people look for first, on lines of its own: the table has not the room for it. */
  if (*record->result == '\0' || *facts == '\0')
    return g_strconcat (record->result, facts, NULL);
  return g_strconcat (record->result, "\n", facts, NULL);
}

GtkStack *
gantry_association_details_get_stack (GantryAssociationDetails *self)
{
  g_return_val_if_fail (GANTRY_IS_ASSOCIATION_DETAILS (self), NULL);

  return self->stack;
}
