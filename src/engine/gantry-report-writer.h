/* gantry-report-writer.h - a delivery report as text, a row at a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing of it is translated but the sentences of comments and remarks: scripts read it. Both
 * forms are UTF-8 and have the same columns. In a path a backslash is written as `\\`, and an octet
 * that is not UTF-8 or a control character as `\xFF`, so that every path can be had back.
 *
 * CSV is that of RFC 4180, with a line of names. A cell that a spreadsheet would take for a formula
 * (it begins with = + - @ or a tabulator), or that begins with an apostrophe, has an apostrophe in
 * front. JSON is one object with the facts of the job, the array of its instances and how many of
 * them have which outcome; it is written while it is made, so that it need not fit into memory.
 */
#pragma once

#include <stdio.h>

#include "gantry-engine.h"
#include "gantry-instance-table.h"

G_BEGIN_DECLS

typedef struct _GantryReportWriter GantryReportWriter;

/* What could not be written is found with ferror() of @file, which stays the caller's. */
GantryReportWriter *gantry_report_writer_new (FILE *file, GantryReportFormat format);
void gantry_report_writer_free (GantryReportWriter *self);

void gantry_report_writer_begin (GantryReportWriter *self, const GantryJob *job);
/* @digest: (nullable): SHA-256 in hexadecimal; @remark: why there is none, or "" */
void gantry_report_writer_add (GantryReportWriter *self,
                               const GantryInstanceRow *row,
                               const char *digest,
                               const char *remark);
void gantry_report_writer_end (GantryReportWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryReportWriter, gantry_report_writer_free)

G_END_DECLS
