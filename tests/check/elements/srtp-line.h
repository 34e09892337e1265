/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* srtp-line.h - packets pushed into an srtpenc come out of an srtpdec, which are linked: RTP to
 * RTP, RTCP to RTCP; what passes in between can be seen, held back and pushed again.
 *
 * Everything happens on the thread that pushes. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define LINE_SSRC 0x1234u
#define LINE_KEY_30 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"

typedef struct {
  GstElement *enc, *dec;
  GstBus *bus;
  GstPad *srcs[2];     /* push into enc: RTP, RTCP */
  GstPad *sinks[2];    /* behind dec */
  GPtrArray *out[2];   /* GstBuffer: what came there */
  GPtrArray *lists[2]; /* GstBufferList: came as a list (their buffers are in out, too) */
  GString *events[2];  /* names of what came, in order: "stream-start caps segment buffer eos " */
  GPtrArray *wire;     /* GstBuffer: RTP and RTCP between enc and dec */
  gboolean holds;      /* what is between them goes no further */
} SrtpLine;

/* Elements with properties ("key=... mki=..."; nullable), playing; caps, stream-start and segment
 * are pushed on both sides unless is_bare. */
void srtp_line_init (SrtpLine *self, const gchar *enc_properties, gboolean is_bare);
void srtp_line_clear (SrtpLine *self);

/* Stream-start, caps and segment into enc. */
void srtp_line_start (SrtpLine *self, gboolean is_rtcp, const gchar *caps);

/* A packet of seq and size bytes of body; an RTCP sender report. */
GstBuffer *srtp_line_make_rtp (guint32 ssrc, guint16 seq, guint size);
GstBuffer *srtp_line_make_rtcp (guint32 ssrc);

/* Pushes RTP of LINE_SSRC. */
GstFlowReturn srtp_line_push (SrtpLine *self, guint16 seq);

/* Pushes right into dec's sink of RTP (RTCP), (transfer full). */
GstFlowReturn srtp_line_inject (SrtpLine *self, gboolean is_rtcp, GstBuffer *buffer);

/* Fails when the last that came out is not what was pushed. */
void srtp_line_assert_last (SrtpLine *self, guint n, guint16 seq);

/* A number of dec's statistics. */
guint srtp_line_stat (SrtpLine *self, const gchar *name);

/* A structure with the key of 30 bytes whose first is fill, as srtpdec takes it. (transfer full) */
GstCaps *srtp_line_key_caps (guint8 fill);

G_END_DECLS
