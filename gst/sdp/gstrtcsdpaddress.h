/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsdpaddress.h - whether packets are from one place. Pure. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The ports may differ. What is no address of IP is equal to itself alone. */
gboolean gst_rtc_sdp_address_is_same_host (GSocketAddress *one, GSocketAddress *other);

/* The port, too. */
gboolean gst_rtc_sdp_address_is_same (GSocketAddress *one, GSocketAddress *other);

G_END_DECLS
