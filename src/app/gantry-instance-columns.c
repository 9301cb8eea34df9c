/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-instance-columns.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-format.h"
#include "gantry-job-words.h"
#include "gantry-registry.h"
#include "gantry-words.h"

/* ---- Columns ----------------------------------------------------------------------------------
 */

static void
fill_file (GtkWidget *cell, gconstpointer record)
{
  g_autofree char *name = g_path_get_basename (((const GantryJobInstance *)record)->path);

  gantry_cell_take_text (cell, g_filename_display_name (name));
}

static void
fill_modality (GtkWidget *cell, gconstpointer record)
{
  gantry_cell_set_tags (cell, ((const GantryJobInstance *)record)->modality);
}

static void
fill_sop_class (GtkWidget *cell, gconstpointer record)
{
  const GantryJobInstance *instance = record;
  char *own = gantry_uid_describe (instance->sop_class_uid);
  g_autofree char *sent = NULL;

  gantry_cell_take_tooltip (cell, NULL);
  if (*instance->sent_class_uid == '\0')
    {
      gantry_cell_take_text (cell, own);
      return;
    }
  sent = gantry_uid_describe (instance->sent_class_uid);
  gantry_cell_take_text (cell, g_strdup_printf ("→ %s", sent));
  /* Translators: two SOP classes */
  gantry_cell_take_tooltip (cell, g_strdup_printf (_ ("%s, sent as %s"), own, sent));
  g_free (own);
}

/* What went out, when it was not what the file has. */
static void
fill_transfer_syntax (GtkWidget *cell, gconstpointer record)
{
  const GantryJobInstance *instance = record;
  char *file = gantry_transfer_syntax_describe (instance->transfer_syntax);
  g_autofree char *sent = NULL;

  gantry_cell_take_tooltip (cell, NULL);
  if (*instance->sent_syntax == '\0')
    {
      gantry_cell_take_text (cell, file);
      return;
    }
  sent = gantry_transfer_syntax_describe (instance->sent_syntax);
  gantry_cell_take_text (cell, g_strdup_printf ("→ %s", sent));
  /* Translators: two transfer syntaxes */
  gantry_cell_take_tooltip (cell, g_strdup_printf (_ ("%s, sent as %s"), file, sent));
  g_free (file);
}

static gboolean
was_changed (const GantryJobInstance *instance)
{
  return (instance->outcome == GANTRY_OUTCOME_STORED || instance->outcome == GANTRY_OUTCOME_WARNING)
         && (*instance->sent_class_uid != '\0' || *instance->sent_syntax != '\0');
}

const char *
gantry_instance_get_outcome (const GantryJobInstance *instance)
{
  if (instance->tried_again)
    return instance->outcome == GANTRY_OUTCOME_FAILED ? _ ("Failed for now")
                                                      : _ ("Refused for now");
  if (was_changed (instance))
    return instance->outcome == GANTRY_OUTCOME_STORED ? _ ("Stored, converted")
                                                      : _ ("Warning, converted");
  return gantry_outcome_get_look (instance->outcome).word;
}

/* NULL: nothing */
static const char *
describe_next (const GantryJobInstance *instance)
{
  switch (instance->outcome)
    {
    case GANTRY_OUTCOME_REFUSED:
    case GANTRY_OUTCOME_NOT_ACCEPTED:
    case GANTRY_OUTCOME_FAILED:
    case GANTRY_OUTCOME_CANCELLED:
      return instance->tried_again ? _ ("It is sent again by itself.")
                                   : _ ("It is sent again when you choose Retry.");
    case GANTRY_OUTCOME_WAITING:
    case GANTRY_OUTCOME_SENDING:
    case GANTRY_OUTCOME_STORED:
    case GANTRY_OUTCOME_WARNING:
    case GANTRY_N_OUTCOMES:
    default:
      return NULL;
    }
}

static void
fill_outcome (GtkWidget *cell, gconstpointer record)
{
  const GantryJobInstance *instance = record;
  GantryLook look = gantry_outcome_get_look (instance->outcome);

  if (instance->tried_again)
    look = (GantryLook){ "alarm-symbolic", NULL, "warning" };
  gantry_cell_take_tooltip (cell, g_strdup (describe_next (instance)));
  gantry_cell_set_state (cell, look.icon, gantry_instance_get_outcome (instance), look.css_class);
}

static void
fill_status (GtkWidget *cell, gconstpointer record)
{
  const GantryJobInstance *instance = record;

  gantry_cell_take_text (cell, instance->status >= 0
                                   ? g_strdup_printf ("%04X", (guint)instance->status)
                                   : g_strdup (""));
}

static void
fill_meaning (GtkWidget *cell, gconstpointer record)
{
  gantry_cell_take_text (cell,
                         gantry_format_text (((const GantryJobInstance *)record)->message, 0));
}

static void
fill_elapsed (GtkWidget *cell, gconstpointer record)
{
  const GantryJobInstance *instance = record;

  gantry_cell_take_text (cell, instance->finished != 0 ? gantry_format_latency (instance->elapsed)
                                                       : g_strdup (""));
}

static char *
describe_instance (gconstpointer record)
{
  const GantryJobInstance *instance = record;
  g_autofree char *name = g_path_get_basename (instance->path);
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *sop_class = gantry_uid_describe (instance->sop_class_uid);
  g_autofree char *message = gantry_format_text (instance->message, 0);

  /* Translators: read aloud: file, SOP class, outcome, what it means */
  return g_strdup_printf (_ ("%s, %s, %s. %s"), shown, sop_class,
                          gantry_instance_get_outcome (instance), message);
}

/* The last to go when the window gets narrow: which file, and what became of it. */
static const GantryRecordColumn columns[] = {
  { N_ ("File"), GANTRY_CELL_TEXT, 13, FALSE, 0, fill_file },
  { N_ ("Modality"), GANTRY_CELL_TAGS, 8, FALSE, 2, fill_modality },
  { N_ ("SOP Class"), GANTRY_CELL_TEXT, 22, FALSE, 4, fill_sop_class },
  { N_ ("Transfer Syntax"), GANTRY_CELL_TEXT, 15, FALSE, 6, fill_transfer_syntax },
  { N_ ("Outcome"), GANTRY_CELL_STATE, 17, FALSE, 0, fill_outcome },
  { N_ ("Status"), GANTRY_CELL_TEXT, 6, FALSE, 3, fill_status },
  { N_ ("Meaning"), GANTRY_CELL_TEXT, 22, TRUE, 1, fill_meaning },
  { N_ ("Time"), GANTRY_CELL_NUMBER, 8, FALSE, 5, fill_elapsed },
};

void
gantry_instance_columns_add (GtkScrolledWindow *scrolled, GtkColumnView *view)
{
  gantry_record_columns_add (scrolled, view, columns, G_N_ELEMENTS (columns), describe_instance);
}

/* ---- The facts of one instance
 * -------------------------------------------------------------------
 */

/* A name with the UID that it stands for. */
static void
add_uid (GantryFactsView *facts, const char *label, const char *uid, char *name)
{
  g_autofree char *text
      = strstr (name, uid) != NULL ? g_strdup (name) : g_strdup_printf ("%s\n%s", name, uid);

  gantry_facts_view_add (facts, label, *uid != '\0' ? text : "");
  g_free (name);
}

static char *
describe_code (const GantryJobInstance *instance)
{
  if (instance->status < 0)
    return g_strdup (instance->finished != 0 ? _ ("None: there was no answer") : "");
  /* Translators: a status code, and what the standard calls it */
  return g_strdup_printf (_ ("%04X: %s"), (guint)instance->status,
                          _ (gantry_status_lookup ((guint16)instance->status)->meaning));
}

/* What the node has instead of what is in the file. */
static char *
describe_change (const GantryJobInstance *instance)
{
  g_autofree char *class_name = gantry_uid_describe (instance->sent_class_uid);
  g_autofree char *syntax = gantry_transfer_syntax_describe (instance->sent_syntax);

  if (*instance->sent_class_uid != '\0' && *instance->sent_syntax != '\0')
    /* Translators: a SOP class and a transfer syntax */
    return g_strdup_printf (_ ("As %s, in %s. The file stays as it is."), class_name, syntax);
  if (*instance->sent_class_uid != '\0')
    return g_strdup_printf (_ ("As %s, the more general kind. The file stays as it is."),
                            class_name);
  if (*instance->sent_syntax != '\0')
    return g_strdup_printf (_ ("In %s. The file stays as it is."), syntax);
  return g_strdup ("");
}

char *
gantry_instance_get_title (const GantryJobInstance *instance)
{
  g_autofree char *name = g_path_get_basename (instance->path);

  return g_filename_display_name (name);
}

void
gantry_instance_fill_facts (GantryFactsView *facts, const GantryJobInstance *instance)
{
  g_autofree char *title = gantry_instance_get_title (instance);
  g_autofree char *path = g_filename_display_name (instance->path);
  g_autofree char *message = gantry_format_text (instance->message, 0);
  g_autofree char *code = describe_code (instance);
  g_autofree char *change = describe_change (instance);
  const char *next = describe_next (instance);
  g_autofree char *size = gantry_format_size (instance->size);
  g_autofree char *time = gantry_format_time (instance->finished);
  g_autofree char *elapsed
      = instance->elapsed > 0 ? gantry_format_latency (instance->elapsed) : g_strdup ("");

  gantry_facts_view_begin (facts, instance->modality, title,
                           gantry_instance_get_outcome (instance));
  gantry_facts_view_set_code (facts, instance->sop_instance_uid, "");
  gantry_facts_view_add (facts, _ ("What Happened"), message);
  gantry_facts_view_add (facts, _ ("What Comes Next"), next != NULL ? next : "");
  gantry_facts_view_add (facts, _ ("Status"), code);
  gantry_facts_view_add (facts, _ ("Sent Differently"), change);
  add_uid (facts, _ ("SOP Class"), instance->sop_class_uid,
           gantry_uid_describe (instance->sop_class_uid));
  add_uid (facts, _ ("Transfer Syntax of the File"), instance->transfer_syntax,
           gantry_transfer_syntax_describe (instance->transfer_syntax));
  if (*instance->sent_class_uid != '\0')
    add_uid (facts, _ ("SOP Class as Sent"), instance->sent_class_uid,
             gantry_uid_describe (instance->sent_class_uid));
  if (*instance->sent_syntax != '\0')
    add_uid (facts, _ ("Transfer Syntax as Sent"), instance->sent_syntax,
             gantry_transfer_syntax_describe (instance->sent_syntax));
  gantry_facts_view_add (facts, _ ("SOP Instance UID"), instance->sop_instance_uid);
  gantry_facts_view_add (facts, _ ("File"), path);
  gantry_facts_view_add (facts, _ ("Size"), size);
  gantry_facts_view_add (facts, _ ("Ended At"), time);
  gantry_facts_view_add (facts, _ ("From the First Octet to the Answer"), elapsed);
}

char *
gantry_instance_describe (const GantryJobInstance *instance)
{
  g_autofree char *display = g_filename_display_name (instance->path);
  g_autofree char *path = gantry_format_text (display, 0);
  g_autofree char *class_name = gantry_uid_describe (instance->sop_class_uid);
  g_autofree char *message = gantry_format_text (instance->message, 0);
  g_autofree char *change = describe_change (instance);

  return g_strdup_printf ("%s\t%s\t%s\t%s\t%s%s%s", path, instance->sop_instance_uid, class_name,
                          gantry_instance_get_outcome (instance), message,
                          *change != '\0' ? " " : "", change);
}
