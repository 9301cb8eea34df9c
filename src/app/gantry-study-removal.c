/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-study-removal.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "gantry-error.h"
#include "gantry-format.h"

#define TOAST_SECONDS 10

struct _GantryStudyRemoval
{
  GObject parent_instance;

  GtkWidget *widget; /* weak; NULL: closed */
  GantryEngine *engine;
  GArray *asked_about; /* gint64: whether there is a trash for them is not known yet */
  GArray *hidden;      /* gint64: held, and on their way */
  GArray *held;        /* gint64: the last of them, which can come back; NULL: none */
  gint64 asked;        /* when they were put there, microseconds since 1970 */
  AdwToast *toast;     /* of them */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GantryStudyRemoval, gantry_study_removal, G_TYPE_OBJECT)

static void
emit_changed (GantryStudyRemoval *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
is_in (const GArray *studies, gint64 study)
{
  for (guint i = 0; i < studies->len; i++)
    if (g_array_index (studies, gint64, i) == study)
      return TRUE;
  return FALSE;
}

static void
take_out (GArray *studies, gint64 study)
{
  for (guint i = 0; i < studies->len; i++)
    if (g_array_index (studies, gint64, i) == study)
      g_array_remove_index (studies, i--);
}

/* ---- Removing -------------------------------------------------------------------------------- */

typedef struct
{
  GantryStudyRemoval *self;
  GArray *studies; /* gint64 */
  gint64 until;
  gboolean for_good;
  guint pending;
  GArray *no_trash; /* gint64: those that are still there, because their disk has none */
  GError *error;    /* of the first that is still there for another reason */
} Removal;

static Removal *
removal_new (GantryStudyRemoval *self, GArray *studies, gint64 until, gboolean for_good)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->self = g_object_ref (self);
  removal->studies = g_array_ref (studies);
  removal->until = until;
  removal->for_good = for_good;
  removal->no_trash = g_array_new (FALSE, FALSE, sizeof (gint64));
  return removal;
}

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->self);
  g_array_unref (removal->studies);
  g_array_unref (removal->no_trash);
  g_clear_error (&removal->error);
  g_free (removal);
}

static void ask_for_good (GantryStudyRemoval *self, GArray *studies, gint64 until);

static void
tell_end (Removal *removal)
{
  GantryStudyRemoval *self = removal->self;

  if (self->widget == NULL)
    return;
  if (removal->no_trash->len > 0)
    ask_for_good (self, removal->no_trash, removal->until);
  if (removal->error != NULL)
    gtk_widget_activate_action (self->widget, "win.toast", "s", removal->error->message);
  else if (removal->for_good && removal->no_trash->len == 0)
    gtk_widget_activate_action (
        self->widget, "win.toast", "s",
        ngettext ("The study is deleted.", "The studies are deleted.", removal->studies->len));
}

/* One study of a removal. */
typedef struct
{
  Removal *removal;
  gint64 study;
} Step;

static void
on_removed (GObject *engine, GAsyncResult *result, gpointer data)
{
  g_autofree Step *step = data;
  Removal *removal = step->removal;
  g_autoptr (GError) error = NULL;

  gantry_engine_remove_received_finish (GANTRY_ENGINE (engine), result, &error);
  if (g_error_matches (error, GANTRY_ERROR, GANTRY_ERROR_NO_TRASH))
    g_array_append_val (removal->no_trash, step->study);
  else if (removal->error == NULL)
    removal->error = g_steal_pointer (&error);
  take_out (removal->self->hidden, step->study);
  emit_changed (removal->self);
  if (--removal->pending > 0)
    return;
  if (!g_error_matches (removal->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell_end (removal);
  removal_free (removal);
}

/* All at once: nobody may be there to go on when the first is done. */
static void
remove_all (GantryStudyRemoval *self, GArray *studies, gint64 until, gboolean for_good)
{
  Removal *removal = removal_new (self, studies, until, for_good);

  removal->pending = studies->len;
  for (guint i = 0; i < studies->len; i++)
    {
      Step *step = g_new (Step, 1);

      *step = (Step){ removal, g_array_index (studies, gint64, i) };
      gantry_engine_remove_received_async (self->engine, step->study, 0, until, for_good, NULL,
                                           on_removed, step);
    }
}

/* ---- For good -------------------------------------------------------------------------------- */

static void
on_response (Removal *removal, const char *response)
{
  if (g_str_equal (response, "remove"))
    remove_all (removal->self, removal->studies, removal->until, TRUE);
}

static void
free_closure (gpointer data, GClosure *closure G_GNUC_UNUSED)
{
  removal_free (data);
}

static void
ask_for_good (GantryStudyRemoval *self, GArray *studies, gint64 until)
{
  GtkRoot *root = gtk_widget_get_root (self->widget);
  GtkWidget *dialog;

  if (root == NULL)
    return;
  dialog = adw_message_dialog_new (
      GTK_WINDOW (root), _ ("Delete for Good?"),
      ngettext ("This disk has no trash. The files of the study would be deleted at once, and "
                "nobody could bring them back.",
                "This disk has no trash. The files of the studies would be deleted at once, and "
                "nobody could bring them back.",
                studies->len));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "remove",
                                    _ ("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response),
                         removal_new (self, studies, until, TRUE), free_closure, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- To the trash ---------------------------------------------------------------------------- */

/* @window_goes: and the toast with it, which does not stand being asked to go meanwhile */
static void
drop_toast (GantryStudyRemoval *self, gboolean window_goes)
{
  g_autoptr (AdwToast) toast = g_steal_pointer (&self->toast);

  if (toast == NULL)
    return;
  g_signal_handlers_disconnect_by_data (toast, self);
  if (!window_goes)
    adw_toast_dismiss (toast);
}

/* It is too late to undo. */
static void
let_go (GantryStudyRemoval *self, gboolean window_goes)
{
  g_autoptr (GArray) held = g_steal_pointer (&self->held);

  drop_toast (self, window_goes);
  if (held != NULL)
    remove_all (self, held, self->asked, FALSE);
}

static void
on_dismissed (GantryStudyRemoval *self)
{
  g_clear_object (&self->toast);
  let_go (self, FALSE);
  emit_changed (self);
}

static void
show_toast (GantryStudyRemoval *self)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (self->widget, ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *count = gantry_format_count (self->held->len);
  g_autofree char *text = g_strdup_printf (
      ngettext ("%s study moved to the trash", "%s studies moved to the trash", self->held->len),
      count);

  if (overlay == NULL)
    {
      let_go (self, FALSE);
      return;
    }
  self->toast = g_object_ref_sink (adw_toast_new (text));
  adw_toast_set_button_label (self->toast, _ ("_Undo"));
  adw_toast_set_timeout (self->toast, TOAST_SECONDS);
  /* Not behind what others have to say, or it would be over before it is seen. */
  adw_toast_set_priority (self->toast, ADW_TOAST_PRIORITY_HIGH);
  g_signal_connect_swapped (self->toast, "button-clicked", G_CALLBACK (gantry_study_removal_undo),
                            self);
  g_signal_connect_swapped (self->toast, "dismissed", G_CALLBACK (on_dismissed), self);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), g_object_ref (self->toast));
}

static void
hold (GantryStudyRemoval *self, GArray *studies, gint64 asked)
{
  let_go (self, FALSE);
  self->held = g_array_ref (studies);
  self->asked = asked;
  g_array_append_vals (self->hidden, studies->data, studies->len);
  show_toast (self);
  emit_changed (self);
}

static void on_trash (GObject *file, GAsyncResult *result, gpointer data);

static void
ask_for_trash (GFile *file, Removal *removal)
{
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_ACCESS_CAN_TRASH, G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT, NULL, on_trash, removal);
}

/* Of what is not there, what it would be in tells. */
static void
on_trash (GObject *file, GAsyncResult *result, gpointer data)
{
  Removal *removal = data;
  GantryStudyRemoval *self = removal->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (file), result, &error);
  g_autoptr (GFile) above = g_file_get_parent (G_FILE (file));

  if (above != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      ask_for_trash (above, removal);
      return;
    }
  for (guint i = 0; i < removal->studies->len; i++)
    take_out (self->asked_about, g_array_index (removal->studies, gint64, i));
  if (self->widget != NULL && info != NULL
      && g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_ACCESS_CAN_TRASH)
      && !g_file_info_get_attribute_boolean (info, G_FILE_ATTRIBUTE_ACCESS_CAN_TRASH))
    ask_for_good (self, removal->studies, removal->until);
  else if (self->widget != NULL)
    hold (self, removal->studies, removal->until);
  removal_free (removal);
}

/* A list that has not answered yet still shows what is hidden or about to be: asked for once more,
 * it must not let go of what can be undone, nor come after the undoing. */
void
gantry_study_removal_begin (GantryStudyRemoval *self,
                            const gint64 *studies,
                            gsize n,
                            const char *path)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GFile) file = NULL;
  gint64 now = g_get_real_time ();

  g_return_if_fail (GANTRY_IS_STUDY_REMOVAL (self));

  for (gsize i = 0; i < n; i++)
    if (!is_in (self->hidden, studies[i]) && !is_in (self->asked_about, studies[i]))
      g_array_append_val (array, studies[i]);
  if (array->len == 0)
    return;
  if (path == NULL)
    {
      hold (self, array, now);
      return;
    }
  g_array_append_vals (self->asked_about, array->data, array->len);
  file = g_file_new_for_path (path);
  ask_for_trash (file, removal_new (self, array, now, FALSE));
}

void
gantry_study_removal_undo (GantryStudyRemoval *self)
{
  g_autoptr (GArray) held = NULL;

  g_return_if_fail (GANTRY_IS_STUDY_REMOVAL (self));

  held = g_steal_pointer (&self->held);
  drop_toast (self, FALSE);
  for (guint i = 0; held != NULL && i < held->len; i++)
    take_out (self->hidden, g_array_index (held, gint64, i));
  emit_changed (self);
}

gboolean
gantry_study_removal_can_undo (GantryStudyRemoval *self)
{
  g_return_val_if_fail (GANTRY_IS_STUDY_REMOVAL (self), FALSE);

  return self->held != NULL;
}

const gint64 *
gantry_study_removal_get_hidden (GantryStudyRemoval *self, gsize *n)
{
  g_return_val_if_fail (GANTRY_IS_STUDY_REMOVAL (self), NULL);

  *n = self->hidden->len;
  return (const gint64 *)(gpointer)self->hidden->data;
}

void
gantry_study_removal_close (GantryStudyRemoval *self)
{
  g_return_if_fail (GANTRY_IS_STUDY_REMOVAL (self));

  let_go (self, TRUE);
  g_clear_weak_pointer (&self->widget);
}

/* ---- The class ------------------------------------------------------------------------------- */

static void
gantry_study_removal_finalize (GObject *object)
{
  GantryStudyRemoval *self = GANTRY_STUDY_REMOVAL (object);

  drop_toast (self, TRUE);
  g_clear_pointer (&self->held, g_array_unref);
  g_array_unref (self->hidden);
  g_array_unref (self->asked_about);
  g_clear_weak_pointer (&self->widget);
  g_object_unref (self->engine);
  G_OBJECT_CLASS (gantry_study_removal_parent_class)->finalize (object);
}

static void
gantry_study_removal_class_init (GantryStudyRemovalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gantry_study_removal_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gantry_study_removal_init (GantryStudyRemoval *self)
{
  self->hidden = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->asked_about = g_array_new (FALSE, FALSE, sizeof (gint64));
}

GantryStudyRemoval *
gantry_study_removal_new (GtkWidget *widget, GantryEngine *engine)
{
  GantryStudyRemoval *self = g_object_new (GANTRY_TYPE_STUDY_REMOVAL, NULL);

  g_set_weak_pointer (&self->widget, widget);
  self->engine = g_object_ref (engine);
  return self;
}
