/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcserversettings.h - the properties of elements that bring a web server of their own.
 *
 * run-web-server chooses the default signaller; the others live in that signaller under names of
 * its own and are kept here, so that they survive its replacement. Embedded in the element.
 * Thread: any, but where said otherwise. */
#pragma once

#include "ext/webrtc/gstrtcwebrtcbase.h"

G_BEGIN_DECLS

#define GST_RTC_SERVER_DEFAULT_RUN_WEB_SERVER TRUE
#define GST_RTC_SERVER_DEFAULT_HOST_ADDR "http://127.0.0.1:8080/"
#define GST_RTC_SERVER_DEFAULT_MAX_SESSIONS 100

/* Property ids, counted from the first that the element gives away. */
typedef enum {
  GST_RTC_SERVER_RUN_WEB_SERVER,
  GST_RTC_SERVER_HOST_ADDR,
  GST_RTC_SERVER_CERT,
  GST_RTC_SERVER_KEY,
  GST_RTC_SERVER_AUTH_TOKEN,
  GST_RTC_SERVER_MAX_SESSIONS,
  GST_RTC_SERVER_ALLOWED_ORIGINS,
  GST_RTC_SERVER_STREAM_NAME,
  GST_RTC_SERVER_N_PROPS
} GstRtcServerProperty;

/* What differs from element to element; constants. */
typedef struct {
  GstRtcSignaller *(*make_signaller) (gboolean run_web_server); /* (transfer full) */
  const gchar *message;  /* name of the element message that tells the addresses */
  const gchar *invitation; /* ends "open URL in a browser": "", " to call" */
  const gchar *run_blurb, *token_blurb, *sessions_blurb, *name_blurb;
} GstRtcServerKind;

/* The kind of an element that is called, by its name: a WHIP endpoint, a page to call from. */
GstRtcSignaller *gst_rtc_server_settings_make_whip (gboolean run_web_server);
#define GST_RTC_SERVER_KIND_CALLED(element)                                                        \
  {                                                                                                \
    .make_signaller = gst_rtc_server_settings_make_whip, .message = element "-server",             \
    .invitation = " to call",                                                                      \
    .run_blurb = "Serve a page to call from and a WHIP endpoint. FALSE: the default signaller is " \
                 "one for applications that carry descriptions themselves "                        \
                 "(GstRtcDirectSignaller)",                                                        \
    .token_blurb = "Asked of every caller (Authorization: Bearer); NULL: everybody may call",      \
    .sessions_blurb = "Callers at the same time; one more is refused with 503",                    \
    .name_blurb = "Tells elements of one process apart that share a web server: the endpoint is "  \
                  "then whip/NAME. NULL: whip",                                                    \
  }

typedef struct {
  const GstRtcServerKind *kind;
  guint first_id;
  GMutex lock; /* guards the rest */
  gboolean run_web_server;
  GValue values[GST_RTC_SERVER_N_PROPS]; /* unset: the signaller's own default */
} GstRtcServerSettings;

/* Installs the properties with ids from first_id on. In class_init. */
void gst_rtc_server_settings_install (GObjectClass *klass, guint first_id,
    const GstRtcServerKind *kind);

/* Also gives element its default signaller. In instance init. */
void gst_rtc_server_settings_init (GstRtcServerSettings *self, const GstRtcServerKind *kind,
    guint first_id, GstRtcWebRTCBase *element);
void gst_rtc_server_settings_clear (GstRtcServerSettings *self);

/* FALSE when id is none of these. */
gboolean gst_rtc_server_settings_set (GstRtcServerSettings *self, GstRtcWebRTCBase *element,
    guint id, const GValue *value);
gboolean gst_rtc_server_settings_get (GstRtcServerSettings *self, guint id, GValue *value,
    GParamSpec *pspec);

/* For the base's configure_signaller: tells the default signaller of the STUN server and, when
 * clients have to show a token, of the TURN servers. [A] */
void gst_rtc_server_settings_configure (GstRtcServerSettings *self, GstRtcWebRTCBase *element,
    GstRtcSignaller *signaller);

/* For the base's signaller_started: prints the page's address and posts the kind's message with
 * url and endpoint-url; nothing when signaller has no page. [A] */
void gst_rtc_server_settings_announce (GstRtcServerSettings *self, GstRtcWebRTCBase *element,
    GstRtcSignaller *signaller);

G_END_DECLS
