/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-words.h"

#include <string.h>

static const struct
{
  guint16 code;
  GantryStatusClass status_class;
  gboolean retry_helps;
  const char *text; /* what the description begins with */
} statuses[] = {
  { 0x0000, GANTRY_STATUS_SUCCESS, FALSE, "Success (0000)." },
  { 0xB000, GANTRY_STATUS_WARNING, FALSE, "Stored, with values changed (B000)." },
  { 0xB006, GANTRY_STATUS_WARNING, FALSE, "Stored, with elements left out (B006)." },
  { 0xB007, GANTRY_STATUS_WARNING, FALSE, "Stored, but the data set does not match" },
  { 0xB123, GANTRY_STATUS_WARNING, FALSE, "Done, with a warning (B123)." },
  { 0xA700, GANTRY_STATUS_FAILURE, TRUE, "Refused: out of resources (A700). The receiver is" },
  { 0xA7FF, GANTRY_STATUS_FAILURE, TRUE, "Refused: out of resources (A7FF)." },
  { 0xA801, GANTRY_STATUS_FAILURE, FALSE, "Failed with a status of the receiver's own (A801)." },
  { 0xA900, GANTRY_STATUS_FAILURE, FALSE, "Error: the data set does not match its SOP class" },
  { 0xA9AB, GANTRY_STATUS_FAILURE, FALSE, "Error: the data set does not match its SOP class" },
  { 0xC000, GANTRY_STATUS_FAILURE, FALSE, "Error: cannot understand (C000)." },
  { 0xCFFF, GANTRY_STATUS_FAILURE, FALSE, "Error: cannot understand (CFFF)." },
  { 0xD000, GANTRY_STATUS_FAILURE, FALSE, "Failed with a status of the receiver's own (D000)." },
  { 0x0001, GANTRY_STATUS_WARNING, FALSE, "Requested optional attributes" },
  { 0x0002, GANTRY_STATUS_FAILURE, FALSE, "Failed with a status of the receiver's own (0002)." },
  { 0x0107, GANTRY_STATUS_WARNING, FALSE, "Attribute list error (0107)." },
  { 0x0110, GANTRY_STATUS_FAILURE, TRUE, "Processing failure (0110)." },
  { 0x0111, GANTRY_STATUS_FAILURE, FALSE, "Duplicate SOP instance (0111)." },
  { 0x0116, GANTRY_STATUS_WARNING, FALSE, "Attribute value out of range (0116)." },
  { 0x0117, GANTRY_STATUS_FAILURE, FALSE, "Invalid SOP instance (0117)." },
  { 0x0122, GANTRY_STATUS_FAILURE, FALSE, "Refused: SOP class not supported (0122)." },
  { 0x0124, GANTRY_STATUS_FAILURE, FALSE, "Refused: not authorized (0124)." },
  { 0x0210, GANTRY_STATUS_FAILURE, TRUE, "Duplicate invocation (0210)." },
  { 0x0213, GANTRY_STATUS_FAILURE, TRUE, "Resource limitation (0213)." },
  { 0xFE00, GANTRY_STATUS_CANCEL, FALSE, "Cancelled (FE00)." },
  { 0xFF00, GANTRY_STATUS_PENDING, FALSE, "Pending (FF00)." },
  { 0xFF01, GANTRY_STATUS_PENDING, FALSE, "Pending (FF01)." },
  { 0xFF02, GANTRY_STATUS_FAILURE, FALSE, "Failed with a status of the receiver's own (FF02)." },
};

static void
test_status (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint16 code = statuses[i].code;
  g_autofree char *text = gantry_status_describe (code, NULL);

  g_assert_cmpint (gantry_status_get_class (code), ==, statuses[i].status_class);
  g_assert_cmpint (gantry_status_lookup (code)->retry_helps, ==, statuses[i].retry_helps);
  if (!g_str_has_prefix (text, statuses[i].text))
    g_test_fail_printf ("%s", text);
}

static const struct
{
  const char *name, *sent_class, *sent_syntax, *text;
} changes[] = {
  { "none", "", "", "" },
  { "null", NULL, NULL, "" },
  { "same", "1.2.840.10008.5.1.4.1.1.88.11", "1.2.840.10008.1.2.4.50", "" },
  { "class", "1.2.840.10008.5.1.4.1.1.88.33", "", "Sent as Comprehensive SR Storage." },
  { "syntax", "", "1.2.840.10008.1.2.1", "Sent in Explicit VR LE instead of JPEG Baseline." },
  { "both", "1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.1.2",
    "Sent as Comprehensive SR Storage, in Implicit VR LE instead of JPEG Baseline." },
};

static void
test_change (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text
      = gantry_change_describe ("1.2.840.10008.5.1.4.1.1.88.11", changes[i].sent_class,
                                "1.2.840.10008.1.2.4.50", changes[i].sent_syntax);

  g_assert_cmpstr (text, ==, changes[i].text);
}

static void
test_every_code (void)
{
  for (guint code = 0; code <= G_MAXUINT16; code++)
    {
      const GantryStatus *row = gantry_status_lookup (code);

      g_assert_cmpuint (code & row->mask, ==, row->code);
      g_assert_true (g_str_has_suffix (row->advice, "."));
      g_assert_cmpint (row->status_class == GANTRY_STATUS_SUCCESS, ==, code == 0);
    }
}

static void
test_comment (void)
{
  g_autofree char *text = gantry_status_describe (0xA700, " disk\n full\xff ");
  g_autofree char *none = gantry_status_describe (0xA700, "  ");

  g_assert_true (g_str_has_suffix (text, "The other side says: “disk  full\xef\xbf\xbd”"));
  g_assert_null (strstr (none, "says"));
}

static const struct
{
  const char *name;
  guint32 elements[3];
  guint n;
  const char *comment;
  const char *end;
} answers[] = {
  { "one", { 0x00100020 }, 1, NULL, " It is about the element Patient ID (0010,0020)." },
  { "many",
    { 0x00080018, 0x00091010, 0x00280010 },
    3,
    NULL,
    " It is about the elements SOP Instance UID (0008,0018), (0009,1010), Rows (0028,0010)." },
  { "comment",
    { 0x00100010 },
    1,
    "too long",
    " It is about the element Patient Name (0010,0010). The other side says: “too long”" },
  { "unknown", { 0x0010FFFE }, 1, NULL, " It is about the element (0010,FFFE)." },
  { "none", { 0 }, 0, NULL, " made the object." },
};

static void
test_answer (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text = gantry_status_describe_answer (0xA900, answers[i].comment,
                                                         answers[i].elements, answers[i].n);

  if (!g_str_has_suffix (text, answers[i].end))
    g_test_fail_printf ("%s", text);
}

/* DCMTK finds no dictionary in this process: the sentence stands, with the bare tag. */
static void
test_no_dictionary (void)
{
  if (g_test_subprocess ())
    {
      const guint32 element = 0x00100020;
      g_autofree char *text = NULL;

      g_setenv ("DCMDICTPATH", "/nonexistent", TRUE);
      text = gantry_status_describe_answer (0xA900, NULL, &element, 1);
      g_assert_true (g_str_has_suffix (text, " It is about the element (0010,0020)."));
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static const struct
{
  guint16 code;
  const char *services;
} services[] = {
  { 0x0000, "C-STORE, C-ECHO, N-EVENT-REPORT, N-ACTION, other services" },
  { 0xB000, "C-STORE" },
  { 0xA700, "C-STORE" },
  { 0xA9FF, "C-STORE" },
  { 0xC123, "C-STORE" },
  { 0x0110, "C-STORE, N-EVENT-REPORT, N-ACTION, other services" },
  { 0x0112, "N-EVENT-REPORT, N-ACTION, other services" },
  { 0x0113, "N-EVENT-REPORT" },
  { 0x0117, "C-STORE, N-EVENT-REPORT, N-ACTION, other services" },
  { 0x0119, "N-EVENT-REPORT, N-ACTION, other services" },
  { 0x0122, "C-STORE, C-ECHO, other services" },
  { 0x0123, "N-ACTION" },
  { 0x0124, "C-STORE, N-ACTION, other services" },
  { 0x0210, "C-STORE, C-ECHO, N-EVENT-REPORT, N-ACTION, other services" },
  { 0x0211, "C-STORE, C-ECHO, N-EVENT-REPORT, N-ACTION, other services" },
  { 0x0212, "C-STORE, C-ECHO, N-EVENT-REPORT, N-ACTION, other services" },
  { 0x0213, "N-EVENT-REPORT, N-ACTION, other services" },
  { 0xD000, "" },
  { 0xB123, "" },
};

static void
test_services (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (services); i++)
    {
      g_autofree char *text
          = gantry_services_to_text (gantry_status_lookup (services[i].code)->services);

      g_assert_cmpstr (text, ==, services[i].services);
    }
}

static const struct
{
  const char *name;
  guint8 result, source, reason;
  const char *part;
} rejects[] = {
  { "called", 1, 1, 7, "is not called PACS1" },
  { "calling", 1, 1, 3, "does not know GANTRY" },
  { "context", 1, 1, 2, "Application context not supported" },
  { "user-no-reason", 1, 1, 1, "The peer refused the association without saying why" },
  { "version", 1, 2, 2, "Protocol version not supported" },
  { "acse-no-reason", 1, 2, 1, "The peer's DICOM software refused the association without" },
  { "congestion", 2, 3, 1, "Temporary congestion" },
  { "limit", 2, 3, 2, "Local limit exceeded" },
  { "user-reserved", 1, 1, 4, "a reason that the standard does not define" },
  { "presentation-reserved", 1, 3, 0, "a reason that the standard does not define" },
  { "permanent", 1, 3, 2, "(rejected, 1/3/2)" },
  { "reserved", 9, 200, 77, "(rejected, 9/200/77)" },
  { "transient", 2, 3, 2, "(rejected for now, 2/3/2)" },
};

static void
test_reject (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text = gantry_reject_describe (rejects[i].result, rejects[i].source,
                                                  rejects[i].reason, "PACS1", "GANTRY");

  if (strstr (text, rejects[i].part) == NULL)
    g_test_fail_printf ("%s", text);
}

static void
test_abort (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint8 reason = 0; reason <= 6; reason++)
    g_assert_true (g_hash_table_add (seen, gantry_abort_describe (2, reason)));
  g_assert_true (g_hash_table_add (seen, gantry_abort_describe (0, 0)));
  g_assert_true (
      g_hash_table_contains (seen, "The peer's application ended the association without saying "
                                   "why. Try again, and ask its administrator for its log. "
                                   "(aborted, 0/0)"));
}

static void
test_context (void)
{
  g_assert_cmpstr (gantry_context_result_describe (0), ==, "accepted");
  g_assert_cmpstr (gantry_context_result_describe (3), ==, "SOP class not supported");
  g_assert_cmpstr (gantry_context_result_describe (255), ==, "not answered");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/words/status/%04x", statuses[i].code);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_status);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rejects); i++)
    {
      g_autofree char *path = g_strconcat ("/words/reject/", rejects[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_reject);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *path = g_strconcat ("/words/change/", changes[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_change);
    }
  g_test_add_func ("/words/status/every-code", test_every_code);
  g_test_add_func ("/words/status/comment", test_comment);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *path = g_strconcat ("/words/answer/", answers[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_answer);
    }
  g_test_add_func ("/words/answer/no-dictionary", test_no_dictionary);
  g_test_add_func ("/words/status/services", test_services);
  g_test_add_func ("/words/abort", test_abort);
  g_test_add_func ("/words/context", test_context);

  return g_test_run ();
}
