/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-retention.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "gantry-catalog.h"
#include "gantry-received-table.h"

/* Objects a step: each is a rename and two statements on the core thread. */
#define STEP 32
#define STEP_MS 20
/* When something that should have gone was just coming again. */
#define AGAIN_MS 500
/* While there is nothing to do. */
#define SWEEP_MS 60000

struct _GantryRetention
{
  GantryCore *core;
  GantryKeeper *keeper;
  char *folder;
  guint days;
  guint64 bytes;
  gboolean only_complete; /* a command is run for studies that are */

  guint64 kept;          /* octets listed below the folder; counted with a limit of bytes only */
  GantryReceived *after; /* where the sweep is; NULL: at the oldest */
  GSource *next;         /* the next step */
  gboolean busy;         /* this sweep left something that had just come again */
  gboolean rests;        /* until the next sweep, with nothing left to remove */
  GThreadPool *files;    /* paths to delete, and trim_quarantine */
  gint64 trimmed;        /* monotonic, when the quarantine was last looked at; 0: not yet */
};

/* Asks the thread to look at the quarantine; no path. */
static char trim_quarantine[] = "";

/* On the thread: the file is out of everybody's sight already. */
static void
work (gpointer data, gpointer user_data)
{
  GantryRetention *self = user_data;
  char *path = data;

  if (path == trim_quarantine)
    {
      gantry_keeper_trim_quarantine (self->keeper);
      return;
    }
  g_unlink (path);
  g_free (path);
}

static gboolean
is_due (const GantryRetention *self, const GantryReceived *object, gint64 now)
{
  return (self->days > 0 && object->received < now - (gint64)self->days * G_TIME_SPAN_DAY)
         || (self->bytes > 0 && self->kept > self->bytes);
}

/* FALSE: it stays for now, and the sweep goes on behind it. */
static gboolean
remove_object (GantryRetention *self, const GantryReceived *object, GError **error)
{
  char *part = NULL;
  int code = gantry_keeper_take (self->keeper, object->path, &part);

  if (code != 0 && code != ENOENT)
    {
      if (code == EBUSY)
        self->busy = TRUE;
      else
        g_warning ("%s is not removed: %s", object->path, g_strerror (code));
      return FALSE;
    }
  if (part != NULL)
    g_thread_pool_push (self->files, part, NULL);
  self->kept -= MIN (self->kept, object->size);
  return gantry_received_table_forget (
      self->core->db, object, _ ("Removed, as the receiver's limits of age and size demand."),
      error);
}

/* Removes what is due of a page. @more: whether there may be others behind it */
static guint
remove_page (GantryRetention *self, GPtrArray *page, gboolean *more, GError **error)
{
  gint64 now = gantry_keeper_get_time (self->keeper, FALSE);
  guint removed = 0;

  *more = page->len == STEP;
  for (guint i = 0; i < page->len; i++)
    {
      GantryReceived *object = page->pdata[i];

      if (!is_due (self, object, now))
        {
          *more = FALSE;
          break;
        }
      if (remove_object (self, object, error))
        removed++;
      else if (*error != NULL)
        break;
      g_clear_pointer (&self->after, gantry_record_unref);
      self->after = gantry_record_ref (object);
    }
  return removed;
}

/* Returns whether another step should follow. What could not be committed is done again: the files
 * that are gone by then are no obstacle. */
static gboolean
step (GantryRetention *self, GError **error)
{
  GantryDatabase *db = self->core->db;
  g_autoptr (GPtrArray) page = NULL;
  gboolean more = FALSE;
  guint removed;

  if (!gantry_database_begin (db, error))
    return FALSE;
  page = gantry_received_table_list_oldest (db, self->folder, self->only_complete, self->after,
                                            STEP, error);
  if (page == NULL)
    return FALSE;
  removed = remove_page (self, page, &more, error);
  if (*error != NULL || (removed > 0 && !gantry_catalog_prune (db, GANTRY_OWNER_RECEIVED, error))
      || !gantry_database_commit (db, error))
    return FALSE;
  if (removed > 0)
    gantry_core_emit (self->core, gantry_event_new (GANTRY_EVENT_STUDIES_CHANGED));
  return more;
}

static void
count (GantryRetention *self)
{
  if (self->bytes > 0)
    self->kept = gantry_received_table_sum (self->core->db, self->folder);
}

/* It looks after its size by itself when something comes. */
static void
look_at_quarantine (GantryRetention *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->trimmed != 0 && now - self->trimmed < SWEEP_MS * G_TIME_SPAN_MILLISECOND)
    return;
  self->trimmed = now;
  g_thread_pool_push (self->files, trim_quarantine, NULL);
}

static void schedule (GantryRetention *self, guint ms);

static gboolean
on_step (gpointer data)
{
  GantryRetention *self = data;
  g_autoptr (GError) error = NULL;
  gboolean more = step (self, &error);

  look_at_quarantine (self);
  if (error != NULL)
    {
      gantry_database_rollback (self->core->db);
      g_warning ("Old objects cannot be removed: %s", error->message);
      count (self);
    }
  if (!more)
    g_clear_pointer (&self->after, gantry_record_unref);
  schedule (self, more ? STEP_MS : self->busy ? AGAIN_MS : SWEEP_MS);
  /* Above the limit with nothing to remove, the queue needs it all: another object changes nothing
   * about that. */
  self->rests = !more && self->kept <= self->bytes;
  self->busy &= more;
  return G_SOURCE_REMOVE;
}

static void
cancel (GantryRetention *self)
{
  if (self->next == NULL)
    return;
  g_source_destroy (self->next);
  g_clear_pointer (&self->next, g_source_unref);
}

static void
schedule (GantryRetention *self, guint ms)
{
  cancel (self);
  self->rests = FALSE;
  self->next = gantry_core_add_timer (self->core, ms, on_step, self);
}

GantryRetention *
gantry_retention_new (GantryCore *core,
                      GantryKeeper *keeper,
                      const char *folder,
                      const GantryListenSettings *settings)
{
  GantryRetention *self = g_new0 (GantryRetention, 1);

  self->core = core;
  self->keeper = keeper;
  self->folder = g_strdup (folder);
  self->days = settings->keep_days;
  self->bytes = settings->keep_bytes;
  self->only_complete = settings->complete_seconds > 0 && settings->complete_command != NULL
                        && settings->complete_command[0] != NULL;
  count (self);
  self->files = g_thread_pool_new (work, self, 1, FALSE, NULL);
  schedule (self, STEP_MS);
  return self;
}

void
gantry_retention_free (GantryRetention *self)
{
  cancel (self);
  g_thread_pool_free (self->files, FALSE, TRUE);
  g_clear_pointer (&self->after, gantry_record_unref);
  g_free (self->folder);
  g_free (self);
}

void
gantry_retention_note (GantryRetention *self, guint64 bytes)
{
  if (self->bytes == 0)
    return;
  self->kept += bytes;
  if (self->kept > self->bytes && self->rests)
    schedule (self, STEP_MS);
}

void
gantry_retention_wake (GantryRetention *self)
{
  g_clear_pointer (&self->after, gantry_record_unref);
  schedule (self, STEP_MS);
}
