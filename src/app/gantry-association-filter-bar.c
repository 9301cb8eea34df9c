/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-association-filter-bar.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-registry.h"

struct _GantryAssociationFilterBar
{
  AdwBin parent_instance;

  GtkEditable *entry;
  GtkMenuButton *filter_button;
  GtkPopover *popover;
  GtkDropDown *title, *peer, *class;
  GtkDropDown *outcome, *modality, *time;
  GtkWidget *reset_button;
  GtkToggleButton *follow_button;
  GtkLabel *summary;

  GantryEngine *engine;      /* NULL: not yet */
  GantryLogNames *names;     /* what can be chosen; NULL: not asked yet */
  GCancellable *question;    /* for them */
  gboolean filling;          /* the choices change, not what is chosen */
  GtkAdjustment *adjustment; /* of the list; NULL: none yet */
  gboolean following;        /* the button is being told, not pressed */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GantryAssociationFilterBar, gantry_association_filter_bar, ADW_TYPE_BIN)

/* ---- Choices ----------------------------------------------------------------------------------
 */

static const struct
{
  const char *title;
  guint outcomes;
} outcomes[] = {
  { N_ ("However it went"), 0 },
  { N_ ("Open now"), GANTRY_LOG_OPEN },
  { N_ ("Everything stored"), GANTRY_LOG_GOOD },
  { N_ ("With warnings"), GANTRY_LOG_WARNING },
  { N_ ("Something refused"), GANTRY_LOG_REFUSED },
  { N_ ("Rejected"), GANTRY_LOG_REJECTED },
  { N_ ("Aborted"), GANTRY_LOG_ABORTED },
  { N_ ("Timed out"), GANTRY_LOG_TIMED_OUT },
  { N_ ("Anything wrong"), GANTRY_LOG_WARNING | GANTRY_LOG_REFUSED | GANTRY_LOG_REJECTED
                               | GANTRY_LOG_ABORTED | GANTRY_LOG_TIMED_OUT },
};

/* The others are found by their text. */
static const char *const modalities[]
    = { "CT", "MR", "CR", "DX",  "MG",  "US",  "XA",      "RF",     "NM",       "PT",    "IO",
        "ES", "SR", "PR", "SEG", "DOC", "ECG", "RTIMAGE", "RTDOSE", "RTSTRUCT", "RTPLAN" };

static const struct
{
  const char *title;
  guint minutes;
} times[] = {
  { N_ ("At any time"), 0 },
  { N_ ("In the last 15 minutes"), 15 },
  { N_ ("In the last hour"), 60 },
  { N_ ("In the last 24 hours"), 24 * 60 },
  { N_ ("In the last 7 days"), 7 * 24 * 60 },
};

static void
fill_drop_downs (GantryAssociationFilterBar *self)
{
  g_autoptr (GtkStringList) outcome_list = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) modality_list = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) time_list = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    gtk_string_list_append (outcome_list, _ (outcomes[i].title));
  gtk_string_list_append (modality_list, _ ("Any modality"));
  for (guint i = 0; i < G_N_ELEMENTS (modalities); i++)
    gtk_string_list_append (modality_list, modalities[i]);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    gtk_string_list_append (time_list, _ (times[i].title));
  gtk_drop_down_set_model (self->outcome, G_LIST_MODEL (outcome_list));
  gtk_drop_down_set_model (self->modality, G_LIST_MODEL (modality_list));
  gtk_drop_down_set_model (self->time, G_LIST_MODEL (time_list));
}

/* ---- What the log has --------------------------------------------------------------------------
 */

/* @names: (nullable). Returns: (nullable): what is chosen of them */
static const char *
get_chosen (GtkDropDown *drop_down, char **names)
{
  guint position = gtk_drop_down_get_selected (drop_down);

  return names != NULL && position > 0 && position <= g_strv_length (names) ? names[position - 1]
                                                                            : NULL;
}

/* What was chosen stays so, also when the log has forgotten it. Returns: (transfer full): what can
 * be chosen, with it */
static char **
fill_names (GtkDropDown *drop_down,
            const char *any,
            char **names,
            const char *chosen,
            char *(*describe) (const char *))
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  guint selected = 0, n = 0;

  if (chosen != NULL && !g_strv_contains ((const char *const *)names, chosen))
    g_strv_builder_add (all, chosen);
  g_strv_builder_addv (all, (const char **)names);
  names = g_strv_builder_end (all);
  gtk_string_list_append (list, any);
  for (char **name = names; *name != NULL; name++)
    {
      gtk_string_list_take (list, describe (*name));
      n++;
      if (g_strcmp0 (*name, chosen) == 0)
        selected = n;
    }
  gtk_drop_down_set_model (drop_down, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (drop_down, selected);
  return names;
}

static char *
describe_title (const char *title)
{
  return gantry_format_text (title, 0);
}

static int
compare_described (gconstpointer one, gconstpointer other)
{
  g_autofree char *first = gantry_uid_describe (*(const char *const *)one);
  g_autofree char *second = gantry_uid_describe (*(const char *const *)other);

  return g_utf8_collate (first, second);
}

static void
set_names (GantryAssociationFilterBar *self, GantryLogNames *names)
{
  g_autoptr (GantryLogNames) before = g_steal_pointer (&self->names);

  /* People look for a name, not for a number. */
  qsort (names->sop_classes, g_strv_length (names->sop_classes), sizeof (char *),
         compare_described);
  self->filling = TRUE;
  self->names = gantry_log_names_new ();
  g_strfreev (self->names->ae_titles);
  self->names->ae_titles = fill_names (
      self->title, _ ("Any AE title"), names->ae_titles,
      before != NULL ? get_chosen (self->title, before->ae_titles) : NULL, describe_title);
  g_strfreev (self->names->peers);
  self->names->peers
      = fill_names (self->peer, _ ("Any address"), names->peers,
                    before != NULL ? get_chosen (self->peer, before->peers) : NULL, describe_title);
  g_strfreev (self->names->sop_classes);
  self->names->sop_classes = fill_names (
      self->class, _ ("Any SOP class"), names->sop_classes,
      before != NULL ? get_chosen (self->class, before->sop_classes) : NULL, gantry_uid_describe);
  self->filling = FALSE;
}

static void
on_names (GObject *engine, GAsyncResult *result, gpointer data)
{
  GantryAssociationFilterBar *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows
      = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, &error);

  /* Cancelled: there is no bar any more. What else goes wrong is told by the list. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->question);
  if (rows != NULL && rows->len > 0)
    set_names (self, rows->pdata[0]);
}

static void
ask_names (GantryAssociationFilterBar *self)
{
  if (self->engine == NULL || self->question != NULL)
    return;
  self->question = g_cancellable_new ();
  gantry_engine_list_log_names_async (self->engine, self->question, on_names, self);
}

void
gantry_association_filter_bar_set_engine (GantryAssociationFilterBar *self, GantryEngine *engine)
{
  static char *nothing[] = { NULL };

  g_return_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self));

  g_set_object (&self->engine, engine);
  set_names (self, &(GantryLogNames){ nothing, nothing, nothing });
}

gboolean
gantry_association_filter_bar_read (GantryAssociationFilterBar *self,
                                    GantryAssociationFilter *filter,
                                    guint *minutes)
{
  guint outcome, modality, time;
  const char *text;

  g_return_val_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self), FALSE);

  outcome = gtk_drop_down_get_selected (self->outcome);
  modality = gtk_drop_down_get_selected (self->modality);
  time = gtk_drop_down_get_selected (self->time);
  text = gtk_editable_get_text (self->entry);
  *filter = GANTRY_ASSOCIATION_FILTER_ANY;
  filter->text = *text != '\0' ? text : NULL;
  filter->whole = TRUE;
  if (self->names != NULL)
    {
      filter->ae_title = get_chosen (self->title, self->names->ae_titles);
      filter->peer = get_chosen (self->peer, self->names->peers);
      filter->sop_class_uid = get_chosen (self->class, self->names->sop_classes);
    }
  if (outcome < G_N_ELEMENTS (outcomes))
    filter->outcomes = outcomes[outcome].outcomes;
  if (modality > 0 && modality <= G_N_ELEMENTS (modalities))
    filter->modality = modalities[modality - 1];
  *minutes = time < G_N_ELEMENTS (times) ? times[time].minutes : 0;
  return filter->text != NULL || filter->outcomes != 0 || filter->modality != NULL || *minutes > 0
         || filter->ae_title != NULL || filter->peer != NULL || filter->sop_class_uid != NULL;
}

static void
chosen (GantryAssociationFilterBar *self)
{
  GantryAssociationFilter filter;
  gboolean some;
  guint minutes;

  if (self->filling)
    return;
  some = gantry_association_filter_bar_read (self, &filter, &minutes);
  gtk_widget_set_sensitive (self->reset_button, some);
  if (!some)
    gtk_widget_set_visible (GTK_WIDGET (self->summary), FALSE);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
gantry_association_filter_bar_reset (GantryAssociationFilterBar *self)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self));

  /* One change, not seven. */
  self->filling = TRUE;
  gtk_editable_set_text (self->entry, "");
  gtk_drop_down_set_selected (self->title, 0);
  gtk_drop_down_set_selected (self->peer, 0);
  gtk_drop_down_set_selected (self->class, 0);
  gtk_drop_down_set_selected (self->outcome, 0);
  gtk_drop_down_set_selected (self->modality, 0);
  gtk_drop_down_set_selected (self->time, 0);
  self->filling = FALSE;
  chosen (self);
  gtk_popover_popdown (self->popover);
}

static gboolean
choose (GtkDropDown *drop_down, char **names, const char *name)
{
  for (guint i = 0; name != NULL && names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      {
        gtk_drop_down_set_selected (drop_down, i + 1);
        return TRUE;
      }
  return name == NULL;
}

void
gantry_association_filter_bar_choose (GantryAssociationFilterBar *self,
                                      const char *ae_title,
                                      const char *peer)
{
  char *titles[] = { (char *)ae_title, NULL };
  char *peers[] = { (char *)peer, NULL };
  static char *nothing[] = { NULL };

  g_return_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self));
  g_return_if_fail (self->names != NULL);

  /* It may not be in the lists yet; it comes there with the next answer. */
  if (!choose (self->title, self->names->ae_titles, ae_title)
      || !choose (self->peer, self->names->peers, peer))
    {
      set_names (self, &(GantryLogNames){ titles, peers, nothing });
      choose (self->title, self->names->ae_titles, ae_title);
      choose (self->peer, self->names->peers, peer);
    }
}

static void
add_choice (GStrvBuilder *pieces, GtkDropDown *drop_down)
{
  if (gtk_drop_down_get_selected (drop_down) > 0)
    g_strv_builder_add (pieces,
                        gtk_string_object_get_string (gtk_drop_down_get_selected_item (drop_down)));
}

static char *
describe_totals (GantryAssociationFilterBar *self, const GantryAssociationTotals *totals)
{
  g_autoptr (GStrvBuilder) pieces = g_strv_builder_new ();
  g_autofree char *associations = gantry_format_count (totals->associations);
  g_autofree char *objects = gantry_format_count (totals->objects);
  g_autofree char *refused = gantry_format_count (totals->refused);
  g_autofree char *size = gantry_format_size (totals->bytes);
  g_autofree char *first = g_strdup_printf (
      ngettext ("%s association", "%s associations", totals->associations), associations);
  g_autofree char *second
      = g_strdup_printf (ngettext ("%s object", "%s objects", totals->objects), objects);
  g_autofree char *third
      = g_strdup_printf (ngettext ("%s refused", "%s refused", totals->refused), refused);
  g_auto (GStrv) list = NULL;

  g_strv_builder_add_many (pieces, first, second, NULL);
  if (totals->bytes > 0)
    g_strv_builder_add (pieces, size);
  if (totals->refused > 0)
    g_strv_builder_add (pieces, third);
  add_choice (pieces, self->title);
  add_choice (pieces, self->peer);
  add_choice (pieces, self->class);
  add_choice (pieces, self->outcome);
  add_choice (pieces, self->modality);
  add_choice (pieces, self->time);
  list = g_strv_builder_end (pieces);
  return g_strjoinv (" · ", list);
}

void
gantry_association_filter_bar_set_totals (GantryAssociationFilterBar *self,
                                          const GantryAssociationTotals *totals)
{
  g_autofree char *text = NULL;

  g_return_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self));

  if (totals != NULL)
    {
      text = describe_totals (self, totals);
      gtk_label_set_text (self->summary, text);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->summary),
                          totals != NULL && gtk_widget_get_sensitive (self->reset_button));
}

/* ---- Following --------------------------------------------------------------------------------
 */

/* A list at its top follows what comes in; anywhere else it stays. */
static void
scrolled (GantryAssociationFilterBar *self)
{
  gboolean top = gtk_adjustment_get_value (self->adjustment) <= 0;

  self->following = TRUE;
  gtk_toggle_button_set_active (self->follow_button, top);
  self->following = FALSE;
}

static void
follow_toggled (GantryAssociationFilterBar *self)
{
  if (self->following || self->adjustment == NULL)
    return;
  /* One pixel from the top is not at the top, and nobody sees it. */
  gtk_adjustment_set_value (self->adjustment,
                            gtk_toggle_button_get_active (self->follow_button) ? 0 : 1);
  scrolled (self); /* there may be nothing to scroll yet */
}

void
gantry_association_filter_bar_follow (GantryAssociationFilterBar *self, GtkScrolledWindow *list)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self));
  g_return_if_fail (self->adjustment == NULL);

  self->adjustment = g_object_ref (gtk_scrolled_window_get_vadjustment (list));
  g_signal_connect_object (self->adjustment, "value-changed", G_CALLBACK (scrolled), self,
                           G_CONNECT_SWAPPED);
}

void
gantry_association_filter_bar_focus (GantryAssociationFilterBar *self)
{
  g_return_if_fail (GANTRY_IS_ASSOCIATION_FILTER_BAR (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_association_filter_bar_dispose (GObject *object)
{
  GantryAssociationFilterBar *self = GANTRY_ASSOCIATION_FILTER_BAR (object);

  g_cancellable_cancel (self->question);
  g_clear_object (&self->question);
  g_clear_object (&self->engine);
  g_clear_object (&self->adjustment);
  g_clear_pointer (&self->names, gantry_record_unref);
  G_OBJECT_CLASS (gantry_association_filter_bar_parent_class)->dispose (object);
}

static void
gantry_association_filter_bar_class_init (GantryAssociationFilterBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_association_filter_bar_dispose;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-association-filter-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, entry);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, filter_button);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, popover);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, title);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, peer);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, class);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, outcome);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, modality);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, time);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, reset_button);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, follow_button);
  gtk_widget_class_bind_template_child (widget_class, GantryAssociationFilterBar, summary);
  gtk_widget_class_bind_template_callback (widget_class, ask_names);
  gtk_widget_class_bind_template_callback (widget_class, chosen);
  gtk_widget_class_bind_template_callback (widget_class, follow_toggled);
  gtk_widget_class_bind_template_callback (widget_class, gantry_association_filter_bar_reset);
}

static void
gantry_association_filter_bar_init (GantryAssociationFilterBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_drop_downs (self);
}
