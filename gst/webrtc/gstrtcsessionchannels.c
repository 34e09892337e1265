/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcsessionpeerprivate.h"

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_dc

/* What [C] has not looked at yet, bytes: above the limit no more is read from the peer, whose
 * window closes; from the half on it is again. An event costs something too. */
#define UNREAD_LIMIT (1024 * 1024)
#define EVENT_COST 256

/* What a message costs beside its bytes while it waits to be sent. */
#define MESSAGE_COST 128

/* --- events: [N] -> [C] ----------------------------------------------------------------------- */

typedef struct {
  GstRtcSessionPeer *peer;
  GstRtcDataChannel *channel;
  GstRtcDataChannelEvent event;
  gboolean is_new; /* the session is to announce it first */
  gint cost;
} PostedEvent;

static void
run_read (gpointer data)
{
  GstRtcSessionPeer *self = data;
  RtcLoop *loop = gst_rtc_session_peer_get_loop (self);
  RtcPeer *peer = self->id == 0 ? NULL : rtc_loop_find_peer (loop, self->id);

  if (!self->is_deaf || peer == NULL)
    return;
  self->is_deaf = FALSE;
  rtc_peer_set_data_reading (peer, rtc_loop_now (), TRUE);
  rtc_loop_turn_peer (loop, peer);
}

static void
posted_event_free (gpointer data)
{
  PostedEvent *posted = data;
  gint before = g_atomic_int_add (&posted->peer->unread, -posted->cost);

  if (before > UNREAD_LIMIT / 2 && before - posted->cost <= UNREAD_LIMIT / 2)
    rtc_loop_post (gst_rtc_session_peer_get_loop (posted->peer), run_read,
        gst_rtc_session_peer_ref (posted->peer), (GDestroyNotify) gst_rtc_session_peer_unref);
  if (posted->event.bytes != NULL)
    g_bytes_unref (posted->event.bytes);
  g_clear_error (&posted->event.error);
  g_object_unref (posted->channel);
  gst_rtc_session_peer_unref (posted->peer);
  g_free (posted);
}

static void
run_event (gpointer data)
{
  PostedEvent *posted = data;
  GObject *session = posted->is_new ? g_weak_ref_get (&posted->peer->session) : NULL;

  if (session != NULL) {
    posted->peer->func (session, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_CHANNEL,
                                     .channel = posted->channel });
    g_object_unref (session);
  }
  gst_rtc_data_channel_handle_event (posted->channel, &posted->event);
}

/* Takes over what event points to. */
static void
post_event (GstRtcSessionPeer *self, GstRtcDataChannel *channel,
    const GstRtcDataChannelEvent *event, gboolean is_new)
{
  PostedEvent *posted = g_new0 (PostedEvent, 1);

  posted->peer = gst_rtc_session_peer_ref (self);
  posted->channel = g_object_ref (channel);
  posted->event = *event;
  posted->is_new = is_new;
  posted->cost = EVENT_COST + (event->bytes != NULL ? (gint) g_bytes_get_size (event->bytes) : 0);
  g_atomic_int_add (&self->unread, posted->cost);
  rtc_loop_post_control (
      gst_rtc_session_peer_get_loop (self), run_event, posted, posted_event_free);
}

static void
post_refusal (GstRtcSessionPeer *self, GstRtcDataChannel *channel, GError *error)
{
  post_event (self, channel,
      &(GstRtcDataChannelEvent){ .type = GST_RTC_DATA_CHANNEL_ERROR, .error = error }, FALSE);
  post_event (
      self, channel, &(GstRtcDataChannelEvent){ .type = GST_RTC_DATA_CHANNEL_CLOSED }, FALSE);
}

/* --- operations: any thread -> [N] ------------------------------------------------------------ */

typedef enum { CHANNEL_OP_CREATE, CHANNEL_OP_SEND, CHANNEL_OP_CLOSE } ChannelOpType;

typedef struct {
  ChannelOpType type;
  GstRtcSessionPeer *peer;
  GstRtcDataChannel *channel;
  RtcDataChannelInit init; /* of CREATE, with the two texts */
  gchar *label, *protocol;
  gboolean is_text;
  RtcPacket *packet; /* of SEND */
} ChannelOp;

static void
channel_op_free (gpointer data)
{
  ChannelOp *op = data;

  rtc_packet_unref (op->packet);
  g_free (op->label);
  g_free (op->protocol);
  g_object_unref (op->channel);
  gst_rtc_session_peer_unref (op->peer);
  g_free (op);
}

static void
remember (GstRtcSessionPeer *self, GstRtcDataChannel *channel, guint32 handle)
{
  g_hash_table_insert (self->channels, GUINT_TO_POINTER (handle), g_object_ref (channel));
  g_hash_table_insert (self->handles, channel, GUINT_TO_POINTER (handle));
}

static void
create (GstRtcSessionPeer *self, RtcPeer *peer, const ChannelOp *op, GstClockTime now)
{
  GError *error = NULL;
  guint32 handle;

  if (rtc_peer_create_channel (peer, now, &op->init, &handle, &error) == RTC_OK)
    remember (self, op->channel, handle);
  else
    post_refusal (self, op->channel, error);
}

/* TRUE: buffered-amount is low now. */
static gboolean
note_sent (GstRtcSessionPeer *self, GstRtcDataChannel *channel, gsize n_bytes, guint n_messages)
{
  g_atomic_int_add (&self->unsent, -(gint) (n_bytes + n_messages * MESSAGE_COST));
  return gst_rtc_data_channel_note_sent (channel, n_bytes);
}

static void
send (GstRtcSessionPeer *self, RtcPeer *peer, ChannelOp *op, guint32 handle, GstClockTime now)
{
  gsize len = op->packet->len;
  RtcResult result =
      rtc_peer_send_data (peer, now, handle, op->is_text, g_steal_pointer (&op->packet));
  GError *error = NULL;

  if (result == RTC_OK)
    return;
  note_sent (self, op->channel, len, 1);
  rtc_error (&error, result, "a message of %" G_GSIZE_FORMAT " bytes was not sent: %s", len,
      result == RTC_ERR_STATE ? "the data channel is not open" : rtc_result_to_string (result));
  post_event (self, op->channel,
      &(GstRtcDataChannelEvent){ .type = GST_RTC_DATA_CHANNEL_ERROR, .error = error }, FALSE);
}

static void
run_channel_op (gpointer data)
{
  ChannelOp *op = data;
  GstRtcSessionPeer *self = op->peer;
  RtcLoop *loop = gst_rtc_session_peer_get_loop (self);
  RtcPeer *peer = self->id == 0 ? NULL : rtc_loop_find_peer (loop, self->id);
  guint32 handle = GPOINTER_TO_UINT (g_hash_table_lookup (self->handles, op->channel));
  GstClockTime now = rtc_loop_now ();

  if (op->type == CHANNEL_OP_CREATE && peer == NULL) {
    GError *error = NULL;

    rtc_error (&error, RTC_ERR_PEER_CLOSED, "the session has ended");
    post_refusal (self, op->channel, error);
  } else if (op->type == CHANNEL_OP_CREATE) {
    create (self, peer, op, now);
  } else if (peer == NULL || handle == 0) {
    return;
  } else if (op->type == CHANNEL_OP_SEND) {
    send (self, peer, op, handle, now);
  } else {
    rtc_peer_close_channel (peer, now, handle);
  }
  if (peer != NULL)
    rtc_loop_turn_peer (loop, peer);
}

/* What is asked for before there is a peer waits for it. */
static void
run_or_wait (gpointer data)
{
  ChannelOp *op = data;
  GstRtcSessionPeer *self = op->peer;

  if (self->id == 0 && !self->has_ended) {
    g_queue_push_tail (&self->early_channels, g_memdup2 (op, sizeof *op));
    /* Its contents have moved. */
    *op = (ChannelOp){ .peer = gst_rtc_session_peer_ref (self),
      .channel = g_object_ref (op->channel) };
    return;
  }
  run_channel_op (op);
}

static void
post_channel_op (GstRtcSessionPeer *self, GstRtcDataChannel *channel, const ChannelOp *model)
{
  ChannelOp *op = g_new (ChannelOp, 1);

  *op = *model;
  op->peer = gst_rtc_session_peer_ref (self);
  op->channel = g_object_ref (channel);
  rtc_loop_post (gst_rtc_session_peer_get_loop (self), run_or_wait, op, channel_op_free);
}

static gboolean
on_reserve (gpointer peer, gsize len)
{
  GstRtcSessionPeer *self = peer;
  gint cost = (gint) len + MESSAGE_COST;
  gint before = g_atomic_int_add (&self->unsent, cost);

  if (before == 0 || before + cost <= GST_RTC_DATA_CHANNEL_MAX_BUFFERED)
    return TRUE;
  g_atomic_int_add (&self->unsent, -cost);
  return FALSE;
}

static void
on_send (gpointer peer, GstRtcDataChannel *channel, gboolean is_text, RtcPacket *packet)
{
  post_channel_op (
      peer, channel, &(ChannelOp){ .type = CHANNEL_OP_SEND, .is_text = is_text, .packet = packet });
}

static void
on_close (gpointer peer, GstRtcDataChannel *channel)
{
  post_channel_op (peer, channel, &(ChannelOp){ .type = CHANNEL_OP_CLOSE });
}

static const GstRtcDataChannelFuncs channel_funcs = {
  .reserve = on_reserve,
  .send = on_send,
  .close = on_close,
  .ref = (gpointer (*) (gpointer)) gst_rtc_session_peer_ref,
  .unref = (void (*) (gpointer)) gst_rtc_session_peer_unref,
};

GstRtcDataChannel *
gst_rtc_session_peer_create_channel (GstRtcSessionPeer *self, const RtcDataChannelInit *init)
{
  GstRtcDataChannel *channel = gst_rtc_data_channel_new (init, &channel_funcs, self);
  ChannelOp op = { .type = CHANNEL_OP_CREATE,
    .init = *init,
    .label = g_strdup (init->label),
    .protocol = g_strdup (init->protocol) };

  op.init.label = op.label;
  op.init.protocol = op.protocol;
  post_channel_op (self, channel, &op);
  return channel;
}

/* --- what the peer says; [N] ------------------------------------------------------------------ */

static GstRtcDataChannel *
add_new (GstRtcSessionPeer *self, const RtcDataChannelInfo *info)
{
  RtcDataChannelInit init = { .label = info->label,
    .protocol = info->protocol,
    .ordered = info->ordered,
    .max_retransmits = info->max_retransmits,
    .max_lifetime_ms = info->max_lifetime_ms,
    .priority = info->priority };
  GstRtcDataChannel *channel = gst_rtc_data_channel_new (&init, &channel_funcs, self);

  remember (self, channel, info->handle);
  g_object_unref (channel); /* the table has it */
  return channel;
}

static void
handle_open (GstRtcSessionPeer *self, RtcPeer *peer, const RtcOutput *output)
{
  GstRtcDataChannelEvent event = { .type = GST_RTC_DATA_CHANNEL_OPEN,
    .max_message_size = rtc_peer_get_max_message_size (peer) };
  gboolean is_new = output->type == RTC_OUTPUT_CHANNEL_NEW;
  GstRtcDataChannel *channel;
  RtcDataChannelInfo info;

  if (!rtc_peer_get_channel (peer, output->channel, &info))
    return;
  channel = is_new ? add_new (self, &info)
                   : g_hash_table_lookup (self->channels, GUINT_TO_POINTER (output->channel));
  event.id = info.id;
  if (channel != NULL)
    post_event (self, channel, &event, is_new);
}

static void
handle_message (
    GstRtcSessionPeer *self, RtcPeer *peer, GstRtcDataChannel *channel, const RtcOutput *output)
{
  GstRtcDataChannelEvent event = { .type = output->type == RTC_OUTPUT_CHANNEL_TEXT
                                               ? GST_RTC_DATA_CHANNEL_TEXT
                                               : GST_RTC_DATA_CHANNEL_BINARY,
    .bytes = g_bytes_new (output->packet->data, output->packet->len) };

  post_event (self, channel, &event, FALSE);
}

void
gst_rtc_session_peer_handle_channel (
    GstRtcSessionPeer *self, RtcPeer *peer, const RtcOutput *output)
{
  gpointer key = GUINT_TO_POINTER (output->channel);
  GstRtcDataChannel *channel = g_hash_table_lookup (self->channels, key);
  GstRtcDataChannelEvent event = { .type = GST_RTC_DATA_CHANNEL_CLOSING };

  if (output->type == RTC_OUTPUT_CHANNEL_NEW || output->type == RTC_OUTPUT_CHANNEL_OPEN) {
    handle_open (self, peer, output);
  } else if (channel == NULL) {
    return;
  } else if (output->type == RTC_OUTPUT_CHANNEL_SENT) {
    event.type = GST_RTC_DATA_CHANNEL_LOW;
    if (note_sent (self, channel, output->n_bytes, output->n_messages))
      post_event (self, channel, &event, FALSE);
  } else if (output->type == RTC_OUTPUT_CHANNEL_CLOSING) {
    post_event (self, channel, &event, FALSE);
  } else if (output->type == RTC_OUTPUT_CHANNEL_CLOSED) {
    event.type = GST_RTC_DATA_CHANNEL_CLOSED;
    post_event (self, channel, &event, FALSE);
    g_hash_table_remove (self->handles, channel);
    g_hash_table_remove (self->channels, key);
  } else {
    handle_message (self, peer, channel, output);
  }
  if (!self->is_deaf && g_atomic_int_get (&self->unread) > UNREAD_LIMIT) {
    self->is_deaf = TRUE;
    rtc_peer_set_data_reading (peer, rtc_loop_now (), FALSE);
  }
}

/* --- life ------------------------------------------------------------------------------------- */

void
gst_rtc_session_peer_init_channels (GstRtcSessionPeer *self)
{
  self->channels = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->handles = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->early_channels);
}

void
gst_rtc_session_peer_free_channels (GstRtcSessionPeer *self)
{
  g_hash_table_unref (self->handles);
  g_hash_table_unref (self->channels);
}

void
gst_rtc_session_peer_start_channels (GstRtcSessionPeer *self, RtcPeer *peer)
{
  ChannelOp *op;

  while ((op = g_queue_pop_head (&self->early_channels)) != NULL) {
    guint32 handle = GPOINTER_TO_UINT (g_hash_table_lookup (self->handles, op->channel));

    if (op->type == CHANNEL_OP_CREATE)
      create (self, peer, op, rtc_loop_now ());
    else if (op->type == CHANNEL_OP_CLOSE)
      rtc_peer_close_channel (peer, rtc_loop_now (), handle);
    channel_op_free (op);
  }
}

void
gst_rtc_session_peer_end_channels (GstRtcSessionPeer *self)
{
  GstRtcDataChannelEvent closed = { .type = GST_RTC_DATA_CHANNEL_CLOSED };
  GstRtcDataChannel *channel;
  GHashTableIter iter;
  ChannelOp *op;

  while ((op = g_queue_pop_head (&self->early_channels)) != NULL) {
    if (op->type == CHANNEL_OP_CREATE)
      post_event (self, op->channel, &closed, FALSE);
    channel_op_free (op);
  }
  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel))
    post_event (self, channel, &closed, FALSE);
  g_hash_table_remove_all (self->handles);
  g_hash_table_remove_all (self->channels);
}
