/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-error.h"
#include "gantry-peer.h"

typedef struct
{
  const char *name;
  const char *text;
  const char *ae_title; /* NULL: must be refused */
  const char *host;
  guint16 port;
} Case;

static const Case cases[] = {
  { "plain", "PACS@pacs.example:104", "PACS", "pacs.example", 104 },
  { "ipv4", "PACS@10.0.0.5:65535", "PACS", "10.0.0.5", 65535 },
  { "ipv6", "PACS@[::1]:11112", "PACS", "::1", 11112 },
  { "ipv6-zone", "PACS@[fe80::1%eth0]:104", "PACS", "fe80::1%eth0", 104 },
  { "inner-space", "MY PACS@h:1", "MY PACS", "h", 1 },
  { "outer-space", "  PACS @h:1", "PACS", "h", 1 },
  { "at-in-title", "A@B@h:1", "A@B", "h", 1 },
  { "sixteen", "0123456789ABCDEF@h:1", "0123456789ABCDEF", "h", 1 },
  { "name-beyond-ascii", "PACS@b\xc3\xbcro.example:104", "PACS", "b\xc3\xbcro.example", 104 },
  { "seventeen", "0123456789ABCDEFG@h:1", NULL, NULL, 0 },
  { "backslash", "A\\B@h:1", NULL, NULL, 0 },
  { "blank", "   @h:1", NULL, NULL, 0 },
  { "no-title", "@h:1", NULL, NULL, 0 },
  { "title-beyond-ascii", "B\xc3\x9cRO@h:1", NULL, NULL, 0 },
  { "title-control", "A\tB@h:1", NULL, NULL, 0 },
  { "no-at", "h:104", NULL, NULL, 0 },
  { "no-host", "PACS@:104", NULL, NULL, 0 },
  { "no-port", "PACS@h", NULL, NULL, 0 },
  { "port-empty", "PACS@h:", NULL, NULL, 0 },
  { "port-zero", "PACS@h:0", NULL, NULL, 0 },
  { "port-big", "PACS@h:65536", NULL, NULL, 0 },
  { "port-sign", "PACS@h:+104", NULL, NULL, 0 },
  { "port-word", "PACS@h:dicom", NULL, NULL, 0 },
  { "port-trailing", "PACS@h:104 ", NULL, NULL, 0 },
  { "ipv6-bare", "PACS@::1:104", NULL, NULL, 0 },
  { "ipv6-open", "PACS@[::1:104", NULL, NULL, 0 },
  { "ipv6-no-port", "PACS@[::1]", NULL, NULL, 0 },
  { "brackets-around-name", "PACS@[h]:104", NULL, NULL, 0 },
  { "host-space", "PACS@my host:104", NULL, NULL, 0 },
  { "host-url", "PACS@http//h:104", NULL, NULL, 0 },
  { "host-not-utf8", "PACS@\xff:104", NULL, NULL, 0 },
  { "empty", "", NULL, NULL, 0 },
};

static void
test_parse (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryPeer) peer = gantry_peer_parse (c->text, &error);

  if (c->ae_title == NULL)
    {
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS);
      g_assert_null (peer);
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpstr (gantry_peer_get_ae_title (peer), ==, c->ae_title);
  g_assert_cmpstr (gantry_peer_get_host (peer), ==, c->host);
  g_assert_cmpuint (gantry_peer_get_port (peer), ==, c->port);
}

static void
test_format (void)
{
  g_autofree char *v6 = gantry_peer_format ("PACS", "::1", 104);
  g_autofree char *name = gantry_peer_format ("MY PACS", "pacs.example", 11112);

  g_assert_cmpstr (v6, ==, "PACS@[::1]:104");
  g_assert_cmpstr (name, ==, "MY PACS@pacs.example:11112");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/peer/parse/", cases[i].name, NULL);
      g_test_add_data_func (path, &cases[i], test_parse);
    }
  g_test_add_func ("/peer/format", test_format);

  return g_test_run ();
}
