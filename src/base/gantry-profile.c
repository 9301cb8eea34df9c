/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-profile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "gantry-error.h"

struct _GantryProfile
{
  char *data;
  int locks[GANTRY_PROFILE_N_ROLES]; /* flock()ed: released by the kernel however we end */
  char *database;
  char *received;
  char *incoming;
  char *quarantine;
  char *staging;
  char *pictures;
};

static const char *
own_directory (const char *directory)
{
  if (directory == NULL)
    directory = g_getenv ("GANTRY_PROFILE");
  return directory != NULL && *directory != '\0' ? directory : NULL;
}

static gboolean
make_directory (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;

  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE, _ ("The folder %s cannot be made: %s"),
               path, g_strerror (errno));
  return FALSE;
}

GantryProfile *
gantry_profile_open (const char *directory, GError **error)
{
  g_autoptr (GantryProfile) self = g_atomic_rc_box_new0 (GantryProfile);
  const char *data;

  for (guint i = 0; i < GANTRY_PROFILE_N_ROLES; i++)
    self->locks[i] = -1;
  directory = own_directory (directory);
  data = self->data = directory != NULL ? g_canonicalize_filename (directory, NULL)
                                        : g_build_filename (g_get_user_data_dir (), "gantry", NULL);
  self->database = g_build_filename (data, "gantry.db", NULL);
  self->received = g_build_filename (data, "received", NULL);
  self->incoming = g_build_filename (data, "incoming", NULL);
  self->quarantine = g_build_filename (data, "quarantine", NULL);
  self->staging = g_build_filename (data, "staging", NULL);
  self->pictures = directory != NULL
                       ? g_build_filename (data, "pictures", NULL)
                       : g_build_filename (g_get_user_cache_dir (), "gantry", "pictures", NULL);

  if (!make_directory (data, error) || !make_directory (self->received, error)
      || !make_directory (self->incoming, error) || !make_directory (self->quarantine, error)
      || !make_directory (self->staging, error) || !make_directory (self->pictures, error))
    return NULL;

  return g_steal_pointer (&self);
}

gboolean
gantry_profile_lock (GantryProfile *self, GantryProfileRole role, GError **error)
{
  static const char *const names[] = { "queue.lock", "receiver.lock" };
  g_autofree char *path = g_build_filename (self->data, names[role], NULL);

  g_return_val_if_fail (self->locks[role] < 0, FALSE);

  self->locks[role] = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->locks[role] < 0)
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE, _ ("%s cannot be opened: %s"), path,
                   g_strerror (errno));
      return FALSE;
    }
  if (flock (self->locks[role], LOCK_EX | LOCK_NB) == 0)
    return TRUE;

  g_set_error (
      error, GANTRY_ERROR, GANTRY_ERROR_BUSY,
      _ ("Another Gantry is running with the profile %s. Close it first, or choose another "
         "profile with --profile."),
      self->data);
  return FALSE;
}

GantryProfile *
gantry_profile_ref (GantryProfile *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
gantry_profile_clear (gpointer data)
{
  GantryProfile *self = data;

  for (guint i = 0; i < GANTRY_PROFILE_N_ROLES; i++)
    if (self->locks[i] >= 0)
      close (self->locks[i]);
  g_free (self->data);
  g_free (self->database);
  g_free (self->received);
  g_free (self->incoming);
  g_free (self->quarantine);
  g_free (self->staging);
  g_free (self->pictures);
}

void
gantry_profile_unref (GantryProfile *self)
{
  g_atomic_rc_box_release_full (self, gantry_profile_clear);
}

char *
gantry_profile_find_settings_file (const char *directory)
{
  directory = own_directory (directory);
  return directory != NULL ? g_build_filename (directory, "settings.ini", NULL) : NULL;
}

const char *
gantry_profile_get_database (GantryProfile *self)
{
  return self->database;
}

const char *
gantry_profile_get_received (GantryProfile *self)
{
  return self->received;
}

const char *
gantry_profile_get_incoming (GantryProfile *self)
{
  return self->incoming;
}

const char *
gantry_profile_get_quarantine (GantryProfile *self)
{
  return self->quarantine;
}

const char *
gantry_profile_get_staging (GantryProfile *self)
{
  return self->staging;
}

const char *
gantry_profile_get_pictures (GantryProfile *self)
{
  return self->pictures;
}
