/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-fec.c - what forward error correction costs: nanoseconds per packet to protect it, per
 * received packet to note it, and per packet made again.
 *
 * Prints figures. RTC_BENCH_PACKETS: packets per row. */
#include "gst/rtc/media/rtc-fec-decoder.h"
#include "gst/rtc/media/rtc-fec-encoder.h"

#define LEN 1100
#define PICTURE 10

typedef struct {
  gint64 encode, decode, recover; /* microseconds */
  guint n_parities, n_recovered;
} Times;

static RtcPacket *
make_packet (guint i)
{
  RtcPacket *packet = rtc_packet_new (NULL, 0, RTC_MAX_DATAGRAM);
  RtcRtpHeader header = {
    .payload_type = 96, .seq = (guint16) i, .marker = i % PICTURE == PICTURE - 1, .ssrc = 1
  };
  RtcWriter writer = rtc_writer (packet->data, RTC_MAX_DATAGRAM);

  rtc_rtp_header_write (&header, &writer);
  packet->len = LEN;
  return packet;
}

/* One packet of each picture is lost. */
static Times
measure (guint n_packets, gdouble protection)
{
  RtcFecEncoder *encoder = rtc_fec_encoder_new (FALSE);
  RtcFecDecoder *decoder = rtc_fec_decoder_new (1, NULL);
  RtcRtpExtensionMap map = { { 0 } };
  Times times = { 0 };

  rtc_fec_encoder_set_protection (encoder, protection, protection);
  for (guint i = 0; i < n_packets; i++) {
    RtcPacket *packet = make_packet (i), *recovered, *parity;
    gint64 start = g_get_monotonic_time ();
    RtcFecHeader header;
    RtcRtpHeader rtp;
    const guint8 *body;

    rtc_fec_encoder_add (encoder, i / PICTURE * 33 * GST_MSECOND, packet->data, packet->len, FALSE);
    times.encode += g_get_monotonic_time () - start;
    rtc_rtp_header_parse (&rtp, packet->data, packet->len);
    start = g_get_monotonic_time ();
    if (i % PICTURE != 3)
      rtc_fec_decoder_handle_media (decoder, &map, &rtp, packet, TRUE);
    times.decode += g_get_monotonic_time () - start;
    rtc_packet_unref (packet);
    while (rtc_fec_encoder_next (encoder, &header, &body)) {
      times.n_parities++;
      parity = rtc_packet_new_copy (NULL, body, header.body_len);
      start = g_get_monotonic_time ();
      rtc_fec_decoder_handle_fec (decoder, &header, parity, 0);
      while ((recovered = rtc_fec_decoder_poll (decoder)) != NULL) {
        times.n_recovered++;
        rtc_packet_unref (recovered);
      }
      times.recover += g_get_monotonic_time () - start;
      rtc_packet_unref (parity);
    }
  }
  rtc_fec_encoder_free (encoder);
  rtc_fec_decoder_free (decoder);
  return times;
}

int
main (void)
{
  static const gdouble protections[] = { 0, 0.1, 0.2, 0.4 };
  const gchar *text = g_getenv ("RTC_BENCH_PACKETS");
  guint n_packets = text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : 200000;

  for (guint i = 0; i < G_N_ELEMENTS (protections); i++) {
    Times times = measure (n_packets, protections[i]);

    g_print ("%2.0f %%: %5.1f ns to protect a packet of %u bytes, %5.1f ns to note one, "
             "%5.0f ns per parity received (%u, %u packets made again)\n",
        protections[i] * 100, 1e3 * (gdouble) times.encode / n_packets, LEN,
        1e3 * (gdouble) times.decode / n_packets,
        1e3 * (gdouble) times.recover / MAX (times.n_parities, 1), times.n_parities,
        times.n_recovered);
  }
  return 0;
}
