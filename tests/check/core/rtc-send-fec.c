/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-send-fec.h"

#include <string.h>

#include "gst/rtc/media/rtc-fec-decoder.h"
#include "gst/rtc/media/rtc-send-stream.h"
#include "gst/rtc/rtp/rtc-flexfec.h"
#include "gst/rtc/rtp/rtc-red.h"
#include "gst/rtc/rtp/rtc-rtx.h"
#include "gst/rtc/rtp/rtc-ulpfec.h"
#include "tests/check/core/rtp-packets.h"

#define MS GST_MSECOND
#define SSRC 0xaaaa
#define FEC_SSRC 0xcccc
#define PT 96
#define RTX_PT 97
#define FLEXFEC_PT 49
#define RED_PT 100
#define ULPFEC_PT 101
#define PICTURE 10 /* packets */

static RtcSendStreamConfig
make_config (RtcMediaKind kind, gboolean flexfec)
{
  RtcSendStreamConfig config = { .kind = kind,
    .rewrite = { .ssrc = SSRC,
        .payload_type = PT,
        .rtx_ssrc = 0xbbbb,
        .rtx_payload_type = kind == RTC_MEDIA_VIDEO ? RTX_PT : 0,
        .clock_rate = 90000,
        .first_seq = 65000,
        .first_rtp_ts = 1000 } };

  config.rewrite.extensions.ids[RTC_RTP_EXTENSION_TWCC] = 3;
  config.fec.kind = kind;
  config.fec.red_payload_type = RED_PT;
  if (kind == RTC_MEDIA_VIDEO)
    config.fec.ulpfec_payload_type = ULPFEC_PT;
  if (flexfec) {
    config.fec.flexfec_payload_type = FLEXFEC_PT;
    config.fec.ssrc = FEC_SSRC;
    config.fec.first_seq = 65534;
  }
  return config;
}

/* The peer says so, many times, each time of as many packets as the policy wants to hear of. */
static void
report (RtcSendStream *stream, gdouble loss, GstClockTime rtt)
{
  for (guint i = 0; i < 40; i++) {
    RtcSendFec *fec = &stream->fec;

    rtc_send_fec_handle_report (fec, fec->sample_packets + 2 * RTC_SEND_FEC_SAMPLE,
        fec->sample_lost + (gint64) (2 * RTC_SEND_FEC_SAMPLE * loss), rtt,
        stream->config.rewrite.rtx_payload_type != 0);
  }
}

/* A call's sending end, and the decoder at the other, which gets all but what is lost. */
typedef struct {
  RtcSendStream stream;
  RtcPacketHistory *history;
  RtcFecDecoder *decoder;
  RtcRtpExtensionMap map;
  GstClockTime now;
  guint16 n_pushed;
  guint16 last_seq; /* of the media's numbers */
  guint16 last_fec_seq;
  guint n_fec, n_recovered, n_red;
  RtcPacket *lost[4]; /* the last ones that were */
  guint n_lost;
} Call;

static Call *
call_new (RtcMediaKind kind, gboolean flexfec)
{
  RtcSendStreamConfig config = make_config (kind, flexfec);
  Call *self = g_new0 (Call, 1);

  self->history = rtc_packet_history_new (1024, GST_SECOND);
  self->decoder = rtc_fec_decoder_new (SSRC, NULL);
  self->map = config.rewrite.extensions;
  self->now = GST_SECOND;
  rtc_send_stream_init (&self->stream, &config);
  rtc_send_stream_set_source (&self->stream, self->history, FALSE);
  return self;
}

static void
call_free (Call *self)
{
  rtc_send_stream_clear (&self->stream);
  rtc_packet_history_free (self->history);
  rtc_fec_decoder_free (self->decoder);
  for (guint i = 0; i < G_N_ELEMENTS (self->lost); i++)
    rtc_packet_unref (self->lost[i]);
  g_free (self);
}

static void
take_recovered (Call *self)
{
  RtcPacket *packet;

  while ((packet = rtc_fec_decoder_poll (self->decoder)) != NULL) {
    gboolean is_right = FALSE;

    for (guint i = 0; i < MIN (self->n_lost, G_N_ELEMENTS (self->lost)); i++)
      is_right |= packet->len == self->lost[i]->len
                  && memcmp (packet->data, self->lost[i]->data, packet->len) == 0;
    g_assert_true (is_right);
    self->n_recovered++;
    rtc_packet_unref (packet);
  }
}

/* What came in RED is out of it: as it was before. */
static void
unwrap (Call *self, RtcPacket *packet, RtcRtpHeader *header)
{
  RtcRedBlock blocks[RTC_RED_MAX_BLOCKS];
  guint n;

  g_assert_cmpint (rtc_rtp_header_parse (header, packet->data, packet->len), ==, RTC_OK);
  if (header->payload_type != RED_PT)
    return;
  self->n_red++;
  g_assert_cmpint (
      rtc_red_parse (packet->data + header->payload_offset, header->payload_len, blocks, &n), ==,
      RTC_OK);
  g_assert_cmpuint (n, ==, 1);
  memmove (packet->data + header->payload_offset, blocks[0].data, blocks[0].len);
  packet->len--;
  packet->data[1] = (guint8) ((packet->data[1] & 0x80) | blocks[0].payload_type);
  g_assert_cmpint (rtc_rtp_header_parse (header, packet->data, packet->len), ==, RTC_OK);
}

static void
take_parities (Call *self)
{
  guint8 data[RTC_MAX_DATAGRAM];
  RtcRewritten out;

  while (rtc_send_stream_build_fec (&self->stream, self->now, data, sizeof data, &out) == RTC_OK) {
    RtcPacket *packet = rtc_packet_new_copy (NULL, data, out.len);
    RtcFecHeader fec;
    RtcRtpHeader header;
    gboolean flexfec = self->stream.config.fec.flexfec_payload_type != 0;

    unwrap (self, packet, &header);
    g_assert_cmpuint (header.payload_type, ==, flexfec ? FLEXFEC_PT : ULPFEC_PT);
    g_assert_cmpuint (header.ssrc, ==, flexfec ? FEC_SSRC : SSRC);
    g_assert_cmpuint (out.slots.twcc, !=, 0);
    if (flexfec) {
      g_assert_true (self->n_fec == 0 || header.seq == (guint16) (self->last_fec_seq + 1));
      self->last_fec_seq = header.seq;
    } else {
      g_assert_cmpuint (header.seq, ==, (guint16) (self->last_seq + 1));
      self->last_seq = header.seq;
    }
    g_assert_cmpint ((flexfec ? rtc_flexfec_parse : rtc_ulpfec_parse) (
                         &fec, packet->data + header.payload_offset, header.payload_len),
        ==, RTC_OK);
    rtc_fec_decoder_handle_fec (self->decoder, &fec, packet, header.payload_offset);
    rtc_packet_unref (packet);
    self->n_fec++;
    take_recovered (self);
  }
}

static const RtcPacketHistoryEntry *
push (Call *self, gboolean marker, gsize len)
{
  RtcPacket *packet = rtp_packet_new (self->n_pushed, self->n_pushed / PICTURE * 3000u, len, 0);

  packet->data[1] = (guint8) ((packet->data[1] & 0x7f) | (marker ? 0x80 : 0));
  self->n_pushed++;
  return rtc_packet_history_push (self->history, self->now, packet);
}

static void
send_one (Call *self, gboolean marker, gboolean lost)
{
  const RtcPacketHistoryEntry *entry = push (self, marker, 100 + self->n_pushed % 900);
  guint8 data[RTC_MAX_DATAGRAM];
  RtcRtpHeader header;
  RtcPacket *packet;
  RtcRewritten out;

  g_assert_cmpint (
      rtc_send_stream_build (&self->stream, self->now, entry, data, sizeof data, &out), ==, RTC_OK);
  packet = rtc_packet_new_copy (NULL, data, out.len);
  unwrap (self, packet, &header);
  g_assert_cmpuint (header.payload_type, ==, PT);
  g_assert_cmpmem (packet->data + header.payload_offset, header.payload_len,
      entry->packet->data + entry->payload_offset, entry->payload_len);
  g_assert_true (self->n_pushed == 1 || header.seq == (guint16) (self->last_seq + 1));
  self->last_seq = header.seq;
  if (lost) {
    guint i = self->n_lost++ % G_N_ELEMENTS (self->lost);

    rtc_packet_unref (self->lost[i]);
    self->lost[i] = rtc_packet_ref (packet);
  } else {
    rtc_fec_decoder_handle_media (self->decoder, &self->map, &header, packet, TRUE);
    take_recovered (self);
  }
  rtc_packet_unref (packet);
  take_parities (self);
}

static void
send_picture (Call *self, gint lost)
{
  for (gint i = 0; i < PICTURE; i++)
    send_one (self, i + 1 == PICTURE, i == lost);
  self->now += 33 * MS;
}

/* No loss, or a short round trip: packets as they always were, and nothing allocated. */
static void
test_off (gconstpointer data)
{
  Call *call = call_new (RTC_MEDIA_VIDEO, GPOINTER_TO_INT (data));

  send_picture (call, -1);
  report (&call->stream, 0, 200 * MS);
  send_picture (call, -1);
  report (&call->stream, 0.1, 30 * MS);
  send_picture (call, -1);
  g_assert_null (call->stream.fec.encoder);
  g_assert_cmpuint (call->n_fec + call->n_red, ==, 0);
  g_assert_cmpuint (call->stream.stats.packets, ==, 3 * PICTURE);
  call_free (call);
}

/* The peer reports, and feedback has told of path_packets of which path_lost were lost. */
static void
hear (Call *self, const RtcReportBlock *block, guint64 path_packets, guint64 path_lost)
{
  g_assert_cmpint (rtc_send_stream_handle_report_block (&self->stream, 0, block), ==, RTC_OK);
  rtc_send_stream_update_repair (&self->stream, self->now, FALSE, path_packets, path_lost);
}

/* Losses of a queue, which makes the round trip longer: no parities, they would make it longer
 * still. When the path itself has become that long, there are some in time. */
static void
test_queue (void)
{
  Call *call = call_new (RTC_MEDIA_VIDEO, TRUE);
  RtcReportBlock block = { .ssrc = SSRC };
  guint n = 0;

  rtc_send_stats_handle_rtt (&call->stream.stats, 50 * MS);
  send_picture (call, -1);
  for (; n < 40 && !rtc_send_fec_is_active (&call->stream.fec); n++) {
    hear (call, &block, 0, 0);
    for (guint i = 0; n == 2 && i < 50; i++)
      rtc_send_stats_handle_rtt (&call->stream.stats, 300 * MS);
    block.highest_seq += RTC_SEND_FEC_SAMPLE;
    block.total_lost += RTC_SEND_FEC_SAMPLE / 20;
  }
  g_test_message ("parities after %u samples", n);
  g_assert_cmpuint (n, >, RTC_SEND_FEC_RTT_SAMPLES);
  g_assert_cmpuint (n, <=, 2 * RTC_SEND_FEC_RTT_SAMPLES + 4);
  call_free (call);
}

/* Feedback tells what the path loses: the rest is a queue's. When it has been silent for long, the
 * reports are gone by, and what was counted before is not put together with them. */
static void
test_path (void)
{
  Call *call = call_new (RTC_MEDIA_VIDEO, TRUE);
  RtcReportBlock block = { .ssrc = SSRC };
  guint64 packets = 1000, lost = 0;

  rtc_send_stats_handle_rtt (&call->stream.stats, 200 * MS);
  send_picture (call, -1);
  for (guint i = 0; i < 40; i++) {
    hear (call, &block, packets += RTC_SEND_FEC_SAMPLE, lost);
    block.highest_seq += 2 * RTC_SEND_FEC_SAMPLE;
    block.total_lost += RTC_SEND_FEC_SAMPLE / 5;
  }
  g_assert_false (rtc_send_fec_is_active (&call->stream.fec));
  for (guint i = 0; i < 40; i++)
    hear (call, &block, packets += RTC_SEND_FEC_SAMPLE, lost += RTC_SEND_FEC_SAMPLE / 20);
  g_assert_cmpfloat_with_epsilon (call->stream.fec.policy.loss, 0.05, 0.001);
  g_assert_true (rtc_send_fec_is_active (&call->stream.fec));
  call->now += RTC_REPAIR_WAIT_SILENT;
  for (guint i = 0; i < 40; i++) {
    block.highest_seq += 2 * RTC_SEND_FEC_SAMPLE;
    block.total_lost += RTC_SEND_FEC_SAMPLE / 5;
    hear (call, &block, packets, lost);
    g_assert_cmpfloat (call->stream.fec.policy.loss, <, 0.101);
  }
  g_assert_cmpfloat_with_epsilon (call->stream.fec.policy.loss, 0.1, 0.001);
  call_free (call);
}

/* Reports after each loss, of few packets, and between them none: what counts is the share of all.
 */
static void
test_reports (void)
{
  Call *call = call_new (RTC_MEDIA_VIDEO, TRUE);
  guint64 highest = 0;
  gint64 lost = 0;

  rtc_send_stats_handle_rtt (&call->stream.stats, 200 * MS);
  send_picture (call, -1);
  for (guint i = 0; i < 400; i++) {
    RtcReportBlock block = { .ssrc = SSRC };

    /* 33 packets come, one does not; the report is of the last four. */
    highest += 34;
    lost++;
    block.highest_seq = (guint32) highest;
    block.total_lost = (gint32) lost;
    block.fraction_lost = 64;
    hear (call, &block, 0, 0);
  }
  g_assert_cmpfloat_with_epsilon (call->stream.fec.policy.loss, 1 / 34.0, 0.005);
  call_free (call);
}

/* Loss at a long round trip: each single loss is repaired; its end ends it all. */
static void
test_pictures (gconstpointer data)
{
  gboolean flexfec = GPOINTER_TO_INT (data);
  Call *call = call_new (RTC_MEDIA_VIDEO, flexfec);
  guint n_before;

  send_picture (call, -1);
  report (&call->stream, 0.05, 200 * MS);
  g_assert_nonnull (call->stream.fec.encoder);
  for (gint i = 0; i < 40; i++)
    send_picture (call, i % PICTURE);
  g_test_message ("%u parities for %u packets, %u of 40 recovered", call->n_fec, 40 * PICTURE,
      call->n_recovered);
  g_assert_cmpuint (call->n_recovered, >=, 38);
  g_assert_cmpuint (call->n_fec, >=, 40 * PICTURE / 5);
  g_assert_cmpuint (call->n_fec, <=, 40 * PICTURE * 26 / 100);
  g_assert_cmpuint (call->n_red, ==, flexfec ? 0 : 40 * PICTURE + call->n_fec);
  g_assert_cmpuint (call->stream.fec.counters.packets, ==, call->n_fec);
  /* ULPFEC is in the numbers of sender reports, FlexFEC is not. */
  g_assert_cmpuint (call->stream.stats.packets, ==, call->n_pushed + (flexfec ? 0 : call->n_fec));
  report (&call->stream, 0, 200 * MS);
  n_before = call->n_fec + call->n_red;
  send_picture (call, -1);
  g_assert_null (call->stream.fec.encoder);
  g_assert_cmpuint (call->n_fec + call->n_red, ==, n_before);
  call_free (call);
}

/* What a NACK of seq brings back: the number of the push, -1 nothing. */
static gint
resent (Call *self, guint16 seq)
{
  RtcNackResend resend;
  gboolean is_stuck;
  RtcRewritten out;
  RtcRtpHeader header;
  guint8 data[RTC_MAX_DATAGRAM];

  /* The budget is not what is tested here. */
  memset (&self->stream.nack.resent, 0, sizeof self->stream.nack.resent);
  if (rtc_send_stream_handle_nack (
          &self->stream, self->now + 300 * MS, &seq, 1, &resend, 1, &is_stuck)
      == 0)
    return -1;
  g_assert_cmpint (
      rtc_send_stream_build_rtx (&self->stream, self->now, &resend, data, sizeof data, &out), ==,
      RTC_OK);
  g_assert_cmpint (rtc_rtp_header_parse (&header, data, out.len), ==, RTC_OK);
  g_assert_cmpuint (header.payload_type, ==, RTX_PT);
  return data[header.payload_offset + RTC_RTX_OSN_LEN];
}

/* Numbers that parities took: NACKs of the others get what was sent under them, before and after,
 * across a change of the source. */
static void
test_nack_among_parities (void)
{
  Call *call = call_new (RTC_MEDIA_VIDEO, FALSE);
  gint pushed[400];
  guint n = 0;
  RtcPacketHistory *other = rtc_packet_history_new (1024, GST_SECOND), *first = call->history;

  report (&call->stream, 0.05, 200 * MS);
  for (guint i = 0; i < 12; i++) {
    if (i == 6) {
      rtc_send_stream_set_source (&call->stream, other, FALSE);
      call->history = other;
      /* Its numbers are other ones. */
      push (call, FALSE, 10);
    }
    for (guint k = 0; k < PICTURE; k++) {
      guint16 before = call->last_seq;
      guint8 tag = (guint8) call->n_pushed;

      send_one (call, k + 1 == PICTURE, FALSE);
      if (n == 0)
        before = 64999;
      pushed[n++] = tag;
      for (guint16 seq = (guint16) (before + 2); seq != (guint16) (call->last_seq + 1); seq++)
        pushed[n++] = -1;
    }
    call->now += 33 * MS;
  }
  g_assert_cmpuint (call->n_fec, >, 20);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (resent (call, (guint16) (65000 + i)), ==, pushed[i]);
  rtc_send_stream_clear (&call->stream);
  call->history = first;
  call_free (call);
  rtc_packet_history_free (other);
}

/* With more parities than are remembered, old packets are not sent again; recent ones are. */
static void
test_many_parities (void)
{
  Call *call = call_new (RTC_MEDIA_VIDEO, FALSE);

  report (&call->stream, 0.2, 200 * MS);
  while (call->n_fec < 3 * RTC_REWRITE_INSERTED) {
    send_picture (call, -1);
    call->now -= 33 * MS - MS / 4; /* the history keeps a second */
  }
  send_one (call, FALSE, FALSE);
  g_assert_cmpint (resent (call, call->last_seq), ==, (guint8) (call->n_pushed - 1));
  g_assert_cmpint (resent (call, (guint16) (call->last_seq - 1500)), ==, -1);
  call_free (call);
}

/* Sound: the frames before, as many as the loss calls for; alone again when it is over. */
static void
test_sound (void)
{
  static const struct {
    gdouble loss;
    guint n_blocks;
  } rows[] = { { 0, 1 }, { 0.02, 1 }, { 0.08, 2 }, { 0.25, 3 }, { 0, 1 } };
  Call *call = call_new (RTC_MEDIA_AUDIO, FALSE);
  guint8 data[RTC_MAX_DATAGRAM];
  RtcRewritten out;

  for (guint row = 0; row < G_N_ELEMENTS (rows); row++) {
    if (row > 0)
      report (&call->stream, rows[row].loss, 10 * MS);
    for (guint i = 0; i < 5; i++) {
      RtcPacket *packet = rtp_packet_new (call->n_pushed, call->n_pushed * 960u, 50 + i, 0);
      const RtcPacketHistoryEntry *entry =
          rtc_packet_history_push (call->history, call->now, packet);
      RtcRedBlock blocks[RTC_RED_MAX_BLOCKS];
      RtcRtpHeader header;
      guint n;

      call->n_pushed++;
      call->now += 20 * MS;
      g_assert_cmpint (
          rtc_send_stream_build (&call->stream, call->now, entry, data, sizeof data, &out), ==,
          RTC_OK);
      g_assert_cmpint (rtc_rtp_header_parse (&header, data, out.len), ==, RTC_OK);
      if (rows[row].n_blocks == 1) {
        g_assert_cmpuint (header.payload_type, ==, PT);
        continue;
      }
      g_assert_cmpuint (header.payload_type, ==, RED_PT);
      g_assert_cmpint (
          rtc_red_parse (data + header.payload_offset, header.payload_len, blocks, &n), ==, RTC_OK);
      g_assert_cmpuint (n, ==, rows[row].n_blocks);
      for (guint k = 0; k < n; k++) {
        guint age = n - 1 - k;
        const RtcPacketHistoryEntry *earlier =
            rtc_packet_history_find (call->history, call->now, entry->ext_seq - age);

        g_assert_cmpuint (blocks[k].payload_type, ==, PT);
        g_assert_cmpuint (blocks[k].ts_offset, ==, age * 960);
        g_assert_cmpmem (blocks[k].data, blocks[k].len,
            earlier->packet->data + earlier->payload_offset, earlier->payload_len);
      }
    }
  }
  g_assert_cmpuint (call->stream.fec.counters.red_frames, ==, 15);
  call_free (call);
}

/* A pause, or a frame too long for RED: only what is counted back rightly is repeated. */
static void
test_sound_gaps (void)
{
  static const struct {
    guint32 rtp_ts;
    gsize len;
    guint n_blocks; /* 1: not in RED */
  } rows[] = { { 0, 50, 1 }, { 960, 1024, 2 }, { 1920, 50, 1 }, { 2880, 50, 2 }, { 3840, 50, 3 },
    { 100000, 50, 1 }, { 100960, 50, 2 }, { 101920, 50, 3 } };
  Call *call = call_new (RTC_MEDIA_AUDIO, FALSE);
  guint8 data[RTC_MAX_DATAGRAM];
  RtcRewritten out;

  report (&call->stream, 0.25, 10 * MS);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcPacket *packet = rtp_packet_new ((guint16) i, rows[i].rtp_ts, rows[i].len, 0);
    const RtcPacketHistoryEntry *entry = rtc_packet_history_push (call->history, call->now, packet);
    RtcRedBlock blocks[RTC_RED_MAX_BLOCKS];
    RtcRtpHeader header;
    guint n = 1;

    g_assert_cmpint (
        rtc_send_stream_build (&call->stream, call->now, entry, data, sizeof data, &out), ==,
        RTC_OK);
    g_assert_cmpint (rtc_rtp_header_parse (&header, data, out.len), ==, RTC_OK);
    if (header.payload_type == RED_PT)
      g_assert_cmpint (
          rtc_red_parse (data + header.payload_offset, header.payload_len, blocks, &n), ==, RTC_OK);
    g_test_message ("row %u", i);
    g_assert_cmpuint (n, ==, rows[i].n_blocks);
  }
  call_free (call);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/rtc-send-fec/off/flexfec", GINT_TO_POINTER (TRUE), test_off);
  g_test_add_data_func ("/rtc-send-fec/off/ulpfec", GINT_TO_POINTER (FALSE), test_off);
  g_test_add_func ("/rtc-send-fec/reports", test_reports);
  g_test_add_func ("/rtc-send-fec/queue", test_queue);
  g_test_add_func ("/rtc-send-fec/path", test_path);
  g_test_add_data_func ("/rtc-send-fec/pictures/flexfec", GINT_TO_POINTER (TRUE), test_pictures);
  g_test_add_data_func ("/rtc-send-fec/pictures/ulpfec", GINT_TO_POINTER (FALSE), test_pictures);
  g_test_add_func ("/rtc-send-fec/nack-among-parities", test_nack_among_parities);
  g_test_add_func ("/rtc-send-fec/many-parities", test_many_parities);
  g_test_add_func ("/rtc-send-fec/sound", test_sound);
  g_test_add_func ("/rtc-send-fec/sound-gaps", test_sound_gaps);
  return g_test_run ();
}
