/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-peer.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"

struct _GantryPeer
{
  char *ae_title;
  char *host; /* without brackets */
  guint16 port;
};

gboolean
gantry_ae_title_check (const char *text, GError **error)
{
  gboolean blank = TRUE;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p < ' ' || *p > '~')
        {
          g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                               _ ("An AE title may only hold letters, digits, spaces and signs of "
                                  "the ASCII set."));
          return FALSE;
        }
      if (*p == '\\')
        {
          g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                               _ ("An AE title must not hold a backslash."));
          return FALSE;
        }
      blank &= *p == ' ';
    }
  if (blank)
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS, _ ("The AE title is missing."));
  else if (strlen (text) > GANTRY_AE_TITLE_MAX)
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                 _ ("An AE title has at most %1$d characters, “%2$s” has %3$d."),
                 GANTRY_AE_TITLE_MAX, text, (int)strlen (text));
  else
    return TRUE;
  return FALSE;
}

/* What a name or address can never hold; whether it exists is for the resolver. */
static gboolean
host_check (const char *host, gboolean bracketed, GError **error)
{
  g_autofree char *address = g_strdup (host);

  address[strcspn (address, "%")] = '\0'; /* the zone of a link-local address, RFC 4007 11 */
  if (*host == '\0')
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                         _ ("The host name or address is missing."));
  else if (bracketed && (strchr (address, ':') == NULL || !g_hostname_is_ip_address (address)))
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS, _ ("“%s” is not an IPv6 address."),
                 host);
  else if (!bracketed && strchr (host, ':') != NULL)
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                         _ ("An IPv6 address is written in brackets: AET@[::1]:104."));
  else if (!bracketed
           && (!g_utf8_validate (host, -1, NULL) || strpbrk (host, " \t\r\n[]/\\@%") != NULL))
    g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                 _ ("“%s” is neither a host name nor an address."), host);
  else
    return TRUE;
  return FALSE;
}

/* Divides "host:port" or "[v6]:port" at the colon before the port. */
static gboolean
split_host (const char *text, char **host, gboolean *bracketed, const char **port, GError **error)
{
  const char *end = strrchr (text, ':');

  *bracketed = *text == '[';
  if (*bracketed)
    {
      const char *close = strchr (text, ']');

      end = close != NULL && close[1] == ':' ? close + 1 : NULL;
    }
  if (end == NULL)
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                           _ ("The port is missing: write AET@host:port."));
      return FALSE;
    }
  *host = *bracketed ? g_strndup (text + 1, end - text - 2) : g_strndup (text, end - text);
  *port = end + 1;
  return TRUE;
}

GantryPeer *
gantry_peer_parse (const char *text, GError **error)
{
  g_autoptr (GantryPeer) self = g_atomic_rc_box_new0 (GantryPeer);
  const char *at = strrchr (text, '@');
  const char *port;
  gboolean bracketed;
  guint64 number;

  if (at == NULL)
    {
      g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                           _ ("Write the AE title, the host and the port as AET@host:port."));
      return NULL;
    }
  self->ae_title = g_strndup (text, at - text);
  g_strstrip (self->ae_title);
  if (!gantry_ae_title_check (self->ae_title, error)
      || !split_host (at + 1, &self->host, &bracketed, &port, error)
      || !host_check (self->host, bracketed, error))
    return NULL;
  if (!g_ascii_string_to_unsigned (port, 10, 1, G_MAXUINT16, &number, NULL))
    {
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                   _ ("“%s” is not a port: it is a number from 1 to 65535."), port);
      return NULL;
    }
  self->port = number;
  return g_steal_pointer (&self);
}

GantryPeer *
gantry_peer_ref (GantryPeer *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
gantry_peer_clear (gpointer data)
{
  GantryPeer *self = data;

  g_free (self->ae_title);
  g_free (self->host);
}

void
gantry_peer_unref (GantryPeer *self)
{
  g_atomic_rc_box_release_full (self, gantry_peer_clear);
}

const char *
gantry_peer_get_ae_title (GantryPeer *self)
{
  return self->ae_title;
}

const char *
gantry_peer_get_host (GantryPeer *self)
{
  return self->host;
}

guint16
gantry_peer_get_port (GantryPeer *self)
{
  return self->port;
}

char *
gantry_peer_format (const char *ae_title, const char *host, guint16 port)
{
  return g_strdup_printf (strchr (host, ':') != NULL ? "%s@[%s]:%u" : "%s@%s:%u", ae_title, host,
                          port);
}
