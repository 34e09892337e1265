/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-rewrite.c - what one source packet costs per viewer before protection: nanoseconds to find
 * it, rewrite it and stamp it, and the bytes of state a viewer takes.
 *
 * Prints figures and fails only if a rewrite does. RTC_BENCH_PACKETS: source packets per row. */
#include "gst/rtc/media/rtc-nack-responder.h"
#include "gst/rtc/media/rtc-rewrite.h"
#include "tests/check/core/rtp-packets.h"

#define PAYLOAD 1100
#define DST_CAP 1500
#define N_SOURCE 64 /* packets made beforehand and pushed again and again */

static void
view_init (RtcRewrite *view, guint i)
{
  RtcRewriteConfig config = { .ssrc = i,
    .payload_type = 102,
    .rtx_ssrc = ~i,
    .rtx_payload_type = 103,
    .clock_rate = 90000,
    .first_seq = (guint16) (i & 0x7fff) };
  RtcRtpExtensionValues values = { .present = 1u << RTC_RTP_EXTENSION_TWCC
                                              | 1u << RTC_RTP_EXTENSION_ABS_SEND_TIME };

  rtc_rtp_extension_map_set (&config.extensions, RTC_RTP_EXTENSION_MID, 1);
  rtc_rtp_extension_map_set (&config.extensions, RTC_RTP_EXTENSION_TWCC, 2);
  rtc_rtp_extension_map_set (&config.extensions, RTC_RTP_EXTENSION_ABS_SEND_TIME, 3);
  rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_MID, "video0");
  rtc_rewrite_init (view, &config);
  if (rtc_rewrite_set_values (view, &values, &values) != RTC_OK)
    g_error ("values refused");
}

/* ns per packet and viewer; each packet goes to all viewers before the next one comes. */
static gdouble
measure (guint n_viewers, guint n_packets, gsize payload_len)
{
  RtcPacketHistory *history = rtc_packet_history_new (512, GST_SECOND);
  RtcRewrite *views = g_new0 (RtcRewrite, n_viewers);
  guint8 *dst = g_malloc (DST_CAP);
  RtcPacket *source[N_SOURCE];
  gint64 start;

  for (guint i = 0; i < n_viewers; i++)
    view_init (&views[i], i);
  for (guint i = 0; i < N_SOURCE; i++)
    source[i] = rtp_packet_new ((guint16) i, i * 90, payload_len, 0);
  start = g_get_monotonic_time ();
  for (guint p = 0; p < n_packets; p++) {
    GstClockTime now = p * GST_MSECOND;
    const RtcPacketHistoryEntry *entry =
        rtc_packet_history_push (history, now, rtc_packet_ref (source[p % N_SOURCE]));

    for (guint i = 0; i < n_viewers; i++) {
      RtcRewritten out;

      if (p == 0)
        rtc_rewrite_set_source (&views[i], 0, entry, FALSE);
      if (rtc_rewrite_packet (&views[i], entry, NULL, dst, DST_CAP, &out) != RTC_OK)
        g_error ("rewrite failed");
      rtc_rtp_extension_patch_twcc (&out.slots, dst, out.len, (guint16) p);
      rtc_rtp_extension_patch_abs_send_time (&out.slots, dst, out.len, p);
    }
  }
  start = g_get_monotonic_time () - start;
  rtc_packet_history_free (history);
  for (guint i = 0; i < N_SOURCE; i++)
    rtc_packet_unref (source[i]);
  g_free (dst);
  g_free (views);
  return (gdouble) start * 1000. / ((gdouble) n_packets * n_viewers);
}

int
main (void)
{
  static const guint viewers[] = { 1, 100, 1000 };
  const gchar *text = g_getenv ("RTC_BENCH_PACKETS");
  guint n_packets = text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : 1000;

  g_print ("state per viewer and stream: rewrite %u bytes, nack responder %u bytes\n",
      (guint) sizeof (RtcRewrite), (guint) sizeof (RtcNackResponder));
  for (guint i = 0; i < G_N_ELEMENTS (viewers); i++)
    g_print ("%4u viewers: %5.1f ns per packet and viewer (1100 bytes), %5.1f ns (100 bytes)\n",
        viewers[i], measure (viewers[i], n_packets, PAYLOAD), measure (viewers[i], n_packets, 100));
  return 0;
}
