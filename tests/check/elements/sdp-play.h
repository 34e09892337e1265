/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sdp-play.h - an sdpdemux that is given a description, what comes out of it, and sockets that send
 * to it.
 *
 * Packets arrive on threads of the element: what they brought is under the lock. Waiting ends with
 * the event, or fails the test after half a minute. */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

#define SDP_PLAY_MAX_PADS 8

typedef struct {
  GstElement *pipeline, *demux;
  GstBus *bus;

  GMutex lock;
  GCond cond;
  guint n_pads, n_removed;
  gboolean has_no_more_pads;
  gchar *names[SDP_PLAY_MAX_PADS];       /* of pads, in the order of their coming */
  GstCaps *caps[SDP_PLAY_MAX_PADS];      /* of the first packet */
  GPtrArray *packets[SDP_PLAY_MAX_PADS]; /* GstBuffer, by the number in the pad's name */
  guint n_eos;
} SdpPlay;

/* properties ("latency=0 media=audio"; nullable); playing, without a description. */
void sdp_play_init (SdpPlay *self, const gchar *properties);
void sdp_play_clear (SdpPlay *self);

/* Gives the description and its end. */
void sdp_play_describe (SdpPlay *self, const gchar *sdp);

/* To READY or NULL and back to PLAYING; what came is forgotten. */
void sdp_play_restart (SdpPlay *self, GstState through);

/* Waits until pad stream_number has brought n packets. */
void sdp_play_wait (SdpPlay *self, guint number, guint n);

/* Waits for an error message: its text. (transfer full) */
gchar *sdp_play_wait_error (SdpPlay *self);

/* Fails when an error was posted. */
void sdp_play_assert_no_error (SdpPlay *self);

/* A number of "stats". */
guint64 sdp_play_stat (SdpPlay *self, const gchar *name);

/* Fails when the packet is not that of sdp_play_make_rtp(). */
void sdp_play_assert_packet (SdpPlay *self, guint number, guint i, guint8 pt, guint16 seq);

/* -- Senders ----------------------------------------------------------------- */

/* A socket at the address ("127.0.0.1", "::1"; port 0: any). NULL: the machine has no such. */
GSocket *sdp_play_sender (const gchar *address, guint16 port);

/* A port of 127.0.0.1 which is free, as is the one above. */
guint16 sdp_play_free_port (void);

/* A packet of 32 bytes of body, which seq and pt fill. (transfer full) */
GBytes *sdp_play_make_rtp (guint8 pt, guint16 seq, guint32 ssrc);

/* Sends to address and port. */
void sdp_play_send (GSocket *from, const gchar *address, guint16 port, GBytes *packet);

/* n packets from seq on, 10 ms of a clock of 8 kHz apart. */
void sdp_play_send_rtp (GSocket *from, const gchar *address, guint16 port, guint8 pt, guint16 seq,
    guint n, guint32 ssrc);

/* A sender report of ssrc, and with is_bye its goodbye. */
void sdp_play_send_report (GSocket *from, const gchar *address, guint16 port, guint32 ssrc,
    gboolean is_bye);

/* Waits for RTCP. TRUE: it asks for packet seq of ssrc (NACK, RFC 4585 6.2.1). */
gboolean sdp_play_is_asked (GSocket *socket, guint32 ssrc, guint16 seq);

G_END_DECLS
