/* gantry-words.h - status codes and reasons as sentences people can act on
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure functions, any thread. The sentences are translated; the code stays in them in brackets.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  GANTRY_STATUS_SUCCESS,
  GANTRY_STATUS_WARNING,
  GANTRY_STATUS_FAILURE,
  GANTRY_STATUS_CANCEL,
  GANTRY_STATUS_PENDING,
} GantryStatusClass;

/* A row of PS3.4 Table B.2-1 or PS3.7 Annex C. */
typedef struct
{
  guint16 code, mask;
  GantryStatusClass status_class;
  const char *meaning; /* untranslated; use the functions below for people */
  const char *advice;
  gboolean retry_helps;
} GantryStatus;

/* Never NULL: codes that no table names get the row of their class (PS3.7 C). */
const GantryStatus *gantry_status_lookup (guint16 code);
GantryStatusClass gantry_status_get_class (guint16 code);

/* "Refused: out of resources (A700). The receiver is full or busy: …", with @comment, the peer's
 * Error Comment (0000,0902), when it sent one. */
char *gantry_status_describe (guint16 code, const char *comment);

/* A-ASSOCIATE-RJ, PS3.8 9.3.4. @called and @calling are the titles that we used. */
char *gantry_reject_describe (
    guint8 result, guint8 source, guint8 reason, const char *called, const char *calling);

/* A-ABORT, PS3.8 9.3.8, as received from the peer. */
char *gantry_abort_describe (guint8 source, guint8 reason);

/* Result of a presentation context, PS3.8 9.3.3.2: "accepted", "SOP class not supported", … */
const char *gantry_context_result_describe (guint8 result);

G_END_DECLS
