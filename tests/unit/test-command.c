/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-command.h"
#include "gantry-records.h"

#include <string.h>

#include "gantry-error.h"

/* ---- There and back ------------------------------------------------------------------------- */

#define SOP_CLASS "1.2.840.10008.5.1.4.1.1.2"
#define LONG_UID "1.2.3456789.123456789.123456789.123456789.123456789.123456789.12"

typedef struct
{
  const char *name;
  GantryCommand command;
} RoundTrip;

static const RoundTrip round_trips[] = {
  { "echo-request",
    { .field = GANTRY_COMMAND_C_ECHO_RQ,
      .message_id = 1,
      .data_set_type = GANTRY_COMMAND_NO_DATA_SET,
      .sop_class_uid = "1.2.840.10008.1.1" } },
  { "echo-response",
    { .field = GANTRY_COMMAND_C_ECHO_RSP,
      .message_id_responded_to = 65535,
      .data_set_type = GANTRY_COMMAND_NO_DATA_SET,
      .status = 0x0000,
      .has_status = TRUE,
      .sop_class_uid = "1.2.840.10008.1.1" } },
  { "store-request",
    { .field = GANTRY_COMMAND_C_STORE_RQ,
      .message_id = 258,
      .priority = GANTRY_PRIORITY_LOW,
      .sop_class_uid = SOP_CLASS,
      .sop_instance_uid = "1.2.3" } },
  { "store-request-moved",
    { .field = GANTRY_COMMAND_C_STORE_RQ,
      .message_id = 2,
      .priority = GANTRY_PRIORITY_HIGH,
      .sop_class_uid = SOP_CLASS,
      .sop_instance_uid = LONG_UID,
      .move_originator = "ODD",
      .move_originator_message_id = 513,
      .has_move_originator = TRUE } },
  { "store-response",
    { .field = GANTRY_COMMAND_C_STORE_RSP,
      .message_id_responded_to = 2,
      .data_set_type = GANTRY_COMMAND_NO_DATA_SET,
      .status = 0xA900,
      .has_status = TRUE,
      .sop_class_uid = SOP_CLASS,
      .sop_instance_uid = LONG_UID,
      .error_comment = "A comment of sixty-four characters, which is all that fits here.",
      .offending_elements = { 0x00080016, 0x7FE00010, 1, 2, 3, 4, 5, 0xFFFFFFFF },
      .n_offending_elements = 8 } },
  { "cancel",
    { .field = GANTRY_COMMAND_C_CANCEL_RQ,
      .message_id_responded_to = 9,
      .data_set_type = GANTRY_COMMAND_NO_DATA_SET } },
  { "unknown", { .field = 0x0999, .message_id = 3, .sop_class_uid = "1" } },
};

static void
test_round_trip (gconstpointer data)
{
  const RoundTrip *c = data;
  g_autoptr (GError) error = NULL;
  guint8 buffer[GANTRY_COMMAND_ENCODED_MAX];
  gsize length = gantry_command_encode (&c->command, buffer);
  GantryCommand decoded;

  g_assert_cmpuint (length, <=, sizeof buffer);
  g_assert_cmpuint (length % 2, ==, 0);
  g_assert_true (gantry_command_decode (&decoded, buffer, length, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (&decoded, sizeof decoded, &c->command, sizeof c->command);
}

/* ---- Octets that were written down from PS3.7 Annex E ---------------------------------------- */

static const guint8 echo_request[] = {
  0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x38, 0x00, 0x00, 0x00, 0x00, 0x00,
  0x02, 0x00, 0x12, 0x00, 0x00, 0x00, '1',  '.',  '2',  '.',  '8',  '4',  '0',  '.',
  '1',  '0',  '0',  '0',  '8',  '.',  '1',  '.',  '1',  0x00, 0x00, 0x00, 0x00, 0x01,
  0x02, 0x00, 0x00, 0x00, 0x30, 0x00, 0x00, 0x00, 0x10, 0x01, 0x02, 0x00, 0x00, 0x00,
  0x05, 0x00, 0x00, 0x00, 0x00, 0x08, 0x02, 0x00, 0x00, 0x00, 0x01, 0x01,
};

static void
test_octets (void)
{
  GantryCommand command = { .field = GANTRY_COMMAND_C_ECHO_RQ,
                            .message_id = 5,
                            .data_set_type = GANTRY_COMMAND_NO_DATA_SET,
                            .sop_class_uid = "1.2.840.10008.1.1" };
  guint8 buffer[GANTRY_COMMAND_ENCODED_MAX];
  gsize length = gantry_command_encode (&command, buffer);

  g_assert_cmpmem (buffer, length, echo_request, sizeof echo_request);
}

/* Cut anywhere, it must be refused and nothing read behind the end. */
static void
test_truncated (void)
{
  for (gsize length = 0; length < sizeof echo_request; length++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *copy = g_memdup2 (echo_request, length);
      GantryCommand command;

      g_assert_false (gantry_command_decode (&command, copy, length, &error));
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL);
    }
}

static void
test_garbage (void)
{
  for (guint round = 0; round < 20000; round++)
    {
      gsize length = g_test_rand_int_range (0, 200);
      g_autofree guint8 *octets = g_malloc (length + 1);
      GantryCommand command;

      for (gsize i = 0; i < length; i++)
        octets[i] = g_test_rand_int_range (0, 256);
      /* Half of them differ from a good one in a few octets only. */
      if (round % 2 == 0 && length >= sizeof echo_request)
        {
          memcpy (octets, echo_request, sizeof echo_request);
          octets[g_test_rand_int_range (0, sizeof echo_request)] = g_test_rand_int_range (0, 256);
        }
      (void)gantry_command_decode (&command, octets, length, NULL);
      g_assert_cmpuint (strlen (command.sop_class_uid), <=, GANTRY_UID_MAX + 1);
    }
}

/* ---- Single elements ------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  const char *octets; /* behind a good command */
  gsize length;
  gboolean good;
} Extra;

#define EXTRA(name, octets, good)                                                                  \
  {                                                                                                \
    name, octets, sizeof octets - 1, good                                                          \
  }

static const Extra extras[] = {
  EXTRA ("unknown-element", "\0\0\x10\x50\x04\0\0\0abcd", TRUE),
  EXTRA ("empty-uid", "\0\0\x00\x10\0\0\0\0", TRUE),
  EXTRA ("odd-length-text", "\0\0\x02\x09\x03\0\0\0abc", TRUE),
  EXTRA ("us-of-four", "\0\0\x00\x09\x04\0\0\0\0\0\0\0", FALSE),
  EXTRA ("us-of-none", "\0\0\x00\x09\0\0\0\0", FALSE),
  EXTRA ("other-group", "\x08\0\x16\0\0\0\0\0", FALSE),
  EXTRA ("length-lies", "\0\0\x02\x09\xff\xff\xff\xff", FALSE),
  EXTRA ("header-cut", "\0\0\x02\x09\0\0", FALSE),
};

static void
test_extra (gconstpointer data)
{
  const Extra *c = data;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  GantryCommand command;

  g_byte_array_append (bytes, echo_request, sizeof echo_request);
  g_byte_array_append (bytes, (const guint8 *)c->octets, c->length);
  g_assert_cmpint (gantry_command_decode (&command, bytes->data, bytes->len, &error), ==, c->good);
  if (!c->good)
    g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL);
}

static void
test_overlong_uid (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 header[] = { 0, 0, 0x00, 0x10, 80, 0, 0, 0 };
  GantryCommand command;
  char uid[80];

  memset (uid, '1', sizeof uid);
  g_byte_array_append (bytes, echo_request, sizeof echo_request);
  g_byte_array_append (bytes, header, sizeof header);
  g_byte_array_append (bytes, (guint8 *)uid, sizeof uid);
  g_assert_true (gantry_command_decode (&command, bytes->data, bytes->len, NULL));
  g_assert_true (command.overlong);
  g_assert_cmpuint (strlen (command.sop_instance_uid), ==, GANTRY_UID_MAX + 1);
  g_assert_cmpstr (command.sop_class_uid, ==, "1.2.840.10008.1.1");
}

static void
test_response (void)
{
  GantryCommand request = { .field = GANTRY_COMMAND_C_STORE_RQ,
                            .message_id = 77,
                            .sop_class_uid = SOP_CLASS,
                            .sop_instance_uid = "1.2.3" };
  GantryCommand response;

  gantry_command_init_response (&response, &request, 0xA700, "no room on C:\\ für alle");
  g_assert_cmphex (response.field, ==, GANTRY_COMMAND_C_STORE_RSP);
  g_assert_cmpuint (response.message_id_responded_to, ==, 77);
  g_assert_cmphex (response.data_set_type, ==, GANTRY_COMMAND_NO_DATA_SET);
  g_assert_true (response.has_status);
  g_assert_cmphex (response.status, ==, 0xA700);
  g_assert_cmpstr (response.sop_class_uid, ==, SOP_CLASS);
  g_assert_cmpstr (response.sop_instance_uid, ==, "1.2.3");
  g_assert_cmpstr (response.error_comment, ==, "no room on C:? f??r alle");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (round_trips); i++)
    {
      g_autofree char *path = g_strconcat ("/command/round-trip/", round_trips[i].name, NULL);
      g_test_add_data_func (path, &round_trips[i], test_round_trip);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (extras); i++)
    {
      g_autofree char *path = g_strconcat ("/command/decode/", extras[i].name, NULL);
      g_test_add_data_func (path, &extras[i], test_extra);
    }
  g_test_add_func ("/command/encode/octets", test_octets);
  g_test_add_func ("/command/decode/truncated", test_truncated);
  g_test_add_func ("/command/decode/garbage", test_garbage);
  g_test_add_func ("/command/decode/overlong-uid", test_overlong_uid);
  g_test_add_func ("/command/response", test_response);

  return g_test_run ();
}
