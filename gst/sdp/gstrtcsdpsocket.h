/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsdpsocket.h - the socket that a description's packets are received on, if that is allowed:
 * bound to its address, in its group.
 *
 * A description may come from anybody (SAP, a web page): it makes nobody join what the policy
 * denies. Denied in any case are groups that routers and hosts use themselves: 224.0.0.0/24
 * (RFC 5771 4), and of IPv6 the reserved and interface-local scopes and ff02::/112 (RFC 4291 2.7,
 * 2.7.1). Thread: any. */
#pragma once

#include <gio/gio.h>

#include "gst/rtc/sdp/rtc-announcement.h"

G_BEGIN_DECLS

/* FALSE with *error RTC_ERR_UNSUPPORTED: where is a group that must not be joined. allowed: "",
 * nothing; "239.0.0.0/8,ff15::/16", those; NULL: all but those above. Not a group: TRUE. */
gboolean gst_rtc_sdp_policy_allows (const gchar *allowed, const RtcAddress *where, GError **error);

/* TRUE: allowed is a list of addresses, each with the length of a prefix or without one. */
gboolean gst_rtc_sdp_policy_is_valid (const gchar *allowed);

typedef struct {
  const gchar *allowed;   /* groups, as above */
  const gchar *interface; /* to join on; NULL: the system's choice */
  const GArray *sources;  /* RtcAddress: of whom to ask for (RFC 4607); NULL or empty: all */
  guint ttl;              /* of what is sent to a group; 0: 1 */
} GstRtcSdpSocketConfig;

/* A socket bound to where, or to all addresses of its family when where is not this machine's; in
 * its group when it is one. NULL with *error: denied, the port is taken, or the system's error;
 * the caller tells the user. (transfer full) */
GSocket *gst_rtc_sdp_socket_open (const RtcAddress *where, const GstRtcSdpSocketConfig *config,
    GError **error);

G_END_DECLS
