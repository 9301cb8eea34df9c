/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How instances go to peers that take only some SOP classes and transfer syntaxes, and what is
 * foretold of it.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-instance.h"
#include "gantry-registry.h"
#include "queue-side.h"
#include "test-element.h"

#define CT "1.2.840.10008.5.1.4.1.1.2"
#define ENHANCED_CT "1.2.840.10008.5.1.4.1.1.2.1"
#define CONVERTED_CT "1.2.840.10008.5.1.4.1.1.2.2" /* general for the enhanced one */
#define RLE "1.2.840.10008.1.2.5"

/* ---- Peers ---------------------------------------------------------------------------------- */

static const char *
choose (const GantryContext *context, const char *syntax)
{
  return g_strv_contains ((const char *const *)context->proposed, syntax) ? syntax : NULL;
}

static const char *
choose_implicit (const GantryContext *context)
{
  return choose (context, GANTRY_UID_IMPLICIT_LE);
}

static const char *
choose_explicit (const GantryContext *context)
{
  return choose (context, GANTRY_UID_EXPLICIT_LE);
}

static const char *
choose_not_enhanced (const GantryContext *context)
{
  return strcmp (context->abstract_syntax, ENHANCED_CT) == 0 ? NULL : choose_explicit (context);
}

static const char *
choose_converted_implicit (const GantryContext *context)
{
  return strcmp (context->abstract_syntax, ENHANCED_CT) == 0 ? NULL : choose_implicit (context);
}

static NetScp *
open_choosing (const char *(*func) (const GantryContext *context))
{
  NetScp *scp = net_scp_new (NULL);

  scp->choose = func;
  return scp;
}

static void
set_policy (Side *side, GantryTranscoding transcoding, gboolean fall_back)
{
  GantrySendSettings settings = GANTRY_SEND_SETTINGS_DEFAULT;

  settings.calling_ae_title = "SENDER";
  settings.associations = 1;
  settings.retry_limit = 0;
  settings.transcoding = transcoding;
  settings.fall_back = fall_back;
  gantry_engine_set_send_settings (side->engine, &settings);
}

/* That so many came, and no more. */
static void
assert_count (NetScp *scp, const guint *counter, guint n)
{
  net_scp_wait (scp, counter, n);
  g_mutex_lock (&scp->lock);
  g_assert_cmpuint (*counter, ==, n);
  g_mutex_unlock (&scp->lock);
}

static gboolean
has_octets (const GByteArray *object, const void *wanted, gsize length)
{
  return memmem (object->data, object->len, wanted, length) != NULL;
}

/* ---- Ways ----------------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  const char *class_format; /* with 1 behind it: the SOP class; NULL: CT */
  const char *(*choose) (const GantryContext *context);
  GantryTranscoding transcoding;
  gboolean fall_back;
  GantryOutcome outcome;
  const char *sent_class, *sent_syntax;
  const char *message; /* part of it */
  guint associations;
} WayCase;

#define NEVER GANTRY_TRANSCODING_NEVER
#define LOSSLESS GANTRY_TRANSCODING_LOSSLESS

static const WayCase way_cases[] = {
  { "as-is", NULL, choose_explicit, LOSSLESS, TRUE, GANTRY_OUTCOME_STORED, "", "", "Stored.", 1 },
  { "transcoded", NULL, choose_implicit, LOSSLESS, FALSE, GANTRY_OUTCOME_STORED, "",
    GANTRY_UID_IMPLICIT_LE, "Stored.", 1 },
  { "general", "1.2.840.10008.5.1.4.1.1.2.", choose_not_enhanced, NEVER, TRUE,
    GANTRY_OUTCOME_STORED, CONVERTED_CT, "", "Stored.", 1 },
  { "general-transcoded", "1.2.840.10008.5.1.4.1.1.2.", choose_converted_implicit, LOSSLESS, TRUE,
    GANTRY_OUTCOME_STORED, CONVERTED_CT, GANTRY_UID_IMPLICIT_LE, "Stored.", 1 },
  { "general-not-allowed", "1.2.840.10008.5.1.4.1.1.2.", choose_not_enhanced, LOSSLESS, FALSE,
    GANTRY_OUTCOME_NOT_ACCEPTED, "", "", "It may take a related general SOP class instead", 1 },
  /* What it takes instead has to be asked, as nothing else was proposed. */
  { "never", NULL, choose_implicit, NEVER, FALSE, GANTRY_OUTCOME_NOT_ACCEPTED, "", "",
    "It would take Implicit VR LE. Gantry may not convert files for this node.", 2 },
};

static void
test_way (Fixture *f, gconstpointer data)
{
  const WayCase *c = data;
  NetScp *scp = open_choosing (c->choose);
  g_autofree char *folder = make_objects (f, "objects", 1, 1, c->class_format);
  g_autoptr (GPtrArray) instances = NULL;
  const GantryJobInstance *instance;
  gint64 id;

  scp->refusal = c->class_format != NULL ? 3 : 4;
  set_policy (&f->sender, c->transcoding, c->fall_back);
  stage (&f->sender, folder);
  id = send_port (&f->sender, net_scp_get_port (scp));
  WAIT_FOR (IS_OVER (&f->sender));
  instances = get_instances (&f->sender, id);
  g_assert_cmpuint (instances->len, ==, 1);
  instance = instances->pdata[0];
  g_assert_cmpint (instance->outcome, ==, c->outcome);
  g_assert_cmpstr (instance->sent_class_uid, ==, c->sent_class);
  g_assert_cmpstr (instance->sent_syntax, ==, c->sent_syntax);
  g_assert_nonnull (strstr (instance->message, c->message));
  assert_count (scp, &scp->served, c->associations);
  g_assert_cmpuint (scp->extended, >, 0);
  g_assert_cmpuint (scp->objects, ==, c->outcome == GANTRY_OUTCOME_STORED);
  if (c->outcome == GANTRY_OUTCOME_STORED)
    {
      const char *own_class = c->class_format != NULL ? ENHANCED_CT : CT;

      g_assert_cmpstr (scp->last_class, ==, *c->sent_class != '\0' ? c->sent_class : own_class);
      g_assert_cmpstr (scp->last_syntax, ==,
                       *c->sent_syntax != '\0' ? c->sent_syntax : GANTRY_UID_EXPLICIT_LE);
      g_assert_true (has_octets (scp->last_object, "Doe^John", 8));
      g_assert_true (has_octets (scp->last_object, scp->last_class, strlen (scp->last_class)));
      /* (0008,001B) with what it was (PS3.4 B.4.2.1). */
      g_assert_cmpint (has_octets (scp->last_object, "\x08\x00\x1b\x00", 4), ==,
                       *c->sent_class != '\0');
      g_assert_true (has_octets (scp->last_object, own_class, strlen (own_class)));
      /* An explicit VR in what is implicit would be a length of 20,000. */
      g_assert_cmpint (has_octets (scp->last_object, "\x10\x00\x10\x00PN", 6), ==,
                       *c->sent_syntax == '\0');
    }
  net_scp_free (scp);
}

/* An object in RLE whose picture cannot be decoded. */
static void
put_damaged (const char *folder)
{
  static const guint8 fragments[] = {
    0xE0, 0x7F, 0x10, 0x00, 'O',  'B',  0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, /* Pixel Data */
    0xFE, 0xFF, 0x00, 0xE0, 0x00, 0x00, 0x00, 0x00,                         /* offset table */
    0xFE, 0xFF, 0x00, 0xE0, 0x04, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04, /* no RLE header */
    0xFE, 0xFF, 0xDD, 0xE0, 0x00, 0x00, 0x00, 0x00,
  };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) meta = gantry_meta_header_build (CT, "1.2.3.99", RLE, "TEST");
  g_autofree char *path = g_build_filename (folder, "00001a.dcm", NULL);

  g_byte_array_append (bytes, g_bytes_get_data (meta, NULL), (guint)g_bytes_get_size (meta));
  test_put_element (bytes, 0x0008, 0x0016, "UI", CT);
  test_put_element (bytes, 0x0008, 0x0018, "UI", "1.2.3.99");
  test_put_element (bytes, 0x0008, 0x0060, "CS", "CT");
  test_put_element (bytes, 0x0020, 0x000D, "UI", "1.2.3");
  test_put_element (bytes, 0x0020, 0x000E, "UI", "1.2.3.0");
  test_put_element (bytes, 0x0028, 0x0004, "CS", "MONOCHROME2");
  g_byte_array_append (bytes, fragments, sizeof fragments);
  g_assert_true (g_file_set_contents (path, (const char *)bytes->data, bytes->len, NULL));
}

/* It fails alone: what comes before and after goes over the same association. */
static void
test_damaged (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_choosing (choose_explicit);
  g_autofree char *folder = make_objects (f, "objects", 1, 4, NULL);
  g_autoptr (GPtrArray) instances = NULL;
  guint n_failed = 0;
  gint64 id;

  put_damaged (folder);
  set_policy (&f->sender, LOSSLESS, FALSE);
  stage (&f->sender, folder);
  id = send_port (&f->sender, net_scp_get_port (scp));
  WAIT_FOR (IS_OVER (&f->sender));
  g_assert_cmpuint (COUNT (id, STORED), ==, 4);
  g_assert_cmpuint (COUNT (id, FAILED), ==, 1);
  g_assert_cmpuint (get_job (&f->sender, id)->retryable, ==, 0);
  instances = get_instances (&f->sender, id);
  for (guint i = 0; i < instances->len; i++)
    {
      const GantryJobInstance *instance = instances->pdata[i];

      if (strcmp (instance->sop_instance_uid, "1.2.3.99") != 0)
        continue;
      n_failed++;
      g_assert_cmpint (instance->outcome, ==, GANTRY_OUTCOME_FAILED);
      g_assert_cmpint (instance->status, ==, -1);
      g_assert_cmpstr (instance->sent_syntax, ==, "");
      g_test_message ("%s", instance->message);
      g_assert_cmpuint (strlen (instance->message), >, 20);
    }
  g_assert_cmpuint (n_failed, ==, 1);
  assert_count (scp, &scp->served, 1);
  g_assert_cmpuint (scp->released, ==, 1);
  net_scp_free (scp);
}

static gint64
save_node_with (Side *side, gint64 id, guint16 port, gint transcoding)
{
  g_autoptr (GantryNode) node
      = gantry_node_new (id, "Archive", "RECEIVER", "127.0.0.1", port, "", FALSE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  node->options.transcoding = transcoding;
  gantry_engine_save_node_async (side->engine, node, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  id = gantry_engine_save_node_finish (side->engine, result, &error);
  g_assert_no_error (error);
  return id;
}

/* What is saved for a node when the job starts comes before the settings. */
static void
test_node_options (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_choosing (choose_implicit);
  guint16 port = net_scp_get_port (scp);
  g_autofree char *folder = make_objects (f, "objects", 1, 1, NULL);
  g_autoptr (GantryNode) node = NULL;
  gint64 node_id = save_node_with (&f->sender, 0, port, NEVER);
  gint64 id;

  node = gantry_node_new (node_id, "Archive", "RECEIVER", "127.0.0.1", port, "", FALSE);
  set_policy (&f->sender, LOSSLESS, FALSE);
  stage (&f->sender, folder);
  id = send_node (&f->sender, node);
  WAIT_FOR (IS_OVER (&f->sender));
  g_assert_cmpuint (COUNT (id, NOT_ACCEPTED), ==, 1);

  save_node_with (&f->sender, node_id, port, -1);
  gantry_engine_retry_job (f->sender.engine, id);
  WAIT_FOR (COUNT (id, STORED) == 1);
  net_scp_free (scp);
}

/* ---- Forecasts ------------------------------------------------------------------------------ */

static GPtrArray *
ask_forecast (Side *side, guint16 port, GCancellable *cancellable, GError **error)
{
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "test", "RECEIVER", "127.0.0.1", port, "", FALSE);
  g_autoptr (GAsyncResult) result = NULL;
  guint total = 1234;
  GPtrArray *rows;

  gantry_engine_forecast_async (side->engine, node, NULL, 0, cancellable, on_ready, &result);
  WAIT_FOR (result != NULL);
  rows = gantry_engine_list_finish (side->engine, result, &total, error);
  g_assert_cmpuint (total, ==, rows != NULL ? rows->len : 0);
  return rows;
}

typedef struct
{
  const char *name;
  const char *(*choose) (const GantryContext *context);
  GantryTranscoding transcoding;
  GantryForecastKind kind;
  const char *sent_class, *sent_syntax;
  const char *message; /* part of it */
} ForecastCase;

static const ForecastCase forecast_cases[] = {
  { "as-is", choose_explicit, LOSSLESS, GANTRY_FORECAST_AS_IS, "", "", "take these as they are" },
  { "transcoded", choose_implicit, LOSSLESS, GANTRY_FORECAST_CHANGED, "", GANTRY_UID_IMPLICIT_LE,
    "converted to Implicit VR LE from Explicit VR LE" },
  { "general", choose_not_enhanced, LOSSLESS, GANTRY_FORECAST_CHANGED, CONVERTED_CT, "",
    "as Legacy Converted Enhanced CT Image Storage" },
  { "both", choose_converted_implicit, LOSSLESS, GANTRY_FORECAST_CHANGED, CONVERTED_CT,
    GANTRY_UID_IMPLICIT_LE,
    "as Legacy Converted Enhanced CT Image Storage, converted to Implicit VR LE" },
  { "refused", choose_implicit, NEVER, GANTRY_FORECAST_REFUSED, "", "",
    "It would take Implicit VR LE." },
};

static void
test_forecast (Fixture *f, gconstpointer data)
{
  const ForecastCase *c = data;
  NetScp *scp = open_choosing (c->choose);
  g_autofree char *folder = make_objects (f, "objects", 1, 1, "1.2.840.10008.5.1.4.1.1.2.");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  const GantryForecast *row;

  set_policy (&f->sender, c->transcoding, TRUE);
  stage (&f->sender, folder);
  rows = ask_forecast (&f->sender, net_scp_get_port (scp), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 1);
  row = rows->pdata[0];
  g_assert_cmpint (row->kind, ==, c->kind);
  g_assert_cmpstr (row->sop_class_uid, ==, ENHANCED_CT);
  g_assert_cmpstr (row->transfer_syntax, ==, GANTRY_UID_EXPLICIT_LE);
  g_assert_cmpuint (row->instances, ==, 1);
  g_assert_cmpuint (row->bytes, >, 132);
  g_assert_cmpstr (row->sent_class_uid, ==, c->sent_class);
  g_assert_cmpstr (row->sent_syntax, ==, c->sent_syntax);
  g_test_message ("%s", row->message);
  g_assert_nonnull (strstr (row->message, c->message));
  /* Nothing was sent, and the peer was left in order. */
  assert_count (scp, &scp->served, c->kind == GANTRY_FORECAST_REFUSED ? 2 : 1);
  g_assert_cmpuint (scp->objects, ==, 0);
  g_assert_cmpuint (scp->released, ==, scp->served);
  net_scp_free (scp);
}

/* More SOP classes than one association has contexts for; each is answered. */
static void
test_forecast_many (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_choosing (choose_explicit);
  g_autofree char *folder = make_objects (f, "objects", 1, 150, "1.2.826.0.1.3680043.9.9999.");
  g_autoptr (GPtrArray) rows = NULL;

  set_policy (&f->sender, LOSSLESS, FALSE);
  stage (&f->sender, folder);
  rows = ask_forecast (&f->sender, net_scp_get_port (scp), NULL, NULL);
  g_assert_cmpuint (rows->len, ==, 150);
  for (guint i = 0; i < rows->len; i++)
    {
      const GantryForecast *row = rows->pdata[i];
      g_autofree char *uid = g_strdup_printf ("1.2.826.0.1.3680043.9.9999.%u", i + 1);

      g_assert_cmpint (row->kind, ==, GANTRY_FORECAST_AS_IS);
      g_assert_cmpstr (row->sop_class_uid, ==, uid);
    }
  assert_count (scp, &scp->served, 3); /* two contexts a class */
  net_scp_free (scp);
}

/* Only the chosen studies count. */
static void
test_forecast_chosen (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  NetScp *scp = open_choosing (choose_explicit);
  g_autofree char *folder = make_objects (f, "objects", 1, 3, NULL);
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "test", "RECEIVER", "127.0.0.1", net_scp_get_port (scp), "", FALSE);
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GPtrArray) studies = NULL;
  gint64 ids[2];

  stage (&f->sender, folder);
  gantry_engine_list_staged_async (f->sender.engine, NULL, on_ready, &listed);
  WAIT_FOR (listed != NULL);
  studies = gantry_engine_list_finish (f->sender.engine, listed, NULL, NULL);
  ids[0] = ((GantryStudy *)studies->pdata[0])->id;
  ids[1] = ids[0] + 1000;
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GPtrArray) rows = NULL;

      gantry_engine_forecast_async (f->sender.engine, node, ids + i, 1, NULL, on_ready, &result);
      WAIT_FOR (result != NULL);
      rows = gantry_engine_list_finish (f->sender.engine, result, NULL, NULL);
      g_assert_cmpuint (rows->len, ==, 1 - i);
      if (i == 0)
        g_assert_cmpuint (((GantryForecast *)rows->pdata[0])->instances, ==, 3);
    }
  net_scp_free (scp);
}

static void
test_forecast_unreachable (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *folder = make_objects (f, "objects", 1, 1, NULL);
  g_autoptr (GError) error = NULL;

  stage (&f->sender, folder);
  g_assert_null (ask_forecast (&f->sender, find_closed_port (), NULL, &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_UNREACHABLE);
}

static void
test_forecast_nothing (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) rows = ask_forecast (&f->sender, find_closed_port (), NULL, NULL);

  g_assert_cmpuint (rows->len, ==, 0);
}

static gboolean
cancel (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

/* A peer that accepts the connection and says nothing. */
static void
test_forecast_cancelled (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint16 port;
  g_autoptr (GSocketListener) listener G_GNUC_UNUSED = listen_silently (&port);
  g_autofree char *folder = make_objects (f, "objects", 1, 1, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 before;

  stage (&f->sender, folder);
  before = g_get_monotonic_time ();
  g_timeout_add (200, cancel, cancellable);
  g_assert_null (ask_forecast (&f->sender, port, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 2 * G_USEC_PER_SEC);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
#define ADD_TABLE(prefix, table, function)                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    for (gsize add_i = 0; add_i < G_N_ELEMENTS (table); add_i++)                                   \
      {                                                                                            \
        g_autofree char *add_name = g_strconcat (prefix, (table)[add_i].name, NULL);               \
        g_test_add (add_name, Fixture, (table) + add_i, set_up, function, tear_down);              \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_TABLE ("/sender/way/", way_cases, test_way);
  ADD ("/sender/damaged", test_damaged);
  ADD ("/sender/node-options", test_node_options);
  ADD_TABLE ("/sender/forecast/", forecast_cases, test_forecast);
  ADD ("/sender/forecast/many", test_forecast_many);
  ADD ("/sender/forecast/chosen", test_forecast_chosen);
  ADD ("/sender/forecast/unreachable", test_forecast_unreachable);
  ADD ("/sender/forecast/nothing", test_forecast_nothing);
  ADD ("/sender/forecast/cancelled", test_forecast_cancelled);

  return g_test_run ();
}
