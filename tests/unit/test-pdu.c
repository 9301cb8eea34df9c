/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A-ASSOCIATE PDUs with extended negotiation: written, read, and read when they lie.
 */
#include <string.h>

#include "gantry-error.h"
#include "gantry-extended.h"
#include "gantry-pdu.h"
#include "gantry-registry.h"
#include "net-pair.h"

#define ECG_12 "1.2.840.10008.5.1.4.1.1.9.1.1"
#define ECG "1.2.840.10008.5.1.4.1.1.9.1.2"
#define BASIC_TEXT "1.2.840.10008.5.1.4.1.1.88.11"
#define PRIVATE "1.2.826.0.1.3680043.2.1143.99.2"
#define COMMITMENT "1.2.840.10008.1.20.1"

static void
append_proposal (GByteArray *pdu)
{
  g_autoptr (GByteArray) context = g_byte_array_new ();

  g_byte_array_append (context, (const guint8 *)"\1\0\0\0", 4);
  net_append_item (context, 0x30, CT_IMAGE, strlen (CT_IMAGE));
  net_append_item (context, 0x40, GANTRY_UID_EXPLICIT_LE, strlen (GANTRY_UID_EXPLICIT_LE));
  net_append_item (pdu, 0x20, context->data, context->len);
}

/* An A-ASSOCIATE-RQ with @items behind the maximum length. */
static GByteArray *
make_request (const void *items, gsize length)
{
  GByteArray *pdu = net_associate_begin (1);
  g_autoptr (GByteArray) user = g_byte_array_new ();

  append_proposal (pdu);
  net_append_item (user, 0x51, "\0\0\x40\0", 4);
  g_byte_array_append (user, items, length);
  net_append_item (pdu, 0x50, user->data, user->len);
  net_associate_end (pdu);
  return pdu;
}

/* From memory that ends where the PDU does, so that reading behind it is noticed. */
static gboolean
parse (GantryAssociatePdu *pdu, const guint8 *data, gsize length, GError **error)
{
  g_autofree guint8 *copy = g_memdup2 (data, length);

  return gantry_associate_pdu_parse (pdu, copy, length, error);
}

/* ---- One item -------------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  const char *item;
  gsize length;
  gboolean good;
  const char *sop_class; /* NULL: it is passed over */
  gint level, signature_level, coercion;
  const char *service, *related;
} ItemCase;

#define ITEM(octets) octets, sizeof octets - 1
#define WHOLE(octets, level, signature, coercion)                                                  \
  ITEM (octets), TRUE, "1.2.3", level, signature, coercion, "", ""
#define COMMON(octets, service, related) ITEM (octets), TRUE, "1.2.3", -1, -1, -1, service, related
#define REFUSED(octets) ITEM (octets), FALSE, NULL, 0, 0, 0, NULL, NULL
#define PASSED_OVER(octets) ITEM (octets), TRUE, NULL, 0, 0, 0, NULL, NULL

static const ItemCase item_cases[] = {
  { "extended/whole", WHOLE ("\x56\0\0\x0d\0\5"
                             "1.2.3\2\0\3\0\0\0",
                             2,
                             3,
                             0) },
  { "extended/only-sends", WHOLE ("\x56\0\0\x0d\0\5"
                                  "1.2.3\3\0\0\0\2\0",
                                  3,
                                  0,
                                  2) },
  { "extended/reserved-set", WHOLE ("\x56\xff\0\x0d\0\5"
                                    "1.2.3\1\xff\1\xff\1\xff",
                                    1,
                                    1,
                                    1) },
  { "extended/padded", WHOLE ("\x56\0\0\x0e\0\6"
                              "1.2.3\0\0\0\0\0\0\0",
                              0,
                              0,
                              0) },
  { "extended/longer", WHOLE ("\x56\0\0\x0f\0\5"
                              "1.2.3\2\0\3\0\0\0\7\7",
                              2,
                              3,
                              0) },
  { "extended/one-octet", WHOLE ("\x56\0\0\x08\0\5"
                                 "1.2.3\1",
                                 1,
                                 -1,
                                 -1) },
  { "extended/no-octet", WHOLE ("\x56\0\0\x07\0\5"
                                "1.2.3",
                                -1,
                                -1,
                                -1) },
  { "extended/out-of-range", WHOLE ("\x56\0\0\x0d\0\5"
                                    "1.2.3\4\0\4\0\3\0",
                                    -1,
                                    -1,
                                    -1) },
  { "extended/empty", REFUSED ("\x56\0\0\0") },
  { "extended/one", REFUSED ("\x56\0\0\1\0") },
  { "extended/uid-cut", REFUSED ("\x56\0\0\x07\0\6"
                                 "1.2.3") },
  { "extended/uid-endless", REFUSED ("\x56\0\0\x07\xff\xff"
                                     "1.2.3") },
  { "extended/uid-too-long",
    REFUSED ("\x56\0\0\x43\0\x41"
             "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9.0.1.2.3") },
  { "extended/item-cut", REFUSED ("\x56\0\0\x0e\0\5"
                                  "1.2.3\2\0\3\0\0\0") },

  { "common/whole", COMMON ("\x57\0\0\x1a\0\5"
                            "1.2.3\0\3"
                            "1.4\0\x0c\0\3"
                            "2.5\0\5"
                            "2.6.7",
                            "1.4",
                            "2.5 2.6.7") },
  { "common/unrelated", COMMON ("\x57\0\0\x0e\0\5"
                                "1.2.3\0\3"
                                "1.4\0\0",
                                "1.4",
                                "") },
  { "common/later-version", COMMON ("\x57\1\0\x11\0\5"
                                    "1.2.3\0\3"
                                    "1.4\0\0new",
                                    "1.4",
                                    "") },
  { "common/empty", PASSED_OVER ("\x57\0\0\0") },
  { "common/uid-cut", PASSED_OVER ("\x57\0\0\x07\0\6"
                                   "1.2.3") },
  { "common/no-service", PASSED_OVER ("\x57\0\0\x07\0\5"
                                      "1.2.3") },
  { "common/service-cut", PASSED_OVER ("\x57\0\0\x0c\0\5"
                                       "1.2.3\0\4"
                                       "1.4") },
  { "common/no-list", PASSED_OVER ("\x57\0\0\x0c\0\5"
                                   "1.2.3\0\3"
                                   "1.4") },
  { "common/list-cut", PASSED_OVER ("\x57\0\0\x13\0\5"
                                    "1.2.3\0\3"
                                    "1.4\0\6\0\3"
                                    "2.5") },
  { "common/related-cut", PASSED_OVER ("\x57\0\0\x13\0\5"
                                       "1.2.3\0\3"
                                       "1.4\0\5\0\4"
                                       "2.5") },
  { "common/related-odd", PASSED_OVER ("\x57\0\0\x0f\0\5"
                                       "1.2.3\0\3"
                                       "1.4\0\1\0") },
  { "common/item-cut", REFUSED ("\x57\0\0\x0f\0\5"
                                "1.2.3\0\3"
                                "1.4\0\0") },

  { "role/whole", PASSED_OVER ("\x54\0\0\x09\0\5"
                               "1.2.3\1\1") },
  { "role/uid-endless", REFUSED ("\x54\0\0\x09\xff\xff"
                                 "1.2.3\1\1") },
  { "role/short", REFUSED ("\x54\0\0\x08\0\5"
                           "1.2.3\1") },
  { "identity/whole", PASSED_OVER ("\x58\0\0\x0c\2\1\0\3"
                                   "you\0\3yes") },
  { "identity/second-cut", REFUSED ("\x58\0\0\x0c\2\1\0\3"
                                    "you\0\4yes") },
  { "identity/first-endless", REFUSED ("\x58\0\0\x0c\2\1\xff\xff"
                                       "you\0\3yes") },
  { "identity/empty", REFUSED ("\x58\0\0\0") },
};

static void
test_item (gconstpointer data)
{
  const ItemCase *c = data;
  g_autoptr (GByteArray) request = make_request (c->item, c->length);
  g_auto (GantryAssociatePdu) pdu = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *related = NULL;
  const GantryExtended *extended;

  g_assert_cmpint (parse (&pdu, request->data, request->len, &error), ==, c->good);
  if (!c->good)
    {
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL);
      return;
    }
  g_assert_cmpuint (pdu.max_pdu, ==, 0x4000);
  g_assert_cmpuint (pdu.extended->len, ==, c->sop_class != NULL);
  if (c->sop_class == NULL)
    return;
  extended = pdu.extended->pdata[0];
  g_assert_cmpstr (extended->sop_class_uid, ==, c->sop_class);
  g_assert_cmpint (extended->level, ==, c->level);
  g_assert_cmpint (extended->signature_level, ==, c->signature_level);
  g_assert_cmpint (extended->coercion, ==, c->coercion);
  g_assert_cmpstr (extended->service_class_uid, ==, c->service);
  related = g_strjoinv (" ", extended->related_classes);
  g_assert_cmpstr (related, ==, c->related);
  g_assert_cmpint (extended->raw != NULL, ==, *c->service == '\0');
}

/* An acceptor has no 57H to send. */
static void
test_common_in_answer (void)
{
  g_autoptr (GByteArray) answer = net_accept_pdu (NULL);
  g_autoptr (GBytes) items = g_bytes_new_static (item_cases[14].item, item_cases[14].length);
  g_autoptr (GBytes) both = gantry_extended_add_items (answer->data, answer->len, items);
  g_auto (GantryAssociatePdu) pdu = { 0 };

  g_assert_cmpstr (item_cases[14].name, ==, "common/whole");
  g_assert_true (parse (&pdu, g_bytes_get_data (both, NULL), g_bytes_get_size (both), NULL));
  g_assert_cmpuint (pdu.extended->len, ==, 0);
}

/* ---- What we write --------------------------------------------------------------------------- */

static void
add_context (GPtrArray *contexts, const char *abstract_syntax)
{
  const char *const proposed[] = { GANTRY_UID_EXPLICIT_LE, NULL };

  g_ptr_array_add (contexts, gantry_context_new (2 * contexts->len + 1, abstract_syntax, proposed,
                                                 GANTRY_UID_EXPLICIT_LE, 0));
}

/* Octet by octet as in PS3.7 Tables D.3-11 to D.3-13. */
static void
test_octets (void)
{
  static const char expected[] = "\x56\0\0\x25\0\x1d" ECG_12 "\2\0\3\0\0\0"
                                 "\x57\0\0\x53\0\x1d" ECG_12 "\0\x11"
                                 "1.2.840.10008.4.2\0\x1f\0\x1d" ECG;
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  g_autoptr (GBytes) items = NULL;

  add_context (contexts, ECG_12);
  items = gantry_extended_propose (contexts);
  g_assert_cmpmem (g_bytes_get_data (items, NULL), g_bytes_get_size (items), expected,
                   sizeof expected - 1);
}

static void
test_propose (void)
{
  static const char *const classes[]
      = { GANTRY_UID_VERIFICATION, CT_IMAGE, BASIC_TEXT, CT_IMAGE, COMMITMENT, PRIVATE, "a.b" };
  static const char *const expected[] = { CT_IMAGE, BASIC_TEXT, PRIVATE };
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  g_autoptr (GByteArray) request = make_request ("", 0);
  g_autoptr (GBytes) items = NULL, both = NULL;
  g_auto (GantryAssociatePdu) pdu = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    add_context (contexts, classes[i]);
  items = gantry_extended_propose (contexts);
  both = gantry_extended_add_items (request->data, request->len, items);
  g_assert_cmpuint (g_bytes_get_size (both), ==, request->len + g_bytes_get_size (items));
  g_assert_true (parse (&pdu, g_bytes_get_data (both, NULL), g_bytes_get_size (both), NULL));
  g_assert_cmpuint (pdu.extended->len, ==, 2 * G_N_ELEMENTS (expected));
  for (guint i = 0; i < pdu.extended->len; i++)
    {
      const GantryExtended *extended = pdu.extended->pdata[i];
      const GantrySopClass *sop_class = gantry_sop_class_lookup (expected[i / 2]);
      const char *const none[] = { NULL };
      const char *const *general
          = sop_class != NULL && sop_class->general != NULL ? sop_class->general : none;

      g_assert_cmpstr (extended->sop_class_uid, ==, expected[i / 2]);
      g_assert_cmpint (extended->level, ==, i % 2 == 0 ? 2 : -1);
      g_assert_cmpint (extended->signature_level, ==, i % 2 == 0 ? 3 : -1);
      g_assert_cmpint (extended->coercion, ==, i % 2 == 0 ? 0 : -1);
      g_assert_cmpstr (extended->service_class_uid, ==, i % 2 == 0 ? "" : "1.2.840.10008.4.2");
      g_assert_true (g_strv_equal ((const char *const *)extended->related_classes,
                                   i % 2 == 0 ? none : general));
    }
  g_assert_cmpuint (g_strv_length (((GantryExtended *)pdu.extended->pdata[3])->related_classes), >,
                    1);
}

/* Only what was asked and is accepted, once, and of storage. */
static void
test_answer (void)
{
  g_autoptr (GPtrArray) accepted = gantry_record_array_new ();
  g_autoptr (GPtrArray) proposed = gantry_record_array_new ();
  g_autoptr (GByteArray) answer = net_accept_pdu (NULL);
  g_autoptr (GBytes) items = NULL, both = NULL;
  g_auto (GantryAssociatePdu) pdu = { 0 };
  static const char *const asked[] = { GANTRY_UID_VERIFICATION, CT_IMAGE, ECG, CT_IMAGE };

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      GantryExtended *extended = gantry_extended_new (asked[i]);

      extended->raw = g_bytes_new_static ("\2\0\3\0\0\0", 6);
      g_ptr_array_add (proposed, extended);
    }
  g_ptr_array_add (proposed, gantry_extended_new (BASIC_TEXT)); /* only with 57H */
  add_context (accepted, GANTRY_UID_VERIFICATION);
  add_context (accepted, CT_IMAGE);
  add_context (accepted, CT_IMAGE);
  add_context (accepted, BASIC_TEXT);
  add_context (accepted, ECG_12); /* not asked */

  items = gantry_extended_answer (accepted, proposed);
  both = gantry_extended_add_items (answer->data, answer->len, items);
  g_assert_true (parse (&pdu, g_bytes_get_data (both, NULL), g_bytes_get_size (both), NULL));
  g_assert_cmpuint (pdu.extended->len, ==, 1);
  g_assert_cmpstr (((GantryExtended *)pdu.extended->pdata[0])->sop_class_uid, ==, CT_IMAGE);
  g_assert_cmpuint (pdu.contexts->len, ==, 3);
}

/* The user information has room for 65535 octets, and no half items. */
static void
test_room (gconstpointer data)
{
  guint left = GPOINTER_TO_UINT (data);
  g_autofree guint8 *padding = g_malloc0 (65536);
  guint padding_length = 65535 - 8 - left;
  g_autoptr (GByteArray) request = NULL;
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  g_autoptr (GBytes) items = NULL, both = NULL;
  g_auto (GantryAssociatePdu) pdu = { 0 };
  const GantryExtended *last;
  gsize length;

  /* An item that nobody knows, of that length with its head. */
  padding[0] = 0x60;
  padding[2] = (padding_length - 4) >> 8;
  padding[3] = (padding_length - 4) & 0xFF;
  request = make_request (padding, padding_length);
  /* 56H of 41 octets, 57H of 87 */
  add_context (contexts, ECG_12);
  items = gantry_extended_propose (contexts);
  g_assert_cmpuint (g_bytes_get_size (items), ==, 41 + 87);
  both = gantry_extended_add_items (request->data, request->len, items);
  length = g_bytes_get_size (both);
  g_assert_cmpuint (length, ==, request->len + (left >= 128 ? 128 : left >= 41 ? 41 : 0));
  g_assert_true (parse (&pdu, g_bytes_get_data (both, NULL), length, NULL));
  g_assert_cmpuint (pdu.extended->len, ==, left >= 128 ? 2 : left >= 41 ? 1 : 0);
  if (pdu.extended->len > 0)
    {
      last = pdu.extended->pdata[pdu.extended->len - 1];
      g_assert_cmpstr (last->sop_class_uid, ==, ECG_12);
    }
}

/* The items go into the user information also where something follows it, and nowhere else. */
static void
test_place (void)
{
  static const char item[] = "\x56\0\0\x0d\0\5"
                             "1.2.3\2\0\3\0\0\0";
  g_autoptr (GBytes) items = g_bytes_new_static (item, sizeof item - 1);
  g_autoptr (GByteArray) request = make_request ("", 0);
  g_autoptr (GByteArray) none = net_associate_begin (1);
  g_autoptr (GBytes) both = NULL, same = NULL;
  g_auto (GantryAssociatePdu) pdu = { 0 };

  net_append_item (request, 0x70, "later", 5);
  net_associate_end (request);
  both = gantry_extended_add_items (request->data, request->len, items);
  g_assert_true (parse (&pdu, g_bytes_get_data (both, NULL), g_bytes_get_size (both), NULL));
  g_assert_cmpuint (pdu.extended->len, ==, 1);
  g_assert_cmpmem ((const guint8 *)g_bytes_get_data (both, NULL) + g_bytes_get_size (both) - 5, 5,
                   "later", 5);

  net_associate_end (none);
  same = gantry_extended_add_items (none->data, none->len, items);
  g_assert_cmpmem (g_bytes_get_data (same, NULL), g_bytes_get_size (same), none->data, none->len);
}

/* ---- What others write ----------------------------------------------------------------------- */

/* One of everything. */
static GByteArray *
make_rich_request (void)
{
  g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
  g_autoptr (GByteArray) items = g_byte_array_new ();
  g_autoptr (GBytes) own = NULL;

  add_context (contexts, ECG_12);
  add_context (contexts, BASIC_TEXT);
  own = gantry_extended_propose (contexts);
  net_append_item (items, 0x52, "1.2.3", 5);
  net_append_item (items, 0x54,
                   "\0\x03"
                   "1.2\1\1",
                   7);
  net_append_item (items, 0x55, "VERSION", 7);
  net_append_item (items, 0x58, "\1\0\0\2me\0\0", 8);
  g_byte_array_append (items, g_bytes_get_data (own, NULL), g_bytes_get_size (own));
  return make_request (items->data, items->len);
}

/* Whatever is wrong, there is either a PDU or an error, and nothing outside is touched. */
static void
check_any (const guint8 *data, gsize length)
{
  g_auto (GantryAssociatePdu) pdu = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean good = parse (&pdu, data, length, &error);

  g_assert_cmpint (good, ==, error == NULL);
  if (!good)
    return;
  for (guint i = 0; i < pdu.extended->len; i++)
    {
      const GantryExtended *extended = pdu.extended->pdata[i];

      g_assert_true (g_utf8_validate (extended->sop_class_uid, -1, NULL));
      g_assert_cmpint (extended->level, <=, 3);
      g_assert_nonnull (extended->related_classes);
    }
}

static void
test_cut (void)
{
  g_autoptr (GByteArray) whole = make_rich_request ();
  g_auto (GantryAssociatePdu) pdu = { 0 };

  g_assert_true (parse (&pdu, whole->data, whole->len, NULL));
  g_assert_cmpuint (pdu.extended->len, ==, 4);
  for (guint length = whole->len; length-- > 6;)
    {
      check_any (whole->data, length);
      g_byte_array_set_size (whole, length);
      net_associate_end (whole); /* the PDU's own length is right */
      check_any (whole->data, length);
    }
}

static void
test_spoilt (void)
{
  static const guint8 values[] = { 0, 1, 0x7F, 0x80, 0xFF };
  g_autoptr (GByteArray) whole = make_rich_request ();

  for (guint at = 0; at < whole->len; at++)
    {
      guint8 octet = whole->data[at];

      for (guint i = 0; i < G_N_ELEMENTS (values); i++)
        {
          whole->data[at] = values[i];
          check_any (whole->data, whole->len);
        }
      whole->data[at] = octet;
    }
}

int
main (int argc, char *argv[])
{
  static const guint rooms[] = { 0, 40, 41, 127, 128, 129, 1000 };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (item_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/pdu/item/", item_cases[i].name, NULL);
      g_test_add_data_func (path, &item_cases[i], test_item);
    }
  g_test_add_func ("/pdu/item/common/in-answer", test_common_in_answer);
  g_test_add_func ("/pdu/octets", test_octets);
  g_test_add_func ("/pdu/propose", test_propose);
  g_test_add_func ("/pdu/answer", test_answer);
  for (gsize i = 0; i < G_N_ELEMENTS (rooms); i++)
    {
      g_autofree char *path = g_strdup_printf ("/pdu/room/%u", rooms[i]);
      g_test_add_data_func (path, GUINT_TO_POINTER (rooms[i]), test_room);
    }
  g_test_add_func ("/pdu/place", test_place);
  g_test_add_func ("/pdu/cut", test_cut);
  g_test_add_func ("/pdu/spoilt", test_spoilt);

  return g_test_run ();
}
