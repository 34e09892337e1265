/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-jsep.h - offer/answer: the state machine of RFC 9429 over typed descriptions.
 *
 * Pure: no clock, no I/O, no callbacks; what was agreed is read as snapshots with a generation.
 * Every operation checks everything first and changes nothing on error. Policy: max-bundle,
 * rtcp-mux required, one transport; sections that cannot be bundled or multiplexed are refused
 * with port 0. Who owns it serialises the calls (the peer, on the network thread). */
#pragma once

#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/iface/rtc-text-iface.h"
#include "gst/rtc/jsep/rtc-transceiver.h"

G_BEGIN_DECLS

typedef struct _RtcJsep RtcJsep;

/* As RTCSignalingState (webrtc-pc 4.4.1). */
typedef enum {
  RTC_JSEP_STATE_STABLE,
  RTC_JSEP_STATE_HAVE_LOCAL_OFFER,
  RTC_JSEP_STATE_HAVE_REMOTE_OFFER,
  RTC_JSEP_STATE_HAVE_LOCAL_PRANSWER,
  RTC_JSEP_STATE_HAVE_REMOTE_PRANSWER,
  RTC_JSEP_STATE_CLOSED,
} RtcJsepState;

typedef enum {
  RTC_SDP_TYPE_OFFER,
  RTC_SDP_TYPE_PRANSWER,
  RTC_SDP_TYPE_ANSWER,
  RTC_SDP_TYPE_ROLLBACK,
} RtcSdpType;

#define RTC_JSEP_MAX_EXTENSIONS 16

/* Copied at creation. */
typedef struct {
  RtcPeerId peer_id;                 /* for logs */
  RtcDtlsFingerprint fingerprint;    /* of our certificate */
  gchar cname[RTC_SDP_TOKEN_BYTES];  /* of our sources, also of our SDES */
  RtcRandom *random;                 /* for the session id and tls-id; used by new() only */
  guint max_sections;                /* of RtcLimits; 0 = RTC_SDP_MAX_SECTIONS */
  gboolean data_channels;            /* negotiate an application section; else it is refused */
  guint64 max_message_size;          /* that we accept, bytes; 0 = 262144 */
  gboolean multi_codec_answer;       /* answer with every codec in common; FALSE: with the first
                                      * in our order of preference, and its RTX */
  gboolean offer_data_section;       /* the first offer has an application section */
  gboolean accept_unknown_media;     /* a remote offer's m-line without transceiver of ours makes
                                      * one to receive it with receive_codecs; FALSE: refused */
  guint n_receive_codecs;            /* for accept_unknown_media, both kinds mixed, best first */
  const RtcCodec *receive_codecs;    /* copied */
  RtcFecKinds receive_fec;           /* for accept_unknown_media */
  gboolean ice_lite;                 /* we are ICE-lite (the mux transport) */
  const RtcTextKeeper *texts;        /* (nullable) for rtc_jsep_rest(); outlives the instance */

  /* Header extensions to offer and accept, in the order in which ids are given. */
  guint n_extensions;
  RtcRtpExtension extensions[RTC_JSEP_MAX_EXTENSIONS];
} RtcJsepConfig;

/* What the transport needs to know, as agreed by the last applied answer or pranswer. Values; owned
 * arrays stay valid until the next operation. */
typedef struct {
  guint64 generation;  /* grows each time anything below changed; 0 = nothing agreed yet */
  gchar remote_ufrag[257]; /* secrets: never logged */
  gchar remote_pwd[257];
  gboolean remote_is_lite;
  gboolean remote_restarts;  /* a remote offer waits that restarts ICE: give new local credentials
                              * by rtc_jsep_set_local_ice() before rtc_jsep_create_answer() */
  gboolean remote_trickle;
  GArray *remote_candidates; /* RtcCandidate, component 1, of the remote description in force */
  gboolean remote_end_of_candidates;
  guint n_fingerprints;
  RtcDtlsFingerprint *fingerprints; /* NULL when none */
  gboolean roles_known;      /* an answer (or pranswer) settled the next two */
  gboolean we_are_dtls_client;
  gboolean we_are_ice_controlling; /* offerer controls; but always we when the remote is lite */
  guint ice_generation;      /* grows with each ICE restart by either side: new checks, same DTLS */
  guint dtls_generation;     /* grows when a new DTLS association is needed: fingerprint, tls-id
                              * or role changed */
  gboolean has_data;         /* an application section is agreed */
  gboolean data_refused;     /* there is one, and either side has refused or ended it */
  guint16 local_sctp_port, remote_sctp_port;
  guint64 remote_max_message_size; /* bytes; G_MAXUINT64 = any */
  gchar data_mid[RTC_SDP_TOKEN_BYTES];
  gint data_mline;
} RtcJsepTransport;

/* A new instance in STABLE. */
RtcJsep *rtc_jsep_new (const RtcJsepConfig *config);
void rtc_jsep_free (RtcJsep *self); /* (nullable) */

RtcJsepState rtc_jsep_get_state (const RtcJsep *self);
const gchar *rtc_jsep_state_to_string (RtcJsepState state);

/* The table of B9: whether a description of type from that side may be applied in state, and
 * what the state is after it. FALSE = refused. */
gboolean rtc_jsep_next_state (RtcJsepState state, gboolean is_local, RtcSdpType type,
    RtcJsepState *next);

/* CLOSED: every further operation is RTC_ERR_STATE. Idempotent. */
void rtc_jsep_close (RtcJsep *self);

/* Adds a transceiver; takes effect with the next offer, or now if a remote offer waits for our
 * answer and has a section of that kind without transceiver. Returns its index, which is
 * stable. */
guint rtc_jsep_add_transceiver (RtcJsep *self, const RtcTransceiverConfig *config);
guint rtc_jsep_get_n_transceivers (const RtcJsep *self);

/* (not nullable) index < n_transceivers, a programmer error otherwise. */
RtcTransceiver *rtc_jsep_get_transceiver (const RtcJsep *self, guint index);

/* The transceiver of that m-line, NULL when none. */
RtcTransceiver *rtc_jsep_find_transceiver (const RtcJsep *self, const gchar *mid);
/* Its index; -1 when none. */
gint rtc_jsep_find_transceiver_index (const RtcJsep *self, const gchar *mid);

/* Change the wish; part of the next offer or answer. */
void rtc_jsep_set_direction (RtcJsep *self, guint index, RtcDirection direction);
RtcResult rtc_jsep_set_codecs (RtcJsep *self, guint index, const RtcCodec *codecs, guint n_codecs);
/* The next offer has its m-line at port 0, later ones may recycle it. */
void rtc_jsep_stop_transceiver (RtcJsep *self, guint index);

/* The application section is part of the next offer. */
void rtc_jsep_add_data_section (RtcJsep *self);

/* Credentials of the local agent, to be given before the first create and again for each ICE
 * restart (which they cause). Forgets local candidates. Lengths as RFC 8839 5.4. */
RtcResult rtc_jsep_set_local_ice (RtcJsep *self, const gchar *ufrag, const gchar *pwd);

/* Whether what is wanted differs from what is agreed, so that an offer is needed
 * (webrtc-pc 4.7.3). Meaningful in STABLE. */
gboolean rtc_jsep_needs_negotiation (RtcJsep *self);

/* A new offer: in STABLE or HAVE_LOCAL_OFFER. Changes nothing. NULL on RTC_ERR_STATE (wrong state,
 * no ICE credentials, nothing to negotiate). (transfer full) */
RtcSdp *rtc_jsep_create_offer (RtcJsep *self, GError **error);

/* A new answer: in HAVE_REMOTE_OFFER or HAVE_LOCAL_PRANSWER. (transfer full) */
RtcSdp *rtc_jsep_create_answer (RtcJsep *self, GError **error);

/* Applies a description; sdp is NULL for a rollback, and is copied. A local one must be what
 * create_*() made or differ only by fewer codecs, directions or candidates: RTC_ERR_UNSUPPORTED
 * otherwise. RTC_ERR_STATE: not in this state. RTC_ERR_PARSE, RTC_ERR_UNSUPPORTED, RTC_ERR_LIMIT:
 * the description is wrong or more than we do; the message says where. Nothing changed. */
RtcResult rtc_jsep_set_local (RtcJsep *self, RtcSdpType type, const RtcSdp *sdp, GError **error);
RtcResult rtc_jsep_set_remote (RtcJsep *self, RtcSdpType type, const RtcSdp *sdp, GError **error);

/* A gathered candidate: part of the written local description from now on. Surplus ones
 * (RTC_SDP_MAX_CANDIDATES) are dropped. */
void rtc_jsep_add_local_candidate (RtcJsep *self, const RtcCandidate *candidate);
void rtc_jsep_set_gathering_complete (RtcJsep *self);

/* Pending, else current description, with the local candidates known now. NULL before there is one.
 * (transfer full) */
RtcSdp *rtc_jsep_get_local_description (RtcJsep *self);
/* The same as text, and then a rest. */
gchar *rtc_jsep_write_local_description (RtcJsep *self);

/* Nobody negotiates for now: what is in force is kept as text until it is needed, by config.texts.
 * To be called when a description has been agreed on and told; ignored in other states than STABLE,
 * and without texts. */
void rtc_jsep_rest (RtcJsep *self);

/* Owned by self, valid until the next operation. */
const RtcJsepTransport *rtc_jsep_get_transport (const RtcJsep *self);

/* The mid a local candidate is to be signalled with (the section that carries the BUNDLE
 * transport) and its index; "" and -1 before a description is set. */
const gchar *rtc_jsep_get_bundle_mid (RtcJsep *self, gint *mline);

/* One line per m-line: what was agreed, or why not. For users. (transfer full) */
gchar *rtc_jsep_describe (const RtcJsep *self);

G_END_DECLS
