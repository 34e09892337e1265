/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-nack-discipline.c - what a receiving peer asks for, as seen on the wire: the link is a tap
 * that loses packets by itself, and so knows what may be asked for, when, and how often. */
#include "sim-seeds.h"
#include "sim-world.h"

#include <string.h>

#include "gst/rtc/base/rtc-seq.h"
#include "gst/rtc/peer/rtc-peer-private.h"
#include "gst/rtc/rtcp/rtc-rtcp-nack.h"
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"
#include "gst/rtc/rtp/rtc-demux.h"

enum { SENDER, VIEWER };

#define MS GST_MSECOND
#define N_SEEDS 20
#define DELAY (25 * MS)
#define RTT (2 * DELAY)
#define MAX_SEQS 40000
#define MAX_TRIES 10

/* The fake SRTP's trailers. */
#define SRTP_TAG 16
#define SRTCP_TRAILER 20

/* What happened to one packet of video. */
typedef struct {
  gboolean is_lost;         /* the original */
  GstClockTime gap_time;    /* when a later one arrived; NONE: not yet */
  GstClockTime first, last; /* requests */
  guint tries;
  GstClockTime repaired; /* when the RTX arrived; NONE: not yet */
} Fate;

typedef struct {
  SimWorld *world;
  SimCall *call;
  RtcRandom *random;
  gdouble loss, rtx_loss, nack_loss;
  gint64 hopeless;     /* number whose repairs never come; -1: none */
  gboolean is_unheard; /* nor do requests for it arrive */
  guint32 ssrc, rtx_ssrc;
  RtcSeqUnwrap seqs;
  Fate *fates; /* by unwrapped number - 65536 - base */
  guint64 base;
  guint64 highest;    /* arrived or lost */
  guint64 oldest_gap; /* lost ones from here on may have no gap_time */
  guint n_lost, n_requests, n_first;
  GstClockTime slowest_first, longest_spacing, shortest_spacing;
  GstClockTime pli; /* the first one after something was hopeless */
  guint n_plis;
} Wire;

static Fate *
wire_fate (Wire *self, guint16 seq)
{
  guint64 ext = rtc_seq_unwrap_peek (&self->seqs, seq, 16);

  g_assert_cmpuint (ext, >=, self->base);
  g_assert_cmpuint (ext - self->base, <, MAX_SEQS);
  return &self->fates[ext - self->base];
}

static gboolean
wire_see_original (Wire *self, GstClockTime now, guint16 seq)
{
  gboolean is_first = !self->seqs.used;
  guint64 ext = rtc_seq_unwrap (&self->seqs, seq);
  Fate *fate;

  if (is_first)
    self->base = self->oldest_gap = ext;
  self->highest = ext;
  fate = wire_fate (self, seq);
  fate->first = fate->gap_time = fate->repaired = GST_CLOCK_TIME_NONE;
  fate->is_lost = (!is_first && rtc_random_double (self->random) < self->loss)
                  || (gint64) (ext - self->base) == self->hopeless;
  if (fate->is_lost) {
    self->n_lost++;
    return TRUE;
  }
  for (; self->oldest_gap < ext; self->oldest_gap++)
    if (self->fates[self->oldest_gap - self->base].is_lost)
      self->fates[self->oldest_gap - self->base].gap_time = now + DELAY;
  return FALSE;
}

static gboolean
wire_see_repair (Wire *self, GstClockTime now, guint16 seq)
{
  Fate *fate = wire_fate (self, seq);

  if (fate - self->fates == self->hopeless || rtc_random_double (self->random) < self->rtx_loss)
    return TRUE;
  if (fate->repaired == GST_CLOCK_TIME_NONE)
    fate->repaired = now + DELAY;
  return FALSE;
}

/* One number of a NACK, as it leaves the viewer. */
static void
wire_see_request (Wire *self, GstClockTime now, guint16 seq)
{
  Fate *fate = wire_fate (self, seq);

  g_assert_true (fate->is_lost);
  g_assert_cmpuint (fate->gap_time, <=, now);
  /* Not after it was repaired. */
  g_assert_cmpuint (now, <=, fate->repaired);
  fate->tries++;
  self->n_requests++;
  g_assert_cmpuint (fate->tries, <=, MAX_TRIES);
  if (fate->first == GST_CLOCK_TIME_NONE) {
    fate->first = now;
    self->n_first++;
    self->slowest_first = MAX (self->slowest_first, now - fate->gap_time);
    g_assert_cmpuint (now - fate->gap_time, <=, 20 * MS);
  } else {
    /* The first seconds assume 100 ms. */
    g_assert_cmpuint (now - fate->last, >=, RTT);
    if (now > 5 * GST_SECOND) {
      self->longest_spacing = MAX (self->longest_spacing, now - fate->last);
      self->shortest_spacing = MIN (self->shortest_spacing, now - fate->last);
    }
  }
  fate->last = now;
}

static gboolean
wire_see_rtcp (Wire *self, GstClockTime now, const guint8 *data, gsize len)
{
  guint32 sender_ssrc, media_ssrc;
  gboolean has_nack = FALSE, is_hopeless = FALSE;
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;
  RtcNackIter iter;
  guint16 seq;

  rtc_rtcp_walk_init (&walk, data, len, 64);
  while (rtc_rtcp_walk_next (&walk, &packet)) {
    if (rtc_rtcp_pli_parse (&packet, &sender_ssrc, &media_ssrc) == RTC_OK) {
      self->n_plis++;
      self->pli = MIN (self->pli, now);
    }
    if (rtc_rtcp_nack_parse (&packet, &iter) != RTC_OK)
      continue;
    has_nack = TRUE;
    /* Never for RTX, nor for audio, which has no NACK. */
    g_assert_cmpuint (iter.media_ssrc, ==, self->ssrc);
    while (rtc_rtcp_nack_next (&iter, &seq)) {
      wire_see_request (self, now, seq);
      is_hopeless |= wire_fate (self, seq) - self->fates == self->hopeless;
    }
  }
  return (is_hopeless && self->is_unheard)
         || (has_nack && rtc_random_double (self->random) < self->nack_loss);
}

static gboolean
wire_tap (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  Wire *self = user_data;
  RtcRtpHeader header;

  if (dir == SIM_B_TO_A)
    return rtc_demux_classify (data, len) == RTC_DEMUX_RTCP
           && wire_see_rtcp (self, now, data, len - SRTCP_TRAILER);
  if (rtc_demux_classify (data, len) != RTC_DEMUX_RTP
      || rtc_rtp_header_parse (&header, data, len - SRTP_TAG) != RTC_OK)
    return FALSE;
  if (header.ssrc == self->ssrc)
    return wire_see_original (self, now, header.seq);
  if (header.ssrc == self->rtx_ssrc && header.payload_len >= 2)
    return wire_see_repair (
        self, now, (guint16) (data[header.payload_offset] << 8 | data[header.payload_offset + 1]));
  return FALSE;
}

static void
wire_init (Wire *self, guint64 seed, GstClockTime latency)
{
  SimWorldConfig config = { .seed = seed, .latency = latency };
  SimLink link = { .delay = DELAY };
  const RtcRewriteConfig *rewrite;
  GError *error = NULL;

  memset (self, 0, sizeof *self);
  self->random = rtc_random_new_seeded (seed);
  self->fates = g_new0 (Fate, MAX_SEQS);
  self->hopeless = -1;
  self->pli = self->shortest_spacing = GST_CLOCK_TIME_NONE;
  self->world = sim_world_new (&config);
  self->call = sim_world_add_call (self->world, &link);
  sim_call_negotiate (self->call, TRUE, NULL, &error);
  g_assert_no_error (error);
  rewrite = &rtc_peer_section (self->call->peers[SENDER], self->call->video)->send.config.rewrite;
  self->ssrc = rewrite->ssrc;
  self->rtx_ssrc = rewrite->rtx_ssrc;
  sim_net_set_tap (self->call->net, wire_tap, self);
}

static void
wire_clear (Wire *self)
{
  sim_world_free (self->world);
  rtc_random_free (self->random);
  g_free (self->fates);
}

/* A tenth of everything lost: every loss is asked for within 20 ms, once per round trip, and
 * nothing else is; and all of it is repaired. */
static void
test_discipline (gconstpointer data)
{
  guint n_missing = 0;
  Wire wire;

  wire_init (&wire, GPOINTER_TO_UINT (data), 0);
  wire.loss = wire.rtx_loss = wire.nack_loss = 0.1;
  sim_world_run (wire.world, 60 * GST_SECOND);
  for (guint64 i = 0; i + 600 < wire.highest - wire.base; i++) {
    g_assert_true (!wire.fates[i].is_lost || wire.fates[i].tries > 0);
    n_missing += wire.fates[i].is_lost && wire.fates[i].repaired == GST_CLOCK_TIME_NONE;
  }
  g_test_message ("%u lost, %u requests; first after %.1f ms at most, then %.1f to %.1f ms apart; "
                  "%u not repaired",
      wire.n_lost, wire.n_requests, (gdouble) wire.slowest_first / MS,
      (gdouble) wire.shortest_spacing / MS, (gdouble) wire.longest_spacing / MS, n_missing);
  g_assert_cmpuint (wire.n_lost, >, 1500);
  g_assert_cmpuint (n_missing, ==, 0);
  g_assert_cmpuint (wire.longest_spacing, <=, RTT * 3 / 2);
  g_assert_cmpuint (wire.call->viewer.repeats, ==, 0);
  g_assert_cmpuint (wire.n_plis, ==, 0);
  wire_clear (&wire);
}

/* A packet that no repair brings back: ten requests at most, or as many as can be answered in
 * time; a PLI within 200 ms of when that is certain; a new key frame within a second and a round
 * trip. */
static void
test_hopeless (gconstpointer data)
{
  static const GstClockTime latencies[] = { 0, 300 * MS, 100 * MS };

  for (guint i = 0; i < G_N_ELEMENTS (latencies); i++) {
    GstClockTime certain, shown;
    const Fate *fate;
    Wire wire;

    wire_init (&wire, GPOINTER_TO_UINT (data), latencies[i]);
    wire.hopeless = 3000 + 37 * GPOINTER_TO_UINT (data);
    /* Else the sender sees it, too. */
    wire.is_unheard = TRUE;
    sim_world_run (wire.world, 20 * GST_SECOND);
    fate = &wire.fates[wire.hopeless];
    g_assert_true (fate->is_lost);
    /* Certain: when the last request that may be made can no longer be answered. */
    certain = fate->gap_time + latencies[i];
    if (latencies[i] == 0) {
      g_assert_cmpuint (fate->tries, ==, MAX_TRIES);
      certain = fate->last + RTT;
    }
    shown = wire.call->viewer.last_key_complete;
    g_test_message (
        "latency %u ms: %u requests, PLI %.0f ms after the gap, key frame %.0f ms later",
        (guint) (latencies[i] / MS), fate->tries, (gdouble) (wire.pli - fate->gap_time) / MS,
        (gdouble) (shown - wire.pli) / MS);
    g_assert_cmpuint (fate->tries, >=, 1);
    if (latencies[i] != 0)
      g_assert_cmpuint (fate->last + RTT, <=, certain);
    g_assert_cmpuint (wire.pli, >, fate->last);
    g_assert_cmpuint (wire.pli, <=, certain + 200 * MS);
    g_assert_cmpuint (shown, >, wire.pli);
    g_assert_cmpuint (shown, <=, wire.pli + GST_SECOND + RTT);
    g_assert_cmpuint (wire.n_plis, <=, 2);
    wire_clear (&wire);
  }
}

/* The sender sees that its repairs do not get through, and makes a key frame long before the
 * viewer, who is patient, would ask for one. */
static void
test_helped (gconstpointer data)
{
  const Fate *fate;
  Wire wire;

  wire_init (&wire, GPOINTER_TO_UINT (data), 3 * GST_SECOND);
  wire.hopeless = 3000 + 37 * GPOINTER_TO_UINT (data);
  sim_world_run (wire.world, 20 * GST_SECOND);
  fate = &wire.fates[wire.hopeless];
  g_test_message ("%u requests, key frame %.0f ms after the gap", fate->tries,
      (gdouble) (wire.call->viewer.last_key_complete - fate->gap_time) / MS);
  g_assert_cmpuint (fate->tries, >=, 4);
  g_assert_cmpuint (wire.n_plis, ==, 0);
  g_assert_cmpuint (sim_world_get_key_frames (wire.world), ==, 2);
  g_assert_cmpuint (wire.call->viewer.last_key_complete, >, fate->gap_time);
  g_assert_cmpuint (wire.call->viewer.last_key_complete, <=, fate->gap_time + 700 * MS);
  wire_clear (&wire);
}

/* A jitter buffer that asks for everything it misses, every 5 ms, and for what has come, too:
 * nothing more leaves than without it, but the end of the last picture, which only it misses. */
static void
test_merged (gconstpointer data)
{
  guint n_tail;
  Wire wire;

  wire_init (&wire, GPOINTER_TO_UINT (data), 0);
  wire.loss = wire.rtx_loss = 0.1;
  sim_world_run (wire.world, 2 * GST_SECOND);
  while (sim_world_now (wire.world) < 30 * GST_SECOND) {
    const RtcReceiveStream *stream = rtc_peer_find_inbound (wire.call->peers[VIEWER], wire.ssrc);
    guint16 seqs[300];

    for (guint i = 0; i < G_N_ELEMENTS (seqs); i++)
      seqs[i] = (guint16) (stream->stats.max_ext_seq - i);
    g_assert_cmpint (rtc_peer_request_retransmission (wire.call->peers[VIEWER],
                         sim_world_now (wire.world), wire.ssrc, seqs, G_N_ELEMENTS (seqs)),
        ==, RTC_OK);
    sim_world_run (wire.world, sim_world_now (wire.world) + 5 * MS);
  }
  g_assert_cmpint (rtc_peer_request_retransmission (
                       wire.call->peers[VIEWER], sim_world_now (wire.world), 1, NULL, 0),
      ==, RTC_ERR_STATE);
  g_assert_cmpint (rtc_peer_request_retransmission (wire.call->peers[VIEWER],
                       sim_world_now (wire.world), wire.rtx_ssrc, NULL, 0),
      ==, RTC_ERR_STATE);
  g_assert_cmpuint (wire.longest_spacing, <=, RTT * 3 / 2);
  g_assert_cmpuint (wire.n_plis, ==, 0);

  /* The source stops with its last packets lost. */
  sim_world_run (wire.world, 33 * GST_SECOND);
  wire.loss = 1;
  wire.rtx_loss = 0;
  sim_world_run (wire.world, sim_world_now (wire.world) + 20 * MS);
  while (wire.n_lost < 5 || !wire.fates[wire.highest - wire.base].is_lost)
    sim_world_run (wire.world, sim_world_now (wire.world) + 5 * MS);
  sim_world_set_paused (wire.world, TRUE);
  wire.loss = 0;
  sim_world_run (wire.world, sim_world_now (wire.world) + GST_SECOND);
  n_tail = (guint) (wire.highest + 1 - wire.oldest_gap);
  g_assert_cmpuint (wire.fates[wire.highest - wire.base].tries, ==, 0);
  for (; wire.oldest_gap <= wire.highest; wire.oldest_gap++) {
    guint16 seq = (guint16) wire.oldest_gap;

    wire.fates[wire.oldest_gap - wire.base].gap_time = sim_world_now (wire.world);
    rtc_peer_request_retransmission (
        wire.call->peers[VIEWER], sim_world_now (wire.world), wire.ssrc, &seq, 1);
  }
  sim_world_run (wire.world, sim_world_now (wire.world) + GST_SECOND);
  g_test_message ("%u packets at the end repaired", n_tail);
  g_assert_cmpuint (wire.fates[wire.highest - wire.base].tries, ==, 1);
  g_assert_cmpuint (wire.fates[wire.highest - wire.base].repaired, !=, GST_CLOCK_TIME_NONE);
  wire_clear (&wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint seed = 1; seed <= sim_get_n_seeds (N_SEEDS); seed++) {
    static const struct {
      const gchar *name;
      void (*run) (gconstpointer data);
    } tests[] = {
      { "discipline", test_discipline },
      { "hopeless", test_hopeless },
      { "helped", test_helped },
      { "merged", test_merged },
    };

    for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
      gchar *path = g_strdup_printf ("/sim/nack/%s/%u", tests[i].name, seed);

      g_test_add_data_func (path, GUINT_TO_POINTER (seed), tests[i].run);
      g_free (path);
    }
  }
  return g_test_run ();
}
