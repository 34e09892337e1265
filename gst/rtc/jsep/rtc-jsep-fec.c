/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/jsep/rtc-jsep-private.h"

/* rtc-jsep-fec.c: forward error correction in offers and answers.
 *
 * Sound: RED (RFC 2198) of Opus, a=fmtp naming its payload type for each block. Pictures: FlexFEC
 * with an SSRC of its own, or ULPFEC within RED, in the media's numbers. Of the latter two an
 * answer takes one: FlexFEC, where the offer has it. ULPFEC is for VP8 and VP9 only: their pictures
 * are numbered in the payload, so that a lost parity is not taken for a lost part of a picture. */

/* What libwebrtc writes: ten seconds. */
#define REPAIR_WINDOW_US 10000000

static const RtcCodec *
codecs_of (const RtcSdpSection *section)
{
  return (const RtcCodec *) (gpointer) section->codecs->data;
}

static const RtcCodec *
find_id (const RtcSdpSection *section, RtcCodecId id)
{
  for (guint i = 0; i < section->codecs->len; i++)
    if (codecs_of (section)[i].id == id)
      return &codecs_of (section)[i];
  return NULL;
}

/* RED whose blocks are all of that payload type: the only kind that is worth having. */
static const RtcCodec *
find_red_of (const RtcSdpSection *section, guint8 pt)
{
  for (guint i = 0; i < section->codecs->len; i++) {
    const RtcCodec *codec = &codecs_of (section)[i];
    gboolean fits = codec->id == RTC_CODEC_RED && codec->fmtp.red.n_pts > 0;

    for (guint k = 0; fits && k < codec->fmtp.red.n_pts; k++)
      fits = codec->fmtp.red.pts[k] == pt;
    if (fits)
      return codec;
  }
  return NULL;
}

static const RtcCodec *
find_rtx_of (const RtcSdpSection *section, const RtcCodec *codec)
{
  return codec == NULL ? NULL
                       : rtc_codec_find_rtx (codecs_of (section), section->codecs->len, codec->pt);
}

static gboolean
numbers_its_pictures (const RtcCodec *codec)
{
  return codec->id == RTC_CODEC_VP8 || codec->id == RTC_CODEC_VP9;
}

static gboolean
has_numbered_pictures (const RtcSdpSection *section)
{
  for (guint i = 0; i < section->codecs->len; i++)
    if (numbers_its_pictures (&codecs_of (section)[i]))
      return TRUE;
  return FALSE;
}

guint
rtc_jsep_list_fec (
    const RtcTransceiver *t, const RtcSdpSection *section, RtcCodec out[RTC_JSEP_MAX_FEC_CODECS])
{
  const RtcCodec *opus = find_id (section, RTC_CODEC_OPUS);
  guint n = 0;

  if (section->kind == RTC_MEDIA_AUDIO) {
    if ((t->config->fec & RTC_FEC_RED) == 0 || opus == NULL)
      return 0;
    rtc_codec_init (&out[0], RTC_CODEC_RED, 0);
    out[0].kind = RTC_MEDIA_AUDIO;
    out[0].clock_rate = opus->clock_rate;
    out[0].channels = opus->channels;
    out[0].fmtp.red.n_pts = 2;
    out[0].fmtp.red.pts[0] = out[0].fmtp.red.pts[1] = opus->pt;
    return 1;
  }
  if (section->codecs->len == 0)
    return 0;
  if ((t->config->fec & RTC_FEC_ULPFEC) != 0 && has_numbered_pictures (section)) {
    rtc_codec_init (&out[n++], RTC_CODEC_RED, 0);
    rtc_codec_init (&out[n++], RTC_CODEC_ULPFEC, 0);
  }
  if ((t->config->fec & RTC_FEC_FLEXFEC) != 0) {
    rtc_codec_init (&out[n], RTC_CODEC_FLEXFEC, 0);
    out[n].rtcp_fb = codecs_of (section)[0].rtcp_fb & (RTC_RTCP_FB_TRANSPORT_CC | RTC_RTCP_FB_REMB);
    out[n++].fmtp.flexfec.repair_window_us = REPAIR_WINDOW_US;
  }
  return n;
}

static void
answer_with (RtcSdpSection *section, const RtcCodec *theirs, RtcRtcpFbFlags rtcp_fb)
{
  RtcCodec codec = *theirs;

  codec.rtcp_fb &= rtcp_fb;
  g_array_append_val (section->codecs, codec);
}

void
rtc_jsep_answer_fec (const RtcTransceiver *t, const RtcSdpSection *remote, RtcSdpSection *section)
{
  const RtcCodec *opus = find_id (section, RTC_CODEC_OPUS), *red = NULL;
  const RtcCodec *flexfec = find_id (remote, RTC_CODEC_FLEXFEC);
  const RtcCodec *ulpfec = find_id (remote, RTC_CODEC_ULPFEC);

  if (section->codecs->len == 0)
    return;
  if (section->kind == RTC_MEDIA_AUDIO) {
    if ((t->config->fec & RTC_FEC_RED) != 0 && opus != NULL)
      red = find_red_of (remote, opus->pt);
    if (red != NULL)
      answer_with (section, red, 0);
    return;
  }
  if ((t->config->fec & RTC_FEC_FLEXFEC) != 0 && flexfec != NULL) {
    answer_with (section, flexfec, codecs_of (section)[0].rtcp_fb);
    return;
  }
  red = find_id (remote, RTC_CODEC_RED);
  if ((t->config->fec & RTC_FEC_ULPFEC) == 0 || red == NULL || ulpfec == NULL
      || !has_numbered_pictures (section))
    return;
  answer_with (section, red, 0);
  if (t->config->rtx && find_rtx_of (remote, red) != NULL)
    answer_with (section, find_rtx_of (remote, red), 0);
  answer_with (section, ulpfec, 0);
}

static void
add_receive (RtcNegotiated *n, const RtcCodec *codec)
{
  if (n->n_receive_codecs < RTC_NEGOTIATED_MAX_CODECS)
    n->receive_codecs[n->n_receive_codecs++] = *codec;
}

static void
agree_sound (const RtcSdpSection *local, const RtcSdpSection *remote, RtcNegotiated *n)
{
  const RtcCodec *ours, *theirs;

  if (n->send_codec.id != RTC_CODEC_OPUS)
    return;
  theirs = find_red_of (remote, n->send_codec.pt);
  /* Receive codecs are in the order of the send codecs, the first being the same. */
  ours = find_red_of (local, n->receive_codecs[0].pt);
  if (ours == NULL || theirs == NULL)
    return;
  n->send_red_pt = theirs->pt;
  add_receive (n, ours);
}

static void
agree_ulpfec (const RtcSdpSection *local, const RtcSdpSection *remote, RtcNegotiated *n)
{
  const RtcCodec *our_red = find_id (local, RTC_CODEC_RED);
  const RtcCodec *red = find_id (remote, RTC_CODEC_RED);
  const RtcCodec *our_ulpfec = find_id (local, RTC_CODEC_ULPFEC);
  const RtcCodec *ulpfec = find_id (remote, RTC_CODEC_ULPFEC);
  const RtcCodec *our_rtx = find_rtx_of (local, our_red), *rtx = find_rtx_of (remote, red);

  if (our_red == NULL || red == NULL || our_ulpfec == NULL || ulpfec == NULL)
    return;
  add_receive (n, our_red);
  add_receive (n, our_ulpfec);
  if (our_rtx != NULL && rtx != NULL)
    add_receive (n, our_rtx);
  if (!numbers_its_pictures (&n->send_codec))
    return;
  n->send_red_pt = red->pt;
  n->send_ulpfec_pt = ulpfec->pt;
  n->send_red_rtx_pt = our_rtx != NULL && rtx != NULL ? rtx->pt : -1;
}

void
rtc_jsep_agree_fec (const RtcSdpSection *local, const RtcSdpSection *remote, RtcNegotiated *n)
{
  const RtcCodec *ours = find_id (local, RTC_CODEC_FLEXFEC);
  const RtcCodec *theirs = find_id (remote, RTC_CODEC_FLEXFEC);

  n->send_red_pt = n->send_ulpfec_pt = n->send_red_rtx_pt = n->send_flexfec_pt = -1;
  if (!n->has_send_codec)
    return;
  if (n->kind == RTC_MEDIA_AUDIO) {
    agree_sound (local, remote, n);
    return;
  }
  agree_ulpfec (local, remote, n);
  if (ours == NULL || theirs == NULL)
    return;
  n->send_flexfec_pt = theirs->pt;
  add_receive (n, ours);
}
