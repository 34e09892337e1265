/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/sctp/rtc-usrsctp-private.h"

#include <errno.h>

#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_sctp

/* Retransmission time-outs (RFC 9260 6.3.1), ms. The standard's least, 1 s, is for paths that were
 * never measured; peers wait up to 200 ms with an acknowledgement. */
#define RTO_INITIAL_MS 500
#define RTO_MIN_MS 250
#define RTO_MAX_MS 8000

/* usrsctp gives a peer up that often a chunk was sent: after a burst of losses that is soon the
 * case though acknowledgements come all the time. Who is silent ends by SILENCE (rtc-usrsctp.c). */
#define MAX_RETRANSMISSIONS 200

struct sockaddr_conn
rtc_usrsctp_make_address (const RtcUsrsctp *self, guint16 port)
{
  struct sockaddr_conn address = {
    .sconn_family = AF_CONN, .sconn_port = g_htons (port), .sconn_addr = self->name
  };

  return address;
}

static gboolean
set_option (RtcUsrsctp *self, int level, int option, gconstpointer value, gsize len)
{
  if (usrsctp_setsockopt (self->socket, level, option, value, (socklen_t) len) == 0)
    return TRUE;
  GST_WARNING_ID (self->id, "option %d of usrsctp: %s", option, g_strerror (errno));
  return FALSE;
}

static gboolean
subscribe (RtcUsrsctp *self)
{
  static const guint16 types[] = { SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT,
    SCTP_PARTIAL_DELIVERY_EVENT, SCTP_SHUTDOWN_EVENT };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    struct sctp_event event = { .se_assoc_id = SCTP_ALL_ASSOC, .se_type = types[i], .se_on = 1 };

    if (!set_option (self, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof event))
      return FALSE;
  }
  return TRUE;
}

gboolean
rtc_usrsctp_set_options (RtcUsrsctp *self)
{
  const struct linger linger = { 1, 0 };
  const int on = 1, send_bytes = RTC_USRSCTP_SEND_BYTES, receive_bytes = RTC_USRSCTP_RECEIVE_BYTES;
  const struct sctp_assoc_value resets = { SCTP_ALL_ASSOC, SCTP_ENABLE_RESET_STREAM_REQ };
  const struct sctp_initmsg init = { .sinit_num_ostreams = self->config.max_streams,
    .sinit_max_instreams = self->config.max_streams };
  const struct sctp_rtoinfo rto = { 0, RTO_INITIAL_MS, RTO_MAX_MS, RTO_MIN_MS };
  const struct sctp_assocparams params = { .sasoc_asocmaxrxt = MAX_RETRANSMISSIONS };
  struct sctp_paddrparams path = { .spp_flags = SPP_PMTUD_DISABLE | SPP_HB_DISABLE,
    .spp_pathmtu = (guint32) self->config.mtu - RTC_USRSCTP_HEADER_LEN };
  const guint32 whole =
      (guint32) MIN (self->config.max_message_bytes, RTC_USRSCTP_RECEIVE_BYTES / 2);
  struct sockaddr_conn local = rtc_usrsctp_make_address (self, self->config.local_port);

  return usrsctp_set_non_blocking (self->socket, 1) == 0
         && set_option (self, SOL_SOCKET, SO_LINGER, &linger, sizeof linger)
         && set_option (self, SOL_SOCKET, SO_SNDBUF, &send_bytes, sizeof send_bytes)
         && set_option (self, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes)
         && set_option (self, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof on)
         && set_option (self, IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof on)
         && set_option (self, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, &resets, sizeof resets)
         && set_option (self, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof init)
         && set_option (self, IPPROTO_SCTP, SCTP_RTOINFO, &rto, sizeof rto)
         && set_option (self, IPPROTO_SCTP, SCTP_ASSOCINFO, &params, sizeof params)
         && set_option (self, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &path, sizeof path)
         && set_option (self, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT, &whole, sizeof whole)
         && subscribe (self)
         && usrsctp_bind (self->socket, (struct sockaddr *) &local, sizeof local) == 0;
}
