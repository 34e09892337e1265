/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "lying-srtp.h"

#include <string.h>

#include "gst/rtc/rtcp/rtc-rtcp-remb.h"
#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"

#define MAX_ARRIVALS 256
#define MAX_BYTES 1400

typedef struct {
  RtcSrtpFactory base;
  RtcSrtpFactory *honest;
  LyingSrtpKind kind;
} LyingFactory;

typedef struct {
  RtcSrtp base;
  RtcSrtp *honest;
  LyingSrtpKind kind;
  GstClockTime first; /* arrival; NONE: none yet */
} LyingSrtp;

/* What arrived t after the first is said to have arrived 1.5 t after it. */
static void
write_slow (LyingSrtp *self, RtcRtcpBuilder *builder, RtcTwccFeedback *feedback)
{
  RtcTwccArrival arrivals[MAX_ARRIVALS];
  RtcTwccItem item;
  guint n = 0, n_reported;

  while (rtc_rtcp_twcc_next (feedback, &item)) {
    GstClockTime arrival = feedback->reference_time * RTC_TWCC_REFERENCE_UNIT;

    if (!item.received)
      continue;
    arrival += (GstClockTime) item.offset;
    if (self->first == GST_CLOCK_TIME_NONE)
      self->first = arrival;
    g_assert_cmpuint (n, <, MAX_ARRIVALS);
    arrivals[n].ext_seq = feedback->base_seq + (guint16) (item.seq - feedback->base_seq);
    arrivals[n++].arrival =
        (GstClockTime) ((gint64) arrival + (gint64) (arrival - self->first) / 2);
  }
  if (n > 0)
    g_assert_cmpint (rtc_rtcp_twcc_write (builder, feedback->sender_ssrc, feedback->media_ssrc,
                         feedback->feedback_count, feedback->base_seq, arrivals, n, &n_reported),
        ==, RTC_OK);
}

static void
write_small_remb (RtcRtcpBuilder *builder, const RtcTwccFeedback *feedback)
{
  RtcRtcpRemb remb = { .sender_ssrc = feedback->sender_ssrc,
    .bitrate_bps = LYING_SRTP_REMB_BPS,
    .n_ssrcs = 1,
    .ssrcs = { feedback->media_ssrc } };

  g_assert_cmpint (rtc_rtcp_remb_write (builder, &remb), ==, RTC_OK);
}

static void
copy_packet (RtcRtcpBuilder *builder, const RtcRtcpPacket *packet)
{
  rtc_writer_bytes (rtc_rtcp_builder_begin (builder), packet->data, packet->len);
  g_assert_cmpint (rtc_rtcp_builder_end (builder, packet->type, packet->count), ==, RTC_OK);
}

static RtcResult
lying_protect_rtcp (RtcSrtp *base, guint8 *data, gsize *len, gsize cap)
{
  LyingSrtp *self = (LyingSrtp *) base;
  guint8 lie[MAX_BYTES];
  RtcRtcpBuilder builder;
  RtcRtcpPacket packet;
  RtcTwccFeedback feedback;
  RtcRtcpWalk walk;

  if (self->kind == LYING_SRTP_NOT)
    return self->honest->vtable->protect_rtcp (self->honest, data, len, cap);
  rtc_rtcp_builder_init (&builder, lie, sizeof lie, RTC_RTCP_REDUCED_SIZE);
  rtc_rtcp_walk_init (&walk, data, *len, 64);
  while (rtc_rtcp_walk_next (&walk, &packet)) {
    gboolean is_twcc = rtc_rtcp_twcc_parse (&packet, &feedback) == RTC_OK;

    if (is_twcc && self->kind == LYING_SRTP_TWCC)
      write_slow (self, &builder, &feedback);
    else
      copy_packet (&builder, &packet);
    if (is_twcc && self->kind == LYING_SRTP_REMB)
      write_small_remb (&builder, &feedback);
  }
  if (rtc_rtcp_builder_finish (&builder, len) == RTC_OK) {
    g_assert_cmpuint (*len, <=, cap);
    memcpy (data, lie, *len);
  }
  return self->honest->vtable->protect_rtcp (self->honest, data, len, cap);
}

static RtcResult
lying_protect_rtp (RtcSrtp *base, guint8 *data, gsize *len, gsize cap)
{
  RtcSrtp *honest = ((LyingSrtp *) base)->honest;

  return honest->vtable->protect_rtp (honest, data, len, cap);
}

static RtcResult
lying_unprotect_rtp (RtcSrtp *base, guint8 *data, gsize *len)
{
  RtcSrtp *honest = ((LyingSrtp *) base)->honest;

  return honest->vtable->unprotect_rtp (honest, data, len);
}

static RtcResult
lying_unprotect_rtcp (RtcSrtp *base, guint8 *data, gsize *len)
{
  RtcSrtp *honest = ((LyingSrtp *) base)->honest;

  return honest->vtable->unprotect_rtcp (honest, data, len);
}

static void
lying_free (RtcSrtp *base)
{
  LyingSrtp *self = (LyingSrtp *) base;

  if (self == NULL)
    return;
  self->honest->vtable->free (self->honest);
  g_free (self);
}

static const RtcSrtpVTable lying_vtable = {
  .name = "lying",
  .free = lying_free,
  .protect_rtp = lying_protect_rtp,
  .protect_rtcp = lying_protect_rtcp,
  .unprotect_rtp = lying_unprotect_rtp,
  .unprotect_rtcp = lying_unprotect_rtcp,
};

static RtcSrtp *
lying_create (RtcSrtpFactory *base, const RtcSrtpKeys *keys, GError **error)
{
  LyingFactory *factory = (LyingFactory *) base;
  RtcSrtp *honest = factory->honest->create (factory->honest, keys, error);
  LyingSrtp *self;

  if (honest == NULL)
    return NULL;
  self = g_new0 (LyingSrtp, 1);
  self->base.vtable = &lying_vtable;
  self->honest = honest;
  self->kind = factory->kind;
  self->first = GST_CLOCK_TIME_NONE;
  return &self->base;
}

RtcSrtpFactory *
lying_srtp_factory_new (RtcSrtpFactory *honest, LyingSrtpKind kind)
{
  LyingFactory *self = g_new0 (LyingFactory, 1);

  self->base.name = "lying";
  self->base.create = lying_create;
  self->honest = honest;
  self->kind = kind;
  return &self->base;
}

void
lying_srtp_factory_free (RtcSrtpFactory *factory)
{
  g_free (factory);
}
