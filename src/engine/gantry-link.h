/* gantry-link.h - one cancellable for work that two may end: whoever asked, and the engine's end
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "gantry-association.h"

G_BEGIN_DECLS

typedef struct _GantryLink GantryLink;

/* @caller: (nullable). Both are kept until the link is freed. Any thread. */
GantryLink *gantry_link_new (GCancellable *closing, GCancellable *caller);
/* Not from a handler of either's ::cancelled. */
void gantry_link_free (GantryLink *self);
/* (transfer none): cancelled as soon as one of the two is */
GCancellable *gantry_link_get (GantryLink *self);

/* Any thread: what cancels @cancellable (nullable) cancels @association, until
 * g_cancellable_disconnect() with what is returned; 0 when it was cancelled already. */
gulong gantry_link_association (GCancellable *cancellable, GantryAssociation *association);

G_END_DECLS
