/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcstream.h"

#include "gst/media/gstrtcpayloader.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_media

/* Packets kept for retransmission: a second of 20 Mbit/s at RTC_PAYLOADER_MTU. */
#define HISTORY_PACKETS 2048
#define HISTORY_AGE (1 * GST_SECOND)

/* Shortest gap between two key frames made for viewers; requests in between are merged. */
#define KEY_FRAME_INTERVAL (300 * GST_MSECOND)

typedef struct {
  GstRtcStream *stream; /* borrowed */
  RtcCodecId codec;
  GstElement *element; /* owned */
  GstPad *tee_pad;     /* owned */
  RtcSource *source;   /* owned */
  guint n_users;
  GSource *linger; /* while n_users is 0 */
} Branch;

struct _GstRtcStream {
  gint refs;
  GstBin *bin;
  gchar *name;
  RtcMediaKind kind;
  GstRtcStreamFuncs funcs;
  GWeakRef owner;
  GstElement *clocksync, *tee, *fakesink; /* owned */

  GPtrArray *branches; /* Branch; [C] */
  guint n_made;        /* of branches, for names; [C] */
  gboolean is_removed; /* [C] */

  GMutex lock; /* guards the rest */
  RtcLoop *loop;
  GstCaps *caps;
  gulong live_probe;
};

/* A closure that holds the stream, and the owner for its callbacks. */
typedef struct {
  GstRtcStream *stream;
  GObject *owner;
} Held;

static Held *
held_new (GstRtcStream *stream)
{
  GObject *owner = g_weak_ref_get (&stream->owner);
  Held *held;

  if (owner == NULL)
    return NULL;
  held = g_new (Held, 1);
  *held = (Held){ gst_rtc_stream_ref (stream), owner };
  return held;
}

static void
held_free (gpointer data)
{
  Held *held = data;

  gst_rtc_stream_unref (held->stream);
  g_object_unref (held->owner);
  g_free (held);
}

static RtcLoop *
steal_or_ref_loop (GstRtcStream *self, gboolean steal)
{
  RtcLoop *loop;

  g_mutex_lock (&self->lock);
  loop = self->loop;
  if (steal)
    self->loop = NULL;
  else if (loop != NULL)
    rtc_loop_ref (loop);
  g_mutex_unlock (&self->lock);
  return loop;
}

/* --- branches, [C] ---------------------------------------------------------------------------- */

static Branch *
find_branch (GstRtcStream *self, RtcCodecId codec)
{
  for (guint i = 0; i < self->branches->len; i++) {
    Branch *branch = g_ptr_array_index (self->branches, i);

    if (branch->codec == codec)
      return branch;
  }
  return NULL;
}

static void
stop_linger (Branch *branch)
{
  if (branch->linger == NULL)
    return;
  g_source_destroy (branch->linger);
  g_clear_pointer (&branch->linger, g_source_unref);
}

/* Out of the bin; it is unlinked, or nothing streams. */
static void
dismantle (GstRtcStream *self, Branch *branch)
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
  Held *held;
  Branch *branch;
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

  held_free (removal->held);
  g_free (removal);
}

/* Between two buffers: the branch gets nothing more; the rest is done on [C]. */
static GstPadProbeReturn
on_idle (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Removal *removal = data;
  RtcLoop *loop = steal_or_ref_loop (removal->held->stream, FALSE);
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
remove_branch (GstRtcStream *self, Branch *branch)
{
  Held *held = held_new (self);
  Removal *removal;

  stop_linger (branch);
  g_ptr_array_remove (self->branches, branch);
  if (held == NULL) {
    dismantle (self, branch);
    return;
  }
  GST_INFO ("%s: branch for %s goes", self->name, rtc_codec_info (branch->codec)->name);
  removal = g_new (Removal, 1);
  *removal = (Removal){ held, branch };
  gst_pad_add_probe (branch->tee_pad, GST_PAD_PROBE_TYPE_IDLE, on_idle, removal, NULL);
}

static gboolean
on_linger (gpointer data)
{
  Branch *branch = data;

  remove_branch (branch->stream, branch);
  return G_SOURCE_REMOVE;
}

static void
start_linger (GstRtcStream *self, Branch *branch)
{
  RtcLoop *loop = steal_or_ref_loop (self, FALSE);

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
make_source (GstRtcStream *self, RtcLoop *loop, RtcCodecId codec, GWeakRef *branch)
{
  const RtcCodecInfo *info = rtc_codec_info (codec);
  gboolean is_video = self->kind == RTC_MEDIA_VIDEO;
  RtcSourceConfig config = { .fanout = { .kind = self->kind,
                                 .clock_rate = info->clock_rate,
                                 .history_packets = is_video ? HISTORY_PACKETS : 0,
                                 .history_age = HISTORY_AGE,
                                 .key_frame_interval = KEY_FRAME_INTERVAL,
                                 .wait_for_key_frame = is_video } };

  g_snprintf (config.fanout.name, sizeof config.fanout.name, "%.40s/%s", self->name, info->name);
  return rtc_source_new (loop, &config, on_key_frame_needed, branch, weak_ref_free);
}

/* What a branch was made for; anything else must not reach it, since the error would go upstream.
 * Shared with a pad's probe, which may outlive the branch. */
typedef struct {
  RtcCodecId input;  /* UNKNOWN: raw */
  gboolean is_muted; /* [S] */
} Guard;

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
    guard->is_muted = gst_rtc_payloader_find_codec (caps) != guard->input;
  }
  return guard->is_muted ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static void
guard_pad (GstPad *pad, RtcCodecId input)
{
  Guard *guard = g_new0 (Guard, 1);

  guard->input = input;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, on_branch_data, guard, g_free);
}

/* Into the bin, linked and running. FALSE when it does not start; then nothing is left of it. */
static gboolean
plug_in (GstRtcStream *self, Branch *branch, RtcCodecId input)
{
  GstPad *sink = gst_element_get_static_pad (branch->element, "sink");
  gboolean ok;

  gst_bin_add (self->bin, branch->element);
  ok = gst_element_sync_state_with_parent (branch->element);
  branch->tee_pad = gst_element_request_pad_simple (self->tee, "src_%u");
  guard_pad (branch->tee_pad, input);
  ok = ok && gst_pad_link (branch->tee_pad, sink) == GST_PAD_LINK_OK;
  gst_object_unref (sink);
  return ok;
}

static Branch *
make_branch (GstRtcStream *self, RtcLoop *loop, RtcCodecId codec, guint start_bitrate,
    const gchar *session_id, gpointer owner, GError **error)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);
  RtcSource *source = make_source (self, loop, codec, weak);
  GstRtcBranchConfig config = { .codec = codec,
    .start_bitrate = start_bitrate,
    .output = { push_packet, push_packets_end, rtc_source_ref (source), unref_source } };
  gchar *name = g_strdup_printf ("%s-%u", self->name, self->n_made++);
  GstCaps *caps = gst_rtc_stream_get_caps (self);
  RtcCodecId input;
  GstElement *element;
  Branch *branch;

  input = gst_rtc_payloader_find_codec (caps);
  config.is_raw = input == RTC_CODEC_UNKNOWN;
  config.filter = self->funcs.make_filter (self, codec, session_id, owner);
  element = gst_rtc_branch_new (name, &config, error);
  gst_clear_caps (&caps);
  g_free (name);
  if (element == NULL) {
    rtc_source_unref (source);
    return NULL;
  }
  g_weak_ref_init (weak, element);
  branch = g_new0 (Branch, 1);
  *branch = (Branch){
    .stream = self, .codec = codec, .element = gst_object_ref_sink (element), .source = source
  };
  self->funcs.setup (self, GST_RTC_BRANCH (element), session_id, owner);
  if (!plug_in (self, branch, input)) {
    rtc_error (
        error, RTC_ERR_BACKEND, "the encoder of %s does not start", rtc_codec_info (codec)->name);
    dismantle (self, branch);
    return NULL;
  }
  GST_INFO ("%s: branch for %s, %s", self->name, rtc_codec_info (codec)->name,
      config.is_raw ? "encoding" : "passing through");
  g_ptr_array_add (self->branches, branch);
  return branch;
}

RtcSource *
gst_rtc_stream_acquire (GstRtcStream *self, RtcCodecId codec, guint start_bitrate,
    const gchar *session_id, GError **error)
{
  Branch *branch = find_branch (self, codec);

  if (branch == NULL) {
    RtcLoop *loop = steal_or_ref_loop (self, FALSE);
    GObject *owner = g_weak_ref_get (&self->owner);

    if (loop == NULL || owner == NULL || self->is_removed)
      rtc_error (error, RTC_ERR_STATE, "%s is not running", self->name);
    else
      branch = make_branch (self, loop, codec, start_bitrate, session_id, owner, error);
    rtc_loop_unref (loop);
    g_clear_object (&owner);
  }
  if (branch == NULL)
    return NULL;
  stop_linger (branch);
  branch->n_users++;
  return rtc_source_ref (branch->source);
}

void
gst_rtc_stream_release (GstRtcStream *self, RtcCodecId codec)
{
  Branch *branch = find_branch (self, codec);

  if (branch == NULL || branch->n_users == 0)
    return;
  if (--branch->n_users == 0)
    start_linger (self, branch);
}

guint
gst_rtc_stream_get_n_branches (GstRtcStream *self)
{
  return self->branches->len;
}

/* --- what comes in, [S] ------------------------------------------------------------------------
 */

static void
run_changed (gpointer data)
{
  Held *held = data;
  GstRtcStream *self = held->stream;

  if (self->is_removed)
    return;
  while (self->branches->len > 0)
    remove_branch (self, g_ptr_array_index (self->branches, 0));
  self->funcs.changed (self, held->owner);
}

static void
run_started (gpointer data)
{
  Held *held = data;

  if (!held->stream->is_removed)
    held->stream->funcs.started (held->stream, held->owner);
}

static void
handle_caps (GstRtcStream *self, GstCaps *caps)
{
  gboolean is_first, is_other;
  RtcLoop *loop;
  Held *held;

  g_mutex_lock (&self->lock);
  is_first = self->caps == NULL;
  is_other = self->caps != NULL
             && gst_rtc_payloader_find_codec (self->caps) != gst_rtc_payloader_find_codec (caps);
  gst_caps_replace (&self->caps, caps);
  g_mutex_unlock (&self->lock);
  GST_INFO ("%s: %" GST_PTR_FORMAT, self->name, caps);
  if (!is_first && !is_other)
    return;
  loop = steal_or_ref_loop (self, FALSE);
  held = held_new (self);
  if (loop != NULL && held != NULL)
    rtc_loop_post_control (loop, is_first ? run_started : run_changed, held, held_free);
  else if (held != NULL)
    held_free (held);
  rtc_loop_unref (loop);
}

static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    handle_caps (data, caps);
  }
  return GST_PAD_PROBE_OK;
}

/* That a branch was linked is no reason for upstream to negotiate again. */
static GstPadProbeReturn
on_upstream_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  return GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

/* Live media needs no pacing: it comes when it is there, and waiting would only add delay. */
static GstPadProbeReturn
on_first_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRtcStream *self = data;
  GstQuery *query = gst_query_new_latency ();
  gboolean is_live = FALSE;

  if (gst_pad_peer_query (pad, query))
    gst_query_parse_latency (query, &is_live, NULL, NULL);
  gst_query_unref (query);
  GST_INFO ("%s: %s", self->name, is_live ? "live" : "not live, paced by the clock");
  g_object_set (self->clocksync, "sync", !is_live, NULL);
  g_mutex_lock (&self->lock);
  self->live_probe = 0;
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_REMOVE;
}

/* --- life --------------------------------------------------------------------------------------
 */

static GstElement *
add_element (GstRtcStream *self, const gchar *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  /* All of them are in coreelements, without which there is no GStreamer. */
  g_assert (element != NULL);
  gst_object_ref_sink (element);
  gst_bin_add (self->bin, element);
  return element;
}

static GstPadProbeReturn
on_query (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  if (GST_QUERY_TYPE (query) != GST_QUERY_ACCEPT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_query_set_accept_caps_result (query, TRUE);
  return GST_PAD_PROBE_HANDLED;
}

/* Takes whatever the ghost pad has accepted, without asking the branches. */
static void
accept_everything (GstElement *element)
{
  GstPad *pad = gst_element_get_static_pad (element, "sink");

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM | GST_PAD_PROBE_TYPE_PUSH, on_query, NULL, NULL);
  gst_object_unref (pad);
}

GstRtcStream *
gst_rtc_stream_new (GstBin *bin, const gchar *name, RtcMediaKind kind,
    const GstRtcStreamFuncs *funcs, GObject *owner)
{
  GstRtcStream *self = g_new0 (GstRtcStream, 1);
  GstPad *pad;

  self->refs = 1;
  self->bin = bin;
  self->name = g_strdup (name);
  self->kind = kind;
  self->funcs = *funcs;
  g_weak_ref_init (&self->owner, owner);
  g_mutex_init (&self->lock);
  self->branches = g_ptr_array_new ();
  self->clocksync = add_element (self, "clocksync");
  self->tee = add_element (self, "tee");
  self->fakesink = add_element (self, "fakesink");
  accept_everything (self->clocksync);
  accept_everything (self->tee);
  g_object_set (self->tee, "allow-not-linked", TRUE, NULL);
  g_object_set (self->fakesink, "async", FALSE, "sync", FALSE, "enable-last-sample", FALSE, NULL);
  gst_element_link_many (self->clocksync, self->tee, self->fakesink, NULL);
  gst_element_sync_state_with_parent (self->fakesink);
  gst_element_sync_state_with_parent (self->tee);
  gst_element_sync_state_with_parent (self->clocksync);
  pad = gst_rtc_stream_get_pad (self);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, self, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event, self, NULL);
  gst_object_unref (pad);
  return self;
}

GstRtcStream *
gst_rtc_stream_ref (GstRtcStream *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_rtc_stream_unref (GstRtcStream *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  gst_clear_object (&self->clocksync);
  gst_clear_object (&self->tee);
  gst_clear_object (&self->fakesink);
  g_ptr_array_unref (self->branches);
  gst_clear_caps (&self->caps);
  rtc_loop_unref (self->loop);
  g_weak_ref_clear (&self->owner);
  g_mutex_clear (&self->lock);
  g_free (self->name);
  g_free (self);
}

GstPad *
gst_rtc_stream_get_pad (GstRtcStream *self)
{
  return gst_element_get_static_pad (self->clocksync, "sink");
}

const gchar *
gst_rtc_stream_get_name (GstRtcStream *self)
{
  return self->name;
}

RtcMediaKind
gst_rtc_stream_get_kind (GstRtcStream *self)
{
  return self->kind;
}

GstCaps *
gst_rtc_stream_get_caps (GstRtcStream *self)
{
  GstCaps *caps;

  g_mutex_lock (&self->lock);
  caps = self->caps == NULL ? NULL : gst_caps_ref (self->caps);
  g_mutex_unlock (&self->lock);
  return caps;
}

void
gst_rtc_stream_start (GstRtcStream *self, RtcLoop *loop)
{
  GstPad *pad = gst_rtc_stream_get_pad (self);

  g_mutex_lock (&self->lock);
  if (self->loop == NULL)
    self->loop = rtc_loop_ref (loop);
  if (self->live_probe == 0)
    self->live_probe = gst_pad_add_probe (pad,
        GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_first_buffer, self, NULL);
  g_mutex_unlock (&self->lock);
  g_object_set (self->clocksync, "sync", TRUE, NULL);
  gst_object_unref (pad);
}

void
gst_rtc_stream_stop (GstRtcStream *self)
{
  rtc_loop_unref (steal_or_ref_loop (self, TRUE));
  while (self->branches->len > 0) {
    Branch *branch = g_ptr_array_steal_index (self->branches, 0);

    dismantle (self, branch);
  }
  g_mutex_lock (&self->lock);
  gst_clear_caps (&self->caps);
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_stream_remove (GstRtcStream *self)
{
  GstElement *elements[] = { self->clocksync, self->tee, self->fakesink };

  if (self->is_removed)
    return;
  self->is_removed = TRUE;
  /* Upstream can push nothing any more, so stopping from upstream to downstream is safe. */
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++) {
    gst_element_set_locked_state (elements[i], TRUE);
    gst_element_set_state (elements[i], GST_STATE_NULL);
  }
  gst_rtc_stream_stop (self);
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    gst_bin_remove (self->bin, elements[i]);
}
