/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/sctp/gstrtcsctpassociation.h"

#include "ext/sctp/gstrtcsctptable.h"
#include "ext/sctp/rtc-usrsctp.h"

/* What the datagrams of SCTP may have: 1200 less what DTLS puts around them. */
#define MTU 1160

#define MAX_STREAMS 1024

/* Messages that sctpdec holds: above the first the peer's window closes, until the second. Each
 * costs as much as MESSAGE_BYTES more. */
#define MAX_HELD_BYTES (1024 * 1024)
#define RESUME_BYTES (512 * 1024)
#define MESSAGE_BYTES 256

GST_DEBUG_CATEGORY_STATIC (sctp_association_debug);
#define GST_CAT_DEFAULT sctp_association_debug

struct _GstRtcSctpAssociation {
  GstRtcSctpEntry entry; /* the table's */

  GMutex lock; /* all below */
  GCond changed;
  guint ports[2];
  GstRtcSctpHandler handlers[2]; /* NULL: not there */
  GstElement *elements[2];       /* not owned; valid with its handler */
  gboolean is_left;              /* one of ours is not there any more */
  RtcSctpFactory *factory;
  RtcSctp *sctp; /* NULL: not started */
  RtcSctpState state;
  gboolean is_deaf;
  gsize held_bytes;
  guint64 messages_sent, messages_received, bytes_sent, bytes_received;
  guint64 dropped_early, dropped_malformed, dropped_messages;
};

static GstClockTime
now (void)
{
  return (GstClockTime) g_get_monotonic_time () * GST_USECOND;
}

/* -- What the association says; lock held ------------------------------------- */

static void
hand_over (GstRtcSctpAssociation *self, GstRtcSctpRole role, RtcSctpEvent *event)
{
  if (self->handlers[role] != NULL)
    self->handlers[role](self->elements[role], event);
  else
    rtc_packet_unref (event->packet);
}

static void
set_deaf (GstRtcSctpAssociation *self, gboolean is_deaf)
{
  self->is_deaf = is_deaf;
  self->sctp->vtable->set_reading (self->sctp, !is_deaf);
}

static void
handle_message (GstRtcSctpAssociation *self, RtcSctpEvent *event)
{
  if (self->handlers[GST_RTC_SCTP_RECEIVER] == NULL) {
    self->dropped_messages++;
    rtc_packet_unref (event->packet);
    return;
  }
  self->messages_received++;
  self->bytes_received += event->packet->len;
  self->held_bytes += event->packet->len + MESSAGE_BYTES;
  hand_over (self, GST_RTC_SCTP_RECEIVER, event);
  if (!self->is_deaf && self->held_bytes > MAX_HELD_BYTES)
    set_deaf (self, TRUE);
}

static void
handle_state (GstRtcSctpAssociation *self, RtcSctpEvent *event)
{
  RtcSctpEvent copy = *event;

  self->state = event->state;
  GST_INFO ("association %u: %s%s", self->entry.number,
      event->state == RTC_SCTP_STATE_CONNECTED ? "connected" : "closed: ", event->reason);
  hand_over (self, GST_RTC_SCTP_SENDER, event);
  hand_over (self, GST_RTC_SCTP_RECEIVER, &copy);
}

/* After any call of the association. */
static void
collect (GstRtcSctpAssociation *self)
{
  RtcSctpEvent event = { 0 };

  while (self->sctp->vtable->poll (self->sctp, &event)) {
    switch (event.type) {
      case RTC_SCTP_EVENT_TRANSMIT:
        hand_over (self, GST_RTC_SCTP_SENDER, &event);
        break;
      case RTC_SCTP_EVENT_STATE:
        handle_state (self, &event);
        g_cond_broadcast (&self->changed);
        break;
      case RTC_SCTP_EVENT_MESSAGE:
        handle_message (self, &event);
        break;
      case RTC_SCTP_EVENT_STREAM_RESET:
        hand_over (self, GST_RTC_SCTP_RECEIVER, &event);
        break;
      case RTC_SCTP_EVENT_RESET_DONE:
      case RTC_SCTP_EVENT_WRITABLE:
        g_cond_broadcast (&self->changed);
        break;
    }
    event = (RtcSctpEvent){ 0 };
  }
  gst_rtc_sctp_table_set_deadline (&self->entry, self->sctp->vtable->next_deadline (self->sctp));
}

/* -- Life -------------------------------------------------------------------- */

static void
handle_timeout (GstRtcSctpEntry *entry)
{
  GstRtcSctpAssociation *self = (GstRtcSctpAssociation *) entry;

  g_mutex_lock (&self->lock);
  if (self->sctp != NULL) {
    self->sctp->vtable->handle_timeout (self->sctp, now ());
    collect (self);
  }
  g_mutex_unlock (&self->lock);
}

static void
clear (gpointer data)
{
  GstRtcSctpAssociation *self = data;

  if (self->sctp != NULL)
    self->sctp->vtable->free (self->sctp);
  rtc_usrsctp_factory_free (self->factory);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
}

GstRtcSctpAssociation *
gst_rtc_sctp_association_ref (GstRtcSctpAssociation *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
gst_rtc_sctp_association_unref (GstRtcSctpAssociation *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, clear);
}

static void
unref_entry (GstRtcSctpEntry *entry)
{
  gst_rtc_sctp_association_unref ((GstRtcSctpAssociation *) entry);
}

static GstRtcSctpEntry *
make_entry (guint number)
{
  GstRtcSctpAssociation *self = g_atomic_rc_box_new0 (GstRtcSctpAssociation);

  GST_DEBUG_CATEGORY_INIT (
      sctp_association_debug, "sctpassociation", 0, "associations of sctpenc and sctpdec");
  self->entry = (GstRtcSctpEntry){ .number = number,
    .deadline = GST_CLOCK_TIME_NONE,
    .handle_timeout = handle_timeout,
    .unref = unref_entry };
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->factory = rtc_usrsctp_factory_new ();
  return &self->entry;
}

/* Lock held. */
static void
start_if_complete (GstRtcSctpAssociation *self)
{
  RtcSctpConfig config = { .peer_id = self->entry.number,
    .local_port = (guint16) self->ports[GST_RTC_SCTP_RECEIVER],
    .remote_port = (guint16) self->ports[GST_RTC_SCTP_SENDER],
    .max_streams = MAX_STREAMS,
    .max_message_bytes = GST_RTC_SCTP_MAX_MESSAGE,
    .mtu = MTU };
  GError *error = NULL;

  if (self->sctp != NULL || self->state == RTC_SCTP_STATE_CLOSED || config.local_port == 0
      || config.remote_port == 0 || self->handlers[0] == NULL || self->handlers[1] == NULL)
    return;
  self->sctp = self->factory->create (self->factory, &config, &error);
  if (self->sctp == NULL) {
    RtcSctpEvent event = { .type = RTC_SCTP_EVENT_STATE, .state = RTC_SCTP_STATE_CLOSED };

    g_strlcpy (event.reason, error != NULL ? error->message : "no reason", sizeof event.reason);
    g_clear_error (&error);
    handle_state (self, &event);
    return;
  }
  self->sctp->vtable->connect (self->sctp, now ());
  collect (self);
}

GstRtcSctpAssociation *
gst_rtc_sctp_association_join (
    guint number, GstRtcSctpRole role, GstElement *element, GstRtcSctpHandler handler)
{
  GstRtcSctpAssociation *self =
      (GstRtcSctpAssociation *) gst_rtc_sctp_table_join (number, role, element, make_entry);

  g_mutex_lock (&self->lock);
  self->elements[role] = element;
  self->handlers[role] = handler;
  start_if_complete (self);
  g_mutex_unlock (&self->lock);
  return self;
}

void
gst_rtc_sctp_association_leave (GstRtcSctpAssociation *self, GstRtcSctpRole role)
{
  g_mutex_lock (&self->lock);
  self->is_left = TRUE;
  if (self->sctp != NULL && self->state != RTC_SCTP_STATE_CLOSED) {
    self->sctp->vtable->close (self->sctp, now ());
    collect (self);
  }
  self->state = RTC_SCTP_STATE_CLOSED;
  self->handlers[role] = NULL;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  gst_rtc_sctp_table_leave (&self->entry, role);
}

void
gst_rtc_sctp_association_set_port (GstRtcSctpAssociation *self, GstRtcSctpRole role, guint port)
{
  g_mutex_lock (&self->lock);
  self->ports[role] = port;
  start_if_complete (self);
  g_mutex_unlock (&self->lock);
}

/* -- Packets and messages ---------------------------------------------------- */

void
gst_rtc_sctp_association_handle_packet (GstRtcSctpAssociation *self, const guint8 *data, gsize len)
{
  g_mutex_lock (&self->lock);
  if (self->sctp == NULL || self->state == RTC_SCTP_STATE_CLOSED) {
    self->dropped_early++;
  } else {
    if (self->sctp->vtable->handle_packet (self->sctp, now (), data, len) != RTC_OK)
      self->dropped_malformed++;
    collect (self);
  }
  g_mutex_unlock (&self->lock);
}

/* Lock held. */
static RtcResult
try_send (GstRtcSctpAssociation *self, const GstRtcSctpMessage *message)
{
  RtcResult result;

  if (self->state == RTC_SCTP_STATE_CLOSED)
    return RTC_ERR_PEER_CLOSED;
  if (self->sctp == NULL || self->state == RTC_SCTP_STATE_CONNECTING)
    return RTC_AGAIN;
  result = self->sctp->vtable->send (self->sctp, now (), message->stream, message->ppid,
      &message->reliability, message->data, message->len);
  collect (self);
  if (result == RTC_ERR_STATE)
    result = self->state == RTC_SCTP_STATE_CLOSED ? RTC_ERR_PEER_CLOSED : RTC_ERR_UNSUPPORTED;
  return result;
}

RtcResult
gst_rtc_sctp_association_send (
    GstRtcSctpAssociation *self, const GstRtcSctpMessage *message, GstPad *pad)
{
  RtcResult result = RTC_AGAIN;

  g_mutex_lock (&self->lock);
  while (!GST_PAD_IS_FLUSHING (pad) && !self->is_left) {
    result = try_send (self, message);
    if (result != RTC_AGAIN)
      break;
    g_cond_wait (&self->changed, &self->lock);
  }
  if (result == RTC_OK) {
    self->messages_sent++;
    self->bytes_sent += message->len;
  }
  g_mutex_unlock (&self->lock);
  return result;
}

void
gst_rtc_sctp_association_wake_senders (GstRtcSctpAssociation *self)
{
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_sctp_association_reset_stream (GstRtcSctpAssociation *self, guint16 stream)
{
  g_mutex_lock (&self->lock);
  if (self->sctp != NULL && self->state == RTC_SCTP_STATE_CONNECTED) {
    self->sctp->vtable->reset_stream (self->sctp, now (), stream);
    collect (self);
  }
  g_mutex_unlock (&self->lock);
}

gboolean
gst_rtc_sctp_association_has_stream (GstRtcSctpAssociation *self, guint stream)
{
  gboolean has_stream;

  g_mutex_lock (&self->lock);
  has_stream = self->state != RTC_SCTP_STATE_CLOSED && stream < MAX_STREAMS;
  g_mutex_unlock (&self->lock);
  return has_stream;
}

void
gst_rtc_sctp_association_release (GstRtcSctpAssociation *self, gsize len)
{
  g_mutex_lock (&self->lock);
  self->held_bytes -= len + MESSAGE_BYTES;
  if (self->is_deaf && self->held_bytes <= RESUME_BYTES) {
    set_deaf (self, FALSE);
    collect (self);
  }
  g_mutex_unlock (&self->lock);
}

GstStructure *
gst_rtc_sctp_association_make_stats (GstRtcSctpAssociation *self)
{
  RtcSctpStats s = { 0 };
  GstStructure *stats;

  g_mutex_lock (&self->lock);
  if (self->sctp != NULL)
    self->sctp->vtable->get_stats (self->sctp, &s);
  stats = gst_structure_new ("application/x-sctp-stats", "connected", G_TYPE_BOOLEAN,
      self->state == RTC_SCTP_STATE_CONNECTED, "packets-sent", G_TYPE_UINT64, s.packets_sent,
      "packets-received", G_TYPE_UINT64, s.packets_received, "messages-sent", G_TYPE_UINT64,
      self->messages_sent, "messages-received", G_TYPE_UINT64, self->messages_received,
      "bytes-sent", G_TYPE_UINT64, self->bytes_sent, "bytes-received", G_TYPE_UINT64,
      self->bytes_received, "dropped-early", G_TYPE_UINT64, self->dropped_early,
      "dropped-malformed", G_TYPE_UINT64, self->dropped_malformed, "dropped-messages",
      G_TYPE_UINT64, self->dropped_messages, "smoothed-rtt", G_TYPE_UINT64, s.smoothed_rtt,
      "congestion-window", G_TYPE_UINT, s.congestion_window, "receiver-window", G_TYPE_UINT,
      s.receiver_window, "mtu", G_TYPE_UINT, s.mtu, NULL);
  g_mutex_unlock (&self->lock);
  return stats;
}
