/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/sctp/rtc-usrsctp-private.h"

#include <errno.h>

#include "ext/sctp/rtc-usrsctp-pump.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_sctp

static void
push_stream (RtcUsrsctp *self, RtcSctpEventType type, guint16 stream)
{
  RtcSctpEvent *event = rtc_usrsctp_make_event (self, type);

  event->stream = stream;
  rtc_usrsctp_push_event (self, event);
}

static void
handle_stream_reset (RtcUsrsctp *self, const struct sctp_stream_reset_event *event, gsize len)
{
  guint n = (guint) ((MIN (event->strreset_length, len) - sizeof *event) / sizeof (guint16));
  gboolean has_failed =
      (event->strreset_flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED)) != 0;

  for (guint i = 0; i < n; i++) {
    guint16 stream = event->strreset_stream_list[i];

    if (stream >= self->config.max_streams) {
      self->stats.dropped_malformed++; /* the peer's request is handed on as it came */
      continue;
    }
    if ((event->strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0 && !has_failed)
      push_stream (self, RTC_SCTP_EVENT_STREAM_RESET, stream);
    if ((event->strreset_flags & SCTP_STREAM_RESET_OUTGOING_SSN) == 0)
      continue;
    self->n_resetting -= MIN (self->n_resetting, 1);
    /* "denied": again at the next tick, until the channel's patience ends. */
    if (has_failed)
      g_array_append_val (self->resets, stream);
    else
      push_stream (self, RTC_SCTP_EVENT_RESET_DONE, stream);
  }
  if (n == 0 && (event->strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0 && !has_failed) {
    for (guint i = 0; i < self->config.max_streams; i++)
      push_stream (self, RTC_SCTP_EVENT_STREAM_RESET, (guint16) i);
  }
}

static void
handle_change (RtcUsrsctp *self, const struct sctp_assoc_change *change)
{
  switch (change->sac_state) {
    case SCTP_COMM_UP:
      self->n_out_streams = change->sac_outbound_streams;
      GST_INFO_ID (self->id, "connected, %u streams out, %u in", change->sac_outbound_streams,
          change->sac_inbound_streams);
      if (self->state != RTC_SCTP_STATE_CONNECTING)
        break;
      self->state = RTC_SCTP_STATE_CONNECTED;
      rtc_usrsctp_push_event (self, rtc_usrsctp_make_event (self, RTC_SCTP_EVENT_STATE));
      break;
    case SCTP_CANT_STR_ASSOC:
      rtc_usrsctp_end (self, "the peer does not answer SCTP");
      break;
    case SCTP_RESTART:
      rtc_usrsctp_end (self, "the peer started its SCTP association anew");
      break;
    case SCTP_COMM_LOST:
      rtc_usrsctp_end (self, "the peer aborted SCTP or no longer acknowledges");
      break;
    case SCTP_SHUTDOWN_COMP:
    default:
      rtc_usrsctp_end (self, "the peer shut SCTP down");
      break;
  }
}

static void
handle_notification (RtcUsrsctp *self, const guint8 *data, gsize len)
{
  const union sctp_notification *notification = (const union sctp_notification *) (gpointer) data;

  if (len < sizeof notification->sn_header)
    return;
  switch (notification->sn_header.sn_type) {
    case SCTP_ASSOC_CHANGE:
      if (len >= sizeof (struct sctp_assoc_change))
        handle_change (self, &notification->sn_assoc_change);
      break;
    case SCTP_SHUTDOWN_EVENT:
      rtc_usrsctp_end (self, "the peer shut SCTP down");
      break;
    case SCTP_STREAM_RESET_EVENT:
      if (len >= sizeof (struct sctp_stream_reset_event))
        handle_stream_reset (self, &notification->sn_strreset_event, len);
      break;
    case SCTP_PARTIAL_DELIVERY_EVENT:
      /* The rest of it was abandoned (RFC 3758). */
      g_clear_pointer (&self->partial, g_byte_array_unref);
      break;
    default:
      break;
  }
}

static void
handle_data (RtcUsrsctp *self, const struct sctp_rcvinfo *info, gboolean is_last,
    const guint8 *data, gsize len)
{
  RtcSctpEvent *event;
  RtcPacket *packet;

  if ((self->partial != NULL ? self->partial->len : 0) + len > self->config.max_message_bytes) {
    rtc_usrsctp_end (self, "the peer sent a longer message than we take");
    return;
  }
  if (!is_last || self->partial != NULL) {
    if (self->partial == NULL)
      self->partial = g_byte_array_new ();
    g_byte_array_append (self->partial, data, (guint) len);
    if (!is_last)
      return;
    packet = rtc_packet_new_copy (NULL, self->partial->data, self->partial->len);
    g_clear_pointer (&self->partial, g_byte_array_unref);
  } else {
    packet = rtc_packet_new_copy (NULL, data, len);
  }
  event = rtc_usrsctp_make_event (self, RTC_SCTP_EVENT_MESSAGE);
  event->packet = packet;
  event->stream = info->rcv_sid;
  event->ppid = g_ntohl (info->rcv_ppid);
  rtc_usrsctp_push_event (self, event);
}

gboolean
rtc_usrsctp_read (RtcUsrsctp *self)
{
  struct sctp_rcvinfo info = { 0 };
  socklen_t info_len = sizeof info, from_len = sizeof (struct sockaddr_conn);
  struct sockaddr_conn from;
  unsigned int info_type = SCTP_RECVV_NOINFO;
  int flags = 0;
  gsize size;
  guint8 *data = rtc_usrsctp_get_scratch (&size);
  ssize_t n;

  rtc_usrsctp_enter (RTC_USRSCTP_TOGETHER);
  n = usrsctp_recvv (self->socket, data, size, (struct sockaddr *) &from, &from_len, &info,
      &info_len, &info_type, &flags);
  rtc_usrsctp_leave (RTC_USRSCTP_TOGETHER);
  if (n < 0 && (errno == EWOULDBLOCK || errno == EAGAIN || errno == EINTR))
    return FALSE;
  if (n <= 0) {
    if (self->state == RTC_SCTP_STATE_CONNECTED)
      rtc_usrsctp_end (self, "the peer ended SCTP");
    return FALSE;
  }
  if ((flags & MSG_NOTIFICATION) != 0)
    handle_notification (self, data, (gsize) n);
  else
    handle_data (self, &info, (flags & MSG_EOR) != 0, data, (gsize) n);
  return TRUE;
}
