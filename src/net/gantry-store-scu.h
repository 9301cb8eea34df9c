/* gantry-store-scu.h - C-STORE and C-ECHO as a requestor (PS3.7 9.1.1, 9.1.5)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On the association's worker thread.
 */
#pragma once

#include "gantry-association.h"
#include "gantry-files.h"

G_BEGIN_DECLS

/* C-ECHO over an open association. TRUE with the peer's status in @status when it answered. */
gboolean gantry_echo_scu (GantryAssociation *association, guint16 *status, GError **error);

/**
 * gantry_store_scu:
 * @path: a DICOM file; its data set is sent from @data_offset as it is
 * @mark: (nullable): what it has to be the same as; another is not sent
 * @response: (out): the peer's answer, when %TRUE
 * @error: %GANTRY_ERROR_FILE: the file is to blame, and the association stands unless a part of the
 *   file had been sent already; anything else: the association is over
 *
 * The caller has checked that @context_id was accepted for the instance's class and syntax.
 */
gboolean gantry_store_scu (GantryAssociation *association,
                           guint8 context_id,
                           const char *path,
                           const GantryFileMark *mark,
                           guint64 data_offset,
                           const char *sop_class_uid,
                           const char *sop_instance_uid,
                           GantryPriority priority,
                           GantrySendProgress progress,
                           gpointer user_data,
                           GantryCommand *response,
                           GError **error);

/* The same with a data set in memory, encoded in the context's transfer syntax, of even length. */
gboolean gantry_store_scu_data (GantryAssociation *association,
                                guint8 context_id,
                                const guint8 *data,
                                gsize length,
                                const char *sop_class_uid,
                                const char *sop_instance_uid,
                                GantryPriority priority,
                                GantrySendProgress progress,
                                gpointer user_data,
                                GantryCommand *response,
                                GError **error);

G_END_DECLS
