/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcstreamprivate.h"

#include "gst/media/gstrtcpayloader.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/rtp/rtc-key-frame.h"

#define GST_CAT_DEFAULT rtc_log_media

/* Packets kept for retransmission: as long as browsers ask for them, up to 6 Mbit/s; of more, so
 * many, a second of 20 Mbit/s and 2.5 MB at RTC_PAYLOADER_MTU. */
#define HISTORY_PACKETS 2048
#define HISTORY_AGE (3 * GST_SECOND)

/* Shortest gap between two key frames made for viewers; requests in between are merged. */
#define KEY_FRAME_INTERVAL (300 * GST_MSECOND)

/* --- branches, [C] ---------------------------------------------------------------------------- */

GstRtcStreamBranch *
gst_rtc_stream_find_branch (GstRtcStream *self, RtcCodecId codec, guint rung)
{
  for (guint i = 0; i < self->branches->len; i++) {
    GstRtcStreamBranch *branch = g_ptr_array_index (self->branches, i);

    if (branch->codec == codec && branch->rung == rung)
      return branch;
  }
  return NULL;
}

void
gst_rtc_stream_set_replay (GstRtcStream *self, gboolean replay_pictures)
{
  g_atomic_int_set (&self->replay_pictures, replay_pictures);
}

static void
stop_linger (GstRtcStreamBranch *branch)
{
  if (branch->linger == NULL)
    return;
  g_source_destroy (branch->linger);
  g_clear_pointer (&branch->linger, g_source_unref);
}

/* Out of the bin; it is unlinked, or nothing streams. */
static void
dismantle (GstRtcStream *self, GstRtcStreamBranch *branch)
{
  stop_linger (branch);
  gst_element_set_locked_state (branch->element, TRUE);
  gst_element_set_state (branch->element, GST_STATE_NULL);
  gst_bin_remove (self->bin, branch->element);
  gst_element_release_request_pad (self->tee, branch->tee_pad);
  gst_object_unref (branch->tee_pad);
  gst_object_unref (branch->element);
  rtc_source_unref (branch->source);
  g_free (branch);
}

typedef struct {
  GstRtcStreamHeld *held;
  GstRtcStreamBranch *branch;
} Removal;

static void
run_dismantle (gpointer data)
{
  Removal *removal = data;

  dismantle (removal->held->stream, removal->branch);
}

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  gst_rtc_stream_held_free (removal->held);
  g_free (removal);
}

/* Between two buffers: the branch gets nothing more; the rest is done on [C]. */
static GstPadProbeReturn
on_idle (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Removal *removal = data;
  RtcLoop *loop = gst_rtc_stream_ref_loop (removal->held->stream);
  GstPad *peer = gst_pad_get_peer (pad);

  if (peer != NULL) {
    gst_pad_unlink (pad, peer);
    gst_object_unref (peer);
  }
  if (loop != NULL) {
    rtc_loop_post_control (loop, run_dismantle, removal, removal_free);
    rtc_loop_unref (loop);
  } else {
    /* The stream is being stopped and [C] is gone or going: its last words. */
    run_dismantle (removal);
    removal_free (removal);
  }
  return GST_PAD_PROBE_REMOVE;
}

/* Takes branch out of the list and, as soon as its pad is idle, out of the pipeline. */
static void
remove_branch (GstRtcStream *self, GstRtcStreamBranch *branch)
{
  GstRtcStreamHeld *held = gst_rtc_stream_held_new (self);
  Removal *removal;

  stop_linger (branch);
  g_ptr_array_remove (self->branches, branch);
  gst_rtc_stream_withdraw_encode (self, branch->codec, branch->rung);
  if (held == NULL) {
    dismantle (self, branch);
    return;
  }
  GST_INFO ("%s: branch for %s, rung %u goes", self->name, rtc_codec_info (branch->codec)->name,
      branch->rung);
  removal = g_new (Removal, 1);
  *removal = (Removal){ held, branch };
  gst_pad_add_probe (branch->tee_pad, GST_PAD_PROBE_TYPE_IDLE, on_idle, removal, NULL);
}

static gboolean
on_linger (gpointer data)
{
  GstRtcStreamBranch *branch = data;

  remove_branch (branch->stream, branch);
  return G_SOURCE_REMOVE;
}

static void
start_linger (GstRtcStream *self, GstRtcStreamBranch *branch)
{
  RtcLoop *loop = gst_rtc_stream_ref_loop (self);

  if (loop == NULL)
    return;
  branch->linger = g_timeout_source_new (GST_RTC_STREAM_LINGER_MS);
  g_source_set_callback (branch->linger, on_linger, branch, NULL);
  g_source_attach (branch->linger, rtc_loop_get_control_context (loop));
  rtc_loop_unref (loop);
}

static void
on_key_frame_needed (gpointer data)
{
  GstRtcBranch *branch = g_weak_ref_get (data);

  if (branch == NULL)
    return;
  gst_rtc_branch_request_key_frame (branch);
  gst_object_unref (branch);
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static gboolean
push_packet (gpointer data, RtcPacket *packet)
{
  return rtc_source_push (data, packet);
}

static void
push_packet_loss (gpointer data)
{
  rtc_source_push_loss (data);
}

static void
push_packets_end (gpointer data)
{
  rtc_source_push_end (data);
}

static void
unref_source (gpointer data)
{
  rtc_source_unref (data);
}

static RtcSource *
make_source (GstRtcStream *self, RtcLoop *loop, RtcCodecId codec, guint rung, GWeakRef *branch)
{
  const RtcCodecInfo *info = rtc_codec_info (codec);
  gboolean is_video = self->kind == RTC_MEDIA_VIDEO;
  RtcSourceConfig config = { .fanout = { .kind = self->kind,
                                 .clock_rate = info->clock_rate,
                                 .history_packets = is_video ? HISTORY_PACKETS : 0,
                                 .history_age = HISTORY_AGE,
                                 .key_frame_interval = KEY_FRAME_INTERVAL,
                                 .wait_for_key_frame = is_video,
                                 .replay_pictures =
                                     is_video && g_atomic_int_get (&self->replay_pictures) } };

  config.fanout.format = rtc_key_frame_format_from_name (info->name);
  g_snprintf (
      config.fanout.name, sizeof config.fanout.name, "%.40s/%s/%u", self->name, info->name, rung);
  return rtc_source_new (loop, &config, on_key_frame_needed, branch, weak_ref_free);
}

/* What a branch was made for; anything else must not reach it, since the error would go upstream.
 * Shared with a pad's probe, which may outlive the branch. */
typedef struct {
  GstCaps *input;
  gboolean is_muted; /* [S] */
} Guard;

static void
guard_free (gpointer data)
{
  gst_caps_unref (((Guard *) data)->input);
  g_free (data);
}

static GstPadProbeReturn
on_branch_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Guard *guard = data;

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
    GstCaps *caps;

    if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
      return GST_PAD_PROBE_OK;
    gst_event_parse_caps (event, &caps);
    guard->is_muted = !gst_rtc_payloader_is_same_input (caps, guard->input);
  }
  return guard->is_muted ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static void
guard_pad (GstPad *pad, GstCaps *input)
{
  Guard *guard = g_new0 (Guard, 1);

  guard->input = gst_caps_ref (input);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, on_branch_data, guard, guard_free);
}

/* Into the bin, linked and running. FALSE when it does not start; then nothing is left of it. */
static gboolean
plug_in (GstRtcStream *self, GstRtcStreamBranch *branch, GstCaps *input)
{
  GstPad *sink = gst_element_get_static_pad (branch->element, "sink");
  gboolean ok;

  gst_bin_add (self->bin, branch->element);
  ok = gst_element_sync_state_with_parent (branch->element);
  branch->tee_pad = gst_rtc_tee_request_pad (&self->pads);
  guard_pad (branch->tee_pad, input);
  ok = ok && gst_pad_link (branch->tee_pad, sink) == GST_PAD_LINK_OK;
  if (ok)
    gst_rtc_tee_end_pad (&self->pads, branch->tee_pad);
  gst_object_unref (sink);
  return ok;
}

static GstRtcStreamBranch *
make_branch (GstRtcStream *self, RtcLoop *loop, RtcCodecId codec, guint rung, guint start_bitrate,
    const gchar *session_id, gpointer owner, GstCaps *caps, GError **error)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);
  RtcSource *source = make_source (self, loop, codec, rung, weak);
  GstRtcBranchConfig config = { .codec = codec,
    .layers = gst_rtc_stream_wants_layers (self, rung),
    .start_bitrate = start_bitrate,
    .output = {
        push_packet, push_packet_loss, push_packets_end, rtc_source_ref (source), unref_source } };
  gchar *name = g_strdup_printf ("%s-%u", self->name, self->n_made++);
  GstElement *element;
  GstRtcStreamBranch *branch;

  config.is_raw = gst_rtc_payloader_find_codec (caps) == RTC_CODEC_UNKNOWN;
  config.is_rtp = gst_rtc_payloader_is_rtp (caps);
  if (!config.is_rtp)
    config.filter = self->funcs.make_filter (self, codec, session_id, owner);
  element = gst_rtc_branch_new (name, &config, error);
  g_free (name);
  if (element == NULL) {
    rtc_source_unref (source);
    return NULL;
  }
  g_weak_ref_init (weak, element);
  branch = g_new0 (GstRtcStreamBranch, 1);
  *branch = (GstRtcStreamBranch){ .stream = self,
    .codec = codec,
    .rung = rung,
    .element = gst_object_ref_sink (element),
    .source = source };
  gst_rtc_stream_init_rung (branch);
  self->funcs.setup (self, GST_RTC_BRANCH (element), session_id, owner);
  if (!plug_in (self, branch, caps)) {
    rtc_error (
        error, RTC_ERR_BACKEND, "the encoder of %s does not start", rtc_codec_info (codec)->name);
    dismantle (self, branch);
    return NULL;
  }
  GST_INFO ("%s: branch for %s, rung %u, %s", self->name, rtc_codec_info (codec)->name, rung,
      config.is_raw   ? "encoding"
      : config.is_rtp ? "passing packets on"
                      : "passing through");
  g_ptr_array_add (self->branches, branch);
  gst_rtc_stream_init_rates (branch);
  return branch;
}

RtcSource *
gst_rtc_stream_acquire (GstRtcStream *self, RtcCodecId codec, guint rung, guint start_bitrate,
    const gchar *session_id, GError **error)
{
  GstRtcStreamBranch *branch = gst_rtc_stream_find_branch (self, codec, rung);

  if (branch == NULL) {
    RtcLoop *loop = gst_rtc_stream_ref_loop (self);
    GObject *owner = g_weak_ref_get (&self->owner);
    GstCaps *caps = gst_rtc_stream_get_caps (self);

    if (loop == NULL || owner == NULL || caps == NULL || self->is_removed)
      rtc_error (error, RTC_ERR_STATE, "%s is not running", self->name);
    else
      branch = make_branch (self, loop, codec, rung, start_bitrate, session_id, owner, caps, error);
    rtc_loop_unref (loop);
    g_clear_object (&owner);
    gst_clear_caps (&caps);
  }
  if (branch == NULL)
    return NULL;
  stop_linger (branch);
  branch->n_users++;
  return rtc_source_ref (branch->source);
}

void
gst_rtc_stream_release (GstRtcStream *self, RtcCodecId codec, guint rung)
{
  GstRtcStreamBranch *branch = gst_rtc_stream_find_branch (self, codec, rung);

  if (branch == NULL || branch->n_users == 0)
    return;
  if (--branch->n_users == 0)
    start_linger (self, branch);
}

void
gst_rtc_stream_remove_branches (GstRtcStream *self)
{
  while (self->branches->len > 0)
    remove_branch (self, g_ptr_array_index (self->branches, 0));
}

void
gst_rtc_stream_dismantle_branches (GstRtcStream *self)
{
  while (self->branches->len > 0) {
    GstRtcStreamBranch *branch = g_ptr_array_steal_index (self->branches, 0);

    gst_rtc_stream_withdraw_encode (self, branch->codec, branch->rung);
    dismantle (self, branch);
  }
}

guint
gst_rtc_stream_get_n_branches (GstRtcStream *self)
{
  return self->branches->len;
}
