/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcbackends.h - the transport made of libnice, OpenSSL and libsrtp2 on the default loop.
 *
 * Thread: any but streaming threads. */
#pragma once

#include "gst/webrtc/gstrtctransport.h"

G_BEGIN_DECLS

/* certificate and key: paths of PEM files for DTLS, both or neither; without them the
 * certificate of the process is used. NULL with *error, a sentence that names the file.
 * (transfer full) */
GstRtcTransport *gst_rtc_backends_new_transport (const gchar *certificate, const gchar *key,
    GError **error);

G_END_DECLS
