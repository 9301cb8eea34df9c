/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-user-items.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-pdu.h"
#include "gantry-registry.h"
#include "gantry-span.h"

/* Two octets of length and the text; what does not fit is not there. */
static char *
take_text (GantrySpan *rest)
{
  GantrySpan text;

  if (gantry_span_take_counted (rest, &text))
    return g_utf8_make_valid ((const char *)text.at, (gssize)text.left);
  rest->left = 0;
  return g_strdup ("");
}

static char *
describe_octets (GantrySpan value)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < MIN (value.left, 32); i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? " " : "", value.at[i]);
  if (value.left > 32)
    g_string_append (text, " …");
  return g_string_free (text, FALSE);
}

static char *
describe_length (GantrySpan value)
{
  guint32 octets;

  if (value.left != 4)
    return describe_octets (value);
  octets = (guint32)gantry_get_u16_be (value.at) << 16 | gantry_get_u16_be (value.at + 2);
  return octets == 0 ? g_strdup (_ ("no limit")) : g_strdup_printf (_ ("%'u bytes"), octets);
}

static char *
describe_text (GantrySpan value)
{
  return g_strstrip (g_utf8_make_valid ((const char *)value.at, (gssize)value.left));
}

/* PS3.7 Table D.3-7 */
static char *
describe_window (GantrySpan value)
{
  if (value.left != 4)
    return describe_octets (value);
  return g_strdup_printf (_ ("%u operations invoked, %u performed at a time (0: no limit)"),
                          gantry_get_u16_be (value.at), gantry_get_u16_be (value.at + 2));
}

/* PS3.7 Table D.3-9 */
static char *
describe_roles (GantrySpan value)
{
  g_autofree char *uid = take_text (&value);
  g_autofree char *name = gantry_uid_describe (uid);

  if (value.left < 2)
    return g_steal_pointer (&name);
  return g_strdup_printf (_ ("%s: SCU %s, SCP %s"), name, value.at[0] != 0 ? _ ("yes") : _ ("no"),
                          value.at[1] != 0 ? _ ("yes") : _ ("no"));
}

static char *
describe_extended (GantrySpan value)
{
  g_autofree char *uid = take_text (&value);
  g_autofree char *name = gantry_uid_describe (uid);
  g_autofree char *octets = describe_octets (value);

  return g_strdup_printf ("%s: %s", name, octets);
}

static char *
describe_common (GantrySpan value)
{
  g_autofree char *uid = take_text (&value);
  g_autofree char *service = take_text (&value);
  g_autofree char *name = gantry_uid_describe (uid);
  g_autofree char *service_name = gantry_uid_describe (service);

  return g_strdup_printf ("%s: %s", name, service_name);
}

/* PS3.7 Table D.3-14. What else is there is secret, or opens doors. */
static char *
describe_identity (GantrySpan value)
{
  static const char *const types[] = { NULL,
                                       N_ ("user name"),
                                       N_ ("user name and passcode"),
                                       N_ ("Kerberos service ticket"),
                                       N_ ("SAML assertion"),
                                       N_ ("JSON Web Token") };
  guint8 type = value.left > 0 ? value.at[0] : 0;
  g_autofree char *name = NULL;

  if (type == 0 || type >= G_N_ELEMENTS (types) || value.left < 4)
    return g_strdup_printf (_ ("unknown kind %u"), type);
  value.at += 2;
  value.left -= 2;
  if (type > 2)
    return g_strdup (_ (types[type]));
  name = take_text (&value);
  return g_strdup_printf ("%s: %s", _ (types[type]), name);
}

static char *
describe_identity_answer (GantrySpan value G_GNUC_UNUSED)
{
  return g_strdup (_ ("confirmed"));
}

static const struct
{
  guint8 type;
  const char *name;
  char *(*describe) (GantrySpan value);
} kinds[] = {
  { GANTRY_PDU_ITEM_MAXIMUM_LENGTH, N_ ("Maximum Length Received"), describe_length },
  { GANTRY_PDU_ITEM_IMPLEMENTATION_CLASS, N_ ("Implementation Class UID"), describe_text },
  { 0x53, N_ ("Asynchronous Operations Window"), describe_window },
  { GANTRY_PDU_ITEM_ROLE_SELECTION, N_ ("SCP/SCU Role Selection"), describe_roles },
  { GANTRY_PDU_ITEM_IMPLEMENTATION_VERSION, N_ ("Implementation Version Name"), describe_text },
  { GANTRY_PDU_ITEM_EXTENDED, N_ ("SOP Class Extended Negotiation"), describe_extended },
  { GANTRY_PDU_ITEM_COMMON_EXTENDED, N_ ("SOP Class Common Extended Negotiation"),
    describe_common },
  { GANTRY_PDU_ITEM_USER_IDENTITY_RQ, N_ ("User Identity"), describe_identity },
  { GANTRY_PDU_ITEM_USER_IDENTITY_AC, N_ ("User Identity"), describe_identity_answer },
};

static GantryUserItem *
describe_item (guint8 type, GantrySpan value)
{
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].type == type)
      {
        text = kinds[i].describe (value);
        return gantry_user_item_new (type, _ (kinds[i].name), text);
      }
  text = describe_octets (value);
  name = g_strdup_printf (_ ("Item %02XH"), type);
  return gantry_user_item_new (type, name, text);
}

GPtrArray *
gantry_user_items_describe (GBytes *pdu)
{
  GPtrArray *items = gantry_record_array_new ();
  GantrySpan rest = { NULL, 0 }, value, inner;
  guint8 type;

  if (pdu != NULL)
    rest.at = g_bytes_get_data (pdu, &rest.left);
  if (rest.left < GANTRY_PDU_FIXED_PART
      || (rest.at[0] != GANTRY_PDU_ASSOCIATE_RQ && rest.at[0] != GANTRY_PDU_ASSOCIATE_AC))
    return items;
  rest.at += GANTRY_PDU_FIXED_PART;
  rest.left -= GANTRY_PDU_FIXED_PART;
  while (gantry_span_next_item (&rest, &type, &value))
    while (type == GANTRY_PDU_ITEM_USER_INFORMATION
           && gantry_span_next_item (&value, &type, &inner))
      {
        g_ptr_array_add (items, describe_item (type, inner));
        type = GANTRY_PDU_ITEM_USER_INFORMATION;
      }
  return items;
}
