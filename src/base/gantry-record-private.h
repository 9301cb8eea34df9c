/* gantry-record-private.h - what the records of gantry-records.h are made of
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For src/base only. Any thread.
 */
#pragma once

#include "gantry-records.h"

G_BEGIN_DECLS

/* What a member of a record owns. */
typedef enum
{
  GANTRY_OWNS_NOTHING, /* the end of the list */
  GANTRY_OWNS_TEXT,    /* char *: "" and not NULL where nobody set it, so that no reader asks */
  GANTRY_OWNS_TEXTS,   /* char **: the same, without any */
  GANTRY_OWNS_OCTETS,  /* GBytes *, or NULL */
  GANTRY_OWNS_RECORD,  /* another record, or NULL; a copy shares it */
  GANTRY_OWNS_RECORDS, /* GPtrArray * of them; a copy shares the array */
} GantryOwnership;

typedef struct
{
  gsize offset;
  GantryOwnership ownership;
} GantryRecordMember;

#define GANTRY_MEMBERS_MAX 16 /* with the end */

typedef struct
{
  gsize size;
  GantryRecordMember members[GANTRY_MEMBERS_MAX]; /* those that own something */
} GantryRecordLayout;

/* All members are empty; @layout lives for ever. */
gpointer gantry_record_new (const GantryRecordLayout *layout);
gpointer gantry_record_copy (gconstpointer record);

G_END_DECLS
