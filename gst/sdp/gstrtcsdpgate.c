/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/sdp/gstrtcsdpgate.h"

#include <gst/net/net.h>
#include <string.h>

#include "gst/rtc/rtp/rtc-demux.h"
#include "gst/sdp/gstrtcsdpaddress.h"
#include "gst/sdp/gstrtcsdpcaps.h"
#include "gst/sdp/gstrtcsdporigin.h"
#include "gst/sdp/gstrtcsdpreturn.h"

#define RTP_HEADER 12
#define N_PTS 128
#define IDLE (10 * G_TIME_SPAN_SECOND)

/* Who sends; for rtpbin each is state, and threads. */
typedef struct {
  gboolean is_used;
  guint32 ssrc;
  gint64 last; /* us */
  GstRtcSdpOrigin origin;
} Sender;

typedef struct {
  guint medium;
  GstPad *pads[2];                                 /* [is_rtcp]; the element's */
  gboolean has_started[2];                         /* streaming thread of the side */
  Sender senders[2][GST_RTC_SDP_GATE_MAX_SENDERS]; /* the same; who they are, changed under lock */
} Way;

struct _GstRtcSdpGate {
  GstElement parent;

  const RtcAnnouncement *announcement;
  const RtcAnnouncedMedium *medium; /* the first, whose transport it is */
  GstPad *sinks[2];                 /* [is_rtcp] */
  GArray *ways;                     /* Way */
  gint16 way_of_pt[N_PTS];          /* place in ways; -1: not announced */

  GstRtcSdpGateFunc func;
  gpointer data;
  GstClock *clock; /* rtpbin's, so that both take the same sender for gone */

  GMutex lock; /* all below */
  GstRtcSdpReturn back;
  guint64 passed, dropped;
};

static GstStaticPadTemplate sink_templates[2] = {
  GST_STATIC_PAD_TEMPLATE ("rtp_sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY),
  GST_STATIC_PAD_TEMPLATE ("rtcp_sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY),
};

static GstStaticPadTemplate src_templates[2] = {
  GST_STATIC_PAD_TEMPLATE (
      "rtp_src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS ("application/x-rtp")),
  GST_STATIC_PAD_TEMPLATE (
      "rtcp_src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS ("application/x-rtcp")),
};

static guint sender_forgotten; /* signal */

G_DEFINE_TYPE (GstRtcSdpGate, gst_rtc_sdp_gate, GST_TYPE_ELEMENT)

/* -- What is let through ----------------------------------------------------- */

static RtcAddress
to_address (GSocketAddress *from)
{
  RtcAddress out = { 0 };
  GInetAddress *inet;

  if (!G_IS_INET_SOCKET_ADDRESS (from))
    return out;
  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from));
  return rtc_address_make (
      g_inet_address_to_bytes (inet), (guint) g_inet_address_get_native_size (inet), 0);
}

/* What says nothing of where it is from does not come from a socket. */
static gboolean
is_wanted (const GstRtcSdpGate *self, GSocketAddress *from)
{
  const GArray *sources = self->medium->sources;
  gboolean is_listed = FALSE;
  RtcAddress address;

  if (sources->len == 0 || from == NULL)
    return TRUE;
  address = to_address (from);
  for (guint i = 0; i < sources->len && !is_listed; i++)
    is_listed = rtc_address_equal (&g_array_index (sources, RtcAddress, i), &address);
  return is_listed != self->medium->excludes;
}

/* us */
static gint64
get_now (const GstRtcSdpGate *self)
{
  return (gint64) GST_TIME_AS_USECONDS (gst_clock_get_time (self->clock));
}

/* The one that is silent for longest; NULL: each is there. */
static Sender *
find_room (Sender senders[], gint64 now)
{
  Sender *room = NULL;

  for (guint i = 0; i < GST_RTC_SDP_GATE_MAX_SENDERS; i++) {
    Sender *sender = &senders[i];

    if (!sender->is_used)
      return sender;
    if (now - sender->last > IDLE && (room == NULL || sender->last < room->last))
      room = sender;
  }
  return room;
}

/* Whether RTP of ssrc goes that way. Thread: any. */
static gboolean
has_sender (GstRtcSdpGate *self, const Way *way, guint32 ssrc)
{
  gboolean has_it = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < GST_RTC_SDP_GATE_MAX_SENDERS && !has_it; i++)
    has_it = way->senders[0][i].is_used && way->senders[0][i].ssrc == ssrc;
  g_mutex_unlock (&self->lock);
  return has_it;
}

/* RTCP goes every way, and to rtpbin its sender is one more stream where no RTP is its. */
static void
tell_forgotten (GstRtcSdpGate *self, const Way *way, gboolean is_rtcp, guint32 ssrc)
{
  if (!is_rtcp) {
    g_signal_emit (self, sender_forgotten, 0, way->medium, (guint) ssrc);
    return;
  }
  for (guint i = 0; i < self->ways->len; i++) {
    const Way *other = &g_array_index (self->ways, Way, i);

    if (!has_sender (self, other, ssrc))
      g_signal_emit (self, sender_forgotten, 0, other->medium, (guint) ssrc);
  }
}

/* NULL: ssrc is not known, and there is no room for one more. One that has gone silent makes way.
 */
static Sender *
take_sender (GstRtcSdpGate *self, Way *way, gboolean is_rtcp, guint32 ssrc)
{
  Sender *senders = way->senders[is_rtcp], *room;
  gint64 now = get_now (self);

  for (guint i = 0; i < GST_RTC_SDP_GATE_MAX_SENDERS; i++) {
    if (senders[i].is_used && senders[i].ssrc == ssrc) {
      senders[i].last = now;
      return &senders[i];
    }
  }
  room = find_room (senders, now);
  if (room == NULL)
    return NULL;
  if (room->is_used)
    tell_forgotten (self, way, is_rtcp, room->ssrc);
  gst_rtc_sdp_origin_clear (&room->origin);
  g_mutex_lock (&self->lock);
  *room = (Sender){ .is_used = TRUE, .ssrc = ssrc, .last = now };
  g_mutex_unlock (&self->lock);
  return room;
}

typedef struct {
  gboolean is_known, is_rtcp;
  guint8 pt;
  guint16 seq; /* these two of RTP */
  guint32 rtp_time;
  guint32 ssrc;
} Kind;

static Kind
classify (GstRtcSdpGate *self, GstPad *sink, GstBuffer *buffer)
{
  Kind kind = { .is_rtcp = sink == self->sinks[1] };
  guint8 head[RTP_HEADER];
  gsize n = gst_buffer_extract (buffer, 0, head, sizeof head);
  RtcDemuxKind found = rtc_demux_classify (head, n);

  kind.is_rtcp |= found == RTC_DEMUX_RTCP && self->medium->rtcp_mux;
  kind.pt = n > 1 ? head[1] & 0x7f : 0;
  if (n >= 8)
    kind.ssrc = GST_READ_UINT32_BE (head + (kind.is_rtcp || n < sizeof head ? 4 : 8));
  if (n == sizeof head) {
    kind.seq = GST_READ_UINT16_BE (head + 2);
    kind.rtp_time = GST_READ_UINT32_BE (head + 4);
  }
  kind.is_known = n >= 8 && head[0] >> 6 == 2
                  && (kind.is_rtcp ? found == RTC_DEMUX_RTCP
                                   : n == sizeof head && self->way_of_pt[kind.pt] >= 0);
  return kind;
}

/* RTCP counts with the first medium, wherever it goes. */
static Sender *
find_sender (GstRtcSdpGate *self, const Kind *kind)
{
  guint place = kind->is_rtcp ? 0 : (guint) self->way_of_pt[kind->pt];

  return take_sender (self, &g_array_index (self->ways, Way, place), kind->is_rtcp, kind->ssrc);
}

static guint32
get_clock_rate (GstRtcSdpGate *self, guint8 pt)
{
  guint number = g_array_index (self->ways, Way, self->way_of_pt[pt]).medium;

  return rtc_announced_medium_find (g_ptr_array_index (self->announcement->media, number), pt)
      ->clock_rate;
}

/* Notes who sends, for whoever answers: on one port RTP comes from where RTCP would, and sooner;
 * else it only tells that the sender is there. TRUE: that is where answers go. */
static gboolean
note_sender (GstRtcSdpGate *self, GSocketAddress *from, const Kind *kind)
{
  gint64 now = get_now (self);
  GSocketAddress *before = NULL;
  gboolean moves = FALSE, is_there;

  g_mutex_lock (&self->lock);
  g_set_object (&before, self->back.address);
  if (kind->is_rtcp || !self->back.is_apart)
    moves = gst_rtc_sdp_return_note (&self->back, now, from, kind->ssrc);
  else
    gst_rtc_sdp_return_note_stream (&self->back, now, from);
  is_there = self->back.address != NULL && gst_rtc_sdp_address_is_same (self->back.address, from);
  g_mutex_unlock (&self->lock);
  if (moves && self->func != NULL)
    self->func (self->data, from, before);
  g_clear_object (&before);
  return is_there;
}

/* A stream has moved from left to from: receivers' reports may follow. */
static void
note_move (GstRtcSdpGate *self, gint64 now, GSocketAddress *left, GSocketAddress *from)
{
  gboolean moves;

  g_mutex_lock (&self->lock);
  moves = gst_rtc_sdp_return_note_move (&self->back, now, left, from);
  g_mutex_unlock (&self->lock);
  if (moves && self->func != NULL)
    self->func (self->data, from, left);
}

/* Notes who sends, and makes the buffer one from where rtpbin is to believe that it is. */
static GstBuffer *
note_origin (GstRtcSdpGate *self, Sender *sender, const Kind *kind, GstBuffer *buffer)
{
  GstNetAddressMeta *meta = gst_buffer_get_net_address_meta (buffer);
  GstRtcSdpOriginPacket packet = { .now = get_now (self),
    .is_authentic = self->medium->is_secure,
    .is_rtcp = kind->is_rtcp,
    .seq = kind->seq,
    .rtp_time = kind->rtp_time };
  GSocketAddress *told, *left;

  if (meta == NULL)
    return buffer;
  packet.from = meta->addr;
  packet.gets_reports = note_sender (self, meta->addr, kind);
  if (!kind->is_rtcp)
    packet.clock_rate = get_clock_rate (self, kind->pt);
  told = gst_rtc_sdp_origin_note (&sender->origin, &packet, &left);
  if (left != NULL && !kind->is_rtcp)
    note_move (self, packet.now, left, packet.from);
  g_clear_object (&left);
  if (told == packet.from)
    return buffer;
  buffer = gst_buffer_make_writable (buffer);
  meta = gst_buffer_get_net_address_meta (buffer);
  g_set_object (&meta->addr, told);
  return buffer;
}

static gboolean
count (GstRtcSdpGate *self, gboolean passes)
{
  g_mutex_lock (&self->lock);
  if (passes)
    self->passed++;
  else
    self->dropped++;
  g_mutex_unlock (&self->lock);
  return passes;
}

/* -- Out --------------------------------------------------------------------- */

static gboolean
copy_segment (GstPad *sink, GstEvent **event, gpointer src)
{
  if (GST_EVENT_TYPE (*event) == GST_EVENT_SEGMENT)
    gst_pad_push_event (src, gst_event_ref (*event));
  return TRUE;
}

static GstCaps *
make_caps (GstRtcSdpGate *self, const Way *way, gboolean is_rtcp)
{
  const RtcAnnouncedMedium *medium = g_ptr_array_index (self->announcement->media, way->medium);

  return is_rtcp ? gst_caps_new_empty_simple ("application/x-rtcp")
                 : gst_rtc_sdp_caps_new (self->announcement, medium,
                     &g_array_index (medium->formats, RtcAnnouncedFormat, 0));
}

/* What precedes the first buffer of a pad. */
static void
start_pad (GstRtcSdpGate *self, GstPad *sink, Way *way, gboolean is_rtcp)
{
  GstPad *src = way->pads[is_rtcp];
  gchar *whole, *id;
  GstCaps *caps;

  if (way->has_started[is_rtcp])
    return;
  way->has_started[is_rtcp] = TRUE;
  whole = gst_pad_get_stream_id (sink);
  id = g_strdup_printf (
      "%s/%s-%u", whole != NULL ? whole : "sdp", is_rtcp ? "rtcp" : "rtp", way->medium);
  g_free (whole);
  gst_pad_push_event (src, gst_event_new_stream_start (id));
  g_free (id);
  caps = make_caps (self, way, is_rtcp);
  gst_pad_push_event (src, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  gst_pad_sticky_events_foreach (sink, copy_segment, src);
}

/* RTCP goes to every medium of the transport: sessions look at the SSRCs that they know. */
static GstFlowReturn
push_rtcp (GstRtcSdpGate *self, GstPad *sink, GstBuffer *buffer)
{
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; i < self->ways->len && flow != GST_FLOW_FLUSHING; i++) {
    Way *way = &g_array_index (self->ways, Way, i);

    start_pad (self, sink, way, TRUE);
    flow = gst_pad_push (way->pads[1], gst_buffer_ref (buffer));
  }
  gst_buffer_unref (buffer);
  return flow == GST_FLOW_FLUSHING ? flow : GST_FLOW_OK;
}

static GstFlowReturn
sink_chain (GstPad *sink, GstObject *parent, GstBuffer *buffer)
{
  GstRtcSdpGate *self = GST_RTC_SDP_GATE (parent);
  GstNetAddressMeta *meta = gst_buffer_get_net_address_meta (buffer);
  GSocketAddress *from = meta != NULL ? meta->addr : NULL;
  Kind kind = classify (self, sink, buffer);
  Sender *sender = kind.is_known && is_wanted (self, from) ? find_sender (self, &kind) : NULL;
  GstFlowReturn flow;
  Way *way;

  if (!count (self, sender != NULL)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_OK;
  }
  buffer = note_origin (self, sender, &kind, buffer);
  if (kind.is_rtcp)
    return push_rtcp (self, sink, buffer);
  way = &g_array_index (self->ways, Way, self->way_of_pt[kind.pt]);
  start_pad (self, sink, way, FALSE);
  flow = gst_pad_push (way->pads[0], buffer);
  return flow == GST_FLOW_FLUSHING ? flow : GST_FLOW_OK;
}

static gboolean
sink_event (GstPad *sink, GstObject *parent, GstEvent *event)
{
  GstRtcSdpGate *self = GST_RTC_SDP_GATE (parent);
  guint side = sink == self->sinks[1];

  switch ((guint) GST_EVENT_TYPE (event)) {
    case GST_EVENT_FLUSH_START:
    case GST_EVENT_FLUSH_STOP:
    case GST_EVENT_EOS:
      for (guint i = 0; i < self->ways->len; i++)
        gst_pad_push_event (g_array_index (self->ways, Way, i).pads[side], gst_event_ref (event));
      break;
    default: /* pads begin with events of their own */
      break;
  }
  gst_event_unref (event);
  return TRUE;
}

/* RTP comes of RTP, RTCP of RTCP, as far as queries are concerned. */
static GstIterator *
iterate_link (GstPad *src, GstObject *parent)
{
  GstRtcSdpGate *self = GST_RTC_SDP_GATE (parent);
  gboolean is_rtcp = g_str_has_prefix (GST_PAD_NAME (src), "rtcp");
  GstIterator *iterator;
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_PAD);
  g_value_set_object (&value, self->sinks[is_rtcp && !self->medium->rtcp_mux]);
  iterator = gst_iterator_new_single (GST_TYPE_PAD, &value);
  g_value_unset (&value);
  return iterator;
}

/* -- Life -------------------------------------------------------------------- */

void
gst_rtc_sdp_gate_get_counts (GstRtcSdpGate *self, guint64 *passed, guint64 *dropped)
{
  g_mutex_lock (&self->lock);
  *passed = self->passed;
  *dropped = self->dropped;
  g_mutex_unlock (&self->lock);
}

static void
clear_way (gpointer data)
{
  Way *way = data;

  for (guint i = 0; i < GST_RTC_SDP_GATE_MAX_SENDERS; i++) {
    gst_rtc_sdp_origin_clear (&way->senders[0][i].origin);
    gst_rtc_sdp_origin_clear (&way->senders[1][i].origin);
  }
}

static void
add_way (GstRtcSdpGate *self, guint number)
{
  const RtcAnnouncedMedium *medium = g_ptr_array_index (self->announcement->media, number);
  Way way = { .medium = number };

  for (guint i = 0; i < 2; i++) {
    gchar *name = g_strdup_printf (i == 0 ? "rtp_src_%u" : "rtcp_src_%u", number);

    way.pads[i] = gst_pad_new_from_static_template (&src_templates[i], name);
    gst_pad_use_fixed_caps (way.pads[i]);
    gst_pad_set_iterate_internal_links_function (way.pads[i], iterate_link);
    gst_element_add_pad (GST_ELEMENT (self), way.pads[i]);
    g_free (name);
  }
  for (guint i = 0; i < medium->formats->len; i++)
    self->way_of_pt[g_array_index (medium->formats, RtcAnnouncedFormat, i).pt] =
        (gint16) self->ways->len;
  g_array_append_val (self->ways, way);
}

GstElement *
gst_rtc_sdp_gate_new (
    const RtcAnnouncement *announcement, guint first, GstRtcSdpGateFunc func, gpointer data)
{
  GstRtcSdpGate *self = g_object_new (GST_TYPE_RTC_SDP_GATE, NULL);

  self->announcement = announcement;
  self->medium = g_ptr_array_index (announcement->media, first);
  self->func = func;
  self->data = data;
  self->back.is_apart = !self->medium->rtcp_mux;
  memset (self->way_of_pt, -1, sizeof self->way_of_pt);
  for (guint i = 0; i < announcement->media->len; i++) {
    const RtcAnnouncedMedium *medium = g_ptr_array_index (announcement->media, i);

    if (i == first || medium->bundle == (gint) first)
      add_way (self, i);
  }
  return GST_ELEMENT (self);
}

static void
gst_rtc_sdp_gate_finalize (GObject *object)
{
  GstRtcSdpGate *self = GST_RTC_SDP_GATE (object);

  g_array_unref (self->ways);
  gst_rtc_sdp_return_clear (&self->back);
  gst_object_unref (self->clock);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_sdp_gate_parent_class)->finalize (object);
}

static void
gst_rtc_sdp_gate_init (GstRtcSdpGate *self)
{
  g_mutex_init (&self->lock);
  self->clock = gst_system_clock_obtain ();
  self->ways = g_array_new (FALSE, TRUE, sizeof (Way));
  g_array_set_clear_func (self->ways, clear_way);
  for (guint i = 0; i < 2; i++) {
    self->sinks[i] =
        gst_pad_new_from_static_template (&sink_templates[i], sink_templates[i].name_template);
    gst_pad_set_chain_function (self->sinks[i], sink_chain);
    gst_pad_set_event_function (self->sinks[i], sink_event);
    gst_element_add_pad (GST_ELEMENT (self), self->sinks[i]);
  }
}

static void
gst_rtc_sdp_gate_class_init (GstRtcSdpGateClass *klass)
{
  GstElementClass *element = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_rtc_sdp_gate_finalize;
  sender_forgotten = g_signal_new ("sender-forgotten", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
      0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  for (guint i = 0; i < 2; i++) {
    gst_element_class_add_static_pad_template (element, &sink_templates[i]);
    gst_element_class_add_static_pad_template (element, &src_templates[i]);
  }
  gst_element_class_set_static_metadata (element, "Gate of a described transport", "Filter/Network",
      "Lets through what a session description announces", "the gst-plugins-rtc authors");
}
