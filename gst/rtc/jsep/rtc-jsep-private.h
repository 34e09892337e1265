/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-jsep-private.h - what the files of jsep/ share: the instance, and the verbs between them. */
#pragma once

#include "gst/rtc/jsep/rtc-jsep.h"

G_BEGIN_DECLS

struct _RtcTransceiver {
  RtcTransceiverConfig *config; /* owned; no longer than its codecs are */
  RtcNegotiated negotiated;
  gchar mid[RTC_SDP_TOKEN_BYTES];
  gint mline; /* -1 = none */
  gboolean is_from_remote;
  gboolean is_stopping; /* port 0 in the next offer */
  gboolean is_stopped;
  gboolean codecs_changed; /* since the last applied answer */
};

/* A transceiver with a copy of config, and no m-line yet. (transfer full) */
RtcTransceiver *rtc_transceiver_new (const RtcTransceiverConfig *config);
void rtc_transceiver_free (RtcTransceiver *self);

/* n is 1..RTC_TRANSCEIVER_MAX_CODECS. */
void rtc_transceiver_set_codecs (RtcTransceiver *self, const RtcCodec *codecs, guint n);

/* Takes what was agreed, lists copied, if it is anything else than before: then it has a new
 * generation, and TRUE. */
gboolean rtc_transceiver_agree (RtcTransceiver *self, const RtcNegotiated *agreed);

/* What a rollback restores. */
typedef struct {
  gchar mid[RTC_SDP_TOKEN_BYTES];
  gint mline;
} RtcJsepSaved;

struct _RtcJsep {
  RtcJsepConfig config;
  RtcJsepState state;
  guint64 session_id;
  gchar tls_id[33];
  GPtrArray *transceivers; /* RtcTransceiver * */
  /* Without candidates of ours. Of what is never to rest current_remote has its m-lines without
   * their lists: nothing compares with those. */
  RtcSdp *current_local, *current_remote, *pending_local, *pending_remote;
  gpointer local_text, remote_text; /* of config.texts, in place of the current ones; NULL: awake */
  gboolean text_has_candidates;     /* local_text, in place of local_candidates */
  RtcSdp *last_local; /* last local description applied, for its version and what it said; NULL:
                       * current_local, if any */
  RtcSdp *created;    /* last description made by create_*(), NULL when used up */
  RtcSdpType created_type;
  GArray *saved;      /* RtcJsepSaved, one per transceiver, when an offer was first applied */
  gboolean wants_data;
  gchar ice_ufrag[257], ice_pwd[257]; /* for the next description */
  GArray *local_candidates;           /* RtcCandidate */
  gboolean gathering_complete;
  RtcJsepTransport transport;
};

static inline RtcTransceiver *
rtc_jsep_transceiver (const RtcJsep *self, guint index)
{
  return (RtcTransceiver *) g_ptr_array_index (self->transceivers, index);
}

static inline const RtcSdp *
rtc_jsep_get_last_local (const RtcJsep *self)
{
  return self->last_local != NULL ? self->last_local : self->current_local;
}

/* The live transceiver of an m-line, NULL when none. */
RtcTransceiver *rtc_jsep_find_mline (const RtcJsep *self, gint mline);

/* --- rtc-jsep-rest.c --- */
/* The current descriptions are there again. First in all that looks at them. */
void rtc_jsep_wake (RtcJsep *self);
void rtc_jsep_forget_texts (RtcJsep *self);
void rtc_jsep_forget_candidates (RtcSdp *sdp);

/* --- rtc-jsep-offer.c --- */
/* What every section of ours has: ICE, fingerprint, tls-id. */
void rtc_jsep_fill_transport (const RtcJsep *self, RtcSdpSection *section, RtcSdpSetup setup);
/* Our SSRCs and msid, if the section's direction sends. */
void rtc_jsep_fill_sources (const RtcJsep *self, const RtcTransceiver *t, RtcSdpSection *section);
/* Origin, and the version: one more than the last when sdp says something else. */
void rtc_jsep_finish_local (const RtcJsep *self, RtcSdp *sdp, gboolean with_bundle);
/* Keeps a copy of what was made, against which set_local() checks. */
void rtc_jsep_note_created (RtcJsep *self, RtcSdpType type, const RtcSdp *sdp);
/* Whether an extension makes sense in a section of that kind. */
gboolean rtc_jsep_extension_fits (RtcRtpExtension extension, RtcMediaKind kind);

/* --- rtc-jsep-answer.c --- */
/* Whether section index of remote, an offer, can be accepted; else why not, for users. */
gboolean rtc_jsep_is_acceptable (const RtcJsep *self, const RtcSdp *remote, guint index,
    gchar *reason, gsize reason_size);
/* The first section that can be accepted and so carries the transport; -1 when none. */
gint rtc_jsep_find_transport_section (const RtcJsep *self, const RtcSdp *remote);
/* The DTLS role that we answer with. */
RtcSdpSetup rtc_jsep_answer_setup (const RtcJsep *self, const RtcSdpSection *offered);
/* Whether the peer's section has the fingerprints that were agreed on. */
gboolean rtc_jsep_has_same_fingerprints (const RtcJsep *self, const RtcSdpSection *remote);
/* Whether the peer's section belongs to another DTLS association than the one in use. */
gboolean rtc_jsep_is_new_dtls (const RtcJsep *self, const RtcSdpSection *remote);

/* --- rtc-jsep-fec.c --- */
#define RTC_JSEP_MAX_FEC_CODECS 3
/* What to offer beside the codecs that section has; payload types are to be given, and RED of
 * pictures wants RTX after it. Returns how many. */
guint rtc_jsep_list_fec (const RtcTransceiver *t, const RtcSdpSection *section,
    RtcCodec out[RTC_JSEP_MAX_FEC_CODECS]);
/* Appends what of remote's we take to an answer that has its codecs. */
void rtc_jsep_answer_fec (const RtcTransceiver *t, const RtcSdpSection *remote,
    RtcSdpSection *section);
/* What both descriptions have, n having its codecs. */
void rtc_jsep_agree_fec (const RtcSdpSection *local, const RtcSdpSection *remote,
    RtcNegotiated *n);

/* --- rtc-jsep-check.c: nothing is changed --- */
RtcResult rtc_jsep_check_local (const RtcJsep *self, RtcSdpType type, const RtcSdp *sdp,
    GError **error);
RtcResult rtc_jsep_check_remote (const RtcJsep *self, RtcSdpType type, const RtcSdp *sdp,
    GError **error);
/* The section of an answer that carries the transport: first accepted one; -1 when none. */
gint rtc_jsep_answer_transport (const RtcSdp *answer);
/* Where the ICE and DTLS attributes that hold for section index stand: there, else in the first
 * section that has them (bundle-only ones may have none, RFC 9143 7.1.3). NULL when nowhere. */
const RtcSdpSection *rtc_jsep_transport_source (const RtcSdp *sdp, guint index);

/* --- rtc-jsep-apply.c: cannot fail --- */
void rtc_jsep_associate_local (RtcJsep *self, const RtcSdp *offer);
void rtc_jsep_associate_remote (RtcJsep *self, const RtcSdp *offer);
/* An answer or pranswer is there: makes the snapshots anew. */
void rtc_jsep_agree (RtcJsep *self, gboolean local_is_offerer, gboolean is_final);

G_END_DECLS
