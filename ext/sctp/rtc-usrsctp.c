/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/sctp/rtc-usrsctp-private.h"

#include <errno.h>
#include <string.h>
#include <usrsctp.h>

#include "ext/sctp/rtc-crc32c.h"
#include "ext/sctp/rtc-usrsctp-pump.h"
#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_sctp

#define CHUNK_INIT 1
#define CHUNK_INIT_ACK 2
#define CHUNK_RECONFIG 130     /* RFC 6525 3.1 */
#define CHUNK_SKIPPED 0xbf     /* nobody's */
#define PARAMETER_RESET_OUT 13 /* 4.1 */

/* How often an association's timers are looked at while it has something under way, and after how
 * many looks without anything it sleeps until something happens. */
#define TICK (10 * GST_MSECOND)
#define QUIET_TICKS 10

/* After which a peer that owes acknowledgements and says nothing is given up: more than ICE consent
 * (30 s) waits, which is to decide. */
#define SILENCE (60 * GST_SECOND)

/* How long a reset waits for the data in flight. */
#define RESET_PATIENCE (500 * GST_MSECOND)

/* How long a request is waited for, whose answer usrsctp may have had no room to tell. */
#define RESET_ANSWER_PATIENCE (5 * GST_SECOND)

/* Streams reset by one request; usrsctp takes up to 200. */
#define MAX_RESETS 100

typedef struct {
  RtcSctpFactory parent;
} RtcUsrsctpFactory;

/* Takes the association down; what usrsctp says last is still sent. */
void
rtc_usrsctp_end (RtcUsrsctp *self, const gchar *reason)
{
  RtcSctpEvent *event;

  if (self->state == RTC_SCTP_STATE_CLOSED)
    return;
  GST_INFO_ID (self->id, "closed: %s", reason);
  if (self->socket != NULL) {
    /* SO_LINGER of 0: an ABORT, and nothing stays behind. */
    rtc_usrsctp_enter (RTC_USRSCTP_ALONE);
    usrsctp_close (self->socket);
    rtc_usrsctp_leave (RTC_USRSCTP_ALONE);
    rtc_usrsctp_unregister (self->name);
    self->socket = NULL;
  }
  self->deadline = GST_CLOCK_TIME_NONE;
  self->state = RTC_SCTP_STATE_CLOSED;
  event = rtc_usrsctp_make_event (self, RTC_SCTP_EVENT_STATE);
  g_strlcpy (event->reason, reason, sizeof event->reason);
  rtc_usrsctp_push_event (self, event);
}

static void
note_writable (RtcUsrsctp *self)
{
  gint events;

  if (!self->wants_write)
    return;
  rtc_usrsctp_enter (RTC_USRSCTP_TOGETHER);
  events = usrsctp_get_events (self->socket);
  rtc_usrsctp_leave (RTC_USRSCTP_TOGETHER);
  if ((events & SCTP_EVENT_WRITE) == 0)
    return;
  self->wants_write = FALSE;
  rtc_usrsctp_push_event (self, rtc_usrsctp_make_event (self, RTC_SCTP_EVENT_WRITABLE));
}

static void
wake (RtcUsrsctp *self, GstClockTime now)
{
  self->n_quiet = 0;
  if (self->deadline == GST_CLOCK_TIME_NONE && self->state != RTC_SCTP_STATE_CLOSED)
    self->deadline = now + TICK;
}

/* --- stream resets (RFC 6525) ----------------------------------------------------------------- */

static gboolean
get_status (RtcUsrsctp *self, struct sctp_status *status)
{
  socklen_t len = sizeof *status;
  gint result;

  memset (status, 0, sizeof *status);
  if (self->socket == NULL)
    return FALSE;
  rtc_usrsctp_enter (RTC_USRSCTP_TOGETHER);
  result = usrsctp_getsockopt (self->socket, IPPROTO_SCTP, SCTP_STATUS, status, &len);
  rtc_usrsctp_leave (RTC_USRSCTP_TOGETHER);
  return result == 0;
}

/* usrsctp has one request under way at a time, and forgets what it is asked meanwhile for a stream
 * of that one. As a receiver it does a reset that came before the last of the data only when still
 * more data follows: a peer on usrsctp is asked when it has all, or when it surely gets more. */
static void
try_resets (RtcUsrsctp *self, GstClockTime now)
{
  struct sctp_status status;
  guint n = MIN (self->resets->len, MAX_RESETS);
  gsize len = sizeof (struct sctp_reset_streams) + n * sizeof (guint16);
  struct sctp_reset_streams *request;
  gint result;

  if (now >= self->resetting_until)
    self->n_resetting = 0; /* its answer found no room */
  if (n == 0 || self->n_resetting > 0 || self->state != RTC_SCTP_STATE_CONNECTED)
    return;
  if (now < self->resets_due && get_status (self, &status) && status.sstat_unackdata > 0)
    return;
  request = g_malloc0 (len);
  request->srs_flags = SCTP_STREAM_RESET_OUTGOING;
  request->srs_number_streams = (guint16) n;
  memcpy (request->srs_stream_list, self->resets->data, n * sizeof (guint16));
  rtc_usrsctp_enter (RTC_USRSCTP_TOGETHER);
  result =
      usrsctp_setsockopt (self->socket, IPPROTO_SCTP, SCTP_RESET_STREAMS, request, (socklen_t) len);
  rtc_usrsctp_leave (RTC_USRSCTP_TOGETHER);
  if (result == 0) {
    g_array_remove_range (self->resets, 0, n);
    self->n_resetting = n;
    self->resetting_until = now + RESET_ANSWER_PATIENCE;
  } else if (errno != EALREADY && errno != EAGAIN && errno != EBUSY) {
    GST_DEBUG_ID (self->id, "streams cannot be reset now: %s", g_strerror (errno));
  }
  g_free (request);
}

/* --- the vtable ------------------------------------------------------------------------------- */

static RtcResult
rtc_usrsctp_connect (RtcSctp *sctp, GstClockTime now)
{
  RtcUsrsctp *self = (RtcUsrsctp *) sctp;
  struct sockaddr_conn remote = rtc_usrsctp_make_address (self, self->config.remote_port);
  RtcResult result = RTC_OK;
  gint connected;

  if (self->is_started || self->state == RTC_SCTP_STATE_CLOSED)
    return RTC_ERR_STATE;
  self->is_started = TRUE;
  rtc_usrsctp_prepare ();
  rtc_usrsctp_enter (RTC_USRSCTP_ALONE);
  connected = usrsctp_connect (self->socket, (struct sockaddr *) &remote, sizeof remote);
  rtc_usrsctp_leave (RTC_USRSCTP_ALONE);
  if (connected < 0 && errno != EINPROGRESS) {
    rtc_usrsctp_end (self, "SCTP could not be started");
    result = RTC_ERR_BACKEND;
  }
  wake (self, now);
  return result;
}

/* T39: chunks that lie about their length never reach usrsctp. */
static gboolean
packet_is_sane (const guint8 *data, gsize len)
{
  RtcReader r = rtc_reader (data, len);

  rtc_reader_bytes (&r, RTC_USRSCTP_HEADER_LEN);
  if (!r.ok || rtc_reader_left (&r) == 0)
    return FALSE;
  while (rtc_reader_left (&r) >= RTC_USRSCTP_CHUNK_HEADER_LEN) {
    gsize chunk_len, padding;

    rtc_reader_bytes (&r, 2); /* type, flags */
    chunk_len = rtc_reader_u16 (&r);
    if (chunk_len < RTC_USRSCTP_CHUNK_HEADER_LEN
        || chunk_len - RTC_USRSCTP_CHUNK_HEADER_LEN > rtc_reader_left (&r))
      return FALSE;
    rtc_reader_bytes (&r, chunk_len - RTC_USRSCTP_CHUNK_HEADER_LEN);
    padding = (4 - chunk_len % 4) % 4;
    rtc_reader_bytes (&r, MIN (padding, rtc_reader_left (&r)));
  }
  return r.ok && rtc_reader_left (&r) == 0;
}

/* While it connects a packet may make an association, or one in place of another. */
static void
input (RtcUsrsctp *self, const guint8 *data, gsize len)
{
  RtcUsrsctpCall call =
      self->state == RTC_SCTP_STATE_CONNECTED ? RTC_USRSCTP_TOGETHER : RTC_USRSCTP_ALONE;

  rtc_usrsctp_enter (call);
  usrsctp_conninput (self->name, data, len, 0);
  rtc_usrsctp_leave (call);
}

/* The packet without the request in it, whose place is taken by a chunk of a type that is "skipped
 * without a report" (RFC 9260 3.2). */
static void
input_without_request (RtcUsrsctp *self, const guint8 *data, gsize len, const guint8 *value)
{
  guint8 *copy = g_memdup2 (data, len);

  copy[value - RTC_USRSCTP_CHUNK_HEADER_LEN - data] = CHUNK_SKIPPED;
  input (self, copy, len);
  g_free (copy);
}

/* Not all up to tsn was acknowledged. */
static gboolean
is_ahead (RtcUsrsctp *self, guint32 tsn)
{
  gboolean result;

  rtc_usrsctp_lock ();
  result = self->has_cumulative && (gint32) (tsn - self->cumulative) > 0;
  rtc_usrsctp_unlock ();
  return result;
}

static void
note_first_tsn (RtcUsrsctp *self, RtcReader *init)
{
  rtc_reader_bytes (init, 12); /* tag, window, streams */
  rtc_usrsctp_lock ();
  self->cumulative = rtc_reader_u32 (init) - 1;
  self->has_cumulative = init->ok;
  rtc_usrsctp_unlock ();
}

/* What usrsctp does not do as a receiver (see try_resets()) is done for it: a request to reset that
 * is ahead of the data waits for it. TRUE: the packet is dealt with. */
static gboolean
hold_reset (RtcUsrsctp *self, const guint8 *data, gsize len)
{
  const guint8 *value;
  RtcReader chunk;

  if (self->state == RTC_SCTP_STATE_CONNECTING
      && (rtc_usrsctp_find_chunk (data, len, CHUNK_INIT, &chunk)
          || rtc_usrsctp_find_chunk (data, len, CHUNK_INIT_ACK, &chunk)))
    note_first_tsn (self, &chunk);
  if (!rtc_usrsctp_find_chunk (data, len, CHUNK_RECONFIG, &chunk))
    return FALSE;
  value = chunk.data;
  if (rtc_reader_u16 (&chunk) != PARAMETER_RESET_OUT)
    return FALSE;
  rtc_reader_bytes (&chunk, 10); /* length, two numbers */
  self->held_tsn = rtc_reader_u32 (&chunk);
  if (!chunk.ok || !is_ahead (self, self->held_tsn))
    return FALSE;
  rtc_packet_unref (self->held);
  self->held = rtc_packet_new_copy (NULL, data, len);
  input_without_request (self, data, len, value);
  return TRUE;
}

static void
release_reset (RtcUsrsctp *self)
{
  RtcPacket *packet;

  if (self->held == NULL || is_ahead (self, self->held_tsn))
    return;
  packet = g_steal_pointer (&self->held);
  input (self, packet->data, packet->len);
  rtc_packet_unref (packet);
}

static RtcResult
rtc_usrsctp_handle_packet (RtcSctp *sctp, GstClockTime now, const guint8 *data, gsize len)
{
  RtcUsrsctp *self = (RtcUsrsctp *) sctp;

  if (self->state == RTC_SCTP_STATE_CLOSED || !self->is_started || len > RTC_MAX_DATAGRAM
      || !packet_is_sane (data, len) || !rtc_crc32c_check (data, len)) {
    self->stats.dropped_malformed++;
    return RTC_ERR_PARSE;
  }
  self->last_heard = now;
  rtc_usrsctp_prepare ();
  rtc_usrsctp_lock ();
  self->stats.packets_received++;
  self->stats.bytes_received += len;
  rtc_usrsctp_unlock ();
  if (!hold_reset (self, data, len))
    input (self, data, len);
  release_reset (self);
  self->may_read = TRUE;
  try_resets (self, now);
  note_writable (self);
  wake (self, now);
  return RTC_OK;
}

static void
fill_send_info (
    struct sctp_sendv_spa *spa, guint16 stream, guint32 ppid, const RtcSctpReliability *reliability)
{
  spa->sendv_flags = SCTP_SEND_SNDINFO_VALID;
  spa->sendv_sndinfo.snd_sid = stream;
  spa->sendv_sndinfo.snd_ppid = g_htonl (ppid);
  spa->sendv_sndinfo.snd_flags = reliability->ordered ? 0 : SCTP_UNORDERED;
  if (reliability->max_retransmits >= 0) {
    spa->sendv_flags |= SCTP_SEND_PRINFO_VALID;
    spa->sendv_prinfo.pr_policy = SCTP_PR_SCTP_RTX;
    spa->sendv_prinfo.pr_value = (guint32) reliability->max_retransmits;
  } else if (reliability->max_lifetime_ms >= 0) {
    spa->sendv_flags |= SCTP_SEND_PRINFO_VALID;
    spa->sendv_prinfo.pr_policy = SCTP_PR_SCTP_TTL;
    spa->sendv_prinfo.pr_value = (guint32) reliability->max_lifetime_ms;
  } else if (reliability->room_priority > 0) {
    spa->sendv_flags |= SCTP_SEND_PRINFO_VALID;
    spa->sendv_prinfo.pr_policy = SCTP_PR_SCTP_BUF;
    spa->sendv_prinfo.pr_value = (guint32) reliability->room_priority;
  }
}

/* usrsctp asks how old a message is before it sends it again, not before it sends it first. What is
 * not to grow old waits with the caller, who knows when it is no longer wanted, and one of them in
 * usrsctp, to be sent as soon as the window opens. */
static gboolean
is_queueing (const RtcUsrsctp *self)
{
  return self->is_queueing && (guint) g_atomic_int_get (&self->n_new_data) == self->queued_at;
}

static RtcResult
rtc_usrsctp_send (RtcSctp *sctp, GstClockTime now, guint16 stream, guint32 ppid,
    const RtcSctpReliability *reliability, const guint8 *data, gsize len)
{
  RtcUsrsctp *self = (RtcUsrsctp *) sctp;
  struct sctp_sendv_spa spa = { 0 };
  ssize_t n;
  int fault;

  if (self->state != RTC_SCTP_STATE_CONNECTED || stream >= self->n_out_streams)
    return RTC_ERR_STATE;
  if (len > RTC_USRSCTP_SEND_BYTES)
    return RTC_ERR_LIMIT;
  if (reliability->max_lifetime_ms >= 0 && is_queueing (self)) {
    self->wants_write = TRUE;
    wake (self, now);
    return RTC_AGAIN;
  }
  fill_send_info (&spa, stream, ppid, reliability);
  rtc_usrsctp_prepare ();
  if (reliability->max_lifetime_ms >= 0)
    self->queued_at = (guint) g_atomic_int_get (&self->n_new_data);
  rtc_usrsctp_enter (RTC_USRSCTP_TOGETHER);
  n = usrsctp_sendv (
      self->socket, data, len, NULL, 0, &spa, (socklen_t) sizeof spa, SCTP_SENDV_SPA, 0);
  rtc_usrsctp_leave (RTC_USRSCTP_TOGETHER);
  fault = errno;
  wake (self, now);
  if (n < 0 && (fault == EWOULDBLOCK || fault == EAGAIN))
    self->wants_write = TRUE;
  if (reliability->max_lifetime_ms >= 0)
    self->is_queueing = n >= 0;
  if (n >= 0)
    return RTC_OK;
  return fault == EWOULDBLOCK || fault == EAGAIN ? RTC_AGAIN
         : fault == EMSGSIZE                     ? RTC_ERR_LIMIT
                                                 : RTC_ERR_STATE;
}

static RtcResult
rtc_usrsctp_reset_stream (RtcSctp *sctp, GstClockTime now, guint16 stream)
{
  RtcUsrsctp *self = (RtcUsrsctp *) sctp;

  if (self->state != RTC_SCTP_STATE_CONNECTED || stream >= self->n_out_streams)
    return RTC_ERR_STATE;
  rtc_usrsctp_prepare ();
  if (self->resets->len == 0)
    self->resets_due = now + RESET_PATIENCE;
  g_array_append_val (self->resets, stream);
  try_resets (self, now);
  wake (self, now);
  return RTC_OK;
}

static void
rtc_usrsctp_set_reading (RtcSctp *sctp, gboolean is_reading)
{
  RtcUsrsctp *self = (RtcUsrsctp *) sctp;

  self->is_deaf = !is_reading;
}

static void
rtc_usrsctp_close (RtcSctp *sctp, GstClockTime now)
{
  rtc_usrsctp_prepare ();
  rtc_usrsctp_end ((RtcUsrsctp *) sctp, "closed here");
}

static gboolean
rtc_usrsctp_poll (RtcSctp *sctp, RtcSctpEvent *out)
{
  RtcUsrsctp *self = (RtcUsrsctp *) sctp;
  RtcSctpEvent *event = rtc_usrsctp_pop_event (self);

  if (event == NULL && self->may_read && !self->is_deaf && self->socket != NULL)
    rtc_usrsctp_prepare ();
  while (event == NULL && self->may_read && !self->is_deaf && self->socket != NULL) {
    self->may_read = rtc_usrsctp_read (self);
    event = rtc_usrsctp_pop_event (self);
  }
  if (event == NULL)
    return FALSE;
  *out = *event;
  g_free (event);
  return TRUE;
}

static GstClockTime
rtc_usrsctp_next_deadline (RtcSctp *sctp)
{
  return ((RtcUsrsctp *) sctp)->deadline;
}

/* Nothing is under way that only time could bring on, such as what has to be sent again. */
static gboolean
is_quiet (RtcUsrsctp *self)
{
  struct sctp_status status;

  return self->state == RTC_SCTP_STATE_CONNECTED && self->resets->len == 0 && self->n_resetting == 0
         && self->held == NULL && !self->wants_write && get_status (self, &status)
         && status.sstat_unackdata == 0 && status.sstat_state != SCTP_CLOSED;
}

/* Ends an association that usrsctp has given up without a word, or whose peer is silent. */
static void
check_life (RtcUsrsctp *self, GstClockTime now, gboolean has_read_all)
{
  struct sctp_status status;
  gboolean is_there = get_status (self, &status) && status.sstat_state != SCTP_CLOSED;

  if (self->state != RTC_SCTP_STATE_CONNECTED)
    return;
  if (status.sstat_unackdata == 0 || self->last_heard == 0)
    self->last_heard = now;
  if (!is_there && has_read_all)
    rtc_usrsctp_end (self, "a message could not be brought across");
  else if (now >= self->last_heard + SILENCE)
    rtc_usrsctp_end (self, "the peer no longer acknowledges");
}

static void
rtc_usrsctp_handle_timeout (RtcSctp *sctp, GstClockTime now)
{
  RtcUsrsctp *self = (RtcUsrsctp *) sctp;
  struct sctp_status status;
  gboolean has_read_all;

  if (!rtc_time_is_due (self->deadline, now))
    return;
  rtc_usrsctp_prepare ();
  has_read_all = !self->may_read && !self->is_deaf;
  self->may_read = TRUE;
  release_reset (self);
  try_resets (self, now);
  if (self->is_queueing && get_status (self, &status) && status.sstat_unackdata == 0)
    self->is_queueing = FALSE; /* sent, or given up before */
  note_writable (self);
  self->n_quiet = is_quiet (self) ? self->n_quiet + 1 : 0;
  self->deadline = self->n_quiet < QUIET_TICKS ? now + TICK : GST_CLOCK_TIME_NONE;
  check_life (self, now, has_read_all);
}

static void
rtc_usrsctp_get_stats (RtcSctp *sctp, RtcSctpStats *out)
{
  RtcUsrsctp *self = (RtcUsrsctp *) sctp;
  struct sctp_status status;

  rtc_usrsctp_prepare ();
  if (get_status (self, &status)) {
    self->stats.smoothed_rtt = status.sstat_primary.spinfo_srtt * GST_MSECOND;
    self->stats.congestion_window = status.sstat_primary.spinfo_cwnd;
    self->stats.receiver_window = status.sstat_rwnd;
    self->stats.mtu = status.sstat_primary.spinfo_mtu + RTC_USRSCTP_HEADER_LEN;
    self->stats.unacked_chunks = status.sstat_unackdata;
  }
  rtc_usrsctp_lock ();
  *out = self->stats;
  rtc_usrsctp_unlock ();
}

static void
rtc_usrsctp_free (RtcSctp *sctp)
{
  RtcUsrsctp *self = (RtcUsrsctp *) sctp;
  RtcSctpEvent *event;

  if (self == NULL)
    return;
  rtc_usrsctp_close (sctp, 0);
  while ((event = g_queue_pop_head (&self->events)) != NULL) {
    rtc_packet_unref (event->packet);
    g_free (event);
  }
  g_array_unref (self->resets);
  rtc_packet_unref (self->held);
  if (self->partial != NULL)
    g_byte_array_unref (self->partial);
  g_free (self);
}

static const RtcSctpVTable rtc_usrsctp_vtable = {
  .name = "usrsctp",
  .free = rtc_usrsctp_free,
  .connect = rtc_usrsctp_connect,
  .handle_packet = rtc_usrsctp_handle_packet,
  .send = rtc_usrsctp_send,
  .reset_stream = rtc_usrsctp_reset_stream,
  .set_reading = rtc_usrsctp_set_reading,
  .close = rtc_usrsctp_close,
  .poll = rtc_usrsctp_poll,
  .next_deadline = rtc_usrsctp_next_deadline,
  .handle_timeout = rtc_usrsctp_handle_timeout,
  .get_stats = rtc_usrsctp_get_stats,
};

/* --- creation --------------------------------------------------------------------------------- */

static RtcSctp *
rtc_usrsctp_create (RtcSctpFactory *factory, const RtcSctpConfig *config, GError **error)
{
  RtcUsrsctp *self = g_new0 (RtcUsrsctp, 1);
  gboolean is_good;

  self->parent.vtable = &rtc_usrsctp_vtable;
  self->config = *config;
  g_snprintf (self->id, sizeof self->id, "p%" G_GUINT64_FORMAT, config->peer_id);
  self->deadline = GST_CLOCK_TIME_NONE;
  self->resets = g_array_new (FALSE, FALSE, sizeof (guint16));
  g_queue_init (&self->events);
  rtc_usrsctp_prepare ();
  self->name = rtc_usrsctp_register (rtc_usrsctp_on_output, self);
  rtc_usrsctp_enter (RTC_USRSCTP_ALONE);
  self->socket = usrsctp_socket (AF_CONN, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);
  is_good = self->socket != NULL && rtc_usrsctp_set_options (self);
  rtc_usrsctp_leave (RTC_USRSCTP_ALONE);
  if (self->socket == NULL)
    rtc_usrsctp_unregister (self->name);
  if (!is_good) {
    rtc_error (error, RTC_ERR_BACKEND, "usrsctp made no association: %s", g_strerror (errno));
    rtc_usrsctp_free (&self->parent);
    return NULL;
  }
  return &self->parent;
}

RtcSctpFactory *
rtc_usrsctp_factory_new (void)
{
  RtcUsrsctpFactory *self = g_new0 (RtcUsrsctpFactory, 1);

  rtc_log_init ();
  self->parent.name = "usrsctp";
  self->parent.create = rtc_usrsctp_create;
  return &self->parent;
}

void
rtc_usrsctp_factory_free (RtcSctpFactory *factory)
{
  g_free (factory);
}
