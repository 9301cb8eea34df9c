/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-tcp-info.h"

#ifdef __linux__

/* The kernel's header, as the C library's ends before what is asked for here; the two do not go
 * together. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

void
gantry_tcp_info_read (int fd, GantryPathFigures *figures)
{
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;

  /* An older kernel fills in less. */
  if (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
    return;
  figures->round_trip = info.tcpi_rtt;
  /* Before the first sample it is all ones. */
  figures->least_trip = info.tcpi_min_rtt != G_MAXUINT32 ? info.tcpi_min_rtt : 0;
  figures->on_wire = (gint64)info.tcpi_busy_time;
  figures->window_closed = (gint64)info.tcpi_rwnd_limited;
  figures->segments = info.tcpi_data_segs_out;
  figures->retransmissions = info.tcpi_total_retrans;
  figures->delivery_rate = (gint64)MIN (info.tcpi_delivery_rate, (guint64)G_MAXINT64);
}

#else

void
gantry_tcp_info_read (int fd G_GNUC_UNUSED, GantryPathFigures *figures G_GNUC_UNUSED)
{
}

#endif
