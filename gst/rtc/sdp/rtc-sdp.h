/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdp.h - a session description as typed values: nothing in it is left to be parsed.
 *
 * RFC 8866 with the attributes of RFC 9429 (JSEP): one RtcSdp is a session with sections
 * (m-lines). What a peer says on session level (direction, fingerprint, setup, ICE attributes,
 * extmap) is copied into each section that does not say otherwise, so users look at sections only.
 * Unknown attributes are ignored. Plain data, owned by whoever holds it; parse and write are pure,
 * any thread. */
#pragma once

#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/iface/rtc-dtls-iface.h"
#include "gst/rtc/sdp/rtc-codecs.h"
#include "gst/rtc/sdp/rtc-sdp-candidate.h"

G_BEGIN_DECLS

/* What a description may hold (docs/design/reliability.md T22). More is RTC_ERR_LIMIT, found
 * without reading further; candidates beyond their limit are dropped silently and counted. */
#define RTC_SDP_MAX_BYTES (256 * 1024)
#define RTC_SDP_MAX_LINE_BYTES (8 * 1024)
#define RTC_SDP_MAX_LINES 10000
#define RTC_SDP_MAX_SECTIONS 128
#define RTC_SDP_MAX_PTS 128       /* per section */
#define RTC_SDP_MAX_EXTMAPS 32    /* per section */
#define RTC_SDP_MAX_RIDS 16       /* per section */
#define RTC_SDP_MAX_SSRCS 64      /* per section; groups as many */
#define RTC_SDP_MAX_FINGERPRINTS 8 /* per section */
#define RTC_SDP_MAX_CANDIDATES 100 /* per section */

#define RTC_SDP_TOKEN_BYTES 65 /* mid, msid ids (RFC 8830 2: 64 characters), user name, with NUL */

/* Bits: what the describer does. */
typedef enum {
  RTC_DIRECTION_INACTIVE = 0,
  RTC_DIRECTION_SENDONLY = 1 << 0,
  RTC_DIRECTION_RECVONLY = 1 << 1,
  RTC_DIRECTION_SENDRECV = (1 << 0) | (1 << 1),
} RtcDirection;

/* a=setup (RFC 8842 5.1). */
typedef enum {
  RTC_SDP_SETUP_NONE,
  RTC_SDP_SETUP_ACTPASS,
  RTC_SDP_SETUP_ACTIVE,
  RTC_SDP_SETUP_PASSIVE,
  RTC_SDP_SETUP_HOLDCONN,
} RtcSdpSetup;

/* The m-line's transport. FOREIGN: something that we refuse, kept as text to be echoed. */
typedef enum {
  RTC_SDP_PROTOCOL_FOREIGN,
  RTC_SDP_PROTOCOL_UDP_TLS_RTP_SAVPF,
  RTC_SDP_PROTOCOL_TCP_TLS_RTP_SAVPF, /* same meaning over ICE (RFC 8829 5.1.2) */
  RTC_SDP_PROTOCOL_RTP_SAVPF,         /* as above, old writers */
  RTC_SDP_PROTOCOL_UDP_DTLS_SCTP,
  RTC_SDP_PROTOCOL_TCP_DTLS_SCTP,
  RTC_SDP_PROTOCOL_DTLS_SCTP, /* before RFC 8841: port in the m-line, a=sctpmap (aiortc 1.4) */
} RtcSdpProtocol;

typedef struct {
  guint8 id;              /* 1..255 (RFC 8285 4.3, 8); 15 needs two-byte headers */
  RtcDirection direction; /* of the describer; SENDRECV when not said */
  gchar *uri;             /* owned */
} RtcSdpExtmap;

typedef struct {
  guint32 ssrc;
  gchar cname[RTC_SDP_TOKEN_BYTES];       /* empty when absent; longer ones are cut */
  gchar msid_stream[RTC_SDP_TOKEN_BYTES]; /* empty when absent */
  gchar msid_track[RTC_SDP_TOKEN_BYTES];
} RtcSdpSsrc;

typedef enum {
  RTC_SDP_SSRC_GROUP_FID, /* original, RTX (RFC 5576 4.2) */
  RTC_SDP_SSRC_GROUP_SIM, /* simulcast layers, lowest first */
  RTC_SDP_SSRC_GROUP_FEC_FR, /* protected, FlexFEC (RFC 5956 4.3) */
} RtcSdpSsrcGroupType;

typedef struct {
  RtcSdpSsrcGroupType type;
  guint n_ssrcs;      /* 1..8 */
  guint32 ssrcs[8];
} RtcSdpSsrcGroup;

typedef struct {
  gchar stream[RTC_SDP_TOKEN_BYTES]; /* "-" = in no stream */
  gchar track[RTC_SDP_TOKEN_BYTES];  /* empty when absent */
} RtcSdpMsid;

/* a=rid (RFC 8851). */
typedef struct {
  gchar id[17];         /* 1..16 of alnum, "-", "_" */
  gboolean is_send;     /* direction, of the describer */
  guint n_pts;          /* 0 = any */
  guint8 pts[16];
  guint32 max_width, max_height, max_fps; /* 0 = not limited */
  guint32 max_bitrate;  /* max-br, bit/s */
} RtcSdpRid;

/* One entry of a=simulcast (RFC 8853 5.1). */
typedef struct {
  gchar rid[17];
  gboolean is_send;
  gboolean is_paused;      /* "~" */
  gboolean is_alternative; /* after a comma: another form of the entry before */
} RtcSdpSimulcast;

/* a=rtcp-xr:rcvr-rtt (RFC 3611 5.1). */
typedef enum {
  RTC_SDP_RCVR_RTT_NONE,
  RTC_SDP_RCVR_RTT_ALL,
  RTC_SDP_RCVR_RTT_SENDER,
} RtcSdpRcvrRtt;

typedef struct {
  RtcMediaKind kind; /* meaningless when protocol is FOREIGN */
  RtcSdpProtocol protocol;
  gchar *foreign_media, *foreign_protocol, *foreign_formats; /* FOREIGN: to be echoed; else NULL */
  guint16 port;         /* 0 without bundle_only: rejected or stopped */
  gboolean bundle_only; /* RFC 9143 6 */
  gchar mid[RTC_SDP_TOKEN_BYTES]; /* empty when absent */
  RtcDirection direction;

  GArray *codecs; /* RtcCodec, in the m-line's order */
  GArray *extmaps; /* RtcSdpExtmap */

  gchar ice_ufrag[257]; /* empty when absent; secret with ice_pwd: never logged */
  gchar ice_pwd[257];
  gboolean ice_trickle, ice_renomination, ice2; /* a=ice-options */
  GArray *fingerprints; /* RtcDtlsFingerprint */
  RtcSdpSetup setup;
  gchar tls_id[256]; /* empty when absent (RFC 8842 4) */

  gboolean rtcp_mux, rtcp_mux_only, rtcp_rsize;
  RtcSdpRcvrRtt rcvr_rtt;
  gboolean extmap_allow_mixed;

  GArray *candidates; /* RtcCandidate */
  gboolean end_of_candidates;

  GArray *msids;       /* RtcSdpMsid */
  GArray *ssrcs;       /* RtcSdpSsrc, in order of appearance */
  GArray *ssrc_groups; /* RtcSdpSsrcGroup */
  GArray *rids;        /* RtcSdpRid */
  GArray *simulcast;   /* RtcSdpSimulcast; send entries, then receive entries */

  guint16 sctp_port;   /* 0 when absent */
  guint16 sctp_streams; /* of a=sctpmap with DTLS_SCTP, else 0 */
  gboolean has_max_message_size;
  guint64 max_message_size; /* bytes; 0 = any (RFC 8841 6.1); 65536 holds when absent */
} RtcSdpSection;

typedef struct {
  gchar user_name[RTC_SDP_TOKEN_BYTES]; /* of o=, "-" when nothing else is known */
  guint64 session_id;
  guint64 version;
  gboolean ice_lite;
  gboolean extmap_allow_mixed;
  gboolean msid_semantic; /* a=msid-semantic:WMS was there */
  GPtrArray *bundle;      /* gchar *, mids of the first BUNDLE group, in order */
  GPtrArray *sections;    /* RtcSdpSection * */
  guint n_dropped;        /* candidates dropped when parsing: malformed, unknown, over the limit */
} RtcSdp;

/* An empty description: user "-", no sections. Never NULL. */
RtcSdp *rtc_sdp_new (void);
void rtc_sdp_free (RtcSdp *self); /* (nullable); clears ICE passwords */
RtcSdp *rtc_sdp_copy (const RtcSdp *self);
/* Leaves of each section its m-line and its single values: what is in lists (codecs, extmaps,
 * fingerprints, candidates, msids, ssrcs, rids) is given back, memory and all. */
void rtc_sdp_forget_lists (RtcSdp *self);
/* Whether both say the same. n_dropped is not looked at. */
gboolean rtc_sdp_equal (const RtcSdp *a, const RtcSdp *b);

/* A new section at the end, owned by self: UDP/TLS/RTP/SAVPF (UDP/DTLS/SCTP for APPLICATION), port
 * 9, SENDRECV, rtcp-mux off, nothing else. */
RtcSdpSection *rtc_sdp_add_section (RtcSdp *self, RtcMediaKind kind, const gchar *mid);
RtcSdpSection *rtc_sdp_section_copy (const RtcSdpSection *self);
void rtc_sdp_section_free (RtcSdpSection *self); /* (nullable) */
gboolean rtc_sdp_section_equal (const RtcSdpSection *a, const RtcSdpSection *b);

static inline guint
rtc_sdp_n_sections (const RtcSdp *self)
{
  return self->sections->len;
}

static inline RtcSdpSection *
rtc_sdp_section (const RtcSdp *self, guint index)
{
  return (RtcSdpSection *) g_ptr_array_index (self->sections, index);
}

/* The section with that mid, NULL when there is none. */
RtcSdpSection *rtc_sdp_find_section (const RtcSdp *self, const gchar *mid);

/* Whether the mid is in the BUNDLE group. */
gboolean rtc_sdp_is_bundled (const RtcSdp *self, const gchar *mid);

/* Whether the section is refused or stopped (port 0 and not bundle-only). */
gboolean rtc_sdp_section_is_rejected (const RtcSdpSection *self);

void rtc_sdp_section_add_extmap (RtcSdpSection *self, guint8 id, RtcDirection direction,
    const gchar *uri);
/* The mirror: what recvonly is seen from the other side. */
RtcDirection rtc_direction_reverse (RtcDirection direction);
const gchar *rtc_direction_to_string (RtcDirection direction);

/* Parses a whole description (len bytes, need not end in NUL). NULL on error, with RTC_ERROR and a
 * message that names the line ("line 12: payload type 300 is not within 0..127"): report it;
 * nothing else happened. Codes: RTC_ERR_PARSE (HTTP 400), RTC_ERR_LIMIT (HTTP 413). Accepts LF for
 * CRLF and a last line without end. Time is linear in len. (transfer full) */
RtcSdp *rtc_sdp_parse (const gchar *text, gsize len, GError **error);

/* The description as text with CRLF. parse(write(x)) equals x. (transfer full) */
gchar *rtc_sdp_write (const RtcSdp *self);

G_END_DECLS
