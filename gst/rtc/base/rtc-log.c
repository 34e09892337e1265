/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/base/rtc-log.h"

GstDebugCategory *rtc_log_loop, *rtc_log_ice, *rtc_log_dtls, *rtc_log_srtp, *rtc_log_sctp,
    *rtc_log_rtp, *rtc_log_rtcp, *rtc_log_cc, *rtc_log_jsep, *rtc_log_dc, *rtc_log_sig,
    *rtc_log_media;

static const struct {
  GstDebugCategory **category;
  const gchar *name;
  const gchar *description;
} log_table[] = {
  { &rtc_log_loop, "rtcloop", "network thread of gst-plugins-rtc" },
  { &rtc_log_ice, "rtcice", "ICE: candidates, checks, consent" },
  { &rtc_log_dtls, "rtcdtls", "DTLS: handshake, certificates, alerts" },
  { &rtc_log_srtp, "rtcsrtp", "SRTP: keys, protection failures" },
  { &rtc_log_sctp, "rtcsctp", "SCTP associations" },
  { &rtc_log_rtp, "rtcrtp", "RTP: streams, history, retransmission" },
  { &rtc_log_rtcp, "rtcrtcp", "RTCP: reports and feedback" },
  { &rtc_log_cc, "rtccc", "congestion control" },
  { &rtc_log_jsep, "rtcjsep", "offer/answer: SDP and its state machine" },
  { &rtc_log_dc, "rtcdc", "data channels" },
  { &rtc_log_sig, "rtcsig", "signalling: HTTP, WHEP, sessions" },
  { &rtc_log_media, "rtcmedia", "encoders, payloaders, ladders" },
};

static gpointer
log_register (gpointer unused)
{
  for (gsize i = 0; i < G_N_ELEMENTS (log_table); i++)
    *log_table[i].category =
        _gst_debug_category_new (log_table[i].name, 0, log_table[i].description);
  return GINT_TO_POINTER (1);
}

void
rtc_log_init (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, log_register, NULL);
}

gboolean
rtc_log_limit (RtcLogLimit *limit, GstClockTime now, guint64 *suppressed)
{
  if (limit->used && now < limit->last + GST_SECOND) {
    limit->suppressed++;
    return FALSE;
  }
  if (suppressed != NULL)
    *suppressed = limit->suppressed;
  limit->used = TRUE;
  limit->last = now;
  limit->suppressed = 0;
  return TRUE;
}

gchar *
rtc_log_safe (const gchar *text, gsize max_chars)
{
  GString *out = g_string_new (NULL);
  gsize i;

  if (text == NULL)
    text = "";
  for (i = 0; text[i] != '\0' && i < max_chars; i++)
    g_string_append_c (out, g_ascii_isprint (text[i]) ? text[i] : '?');
  if (text[i] != '\0')
    g_string_append (out, "...");
  return g_string_free (out, FALSE);
}
