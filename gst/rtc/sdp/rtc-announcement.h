/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-announcement.h - a session description that announces RTP instead of offering it (RFC 8866 as
 * files, SAP and cameras have it): where packets come from, in which formats, with which keys.
 *
 * RTP/AVP and AVPF, RTP/SAVP and SAVPF with a=crypto (RFC 4568); any codec, by its own text. What
 * WebRTC negotiates is rtc-sdp.h. Media that are not RTP, inactive or at port 0 are left out and
 * counted, so are keys of suites that we do not have. Missing o=, s= and t= lines are let pass:
 * many files have none. Names are refused, only literal addresses count: a description makes nobody
 * look up anything. Plain data, pure, any thread. */
#pragma once

#include "gst/rtc/base/rtc-address.h"
#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

/* What a description may hold beyond the lines and bytes of rtc-sdp.h; more is RTC_ERR_LIMIT. */
#define RTC_ANNOUNCEMENT_MAX_MEDIA 64
#define RTC_ANNOUNCEMENT_MAX_FORMATS 32     /* of a medium */
#define RTC_ANNOUNCEMENT_MAX_ATTRIBUTES 128 /* of a medium; as many of the session */
#define RTC_ANNOUNCEMENT_MAX_SOURCES 32     /* of a medium's source filter */
#define RTC_ANNOUNCEMENT_MAX_KEYS 15        /* of a medium's first usable a=crypto */
#define RTC_ANNOUNCEMENT_MAX_KEY 46         /* bytes */
#define RTC_ANNOUNCEMENT_MAX_MKI 128        /* bytes */

typedef struct {
  gchar *name;  /* a token (RFC 8866 9) */
  gchar *value; /* NULL: a property without a value */
} RtcAttribute;

typedef struct {
  guint8 pt;
  gchar name[32];     /* encoding name as written */
  guint32 clock_rate; /* Hz */
  guint8 channels;    /* as written behind the rate; 0: not written */
  gchar *fmtp;        /* parameters as written; NULL: none */
  gboolean nack, nack_pli, ccm_fir; /* a=rtcp-fb */
  gint16 apt;         /* RTX (RFC 4588 8.6): what it repairs; else -1 */
} RtcAnnouncedFormat;

/* SDES' suites that we have (RFC 4568 6.2, RFC 6188 4, RFC 7714 14.2). */
typedef enum {
  RTC_SUITE_NONE,
  RTC_SUITE_AES_CM_128_HMAC_SHA1_80,
  RTC_SUITE_AES_CM_128_HMAC_SHA1_32,
  RTC_SUITE_AES_256_CM_HMAC_SHA1_80,
  RTC_SUITE_AES_256_CM_HMAC_SHA1_32,
  RTC_SUITE_AEAD_AES_128_GCM,
  RTC_SUITE_AEAD_AES_256_GCM,
} RtcSuite;

/* Secret. */
typedef struct {
  guint8 key[RTC_ANNOUNCEMENT_MAX_KEY]; /* master key and salt */
  gsize key_len;
  guint8 mki[RTC_ANNOUNCEMENT_MAX_MKI];
  gsize mki_len; /* 0: none */
} RtcAnnouncedKey;

typedef struct {
  gchar kind[24]; /* "audio", "video", ... */
  gchar mid[65];  /* empty: none */
  RtcAddress rtp;  /* where packets go to: a group, or the receiver's own address */
  RtcAddress rtcp; /* family NONE with rtcp_mux */
  guint ttl;       /* of IPv4 groups */
  gboolean rtcp_mux;
  gboolean is_feedback; /* AVPF, SAVPF */
  gboolean is_secure;   /* SAVP, SAVPF, or keys all the same: suite and keys are there */
  RtcSuite suite;
  GArray *keys;    /* RtcAnnouncedKey */
  GArray *formats; /* RtcAnnouncedFormat, in the m-line's order; one at least */
  gboolean excludes; /* the filter's list is of those that are not wanted */
  GArray *sources;   /* RtcAddress, port 0; RFC 4570. Empty: everybody is wanted */
  GPtrArray *attributes; /* RtcAttribute, all that are there, in order */
  gint bundle;     /* place of the medium whose transport it shares (RFC 9143); -1: its own */
} RtcAnnouncedMedium;

typedef struct {
  GPtrArray *attributes; /* RtcAttribute of the session */
  GPtrArray *media;      /* RtcAnnouncedMedium, one at least */
  gchar *control;        /* a=control of the session; NULL: none */
  guint n_left_out;      /* media */
} RtcAnnouncement;

/* Parses a whole description (len bytes, need not end in NUL). NULL with *error of RTC_ERROR, whose
 * message names the line: RTC_ERR_PARSE (malformed), RTC_ERR_LIMIT (too much of something),
 * RTC_ERR_UNSUPPORTED (nothing that can be received: no RTP, no suite that we have, a name for an
 * address). The message holds nothing of a key. (transfer full) */
RtcAnnouncement *rtc_announcement_parse (const gchar *text, gsize len, GError **error);

/* Clears keys. (nullable) */
void rtc_announcement_free (RtcAnnouncement *self);

/* The format with that payload type; NULL: there is none. */
const RtcAnnouncedFormat *rtc_announced_medium_find (const RtcAnnouncedMedium *self, guint8 pt);

/* Bytes of master key and salt. */
gsize rtc_suite_key_len (RtcSuite suite);

/* TRUE: a group, not one receiver (RFC 5771, RFC 4291 2.7). */
gboolean rtc_address_is_multicast (const RtcAddress *address);

G_END_DECLS
