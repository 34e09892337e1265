/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/sdp/gstrtcsdpaddress.h"

gboolean
gst_rtc_sdp_address_is_same_host (GSocketAddress *one, GSocketAddress *other)
{
  if (one == other)
    return TRUE;
  if (!G_IS_INET_SOCKET_ADDRESS (one) || !G_IS_INET_SOCKET_ADDRESS (other))
    return FALSE;
  return g_inet_address_equal (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (one)),
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (other)));
}

gboolean
gst_rtc_sdp_address_is_same (GSocketAddress *one, GSocketAddress *other)
{
  return one == other
         || (gst_rtc_sdp_address_is_same_host (one, other)
             && g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (one))
                    == g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (other)));
}
