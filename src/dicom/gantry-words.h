/* gantry-words.h - status codes and reasons as sentences people can act on
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure functions, any thread. The sentences are translated; the code stays in them in brackets.
 */
#pragma once

#include <glib.h>

#include "gantry-records.h"

G_BEGIN_DECLS

typedef enum
{
  GANTRY_STATUS_SUCCESS,
  GANTRY_STATUS_WARNING,
  GANTRY_STATUS_FAILURE,
  GANTRY_STATUS_CANCEL,
  GANTRY_STATUS_PENDING,
} GantryStatusClass;

/* The DIMSE services for which a status is defined: PS3.7 9.1.1.1.9, 9.1.5.1.4, 10.1.1.1.8,
 * 10.1.4.1.10, and those that Gantry does not use. */
typedef enum
{
  GANTRY_SERVICE_C_STORE = 1 << 0,
  GANTRY_SERVICE_C_ECHO = 1 << 1,
  GANTRY_SERVICE_N_EVENT_REPORT = 1 << 2,
  GANTRY_SERVICE_N_ACTION = 1 << 3,
  GANTRY_SERVICE_OTHER = 1 << 4,
} GantryServices;

/* A row of PS3.4 Table B.2-1 or PS3.7 Annex C. */
typedef struct
{
  guint16 code, mask;
  GantryStatusClass status_class;
  const char *meaning; /* untranslated; use the functions below for people */
  const char *advice;
  gboolean retry_helps;
  GantryServices services; /* 0: a code that no service defines, in a class of its own */
} GantryStatus;

/* Never NULL: codes that no table names get the row of their class (PS3.7 C). */
const GantryStatus *gantry_status_lookup (guint16 code);
GantryStatusClass gantry_status_get_class (guint16 code);

/* All rows, in the order of the search: exact codes, ranges, and the row of each class. */
const GantryStatus *gantry_status_table (gsize *n);

/* "C-STORE, C-ECHO"; "" for codes that no service defines. Free with g_free(). */
char *gantry_services_to_text (GantryServices services);

/* "Refused: out of resources (A700). The receiver is full or busy: …", with @comment, the peer's
 * Error Comment (0000,0902), when it sent one. */
char *gantry_status_describe (guint16 code, const char *comment);

/* The same of an answer to a C-ECHO-RQ (PS3.7 9.1.5.1.4): a code that echoes do not have says what
 * it is, not what it would mean to who stores. */
char *gantry_status_describe_echo (guint16 code);

/* The same with the elements that the answer is about, its Offending Element (0000,0901), by name.
 * @elements: @n tags, 0x00100020 for (0010,0020); their names come from DCMTK's dictionary */
char *
gantry_status_describe_answer (guint16 code, const char *comment, const guint32 *elements, guint n);

/* (nullable): "The other side says: “…”"; NULL for no, or an empty, @comment */
char *gantry_status_describe_comment (const char *comment);

/* A-ASSOCIATE-RJ, PS3.8 9.3.4. @called and @calling are the titles that we used. */
char *gantry_reject_describe (
    guint8 result, guint8 source, guint8 reason, const char *called, const char *calling);

/* A-ABORT, PS3.8 9.3.8, as received from the peer. */
char *gantry_abort_describe (guint8 source, guint8 reason);

/* How an instance went out, when that was not as it lies in the file: "Sent as Comprehensive SR
 * Storage.", "Sent in Explicit VR LE instead of JPEG Baseline.", or both in one sentence. "" when
 * both are the same, or the sent ones are "" or NULL. All are UIDs. */
char *gantry_change_describe (const char *sop_class,
                              const char *sent_class,
                              const char *syntax,
                              const char *sent_syntax);

/* Result of a presentation context, PS3.8 9.3.3.2: "accepted", "SOP class not supported", … */
const char *gantry_context_result_describe (guint8 result);

/* "Name", "Connection", …, translated: a rung of the ladder of an echo. */
const char *gantry_step_get_name (GantryStep step);

G_END_DECLS
