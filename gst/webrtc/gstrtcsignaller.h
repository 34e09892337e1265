/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsignaller.h - the interface between an element and whatever carries its SDP.
 *
 * An element (webrtcsink, webrtcsrc) owns one signaller. The element calls the functions below;
 * the signaller reports what its peers want through the signals below. A session is one peer's
 * call, named by a string that the signaller chooses and never reuses.
 *
 * Thread: everything is on the control context [C], in both directions: the element calls the
 * functions there, the signaller emits there. A handler may call back into the signaller from
 * inside a signal (answer at once, end the session); a function may emit before it returns.
 * After gst_rtc_signaller_stop() nothing is emitted any more.
 *
 * Order of one session, offer from the peer (WHEP, WHIP servers):
 *
 *     signaller                                   element
 *        | -- "session-requested" (id, peer, offer) ->  |
 *        | -- "handle-ice" (id, ...) ----------------->  |   may come before the answer
 *        | <----------- send_session_description (id) -- |   type answer
 *        | -- "session-description" (id, offer) ------>  |   renegotiation or ICE restart
 *        | <- send_session_description or reject ------- |
 *        | -- "session-ended" (id) ------------------->  |   the peer left; or
 *        | <----------------------- end_session (id) --- |   the element ended it
 *
 * With a NULL offer in "session-requested" the element sends an offer and the peer's answer
 * arrives as "session-description".
 *
 * Signals (no class handlers; names after gst-plugins-rs where one exists there):
 *
 *   "session-started"     (gchararray session_id, gchararray peer_id)
 *        a session that the element asked for exists. Consumers only.
 *   "session-requested"   (gchararray session_id, gchararray peer_id,
 *                          GstWebRTCSessionDescription *offer (nullable))
 *        a peer wants media. The element answers or ends the session; it need not do so
 *        inside the handler. An unanswered offer is ended by the signaller's own deadline,
 *        with "session-ended".
 *   "session-description" (gchararray session_id, GstWebRTCSessionDescription *description)
 *        the peer's answer, or a later offer of its.
 *   "handle-ice"          (gchararray session_id, guint mline, gchararray mid (nullable),
 *                          gchararray candidate)
 *        one remote candidate, "candidate:..." without "a=", not yet validated; the empty
 *        string is end-of-candidates.
 *   "session-ended"       (gchararray session_id, gchararray reason (nullable)) -> gboolean
 *        the peer left (reason NULL) or its session was ended for a reason fit for a log.
 *        Returns whether the element knew the session. end_session() is then not needed.
 *   "error"               (gchararray message)
 *        the signaller as a whole no longer works; the element posts it on the bus.
 *   "producer-added"      (gchararray peer_id, GstStructure *meta (nullable), gboolean is_new)
 *   "producer-removed"    (gchararray peer_id, GstStructure *meta (nullable))
 *        who offers media. Consumers only.
 *   "request-meta"        () -> GstStructure (nullable, transfer full)
 *        what to tell peers about this element. */
#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

G_BEGIN_DECLS

#define GST_TYPE_RTC_SIGNALLER (gst_rtc_signaller_get_type ())
G_DECLARE_INTERFACE (GstRtcSignaller, gst_rtc_signaller, GST, RTC_SIGNALLER, GObject)

struct _GstRtcSignallerInterface {
  GTypeInterface parent;

  gboolean (*start) (GstRtcSignaller *self, GMainContext *control, GError **error);
  void (*stop) (GstRtcSignaller *self);
  gboolean (*can_trickle) (GstRtcSignaller *self);
  gboolean (*send_session_description) (GstRtcSignaller *self, const gchar *session_id,
      const GstWebRTCSessionDescription *description, GError **error);
  gboolean (*reject_session_description) (GstRtcSignaller *self, const gchar *session_id,
      const GError *reason);
  gboolean (*send_candidate) (GstRtcSignaller *self, const gchar *session_id, guint mline,
      const gchar *mid, const gchar *candidate, GError **error);
  void (*end_session) (GstRtcSignaller *self, const gchar *session_id, const GError *reason);
};

/* Begins to listen or connect. control is the context of [C]; it must be the caller's thread
 * default and is kept with a reference until stop().
 *
 * Returns FALSE with error set when it cannot (port in use, no such certificate, already
 * started): nothing was started, nothing needs stopping; show the message to the user. */
gboolean gst_rtc_signaller_start (GstRtcSignaller *self, GMainContext *control, GError **error);

/* Ends all sessions towards the peers and releases what start() took. Emits nothing: the element
 * drops its own sessions. Harmless when not started. */
void gst_rtc_signaller_stop (GstRtcSignaller *self);

/* Whether candidates sent after the description reach the peer. FALSE (WHEP and WHIP servers:
 * HTTP has no way to the client after the answer): the description must be complete, so the
 * element ends gathering before it calls send_session_description(). Constant per object. */
gboolean gst_rtc_signaller_can_trickle (GstRtcSignaller *self);

/* Sends an offer or answer. description stays the caller's.
 *
 * Returns FALSE with RTC_ERR_STATE when the session is unknown (it ended meanwhile: drop it) or
 * waits for no description (a bug of the caller, or its deadline passed). */
gboolean gst_rtc_signaller_send_session_description (GstRtcSignaller *self,
    const gchar *session_id, const GstWebRTCSessionDescription *description, GError **error);

/* Refuses the peer's last "session-description"; the session goes on as it was before it
 * (RFC 9725 4.3.3: a failed ICE restart must not end the session). To refuse the offer of
 * "session-requested" use end_session(). Returns FALSE when nothing was waiting. */
gboolean gst_rtc_signaller_reject_session_description (GstRtcSignaller *self,
    const gchar *session_id, const GError *reason);

/* Sends one local candidate ("candidate:...", no "a="); "" is end-of-candidates. mid may be NULL.
 *
 * Returns FALSE with RTC_ERR_STATE for an unknown session, RTC_ERR_UNSUPPORTED when it can no
 * longer reach the peer (see can_trickle); both may be ignored. */
gboolean gst_rtc_signaller_send_candidate (GstRtcSignaller *self, const gchar *session_id,
    guint mline, const gchar *mid, const gchar *candidate, GError **error);

/* The element ends a session; not followed by "session-ended". Unknown ids are ignored.
 *
 * reason (nullable) tells the peer why as far as the protocol can: before an answer was sent an
 * RTC_ERROR becomes, in WHEP, 400 (RTC_ERR_PARSE), 406 (RTC_ERR_UNSUPPORTED), 503 with
 * Retry-After (RTC_ERR_LIMIT, RTC_AGAIN) or 500, with the message as text. Put nothing into the
 * message that the peer must not see. */
void gst_rtc_signaller_end_session (GstRtcSignaller *self, const gchar *session_id,
    const GError *reason);

/* -- For implementations: emit the signals above. Strings are copied, descriptions borrowed. --- */

void gst_rtc_signaller_emit_session_started (GstRtcSignaller *self, const gchar *session_id,
    const gchar *peer_id);
void gst_rtc_signaller_emit_session_requested (GstRtcSignaller *self, const gchar *session_id,
    const gchar *peer_id, const GstWebRTCSessionDescription *offer);
void gst_rtc_signaller_emit_session_description (GstRtcSignaller *self, const gchar *session_id,
    const GstWebRTCSessionDescription *description);
void gst_rtc_signaller_emit_handle_ice (GstRtcSignaller *self, const gchar *session_id,
    guint mline, const gchar *mid, const gchar *candidate);
gboolean gst_rtc_signaller_emit_session_ended (GstRtcSignaller *self, const gchar *session_id,
    const gchar *reason);
void gst_rtc_signaller_emit_error (GstRtcSignaller *self, const gchar *message);
GstStructure *gst_rtc_signaller_emit_request_meta (GstRtcSignaller *self);

/* A new session id: 160 bits from the system's generator, base64url, 27 characters. Unguessable,
 * so that it may be the only secret of a session URL (T33). (transfer full) */
gchar *gst_rtc_signaller_new_session_id (void);

G_END_DECLS
