/* gantry-store-scp.h - answers C-STORE and C-ECHO on an accepted association (PS3.7 9.1.1, 9.1.5)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request whose Affected SOP Class is not what its context was accepted for is answered with 0122
 * and reaches no sink.
 * Knows the protocol, not what happens to objects: that is the sink's. On the worker thread.
 */
#pragma once

#include "gantry-association.h"

G_BEGIN_DECLS

/* A request and what came of it. */
typedef struct
{
  const GantryCommand *request;
  guint8 context_id;
  const char *transfer_syntax; /* of the context */
  const char *refusal;         /* why a C-STORE never reached the sink, a sentence; or NULL */
  gint32 status;               /* of the response, -1: the association broke before it had left */
  guint64 bytes;               /* of the data set that came */
  gint64 started;              /* when the request was here, microseconds since 1970 */
  gint64 elapsed;              /* until the response had left, microseconds */
} GantryExchange;

typedef struct
{
  /* A C-STORE-RQ has come. Returns the object's handle; NULL with @status (and @comment, g_free()d
   * by the caller) set lets its data set be read and dropped, and answers with that status. */
  gpointer (*begin) (const GantryCommand *request,
                     const char *transfer_syntax,
                     guint16 *status,
                     char **comment,
                     gpointer user_data);
  /* FALSE: not wanted, nor is the rest; finish() is still called and says the status. */
  gboolean (*write) (gpointer object, const guint8 *data, gsize length, gpointer user_data);
  /* All bytes are here. Returns the status to answer; only when the object is safely kept is it
   * a success. Ends the handle's life. */
  guint16 (*finish) (gpointer object, char **comment, gpointer user_data);
  /* The association broke in the middle. Ends the handle's life. */
  void (*drop) (gpointer object, gpointer user_data);
  /* A request is over: its response has left, or never will. (nullable) */
  void (*answered) (const GantryExchange *exchange, gpointer user_data);
} GantryStoreSink;

/* Returns: TRUE when the peer released in order; else @error says how it ended. */
gboolean gantry_store_scp_serve (GantryAssociation *association,
                                 guint idle_timeout_ms,
                                 const GantryStoreSink *sink,
                                 gpointer user_data,
                                 GError **error);

G_END_DECLS
