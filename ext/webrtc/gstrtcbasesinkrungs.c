/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Which encoding of a stream each viewer gets: the rungs of a raw stream's ladder, and the pads
 * that are sub streams of it. rtc-rung-choice.h has the rules; here is what there is to choose
 * from, and who moves. All of it on [C] unless said otherwise. */
#include "ext/webrtc/gstrtcbasesinkprivate.h"

#include "gst/media/gstrtcpayloader.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/loop/rtc-loop.h"
#include "gst/rtc/media/rtc-send-stream.h"

#define GST_CAT_DEFAULT rtc_log_cc

/* What a viewer has left goes on for so long, for its next key frame elsewhere may take a while;
 * then it lingers as any branch does. */
#define LEAVING_TIME (3 * GST_SECOND)

/* Of a target this part is for the video that has not begun. */
#define FIRST_SHARE 0.85

/* One of the encodings that viewers of a stream may get. */
typedef struct {
  GstRtcStream *stream; /* borrowed from the list of streams */
  guint rung;           /* of that */
  RtcRung what;
} Offer;

typedef struct {
  GPtrArray *streams; /* GstRtcStream, keeps them alive */
  guint n;
  Offer offers[RTC_RUNG_MAX];
} Offers;

/* --- what there is ----------------------------------------------------------------------------
 */

static void
add_offers (Offers *self, GstRtcStream *stream, RtcCodecId codec)
{
  GstCaps *caps = gst_rtc_stream_get_caps (stream);
  RtcCodecId input = gst_rtc_payloader_find_codec (caps);
  guint64 nominal[RTC_RUNG_MAX] = { 0 };
  guint n = gst_rtc_stream_list_rungs (stream, nominal);

  for (guint i = 0; i < n && self->n < RTC_RUNG_MAX; i++) {
    GstRtcStreamEncode encode;
    Offer offer = { .stream = stream,
      .rung = i,
      .what = { .nominal_bps = nominal[i], .is_fixed = input != RTC_CODEC_UNKNOWN } };

    if (gst_rtc_stream_get_encode (stream, codec, i, &encode))
      offer.what.thin_share = encode.thin_share;
    self->offers[self->n++] = offer;
  }
  gst_clear_caps (&caps);
}

/* Encoded in another way it cannot take the place of the main stream. */
static gboolean
can_be (GstRtcStream *stream, RtcCodecId codec)
{
  GstCaps *caps = gst_rtc_stream_get_caps (stream);
  RtcCodecId input = gst_rtc_payloader_find_codec (caps);
  gboolean is_there = caps != NULL;

  gst_clear_caps (&caps);
  return is_there && (input == RTC_CODEC_UNKNOWN || input == codec);
}

static int
compare_offers (const void *a, const void *b)
{
  guint64 rate_a = ((const Offer *) a)->what.nominal_bps;
  guint64 rate_b = ((const Offer *) b)->what.nominal_bps;

  return rate_a > rate_b ? -1 : rate_a < rate_b;
}

/* Best first: what the stream itself has, then its sub streams. */
static void
list_offers (GstRtcBaseSink *self, GstRtcStream *stream, RtcCodecId codec, Offers *out)
{
  guint n_own;

  *out = (Offers){ .streams = gst_rtc_base_sink_list_streams (self) };
  add_offers (out, stream, codec);
  n_own = out->n;
  for (guint i = 0; i < out->streams->len; i++) {
    GstRtcStream *other = g_ptr_array_index (out->streams, i);

    if (gst_rtc_base_sink_find_main (self, other) == stream && can_be (other, codec))
      add_offers (out, other, codec);
  }
  qsort (out->offers + n_own, out->n - n_own, sizeof *out->offers, compare_offers);
}

GstRtcStream *
gst_rtc_base_sink_find_main (GstRtcBaseSink *self, GstRtcStream *stream)
{
  gchar *name = gst_rtc_stream_get_main (stream);
  GstRtcStream *found = NULL;

  if (name == NULL)
    return NULL;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len && found == NULL; i++) {
    GstRtcStream *other = g_ptr_array_index (self->streams, i);

    if (other != stream && g_strcmp0 (gst_rtc_stream_get_name (other), name) == 0
        && gst_rtc_stream_get_kind (other) == gst_rtc_stream_get_kind (stream))
      found = other;
  }
  g_mutex_unlock (&self->lock);
  g_free (name);
  return found;
}

/* --- who gets what ----------------------------------------------------------------------------
 */

/* Statistics are read by other threads. Takes stream. */
static void
set_sent (GstRtcBaseSink *self, GstRtcBaseSinkUse *use, RtcCodecId codec, GstRtcStream *stream,
    guint rung)
{
  GstRtcStream *before;

  g_mutex_lock (&self->lock);
  before = use->sent;
  use->codec = codec;
  use->sent = stream;
  use->rung = rung;
  g_mutex_unlock (&self->lock);
  gst_rtc_stream_unref (before);
}

static void
release_left (GstRtcBaseSinkUse *use)
{
  if (use->left == NULL)
    return;
  gst_rtc_stream_release (use->left, use->left_codec, use->left_rung);
  g_clear_pointer (&use->left, gst_rtc_stream_unref);
}

void
gst_rtc_base_sink_release_use (GstRtcBaseSinkUse *use)
{
  release_left (use);
  if (use->codec != RTC_CODEC_UNKNOWN)
    gst_rtc_stream_release (use->sent, use->codec, use->rung);
  g_clear_pointer (&use->sent, gst_rtc_stream_unref);
}

void
gst_rtc_base_sink_stop_use (
    GstRtcBaseSink *self, GstRtcSession *session, guint transceiver, GstRtcBaseSinkUse *use)
{
  if (use->codec == RTC_CODEC_UNKNOWN)
    return;
  gst_rtc_session_attach (session, transceiver, NULL);
  release_left (use);
  gst_rtc_stream_release (use->sent, use->codec, use->rung);
  set_sent (self, use, RTC_CODEC_UNKNOWN, NULL, 0);
}

static RtcSource *
acquire (GstRtcBaseSink *self, GstRtcSession *session, const Offer *offer, RtcCodecId codec,
    guint64 share_bps, GError **error)
{
  guint start = gst_rtc_base_sink_get_start_bitrate (self);

  if (share_bps > 0)
    start = (guint) MIN (G_MAXUINT, share_bps);

  if (offer->what.nominal_bps > 0)
    start = (guint) MIN (start, offer->what.nominal_bps);
  return gst_rtc_stream_acquire (
      offer->stream, codec, offer->rung, start, gst_rtc_session_get_id (session), error);
}

static void
copy_rungs (const Offers *offers, RtcRung *rungs)
{
  for (guint i = 0; i < offers->n; i++)
    rungs[i] = offers->offers[i].what;
}

static void
tell_layers (GstRtcSession *session, guint transceiver, const RtcRungPlace *place)
{
  gst_rtc_session_set_temporal (
      session, transceiver, place->is_thin ? 0 : RTC_SEND_STREAM_ALL_LAYERS);
}

gboolean
gst_rtc_base_sink_start_use (GstRtcBaseSink *self, GstRtcSession *session, guint transceiver,
    GstRtcBaseSinkUse *use, RtcCodecId codec, GError **error)
{
  guint64 rate = (guint64) (FIRST_SHARE * (gdouble) gst_rtc_base_sink_get_start_bitrate (self));
  RtcRung rungs[RTC_RUNG_MAX];
  RtcRungPlace place = { 0 };
  RtcRungChoice choice;
  RtcSource *source;
  const Offer *offer;
  Offers offers;

  list_offers (self, use->stream, codec, &offers);
  copy_rungs (&offers, rungs);
  rtc_rung_choice_init (&choice);
  rtc_rung_choice_update (
      &choice, rtc_loop_now (), rungs, offers.n, offers.n > 1 ? rate : 0, &place);
  offer = &offers.offers[place.rung];
  source = acquire (self, session, offer, codec, 0, error);
  if (source != NULL) {
    tell_layers (session, transceiver, &place);
    gst_rtc_session_attach (session, transceiver, source);
    rtc_source_unref (source);
    release_left (use);
    if (use->codec != RTC_CODEC_UNKNOWN)
      gst_rtc_stream_release (use->sent, use->codec, use->rung);
    set_sent (self, use, codec, gst_rtc_stream_ref (offer->stream), offer->rung);
    g_mutex_lock (&self->lock);
    use->choice = choice;
    g_mutex_unlock (&self->lock);
  }
  g_ptr_array_unref (offers.streams);
  return source != NULL;
}

/* Goes over to offer. FALSE: it cannot be made. */
static gboolean
move_use (GstRtcBaseSink *self, GstRtcSession *session, guint transceiver, GstRtcBaseSinkUse *use,
    const Offer *offer, gboolean hurry)
{
  RtcCodecId codec = use->codec;
  GError *error = NULL;
  RtcSource *source;

  /* Making an encoder takes a while, in which too much would be sent. */
  if (hurry)
    gst_rtc_session_leave (session, transceiver, TRUE);
  source = acquire (self, session, offer, codec, use->share_bps, &error);
  if (source == NULL) {
    if (hurry)
      gst_rtc_session_leave (session, transceiver, FALSE);
    GST_ELEMENT_WARNING (self, STREAM, ENCODE,
        ("%s, rung %u: %s", gst_rtc_stream_get_name (offer->stream), offer->rung, error->message),
        (NULL));
    g_error_free (error);
    return FALSE;
  }
  GST_INFO_OBJECT (self,
      "%s gets %s rung %u instead of %s rung %u: its share is %" G_GUINT64_FORMAT " bit/s%s",
      gst_rtc_session_get_id (session), gst_rtc_stream_get_name (offer->stream), offer->rung,
      gst_rtc_stream_get_name (use->sent), use->rung, use->share_bps, hurry ? ", at once" : "");
  gst_rtc_session_attach_next (session, transceiver, source, hurry);
  rtc_source_unref (source);
  release_left (use);
  use->left = gst_rtc_stream_ref (use->sent);
  use->left_codec = codec;
  use->left_rung = use->rung;
  use->left_at = rtc_loop_now ();
  set_sent (self, use, codec, gst_rtc_stream_ref (offer->stream), offer->rung);
  return TRUE;
}

/* Where in the list is what the use gets; n: it is gone. */
static guint
find_current (const Offers *offers, const GstRtcBaseSinkUse *use)
{
  guint i = 0;

  while (i < offers->n
         && (offers->offers[i].stream != use->sent || offers->offers[i].rung != use->rung))
    i++;
  return i;
}

static void
choose (GstRtcBaseSink *self, GstRtcSession *session, guint transceiver, GstRtcBaseSinkUse *use,
    GstClockTime now)
{
  RtcRungChoice choice = use->choice;
  RtcRung rungs[RTC_RUNG_MAX];
  RtcRungPlace place;
  Offers offers;
  guint current;

  list_offers (self, use->stream, use->codec, &offers);
  copy_rungs (&offers, rungs);
  current = find_current (&offers, use);
  /* Sub streams come and go, and their order may change with their rates. */
  if (current < offers.n)
    choice.rung = current;
  rtc_rung_choice_update (&choice, now, rungs, offers.n, use->share_bps, &place);
  if (place.is_thin != use->choice.is_thin)
    tell_layers (session, transceiver, &place);
  if (place.rung != current
      && !move_use (self, session, transceiver, use, &offers.offers[place.rung],
          place.hurry && current < offers.n)
      && current < offers.n)
    choice.rung = current;
  g_mutex_lock (&self->lock);
  use->choice = choice;
  g_mutex_unlock (&self->lock);
  g_ptr_array_unref (offers.streams);
}

/* Of no stream there is more than one encoding: the usual case. */
static gboolean
is_plain (GstRtcBaseSink *self)
{
  GPtrArray *streams = gst_rtc_base_sink_list_streams (self);
  gboolean plain = TRUE;

  for (guint i = 0; i < streams->len && plain; i++) {
    GstRtcStream *stream = g_ptr_array_index (streams, i);
    gchar *name = gst_rtc_stream_get_main (stream);

    plain = name == NULL && gst_rtc_stream_list_rungs (stream, NULL) == 1;
    g_free (name);
  }
  g_ptr_array_unref (streams);
  return plain;
}

void
gst_rtc_base_sink_choose_rungs (GstRtcBaseSink *self, GstClockTime now)
{
  GList *sessions;

  if (is_plain (self))
    return;
  sessions = gst_rtc_webrtc_base_list_sessions (GST_RTC_WEBRTC_BASE (self));
  for (GList *l = sessions; l != NULL; l = l->next) {
    GstRtcBaseSinkViewer *viewer;

    /* An application that is asked about a new encoder may end sessions: look each time. */
    for (guint i = 0;; i++) {
      GstRtcBaseSinkUse *use;

      viewer = g_hash_table_lookup (self->viewers, gst_rtc_session_get_id (l->data));
      if (viewer == NULL || i >= viewer->uses->len)
        break;
      use = &g_array_index (viewer->uses, GstRtcBaseSinkUse, i);
      if (use->left != NULL && now - MIN (now, use->left_at) > LEAVING_TIME)
        release_left (use);
      if (use->codec != RTC_CODEC_UNKNOWN
          && gst_rtc_stream_get_kind (use->stream) == RTC_MEDIA_VIDEO)
        choose (self, l->data, i, use, now);
    }
  }
  g_list_free_full (sessions, g_object_unref);
}

void
gst_rtc_base_sink_leave_stream (GstRtcBaseSink *self, GstRtcSession *session, guint transceiver,
    GstRtcBaseSinkUse *use, GstRtcStream *stream)
{
  Offers offers;
  guint i = 0;

  if (use->left == stream)
    release_left (use);
  if (use->sent != stream)
    return;
  list_offers (self, use->stream, use->codec, &offers);
  while (i < offers.n && offers.offers[i].stream == stream)
    i++;
  if (i < offers.n && move_use (self, session, transceiver, use, &offers.offers[i], TRUE))
    release_left (use);
  else
    gst_rtc_base_sink_stop_use (self, session, transceiver, use);
  g_ptr_array_unref (offers.streams);
}
