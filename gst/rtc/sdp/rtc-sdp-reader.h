/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdp-reader.h - shared state of the SDP parser's files; internal to sdp/.
 *
 * rtc-sdp-parse.c walks the lines (v= o= m= c=) and finishes sections; rtc-sdp-attributes.c has
 * one function per attribute of session and transport, rtc-sdp-media-attributes.c of media. */
#pragma once

#include "gst/rtc/sdp/rtc-sdp.h"
#include "gst/rtc/sdp/rtc-sdp-span.h"

G_BEGIN_DECLS

/* A fmtp line waits until its section's rtpmap lines are known: Firefox writes it before them. */
typedef struct {
  guint8 pt;
  guint line;
  RtcSpan text;
} RtcSdpPendingFmtp;

typedef struct {
  RtcSdp *sdp;
  RtcSdpSection *section; /* being read; the session's defaults before the first m-line */
  RtcSdpSection *defaults; /* owned; what sections inherit */
  GError **error;
  guint line;              /* 1.. */
  guint section_line;      /* of the m-line */

  gint8 pt_index[128];     /* place in section->codecs, -1 = not in the m-line */
  guint8 pt_mapped[128];   /* had a=rtpmap */
  RtcRtcpFbFlags any_rtcp_fb; /* of a=rtcp-fb:* */
  GArray *pending_fmtp;    /* RtcSdpPendingFmtp */
  gboolean own_fingerprints; /* the section has its own: inherited ones are gone */
  gboolean session_connection, connection; /* c= seen */
  gboolean has_bundle;
} RtcSdpReader;

/* Where an attribute counts; elsewhere it is ignored. */
typedef enum {
  RTC_SDP_LEVEL_SESSION = 1 << 0,
  RTC_SDP_LEVEL_MEDIA = 1 << 1,
  RTC_SDP_LEVEL_BOTH = RTC_SDP_LEVEL_SESSION | RTC_SDP_LEVEL_MEDIA,
} RtcSdpLevel;

typedef struct {
  const gchar *name;
  RtcSdpLevel level;
  gboolean (*read) (RtcSdpReader *r, RtcSpan value); /* FALSE: failed, the error is set */
} RtcSdpAttribute;

extern const RtcSdpAttribute rtc_sdp_media_attributes[]; /* ends with a name of NULL */

/* Takes the next line that is not empty off *rest, without its end, and counts *number up: of the
 * form x=value, without control characters, within the limits of rtc-sdp.h. RTC_AGAIN: there is
 * none; else *error. */
RtcResult rtc_sdp_next_line (RtcSpan *rest, guint *number, RtcSpan *line, GError **error);

/* Sets the error with "line N: " before it. Always FALSE. */
gboolean rtc_sdp_reader_fail (RtcSdpReader *r, RtcResult code, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

/* One a= line, without "a=". FALSE = failed; unknown attributes are TRUE. */
gboolean rtc_sdp_reader_attribute (RtcSdpReader *r, RtcSpan line);

/* A copy of remote text that is safe in a message; valid until the next call on this thread. */
const gchar *rtc_sdp_reader_quote (RtcSpan text);

G_END_DECLS
