/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-link.h"

struct _GantryLink
{
  GCancellable *inner;
  GCancellable *outer[2]; /* either may be NULL */
  gulong handlers[2];
};

static void
cancel_inner (GCancellable *cancellable G_GNUC_UNUSED, gpointer inner)
{
  g_cancellable_cancel (inner);
}

GantryLink *
gantry_link_new (GCancellable *closing, GCancellable *caller)
{
  GantryLink *self = g_new0 (GantryLink, 1);

  self->inner = g_cancellable_new ();
  self->outer[0] = g_object_ref (closing);
  self->outer[1] = caller != NULL ? g_object_ref (caller) : NULL;
  for (guint i = 0; i < 2; i++)
    if (self->outer[i] != NULL)
      self->handlers[i]
          = g_cancellable_connect (self->outer[i], G_CALLBACK (cancel_inner), self->inner, NULL);
  return self;
}

void
gantry_link_free (GantryLink *self)
{
  for (guint i = 0; i < 2; i++)
    if (self->outer[i] != NULL)
      {
        g_cancellable_disconnect (self->outer[i], self->handlers[i]);
        g_object_unref (self->outer[i]);
      }
  g_object_unref (self->inner);
  g_free (self);
}

GCancellable *
gantry_link_get (GantryLink *self)
{
  return self->inner;
}

/* On whatever thread cancels. */
static void
cancel_association (GCancellable *cancellable G_GNUC_UNUSED, gpointer association)
{
  gantry_association_cancel (association);
}

gulong
gantry_link_association (GCancellable *cancellable, GantryAssociation *association)
{
  return cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (cancel_association),
                                                      association, NULL)
                             : 0;
}
