/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-sctpdec
 * @title: sctpdec
 * @see_also: sctpenc
 *
 * Receives the messages of an SCTP association (RFC 9260) of which #sctpenc is the sending half:
 * both have the same `sctp-association-id`. Takes the place of the element of that name in
 * gst-plugins-bad, and does the same with the same properties, pads and signals.
 *
 * A stream's pad appears with its first message and goes, after EOS, when the peer resets the
 * stream. Each message is a buffer with a GstSctpReceiveMeta.
 *
 * |[
 * gst-launch-1.0 sctpenc name=e sctp-association-id=1 remote-sctp-port=5000 ! sctpdec name=f
 * sctp-association-id=2 local-sctp-port=5000 sctpenc sctp-association-id=2 remote-sctp-port=5000
 * ! sctpdec sctp-association-id=1 local-sctp-port=5000 videotestsrc num-buffers=100 ! jpegenc
 * ! e.sink_0 f.src_0 ! fakesink dump=true
 * ]| Two associations that talk to each other; pictures go over stream 0 of the first.
 */
#include "ext/sctp/gstrtcsctpdec.h"

#include <gst/sctp/sctpreceivemeta.h>

#include "ext/sctp/gstrtcsctphalf.h"
#include "ext/sctp/gstrtcsctplane.h"

GST_DEBUG_CATEGORY_STATIC (sctpdec_debug);
#define GST_CAT_DEFAULT sctpdec_debug

enum { PROP_0, PROP_SCTP_ASSOCIATION_ID, PROP_LOCAL_SCTP_PORT, PROP_STATS };

enum { SIGNAL_RESET_STREAM, N_SIGNALS };

static guint signals[N_SIGNALS];

struct _GstRtcSctpDec {
  GstElement parent;

  GstPad *sink;
  GMutex adding; /* pads are added one at a time */

  GstRtcSctpHalf half;

  GMutex lock;         /* all below */
  GHashTable *streams; /* number -> Stream; NULL: likewise */
  guint64 dropped_unlinked;
};

/* A stream that something has come on. Its lane pushes what has come, and adds and removes its
 * pad, of which there may be several in turn. */
typedef struct {
  GstRtcSctpDec *dec; /* not owned: it stops the lane */
  guint number;
  GstRtcSctpLane *lane; /* which owns this */
  GQueue items;         /* GstMiniObject *: GstBuffer, EOS; dec's lock, as is the next */
  gboolean is_live;     /* the last of items was no EOS */
  GstPad *pad;          /* the lane's; (nullable) */
} Stream;

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-sctp"));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS_ANY);

G_DEFINE_TYPE_WITH_CODE (GstRtcSctpDec, gst_rtc_sctp_dec, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (sctpdec_debug, "sctpdec", 0, "SCTP decoder"))
GST_ELEMENT_REGISTER_DEFINE (sctpdec, "sctpdec", GST_RANK_NONE, GST_TYPE_RTC_SCTP_DEC)

static void
release (GstRtcSctpDec *self, gsize len)
{
  GstRtcSctpAssociation *association = gst_rtc_sctp_half_get_association (&self->half);

  if (association != NULL)
    gst_rtc_sctp_association_release (association, len);
  gst_rtc_sctp_association_unref (association);
}

/* -- A stream's lane --------------------------------------------------------- */

static gboolean
copy_segment (GstPad *pad, GstEvent **event, gpointer data)
{
  if (GST_EVENT_TYPE (*event) == GST_EVENT_SEGMENT)
    *(GstEvent **) data = gst_event_ref (*event);
  return TRUE;
}

static void
push_first_events (Stream *stream)
{
  gchar *id = gst_pad_create_stream_id_printf (
      stream->pad, GST_ELEMENT (stream->dec), "sctp-%u", stream->number);
  GstEvent *event = gst_event_new_stream_start (id), *segment = NULL;
  GstSegment any;

  gst_event_set_group_id (event, gst_util_group_id_next ());
  gst_pad_push_event (stream->pad, event);
  gst_pad_sticky_events_foreach (stream->dec->sink, copy_segment, &segment);
  if (segment == NULL) {
    gst_segment_init (&any, GST_FORMAT_TIME);
    segment = gst_event_new_segment (&any);
  }
  gst_pad_push_event (stream->pad, segment);
  g_free (id);
}

static void
ensure_pad (Stream *stream)
{
  GstRtcSctpDec *self = stream->dec;
  gchar *name;

  if (stream->pad != NULL)
    return;
  name = g_strdup_printf ("src_%u", stream->number);
  stream->pad = gst_object_ref_sink (gst_pad_new_from_static_template (&src_template, name));
  g_free (name);
  gst_pad_use_fixed_caps (stream->pad);
  g_mutex_lock (&self->adding);
  gst_pad_set_active (stream->pad, TRUE);
  push_first_events (stream);
  gst_element_add_pad (GST_ELEMENT (self), stream->pad);
  g_mutex_unlock (&self->adding);
}

static void
remove_pad (Stream *stream)
{
  if (stream->pad == NULL)
    return;
  gst_pad_set_active (stream->pad, FALSE);
  gst_element_remove_pad (GST_ELEMENT (stream->dec), stream->pad);
  gst_clear_object (&stream->pad);
}

static void
push_message (Stream *stream, GstBuffer *buffer)
{
  gsize len = gst_buffer_get_size (buffer);
  GstFlowReturn flow;

  ensure_pad (stream);
  flow = gst_pad_push (stream->pad, buffer);
  release (stream->dec, len);
  if (flow == GST_FLOW_OK)
    return;
  GST_DEBUG_OBJECT (stream->pad, "a message was not taken: %s", gst_flow_get_name (flow));
  g_mutex_lock (&stream->dec->lock);
  stream->dec->dropped_unlinked++;
  g_mutex_unlock (&stream->dec->lock);
}

static GstMiniObject *
take_item (Stream *stream)
{
  GstMiniObject *item;

  g_mutex_lock (&stream->dec->lock);
  item = g_queue_pop_head (&stream->items);
  g_mutex_unlock (&stream->dec->lock);
  return item;
}

static void
work (gpointer data)
{
  Stream *stream = data;
  GstRtcSctpDec *self = gst_object_ref (stream->dec);
  GstMiniObject *item;

  while ((item = take_item (stream)) != NULL) {
    if (GST_IS_BUFFER (item)) {
      push_message (stream, GST_BUFFER (item));
    } else {
      /* Also a stream that was closed without a message is seen to go. */
      ensure_pad (stream);
      gst_pad_push_event (stream->pad, GST_EVENT (item));
      remove_pad (stream);
    }
  }
  gst_object_unref (self);
}

/* -- What the association says ------------------------------------------------ */

static void
free_stream (gpointer data)
{
  Stream *stream = data;

  g_queue_clear_full (&stream->items, (GDestroyNotify) gst_mini_object_unref);
  gst_clear_object (&stream->pad);
  g_free (stream);
}

/* Takes over item; the lock is held. */
static void
append (GstRtcSctpDec *self, guint number, GstMiniObject *item)
{
  Stream *stream = g_hash_table_lookup (self->streams, GUINT_TO_POINTER (number));

  if (stream == NULL) {
    stream = g_new0 (Stream, 1);
    stream->dec = self;
    stream->number = number;
    g_queue_init (&stream->items);
    stream->lane = gst_rtc_sctp_lane_new (work, stream, free_stream);
    g_hash_table_insert (self->streams, GUINT_TO_POINTER (number), stream);
  }
  stream->is_live = GST_IS_BUFFER (item);
  g_queue_push_tail (&stream->items, item);
  gst_rtc_sctp_lane_wake (stream->lane);
}

static void
append_all (GstRtcSctpDec *self)
{
  GHashTableIter iter;
  gpointer number, stream;

  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, &number, &stream))
    if (((Stream *) stream)->is_live)
      append (self, GPOINTER_TO_UINT (number), GST_MINI_OBJECT (gst_event_new_eos ()));
}

/* The message, whose only reference this is, as a buffer. */
static GstBuffer *
wrap (RtcSctpEvent *event)
{
  RtcPacket *packet = g_steal_pointer (&event->packet);
  GstBuffer *buffer = gst_buffer_new_wrapped_full (
      0, packet->data, packet->len, 0, packet->len, packet, (GDestroyNotify) rtc_packet_unref);

  gst_sctp_buffer_add_receive_meta (buffer, event->ppid);
  return buffer;
}

/* The association's lock is held. */
static void
handle_event (GstElement *element, RtcSctpEvent *event)
{
  GstRtcSctpDec *self = GST_RTC_SCTP_DEC (element);

  g_mutex_lock (&self->lock);
  if (event->type == RTC_SCTP_EVENT_MESSAGE)
    append (self, event->stream, GST_MINI_OBJECT (wrap (event)));
  else if (event->type == RTC_SCTP_EVENT_STREAM_RESET)
    append (self, event->stream, GST_MINI_OBJECT (gst_event_new_eos ()));
  else if (event->state == RTC_SCTP_STATE_CLOSED)
    append_all (self);
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_sctp_dec_reset_stream (GstRtcSctpDec *self, guint number)
{
  GstRtcSctpAssociation *association = gst_rtc_sctp_half_get_association (&self->half);

  if (association == NULL || number > G_MAXUINT16)
    goto done;
  gst_rtc_sctp_association_reset_stream (association, (guint16) number);
  g_mutex_lock (&self->lock);
  if (self->streams != NULL)
    append (self, number, GST_MINI_OBJECT (gst_event_new_eos ()));
  g_mutex_unlock (&self->lock);

done:
  gst_rtc_sctp_association_unref (association);
}

/* -- Packets in -------------------------------------------------------------- */

static GstFlowReturn
sink_chain (GstPad *sink, GstObject *parent, GstBuffer *buffer)
{
  GstRtcSctpAssociation *association =
      gst_rtc_sctp_half_get_association (&GST_RTC_SCTP_DEC (parent)->half);
  GstMapInfo map;

  if (association != NULL && gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    gst_rtc_sctp_association_handle_packet (association, map.data, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  gst_rtc_sctp_association_unref (association);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

/* Streams begin and end by what the peer says in packets. */
static gboolean
sink_event (GstPad *sink, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

/* -- Properties -------------------------------------------------------------- */

static void
gst_rtc_sctp_dec_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcSctpDec *self = GST_RTC_SCTP_DEC (object);

  if (id == PROP_LOCAL_SCTP_PORT) {
    gst_rtc_sctp_half_set_port (&self->half, g_value_get_uint (value));
  } else if (id == PROP_SCTP_ASSOCIATION_ID) {
    gst_rtc_sctp_half_set_number (&self->half, g_value_get_uint (value));
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static GstStructure *
make_stats (GstRtcSctpDec *self)
{
  GstStructure *stats = gst_rtc_sctp_half_make_stats (&self->half);

  g_mutex_lock (&self->lock);
  gst_structure_set (stats, "dropped-unlinked", G_TYPE_UINT64, self->dropped_unlinked, NULL);
  g_mutex_unlock (&self->lock);
  return stats;
}

static void
gst_rtc_sctp_dec_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcSctpDec *self = GST_RTC_SCTP_DEC (object);

  if (id == PROP_STATS)
    g_value_take_boxed (value, make_stats (self));
  else if (id == PROP_SCTP_ASSOCIATION_ID)
    g_value_set_uint (value, gst_rtc_sctp_half_get_number (&self->half));
  else if (id == PROP_LOCAL_SCTP_PORT)
    g_value_set_uint (value, gst_rtc_sctp_half_get_port (&self->half));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

/* -- Life -------------------------------------------------------------------- */

/* The pads are active: what the peer answers at once finds its way. */
static void
start (GstRtcSctpDec *self)
{
  g_mutex_lock (&self->lock);
  self->streams = g_hash_table_new (NULL, NULL);
  self->dropped_unlinked = 0;
  g_mutex_unlock (&self->lock);
  gst_rtc_sctp_half_join (&self->half, GST_ELEMENT (self), handle_event);
}

/* The pads are not active any more. */
static void
stop (GstRtcSctpDec *self)
{
  GHashTable *streams;
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&self->lock);
  streams = g_steal_pointer (&self->streams);
  g_mutex_unlock (&self->lock);
  gst_rtc_sctp_half_drop (&self->half);
  if (streams == NULL)
    return;
  g_hash_table_iter_init (&iter, streams);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Stream *stream = value;

    gst_rtc_sctp_lane_stop (stream->lane);
    remove_pad (stream);
    gst_rtc_sctp_lane_free (stream->lane);
  }
  g_hash_table_unref (streams);
}

static GstStateChangeReturn
gst_rtc_sctp_dec_change_state (GstElement *element, GstStateChange transition)
{
  GstRtcSctpDec *self = GST_RTC_SCTP_DEC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_rtc_sctp_half_leave (&self->half);
  result = GST_ELEMENT_CLASS (gst_rtc_sctp_dec_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result != GST_STATE_CHANGE_FAILURE)
    start (self);
  else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  return result;
}

static void
gst_rtc_sctp_dec_finalize (GObject *object)
{
  GstRtcSctpDec *self = GST_RTC_SCTP_DEC (object);

  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->adding);
  gst_rtc_sctp_half_clear (&self->half);
  G_OBJECT_CLASS (gst_rtc_sctp_dec_parent_class)->finalize (object);
}

static void
gst_rtc_sctp_dec_init (GstRtcSctpDec *self)
{
  g_mutex_init (&self->lock);
  g_mutex_init (&self->adding);
  gst_rtc_sctp_half_init (&self->half, GST_RTC_SCTP_RECEIVER);
  self->sink = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sink, sink_chain);
  gst_pad_set_event_function (self->sink, sink_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sink);
}

static void
gst_rtc_sctp_dec_class_init (GstRtcSctpDecClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GObjectClass *object = G_OBJECT_CLASS (klass);

  object->finalize = gst_rtc_sctp_dec_finalize;
  object->set_property = gst_rtc_sctp_dec_set_property;
  object->get_property = gst_rtc_sctp_dec_get_property;
  element->change_state = gst_rtc_sctp_dec_change_state;

  g_object_class_install_property (object, PROP_SCTP_ASSOCIATION_ID,
      g_param_spec_uint ("sctp-association-id", "SCTP Association ID",
          "The sctpenc of the same association has the same number", 0, G_MAXUINT16,
          GST_RTC_SCTP_HALF_NUMBER, flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (object, PROP_LOCAL_SCTP_PORT,
      g_param_spec_uint ("local-sctp-port", "Local SCTP port",
          "Our SCTP port; 0: not known yet. The peer's is a property of sctpenc", 0, G_MAXUINT16, 0,
          flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (object, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "Various statistics", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  /**
   * GstRtcSctpDec::reset-stream:
   * @stream: which
   *
   * Resets what we send on that stream and ends its pad.
   */
  signals[SIGNAL_RESET_STREAM] = g_signal_new_class_handler ("reset-stream",
      G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (gst_rtc_sctp_dec_reset_stream), NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_add_static_pad_template (element, &src_template);
  gst_element_class_set_static_metadata (element, "SCTP Decoder", "Decoder/Network/SCTP",
      "Decodes packets with SCTP", "the gst-plugins-rtc authors");
}
