/* gantry-reference.h - the search in all that the registry and the statuses know
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * UIDs with their older names and keywords, modality codes and DIMSE statuses, as facts that a
 * window or a command can show. Any thread.
 */
#pragma once

#include "gantry-registry.h"
#include "gantry-words.h"

G_BEGIN_DECLS

typedef enum
{
  GANTRY_REFERENCE_UID, /* of the standard; see uid->type */
  GANTRY_REFERENCE_MODALITY,
  GANTRY_REFERENCE_STATUS,
  GANTRY_REFERENCE_FOREIGN_UID, /* private, unknown to this version, or a known mistake */
} GantryReferenceType;

/* What is known of one code. Lives as long as the process and never changes; text is in the user's
 * language where there is a translation, and never NULL. */
typedef struct
{
  GantryReferenceType type;
  const char *code;               /* the UID, "CT", "A700"; a range of statuses is "A7xx" */
  const char *name;               /* today's name, meaning of the code or of the status */
  const char *const *older_names; /* NULL-terminated: names of other editions and documents */
  const char *keyword;            /* of the standard, "CTImageStorage"; "": none */
  const char *advice;             /* what to do or to know, whole sentences; "": nothing */
  gboolean retired;

  /* More, by type; NULL where it does not apply. */
  const GantryUid *uid;
  const GantrySopClass *sop_class; /* storage: kind, usual modality, related general classes */
  const GantryModality *modality;  /* the code, or the usual one of a storage SOP class */
  const GantryStatus *status;      /* class, services, whether trying again helps */
} GantryReference;

/**
 * gantry_reference_search:
 * @text: what the user typed; part of a UID, name, older name, keyword, modality, status or meaning
 *
 * Case, dashes, punctuation, and "SOP Class", "Storage" or "(Retired)" at the end of a name do not
 * matter. Of several words each must be found, in any order. A status may have "0x" in front. A
 * valid UID that nobody knows finds itself, with what its root says.
 *
 * Returns: (transfer container) (element-type GantryReference): what fits best first: the very code
 *   or name, then names that begin like @text, then words that do, then the rest; each in the order
 *   of the tables. Everything when @text has no letter or digit. Free with g_ptr_array_unref()
 */
GPtrArray *gantry_reference_search (const char *text);

/* The one for exactly this UID, modality code or status; NULL when there is none. */
const GantryReference *gantry_reference_lookup (const char *code);

/* "SOP class", "Transfer syntax", "Modality", "Status", …, and the same as words that are never
 * translated ("sop-class"). */
const char *gantry_reference_get_type_name (const GantryReference *self);
const char *gantry_reference_get_type_nick (const GantryReference *self);
/* "Image", "Structured report", …; never translated: "image", "structured-report", … */
const char *gantry_kind_get_name (GantryKind kind);
const char *gantry_kind_get_nick (GantryKind kind);
/* "Success", "Warning", "Failure", …; never translated: "success", … */
const char *gantry_status_class_get_name (GantryStatusClass status_class);
const char *gantry_status_class_get_nick (GantryStatusClass status_class);

/**
 * gantry_reference_to_text:
 *
 * Returns: (transfer full): all facts, one a line, for the clipboard
 */
char *gantry_reference_to_text (const GantryReference *self);

G_END_DECLS
