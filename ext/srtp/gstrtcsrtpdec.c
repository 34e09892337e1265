/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-srtpdec
 * @title: srtpdec
 * @see_also: srtpenc
 *
 * Decrypts SRTP and SRTCP (RFC 3711, 6188, 7714), and lets out only what is authentic and was not
 * there before. Takes the place of the element of that name in gst-plugins-bad, and does the same
 * with the same properties, pads and signals.
 *
 * Keys come in caps, or from the signal `request-key` for each SSRC. RTCP that comes muxed with RTP
 * (RFC 5761) leaves on `rtcp_src`.
 *
 * |[
 * gst-launch-1.0 udpsrc port=5004 caps="application/x-srtp, media=video, clock-rate=90000,
 * encoding-name=VP8, srtp-key=(buffer)000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d,
 * srtp-cipher=aes-128-icm, srtp-auth=hmac-sha1-80, srtcp-cipher=aes-128-icm,
 * srtcp-auth=hmac-sha1-80" ! srtpdec ! rtpvp8depay ! vp8dec ! autovideosink
 * ]| Plays the video of srtpenc's example.
 */
#include "ext/srtp/gstrtcsrtpdec.h"

#include "ext/srtp/gstrtcsrtpopener.h"
#include "gst/rtc/rtp/rtc-demux.h"

GST_DEBUG_CATEGORY (srtpdec_debug);
#define GST_CAT_DEFAULT srtpdec_debug

enum { PROP_0, PROP_REPLAY_WINDOW_SIZE, PROP_STATS };

static guint signals[GST_RTC_SRTP_N_REASONS]; /* that ask for a key */

struct _GstRtcSrtpDec {
  GstElement parent;

  GstPad *sinks[2], *srcs[2]; /* [is_rtcp] */

  GstRtcSrtpOpener opener;

  GMutex lock;             /* all below */
  gboolean has_started[2]; /* what is to precede buffers went out of srcs */
  gboolean is_muxed;       /* RTCP came on the sink of RTP, whose events it shares */
};

static GstStaticPadTemplate templates[] = {
  GST_STATIC_PAD_TEMPLATE (
      "rtp_sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-srtp")),
  GST_STATIC_PAD_TEMPLATE (
      "rtp_src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-rtp")),
  GST_STATIC_PAD_TEMPLATE (
      "rtcp_sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-srtcp")),
  GST_STATIC_PAD_TEMPLATE (
      "rtcp_src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-rtcp")),
};

G_DEFINE_TYPE_WITH_CODE (GstRtcSrtpDec, gst_rtc_srtp_dec, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (srtpdec_debug, "srtpdec", 0, "SRTP decoder"))
GST_ELEMENT_REGISTER_DEFINE (srtpdec, "srtpdec", GST_RANK_NONE, GST_TYPE_RTC_SRTP_DEC)

/* -- Keys -------------------------------------------------------------------- */

static GstCaps *
ask (gpointer owner, GstRtcSrtpReason reason, guint ssrc)
{
  GstCaps *caps = NULL;

  g_signal_emit (owner, signals[reason], 0, ssrc, &caps);
  return caps;
}

static void
gst_rtc_srtp_dec_clear_keys (GstRtcSrtpDec *self)
{
  gst_rtc_srtp_opener_clear_keys (&self->opener);
}

static void
gst_rtc_srtp_dec_remove_key (GstRtcSrtpDec *self, guint ssrc)
{
  gst_rtc_srtp_opener_remove_key (&self->opener, ssrc);
}

void
gst_rtc_srtp_dec_set_key_usage (
    GstRtcSrtpDec *self, guint ssrc, guint64 rtp_packets, guint64 rtcp_packets)
{
  RtcSrtpKeyring *ring;

  g_mutex_lock (&self->opener.lock);
  ring = rtc_srtp_context_find_key (self->opener.context, ssrc);
  if (ring != NULL)
    rtc_srtp_keyring_set_usage (ring, rtp_packets, rtcp_packets);
  g_mutex_unlock (&self->opener.lock);
}

/* -- Events ------------------------------------------------------------------ */

static gboolean
is_rtcp_pad (GstRtcSrtpDec *self, GstPad *pad)
{
  return pad == self->sinks[1] || pad == self->srcs[1];
}

/* Sends caps for those on sink: without keys, under the plain name. */
static gboolean
push_caps (GstRtcSrtpDec *self, gboolean is_rtcp, const GstCaps *caps)
{
  GstCaps *plain = gst_rtc_srtp_caps_rename (caps, gst_rtc_srtp_plain_names[is_rtcp]);
  gboolean ok = gst_pad_push_event (self->srcs[is_rtcp], gst_event_new_caps (plain));

  gst_caps_unref (plain);
  return ok;
}

static gboolean
sink_caps (GstRtcSrtpDec *self, gboolean is_rtcp, const GstCaps *caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  guint ssrc;

  if (gst_rtc_srtp_caps_have_keys (s)
      && !gst_rtc_srtp_opener_take_keys (
          &self->opener, s, gst_structure_get_uint (s, "ssrc", &ssrc) ? &ssrc : NULL))
    return FALSE;
  return push_caps (self, is_rtcp, caps);
}

static gboolean
copy_sticky (GstPad *pad, GstEvent **event, gpointer data)
{
  GstPad *src = data;

  if (GST_EVENT_TYPE (*event) == GST_EVENT_SEGMENT)
    gst_pad_push_event (src, gst_event_ref (*event));
  return TRUE;
}

/* Of the stream on sink, of which this is a part. */
static GstEvent *
make_stream_start (GstPad *sink, gboolean is_rtcp)
{
  gchar *whole = gst_pad_get_stream_id (sink);
  gchar *id = g_strdup_printf ("%s/%s", whole != NULL ? whole : "srtp", is_rtcp ? "rtcp" : "rtp");
  GstEvent *there = gst_pad_get_sticky_event (sink, GST_EVENT_STREAM_START, 0);
  GstEvent *event = gst_event_new_stream_start (id);
  guint group;

  if (there == NULL || !gst_event_parse_group_id (there, &group))
    group = gst_util_group_id_next ();
  gst_event_set_group_id (event, group);
  gst_clear_event (&there);
  g_free (whole);
  g_free (id);
  return event;
}

/* What precedes buffers out of srcs[is_rtcp] that came on a sink without it: when RTCP comes muxed,
 * or nobody sent caps. */
static void
ensure_started (GstRtcSrtpDec *self, GstPad *sink, gboolean is_rtcp)
{
  GstPad *src = self->srcs[is_rtcp];
  gboolean is_shared = is_rtcp && sink == self->sinks[0], was_started;
  GstEvent *there;

  g_mutex_lock (&self->lock);
  was_started = self->has_started[is_rtcp];
  self->has_started[is_rtcp] = TRUE;
  self->is_muxed |= is_shared && !was_started;
  g_mutex_unlock (&self->lock);
  if (was_started)
    return;
  there = gst_pad_get_sticky_event (src, GST_EVENT_STREAM_START, 0);
  if (there == NULL) {
    there = make_stream_start (sink, is_rtcp);
    gst_pad_push_event (src, gst_event_ref (there));
  }
  gst_event_unref (there);
  if (!gst_pad_has_current_caps (src)) {
    GstCaps *caps = gst_caps_new_empty_simple (gst_rtc_srtp_plain_names[is_rtcp]);

    gst_pad_push_event (src, gst_event_new_caps (caps));
    gst_caps_unref (caps);
  }
  there = gst_pad_get_sticky_event (src, GST_EVENT_SEGMENT, 0);
  if (there == NULL)
    gst_pad_sticky_events_foreach (sink, copy_sticky, src);
  else
    gst_event_unref (there);
}

/* Sends what concerns the muxed RTCP also to its pad. */
static void
share_event (GstRtcSrtpDec *self, GstEvent *event)
{
  gboolean is_muxed;

  switch ((guint) GST_EVENT_TYPE (event)) {
    case GST_EVENT_FLUSH_START:
    case GST_EVENT_FLUSH_STOP:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_GAP:
    case GST_EVENT_EOS:
      break;
    default:
      return;
  }
  g_mutex_lock (&self->lock);
  is_muxed = self->is_muxed;
  g_mutex_unlock (&self->lock);
  if (is_muxed)
    gst_pad_push_event (self->srcs[1], gst_event_ref (event));
}

static gboolean
sink_event (GstPad *sink, GstObject *parent, GstEvent *event)
{
  GstRtcSrtpDec *self = GST_RTC_SRTP_DEC (parent);
  gboolean is_rtcp = is_rtcp_pad (self, sink), ok;
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    ok = sink_caps (self, is_rtcp, caps);
    gst_event_unref (event);
    return ok;
  }
  if (is_rtcp && GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START) {
    /* It has a stream of its own after all. */
    g_mutex_lock (&self->lock);
    self->is_muxed = FALSE;
    g_mutex_unlock (&self->lock);
  }
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT
      && !gst_pad_has_current_caps (self->srcs[is_rtcp])) {
    GstCaps *plain = gst_caps_new_empty_simple (gst_rtc_srtp_plain_names[is_rtcp]);

    gst_pad_push_event (self->srcs[is_rtcp], gst_event_new_caps (plain));
    gst_caps_unref (plain);
  }
  if (!is_rtcp)
    share_event (self, event);
  return gst_pad_event_default (sink, parent, event);
}

/* (transfer full) */
static GstPad *
find_other (GstRtcSrtpDec *self, GstPad *pad)
{
  gboolean is_rtcp = is_rtcp_pad (self, pad);

  return gst_object_ref (GST_PAD_IS_SINK (pad) ? self->srcs[is_rtcp] : self->sinks[is_rtcp]);
}

static GstIterator *
iterate_links (GstPad *pad, GstObject *parent)
{
  return gst_rtc_srtp_iterate_link (find_other (GST_RTC_SRTP_DEC (parent), pad));
}

static gboolean
pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  return gst_rtc_srtp_query (pad, parent, find_other (GST_RTC_SRTP_DEC (parent), pad), query);
}

/* -- Packets ----------------------------------------------------------------- */

static gboolean
is_rtcp_packet (GstRtcSrtpDec *self, GstPad *sink, const guint8 *data, gsize len)
{
  return sink == self->sinks[1] || rtc_demux_classify (data, len) == RTC_DEMUX_RTCP;
}

/* (transfer full) both ways; NULL: dropped. */
static GstBuffer *
decode (GstRtcSrtpDec *self, GstPad *sink, GstBuffer *buffer, gboolean *is_rtcp)
{
  RtcResult result = RTC_ERR_PARSE;
  GstMapInfo map;
  gsize len;

  buffer = gst_buffer_make_writable (buffer);
  if (gst_buffer_map (buffer, &map, GST_MAP_READWRITE)) {
    len = map.size;
    *is_rtcp = is_rtcp_packet (self, sink, map.data, len);
    result = gst_rtc_srtp_opener_unprotect (&self->opener, *is_rtcp, map.data, &len);
    gst_buffer_unmap (buffer, &map);
  } else
    gst_rtc_srtp_opener_count_unreadable (&self->opener);
  if (result == RTC_OK) {
    gst_buffer_set_size (buffer, (gssize) len);
    return buffer;
  }
  GST_DEBUG_OBJECT (sink, "packet dropped: %d", result);
  gst_buffer_unref (buffer);
  return NULL;
}

static GstFlowReturn
sink_chain (GstPad *sink, GstObject *parent, GstBuffer *buffer)
{
  GstRtcSrtpDec *self = GST_RTC_SRTP_DEC (parent);
  gboolean is_rtcp = FALSE;

  buffer = decode (self, sink, buffer, &is_rtcp);
  if (buffer == NULL)
    return GST_FLOW_OK;
  ensure_started (self, sink, is_rtcp);
  return gst_pad_push (self->srcs[is_rtcp], buffer);
}

typedef struct {
  GstRtcSrtpDec *self;
  GstPad *sink;
  GstBufferList *rtcp; /* muxed; NULL: none yet */
} ListWalk;

static gboolean
decode_one (GstBuffer **buffer, guint index, gpointer data)
{
  ListWalk *walk = data;
  gboolean is_rtcp = FALSE;

  *buffer = decode (walk->self, walk->sink, *buffer, &is_rtcp);
  if (*buffer == NULL || !is_rtcp || walk->sink == walk->self->sinks[1])
    return TRUE;
  if (walk->rtcp == NULL)
    walk->rtcp = gst_buffer_list_new ();
  gst_buffer_list_add (walk->rtcp, *buffer);
  *buffer = NULL;
  return TRUE;
}

static GstFlowReturn
push_list (GstRtcSrtpDec *self, GstPad *sink, gboolean is_rtcp, GstBufferList *list)
{
  if (gst_buffer_list_length (list) == 0) {
    gst_buffer_list_unref (list);
    return GST_FLOW_OK;
  }
  ensure_started (self, sink, is_rtcp);
  return gst_pad_push_list (self->srcs[is_rtcp], list);
}

static GstFlowReturn
sink_chain_list (GstPad *sink, GstObject *parent, GstBufferList *list)
{
  GstRtcSrtpDec *self = GST_RTC_SRTP_DEC (parent);
  ListWalk walk = { self, sink, NULL };
  GstFlowReturn flow;

  list = gst_buffer_list_make_writable (list);
  gst_buffer_list_foreach (list, decode_one, &walk);
  flow = push_list (self, sink, sink == self->sinks[1], list);
  if (walk.rtcp != NULL) {
    GstFlowReturn rtcp_flow = push_list (self, sink, TRUE, walk.rtcp);

    /* RTCP that nobody takes does not stop the RTP beside it. */
    if (flow == GST_FLOW_OK && rtcp_flow != GST_FLOW_NOT_LINKED)
      flow = rtcp_flow;
  }
  return flow;
}

/* -- Properties -------------------------------------------------------------- */

static void
gst_rtc_srtp_dec_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcSrtpOpener *opener = &GST_RTC_SRTP_DEC (object)->opener;

  g_mutex_lock (&opener->lock);
  if (id == PROP_REPLAY_WINDOW_SIZE)
    opener->window = g_value_get_uint (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  g_mutex_unlock (&opener->lock);
}

static void
gst_rtc_srtp_dec_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcSrtpOpener *opener = &GST_RTC_SRTP_DEC (object)->opener;

  if (id == PROP_REPLAY_WINDOW_SIZE) {
    g_mutex_lock (&opener->lock);
    g_value_set_uint (value, opener->window);
    g_mutex_unlock (&opener->lock);
  } else if (id == PROP_STATS)
    g_value_take_boxed (value, gst_rtc_srtp_opener_make_stats (opener));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

/* -- Life -------------------------------------------------------------------- */

/* Forgets everything: keys, counters, what has gone out. */
static void
reset (GstRtcSrtpDec *self)
{
  gst_rtc_srtp_opener_reset (&self->opener);
  g_mutex_lock (&self->lock);
  self->has_started[0] = self->has_started[1] = self->is_muxed = FALSE;
  g_mutex_unlock (&self->lock);
}

static GstStateChangeReturn
gst_rtc_srtp_dec_change_state (GstElement *element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    reset (GST_RTC_SRTP_DEC (element));
  return GST_ELEMENT_CLASS (gst_rtc_srtp_dec_parent_class)->change_state (element, transition);
}

static void
gst_rtc_srtp_dec_finalize (GObject *object)
{
  GstRtcSrtpDec *self = GST_RTC_SRTP_DEC (object);

  gst_rtc_srtp_opener_clear (&self->opener);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_srtp_dec_parent_class)->finalize (object);
}

static GstPad *
add_pad (GstRtcSrtpDec *self, guint template)
{
  GstPad *pad =
      gst_pad_new_from_static_template (&templates[template], templates[template].name_template);

  gst_pad_set_query_function (pad, pad_query);
  gst_pad_set_iterate_internal_links_function (pad, iterate_links);
  if (GST_PAD_IS_SINK (pad)) {
    gst_pad_set_chain_function (pad, sink_chain);
    gst_pad_set_chain_list_function (pad, sink_chain_list);
    gst_pad_set_event_function (pad, sink_event);
  }
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

static void
gst_rtc_srtp_dec_init (GstRtcSrtpDec *self)
{
  g_mutex_init (&self->lock);
  gst_rtc_srtp_opener_init (&self->opener, self, ask);
  for (guint i = 0; i < 2; i++) {
    self->sinks[i] = add_pad (self, 2 * i);
    self->srcs[i] = add_pad (self, 2 * i + 1);
  }
}

static guint
new_key_signal (GstRtcSrtpDecClass *klass, const gchar *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      GST_TYPE_CAPS, 1, G_TYPE_UINT);
}

static void
install_signals (GstRtcSrtpDecClass *klass)
{
  /**
   * GstRtcSrtpDec::request-key:
   * @ssrc: of a packet without a key
   *
   * Returns: (nullable): caps with the keys of @ssrc, as on the sink pads
   */
  signals[GST_RTC_SRTP_NO_KEY] = new_key_signal (klass, "request-key");
  /**
   * GstRtcSrtpDec::soft-limit:
   * @ssrc: whose key is near the end of its lifetime
   *
   * Returns: (nullable): caps with new keys, or %NULL to go on with those there are
   */
  signals[GST_RTC_SRTP_KEY_AGES] = new_key_signal (klass, "soft-limit");
  /**
   * GstRtcSrtpDec::hard-limit:
   * @ssrc: whose key's lifetime is over
   *
   * Returns: (nullable): caps with new keys, or %NULL: its packets are dropped
   */
  signals[GST_RTC_SRTP_KEY_ENDED] = new_key_signal (klass, "hard-limit");
  /**
   * GstRtcSrtpDec::clear-keys:
   *
   * Forgets all keys: they are asked for again.
   */
  g_signal_new_class_handler ("clear-keys", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (gst_rtc_srtp_dec_clear_keys), NULL, NULL,
      NULL, G_TYPE_NONE, 0);
  /**
   * GstRtcSrtpDec::remove-key:
   * @ssrc: whose
   *
   * Forgets the keys of one SSRC.
   */
  g_signal_new_class_handler ("remove-key", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (gst_rtc_srtp_dec_remove_key), NULL, NULL,
      NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
gst_rtc_srtp_dec_class_init (GstRtcSrtpDecClass *klass)
{
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GObjectClass *object = G_OBJECT_CLASS (klass);

  object->finalize = gst_rtc_srtp_dec_finalize;
  object->set_property = gst_rtc_srtp_dec_set_property;
  object->get_property = gst_rtc_srtp_dec_get_property;
  element->change_state = gst_rtc_srtp_dec_change_state;
  install_signals (klass);

  gst_rtc_srtp_install_properties (object, PROP_REPLAY_WINDOW_SIZE, PROP_STATS);
  for (guint i = 0; i < G_N_ELEMENTS (templates); i++)
    gst_element_class_add_static_pad_template (element, &templates[i]);
  gst_element_class_set_static_metadata (element, "SRTP decoder", "Filter/Network/SRTP",
      "A SRTP and SRTCP decoder", "the gst-plugins-rtc authors");
}
