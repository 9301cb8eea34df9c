/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-side.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "gantry-files.h"
#include "gantry-instance.h"
#include "gantry-registry.h"
#include "test-element.h"

#define CT "1.2.840.10008.5.1.4.1.1.2"

static void
on_job (Side *side, GantryJob *job)
{
  g_clear_pointer (&side->job, gantry_record_unref);
  side->job = gantry_record_ref (job);
  g_hash_table_replace (side->jobs, g_memdup2 (&job->id, sizeof job->id), gantry_record_ref (job));
  side->n_changing += job->changing != FALSE;
  if (job->retry_at != 0 && job->retry_at != side->retry_at)
    {
      side->retry_at = job->retry_at;
      side->n_retries++;
    }
}

static void
on_event (GantryEvent *event, gpointer user_data)
{
  Side *side = user_data;

  switch (event->type)
    {
    case GANTRY_EVENT_SCAN:
      g_free (side->scan.error);
      side->scan = event->scan;
      side->scan.error = g_strdup (event->scan.error);
      break;
    case GANTRY_EVENT_JOB:
      on_job (side, event->job);
      break;
    case GANTRY_EVENT_ASSOCIATION:
      g_clear_pointer (&side->association, gantry_record_unref);
      side->association = gantry_record_ref (event->association);
      break;
    case GANTRY_EVENT_LISTENER:
      side->listening = event->listener.on;
      side->port = event->listener.port;
      g_free (side->listener_message);
      side->listener_message = g_strdup (event->listener.message);
      side->n_listener++;
      break;
    case GANTRY_EVENT_INSTANCE:
      side->n_instances++;
      break;
    case GANTRY_EVENT_RECEIVED:
      side->n_received++;
      break;
    case GANTRY_EVENT_TRACE:
      g_ptr_array_add (side->traces, gantry_event_ref (event));
      break;
    case GANTRY_EVENT_STUDY_COMPLETE:
      side->complete = event->study->id;
      side->n_complete++;
      break;
    case GANTRY_EVENT_COMMAND:
      g_clear_pointer (&side->command, gantry_record_unref);
      side->command = gantry_record_ref (event->command);
      break;
    case GANTRY_EVENT_NODES_CHANGED:
      side->n_nodes++;
      break;
    case GANTRY_EVENT_JOB_REMOVED:
      side->n_removed++;
      break;
    case GANTRY_EVENT_JOBS_REORDERED:
      side->n_reordered++;
      break;
    case GANTRY_EVENT_HEALTH:
    case GANTRY_EVENT_PROBE_KEPT:
    case GANTRY_EVENT_LOG:
    case GANTRY_EVENT_DRAFT_CHANGED:
    case GANTRY_EVENT_STUDIES_CHANGED:
    case GANTRY_EVENT_QUEUE_HELD:
      break;
    case GANTRY_EVENT_QUEUE_SWEPT:
      side->n_swept++;
      break;
    }
}

gboolean
side_tick (gpointer data G_GNUC_UNUSED)
{
  return G_SOURCE_CONTINUE;
}

static void
open_side_asked (Fixture *f,
                 Side *side,
                 const char *name,
                 gboolean resume,
                 const GantrySendSettings *settings,
                 const GantrySendOverrides *overrides)
{
  g_autofree char *folder = g_build_filename (f->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  GantrySendSettings send = GANTRY_SEND_SETTINGS_DEFAULT;
  GantryEngineOptions options = { .draft = "test",
                                  .run_queue = TRUE,
                                  .resume = resume,
                                  .run_receiver = TRUE,
                                  .per_instance_events = TRUE,
                                  .overrides = overrides,
                                  .event_func = on_event,
                                  .user_data = side };

  send.retry_limit = 0;
  if (settings != NULL)
    send = *settings;
  send.calling_ae_title = "SENDER";
  options.send = &send;
  side->jobs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, gantry_record_unref);
  side->traces = g_ptr_array_new_with_free_func ((GDestroyNotify)gantry_event_unref);
  side->profile = gantry_profile_open (folder, &error);
  g_assert_no_error (error);
  options.profile = side->profile;
  side->engine = gantry_engine_new (&options, &error);
  g_assert_no_error (error);
}

void
open_side_with (
    Fixture *f, Side *side, const char *name, gboolean resume, const GantrySendSettings *settings)
{
  open_side_asked (f, side, name, resume, settings, NULL);
}

void
open_side_for (Fixture *f, Side *side, const char *name, const GantrySendOverrides *overrides)
{
  open_side_asked (f, side, name, FALSE, NULL, overrides);
}

void
open_side (Fixture *f, Side *side, const char *name, gboolean resume)
{
  open_side_with (f, side, name, resume, NULL);
}

void
close_side (Side *side)
{
  gantry_engine_close (side->engine);
  g_clear_object (&side->engine);
  g_clear_pointer (&side->profile, gantry_profile_unref);
  g_clear_pointer (&side->job, gantry_record_unref);
  g_clear_pointer (&side->jobs, g_hash_table_unref);
  g_clear_pointer (&side->association, gantry_record_unref);
  g_clear_pointer (&side->command, gantry_record_unref);
  g_clear_pointer (&side->traces, g_ptr_array_unref);
  g_clear_pointer (&side->listener_message, g_free);
  g_clear_pointer (&side->scan.error, g_free);
  *side = (Side){ 0 };
}

void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->folder = g_dir_make_tmp ("gantry-test-XXXXXX", NULL);
  open_side (f, &f->sender, "sender", FALSE);
  open_side (f, &f->receiver, "receiver", FALSE);
}

void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  close_side (&f->sender);
  close_side (&f->receiver);
  gantry_remove_tree (f->folder);
  g_free (f->folder);
}

void
add_side_tests (const SideTest *tests, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_test_add (tests[i].name, Fixture, tests[i].data, set_up, tests[i].func, tear_down);
}

/* ---- Files ---------------------------------------------------------------------------------- */

char *
make_objects (Fixture *f, const char *name, guint first, guint n, const char *class_format)
{
  char *folder = g_build_filename (f->folder, name, NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GBytes) meta = NULL;
      g_autofree char *sop_class
          = class_format != NULL ? g_strdup_printf ("%s%u", class_format, i + 1) : g_strdup (CT);
      g_autofree char *uid = g_strdup_printf ("1.2.3.%u", first + i);
      g_autofree char *path = g_strdup_printf ("%s/%05u.dcm", folder, i);

      meta = gantry_meta_header_build (sop_class, uid, GANTRY_UID_EXPLICIT_LE, "TEST");
      g_byte_array_append (bytes, g_bytes_get_data (meta, NULL), (guint)g_bytes_get_size (meta));
      test_put_element (bytes, 0x0008, 0x0016, "UI", sop_class);
      test_put_element (bytes, 0x0008, 0x0018, "UI", uid);
      test_put_element (bytes, 0x0008, 0x0060, "CS", "CT");
      test_put_element (bytes, 0x0010, 0x0010, "PN", "Doe^John");
      test_put_element (bytes, 0x0020, 0x000D, "UI", "1.2.3");
      test_put_element (bytes, 0x0020, 0x000E, "UI", "1.2.3.0");
      g_assert_true (g_file_set_contents (path, (const char *)bytes->data, bytes->len, NULL));
    }
  return folder;
}

char *
make_study (Fixture *f, guint n, const char *class_format)
{
  return make_objects (f, "study", 1, n, class_format);
}

void
stage (Side *side, const char *path)
{
  const char *paths[] = { path, NULL };

  g_free (side->scan.error);
  side->scan = (GantryScan){ .running = TRUE };
  gantry_engine_stage (side->engine, paths);
  WAIT_FOR (!side->scan.running);
}

/* ---- Asking --------------------------------------------------------------------------------- */

void
on_ready (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

gint64
send_node (Side *side, GantryNode *node)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  gantry_engine_send_async (side->engine, node, NULL, 0, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  id = gantry_engine_send_finish (side->engine, result, &error);
  g_assert_no_error (error);
  return id;
}

gint64
send_to (Side *side, guint16 port)
{
  g_autoptr (GantryNode) node
      = gantry_node_new (0, "test", "RECEIVER", "localhost", port, "", FALSE);

  return send_node (side, node);
}

const GantryJob *
get_job (Side *side, gint64 id)
{
  static const GantryJob nothing = { .message = (char *)"" };
  const GantryJob *job = g_hash_table_lookup (side->jobs, &id);

  return job != NULL ? job : &nothing;
}

GPtrArray *
get_instances (Side *side, gint64 job)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *rows;

  gantry_engine_list_instances_async (side->engine, job, NULL, 0, 1000, NULL, on_ready, &result);
  WAIT_FOR (result != NULL);
  rows = gantry_engine_list_finish (side->engine, result, NULL, &error);
  g_assert_no_error (error);
  return rows;
}

void
listen_in (Side *side, guint16 port, const char *directory)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;
  guint before = side->n_listener;

  settings.ae_title = "RECEIVER";
  settings.port = port;
  settings.reserve_bytes = 0;
  settings.reserve_percent = 0;
  settings.address = "127.0.0.1";
  settings.directory = directory;
  gantry_engine_listen (side->engine, &settings);
  WAIT_FOR (side->n_listener > before);
}

void
listen_on (Side *side, guint16 port)
{
  listen_in (side, port, NULL);
}

/* Its socket stays bound without listening to the end of the program, so that nobody else is given
 * the port; who wants to listen there, with SO_REUSEADDR, can. */
guint16
find_closed_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), ==, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&address, &length), ==, 0);
  return ntohs (address.sin_port);
}

GSocketListener *
listen_silently (guint16 *port)
{
  GSocketListener *listener = g_socket_listener_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  *port = find_closed_port ();
  address = g_inet_socket_address_new (loopback, *port);
  g_socket_listener_add_address (listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, NULL, &error);
  g_assert_no_error (error);
  return listener;
}
