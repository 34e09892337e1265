/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcserversettings.h"

#include <string.h>

#include "config.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/webrtc/gstrtcdirectsignaller.h"
#include "gst/webrtc/gstrtcservers.h"
#ifdef HAVE_RTC_HTTP
#include "ext/http/gstrtcwhipserversignaller.h"
#endif

#define GST_CAT_DEFAULT rtc_log_sig

/* Properties that live in the signaller, under its own names. */
static const gchar *const forwarded[GST_RTC_SERVER_N_PROPS] = {
  [GST_RTC_SERVER_HOST_ADDR] = "host-addr",
  [GST_RTC_SERVER_CERT] = "tls-certificate-file",
  [GST_RTC_SERVER_KEY] = "tls-key-file",
  [GST_RTC_SERVER_AUTH_TOKEN] = "auth-token",
  [GST_RTC_SERVER_MAX_SESSIONS] = "max-sessions",
  [GST_RTC_SERVER_ALLOWED_ORIGINS] = "allowed-origins",
  [GST_RTC_SERVER_STREAM_NAME] = "stream-name",
};

GstRtcSignaller *
gst_rtc_server_settings_make_whip (gboolean run_web_server)
{
#ifdef HAVE_RTC_HTTP
  if (run_web_server)
    return gst_rtc_whip_server_signaller_new ();
#endif
  return gst_rtc_direct_signaller_new ();
}

/* Unsets value; its text is wiped, since one of them is the token. */
static void
clear_value (GValue *value)
{
  if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) != NULL)
    explicit_bzero ((gchar *) g_value_get_string (value), strlen (g_value_get_string (value)));
  if (G_IS_VALUE (value))
    g_value_unset (value);
}

/* A copy of from in *to, all zero. Text is always a copy of its own, which may be wiped:
 * g_value_copy() shares what is interned. */
static void
own_value (const GValue *from, GValue *to)
{
  g_value_init (to, G_VALUE_TYPE (from));
  if (G_VALUE_HOLDS_STRING (from))
    g_value_take_string (to, g_value_dup_string (from));
  else
    g_value_copy (from, to);
}

/* FALSE when the property was not set; otherwise *value, all zero, becomes a copy. */
static gboolean
copy_value (GstRtcServerSettings *self, guint property, GValue *value)
{
  gboolean is_set;

  g_mutex_lock (&self->lock);
  is_set = G_IS_VALUE (&self->values[property]);
  if (is_set) {
    own_value (&self->values[property], value);
  }
  g_mutex_unlock (&self->lock);
  return is_set;
}

/* Hands one property on if it was set and the signaller knows it. */
static void
forward (GstRtcServerSettings *self, GstRtcSignaller *signaller, guint property)
{
  GObjectClass *klass = G_OBJECT_GET_CLASS (signaller);
  GValue value = G_VALUE_INIT;

  if (g_object_class_find_property (klass, forwarded[property]) == NULL)
    return;
  if (copy_value (self, property, &value))
    g_object_set_property (G_OBJECT (signaller), forwarded[property], &value);
  clear_value (&value);
}

static gboolean
has_token (GstRtcServerSettings *self)
{
  GValue value = G_VALUE_INIT;
  gboolean has = copy_value (self, GST_RTC_SERVER_AUTH_TOKEN, &value)
                 && g_value_get_string (&value) != NULL && *g_value_get_string (&value) != '\0';

  clear_value (&value);
  return has;
}

static void
set_run_web_server (GstRtcServerSettings *self, GstRtcWebRTCBase *element, gboolean run)
{
  GstRtcSignaller *signaller;
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->run_web_server != run;
  self->run_web_server = run;
  g_mutex_unlock (&self->lock);
  if (!changed || !gst_rtc_webrtc_base_has_default_signaller (element))
    return;
  signaller = self->kind->make_signaller (run);
  for (guint i = GST_RTC_SERVER_HOST_ADDR; i < GST_RTC_SERVER_N_PROPS; i++)
    forward (self, signaller, i);
  gst_rtc_webrtc_base_take_default_signaller (element, signaller);
}

static void
set_forwarded (
    GstRtcServerSettings *self, GstRtcWebRTCBase *element, guint property, const GValue *value)
{
  GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (element);

  g_mutex_lock (&self->lock);
  clear_value (&self->values[property]);
  own_value (value, &self->values[property]);
  g_mutex_unlock (&self->lock);
  forward (self, signaller, property);
  g_object_unref (signaller);
}

void
gst_rtc_server_settings_install (GObjectClass *klass, guint first_id, const GstRtcServerKind *kind)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  const GParamFlags write_only =
      G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (klass, first_id + GST_RTC_SERVER_RUN_WEB_SERVER,
      g_param_spec_boolean ("run-web-server", "Run web server", kind->run_blurb,
          GST_RTC_SERVER_DEFAULT_RUN_WEB_SERVER, flags));
  g_object_class_install_property (klass, first_id + GST_RTC_SERVER_HOST_ADDR,
      g_param_spec_string ("web-server-host-addr", "Web server address",
          "Where the web server listens: http(s)://ADDRESS:PORT/; port 0 takes a free one, "
          "0.0.0.0 or [::] lets other machines in",
          GST_RTC_SERVER_DEFAULT_HOST_ADDR, flags));
  g_object_class_install_property (klass, first_id + GST_RTC_SERVER_CERT,
      g_param_spec_string ("web-server-cert", "Web server certificate",
          "PEM file with the certificate chain for https", NULL, flags));
  g_object_class_install_property (klass, first_id + GST_RTC_SERVER_KEY,
      g_param_spec_string ("web-server-key", "Web server key",
          "PEM file with the private key for https, readable by its owner only", NULL, flags));
  g_object_class_install_property (klass, first_id + GST_RTC_SERVER_AUTH_TOKEN,
      g_param_spec_string ("auth-token", "Bearer token", kind->token_blurb, NULL, write_only));
  g_object_class_install_property (klass, first_id + GST_RTC_SERVER_MAX_SESSIONS,
      g_param_spec_uint ("max-sessions", "Maximum sessions", kind->sessions_blurb, 1, 10000,
          GST_RTC_SERVER_DEFAULT_MAX_SESSIONS, flags));
  g_object_class_install_property (klass, first_id + GST_RTC_SERVER_ALLOWED_ORIGINS,
      g_param_spec_string ("allowed-origins", "Allowed origins",
          "Comma-separated web origins whose pages may use the endpoint, beside our own page; "
          "* for all",
          NULL, flags));
  g_object_class_install_property (klass, first_id + GST_RTC_SERVER_STREAM_NAME,
      g_param_spec_string ("stream-name", "Stream name", kind->name_blurb, NULL, flags));
}

void
gst_rtc_server_settings_init (GstRtcServerSettings *self, const GstRtcServerKind *kind,
    guint first_id, GstRtcWebRTCBase *element)
{
  g_mutex_init (&self->lock);
  self->kind = kind;
  self->first_id = first_id;
  self->run_web_server = GST_RTC_SERVER_DEFAULT_RUN_WEB_SERVER;
  gst_rtc_webrtc_base_take_default_signaller (element, kind->make_signaller (self->run_web_server));
}

void
gst_rtc_server_settings_clear (GstRtcServerSettings *self)
{
  for (guint i = 0; i < GST_RTC_SERVER_N_PROPS; i++)
    clear_value (&self->values[i]);
  g_mutex_clear (&self->lock);
}

/* The property of id; GST_RTC_SERVER_N_PROPS when it is none of ours. */
static guint
find_property (const GstRtcServerSettings *self, guint id)
{
  return id >= self->first_id && id - self->first_id < GST_RTC_SERVER_N_PROPS
             ? id - self->first_id
             : GST_RTC_SERVER_N_PROPS;
}

gboolean
gst_rtc_server_settings_set (
    GstRtcServerSettings *self, GstRtcWebRTCBase *element, guint id, const GValue *value)
{
  guint property = find_property (self, id);

  if (property == GST_RTC_SERVER_N_PROPS)
    return FALSE;
  if (property == GST_RTC_SERVER_RUN_WEB_SERVER)
    set_run_web_server (self, element, g_value_get_boolean (value));
  else
    set_forwarded (self, element, property, value);
  return TRUE;
}

gboolean
gst_rtc_server_settings_get (GstRtcServerSettings *self, guint id, GValue *value, GParamSpec *pspec)
{
  guint property = find_property (self, id);

  if (property == GST_RTC_SERVER_N_PROPS)
    return FALSE;
  g_mutex_lock (&self->lock);
  if (property == GST_RTC_SERVER_RUN_WEB_SERVER)
    g_value_set_boolean (value, self->run_web_server);
  else if (G_IS_VALUE (&self->values[property]))
    g_value_copy (&self->values[property], value);
  else
    g_param_value_set_default (pspec, value);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

void
gst_rtc_server_settings_configure (
    GstRtcServerSettings *self, GstRtcWebRTCBase *element, GstRtcSignaller *signaller)
{
  GObjectClass *klass = G_OBJECT_GET_CLASS (signaller);

  if (!gst_rtc_webrtc_base_has_default_signaller (element))
    return;
  if (g_object_class_find_property (klass, "stun-server") != NULL) {
    gchar *stun = gst_rtc_webrtc_base_get_stun_server (element);

    if (stun != NULL)
      g_object_set (signaller, "stun-server", stun, NULL);
    g_free (stun);
  }
  /* Credentials of TURN servers go to clients that had to show a token only. */
  if (g_object_class_find_property (klass, "turn-servers") != NULL && has_token (self)) {
    GValue *turn = gst_rtc_webrtc_base_get_turn_servers (element);

    g_object_set_property (G_OBJECT (signaller), "turn-servers", turn);
    gst_rtc_servers_clear_array (turn);
    g_free (turn);
  }
}

void
gst_rtc_server_settings_announce (
    GstRtcServerSettings *self, GstRtcWebRTCBase *element, GstRtcSignaller *signaller)
{
  GObjectClass *klass = G_OBJECT_GET_CLASS (signaller);
  gchar *page = NULL, *endpoint = NULL;

  if (g_object_class_find_property (klass, "page-url") == NULL
      || g_object_class_find_property (klass, "endpoint-url") == NULL)
    return;
  g_object_get (signaller, "page-url", &page, "endpoint-url", &endpoint, NULL);
  if (page != NULL) {
    GST_INFO_OBJECT (element, "serving at %s", page);
    /* On stderr: stdout may carry media (fdsink) or a program's own output. */
    g_printerr (
        "%s: open %s in a browser%s\n", GST_OBJECT_NAME (element), page, self->kind->invitation);
    gst_element_post_message (
        GST_ELEMENT (element), gst_message_new_element (GST_OBJECT (element),
                                   gst_structure_new (self->kind->message, "url", G_TYPE_STRING,
                                       page, "endpoint-url", G_TYPE_STRING, endpoint, NULL)));
  }
  g_free (page);
  g_free (endpoint);
}
