/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-columns.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-negotiation-words.h"
#include "gantry-peer-names.h"
#include "gantry-peer-words.h"
#include "gantry-words.h"

typedef const GantryAssociationRecord Record;

static void
fill_time (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_time (((Record *)data)->started));
}

static void
fill_calling (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((Record *)data)->calling, 0));
}

static void
fill_called (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_text (((Record *)data)->called, 0));
}

/* The port of the other side is in the details; here it would hide what matters. */
static void
fill_from (GtkWidget *cell, gconstpointer data)
{
  g_autofree char *address = gantry_association_columns_format_peer (data);
  g_autofree char *name = gantry_peer_names_lookup (gantry_peer_names_get_default (), address);

  gantry_cell_set_text (cell, name != NULL ? name : address);
  gantry_cell_take_tooltip (cell, name != NULL ? gantry_peer_words_describe (address) : NULL);
}

static const struct
{
  const char *icon, *word, *style;
} states[] = {
  [GANTRY_ASSOCIATION_NEGOTIATING] = { "content-loading-symbolic", N_ ("negotiating"), NULL },
  [GANTRY_ASSOCIATION_OPEN] = { "network-transmit-receive-symbolic", N_ ("open"), NULL },
  [GANTRY_ASSOCIATION_RECEIVING] = { "network-receive-symbolic", N_ ("receiving"), NULL },
  [GANTRY_ASSOCIATION_RELEASED] = { "object-select-symbolic", N_ ("released"), "success" },
  [GANTRY_ASSOCIATION_REJECTED] = { "action-unavailable-symbolic", N_ ("rejected"), "error" },
  [GANTRY_ASSOCIATION_ABORTED] = { "dialog-error-symbolic", N_ ("aborted"), "error" },
  [GANTRY_ASSOCIATION_TIMED_OUT] = { "alarm-symbolic", N_ ("timed out"), "error" },
};

/* Ended in order is not yet good. NULL: there is nothing to say of it. */
static const char *
get_flaw (Record *record, const char **icon)
{
  guint outcomes = gantry_association_record_get_outcomes (record);

  if (record->refused > 0)
    {
      *icon = "dialog-error-symbolic";
      return "error";
    }
  if ((outcomes & (GANTRY_LOG_REFUSED | GANTRY_LOG_WARNING)) == 0)
    return NULL;
  *icon = "dialog-warning-symbolic";
  return "warning";
}

static void
fill_state (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;
  GantryAssociationState state = record->state;
  const char *icon = states[state].icon, *style = states[state].style;
  const char *flaw_icon, *flaw = get_flaw (record, &flaw_icon);

  /* Where the result has no room this is all that is seen. */
  if (state == GANTRY_ASSOCIATION_RELEASED && flaw != NULL)
    {
      icon = flaw_icon;
      style = flaw;
    }
  gantry_cell_set_state (cell, icon, _ (states[state].word), style);
}

static void
fill_objects (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;

  gantry_cell_take_text (cell, record->objects > 0 ? gantry_format_count (record->objects)
                                                   : g_strdup ("–"));
}

static void
fill_size (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;

  gantry_cell_take_text (cell,
                         record->bytes > 0 ? gantry_format_size (record->bytes) : g_strdup ("–"));
}

static void
show_duration (GtkWidget *cell, gint64 started, gint64 ended)
{
  gantry_cell_take_text (cell, gantry_format_duration ((double)(ended - started) / G_USEC_PER_SEC));
}

static gboolean
on_second (gpointer data)
{
  gint64 *started = g_object_get_data (data, "gantry-started");

  show_duration (data, *started, g_get_real_time ());
  return G_SOURCE_CONTINUE;
}

static void
remove_source (gpointer data)
{
  g_source_remove (GPOINTER_TO_UINT (data));
}

static void
on_unmap (GtkWidget *cell, gpointer data G_GNUC_UNUSED)
{
  g_object_set_data (G_OBJECT (cell), "gantry-timer", NULL);
}

/* The time of an association that is not over goes on, also when nothing else changes. */
static void
fill_duration (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;
  gboolean over = gantry_association_state_is_over (record->state);

  g_object_set_data_full (G_OBJECT (cell), "gantry-timer", NULL, NULL);
  show_duration (cell, record->started, over ? record->ended : g_get_real_time ());
  if (over)
    return;
  g_object_set_data_full (G_OBJECT (cell), "gantry-started",
                          g_memdup2 (&record->started, sizeof record->started), g_free);
  g_object_set_data_full (G_OBJECT (cell), "gantry-timer",
                          GUINT_TO_POINTER (g_timeout_add_seconds (1, on_second, cell)),
                          remove_source);
  g_signal_handlers_disconnect_by_func (cell, on_unmap, NULL);
  g_signal_connect (cell, "unmap", G_CALLBACK (on_unmap), NULL);
}

static void
fill_rate (GtkWidget *cell, gconstpointer data)
{
  gantry_cell_take_text (cell, gantry_format_rate (((Record *)data)->objects_per_second));
  gantry_cell_take_tooltip (cell, gantry_format_byte_rate (((Record *)data)->bytes_per_second));
}

static void
fill_status (GtkWidget *cell, gconstpointer data)
{
  gint32 status = ((Record *)data)->last_status;

  gantry_cell_take_text (cell, status < 0 ? g_strdup ("–") : g_strdup_printf ("%04X", status));
  gantry_cell_take_tooltip (cell,
                            status < 0 ? NULL : gantry_status_describe ((guint16)status, NULL));
}

/* Of what was proposed, how much was accepted; a connection that never became an association
 * proposed nothing. */
static void
fill_contexts (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;
  g_autofree char *accepted = NULL, *proposed = NULL;

  if (record->proposed == 0)
    {
      gantry_cell_take_text (cell, g_strdup ("–"));
      return;
    }
  accepted = gantry_format_count (record->accepted);
  proposed = gantry_format_count (record->proposed);
  /* Translators: two numbers, as in “3 of 5” */
  gantry_cell_take_text (cell, g_strdup_printf (_ ("%s of %s"), accepted, proposed));
  gantry_cell_take_tooltip (
      cell, g_strdup_printf (ngettext ("%s of %s presentation context accepted",
                                       "%s of %s presentation contexts accepted", record->proposed),
                             accepted, proposed));
}

/* Theirs, then ours; both are said only where an association came about. */
static void
fill_pdu (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;
  g_autofree char *theirs = NULL, *ours = NULL, *their_count = NULL, *our_count = NULL;

  if (record->our_max_pdu == 0)
    {
      gantry_cell_take_text (cell, g_strdup ("–"));
      return;
    }
  their_count
      = record->peer_max_pdu == 0 ? g_strdup ("∞") : gantry_format_count (record->peer_max_pdu);
  our_count = gantry_format_count (record->our_max_pdu);
  theirs = gantry_pdu_size_describe (record->peer_max_pdu);
  ours = gantry_pdu_size_describe (record->our_max_pdu);
  gantry_cell_take_text (cell, g_strdup_printf ("%s / %s", their_count, our_count));
  gantry_cell_take_tooltip (
      cell, g_strdup_printf (_ ("Largest PDU that the caller takes: %s; this workstation: %s"),
                             theirs, ours));
}

static void
fill_implementation (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;

  gantry_cell_take_text (cell, gantry_format_text (*record->implementation_version != '\0'
                                                       ? record->implementation_version
                                                       : record->implementation_class_uid,
                                                   0));
  gantry_cell_take_tooltip (cell, g_strdup (record->implementation_class_uid));
}

static void
fill_result (GtkWidget *cell, gconstpointer data)
{
  Record *record = data;
  const char *icon = NULL;
  const char *style = *record->result != '\0' ? get_flaw (record, &icon) : NULL;

  gantry_cell_set_state (cell, icon, record->result, style);
}

static char *
describe_association (gconstpointer data)
{
  Record *record = data;
  g_autofree char *calling = gantry_format_text (record->calling, 0);
  g_autofree char *objects = gantry_format_count (record->objects);
  g_autofree char *peer = gantry_peer_words_describe (record->peer);

  /* Translators: a row read aloud: AE title, address, state, how many objects, result */
  return g_strdup_printf (
      ngettext ("%s from %s, %s, %s object. %s", "%s from %s, %s, %s objects. %s", record->objects),
      calling, peer, _ (states[record->state].word), objects, record->result);
}

static const GantryRecordColumn columns[] = {
  { N_ ("Time"), GANTRY_CELL_TEXT, 9, FALSE, 4, fill_time },
  { N_ ("Calling"), GANTRY_CELL_TEXT, 13, FALSE, 0, fill_calling },
  { N_ ("Called"), GANTRY_CELL_TEXT, 11, FALSE, 8, fill_called },
  { N_ ("From"), GANTRY_CELL_TEXT, 13, FALSE, 6, fill_from },
  { N_ ("State"), GANTRY_CELL_STATE, 12, FALSE, 0, fill_state },
  { N_ ("Objects"), GANTRY_CELL_NUMBER, 7, FALSE, 2, fill_objects },
  { N_ ("Size"), GANTRY_CELL_NUMBER, 9, FALSE, 7, fill_size },
  { N_ ("Rate"), GANTRY_CELL_NUMBER, 7, FALSE, 10, fill_rate },
  { N_ ("Duration"), GANTRY_CELL_NUMBER, 8, FALSE, 9, fill_duration },
  { N_ ("Status"), GANTRY_CELL_TEXT, 6, FALSE, 11, fill_status },
  { N_ ("Contexts"), GANTRY_CELL_NUMBER, 9, FALSE, 12, fill_contexts },
  { N_ ("PDU Sizes"), GANTRY_CELL_NUMBER, 16, FALSE, 14, fill_pdu },
  { N_ ("Implementation"), GANTRY_CELL_TEXT, 15, FALSE, 13, fill_implementation },
  { N_ ("Result"), GANTRY_CELL_STATE, 20, TRUE, 5, fill_result },
};

void
gantry_association_columns_add (GtkScrolledWindow *scrolled, GtkColumnView *view)
{
  gantry_record_columns_add (scrolled, view, columns, G_N_ELEMENTS (columns), describe_association);
}

char *
gantry_association_columns_format_peer (const GantryAssociationRecord *record)
{
  const char *colon = strrchr (record->peer, ':');

  return colon != NULL ? g_strndup (record->peer, (gsize)(colon - record->peer))
                       : g_strdup (record->peer);
}
