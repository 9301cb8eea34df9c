/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Real peers: what they store of ours, and we of theirs, must be the same octets.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "gantry-error.h"
#include "gantry-registry.h"
#include "net-pair.h"

#define SAMPLES "/usr/lib/python3/dist-packages/pydicom/data/test_files"

/* ---- Files ----------------------------------------------------------------------------------- */

/* What the meta header says, PS3.10 7.1: Explicit Little Endian, whatever follows. */
typedef struct
{
  char *path;
  char *sop_class, *sop_instance, *transfer_syntax;
  guint64 offset;
} Sample;

static void
sample_free (Sample *self)
{
  g_free (self->path);
  g_free (self->sop_class);
  g_free (self->sop_instance);
  g_free (self->transfer_syntax);
  g_free (self);
}

static char *
dup_value (const guint8 *value, gsize length)
{
  return g_strchomp (g_strndup ((const char *)value, length));
}

/* Returns: NULL for a file without preamble or with an odd length, which is not ours to send */
static Sample *
sample_read (const char *path)
{
  g_autofree char *contents = NULL;
  g_autofree Sample *self = NULL;
  const guint8 *data;
  gsize length, at = 132;

  if (!g_file_get_contents (path, &contents, &length, NULL) || length < 200
      || memcmp (contents + 128, "DICM\2\0", 6) != 0)
    return NULL;
  self = g_new0 (Sample, 1);
  data = (const guint8 *)contents;
  while (at + 12 < length && data[at] == 2 && data[at + 1] == 0)
    {
      guint element = data[at + 2] | data[at + 3] << 8;
      gboolean is_long = strchr ("OU", data[at + 4]) != NULL && data[at + 5] != 'I'
                         && data[at + 5] != 'L' && data[at + 5] != 'S';
      gsize head = is_long ? 12 : 8;
      gsize size = is_long ? data[at + 8] | data[at + 9] << 8 : data[at + 6] | data[at + 7] << 8;

      if (element == 0x0002)
        self->sop_class = dup_value (data + at + head, size);
      else if (element == 0x0003)
        self->sop_instance = dup_value (data + at + head, size);
      else if (element == 0x0010)
        self->transfer_syntax = dup_value (data + at + head, size);
      at += head + size;
    }
  self->path = g_strdup (path);
  self->offset = at;
  if (self->sop_class == NULL || self->sop_instance == NULL || *self->sop_instance == '\0'
      || self->transfer_syntax == NULL || (length - at) % 2 != 0)
    {
      sample_free (g_steal_pointer (&self));
      return NULL;
    }
  return g_steal_pointer (&self);
}

static GPtrArray *
samples_read (void)
{
  GPtrArray *samples = g_ptr_array_new_with_free_func ((GDestroyNotify)sample_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GDir) dir = g_dir_open (SAMPLES, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (SAMPLES, name, NULL);
      Sample *sample = g_str_has_suffix (name, ".dcm") ? sample_read (path) : NULL;

      /* Receivers name files by instance, so one of each. */
      if (sample != NULL && g_hash_table_contains (seen, sample->sop_instance))
        sample_free (sample);
      else if (sample != NULL)
        {
          g_hash_table_add (seen, sample->sop_instance);
          g_ptr_array_add (samples, sample);
        }
    }
  g_assert_cmpuint (samples->len, >, 20);
  return samples;
}

static GBytes *
load_data_set (const Sample *sample)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (sample->path, FALSE, NULL);

  g_assert_nonnull (file);
  return g_bytes_new (g_mapped_file_get_contents (file) + sample->offset,
                      g_mapped_file_get_length (file) - sample->offset);
}

/* The file in @folder that holds an instance. */
static Sample *
find_received (const char *folder, const char *sop_instance)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      Sample *sample = sample_read (path);

      if (sample != NULL && g_str_equal (sample->sop_instance, sop_instance))
        return sample;
      if (sample != NULL)
        sample_free (sample);
    }
  return NULL;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_unlink (path) != 0)
        remove_folder (path);
    }
  g_rmdir (folder);
}

/* ---- Peers ----------------------------------------------------------------------------------- */

typedef struct
{
  GSubprocess *process;
  guint16 port;
  char *folder;
} Peer;

static guint16
find_free_port (void)
{
  guint16 port;
  int fd = net_raw_listen (&port);

  close (fd);
  return port;
}

static GantryAssociation *
associate (guint16 port, GPtrArray *contexts, gboolean extended, GError **error)
{
  GantryAssociationRequest request = { .calling = "TESTER",
                                       .called = "PEER",
                                       .host = "localhost",
                                       .port = port,
                                       .max_pdu = GANTRY_DEFAULT_MAX_PDU,
                                       .timeouts = GANTRY_TIMEOUTS_DEFAULT,
                                       .contexts = contexts,
                                       .extended_negotiation = extended };

  return gantry_association_request (&request, NULL, NULL, NULL, error);
}

static void
die_with_parent (gpointer user_data G_GNUC_UNUSED)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Starts a peer that does not outlive a test that fails. */
static GSubprocess *
spawn_peer (const char *const *argv)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  return process;
}

/* It listens as soon as an echo goes through. */
static void
wait_for_port (Peer *self)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  g_autoptr (GPtrArray) contexts = net_contexts_new ();

  while (g_get_monotonic_time () < end)
    {
      g_autoptr (GantryAssociation) association = associate (self->port, contexts, FALSE, NULL);
      guint16 status;

      if (association != NULL && gantry_echo_scu (association, &status, NULL) && status == 0
          && gantry_association_release (association, NULL))
        return;
      g_usleep (10000);
    }
  g_error ("no peer at port %u", self->port);
}

/* @line: the command, in which %u stands for the port and %s for a folder of its own. */
static void
peer_start (Peer *self, const char *line)
{
  g_auto (GStrv) argv = g_strsplit (line, " ", -1);

  self->port = find_free_port ();
  self->folder = g_dir_make_tmp ("gantry-XXXXXX", NULL);
  for (guint i = 0; argv[i] != NULL; i++)
    if (strstr (argv[i], "PORT") != NULL || g_str_equal (argv[i], "FOLDER"))
      {
        char *text = g_str_equal (argv[i], "FOLDER") ? g_strdup (self->folder)
                                                     : g_strdup_printf ("%u", self->port);
        g_free (argv[i]);
        argv[i] = text;
      }
  self->process = spawn_peer ((const char *const *)argv);
  wait_for_port (self);
}

static void
peer_stop (Peer *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  remove_folder (self->folder);
  g_free (self->folder);
}

static void
run_tool (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
}

/* ---- Ours to theirs -------------------------------------------------------------------------- */

static GPtrArray *
contexts_for (GPtrArray *samples)
{
  GPtrArray *contexts = gantry_record_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < samples->len; i++)
    {
      const Sample *sample = samples->pdata[i];
      const char *proposed[] = { sample->transfer_syntax, NULL };

      if (g_hash_table_add (seen,
                            g_strconcat (sample->sop_class, " ", sample->transfer_syntax, NULL)))
        g_ptr_array_add (contexts, gantry_context_new (2 * contexts->len + 1, sample->sop_class,
                                                       proposed, "", 0));
    }
  g_assert_cmpuint (contexts->len, <=, 128);
  return contexts;
}

/* Returns: how many were accepted and stored */
static guint
store_samples (guint16 port, GPtrArray *samples)
{
  g_autoptr (GPtrArray) contexts = contexts_for (samples);
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryAssociation) association = associate (port, contexts, FALSE, &error);
  guint stored = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < samples->len; i++)
    {
      const Sample *sample = samples->pdata[i];
      guint8 id = gantry_association_find_context (association, sample->sop_class,
                                                   sample->transfer_syntax);
      GantryCommand response;

      if (id == 0)
        continue;
      g_assert_true (gantry_store_scu (association, id, sample->path, NULL, sample->offset,
                                       sample->sop_class, sample->sop_instance,
                                       GANTRY_PRIORITY_MEDIUM, NULL, NULL, &response, &error));
      g_assert_no_error (error);
      g_assert_cmphex (response.status, ==, 0x0000);
      stored++;
    }
  g_assert_true (gantry_association_release (association, &error));
  return stored;
}

typedef struct
{
  const char *name, *line; /* line NULL: Orthanc */
} Receiver;

static const Receiver receivers[] = {
  { "storescp", "storescp -dhl +B +xa -pm -od FOLDER PORT" },
  { "storescp-small-pdu", "storescp -dhl +B +xa -pm -pdu 4096 -od FOLDER PORT" },
  { "storescp-odd-pdu", "storescp -dhl +B +xa -pm -pdu 16383 -od FOLDER PORT" },
  { "dcmrecv", "dcmrecv -dhl +B -xf /etc/dcmtk/storescp.cfg AllDICOM -od FOLDER PORT" },
};

static const Receiver takers_of_everything[] = {
  { "storescp", "storescp -dhl +B -pm -od FOLDER PORT" },
  { "storescp-fork", "storescp -dhl --fork +B -od FOLDER PORT" },
  { "dcmrecv", "dcmrecv -dhl +B -xf /etc/dcmtk/storescp.cfg AllDICOM -od FOLDER PORT" },
  { "orthanc", NULL },
};

static void
test_send (gconstpointer data)
{
  const Receiver *c = data;
  g_autoptr (GPtrArray) samples = samples_read ();
  guint stored, found = 0;
  Peer peer;

  peer_start (&peer, c->line);
  stored = store_samples (peer.port, samples);
  g_assert_cmpuint (stored, >, 10);
  for (guint i = 0; i < samples->len; i++)
    {
      const Sample *sample = samples->pdata[i];
      Sample *received = find_received (peer.folder, sample->sop_instance);

      if (received == NULL)
        continue;
      g_autoptr (GBytes) sent = load_data_set (sample);
      g_autoptr (GBytes) got = load_data_set (received);

      if (!g_bytes_equal (sent, got))
        g_error ("%s: %zu octets sent, %zu stored", sample->path, g_bytes_get_size (sent),
                 g_bytes_get_size (got));
      g_assert_cmpstr (received->transfer_syntax, ==, sample->transfer_syntax);
      sample_free (received);
      found++;
    }
  g_test_message ("%u of %u sent, all the same", stored, samples->len);
  g_assert_cmpuint (found, ==, stored);
  peer_stop (&peer);
}

static void
orthanc_start (Peer *self)
{
  g_autofree char *config = NULL;
  g_autofree char *file = NULL;
  const char *argv[] = { "Orthanc", NULL, NULL };

  self->port = find_free_port ();
  self->folder = g_dir_make_tmp ("gantry-XXXXXX", NULL);
  argv[1] = file = g_build_filename (self->folder, "orthanc.json", NULL);
  config = g_strdup_printf ("{\"StorageDirectory\": \"%s/db\", \"HttpServerEnabled\": false,"
                            "\"DicomPort\": %u, \"DicomCheckCalledAet\": false, \"Plugins\": []}",
                            self->folder, self->port);
  g_assert_true (g_file_set_contents (file, config, -1, NULL));
  self->process = spawn_peer (argv);
  wait_for_port (self);
}

static void
test_orthanc (void)
{
  g_autofree char *path = g_build_filename (SAMPLES, "CT_small.dcm", NULL);
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func ((GDestroyNotify)sample_free);
  Peer peer;

  orthanc_start (&peer);
  g_ptr_array_add (samples, sample_read (path));
  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (store_samples (peer.port, samples), ==, 1);
  peer_stop (&peer);
}

/* Every context that there can be, CT first, each with several transfer syntaxes. */
static GPtrArray *
contexts_of_everything (void)
{
  static const char *const proposed[]
      = { GANTRY_UID_IMPLICIT_LE, GANTRY_UID_EXPLICIT_BE, GANTRY_UID_EXPLICIT_LE, NULL };
  GPtrArray *contexts = gantry_record_array_new ();
  const GantrySopClass *classes;
  gsize n;

  classes = gantry_sop_class_table (&n);
  g_ptr_array_add (contexts, gantry_context_new (1, CT_IMAGE, proposed, "", 0));
  /* From the end: those to which others are related are there. */
  for (gsize i = n; i-- > 0 && contexts->len < 128;)
    if (!g_str_equal (classes[i].uid, CT_IMAGE))
      g_ptr_array_add (contexts,
                       gantry_context_new (2 * contexts->len + 1, classes[i].uid, proposed, "", 0));
  g_assert_cmpuint (contexts->len, ==, 128);
  return contexts;
}

/* All of them at once, with extended negotiation for each, and then one object. */
static void
send_among_everything (guint16 port)
{
  g_autofree char *path = g_build_filename (SAMPLES, "CT_small.dcm", NULL);
  Sample *sample = sample_read (path);
  g_autoptr (GPtrArray) contexts = contexts_of_everything ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryAssociation) association = associate (port, contexts, TRUE, &error);
  const GantryAssociationFacts *facts;
  GantryCommand response;
  guint accepted = 0;

  g_assert_no_error (error);
  facts = gantry_association_get_facts (association);
  g_assert_cmpuint (facts->contexts->len, ==, 128);
  g_assert_cmpuint (facts->proposed_extended->len, ==, 256);
  for (guint i = 0; i < 128; i++)
    accepted += ((GantryContext *)facts->contexts->pdata[i])->result == 0;
  g_test_message ("%zu octets of request, %u of 128 accepted, %u items answered",
                  g_bytes_get_size (facts->request_pdu), accepted, facts->answered_extended->len);
  g_assert_cmpuint (accepted, >, 50);

  g_assert_cmpuint (gantry_association_find_context (association, CT_IMAGE, GANTRY_UID_EXPLICIT_LE),
                    ==, 1);
  g_assert_true (gantry_store_scu (association, 1, sample->path, NULL, sample->offset,
                                   sample->sop_class, sample->sop_instance, GANTRY_PRIORITY_HIGH,
                                   NULL, NULL, &response, &error));
  g_assert_no_error (error);
  g_assert_cmphex (response.status, ==, 0x0000);
  g_assert_true (gantry_association_release (association, &error));
  sample_free (sample);
}

static void
test_everything (gconstpointer data)
{
  const Receiver *c = data;
  Peer peer;

  if (c->line != NULL)
    peer_start (&peer, c->line);
  else
    orthanc_start (&peer);
  send_among_everything (peer.port);
  peer_stop (&peer);
}

/* It listens while it waits for the answer to a C-MOVE, which never comes. */
static void
test_movescu (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autofree char *line = g_strdup_printf ("movescu -S -k 0008,0052=STUDY -k 0020,000d=1.2.3 "
                                           "--port PORT -od FOLDER 127.0.0.1 %u",
                                           net_scp_get_port (scp));
  Peer peer;

  net_scp_set (scp, &scp->hold, TRUE);
  peer_start (&peer, line);
  send_among_everything (peer.port);
  peer_stop (&peer);
  net_scp_set (scp, &scp->hold, FALSE);
  net_scp_free (scp);
}

/* ---- Theirs to ours -------------------------------------------------------------------------- */

typedef struct
{
  const char *name, *tool, *option, *file;
} Sender;

/* The tools write data sets anew, so what they send is compared with what storescp gets of them. */
static const Sender senders[] = {
  { "storescu", "storescu", "-R", "CT_small.dcm" },
  { "storescu-multiframe", "storescu", "-xi", "rtdose.dcm" },
  { "storescu-small-pdu", "storescu", "--max-send-pdu=4096", "MR_small.dcm" },
  { "dcmsend", "dcmsend", "--decompress-never", "CT_small.dcm" },
  { "dcmsend-jpeg2000", "dcmsend", "--decompress-never", "JPEG2000.dcm" },
  { "dcmsend-rle", "dcmsend", "--decompress-never", "MR_small_RLE.dcm" },
};

static void
send_with (const Sender *sender, guint16 port)
{
  g_autofree char *path = g_build_filename (SAMPLES, sender->file, NULL);
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_auto (GStrv) option = g_strsplit (sender->option, "=", 2);
  const char *argv[] = { sender->tool, option[0], "localhost", number, path, NULL, NULL };

  if (option[1] != NULL)
    {
      argv[2] = option[1];
      argv[3] = "localhost";
      argv[4] = number;
      argv[5] = path;
    }
  run_tool (argv);
}

static void
test_receive (gconstpointer data)
{
  const Sender *sender = data;
  NetScp *scp = net_scp_new (NULL);
  g_autoptr (GBytes) expected = NULL;
  Sample *received;
  Peer peer;

  peer_start (&peer, "storescp -dhl +B +xa -pm -od FOLDER PORT");
  send_with (sender, peer.port);
  send_with (sender, net_scp_get_port (scp));
  net_scp_wait (scp, &scp->released, 1);

  received = find_received (peer.folder, scp->last_instance);
  g_assert_nonnull (received);
  expected = load_data_set (received);
  g_assert_cmpstr (scp->last_class, ==, received->sop_class);
  if (g_str_equal (scp->last_syntax, received->transfer_syntax))
    g_assert_cmpmem (scp->last_object->data, scp->last_object->len,
                     g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
  else
    g_assert_not_reached ();
  sample_free (received);
  peer_stop (&peer);
  net_scp_free (scp);
}

static void
test_echoscu (void)
{
  NetScp *scp = net_scp_new (NULL);
  g_autofree char *port = g_strdup_printf ("%u", net_scp_get_port (scp));
  const char *const once[] = { "echoscu", "localhost", port, NULL };
  const char *const often[]
      = { "echoscu", "--repeat", "50", "-pdu", "4096", "127.0.0.1", port, NULL };
  const char *const abort_it[] = { "echoscu", "--abort", "127.0.0.1", port, NULL };

  run_tool (once);
  run_tool (often);
  run_tool (abort_it);
  net_scp_wait (scp, &scp->served, 3);
  g_assert_cmpuint (scp->echoes, ==, 52);
  g_assert_cmpuint (scp->released, ==, 2);
  g_assert_error (scp->last_error, GANTRY_ERROR, GANTRY_ERROR_ABORTED);
  net_scp_free (scp);
}

#define ADD_TABLE(prefix, table, func)                                                             \
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)                                                 \
    {                                                                                              \
      g_autofree char *test_path = g_strconcat (prefix, table[i].name, NULL);                      \
      g_test_add_data_func (test_path, &table[i], func);                                           \
    }

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_TABLE ("/net-interop/send/", receivers, test_send);
  g_test_add_func ("/net-interop/send/orthanc", test_orthanc);
  ADD_TABLE ("/net-interop/everything/", takers_of_everything, test_everything);
  g_test_add_func ("/net-interop/everything/movescu", test_movescu);
  ADD_TABLE ("/net-interop/receive/", senders, test_receive);
  g_test_add_func ("/net-interop/echoscu", test_echoscu);

  return g_test_run ();
}
