/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcsignaller.h"

#include <string.h>
#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-result.h"

#define SESSION_ID_BYTES 20 /* 160 bits: T33 asks for at least 128 */

enum {
  SIGNAL_SESSION_STARTED,
  SIGNAL_SESSION_REQUESTED,
  SIGNAL_SESSION_DESCRIPTION,
  SIGNAL_HANDLE_ICE,
  SIGNAL_SESSION_ENDED,
  SIGNAL_ERROR,
  SIGNAL_PRODUCER_ADDED,
  SIGNAL_PRODUCER_REMOVED,
  SIGNAL_REQUEST_META,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (GstRtcSignaller, gst_rtc_signaller, G_TYPE_OBJECT)

static void
gst_rtc_signaller_default_init (GstRtcSignallerInterface *iface)
{
  GType type = GST_TYPE_RTC_SIGNALLER;

  signals[SIGNAL_SESSION_STARTED] = g_signal_new ("session-started", type, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_SESSION_REQUESTED] =
      g_signal_new ("session-requested", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
          3, G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_WEBRTC_SESSION_DESCRIPTION);
  signals[SIGNAL_SESSION_DESCRIPTION] =
      g_signal_new ("session-description", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
          G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_WEBRTC_SESSION_DESCRIPTION);
  signals[SIGNAL_HANDLE_ICE] = g_signal_new ("handle-ice", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_SESSION_ENDED] =
      g_signal_new ("session-ended", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled,
          NULL, NULL, G_TYPE_BOOLEAN, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_ERROR] = g_signal_new (
      "error", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_PRODUCER_ADDED] = g_signal_new ("producer-added", type, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING, GST_TYPE_STRUCTURE, G_TYPE_BOOLEAN);
  signals[SIGNAL_PRODUCER_REMOVED] = g_signal_new ("producer-removed", type, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_STRUCTURE);
  signals[SIGNAL_REQUEST_META] = g_signal_new ("request-meta", type, G_SIGNAL_RUN_LAST, 0,
      g_signal_accumulator_first_wins, NULL, NULL, GST_TYPE_STRUCTURE, 0);
}

gboolean
gst_rtc_signaller_start (GstRtcSignaller *self, GMainContext *control, GError **error)
{
  g_return_val_if_fail (GST_IS_RTC_SIGNALLER (self), FALSE);
  g_return_val_if_fail (control != NULL, FALSE);

  return GST_RTC_SIGNALLER_GET_IFACE (self)->start (self, control, error);
}

void
gst_rtc_signaller_stop (GstRtcSignaller *self)
{
  g_return_if_fail (GST_IS_RTC_SIGNALLER (self));

  GST_RTC_SIGNALLER_GET_IFACE (self)->stop (self);
}

gboolean
gst_rtc_signaller_can_trickle (GstRtcSignaller *self)
{
  GstRtcSignallerInterface *iface;

  g_return_val_if_fail (GST_IS_RTC_SIGNALLER (self), FALSE);

  iface = GST_RTC_SIGNALLER_GET_IFACE (self);
  return iface->can_trickle ? iface->can_trickle (self) : TRUE;
}

gboolean
gst_rtc_signaller_send_session_description (GstRtcSignaller *self, const gchar *session_id,
    const GstWebRTCSessionDescription *description, GError **error)
{
  g_return_val_if_fail (GST_IS_RTC_SIGNALLER (self), FALSE);
  g_return_val_if_fail (session_id != NULL && description != NULL, FALSE);

  return GST_RTC_SIGNALLER_GET_IFACE (self)->send_session_description (
      self, session_id, description, error);
}

gboolean
gst_rtc_signaller_reject_session_description (
    GstRtcSignaller *self, const gchar *session_id, const GError *reason)
{
  GstRtcSignallerInterface *iface;

  g_return_val_if_fail (GST_IS_RTC_SIGNALLER (self), FALSE);
  g_return_val_if_fail (session_id != NULL, FALSE);

  iface = GST_RTC_SIGNALLER_GET_IFACE (self);
  return iface->reject_session_description != NULL
         && iface->reject_session_description (self, session_id, reason);
}

gboolean
gst_rtc_signaller_send_candidate (GstRtcSignaller *self, const gchar *session_id, guint mline,
    const gchar *mid, const gchar *candidate, GError **error)
{
  g_return_val_if_fail (GST_IS_RTC_SIGNALLER (self), FALSE);
  g_return_val_if_fail (session_id != NULL && candidate != NULL, FALSE);

  return GST_RTC_SIGNALLER_GET_IFACE (self)->send_candidate (
      self, session_id, mline, mid, candidate, error);
}

void
gst_rtc_signaller_end_session (GstRtcSignaller *self, const gchar *session_id, const GError *reason)
{
  g_return_if_fail (GST_IS_RTC_SIGNALLER (self));
  g_return_if_fail (session_id != NULL);

  GST_RTC_SIGNALLER_GET_IFACE (self)->end_session (self, session_id, reason);
}

void
gst_rtc_signaller_emit_session_started (
    GstRtcSignaller *self, const gchar *session_id, const gchar *peer_id)
{
  g_signal_emit (self, signals[SIGNAL_SESSION_STARTED], 0, session_id, peer_id);
}

void
gst_rtc_signaller_emit_session_requested (GstRtcSignaller *self, const gchar *session_id,
    const gchar *peer_id, const GstWebRTCSessionDescription *offer)
{
  g_signal_emit (self, signals[SIGNAL_SESSION_REQUESTED], 0, session_id, peer_id, offer);
}

void
gst_rtc_signaller_emit_session_description (
    GstRtcSignaller *self, const gchar *session_id, const GstWebRTCSessionDescription *description)
{
  g_signal_emit (self, signals[SIGNAL_SESSION_DESCRIPTION], 0, session_id, description);
}

void
gst_rtc_signaller_emit_handle_ice (GstRtcSignaller *self, const gchar *session_id, guint mline,
    const gchar *mid, const gchar *candidate)
{
  g_signal_emit (self, signals[SIGNAL_HANDLE_ICE], 0, session_id, mline, mid, candidate);
}

gboolean
gst_rtc_signaller_emit_session_ended (
    GstRtcSignaller *self, const gchar *session_id, const gchar *reason)
{
  gboolean known = FALSE;

  g_signal_emit (self, signals[SIGNAL_SESSION_ENDED], 0, session_id, reason, &known);
  return known;
}

void
gst_rtc_signaller_emit_error (GstRtcSignaller *self, const gchar *message)
{
  g_signal_emit (self, signals[SIGNAL_ERROR], 0, message);
}

GstStructure *
gst_rtc_signaller_emit_request_meta (GstRtcSignaller *self)
{
  GstStructure *meta = NULL;

  g_signal_emit (self, signals[SIGNAL_REQUEST_META], 0, &meta);
  return meta;
}

gchar *
gst_rtc_signaller_new_session_id (void)
{
  guint8 bytes[SESSION_ID_BYTES];
  RtcRandom *random = rtc_random_new_secure ();
  gchar *id;

  rtc_random_fill (random, bytes, sizeof (bytes));
  rtc_random_free (random);

  /* base64url (RFC 4648 5) without padding: fit for a path segment as it stands. */
  id = g_base64_encode (bytes, sizeof (bytes));
  g_strdelimit (id, "+", '-');
  g_strdelimit (id, "/", '_');
  id[strcspn (id, "=")] = '\0';
  return id;
}
