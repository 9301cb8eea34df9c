/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-addresses.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <ifaddrs.h>
#include <linux/if.h>

static void
add_family (GStrvBuilder *builder, const struct ifaddrs *interfaces, int family, gsize size)
{
  for (const struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next)
    {
      g_autoptr (GSocketAddress) address = NULL;
      g_autofree char *text = NULL;
      GInetAddress *inet;

      if (i->ifa_addr == NULL || i->ifa_addr->sa_family != family || (i->ifa_flags & IFF_UP) == 0)
        continue;
      address = g_socket_address_new_from_native (i->ifa_addr, size);
      if (!G_IS_INET_SOCKET_ADDRESS (address))
        continue;
      inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
      /* A link-local address means nothing without the name of our own interface. */
      if (g_inet_address_get_is_loopback (inet) || g_inet_address_get_is_link_local (inet))
        continue;
      text = g_inet_address_to_string (inet);
      g_strv_builder_add (builder, text);
    }
}

GStrv
gantry_addresses_list (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  struct ifaddrs *interfaces = NULL;

  if (getifaddrs (&interfaces) == 0)
    {
      add_family (builder, interfaces, AF_INET, sizeof (struct sockaddr_in));
      add_family (builder, interfaces, AF_INET6, sizeof (struct sockaddr_in6));
      freeifaddrs (interfaces);
    }
  g_strv_builder_add (builder, g_get_host_name ());
  return g_strv_builder_end (builder);
}
