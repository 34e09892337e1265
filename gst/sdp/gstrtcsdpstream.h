/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsdpstream.h - what comes out of a bin for one medium, whoever sends it: pad stream_N.
 *
 * One sender (SSRC) is shown at a time. One that begins takes the place of the one before, on the
 * same pad; so does one that was shown earlier and still sends, when nothing has come of the one
 * that is shown for GST_RTC_SDP_STREAM_SILENCE.
 *
 * What has ended stays so: elements behind the pad have finished their files and take nothing more,
 * and a flush would undo what they finished (filesink empties its file). So after the end of the
 * stream whoever sends next gets another pad of the same name, and the old one goes when that
 * comes. An end that has not come out when somebody else takes the place is no end of the stream.
 *
 * Thread: any; pads come and go on those of rtpbin. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_RTC_SDP_STREAM_SILENCE (2 * GST_SECOND)

typedef struct _GstRtcSdpStream GstRtcSdpStream;

/* bin (borrowed) has a template stream_%u. (transfer full) */
GstRtcSdpStream *gst_rtc_sdp_stream_new (GstElement *bin, guint number);

/* Takes the pad out of the bin. Nothing may come from rtpbin any more. (nullable) */
void gst_rtc_sdp_stream_free (GstRtcSdpStream *self);

/* Shows what comes from pad, of rtpbin (borrowed, until it is removed): packets of ssrc in one
 * format, of which it may have several. TRUE: the stream has a pad for the first time. */
gboolean gst_rtc_sdp_stream_show (GstRtcSdpStream *self, guint ssrc, GstPad *pad);

/* Whether that is whose packets come out. */
gboolean gst_rtc_sdp_stream_is_of (GstRtcSdpStream *self, guint ssrc);

G_END_DECLS
