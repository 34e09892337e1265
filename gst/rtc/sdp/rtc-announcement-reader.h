/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-announcement-reader.h - shared state of the announcement parser's files; internal to sdp/.
 *
 * rtc-announcement.c walks the lines and finishes media; rtc-announcement-attributes.c has one
 * function per attribute, rtc-announcement-crypto.c those of keys. */
#pragma once

#include "gst/rtc/sdp/rtc-announcement.h"
#include "gst/rtc/sdp/rtc-sdp-reader.h"

G_BEGIN_DECLS

typedef struct {
  RtcAnnouncement *announcement;
  RtcAnnouncedMedium *medium; /* being read; NULL on session level */
  gboolean is_skipped;        /* the medium will be left out: its attributes are not looked at */
  GError **error;
  guint line;        /* 1.. */
  guint medium_line; /* of the m-line */
  RtcAddress connection, session_connection; /* family NONE: no c= */
  guint ttl, session_ttl;
  gboolean has_rtcp, is_inactive, is_session_inactive;
  guint16 rtcp_port;
  RtcAddress rtcp_address;
  guint n_crypto;    /* lines of the medium, usable or not */
  gboolean session_excludes;
  GArray *session_sources;
  GPtrArray *bundle; /* mids of the first group */
} RtcAnnouncementReader;

/* Sets the error with "line N: " before it. Always FALSE. */
gboolean rtc_announcement_fail (RtcAnnouncementReader *r, RtcResult code, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

/* One a= line, without "a=". FALSE: failed. */
gboolean rtc_announcement_read_attribute (RtcAnnouncementReader *r, RtcSpan line);

/* a=crypto (RFC 4568 9.1). FALSE: failed; a suite or parameter that we do not have is TRUE. */
gboolean rtc_announcement_read_crypto (RtcAnnouncementReader *r, RtcSpan value);

/* "IN IP4 224.2.1.1/127/3" (RFC 8866 5.7); ttl 0: not said. */
gboolean rtc_announcement_read_address (RtcAnnouncementReader *r, RtcSpan value, RtcAddress *out,
    guint *ttl);

G_END_DECLS
