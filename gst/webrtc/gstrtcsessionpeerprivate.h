/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsessionpeerprivate.h - what the files of GstRtcSessionPeer share: gstrtcsessionpeer.c runs
 * the operations, gstrtcsessionreports.c turns what the peer says into reports, and
 * gstrtcsessionchannels.c does both for data channels. */
#pragma once

#include "gst/webrtc/gstrtcsessionpeer.h"

G_BEGIN_DECLS

struct _GstRtcSessionPeer {
  gint refs;
  GstRtcTransport *transport;
  GWeakRef session;
  GstRtcSessionReportFunc func;

  /* Set at creation. */
  RtcIceTransportPolicy ice_transport_policy;
  guint16 min_port, max_port;
  gboolean can_trickle, transport_cc;
  gchar congestion_control[16];
  RtcCcBounds bitrate;
  guint n_transceivers;
  GArray *transceivers;   /* RtcTransceiverConfig; NULL after start, being large */
  GArray *receive_codecs; /* RtcCodec; likewise */
  gboolean offer_data, accept_unknown_media, multi_codec_answer;
  GstClockTime receive_latency;
  RtcFecKinds receive_fec;
  const GstRtcSessionReceiverFuncs *receiver_funcs; /* (nullable) */
  gpointer receiver;
  GDestroyNotify receiver_unref;

  /* [N] only. */
  RtcPeerId id; /* 0 before start and after the end */
  gboolean has_ended;
  gboolean is_describing; /* a local description waits for its candidates */
  RtcSdpType describing_type;
  RtcLoopTimer gather_timer;
  RtcSource **sources; /* attached, by transceiver */

  GHashTable *channels;      /* handle -> GstRtcDataChannel, with a reference until it is closed */
  GHashTable *handles;       /* the other way round */
  GQueue early_channels;     /* operations on channels from before start */
  gboolean is_deaf;          /* no messages are read from the peer */
  gint unread;               /* atomic: bytes that [C] has not looked at */
  gint unsent;               /* atomic: bytes that wait to be sent */

  GMutex lock; /* guards the rest */
  GstRtcSessionStates states;
  gboolean states_posted; /* a STATES report is on its way and will read states */
  GstRtcSessionTarget target;
  gboolean target_posted; /* likewise */
};

static inline RtcLoop *
gst_rtc_session_peer_get_loop (GstRtcSessionPeer *self)
{
  return gst_rtc_transport_get_loop (self->transport);
}

/* Posts *report to [C], taking over what it points to. [N] */
void gst_rtc_session_peer_post_report (GstRtcSessionPeer *self, const GstRtcSessionReport *report);

/* The one ENDED report; further ones are dropped. Takes error (nullable). [N] */
void gst_rtc_session_peer_report_ended (GstRtcSessionPeer *self, GError *error);

/* The local description as it is now; the wait for candidates is over. [N] */
void gst_rtc_session_peer_report_description (GstRtcSessionPeer *self, RtcPeer *peer);

/* Takes the peer off the loop; nothing is reported of it any more. [N] */
void gst_rtc_session_peer_forget (GstRtcSessionPeer *self);

/* gstrtcsessionchannels.c; [N] but for init and free. end: the peer is gone, so all are closed. */
void gst_rtc_session_peer_init_channels (GstRtcSessionPeer *self);
void gst_rtc_session_peer_free_channels (GstRtcSessionPeer *self);
void gst_rtc_session_peer_start_channels (GstRtcSessionPeer *self, RtcPeer *peer);
void gst_rtc_session_peer_handle_channel (GstRtcSessionPeer *self, RtcPeer *peer,
    const RtcOutput *output);
void gst_rtc_session_peer_end_channels (GstRtcSessionPeer *self);

/* The loop's output function of the peer; data is the GstRtcSessionPeer. [N] */
void gst_rtc_session_peer_handle_output (RtcPeer *peer, RtcOutput *output, gpointer data);

G_END_DECLS
