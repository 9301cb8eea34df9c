/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-pdu-view.h"

#include <glib/gi18n-lib.h>

#define OCTETS 16 /* a line */

struct _GantryPduView
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkWidget *nothing, *overlay;
  GtkTextView *text;
};

G_DEFINE_FINAL_TYPE (GantryPduView, gantry_pdu_view, ADW_TYPE_BIN)

static void
append_line (GString *text, const guint8 *data, gsize offset, gsize n)
{
  g_string_append_printf (text, "%06" G_GSIZE_MODIFIER "X ", offset);
  for (gsize i = 0; i < OCTETS; i++)
    {
      g_string_append (text, i == OCTETS / 2 ? "  " : " ");
      if (i < n)
        g_string_append_printf (text, "%02X", data[i]);
      else
        g_string_append (text, "  ");
    }
  g_string_append (text, "  ");
  for (gsize i = 0; i < n; i++)
    g_string_append_c (text, g_ascii_isprint ((char)data[i]) ? (char)data[i] : '.');
  g_string_append_c (text, '\n');
}

char *
gantry_hex_format (GBytes *bytes)
{
  GString *text = g_string_new (NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize offset = 0; offset < size; offset += OCTETS)
    append_line (text, data + offset, offset, MIN (OCTETS, size - offset));
  return g_string_free (text, FALSE);
}

/* PS3.8 table 9-11 and following: the first octet is the PDU-type. */
static const char *
get_name (GBytes *pdu)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (pdu, &size);

  switch (size > 0 ? data[0] : 0)
    {
    case 1:
      return "A-ASSOCIATE-RQ";
    case 2:
      return "A-ASSOCIATE-AC";
    case 3:
      return "A-ASSOCIATE-RJ";
    default:
      return "PDU";
    }
}

static void
append_pdu (GString *text, gboolean ours, GBytes *pdu)
{
  g_autofree char *octets = NULL;
  gulong size;

  if (pdu == NULL)
    return;
  octets = gantry_hex_format (pdu);
  if (text->len > 0)
    g_string_append_c (text, '\n');
  size = (gulong)g_bytes_get_size (pdu);
  /* Translators: the kind of a PDU, and its size in bytes */
  if (ours)
    g_string_append_printf (text, _ ("%s of this workstation, %lu bytes"), get_name (pdu), size);
  else
    g_string_append_printf (text, _ ("%s from the caller, %lu bytes"), get_name (pdu), size);
  g_string_append_c (text, '\n');
  g_string_append (text, octets);
}

void
gantry_pdu_view_show (GantryPduView *self, const GantryAssociationRecord *record)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_if_fail (GANTRY_IS_PDU_VIEW (self));

  if (record != NULL)
    {
      append_pdu (text, FALSE, record->request_pdu);
      append_pdu (text, TRUE, record->answer_pdu);
    }
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text->str, (int)text->len);
  gtk_stack_set_visible_child (self->stack, text->len > 0 ? self->overlay : self->nothing);
}

static void
copy (GantryPduView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  g_autofree char *text = NULL;

  g_object_get (buffer, "text", &text, NULL);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _ ("Copied to the clipboard"));
}

static void
gantry_pdu_view_class_init (GantryPduViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-pdu-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryPduView, stack);
  gtk_widget_class_bind_template_child (widget_class, GantryPduView, nothing);
  gtk_widget_class_bind_template_child (widget_class, GantryPduView, overlay);
  gtk_widget_class_bind_template_child (widget_class, GantryPduView, text);
  gtk_widget_class_bind_template_callback (widget_class, copy);
}

static void
gantry_pdu_view_init (GantryPduView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
