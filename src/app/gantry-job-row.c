/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-job-row.h"

#include <glib/gi18n-lib.h>

#include "gantry-adaptive-box.h"
#include "gantry-format.h"
#include "gantry-job-words.h"

struct _GantryJobRow
{
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *title, *where, *state, *speed, *message;
  GtkProgressBar *progress;
  GtkButton *pause, *resume, *cancel, *retry, *remove, *details;

  gboolean in_window;
  const char *state_class; /* static; what icon and state carry */
};

G_DEFINE_FINAL_TYPE (GantryJobRow, gantry_job_row, ADW_TYPE_BIN)

static void
gantry_job_row_class_init (GantryJobRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/gantry/Gantry/gantry-job-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, icon);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, title);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, where);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, state);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, speed);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, message);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, progress);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, pause);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, resume);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, cancel);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, retry);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, remove);
  gtk_widget_class_bind_template_child (widget_class, GantryJobRow, details);
}

static void
gantry_job_row_init (GantryJobRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gantry_job_row_new (void)
{
  return g_object_new (GANTRY_TYPE_JOB_ROW, NULL);
}

static double
get_fraction (const GantryJob *job)
{
  if (job->bytes_total > 0)
    return CLAMP ((double)job->bytes_done / job->bytes_total, 0, 1);
  return job->instances > 0 ? (double)gantry_job_count_answered (job) / job->instances : 0;
}

static char *
describe_state (const GantryJob *job)
{
  GantryLook look = gantry_job_get_look (job);
  g_autofree char *done = NULL;
  g_autofree char *total = NULL;

  if (job->state == GANTRY_JOB_FINISHED || job->state == GANTRY_JOB_CANCELLED)
    {
      g_autofree char *summary = gantry_job_summarize (job);

      /* "Stored: 415 stored" would say it twice, and so would "Cancelled: 3 cancelled". */
      if (job->state == GANTRY_JOB_FINISHED || job->counts[GANTRY_OUTCOME_CANCELLED] > 0)
        return g_steal_pointer (&summary);
      /* Translators: the first %s is the state, the second as in “412 stored, 3 cancelled” */
      return g_strdup_printf (_ ("%s: %s"), look.word, summary);
    }

  done = gantry_format_count (gantry_job_count_answered (job));
  total = gantry_format_count (job->instances);
  if (job->state == GANTRY_JOB_RUNNING)
    return g_strdup_printf (_ ("%s of %s · %.0f %%"), done, total, 100 * get_fraction (job));
  if (job->state == GANTRY_JOB_PAUSED)
    return g_strdup_printf (_ ("Paused · %s of %s"), done, total);
  if (gantry_job_count_answered (job) == 0)
    return g_strdup_printf (
        ngettext ("Waiting · %s object", "Waiting · %s objects", (gulong)job->instances), total);
  return g_strdup_printf (_ ("Waiting · %s of %s"), done, total);
}

static char *
describe_speed (const GantryJob *job)
{
  g_autofree char *objects = gantry_format_rate (job->objects_per_second);
  g_autofree char *bytes = gantry_format_byte_rate (job->bytes_per_second);
  g_autofree char *left = gantry_format_duration (job->seconds_left);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;

  if (*objects != '\0')
    g_strv_builder_add (builder, objects);
  if (*bytes != '\0')
    g_strv_builder_add (builder, bytes);
  if (job->seconds_left >= 0)
    {
      /* Translators: %s is a duration such as 0:03 */
      g_autofree char *text = g_strdup_printf (_ ("%s left"), left);

      g_strv_builder_add (builder, text);
    }
  parts = g_strv_builder_end (builder);
  return *parts != NULL ? g_strjoinv (" · ", parts) : g_strdup (_ ("Starting…"));
}

static char *
describe_destination (const GantryJob *job)
{
  g_autofree char *node = gantry_format_text (job->node->name, 0);
  g_autofree char *time = NULL;

  time = gantry_format_time (job->finished != 0 ? job->finished : job->created);
  /* Translators: where to, and when: “to PACS1 · 10:42:07” */
  return g_strdup_printf (_ ("to %s · %s"), node, time);
}

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

static void
aim (GtkButton *button, gint64 id, gboolean visible)
{
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "x", id);
  gtk_widget_set_visible (GTK_WIDGET (button), visible);
}

void
gantry_job_row_show (GantryJobRow *self, const GantryJob *job)
{
  g_autofree char *title = gantry_format_text (job->title, 0);
  g_autofree char *where = describe_destination (job);
  g_autofree char *state = describe_state (job);
  g_autofree char *speed = describe_speed (job);
  g_autofree char *message = gantry_format_text (job->message, 0);
  gboolean running = job->state == GANTRY_JOB_RUNNING;
  gboolean over = job->state == GANTRY_JOB_FINISHED || job->state == GANTRY_JOB_CANCELLED;

  g_return_if_fail (GANTRY_IS_JOB_ROW (self));

  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->where, where);
  gtk_label_set_text (self->state, state);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->state), state);
  gtk_label_set_text (self->speed, speed);
  gtk_widget_set_visible (GTK_WIDGET (self->speed), running);
  gtk_progress_bar_set_fraction (self->progress, get_fraction (job));
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  gtk_label_set_text (self->message, message);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->message), message);
  gtk_widget_set_visible (GTK_WIDGET (self->message), *message != '\0');
  show_look (self, gantry_job_get_look (job));

  aim (self->pause, job->id, !over && job->state != GANTRY_JOB_PAUSED);
  aim (self->resume, job->id, job->state == GANTRY_JOB_PAUSED);
  aim (self->cancel, job->id, !over);
  aim (self->retry, job->id, over && gantry_job_count_unsent (job) > 0);
  aim (self->remove, job->id, over);
  aim (self->details, job->id, !self->in_window);
}

void
gantry_job_row_set_in_window (GantryJobRow *self)
{
  g_return_if_fail (GANTRY_IS_JOB_ROW (self));

  self->in_window = TRUE;
}

char *
gantry_job_describe (const GantryJob *job)
{
  g_autofree char *title = gantry_format_text (job->title, 0);
  g_autofree char *where = describe_destination (job);
  g_autofree char *state = describe_state (job);

  /* Translators: read aloud: what, state, where to */
  return g_strdup_printf (_ ("%s, %s, %s"), title, state, where);
}
