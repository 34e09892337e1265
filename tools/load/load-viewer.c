/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/load-viewer.h"

#include <string.h>

#include "ext/dtls/rtc-dtls.h"
#include "ext/srtp/rtc-srtp-openssl.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"
#include "tools/load/full-ice.h"
#include "tools/load/load-link.h"
#include "tools/load/load-offer.h"
#include "tools/load/load-srtp.h"
#include "tools/load/load-stamp.h"

/* A browser's jitter buffer; what comes later is not asked for. */
#define RECEIVE_LATENCY (300 * GST_MSECOND)

struct _LoadCrowd {
  RtcLoop *loop;
  LoadCrowdConfig config;
  LoadWire *wire;
  LoadLinks *links;
  RtcDtlsIdentity *identity;
  RtcDtlsFactory *dtls;
  RtcSrtpFactory *srtp;
  guint n_made;
  RtcKeyFrameFormat formats[128]; /* of pictures, by payload type */

  /* [N] from here on. */
  GPtrArray *viewers; /* LoadViewer *, not owned */
  guint n_playing, n_failed;
  gchar failure[256];
  gboolean is_counting;
  GstClockTime began; /* counting */
  guint n_late;       /* first packets of late viewers */
  LoadFigures figures;
};

struct _LoadViewer {
  LoadCrowd *crowd;
  RtcPeerId id;
  FullIceFactory ice;
  LoadSrtpFactory srtp;
  LoadPort port;
  guint group;
  LoadLink *link;         /* (nullable) */
  LoadPictures *pictures; /* NULL: nobody asks what they are like */
  GstClockTime posted;

  /* [N] */
  gboolean is_playing, is_failed, is_late, has_picture;
  LoadTrack tracks[LOAD_N_TRACKS], before[LOAD_N_TRACKS]; /* before: when counting began */
  LoadGroupMark mark;                                     /* the same of pictures */
};

/* --- what a viewer sees [N] --- */

static void
viewer_fail (LoadViewer *self, const gchar *why)
{
  LoadCrowd *crowd = self->crowd;

  if (self->is_failed)
    return;
  self->is_failed = TRUE;
  crowd->n_failed++;
  g_strlcpy (crowd->failure, why, sizeof crowd->failure);
}

static void
viewer_note_first (LoadViewer *self, GstClockTime time)
{
  LoadCrowd *crowd = self->crowd;

  if (self->is_playing)
    return;
  self->is_playing = TRUE;
  crowd->n_playing++;
  if (self->group > 0)
    return;
  /* Those before do not count any more. */
  if (self->is_late && crowd->n_late++ == 0) {
    memset (&crowd->figures.first_packet, 0, sizeof crowd->figures.first_packet);
    memset (&crowd->figures.first_picture, 0, sizeof crowd->figures.first_picture);
  }
  if (self->is_late || crowd->n_late == 0)
    load_spread_add (&crowd->figures.first_packet, time > self->posted ? time - self->posted : 0);
}

/* A picture has ended: it is the first thing to be seen if none of it is missing. */
static void
viewer_note_picture (LoadViewer *self, GstClockTime time)
{
  const LoadTrack *video = &self->tracks[LOAD_VIDEO];

  if (self->has_picture || video->packets < video->highest - video->first + 1)
    return;
  self->has_picture = TRUE;
  if (self->group > 0)
    return;
  if (self->is_late || self->crowd->n_late == 0)
    load_spread_add (
        &self->crowd->figures.first_picture, time > self->posted ? time - self->posted : 0);
}

/* When it arrived is the kernel's time, so that how busy this program is does not count. */
static void
viewer_note_latency (LoadViewer *self, const RtcOutput *output, const RtcRtpHeader *header)
{
  LoadFigures *figures = &self->crowd->figures;
  gboolean is_video = output->mline == LOAD_VIDEO;
  const guint8 *payload = output->packet->data + header->payload_offset;
  guint64 given, arrived;

  if ((is_video && !header->marker) || !load_stamp_read (payload, header->payload_len, &given))
    return;
  arrived = (guint64) g_get_real_time () * GST_USECOND - (rtc_loop_now () - output->packet->time);
  load_spread_add (is_video ? &figures->picture_latency : &figures->sound_latency,
      arrived > given ? arrived - given : 0);
}

static void
viewer_count (LoadViewer *self, const RtcOutput *output)
{
  LoadCrowd *crowd = self->crowd;
  GstClockTime interval;
  RtcRtpHeader header;

  if (output->mline >= LOAD_N_TRACKS
      || rtc_rtp_header_parse (&header, output->packet->data, output->packet->len) != RTC_OK)
    return;
  viewer_note_first (self, output->packet->time);
  load_track_add (&self->tracks[output->mline], output->packet->time, header.seq,
      output->mline == LOAD_VIDEO && header.marker, &interval);
  if (output->mline == LOAD_VIDEO && header.marker)
    viewer_note_picture (self, output->packet->time);
  if (output->mline == LOAD_VIDEO && self->pictures != NULL)
    load_pictures_add (self->pictures, output->packet->time, crowd->formats[header.payload_type],
        &header, output->packet->data);
  if (crowd->is_counting && !self->is_late && self->group == 0 && interval != GST_CLOCK_TIME_NONE)
    load_spread_add (&crowd->figures.interval, interval);
  if (crowd->is_counting && self->group == 0 && !self->srtp.counts_only)
    viewer_note_latency (self, output, &header);
}

static void
viewer_handle_output (RtcPeer *peer, RtcOutput *output, gpointer data)
{
  LoadViewer *self = data;

  if (output->type == RTC_OUTPUT_RTP)
    viewer_count (self, output);
  else if (output->type == RTC_OUTPUT_FAILED)
    viewer_fail (self, output->reason);
}

static void
viewer_arrive (
    gpointer data, GstClockTime time, const RtcAddress *from, const guint8 *bytes, gsize len)
{
  LoadViewer *self = data;

  if (self->ice.last != NULL)
    full_ice_handle_datagram (self->ice.last, time, from, bytes, len);
}

static void
viewer_receive (
    gpointer data, GstClockTime time, const RtcAddress *from, const guint8 *bytes, gsize len)
{
  LoadViewer *self = data;

  if (self->link != NULL)
    load_link_receive (self->link, time, from, bytes, len);
  else
    viewer_arrive (self, time, from, bytes, len);
}

static void
viewer_leave_link (
    gpointer data, GstClockTime now, const RtcAddress *to, const guint8 *bytes, gsize len)
{
  LoadViewer *self = data;

  load_wire_send (self->crowd->wire, &self->port, to, bytes, len);
}

static void
viewer_transmit (
    gpointer data, const RtcAddress *from, const RtcAddress *to, const guint8 *bytes, gsize len)
{
  LoadViewer *self = data;

  if (self->link != NULL)
    load_link_send (self->link, to, bytes, len);
  else
    load_wire_send (self->crowd->wire, &self->port, to, bytes, len);
}

/* --- coming and going --- */

static void
viewer_configure (LoadViewer *self, RtcPeerConfig *config)
{
  LoadCrowd *crowd = self->crowd;

  config->limits = (RtcLimits) RTC_LIMITS_DEFAULT;
  config->transport_cc = !crowd->config.no_feedback;
  config->receive_latency = RECEIVE_LATENCY;
  config->ice = &self->ice.parent;
  config->dtls = crowd->dtls;
  config->srtp = &self->srtp.parent;
  rtc_loop_reserve_peer (crowd->loop, config);
  config->ice_config.max_remote_candidates = config->limits.max_remote_candidates;
  self->id = config->id;
}

/* [N]; NULL with *error. (transfer full) */
static gchar *
viewer_make_offer (LoadViewer *self, RtcPeer *peer, GstClockTime now, GError **error)
{
  gchar *sdp = NULL, *offer;

  if (rtc_peer_create_offer (peer, now, &sdp, error) != RTC_OK)
    return NULL;
  if (rtc_peer_set_local_description (peer, now, RTC_SDP_TYPE_OFFER, sdp, error) != RTC_OK)
    g_clear_pointer (&sdp, g_free);
  /* The one candidate is there with the first turn. */
  rtc_loop_turn_peer (self->crowd->loop, peer);
  offer = sdp != NULL ? rtc_peer_get_local_description (peer) : NULL;
  g_free (sdp);
  return offer;
}

static void
viewer_open_link (LoadViewer *self)
{
  LoadCrowd *crowd = self->crowd;
  const LoadGroup *group = &crowd->config.groups[self->group];
  LoadLinkFuncs funcs = { viewer_arrive, viewer_leave_link, self };

  if (group->spec != NULL)
    self->link = load_link_open (crowd->links, self->id, &group->link, &funcs);
  if (!crowd->config.watches_pictures)
    return;
  self->pictures = g_new (LoadPictures, 1);
  load_pictures_init (self->pictures);
}

typedef struct {
  LoadViewer *viewer;
  gchar *offer;
  GError *error;
} ViewerStart;

static void
viewer_start (gpointer data)
{
  ViewerStart *start = data;
  LoadViewer *self = start->viewer;
  LoadCrowd *crowd = self->crowd;
  GstClockTime now = rtc_loop_now ();
  RtcPeerConfig config = { 0 };
  RtcPeer *peer;

  if (!load_wire_open (crowd->wire, &self->port, &start->error))
    return;
  full_ice_factory_init (&self->ice, &self->port.address);
  self->ice.send = viewer_transmit;
  self->ice.data = self;
  self->ice.pool = rtc_loop_get_pool (crowd->loop);
  viewer_configure (self, &config);
  peer = rtc_peer_new (&config, now, &start->error);
  if (peer == NULL) {
    rtc_loop_remove_peer (crowd->loop, self->id);
    load_wire_close (crowd->wire, &self->port);
    return;
  }
  load_offer_fill (peer, crowd->config.video, self->srtp.is_media, crowd->formats);
  viewer_open_link (self);
  rtc_loop_add_peer (crowd->loop, peer, viewer_handle_output, self, g_free);
  self->is_late = crowd->is_counting;
  self->mark.time = now;
  g_ptr_array_add (crowd->viewers, self);
  start->offer = viewer_make_offer (self, peer, now, &start->error);
}

LoadViewer *
load_viewer_new (LoadCrowd *crowd, guint group, gchar **offer, GError **error)
{
  LoadViewer *self = g_new0 (LoadViewer, 1);
  ViewerStart start = { self, NULL, NULL };
  guint every = crowd->config.decrypt_every;

  self->crowd = crowd;
  self->group = group;
  self->port.func = viewer_receive;
  self->port.data = self;
  load_srtp_factory_init (&self->srtp, crowd->srtp);
  self->srtp.counts_only =
      !crowd->config.watches_pictures && (every == 0 || crowd->n_made++ % every != 0);
  rtc_loop_call (crowd->loop, viewer_start, &start);
  *offer = start.offer;
  if (start.offer != NULL)
    return self;
  g_propagate_error (error, start.error);
  load_viewer_free (self);
  return NULL;
}

typedef struct {
  LoadViewer *viewer;
  const gchar *sdp, *why;
  RtcResult result;
  GError *error;
} ViewerCall;

static void
viewer_answer (gpointer data)
{
  ViewerCall *call = data;
  RtcLoop *loop = call->viewer->crowd->loop;
  RtcPeer *peer = rtc_loop_find_peer (loop, call->viewer->id);

  call->result = rtc_peer_set_remote_description (
      peer, rtc_loop_now (), RTC_SDP_TYPE_ANSWER, call->sdp, &call->error);
  rtc_loop_turn_peer (loop, peer);
  if (call->result != RTC_OK)
    viewer_fail (call->viewer, call->error->message);
}

gboolean
load_viewer_set_answer (LoadViewer *self, GstClockTime posted, const gchar *sdp, GError **error)
{
  ViewerCall call = { .viewer = self, .sdp = sdp };

  self->posted = posted;
  rtc_loop_call (self->crowd->loop, viewer_answer, &call);
  if (call.error != NULL)
    g_propagate_error (error, call.error);
  return call.result == RTC_OK;
}

static void
viewer_refuse (gpointer data)
{
  ViewerCall *call = data;

  viewer_fail (call->viewer, call->why);
}

void
load_viewer_refuse (LoadViewer *self, const gchar *why)
{
  ViewerCall call = { .viewer = self, .why = why };

  rtc_loop_call (self->crowd->loop, viewer_refuse, &call);
}

static void
viewer_sum (LoadViewer *self, LoadCounts *sum)
{
  for (guint i = 0; i < LOAD_N_TRACKS; i++)
    load_track_sum (&self->tracks[i], &self->before[i], sum);
}

static void
viewer_leave (gpointer data)
{
  LoadViewer *self = data;
  LoadCrowd *crowd = self->crowd;
  RtcPeer *peer = rtc_loop_find_peer (crowd->loop, self->id);

  /* Its goodbye takes no time. */
  g_clear_pointer (&self->link, load_link_close);
  if (peer != NULL) {
    rtc_peer_close (peer, rtc_loop_now ());
    rtc_loop_turn_peer (crowd->loop, peer);
    rtc_loop_remove_peer (crowd->loop, self->id);
  }
  if (crowd->is_counting && self->group == 0)
    viewer_sum (self, &crowd->figures.counts);
  g_clear_pointer (&self->pictures, g_free);
  crowd->n_playing -= self->is_playing;
  g_ptr_array_remove_fast (crowd->viewers, self);
  load_wire_close (crowd->wire, &self->port);
  /* Else the loop frees self after the peer, which knows the factories in it. */
  if (peer == NULL)
    g_free (self);
}

void
load_viewer_free (LoadViewer *self)
{
  rtc_loop_call (self->crowd->loop, viewer_leave, self);
}

/* --- the crowd --- */

static void
crowd_read_wire (gpointer data)
{
  load_wire_read (data);
}

static void
crowd_open (gpointer data)
{
  LoadCrowd *self = data;

  self->wire = load_wire_new (self->loop, &self->config.wire);
  self->links = load_links_new (self->loop, crowd_read_wire, self->wire);
}

static void
crowd_close (gpointer data)
{
  LoadCrowd *self = data;

  load_links_free (self->links);
  load_wire_free (self->wire);
}

LoadCrowd *
load_crowd_new (const LoadCrowdConfig *config, GError **error)
{
  LoadCrowd *self = g_new0 (LoadCrowd, 1);

  self->config = *config;
  self->viewers = g_ptr_array_new ();
  self->loop = rtc_loop_new ();
  rtc_loop_call (self->loop, crowd_open, self);
  self->identity = rtc_dtls_identity_new (error);
  self->srtp = rtc_srtp_openssl_factory_new ();
  if (self->identity != NULL)
    self->dtls = rtc_dtls_factory_new (self->identity, error);
  if (self->dtls != NULL)
    return self;
  load_crowd_free (self);
  return NULL;
}

void
load_crowd_free (LoadCrowd *self)
{
  if (self == NULL)
    return;
  rtc_loop_call (self->loop, crowd_close, self);
  rtc_loop_unref (self->loop);
  rtc_srtp_factory_free (self->srtp);
  rtc_dtls_factory_free (self->dtls);
  g_clear_pointer (&self->identity, rtc_dtls_identity_unref);
  g_ptr_array_unref (self->viewers);
  g_free (self);
}

typedef struct {
  LoadCrowd *crowd;
  gpointer out;
} CrowdCall;

static void
crowd_get_state (gpointer data)
{
  LoadCrowd *self = ((CrowdCall *) data)->crowd;
  LoadCrowdState *out = ((CrowdCall *) data)->out;

  out->viewers = self->viewers->len;
  out->playing = self->n_playing;
  out->failed = self->n_failed;
  g_strlcpy (out->failure, self->failure, sizeof out->failure);
}

void
load_crowd_get_state (LoadCrowd *self, LoadCrowdState *out)
{
  CrowdCall call = { self, out };

  rtc_loop_call (self->loop, crowd_get_state, &call);
}

static void
crowd_get_wire (gpointer data)
{
  load_wire_get_stats (((CrowdCall *) data)->crowd->wire, ((CrowdCall *) data)->out);
}

void
load_crowd_get_wire (LoadCrowd *self, LoadWireStats *out)
{
  CrowdCall call = { self, out };

  rtc_loop_call (self->loop, crowd_get_wire, &call);
}

/* Counting begins. */
static void
viewer_begin (LoadViewer *self, GstClockTime now)
{
  memcpy (self->before, self->tracks, sizeof self->before);
  self->mark.time = now;
  if (self->pictures == NULL)
    return;
  load_pictures_forget_gaps (self->pictures);
  self->mark.pictures = self->pictures->figures.shown;
  self->mark.sizes = self->pictures->figures.sizes;
  self->mark.skipped = self->pictures->figures.skipped;
}

/* First packets so far stay: they are all there are unless others join. */
static void
crowd_begin (gpointer data)
{
  LoadCrowd *self = data;

  memset (&self->figures.interval, 0, sizeof self->figures.interval);
  self->is_counting = TRUE;
  for (guint i = 0; i < self->viewers->len; i++)
    viewer_begin (g_ptr_array_index (self->viewers, i), rtc_loop_now ());
}

void
load_crowd_begin (LoadCrowd *self)
{
  rtc_loop_call (self->loop, crowd_begin, self);
}

static void
crowd_read (gpointer data)
{
  LoadCrowd *self = ((CrowdCall *) data)->crowd;
  LoadFigures *out = ((CrowdCall *) data)->out;

  memcpy (out, &self->figures, sizeof *out);
  for (guint i = 0; i < self->viewers->len; i++) {
    LoadViewer *viewer = g_ptr_array_index (self->viewers, i);

    if (viewer->group == 0)
      viewer_sum (viewer, &out->counts);
  }
}

void
load_crowd_read (LoadCrowd *self, LoadFigures *out)
{
  CrowdCall call = { self, out };

  rtc_loop_call (self->loop, crowd_read, &call);
}

static void
crowd_read_groups (gpointer data)
{
  LoadCrowd *self = ((CrowdCall *) data)->crowd;
  LoadGroupFigures *groups = ((CrowdCall *) data)->out;
  GstClockTime now = rtc_loop_now ();

  memset (groups, 0, LOAD_MAX_GROUPS * sizeof *groups);
  for (guint i = 0; i < self->viewers->len; i++) {
    LoadViewer *viewer = g_ptr_array_index (self->viewers, i);
    LoadGroupFigures *group = &groups[viewer->group];

    group->viewers++;
    group->playing += viewer->is_playing;
    viewer_sum (viewer, &group->counts);
    if (viewer->link != NULL)
      group->dropped += load_link_count_dropped (viewer->link);
    if (viewer->pictures != NULL)
      load_group_figures_add (group, viewer->pictures, &viewer->mark, now);
  }
}

void
load_crowd_read_groups (LoadCrowd *self, LoadGroupFigures groups[LOAD_MAX_GROUPS])
{
  CrowdCall call = { self, groups };

  rtc_loop_call (self->loop, crowd_read_groups, &call);
}
