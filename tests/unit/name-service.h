/* name-service.h - a name service that answers when a test wants it, and what a test wants
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No server can be had that hangs, fails or lies on purpose. Main thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Is the default resolver of this process until it is removed. */
void name_service_install (void);
/* Answers what is still open, with nothing, and puts the resolver back that was there before. */
void name_service_remove (void);

/* Questions about addresses since it was installed, and those without an answer. */
guint name_service_count (void);
guint name_service_count_open (void);
/* Whether @address is among those that are open. */
gboolean name_service_is_asked (const char *address);
/* Answers the first question about @address, which must be there. @name: (nullable): there is none
 */
void name_service_answer (const char *address, const char *name);

G_END_DECLS
