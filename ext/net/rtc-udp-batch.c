/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE /* sendmmsg(), struct in6_pktinfo */
#include "ext/net/rtc-udp-batch.h"

#include <errno.h>
#include <netinet/udp.h>

#include "ext/net/rtc-sockaddr.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_ice

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef SOL_UDP
#define SOL_UDP 17
#endif

/* Messages and bytes held at most. */
#define MAX_MESSAGES 32
#define MAX_BYTES (256 * 1024)

/* What one message may hold: the kernel's UDP_MAX_SEGMENTS is 64 (128 later), and an IPv4
 * datagram's length has 16 bits. */
#define MAX_SEGMENTS 64
#define MAX_MESSAGE_BYTES 65000

typedef struct {
  RtcIceFlow flow;
  gsize start, len; /* in bytes */
  gsize segment;    /* length of each datagram but the last */
  guint n_segments;
  gboolean is_closed; /* the last one is shorter: none may follow */
} BatchMessage;

/* Room for either kind of source address and the segments' length. */
typedef union {
  struct cmsghdr align;
  guint8 bytes[CMSG_SPACE (sizeof (struct in6_pktinfo)) + CMSG_SPACE (sizeof (guint16))];
} BatchControl;

struct _RtcUdpBatch {
  int fd;
  gboolean is_ipv6, is_probed, has_segments, has_sendmmsg;
  guint64 *dropped;
  BatchMessage messages[MAX_MESSAGES];
  guint n_messages;
  gsize n_bytes;
  RtcLogLimit limit;
  RtcUdpBatchStats stats;
  guint8 bytes[MAX_BYTES];
};

RtcUdpBatch *
rtc_udp_batch_new (void)
{
  RtcUdpBatch *self = g_new0 (RtcUdpBatch, 1);

  self->fd = -1;
  self->has_sendmmsg = TRUE;
  return self;
}

void
rtc_udp_batch_set_socket (RtcUdpBatch *self, int fd, gboolean is_ipv6, guint64 *dropped)
{
  int value;
  socklen_t len = sizeof value;

  if (self->fd != fd && self->n_messages > 0)
    rtc_udp_batch_flush (self);
  self->fd = fd;
  self->is_ipv6 = is_ipv6;
  self->dropped = dropped;
  if (self->is_probed || fd < 0)
    return;
  /* The kernel's ability, not the socket's. */
  self->is_probed = TRUE;
  self->has_segments = getsockopt (fd, SOL_UDP, UDP_SEGMENT, &value, &len) == 0;
}

int
rtc_udp_batch_get_socket (const RtcUdpBatch *self)
{
  return self->fd;
}

void
rtc_udp_batch_free (RtcUdpBatch *self)
{
  g_free (self);
}

void
rtc_udp_batch_degrade (RtcUdpBatch *self, gboolean has_segments, gboolean has_sendmmsg)
{
  self->has_segments &= has_segments;
  self->has_sendmmsg &= has_sendmmsg;
}

void
rtc_udp_batch_get_stats (const RtcUdpBatch *self, RtcUdpBatchStats *out)
{
  *out = self->stats;
}

/* --- collecting --- */

static gboolean
batch_fits_last (const RtcUdpBatch *self, const RtcIceFlow *flow, gsize len)
{
  const BatchMessage *last;

  if (self->n_messages == 0 || !self->has_segments || len == 0)
    return FALSE;
  last = &self->messages[self->n_messages - 1];
  return !last->is_closed && len <= last->segment && last->n_segments < MAX_SEGMENTS
         && last->len + len <= MAX_MESSAGE_BYTES && rtc_ice_flow_equal (&last->flow, flow);
}

static RtcResult
batch_check (const RtcUdpBatch *self, const RtcIceFlow *flow, gsize len)
{
  if (len > RTC_MAX_DATAGRAM)
    return RTC_ERR_LIMIT;
  return !self->is_ipv6 && flow->remote.family != RTC_ADDRESS_IPV4 ? RTC_ERR_UNSUPPORTED : RTC_OK;
}

guint8 *
rtc_udp_batch_reserve (RtcUdpBatch *self, const RtcIceFlow *flow, gsize len)
{
  gboolean is_full = self->n_messages == MAX_MESSAGES;

  if (batch_check (self, flow, len) != RTC_OK)
    return NULL;
  /* The last message may take it, which only its length will show. */
  if (is_full && rtc_ice_flow_equal (&self->messages[MAX_MESSAGES - 1].flow, flow))
    is_full = FALSE;
  if (is_full || self->n_bytes + len > MAX_BYTES)
    rtc_udp_batch_flush (self);
  return self->bytes + self->n_bytes;
}

void
rtc_udp_batch_commit (RtcUdpBatch *self, const RtcIceFlow *flow, gsize len)
{
  guint8 *data = self->bytes + self->n_bytes;
  gboolean fits = batch_fits_last (self, flow, len);
  BatchMessage *message;

  if (!fits && self->n_messages == MAX_MESSAGES) {
    rtc_udp_batch_flush (self);
    memmove (self->bytes, data, len);
  }
  if (!fits) {
    message = &self->messages[self->n_messages++];
    *message = (BatchMessage){ .flow = *flow, .start = self->n_bytes, .segment = len };
  }
  message = &self->messages[self->n_messages - 1];
  self->n_bytes += len;
  message->len += len;
  message->n_segments++;
  message->is_closed = len < message->segment;
}

RtcResult
rtc_udp_batch_add (RtcUdpBatch *self, const RtcIceFlow *flow, const guint8 *data, gsize len)
{
  RtcResult result = batch_check (self, flow, len);

  if (result != RTC_OK)
    return result;
  memcpy (rtc_udp_batch_reserve (self, flow, len), data, len);
  rtc_udp_batch_commit (self, flow, len);
  return RTC_OK;
}

/* --- sending --- */

static void
control_add (struct msghdr *header, int level, int type, const void *value, gsize len)
{
  struct cmsghdr *c =
      (struct cmsghdr *) (void *) ((guint8 *) header->msg_control + header->msg_controllen);

  c->cmsg_level = level;
  c->cmsg_type = type;
  c->cmsg_len = CMSG_LEN (len);
  memcpy (CMSG_DATA (c), value, len);
  header->msg_controllen += CMSG_SPACE (len);
}

/* Answers leave from where they were asked (RFC 8445 7.3.1.2), whatever the routes say. */
static void
control_add_source (struct msghdr *header, const RtcAddress *local, gboolean is_ipv6)
{
  struct sockaddr_storage source;
  struct in6_pktinfo info6 = { 0 };
  struct in_pktinfo info4 = { 0 };

  if (rtc_address_to_sockaddr (local, is_ipv6, &source) == 0)
    return;
  if (is_ipv6) {
    info6.ipi6_addr = ((struct sockaddr_in6 *) &source)->sin6_addr;
    control_add (header, IPPROTO_IPV6, IPV6_PKTINFO, &info6, sizeof info6);
  } else {
    info4.ipi_spec_dst = ((struct sockaddr_in *) &source)->sin_addr;
    control_add (header, IPPROTO_IP, IP_PKTINFO, &info4, sizeof info4);
  }
}

/* What the kernel is told; vector, address and control have to live as long. */
static void
batch_fill (RtcUdpBatch *self, const BatchMessage *message, struct msghdr *header,
    struct iovec *vector, struct sockaddr_storage *address, BatchControl *control)
{
  guint16 segment = (guint16) message->segment;

  *vector = (struct iovec){ self->bytes + message->start, message->len };
  memset (control, 0, sizeof *control);
  memset (header, 0, sizeof *header);
  header->msg_name = address;
  header->msg_namelen = rtc_address_to_sockaddr (&message->flow.remote, self->is_ipv6, address);
  header->msg_iov = vector;
  header->msg_iovlen = 1;
  header->msg_control = control;
  control_add_source (header, &message->flow.local, self->is_ipv6);
  if (message->n_segments > 1)
    control_add (header, SOL_UDP, UDP_SEGMENT, &segment, sizeof segment);
}

static void
batch_count (RtcUdpBatch *self, const BatchMessage *message, gboolean is_sent)
{
  if (!is_sent) {
    self->stats.dropped += message->n_segments;
    if (self->dropped != NULL)
      *self->dropped += message->n_segments;
    return;
  }
  self->stats.messages++;
  self->stats.datagrams += message->n_segments;
  self->stats.bytes += message->len;
}

/* One message alone; 0 or an errno. */
static int
batch_send_one (RtcUdpBatch *self, const BatchMessage *message)
{
  struct msghdr header;
  struct iovec vector;
  struct sockaddr_storage address;
  BatchControl control;
  gssize sent;

  batch_fill (self, message, &header, &vector, &address, &control);
  do
    sent = sendmsg (self->fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  self->stats.calls++;
  return sent < 0 ? errno : 0;
}

/* Segments one by one: the path's MTU may be below their length, which only the kernel's own
 * fragmenting gets through, or the device's driver refuses. */
static void
batch_send_split (RtcUdpBatch *self, const BatchMessage *message)
{
  for (gsize at = 0; at < message->len; at += message->segment) {
    BatchMessage part = *message;

    part.start += at;
    part.len = MIN (message->segment, message->len - at);
    part.n_segments = 1;
    batch_count (self, &part, batch_send_one (self, &part) == 0);
  }
}

/* A message that the kernel has refused with error. */
static void
batch_handle_refused (RtcUdpBatch *self, const BatchMessage *message, int error)
{
  gchar text[RTC_ADDRESS_TEXT_BYTES];
  RtcArrivalClock clock;

  if (message->n_segments > 1 && error != EAGAIN && error != ENOBUFS && error != EPERM) {
    GST_DEBUG ("%u datagrams of %" G_GSIZE_FORMAT " bytes in one message: %s; one by one",
        message->n_segments, message->segment, g_strerror (error));
    if (error == EOPNOTSUPP || error == ENOPROTOOPT || error == EIO)
      self->has_segments = FALSE;
    batch_send_split (self, message);
    return;
  }
  batch_count (self, message, FALSE);
  rtc_arrival_clock_read (&clock);
  if (rtc_log_limit (&self->limit, clock.monotonic, NULL))
    GST_WARNING ("cannot send to %s: %s", rtc_address_to_text (&message->flow.remote, text),
        g_strerror (error));
}

/* Sends messages from first on as far as it goes without an error; returns how many. *error is that
 * of the next one. */
static guint
batch_send_some (RtcUdpBatch *self, guint first, int *error)
{
  struct mmsghdr headers[MAX_MESSAGES];
  struct iovec vectors[MAX_MESSAGES];
  struct sockaddr_storage addresses[MAX_MESSAGES];
  BatchControl controls[MAX_MESSAGES];
  guint n = self->n_messages - first;
  int sent;

  *error = 0;
  if (!self->has_sendmmsg || n == 1) {
    *error = batch_send_one (self, &self->messages[first]);
    return *error == 0 ? 1 : 0;
  }
  for (guint i = 0; i < n; i++)
    batch_fill (self, &self->messages[first + i], &headers[i].msg_hdr, &vectors[i], &addresses[i],
        &controls[i]);
  do
    sent = sendmmsg (self->fd, headers, n, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  self->stats.calls++;
  if (sent < 0 && errno == ENOSYS)
    self->has_sendmmsg = FALSE;
  else if (sent < 0)
    *error = errno;
  return (guint) MAX (sent, 0);
}

void
rtc_udp_batch_flush (RtcUdpBatch *self)
{
  guint first = 0;

  while (first < self->n_messages) {
    int error;
    guint n = batch_send_some (self, first, &error);

    for (guint i = 0; i < n; i++)
      batch_count (self, &self->messages[first + i], TRUE);
    first += n;
    if (error != 0)
      batch_handle_refused (self, &self->messages[first++], error);
  }
  self->n_messages = 0;
  self->n_bytes = 0;
}
