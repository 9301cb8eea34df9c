/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-messages-view.h"

#include <glib/gi18n-lib.h>

#include "gantry-association-list.h"
#include "gantry-format.h"
#include "gantry-record-column.h"
#include "gantry-registry.h"
#include "gantry-words.h"

struct _GantryMessagesView
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkLabel *nothing;
  GtkScrolledWindow *scrolled;
  GtkColumnView *view;

  GantryAssociationList list;
};

G_DEFINE_FINAL_TYPE (GantryMessagesView, gantry_messages_view, ADW_TYPE_BIN)

/* ---- Columns ----------------------------------------------------------------------------------
 */

typedef const GantryMessage Message;

static void
fill_time (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_time (((Message *)data)->started));
}

/* Command Field (0000,0100), PS3.7 E.1 */
static char *
get_command (Message *message)
{
  if (*message->text != '\0')
    return g_strdup ("DCMTK");
  switch (message->command)
    {
    case 0x0001:
      return g_strdup ("C-STORE");
    case 0x0030:
      return g_strdup ("C-ECHO");
    default:
      return g_strdup_printf ("%04XH", message->command);
    }
}

static void
fill_command (GtkWidget *cell, gconstpointer data)
{
  Message *message = data;

  gantry_cell_take_text (cell, get_command (message));
  if (*message->text != '\0')
    gantry_cell_take_tooltip (cell, g_strdup (message->text));
  else
    gantry_cell_take_tooltip (cell, g_strdup_printf (_ ("Message %u in context %u"),
                                                     message->message_id, message->context_id));
}

static void
fill_class (GtkWidget *cell, gconstpointer data)
{
  const char *uid = ((Message *)data)->sop_class_uid;

  gantry_cell_take_text (cell, *uid != '\0' ? gantry_uid_describe (uid) : g_strdup (""));
  gantry_cell_take_tooltip (cell, g_strdup (uid));
}

/* It is the widest, so the lines of DCMTK's are here. */
static void
fill_instance (GtkWidget *cell, gconstpointer data)
{
  Message *message = data;
  const char *text = *message->text != '\0' ? message->text : message->sop_instance_uid;

  gantry_cell_take_text (cell, gantry_format_text (text, 0));
  gantry_cell_take_tooltip (cell, g_strdup (*message->text != '\0' ? message->text : NULL));
}

static void
fill_size (GtkWidget *cell, gconstpointer data)
{
  guint64 size = ((Message *)data)->size;

  gantry_cell_take_text (cell, size > 0 ? gantry_format_size (size) : g_strdup ("–"));
}

static void
fill_elapsed (GtkWidget *cell, gconstpointer data)
{
  Message *message = data;

  if (*message->text != '\0')
    {
      gantry_cell_take_text (cell, g_strdup ("–"));
      return;
    }
  gantry_cell_take_text (cell, gantry_format_latency (message->status < 0 ? -1 : message->elapsed));
}

static const char *const trace_levels[] = { [GANTRY_TRACE_DEBUG] = N_ ("Debug"),
                                            [GANTRY_TRACE_INFO] = N_ ("Information"),
                                            [GANTRY_TRACE_WARNING] = N_ ("Warning"),
                                            [GANTRY_TRACE_ERROR] = N_ ("Error") };

static char *
describe_status (Message *message)
{
  if (*message->text != '\0')
    return g_strdup (_ (trace_levels[message->level]));
  if (message->status < 0)
    return g_strdup (_ ("Not answered"));
  if (message->status == 0)
    return g_strdup (_ ("Success (0000)"));
  return gantry_status_describe ((guint16)message->status, NULL);
}

static GantryStatusClass
get_kind (Message *message)
{
  if (*message->text != '\0')
    return message->level == GANTRY_TRACE_WARNING ? GANTRY_STATUS_WARNING : GANTRY_STATUS_FAILURE;
  return message->status >= 0 ? gantry_status_get_class ((guint16)message->status)
                              : GANTRY_STATUS_FAILURE;
}

static void
fill_status (GtkWidget *cell, gconstpointer data)
{
  Message *message = data;
  g_autofree char *text = describe_status (message);
  GantryStatusClass kind = get_kind (message);

  if (*message->text != '\0' && message->level < GANTRY_TRACE_WARNING)
    gantry_cell_set_state (cell, NULL, text, NULL);
  else if (kind == GANTRY_STATUS_SUCCESS)
    gantry_cell_set_state (cell, "object-select-symbolic", text, "success");
  else if (kind == GANTRY_STATUS_WARNING)
    gantry_cell_set_state (cell, "dialog-warning-symbolic", text, "warning");
  else
    gantry_cell_set_state (cell, "dialog-error-symbolic", text, "error");
}

static char *
describe_message (gconstpointer data)
{
  g_autofree char *command = get_command (data);
  g_autofree char *line = gantry_format_text (((Message *)data)->text, 0);
  g_autofree char *name = gantry_uid_describe (((Message *)data)->sop_class_uid);
  g_autofree char *status = describe_status (data);

  if (*line != '\0')
    return g_strdup_printf ("%s: %s", command, line);
  return g_strdup_printf ("%s, %s: %s", command, name, status);
}

static const GantryRecordColumn columns[] = {
  { N_ ("Time"), GANTRY_CELL_TEXT, 9, FALSE, 4, fill_time },
  { N_ ("Message"), GANTRY_CELL_TEXT, 9, FALSE, 0, fill_command },
  { N_ ("SOP Class"), GANTRY_CELL_TEXT, 14, TRUE, 3, fill_class },
  { N_ ("SOP Instance UID"), GANTRY_CELL_TEXT, 20, TRUE, 5, fill_instance },
  { N_ ("Size"), GANTRY_CELL_NUMBER, 9, FALSE, 2, fill_size },
  { N_ ("Answered In"), GANTRY_CELL_NUMBER, 9, FALSE, 6, fill_elapsed },
  { N_ ("Status"), GANTRY_CELL_STATE, 14, TRUE, 0, fill_status },
};

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_messages_view_dispose (GObject *object)
{
  gantry_association_list_clear (&GANTRY_MESSAGES_VIEW (object)->list);
  G_OBJECT_CLASS (gantry_messages_view_parent_class)->dispose (object);
}

static void
gantry_messages_view_class_init (GantryMessagesViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_messages_view_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-messages-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryMessagesView, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryMessagesView, nothing);
  gtk_widget_class_bind_template_child (widget_class, GantryMessagesView, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GantryMessagesView, view);
}

static void
gantry_messages_view_init (GantryMessagesView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gantry_record_columns_add (self->scrolled, self->view, columns, G_N_ELEMENTS (columns),
                             describe_message);
  gantry_association_list_init (&self->list, self->stack, self->nothing,
                                GTK_WIDGET (self->scrolled), self->view,
                                gtk_label_get_text (self->nothing));
}

void
gantry_messages_view_set_association (GantryMessagesView *self, GantryEngine *engine, gint64 id)
{
  g_return_if_fail (GANTRY_IS_MESSAGES_VIEW (self));

  gantry_association_list_show (&self->list, engine, id, gantry_engine_list_messages_async);
}

void
gantry_messages_view_refresh (GantryMessagesView *self)
{
  g_return_if_fail (GANTRY_IS_MESSAGES_VIEW (self));

  gantry_association_list_refresh (&self->list);
}
