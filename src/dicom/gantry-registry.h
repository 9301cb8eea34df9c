/* gantry-registry.h - what the UIDs and modality codes of the standard mean
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sorted constant tables compiled in from data/registry/: no start-up cost, no allocation, any
 * thread. PS3.6 Annex A, PS3.4 Tables B.5-1, B.6-1, B.3-3, PS3.16 CID 29, 32, 33.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GANTRY_UID_MAX 64 /* characters, PS3.5 9.1 */

typedef enum
{
  GANTRY_UID_SOP_CLASS,
  GANTRY_UID_META_SOP_CLASS,
  GANTRY_UID_TRANSFER_SYNTAX,
  GANTRY_UID_SERVICE_CLASS,
  GANTRY_UID_WELL_KNOWN_INSTANCE,
  GANTRY_UID_APPLICATION_CONTEXT,
  GANTRY_UID_CODING_SCHEME,
} GantryUidType;

typedef struct
{
  const char *uid;
  const char *name;
  GantryUidType type;
  gboolean retired;
} GantryUid;

typedef enum
{
  GANTRY_KIND_OTHER,
  GANTRY_KIND_IMAGE,
  GANTRY_KIND_PRESENTATION_STATE,
  GANTRY_KIND_STRUCTURED_REPORT,
  GANTRY_KIND_KEY_OBJECT,
  GANTRY_KIND_WAVEFORM,
  GANTRY_KIND_ENCAPSULATED,
  GANTRY_KIND_RADIOTHERAPY,
} GantryKind;

typedef struct
{
  const char *uid;
  const char *name;
  GantryKind kind;
  const char
      *modality; /* usual Modality (0008,0060), "" when there is none; the object's own wins */
  gboolean retired;
  const char *const *general; /* NULL-terminated UIDs of the related general SOP classes, or NULL */
} GantrySopClass;

/* The colour groups of ui.md. */
typedef enum
{
  GANTRY_FAMILY_OTHER,
  GANTRY_FAMILY_XRAY, /* CT, CR, DX, MG, XA, RF, IO, PX, … */
  GANTRY_FAMILY_MR,
  GANTRY_FAMILY_US,       /* US, IVUS, BDUS */
  GANTRY_FAMILY_NUCLEAR,  /* NM, PT */
  GANTRY_FAMILY_LIGHT,    /* ES, XC, GM, SM, OP, OPT, DMS, … */
  GANTRY_FAMILY_WAVEFORM, /* ECG, EEG, HD, … */
  GANTRY_FAMILY_DOCUMENT, /* SR, PR, KO, DOC, SEG, REG, … */
  GANTRY_FAMILY_RADIOTHERAPY,
} GantryFamily;

typedef struct
{
  const char *code;
  const char *meaning;
  GantryFamily family;
} GantryModality;

const GantryUid *gantry_uid_lookup (const char *uid); /* NULL: not in the standard we know */
const GantrySopClass *gantry_sop_class_lookup (const char *uid); /* storage SOP classes only */
const GantryModality *gantry_modality_lookup (const char *code);
GantryFamily gantry_modality_get_family (const char *code); /* OTHER for unknown codes */
/* Lists of modalities, of a series that has several: "CT, PR, SR", what takes pictures first, then
 * by name; "" is the empty one. */
gboolean gantry_modalities_have (const char *list, const char *code);
/* (transfer full): @list with @code, which it does not have yet */
char *gantry_modalities_add (const char *list, const char *code);

/* The whole tables, sorted by UID or code, for searching and for proposing everything. */
const GantryUid *gantry_uid_table (gsize *n);
const GantrySopClass *gantry_sop_class_table (gsize *n);
const GantryModality *gantry_modality_table (gsize *n);

/* Whose UIDs begin like @uid: "Siemens Healthineers"; NULL when that is not known, or DICOM's own.
 */
const char *gantry_uid_get_owner (const char *uid);

/* The right UID for one that a manual gives wrongly; NULL for all others. */
const char *gantry_uid_get_meant (const char *uid);

/**
 * gantry_uid_describe:
 *
 * Returns: (transfer full): the name of @uid. For a UID that is not in the registry the UID itself:
 *   behind "Private" with a root other than 1.2.840.10008, and before the root's owner where that
 *   is known; else behind "Unknown to this version". For a known mistake, which UID is meant
 */
char *gantry_uid_describe (const char *uid);

/* Like gantry_uid_describe(), with the usual short forms ("Explicit VR LE", "JPEG 2000 lossless").
 */
char *gantry_transfer_syntax_describe (const char *uid);

/* Like gantry_uid_describe(); that a storage SOP class is retired is said behind its name. */
char *gantry_sop_class_describe (const char *uid);

/* TRUE for the storage SOP classes that PS3.6 Table A-1 has as retired. */
gboolean gantry_sop_class_is_retired (const char *uid);

/* TRUE for the storage SOP classes of the standard that PACS people count as images. */
gboolean gantry_sop_class_is_image (const char *uid);

/* The same for an object: with a private or future class its @modality decides, whose devices make
 * images. @modality: (nullable): Modality (0008,0060) */
gboolean gantry_sop_class_counts_as_image (const char *uid, const char *modality);

/* PS3.5 9.1: digits and dots, at most 64 characters, no empty and no zero-padded component. */
gboolean gantry_uid_is_valid (const char *text);

#define GANTRY_UID_VERIFICATION "1.2.840.10008.1.1"
#define GANTRY_UID_MEDIA_DIRECTORY "1.2.840.10008.1.3.10"
#define GANTRY_UID_STORAGE_SERVICE "1.2.840.10008.4.2"
#define GANTRY_UID_APPLICATION_CONTEXT_NAME "1.2.840.10008.3.1.1.1"
#define GANTRY_UID_IMPLICIT_LE "1.2.840.10008.1.2"
#define GANTRY_UID_EXPLICIT_LE "1.2.840.10008.1.2.1"
#define GANTRY_UID_DEFLATED_LE "1.2.840.10008.1.2.1.99"
#define GANTRY_UID_EXPLICIT_BE "1.2.840.10008.1.2.2"

/* Ours, sent in every association and written into every meta header (PS3.7 D.3.3.2, PS3.10 7.1).
 * A UUID-derived root (PS3.5 B.2), so no registration is needed. */
#define GANTRY_IMPLEMENTATION_CLASS_UID "2.25.236596845152499423014402042946455642726"
#define GANTRY_IMPLEMENTATION_VERSION "GANTRY_0_1"

G_END_DECLS
