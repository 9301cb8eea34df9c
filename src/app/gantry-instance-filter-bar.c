/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-instance-filter-bar.h"

#include <glib/gi18n-lib.h>

#include "gantry-adaptive-box.h"
#include "gantry-format.h"
#include "gantry-study-words.h"

#define MASK(outcome) (1U << GANTRY_OUTCOME_##outcome)

/* The rows of the choice; a job's whole life in the order of it. */
static const struct
{
  const char *name;
  guint outcomes; /* 0: any */
} rows[] = {
  { N_ ("All Outcomes"), 0 },         { N_ ("Waiting"), MASK (WAITING) | MASK (SENDING) },
  { N_ ("Stored"), MASK (STORED) },   { N_ ("Warnings"), MASK (WARNING) },
  { N_ ("Refused"), MASK (REFUSED) }, { N_ ("Not Accepted"), MASK (NOT_ACCEPTED) },
  { N_ ("Failed"), MASK (FAILED) },   { N_ ("Cancelled"), MASK (CANCELLED) },
};

struct _GantryInstanceFilterBar
{
  AdwBin parent_instance;

  GtkSearchEntry *search;
  GtkDropDown *outcome, *study;

  GtkStringList *studies;
  GArray *study_ids; /* gint64, of the rows of studies; the first is 0 */
  char *text;        /* as in the last filter */
  guint64 counts[G_N_ELEMENTS (rows)];
  GPtrArray *labels; /* unowned GtkLabel: those of the outcomes that are bound now */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GantryInstanceFilterBar, gantry_instance_filter_bar, ADW_TYPE_BIN)

static void
changed (GantryInstanceFilterBar *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* ---- Outcomes with their counts ---------------------------------------------------------------
 */

/* The rows stay the same objects while counts change, so an open list keeps its place. */
static void
show_outcome (GtkLabel *label, GantryInstanceFilterBar *self)
{
  guint row = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (label), "gantry-row"));
  g_autofree char *count = gantry_format_count (self->counts[row]);
  /* Translators: an outcome, and how many objects have it */
  g_autofree char *text = g_strdup_printf (_ ("%s (%s)"), _ (rows[row].name), count);

  gtk_label_set_text (label, text);
}

static void
setup_outcome (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (list_item, label);
}

static void
bind_outcome (GtkSignalListItemFactory *factory G_GNUC_UNUSED,
              GtkListItem *list_item,
              GantryInstanceFilterBar *self)
{
  GtkWidget *label = gtk_list_item_get_child (list_item);

  g_object_set_data (G_OBJECT (label), "gantry-row",
                     GUINT_TO_POINTER (gtk_list_item_get_position (list_item)));
  show_outcome (GTK_LABEL (label), self);
  g_ptr_array_add (self->labels, label);
}

/* The drop-down binds the row of its button with the position of the chosen one. */
static void
unbind_outcome (GtkSignalListItemFactory *factory G_GNUC_UNUSED,
                GtkListItem *list_item,
                GantryInstanceFilterBar *self)
{
  g_ptr_array_remove_fast (self->labels, gtk_list_item_get_child (list_item));
}

static void
make_outcomes (GantryInstanceFilterBar *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_string_list_append (names, _ (rows[i].name));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_outcome), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_outcome), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_outcome), self);
  gtk_drop_down_set_factory (self->outcome, factory);
  gtk_drop_down_set_model (self->outcome, G_LIST_MODEL (names));
}

/* ---- Studies ----------------------------------------------------------------------------------
 */

static void
setup_study (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), 12);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_list_item_set_child (list_item, label);
}

static void
bind_study (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *list_item)
{
  GtkStringObject *name = gtk_list_item_get_item (list_item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (list_item)),
                      gtk_string_object_get_string (name));
}

static void
make_studies (GantryInstanceFilterBar *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  const gint64 any = 0;

  self->studies = gtk_string_list_new ((const char *const[]){ _ ("All Studies"), NULL });
  self->study_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (self->study_ids, any);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_study), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_study), NULL);
  gtk_drop_down_set_factory (self->study, factory);
  gtk_drop_down_set_model (self->study, G_LIST_MODEL (self->studies));
}

/* ---- The class --------------------------------------------------------------------------------
 */

static void
gantry_instance_filter_bar_dispose (GObject *object)
{
  GantryInstanceFilterBar *self = GANTRY_INSTANCE_FILTER_BAR (object);

  /* Their rows are bound until then. */
  if (self->outcome != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->outcome, self);
      g_signal_handlers_disconnect_by_data (self->study, self);
      gtk_drop_down_set_model (self->outcome, NULL);
      gtk_drop_down_set_factory (self->outcome, NULL);
    }
  G_OBJECT_CLASS (gantry_instance_filter_bar_parent_class)->dispose (object);
}

static void
gantry_instance_filter_bar_finalize (GObject *object)
{
  GantryInstanceFilterBar *self = GANTRY_INSTANCE_FILTER_BAR (object);

  g_clear_object (&self->studies);
  g_array_unref (self->study_ids);
  g_ptr_array_unref (self->labels);
  g_free (self->text);
  G_OBJECT_CLASS (gantry_instance_filter_bar_parent_class)->finalize (object);
}

static void
gantry_instance_filter_bar_class_init (GantryInstanceFilterBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gantry_instance_filter_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = gantry_instance_filter_bar_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", GANTRY_TYPE_INSTANCE_FILTER_BAR,
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (GANTRY_TYPE_ADAPTIVE_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/gantry/Gantry/gantry-instance-filter-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, GantryInstanceFilterBar, search);
  gtk_widget_class_bind_template_child (widget_class, GantryInstanceFilterBar, outcome);
  gtk_widget_class_bind_template_child (widget_class, GantryInstanceFilterBar, study);
}

static void
gantry_instance_filter_bar_init (GantryInstanceFilterBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->labels = g_ptr_array_new ();
  make_outcomes (self);
  make_studies (self);

  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (changed), self);
  g_signal_connect_swapped (self->outcome, "notify::selected", G_CALLBACK (changed), self);
  g_signal_connect_swapped (self->study, "notify::selected", G_CALLBACK (changed), self);
}

void
gantry_instance_filter_bar_set_job (GantryInstanceFilterBar *self, const GantryJob *job)
{
  g_return_if_fail (GANTRY_IS_INSTANCE_FILTER_BAR (self));

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      self->counts[i] = 0;
      for (guint outcome = 0; outcome < GANTRY_N_OUTCOMES; outcome++)
        if (rows[i].outcomes == 0 || (rows[i].outcomes & (1U << outcome)))
          self->counts[i] += job->counts[outcome];
    }
  g_ptr_array_foreach (self->labels, (GFunc)show_outcome, self);
}

void
gantry_instance_filter_bar_set_studies (GantryInstanceFilterBar *self, GPtrArray *studies)
{
  g_return_if_fail (GANTRY_IS_INSTANCE_FILTER_BAR (self));

  for (guint i = 0; i < studies->len; i++)
    {
      const GantryStudy *study = studies->pdata[i];
      g_autofree char *name = gantry_study_describe_briefly (study);

      g_array_append_val (self->study_ids, study->id);
      gtk_string_list_append (self->studies, name);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->study), studies->len > 1);
}

void
gantry_instance_filter_bar_get_filter (GantryInstanceFilterBar *self, GantryInstanceFilter *filter)
{
  guint outcome, study;

  g_return_if_fail (GANTRY_IS_INSTANCE_FILTER_BAR (self));

  outcome = gtk_drop_down_get_selected (self->outcome);
  study = gtk_drop_down_get_selected (self->study);
  g_free (self->text);
  self->text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search))));
  *filter = (GantryInstanceFilter){
    .outcomes = outcome < G_N_ELEMENTS (rows) ? rows[outcome].outcomes : 0,
    .text = *self->text != '\0' ? self->text : NULL,
    .study_id = study < self->study_ids->len ? g_array_index (self->study_ids, gint64, study) : 0,
  };
}

gboolean
gantry_instance_filter_bar_is_filtering (GantryInstanceFilterBar *self)
{
  GantryInstanceFilter filter = { 0 };

  g_return_val_if_fail (GANTRY_IS_INSTANCE_FILTER_BAR (self), FALSE);

  gantry_instance_filter_bar_get_filter (self, &filter);
  return filter.outcomes != 0 || filter.text != NULL || filter.study_id != 0;
}

void
gantry_instance_filter_bar_reset (GantryInstanceFilterBar *self)
{
  g_return_if_fail (GANTRY_IS_INSTANCE_FILTER_BAR (self));

  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_drop_down_set_selected (self->outcome, 0);
  gtk_drop_down_set_selected (self->study, 0);
}

void
gantry_instance_filter_bar_focus (GantryInstanceFilterBar *self)
{
  g_return_if_fail (GANTRY_IS_INSTANCE_FILTER_BAR (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}
