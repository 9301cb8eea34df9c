/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-row.h"

#include <glib/gi18n-lib.h>

#include "gantry-adaptive-box.h"
#include "gantry-format.h"
#include "gantry-job-menu.h"
#include "gantry-job-words.h"
#include "gantry-node-swatch.h"
#include "gantry-settings.h"

/* Often enough that no second of the countdown is left out, ms. */
#define COUNTDOWN_PAUSE 250

struct _GantryJobRow
{
  AdwBin parent_instance;

  GtkImage *icon;
  GantryNodeSwatch *swatch;
  GtkLabel *title, *where, *state, *speed, *message, *note;
  GtkProgressBar *progress;
  GtkButton *try_now, *pause, *resume, *cancel, *retry;
  GtkMenuButton *menu;

  GantryJob *job; /* NULL: none was shown yet */
  gboolean in_window;
  const char *state_class; /* static; what icon and state carry */
  guint countdown;         /* source, while it is on the screen and counts */
};

G_DEFINE_FINAL_TYPE (GantryJobRow, gantry_job_row, ADW_TYPE_BIN)

/* ---- Words ------------------------------------------------------------------------------------
 */

static double
get_fraction (const GantryJob *job)
{
  if (job->bytes_total > 0)
    return CLAMP ((double)job->bytes_done / job->bytes_total, 0, 1);
  return job->instances > 0 ? (double)gantry_job_count_answered (job) / job->instances : 0;
}

static guint
get_retry_limit (void)
{
  return g_settings_get_uint (gantry_settings_get (), GANTRY_KEY_RETRY_LIMIT);
}

static char *
count_answered (const GantryJob *job)
{
  g_autofree char *done = gantry_format_count (gantry_job_count_answered (job));
  g_autofree char *total = gantry_format_count (job->instances);

  return g_strdup_printf (_ ("%s of %s"), done, total);
}

/* What the answers were: "3 stored, 11 refused · 14 of 20", at the end "9 stored, 11 refused". */
static char *
describe_answers (const GantryJob *job)
{
  g_autofree char *answers = gantry_job_summarize_answered (job);
  g_autofree char *count = count_answered (job);

  if (*answers != '\0' && gantry_job_count_answered (job) == job->instances)
    return g_steal_pointer (&answers);
  return gantry_format_parts (" · ", answers, count, NULL);
}

/* How far a job is that is not over; while nothing went wrong "14 of 20". */
static char *
describe_progress (const GantryJob *job)
{
  return gantry_job_has_failures (job) ? describe_answers (job) : count_answered (job);
}

static char *
describe_over (const GantryJob *job)
{
  g_autofree char *summary = gantry_job_summarize (job);

  /* "Stored: 415 stored" would say it twice, and so would "Cancelled: 3 cancelled". */
  if (job->state == GANTRY_JOB_FINISHED || job->counts[GANTRY_OUTCOME_CANCELLED] > 0)
    return g_steal_pointer (&summary);
  /* Translators: the first %s is the state, the second as in “412 stored, 3 cancelled” */
  return g_strdup_printf (_ ("%s: %s"), gantry_job_get_look (job).word, summary);
}

/* @when: for a job that is tried again by itself, when that is */
static char *
describe_open (const GantryJob *job, const char *when)
{
  g_autofree char *progress = describe_progress (job);
  g_autofree char *total = gantry_format_count (job->instances);

  if (gantry_job_waits_for_retry (job))
    return g_strdup_printf ("%s · %s", when, progress);
  if (job->state != GANTRY_JOB_RUNNING && job->state != GANTRY_JOB_PAUSED
      && gantry_job_count_answered (job) == 0)
    return g_strdup_printf (
        ngettext ("Waiting · %s object", "Waiting · %s objects", (gulong)job->instances), total);
  if (job->state != GANTRY_JOB_RUNNING || job->wish != GANTRY_JOB_WISH_NONE)
    return g_strdup_printf ("%s · %s", gantry_job_get_look (job).word, progress);
  if (gantry_job_has_failures (job))
    return g_steal_pointer (&progress);
  /* Translators: “14 of 20”, and per cent */
  return g_strdup_printf (_ ("%s · %.0f %%"), progress, 100 * get_fraction (job));
}

static char *
describe_state (const GantryJob *job)
{
  g_autofree char *when = NULL;

  if (gantry_job_is_over (job))
    return describe_over (job);
  if (gantry_job_waits_for_retry (job))
    when = gantry_job_describe_retry (job, get_retry_limit (), g_get_real_time ());
  return describe_open (job, when);
}

/* What is done while there is no speed to tell of: "" between the first answer and the last. */
static const char *
describe_no_speed (const GantryJob *job)
{
  guint64 answered = gantry_job_count_answered (job);

  if (answered == job->instances)
    return _ ("Finishing…");
  return answered == 0 && job->bytes_done == 0 ? _ ("Starting…") : "";
}

static char *
describe_speed (const GantryJob *job)
{
  g_autofree char *objects = gantry_format_rate (job->objects_per_second);
  g_autofree char *bytes = gantry_format_byte_rate (job->bytes_per_second);
  g_autofree char *left = gantry_format_duration (job->seconds_left);
  g_autofree char *remaining = NULL;
  g_autofree char *text = NULL;

  if (gantry_job_count_answered (job) == job->instances)
    return g_strdup (describe_no_speed (job));
  if (job->seconds_left >= 0)
    /* Translators: %s is a duration such as 0:03 */
    remaining = g_strdup_printf (_ ("%s left"), left);
  text = gantry_format_parts (" · ", objects, bytes, remaining != NULL ? remaining : "", NULL);
  return *text != '\0' ? g_steal_pointer (&text) : g_strdup (describe_no_speed (job));
}

static char *
describe_destination (const GantryJob *job)
{
  g_autofree char *node = gantry_format_text (job->node->name, 0);
  g_autofree char *time = NULL;

  time = gantry_format_time (job->finished != 0 ? job->finished : job->created);
  /* Translators: where to, when, and the priority: “to PACS1 · 10:42:07 · High priority” */
  if (!gantry_job_is_over (job) && job->priority == GANTRY_PRIORITY_HIGH)
    return g_strdup_printf (_ ("to %s · %s · High priority"), node, time);
  if (!gantry_job_is_over (job) && job->priority == GANTRY_PRIORITY_LOW)
    return g_strdup_printf (_ ("to %s · %s · Low priority"), node, time);
  /* Translators: where to, and when: “to PACS1 · 10:42:07” */
  return g_strdup_printf (_ ("to %s · %s"), node, time);
}

/* What deserves a line, but no colour. */
static char *
describe_note (const GantryJob *job)
{
  g_autofree char *changed = gantry_format_count (job->changed);
  g_autofree char *retryable = gantry_format_count (job->retryable);
  g_autofree char *converted
      = g_strdup_printf (ngettext ("%s was converted for the node",
                                   "%s were converted for the node", (gulong)job->changed),
                         changed);
  g_autofree char *promising
      = g_strdup_printf (ngettext ("%s may succeed when tried again",
                                   "%s may succeed when tried again", (gulong)job->retryable),
                         retryable);

  return gantry_format_parts (" · ", job->changed > 0 ? converted : "",
                              gantry_job_is_over (job) && job->retryable > 0 ? promising : "",
                              NULL);
}

/* ---- The widget -------------------------------------------------------------------------------
 */

static void
show_look (GantryJobRow *self, GantryLook look)
{
  gtk_image_set_from_icon_name (self->icon, look.icon);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->icon), look.word);
  if (look.css_class == self->state_class)
    return;
  if (self->state_class != NULL)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->state_class);
      gtk_widget_remove_css_class (GTK_WIDGET (self->state), self->state_class);
    }
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), look.css_class);
  gtk_widget_add_css_class (GTK_WIDGET (self->state), look.css_class);
  self->state_class = look.css_class;
}

/* The bar is as long as what has an answer, so its colour says what that was. */
static void
show_failure (GantryJobRow *self, gboolean failing)
{
  if (failing)
    gtk_widget_add_css_class (GTK_WIDGET (self->progress), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->progress), "error");
}

static void
aim (GtkButton *button, gint64 id, gboolean visible)
{
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "x", id);
  gtk_widget_set_visible (GTK_WIDGET (button), visible);
}

static void
show_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

static gboolean
count_down (gpointer data)
{
  GantryJobRow *self = data;
  g_autofree char *state = describe_state (self->job);

  if (!g_str_equal (state, gtk_label_get_text (self->state)))
    show_text (self->state, state);
  return G_SOURCE_CONTINUE;
}

/* Rows that nobody sees do not count. */
static void
update_countdown (GantryJobRow *self)
{
  gboolean counts = self->job != NULL && gantry_job_waits_for_retry (self->job)
                    && gtk_widget_get_mapped (GTK_WIDGET (self));

  if (counts && self->countdown == 0)
    self->countdown = g_timeout_add (COUNTDOWN_PAUSE, count_down, self);
  else if (!counts)
    g_clear_handle_id (&self->countdown, g_source_remove);
}

static void
show_buttons (GantryJobRow *self)
{
  const GantryJob *job = self->job;

  aim (self->try_now, job->id, gantry_job_waits_for_retry (job));
  aim (self->pause, job->id, gantry_job_can_pause (job));
  aim (self->resume, job->id, gantry_job_can_resume (job));
  aim (self->cancel, job->id, gantry_job_can_cancel (job));
  aim (self->retry, job->id, gantry_job_is_over (job) && gantry_job_count_unsent (job) > 0);
}

/* As late as possible: the entries depend on the state. */
static void
create_menu (GtkMenuButton *button, gpointer data)
{
  GantryJobRow *self = data;
  g_autoptr (GMenuModel) menu = NULL;

  if (self->job == NULL)
    return;
  menu = gantry_job_menu_create (GTK_WIDGET (self), self->job, self->in_window);
  gtk_menu_button_set_menu_model (button, menu);
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_job_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (gantry_job_row_parent_class)->map (widget);
  update_countdown (GANTRY_JOB_ROW (widget));
}

static void
gantry_job_row_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (gantry_job_row_parent_class)->unmap (widget);
  update_countdown (GANTRY_JOB_ROW (widget));
}

/* In a list the row comes first, then its buttons: GTK would go past a row that has any, and
 * nothing could be done with it by keyboard. */
static gboolean
gantry_job_row_focus (GtkWidget *widget, GtkDirectionType direction)
{
  GtkWidget *row = gtk_widget_get_parent (widget);
  gboolean inside = gtk_widget_get_focus_child (widget) != NULL;

  if (GANTRY_JOB_ROW (widget)->in_window)
    return GTK_WIDGET_CLASS (gantry_job_row_parent_class)->focus (widget, direction);
  if (direction == GTK_DIR_TAB_FORWARD && !inside && !gtk_widget_is_focus (row))
    return gtk_widget_grab_focus (row);
  if (direction == GTK_DIR_TAB_BACKWARD && gtk_widget_is_focus (row))
    return FALSE;
  if (GTK_WIDGET_CLASS (gantry_job_row_parent_class)->focus (widget, direction))
    return TRUE;
  return direction == GTK_DIR_TAB_BACKWARD && inside && gtk_widget_grab_focus (row);
}

static void
gantry_job_row_dispose (GObject *object)
{
  GantryJobRow *self = GANTRY_JOB_ROW (object);

  g_clear_handle_id (&self->countdown, g_source_remove);
  g_clear_pointer (&self->job, gantry_record_unref);
  G_OBJECT_CLASS (gantry_job_row_parent_class)->dispose (object);
}

static void
gantry_job_row_class_init (GantryJobRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_job_row_dispose;
  widget_class->focus = gantry_job_row_focus;
  widget_class->map = gantry_job_row_map;
  widget_class->unmap = gantry_job_row_unmap;

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  g_type_ensure (GANTRY_TYPE_NODE_SWATCH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-job-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, icon);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, title);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, swatch);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, where);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, state);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, speed);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, message);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, note);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, progress);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, try_now);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, pause);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, resume);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, cancel);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, retry);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, menu);
}

static void
gantry_job_row_init (GantryJobRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gantry_job_menu_install (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->menu, create_menu, self, NULL);
}

GtkWidget *
gantry_job_row_new (void)
{
  return g_object_new (GANTRY_TYPE_JOB_ROW, NULL);
}

void
gantry_job_row_show (GantryJobRow *self, GantryJob *job)
{
  g_autofree char *title = gantry_format_text (job->title, 0);
  g_autofree char *where = describe_destination (job);
  g_autofree char *state = describe_state (job);
  g_autofree char *speed = describe_speed (job);
  g_autofree char *message = gantry_format_text (job->message, 0);
  g_autofree char *note = describe_note (job);
  gboolean running = job->state == GANTRY_JOB_RUNNING;
  gboolean sending = running && job->wish == GANTRY_JOB_WISH_NONE;

  g_return_if_fail (GANTRY_IS_JOB_ROW (self));

  gantry_record_ref (job);
  g_clear_pointer (&self->job, gantry_record_unref);
  self->job = job;

  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->where, where);
  gantry_node_swatch_set_color (self->swatch, job->node->color);
  show_text (self->state, state);
  gtk_label_set_text (self->speed, speed);
  gtk_widget_set_visible (GTK_WIDGET (self->speed), sending);
  gtk_progress_bar_set_fraction (self->progress, get_fraction (job));
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running || job->state == GANTRY_JOB_PAUSED);
  show_failure (self, gantry_job_has_failures (job));
  show_text (self->message, message);
  show_text (self->note, note);
  show_look (self, gantry_job_get_look (job));
  show_buttons (self);
  update_countdown (self);
}

void
gantry_job_row_set_in_window (GantryJobRow *self)
{
  g_return_if_fail (GANTRY_IS_JOB_ROW (self));

  self->in_window = TRUE;
}

/* Read aloud long after it was written, so it has the time instead of a countdown. */
static char *
describe_state_aloud (const GantryJob *job)
{
  g_autofree char *time = NULL;
  g_autofree char *when = NULL;

  if (gantry_job_waits_for_retry (job))
    {
      time = gantry_format_time (job->retry_at);
      when = g_strdup_printf (_ ("waiting for the next try at %s"), time);
      return describe_open (job, when);
    }
  if (job->state != GANTRY_JOB_RUNNING || job->wish != GANTRY_JOB_WISH_NONE)
    return describe_state (job);
  return describe_answers (job);
}

char *
gantry_job_describe (const GantryJob *job)
{
  g_autofree char *title = gantry_format_text (job->title, 0);
  g_autofree char *where = describe_destination (job);
  g_autofree char *state = describe_state_aloud (job);
  g_autofree char *spoken = gantry_format_parts (_ (", "), title, state, where, NULL);

  if (*job->message == '\0')
    return g_steal_pointer (&spoken);
  /* Translators: read aloud: what, state and where to; and a sentence that says why */
  return g_strdup_printf (_ ("%s. %s"), spoken, job->message);
}
