/* gantry-scenario.h - how a receiver misbehaves on purpose, to see what senders make of it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line of words is a scenario, so that it can be kept, shown and given to gantryctl:
 *
 *   status=A700        answers C-STORE with this status; failures are not kept
 *   every=3            but only each third one, over all associations
 *   class=UID          only for this SOP class; several may be given
 *   caller=PATTERN     only for calling AE titles like this (* and ?); several may be given
 *   delay=500          waits so many milliseconds before each answer
 *   abort-after=10     aborts an association after so many objects
 *   abort-in-data      aborts in the middle of a data set
 *   drop-after=10      closes the connection without a word after so many objects
 *   drop-in-data       … or in the middle of a data set
 *   reject=1/1/7       rejects associations: result, source and reason of PS3.8 9.3.4
 *   ignore             answers success and keeps nothing
 *   no-echo            does not accept Verification
 *
 * Immutable but for its counter; any thread.
 */
#pragma once

#include "gantry-acceptor.h"

G_BEGIN_DECLS

typedef struct _GantryScenario GantryScenario;

/* @error: %GANTRY_ERROR_SETTING with a sentence that names the word that is wrong */
GantryScenario *gantry_scenario_parse (const char *text, GError **error);
void gantry_scenario_free (GantryScenario *self);

/* TRUE: this caller is to be rejected with @reject. */
gboolean
gantry_scenario_rejects (const GantryScenario *self, const char *calling, GantryReject *reject);
gboolean gantry_scenario_refuses_echo (const GantryScenario *self, const char *calling);

/* What is to happen to one object; everything 0 and status -1: as usual. */
typedef struct
{
  gint32 status;
  guint delay_ms;
  gboolean ignore;
  gboolean abort_in_data, drop_in_data;
  gboolean abort_after, drop_after; /* its answer */
} GantryMisbehaviour;

/* @nth: of this association, from 1. Counts the object. */
GantryMisbehaviour gantry_scenario_decide (GantryScenario *self,
                                           const char *calling,
                                           const char *sop_class_uid,
                                           guint nth);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryScenario, gantry_scenario_free)

G_END_DECLS
