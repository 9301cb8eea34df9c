/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-reconcile.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "gantry-instance.h"
#include "gantry-log-table.h"
#include "gantry-received-table.h"
#include "gantry-receiver.h"

/* A fact of the database: a line for each place, "DEPTH FOLDER", the folder escaped as in C. Before
 * there were layouts it was "0" (none), "1" (the profile's folder) or a folder, with objects two
 * folders deep. */
#define FACT_OPEN "receiver-open"
#define OLD_DEPTH 2

typedef struct
{
  char *folder;
  guint depth;
  gboolean done; /* all of it was looked at; the thread's while it runs */
} Place;

struct _GantryReconcile
{
  GantryCore *core;
  GPtrArray *left; /* Place: of earlier runs, to be searched; the thread's while it runs */
  GPtrArray *ours; /* Place: of this run */
  gint cancelled;  /* atomic */
  gboolean running;
  gboolean lossy; /* what was found could not be written */
};

static void
place_free (gpointer data)
{
  Place *place = data;

  g_free (place->folder);
  g_free (place);
}

/* Returns: FALSE when it is among them already. */
static gboolean
add_place (GPtrArray *places, const char *folder, guint depth)
{
  Place *place;

  for (guint i = 0; i < places->len; i++)
    {
      place = places->pdata[i];
      if (place->depth == depth && g_strcmp0 (place->folder, folder) == 0)
        return FALSE;
    }
  place = g_new (Place, 1);
  *place = (Place){ g_strdup (folder), depth, FALSE };
  g_ptr_array_add (places, place);
  return TRUE;
}

/* ---- The marks ------------------------------------------------------------------------------ */

static void
take_marks (GantryReconcile *self, const char *fact)
{
  g_auto (GStrv) lines = g_strsplit (fact != NULL ? fact : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *folder = NULL;
      gulong depth = strtoul (lines[i], &folder, 10);

      if (*lines[i] == '/')
        add_place (self->left, lines[i], OLD_DEPTH);
      else if (*folder == ' ')
        {
          g_autofree char *text = g_strcompress (folder + 1);

          add_place (self->left, text, (guint)depth);
        }
      else if (depth == 1)
        add_place (self->left, gantry_profile_get_received (self->core->profile), OLD_DEPTH);
    }
}

static void
append_marks (GString *fact, GPtrArray *places)
{
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = places->pdata[i];
      g_autofree char *folder = g_strescape (place->folder, NULL);

      g_string_append_printf (fact, "%s%u %s", fact->len > 0 ? "\n" : "", place->depth, folder);
    }
}

static gboolean
write_marks (GantryReconcile *self, GError **error)
{
  g_autoptr (GString) fact = g_string_new (NULL);

  append_marks (fact, self->left);
  append_marks (fact, self->ours);
  return gantry_log_table_set_fact (self->core->db, FACT_OPEN, fact->len > 0 ? fact->str : "0",
                                    error);
}

gboolean
gantry_reconcile_mark (GantryReconcile *self, const char *folder, guint depth, GError **error)
{
  return !add_place (self->ours, folder, depth) || write_marks (self, error);
}

/* ---- What is found -------------------------------------------------------------------------- */

typedef struct
{
  GantryReconcile *self;
  GantryReceived *received;
  GantryInstance *instance;
} Lost;

static void
lost_free (gpointer data)
{
  Lost *lost = data;

  gantry_record_unref (lost->received);
  gantry_instance_unref (lost->instance);
  g_free (lost);
}

static gboolean
write_lost (GantryDatabase *db, const Lost *lost, gboolean *known, GError **error)
{
  gboolean counted;

  *known = FALSE;
  if (!gantry_database_begin (db, error))
    return FALSE;
  *known = gantry_received_table_knows_path (db, lost->received->path)
           || gantry_receiver_expects (lost->self->core->receiver, lost->received->path);
  return (*known
          || gantry_received_table_add (db, lost->received, lost->instance, FALSE, &counted, error))
         && gantry_database_commit (db, error);
}

static void
add_lost (GantryCore *core, gpointer data)
{
  Lost *lost = data;
  g_autoptr (GError) error = NULL;
  gboolean known;

  if (!write_lost (core->db, lost, &known, &error))
    {
      gantry_database_rollback (core->db);
      g_warning ("A received object is not listed: %s", error->message);
      lost->self->lossy = TRUE;
      return;
    }
  if (known)
    return;
  gantry_receiver_note_listed (core->receiver, lost->received);
  gantry_core_emit (core, gantry_event_new (GANTRY_EVENT_STUDIES_CHANGED));
}

static void
post_lost (GantryReconcile *self, const char *path, GantryInstance *instance)
{
  Lost *lost = g_new (Lost, 1);

  lost->self = self;
  lost->received = gantry_received_new ();
  g_free (lost->received->path); /* as it is: it names a file */
  lost->received->path = g_strdup (path);
  gantry_record_set (&lost->received->sop_class_uid, instance->sop_class_uid);
  gantry_record_set (&lost->received->sop_instance_uid, instance->sop_instance_uid);
  gantry_record_set (&lost->received->transfer_syntax, instance->transfer_syntax);
  gantry_record_set (&lost->received->modality, instance->modality);
  lost->received->size = instance->size - instance->data_offset;
  lost->received->received = instance->modified;
  lost->instance = instance;
  gantry_core_post (self->core, add_lost, lost, lost_free);
}

/* ---- The search ----------------------------------------------------------------------------- */

/* Each of these returns whether everything could be looked at; what has gone needs not be. */
static gboolean
look_at_file (GantryReconcile *self, GantryDatabase *db, const char *path)
{
  g_autoptr (GantryInstance) instance = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_str_has_suffix (path, ".dcm")
      || (db != NULL && gantry_received_table_knows_path (db, path)))
    return TRUE;
  instance = gantry_instance_read (path, &error);
  if (instance != NULL)
    post_lost (self, path, g_steal_pointer (&instance));
  return error == NULL || error->domain != G_FILE_ERROR || error->code == G_FILE_ERROR_NOENT;
}

static gboolean
search_folder (GantryReconcile *self, GantryDatabase *db, const char *folder, guint depth);

/* No links: somebody may have planted them. */
static gboolean
search_below (GantryReconcile *self, GantryDatabase *db, const char *path, guint depth)
{
  struct stat info;

  if (lstat (path, &info) != 0)
    return errno == ENOENT;
  return !S_ISDIR (info.st_mode) || search_folder (self, db, path, depth)
         || (lstat (path, &info) != 0 && errno == ENOENT);
}

/* Only where the keeper puts objects: a folder of the user's choice may hold other things too. And
 * nothing hidden: there is what is on its way, and what is in quarantine.
 */
static gboolean
search_folder (GantryReconcile *self, GantryDatabase *db, const char *folder, guint depth)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean all = dir != NULL;

  while (dir != NULL && g_atomic_int_get (&self->cancelled) == 0)
    {
      g_autofree char *path = NULL;
      const char *name;

      errno = 0;
      name = g_dir_read_name (dir);
      if (name == NULL)
        return all && errno == 0;
      if (*name == '.')
        continue;
      path = g_build_filename (folder, name, NULL);
      all &= depth == 0 ? look_at_file (self, db, path) : search_below (self, db, path, depth - 1);
    }
  return FALSE;
}

/* Behind everything that was found, in the order of the posts. */
static void
searched (GantryCore *core, gpointer data)
{
  GantryReconcile *self = data;

  self->running = FALSE;
  if (g_atomic_int_get (&self->cancelled) == 0 && !self->lossy)
    {
      for (guint i = self->left->len; i-- > 0;)
        if (((Place *)self->left->pdata[i])->done)
          g_ptr_array_remove_index (self->left, i);
      write_marks (self, NULL);
    }
  gantry_core_part_stopped (core);
}

/* Asks a connection of its own, so that what is known costs the core thread nothing. */
static gpointer
search (gpointer data)
{
  GantryReconcile *self = data;
  g_autoptr (GantryDatabase) db
      = gantry_database_open (gantry_profile_get_database (self->core->profile), FALSE, NULL);

  for (guint i = 0; i < self->left->len; i++)
    {
      Place *place = self->left->pdata[i];

      place->done = search_folder (self, db, place->folder, place->depth);
    }
  gantry_core_post (self->core, searched, self, NULL);
  return NULL;
}

static void
start_search (GantryCore *core G_GNUC_UNUSED, gpointer data)
{
  GantryReconcile *self = data;

  g_thread_unref (g_thread_new ("gantry-reconcile", search, self));
}

/* ---- Life ----------------------------------------------------------------------------------- */

GantryReconcile *
gantry_reconcile_new (GantryCore *core, GError **error)
{
  g_autofree char *fact = NULL;
  GantryReconcile *self;

  if (!gantry_log_table_get_fact (core->db, FACT_OPEN, &fact, error))
    return NULL;
  self = g_new0 (GantryReconcile, 1);
  self->core = core;
  self->left = g_ptr_array_new_with_free_func (place_free);
  self->ours = g_ptr_array_new_with_free_func (place_free);
  take_marks (self, fact);
  if (self->left->len > 0)
    {
      self->running = TRUE;
      gantry_core_post (core, start_search, self, NULL);
    }
  return self;
}

void
gantry_reconcile_stop (GantryReconcile *self)
{
  g_atomic_int_set (&self->cancelled, 1);
}

gboolean
gantry_reconcile_is_idle (GantryReconcile *self)
{
  return !self->running;
}

void
gantry_reconcile_free (GantryReconcile *self, gboolean all_written)
{
  if (all_written)
    g_ptr_array_set_size (self->ours, 0);
  write_marks (self, NULL);
  g_ptr_array_unref (self->left);
  g_ptr_array_unref (self->ours);
  g_free (self);
}
