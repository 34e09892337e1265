/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-rewrite.h"

#include "gst/rtc/rtp/rtc-rtx.h"
#include "tests/check/core/rtp-packets.h"

#define SSRC 0xaaaa
#define RTX_SSRC 0xbbbb

static void
view_init (RtcRewrite *view, guint16 first_seq, guint32 first_rtp_ts, gboolean with_rtx)
{
  RtcRewriteConfig config = { .ssrc = SSRC,
    .payload_type = 102,
    .rtx_ssrc = RTX_SSRC,
    .rtx_payload_type = with_rtx ? 103 : 0,
    .clock_rate = 90000,
    .first_seq = first_seq,
    .first_rtx_seq = 65535,
    .first_rtp_ts = first_rtp_ts };
  RtcRtpExtensionMap *map = &config.extensions;

  rtc_rtp_extension_map_set (map, RTC_RTP_EXTENSION_MID, 3);
  rtc_rtp_extension_map_set (map, RTC_RTP_EXTENSION_RID, 4);
  rtc_rtp_extension_map_set (map, RTC_RTP_EXTENSION_REPAIRED_RID, 5);
  rtc_rtp_extension_map_set (map, RTC_RTP_EXTENSION_TWCC, 6);
  rtc_rtp_extension_map_set (map, RTC_RTP_EXTENSION_ABS_SEND_TIME, 7);
  rtc_rtp_extension_map_set (map, RTC_RTP_EXTENSION_AUDIO_LEVEL, 8);
  rtc_rewrite_init (view, &config);
}

static const RtcPacketHistoryEntry *
push (RtcPacketHistory *history, GstClockTime now, guint32 rtp_ts)
{
  return rtc_packet_history_push (history, now, rtp_packet_new (4711, rtp_ts, 20, 0));
}

/* The head alone is that of the packet, and its body is the source's own. */
static void
check_head (RtcRewrite *view, const RtcPacketHistoryEntry *entry, const guint8 *packet, gsize len)
{
  gsize head_len = len - entry->payload_len;
  guint8 head[128];
  RtcRewritten out;

  memset (head, 0xee, sizeof head);
  g_assert_cmpint (rtc_rewrite_head (view, entry, NULL, head, len - 1, &out), ==, RTC_ERR_LIMIT);
  memset (head, 0xee, sizeof head);
  g_assert_cmpint (rtc_rewrite_head (view, entry, NULL, head, len, &out), ==, RTC_OK);
  g_assert_cmpuint (out.len, ==, len);
  g_assert_cmpmem (head, head_len, packet, head_len);
  g_assert_true (out.body == entry->packet->data + entry->payload_offset);
  for (gsize i = head_len; i < sizeof head; i++)
    g_assert_cmpuint (head[i], ==, 0xee);
}

/* Builds the peer's packet and checks that it parses as what it says it is. */
static void
rewrite (RtcRewrite *view, const RtcPacketHistoryEntry *entry, RtcRewritten *out)
{
  guint8 packet[128];
  RtcRtpHeader header;

  g_assert_cmpint (rtc_rewrite_packet (view, entry, NULL, packet, sizeof packet, out), ==, RTC_OK);
  g_assert_cmpint (rtc_rtp_header_parse (&header, packet, out->len), ==, RTC_OK);
  g_assert_cmpuint (header.ssrc, ==, SSRC);
  g_assert_cmpuint (header.payload_type, ==, 102);
  g_assert_cmpuint (header.seq, ==, out->seq);
  g_assert_cmpuint (header.rtp_ts, ==, out->rtp_ts);
  g_assert_cmpint (header.marker, ==, entry->marker);
  g_assert_cmpmem (packet + header.payload_offset, header.payload_len,
      entry->packet->data + entry->payload_offset, entry->payload_len);
  g_assert_null (out->body);
  check_head (view, entry, packet, out->len);
}

/* Numbers and time stamps start where the config says and wrap. */
static void
test_wraps (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (16, GST_SECOND);
  RtcRewrite view;
  RtcRewritten out;

  view_init (&view, 65534, 0xfffffffe, TRUE);
  for (guint i = 0; i < 6; i++) {
    const RtcPacketHistoryEntry *entry = push (history, 0, 0xfffffff0u + i * 8);

    if (i == 0)
      rtc_rewrite_set_source (&view, 0, entry, FALSE);
    rewrite (&view, entry, &out);
    g_assert_cmpuint (out.seq, ==, (guint16) (65534 + i));
    g_assert_cmpuint (out.ext_seq, ==, 65536 + 65534 + i);
    g_assert_cmpuint (out.rtp_ts, ==, 0xfffffffeu + i * 8);
    g_assert_cmpuint (out.len, ==, 32);
  }
  rtc_packet_history_free (history);
}

static void
set_values (RtcRewrite *view, RtcResult expected)
{
  RtcRtpExtensionValues values = { 0 };

  rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_MID, "video0");
  rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_RID, "h");
  values.present |= 1u << RTC_RTP_EXTENSION_TWCC | 1u << RTC_RTP_EXTENSION_ABS_SEND_TIME;
  g_assert_cmpint (rtc_rewrite_set_values (view, &values, &values), ==, expected);
}

static void
test_extensions (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (16, GST_SECOND);
  RtcRtpExtensionValues extra = { .present = 1u << RTC_RTP_EXTENSION_AUDIO_LEVEL,
    .audio_level = 30 },
                        values;
  RtcRtpHeader header;
  RtcRewrite view;
  RtcRewritten out;
  guint8 packet[128];
  const RtcPacketHistoryEntry *entry = push (history, 0, 0);

  view_init (&view, 100, 0, TRUE);
  set_values (&view, RTC_OK);
  rtc_rewrite_set_source (&view, 0, entry, FALSE);
  g_assert_cmpint (
      rtc_rewrite_packet (&view, entry, NULL, packet, sizeof packet, &out), ==, RTC_OK);
  g_assert_cmpuint (out.len - entry->payload_len, <=, rtc_rewrite_get_overhead (&view));
  rtc_rtp_extension_patch_twcc (&out.slots, packet, out.len, 0x1234);
  rtc_rtp_extension_patch_abs_send_time (&out.slots, packet, out.len, 0x56789a);
  g_assert_cmpint (rtc_rtp_header_parse (&header, packet, out.len), ==, RTC_OK);
  g_assert_true (rtc_rtp_extension_read (&view.config.extensions, &header, packet, &values));
  g_assert_cmpstr (values.mid, ==, "video0");
  g_assert_cmpstr (values.rid, ==, "h");
  g_assert_cmpstr (values.repaired_rid, ==, "");
  g_assert_cmphex (values.twcc_seq, ==, 0x1234);
  g_assert_cmphex (values.abs_send_time, ==, 0x56789a);
  g_assert_cmpuint (header.payload_len, ==, 20);

  /* A value of this packet only comes on top. */
  g_assert_cmpint (
      rtc_rewrite_packet (&view, entry, &extra, packet, sizeof packet, &out), ==, RTC_OK);
  g_assert_cmpint (rtc_rtp_header_parse (&header, packet, out.len), ==, RTC_OK);
  g_assert_true (rtc_rtp_extension_read (&view.config.extensions, &header, packet, &values));
  g_assert_cmpuint (values.audio_level, ==, 30);
  g_assert_cmpstr (values.mid, ==, "video0");

  /* In RTX packets the rid is that of what they repair (RFC 8852 3.2). */
  g_assert_cmpint (
      rtc_rewrite_retransmission (&view, out.seq, entry, packet, sizeof packet, &out), ==, RTC_OK);
  g_assert_cmpint (rtc_rtp_header_parse (&header, packet, out.len), ==, RTC_OK);
  g_assert_true (rtc_rtp_extension_read (&view.config.extensions, &header, packet, &values));
  g_assert_cmpstr (values.rid, ==, "");
  g_assert_cmpstr (values.repaired_rid, ==, "h");
  g_assert_cmpuint (out.slots.twcc, !=, 0);
  rtc_packet_history_free (history);
}

static void
test_block_limit (void)
{
  RtcRtpExtensionValues values = { 0 };
  RtcRewrite view;

  view_init (&view, 0, 0, TRUE);
  set_values (&view, RTC_OK);
  rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_MID, "0123456789abcdef");
  rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_RID, "0123456789abcdef");
  values.present |= 1u << RTC_RTP_EXTENSION_TWCC;
  g_assert_cmpint (rtc_rewrite_set_values (&view, &values, &values), ==, RTC_ERR_LIMIT);
  g_assert_cmpstr (view.values.mid, ==, "video0");
  g_assert_cmpuint (view.block.len, >, 0);
}

/* The OSN is the peer's number, the RTX stream has its own; unwrapped it is the original. */
static void
test_retransmission (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (16, GST_SECOND);
  const RtcPacketHistoryEntry *entry = push (history, 0, 0);
  guint8 first[64], packet[64], *data = packet;
  RtcRtpHeader header;
  RtcRewrite view;
  RtcRewritten out, again;
  gsize len;

  for (guint with_rtx = 0; with_rtx < 2; with_rtx++) {
    view_init (&view, 7, 0, with_rtx);
    g_assert_cmpint (
        rtc_rewrite_retransmission (&view, 7, entry, packet, 64, &out), ==, RTC_ERR_STATE);
    rtc_rewrite_set_source (&view, 0, entry, FALSE);
    g_assert_cmpint (
        rtc_rewrite_retransmission (&view, 7, entry, packet, 64, &out), ==, RTC_ERR_STATE);
    g_assert_cmpint (rtc_rewrite_packet (&view, entry, NULL, first, 64, &out), ==, RTC_OK);
    g_assert_cmpint (
        rtc_rewrite_retransmission (&view, 8, entry, packet, 64, &again), ==, RTC_ERR_STATE);
    g_assert_cmpint (rtc_rewrite_retransmission (&view, 7, entry, packet, 64, &again), ==, RTC_OK);
    g_assert_cmpuint (again.ext_seq, ==, out.ext_seq);
    len = again.len;
    if (!with_rtx) {
      g_assert_cmpmem (packet, len, first, out.len);
      continue;
    }
    g_assert_cmpint (rtc_rtp_header_parse (&header, packet, len), ==, RTC_OK);
    g_assert_cmpuint (header.ssrc, ==, RTX_SSRC);
    g_assert_cmpuint (header.payload_type, ==, 103);
    g_assert_cmpuint (header.seq, ==, 65535);
    g_assert_cmpint (rtc_rtx_unwrap (&header, &data, &len, 102, SSRC), ==, RTC_OK);
    g_assert_cmpmem (data, len, first, out.len);
    g_assert_cmpint (rtc_rewrite_retransmission (&view, 7, entry, packet, 64, &again), ==, RTC_OK);
    g_assert_cmpuint (again.seq, ==, 0);
  }
  rtc_packet_history_free (history);
}

/* Two sources with numbers and clocks of their own look like one stream. */
static void
test_switch (void)
{
  RtcPacketHistory *a = rtc_packet_history_new (16, GST_SECOND);
  RtcPacketHistory *b = rtc_packet_history_new (16, GST_SECOND);
  const RtcPacketHistoryEntry *entry;
  RtcRewrite view;
  RtcRewritten out;

  view_init (&view, 65535, 1000, TRUE);
  for (guint i = 0; i < 5; i++)
    push (b, 0, 50);
  entry = push (a, 0, 77);
  rtc_rewrite_set_source (&view, 0, entry, FALSE);
  rewrite (&view, entry, &out);
  g_assert_cmpuint (out.seq, ==, 65535);
  g_assert_cmpuint (out.rtp_ts, ==, 1000);

  /* 20 ms later another clock: 1800 ticks on, the next number. */
  entry = push (b, 20 * GST_MSECOND, 0x80000000);
  rtc_rewrite_set_source (&view, 1, entry, FALSE);
  rewrite (&view, entry, &out);
  g_assert_cmpuint (out.seq, ==, 0);
  g_assert_cmpuint (out.rtp_ts, ==, 2800);

  /* What belongs before the switch is refused. */
  g_assert_cmpint (rtc_rewrite_packet (
                       &view, rtc_packet_history_find (b, 0, 3), NULL, (guint8[64]){ 0 }, 64, &out),
      ==, RTC_ERR_STATE);

  /* A pause in the same source: its clock ran on, its numbers close up. */
  push (b, 20 * GST_MSECOND, 0x80000000 + 3000);
  entry = push (b, 20 * GST_MSECOND, 0x80000000 + 6000);
  rtc_rewrite_set_source (&view, 1, entry, TRUE);
  rewrite (&view, entry, &out);
  g_assert_cmpuint (out.seq, ==, 1);
  g_assert_cmpuint (out.rtp_ts, ==, 2800 + 6000);

  /* No time has passed: still later than the last. */
  entry = push (a, 20 * GST_MSECOND, 5);
  rtc_rewrite_set_source (&view, 0, entry, FALSE);
  rewrite (&view, entry, &out);
  g_assert_cmpuint (out.seq, ==, 2);
  g_assert_cmpuint (out.rtp_ts, ==, 2800 + 6000 + 1);
  rtc_packet_history_free (a);
  rtc_packet_history_free (b);
}

/* Pictures of the last 900 ticks are sent within 300 beginning now, those of the time meanwhile as
 * well; then the source's time is there again. Retransmissions say the same. */
static void
test_catch_up (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (64, GST_SECOND);
  const RtcPacketHistoryEntry *entry;
  guint32 sent[16];
  guint8 packet[128];
  RtcRtpHeader header;
  RtcRewritten out;
  RtcRewrite view;

  view_init (&view, 10, 5000, TRUE);
  for (guint i = 0; i < 16; i++) {
    entry = push (history, i * 100 * GST_SECOND / 90000, 0xfffffe00u + i * 100);
    if (i == 0) {
      rtc_rewrite_set_source (&view, 0, entry, FALSE);
      rtc_rewrite_catch_up (&view, entry->rtp_ts, 1200, 300);
    }
    rewrite (&view, entry, &out);
    sent[i] = out.rtp_ts;
    g_assert_cmpuint (out.rtp_ts, ==, i < 12 ? 5000 + 900 + i * 25 : 5000 + i * 100);
    g_assert_cmpuint (
        out.ahead, ==, i < 12 ? gst_util_uint64_scale (900 - i * 75, GST_SECOND, 90000) : 0);
  }
  for (guint i = 0; i < 16; i++) {
    entry = rtc_packet_history_find (history, 0, i + 1);
    g_assert_cmpint (
        rtc_rewrite_retransmission (&view, (guint16) (10 + i), entry, packet, sizeof packet, &out),
        ==, RTC_OK);
    g_assert_cmpint (rtc_rtp_header_parse (&header, packet, out.len), ==, RTC_OK);
    g_assert_cmpuint (header.rtp_ts, ==, sent[i]);
  }
  rtc_rewrite_clear (&view);

  /* The rest is left out, and it goes on with what is captured now: no step back, and no jump. */
  view_init (&view, 10, 5000, TRUE);
  entry = rtc_packet_history_find (history, 0, 1);
  rtc_rewrite_set_source (&view, 0, entry, FALSE);
  rtc_rewrite_catch_up (&view, entry->rtp_ts, 1200, 300);
  rewrite (&view, entry, &out);
  g_assert_cmpuint (out.rtp_ts, ==, 5900);
  for (guint i = 8; i < 16; i++) {
    entry = rtc_packet_history_find (history, 0, i + 1);
    if (i == 8)
      rtc_rewrite_set_source (&view, 0, entry, TRUE);
    rewrite (&view, entry, &out);
    g_assert_cmpuint (out.rtp_ts, ==,
        i == 8    ? 5901
        : i == 9  ? 5951
        : i == 10 ? 6001
                  : 5000 + i * 100);
  }
  rtc_packet_history_free (history);
}

/* Numbers map back to where they came from, for as many switches as are kept. */
static void
test_find_source (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (64, GST_SECOND);
  guint64 origin[20];
  RtcRewrite view;
  RtcRewritten out;

  view_init (&view, 65530, 0, TRUE);
  for (guint i = 0; i < 20; i++) {
    const RtcPacketHistoryEntry *entry;

    if (i % 4 == 0)
      push (history, 0, 0);
    entry = push (history, 0, 0);
    origin[i] = entry->ext_seq;
    if (i % 4 == 0) {
      /* Set twice before anything is sent: takes one place only. */
      rtc_rewrite_set_source (&view, 99, entry, TRUE);
      rtc_rewrite_set_source (&view, i / 4, entry, TRUE);
    }
    rewrite (&view, entry, &out);
  }
  for (guint i = 0; i < 20; i++) {
    guint32 source = 1000;
    guint64 ext_seq = 0;
    gboolean found = rtc_rewrite_find_source (&view, (guint16) (65530 + i), &source, &ext_seq);

    g_assert_cmpint (found, ==, i / 4 >= 5 - RTC_REWRITE_SEGMENTS);
    if (found) {
      g_assert_cmpuint (source, ==, i / 4);
      g_assert_cmpuint (ext_seq, ==, origin[i]);
    }
  }
  g_assert_false (
      rtc_rewrite_find_source (&view, (guint16) (65530 + 20), &(guint32){ 0 }, &(guint64){ 0 }));
  g_assert_false (rtc_rewrite_find_source (&view, 65529, &(guint32){ 0 }, &(guint64){ 0 }));
  rtc_packet_history_free (history);
}

/* What was sent is known as such when it can no longer be found; what took a number of its own,
 * what comes and what was before the first never was. */
static void
test_was_sent (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (64, GST_SECOND);
  guint64 first = 0, ext_seq;
  RtcRewritten out;
  RtcRewrite view;
  guint16 parity;

  view_init (&view, 65530, 0, TRUE);
  g_assert_false (rtc_rewrite_was_sent (&view, 65530, &ext_seq));
  for (guint i = 0; i < 10; i++) {
    const RtcPacketHistoryEntry *entry = push (history, 0, 0);

    if (i == 0)
      rtc_rewrite_set_source (&view, 0, entry, FALSE);
    rewrite (&view, entry, &out);
    if (i == 0)
      first = out.ext_seq;
  }
  g_assert_cmpint (rtc_rewrite_insert (&view, &parity), ==, RTC_OK);
  g_assert_cmpuint (parity, ==, (guint16) (65530 + 10));
  rewrite (&view, push (history, 0, 0), &out);
  for (guint round = 0; round < 2; round++) {
    for (guint i = 0; i < 12; i++) {
      g_assert_cmpint (rtc_rewrite_was_sent (&view, (guint16) (65530 + i), &ext_seq), ==, i != 10);
      if (i != 10)
        g_assert_cmpuint (ext_seq, ==, first + i);
    }
    g_assert_false (rtc_rewrite_was_sent (&view, (guint16) (65530 + 12), &ext_seq));
    g_assert_false (rtc_rewrite_was_sent (&view, 65529, &ext_seq));
    rtc_rewrite_forget (&view);
    g_assert_false (
        rtc_rewrite_find_source (&view, (guint16) (65530 + 11), &(guint32){ 0 }, &(guint64){ 0 }));
  }
  rtc_rewrite_clear (&view);
  rtc_packet_history_free (history);
}

static void
test_room (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (16, GST_SECOND);
  const RtcPacketHistoryEntry *entry = push (history, 0, 0);
  guint8 packet[64];
  RtcRewrite view;
  RtcRewritten out;

  view_init (&view, 7, 0, TRUE);
  g_assert_cmpint (rtc_rewrite_packet (&view, entry, NULL, packet, 64, &out), ==, RTC_ERR_STATE);
  rtc_rewrite_set_source (&view, 0, entry, FALSE);
  for (gsize cap = 0; cap <= 32; cap++)
    g_assert_cmpint (rtc_rewrite_packet (&view, entry, NULL, packet, cap, &out), ==,
        cap == 32 ? RTC_OK : RTC_ERR_LIMIT);
  rtc_packet_history_free (history);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-rewrite/wraps", test_wraps);
  g_test_add_func ("/rtc-rewrite/extensions", test_extensions);
  g_test_add_func ("/rtc-rewrite/block-limit", test_block_limit);
  g_test_add_func ("/rtc-rewrite/retransmission", test_retransmission);
  g_test_add_func ("/rtc-rewrite/switch", test_switch);
  g_test_add_func ("/rtc-rewrite/catch-up", test_catch_up);
  g_test_add_func ("/rtc-rewrite/find-source", test_find_source);
  g_test_add_func ("/rtc-rewrite/was-sent", test_was_sent);
  g_test_add_func ("/rtc-rewrite/room", test_room);
  return g_test_run ();
}
