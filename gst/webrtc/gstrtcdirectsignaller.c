/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcdirectsignaller.h"

#include "gst/rtc/base/rtc-result.h"

#define DEFAULT_TRICKLE TRUE

enum { PROP_0, PROP_TRICKLE };

enum {
  /* actions */
  SIGNAL_REQUEST_SESSION,
  SIGNAL_REQUEST_SESSION_FULL,
  SIGNAL_SET_DESCRIPTION,
  SIGNAL_ADD_CANDIDATE,
  SIGNAL_CLOSE_SESSION,
  /* towards the peer */
  SIGNAL_DESCRIPTION,
  SIGNAL_CANDIDATE,
  SIGNAL_REJECTED,
  SIGNAL_SESSION_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

struct _GstRtcDirectSignaller {
  GObject parent;

  GMutex lock;
  GMainContext *control; /* NULL unless started */
  GHashTable *sessions;  /* id -> GstPromise waiting for the first description, or NULL */
  gboolean trickle;
};

/* What an action signal asked for, on its way to the control context. */
typedef enum { OP_REQUEST, OP_DESCRIPTION, OP_CANDIDATE, OP_CLOSE } OpKind;

typedef struct {
  OpKind kind;
  GstRtcDirectSignaller *self;
  gchar *session_id;
  gchar *text; /* peer id or candidate */
  gchar *mid;
  guint mline;
  GstWebRTCSessionDescription *description;
} Op;

static void gst_rtc_direct_signaller_iface_init (GstRtcSignallerInterface *iface);

G_DEFINE_TYPE_WITH_CODE (GstRtcDirectSignaller, gst_rtc_direct_signaller, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_RTC_SIGNALLER, gst_rtc_direct_signaller_iface_init))

static Op *
op_new (GstRtcDirectSignaller *self, OpKind kind, const gchar *session_id)
{
  Op *op = g_new0 (Op, 1);

  op->kind = kind;
  op->self = g_object_ref (self);
  op->session_id = g_strdup (session_id);
  return op;
}

static void
op_free (gpointer data)
{
  Op *op = data;

  if (op->description)
    gst_webrtc_session_description_free (op->description);
  g_free (op->session_id);
  g_free (op->text);
  g_free (op->mid);
  g_object_unref (op->self);
  g_free (op);
}

static void
reply_error (GstPromise *promise, RtcResult code, const gchar *message)
{
  GError *error = NULL;

  rtc_error (&error, code, "%s", message);
  gst_promise_reply (promise,
      gst_structure_new ("application/x-rtc-description", "error", G_TYPE_ERROR, error, NULL));
  gst_promise_unref (promise);
  g_error_free (error);
}

/* Takes the promise that waits for the session's first description. NULL when none waits.
 * *known tells whether the session exists. */
static GstPromise *
steal_promise (GstRtcDirectSignaller *self, const gchar *session_id, gboolean *known)
{
  gpointer promise = NULL;

  g_mutex_lock (&self->lock);
  *known = g_hash_table_lookup_extended (self->sessions, session_id, NULL, &promise);
  if (promise)
    g_hash_table_insert (self->sessions, g_strdup (session_id), NULL);
  g_mutex_unlock (&self->lock);
  return promise;
}

static gboolean
forget_session (GstRtcDirectSignaller *self, const gchar *session_id, const gchar *message)
{
  gboolean known;
  GstPromise *promise = steal_promise (self, session_id, &known);

  if (promise)
    reply_error (promise, RTC_ERR_PEER_CLOSED, message ? message : "the session was ended");
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->sessions, session_id);
  g_mutex_unlock (&self->lock);
  return known;
}

static gboolean
op_run (gpointer data)
{
  Op *op = data;
  GstRtcSignaller *signaller = GST_RTC_SIGNALLER (op->self);
  gboolean known;

  g_mutex_lock (&op->self->lock);
  known = op->self->control != NULL && g_hash_table_contains (op->self->sessions, op->session_id);
  g_mutex_unlock (&op->self->lock);
  if (!known)
    return G_SOURCE_REMOVE; /* stopped or closed meanwhile */

  switch (op->kind) {
    case OP_REQUEST:
      gst_rtc_signaller_emit_session_requested (
          signaller, op->session_id, op->text, op->description);
      break;
    case OP_DESCRIPTION:
      gst_rtc_signaller_emit_session_description (signaller, op->session_id, op->description);
      break;
    case OP_CANDIDATE:
      gst_rtc_signaller_emit_handle_ice (signaller, op->session_id, op->mline, op->mid, op->text);
      break;
    case OP_CLOSE:
      forget_session (op->self, op->session_id, "the peer closed the session");
      gst_rtc_signaller_emit_session_ended (signaller, op->session_id, NULL);
      break;
  }
  return G_SOURCE_REMOVE;
}

/* Always queued, never run inline: the order of calls is the order of effects. Takes op. */
static void
op_post (Op *op)
{
  GMainContext *control;
  GSource *source;

  g_mutex_lock (&op->self->lock);
  control = op->self->control ? g_main_context_ref (op->self->control) : NULL;
  g_mutex_unlock (&op->self->lock);
  if (!control) {
    op_free (op);
    return;
  }
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, op_run, op, op_free);
  g_source_attach (source, control);
  g_source_unref (source);
  g_main_context_unref (control);
}

/* -- Actions ------------------------------------------------------------------------------------
 */

static gchar *
request_session_full (GstRtcDirectSignaller *self, const gchar *session_id, const gchar *peer_id,
    const GstWebRTCSessionDescription *offer, GstPromise *promise)
{
  gchar *id = session_id ? g_strdup (session_id) : gst_rtc_signaller_new_session_id ();
  gboolean started, taken;
  Op *op;

  g_mutex_lock (&self->lock);
  started = self->control != NULL;
  taken = g_hash_table_contains (self->sessions, id);
  if (started && !taken)
    g_hash_table_insert (self->sessions, g_strdup (id), promise);
  g_mutex_unlock (&self->lock);

  if (!started || taken) {
    if (promise)
      reply_error (promise, RTC_ERR_STATE,
          taken ? "a session of this id exists" : "the signaller is not started");
    g_free (id);
    return NULL;
  }
  op = op_new (self, OP_REQUEST, id);
  op->text = g_strdup (peer_id ? peer_id : id);
  op->description = offer ? gst_webrtc_session_description_copy (offer) : NULL;
  op_post (op);
  return id;
}

static gchar *
on_request_session_full (GstRtcDirectSignaller *self, const gchar *session_id, const gchar *peer_id,
    const GstWebRTCSessionDescription *offer, GstPromise *promise)
{
  /* The signal machinery holds a reference of its own only for the emission. */
  return request_session_full (
      self, session_id, peer_id, offer, promise ? gst_promise_ref (promise) : NULL);
}

static gchar *
on_request_session (GstRtcDirectSignaller *self, const gchar *session_id, const gchar *peer_id,
    const GstWebRTCSessionDescription *offer)
{
  return request_session_full (self, session_id, peer_id, offer, NULL);
}

static void
on_set_description (GstRtcDirectSignaller *self, const gchar *session_id,
    const GstWebRTCSessionDescription *description)
{
  Op *op;

  g_return_if_fail (session_id != NULL && description != NULL);

  op = op_new (self, OP_DESCRIPTION, session_id);
  op->description = gst_webrtc_session_description_copy (description);
  op_post (op);
}

static void
on_add_candidate (GstRtcDirectSignaller *self, const gchar *session_id, guint mline,
    const gchar *mid, const gchar *candidate)
{
  Op *op;

  g_return_if_fail (session_id != NULL && candidate != NULL);

  op = op_new (self, OP_CANDIDATE, session_id);
  op->mline = mline;
  op->mid = g_strdup (mid);
  op->text = g_strdup (candidate);
  op_post (op);
}

static void
on_close_session (GstRtcDirectSignaller *self, const gchar *session_id)
{
  g_return_if_fail (session_id != NULL);

  op_post (op_new (self, OP_CLOSE, session_id));
}

/* -- GstRtcSignaller ----------------------------------------------------------------------------
 */

static gboolean
direct_start (GstRtcSignaller *signaller, GMainContext *control, GError **error)
{
  GstRtcDirectSignaller *self = GST_RTC_DIRECT_SIGNALLER (signaller);
  gboolean started;

  g_mutex_lock (&self->lock);
  started = self->control != NULL;
  if (!started)
    self->control = g_main_context_ref (control);
  g_mutex_unlock (&self->lock);
  if (started)
    rtc_error (error, RTC_ERR_STATE, "the signaller is already started");
  return !started;
}

static void
direct_stop (GstRtcSignaller *signaller)
{
  GstRtcDirectSignaller *self = GST_RTC_DIRECT_SIGNALLER (signaller);
  GHashTable *sessions;
  GHashTableIter iter;
  gpointer promise;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->control, g_main_context_unref);
  sessions = self->sessions;
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_unlock (&self->lock);

  g_hash_table_iter_init (&iter, sessions);
  while (g_hash_table_iter_next (&iter, NULL, &promise)) {
    if (promise)
      reply_error (promise, RTC_ERR_PEER_CLOSED, "the signaller was stopped");
  }
  g_hash_table_unref (sessions);
}

static gboolean
direct_can_trickle (GstRtcSignaller *signaller)
{
  return GST_RTC_DIRECT_SIGNALLER (signaller)->trickle;
}

static gboolean
direct_send_session_description (GstRtcSignaller *signaller, const gchar *session_id,
    const GstWebRTCSessionDescription *description, GError **error)
{
  GstRtcDirectSignaller *self = GST_RTC_DIRECT_SIGNALLER (signaller);
  gboolean known;
  GstPromise *promise = steal_promise (self, session_id, &known);

  if (!known) {
    rtc_error (error, RTC_ERR_STATE, "no such session");
    return FALSE;
  }
  if (promise) {
    gst_promise_reply (promise,
        gst_structure_new ("application/x-rtc-description", "session-id", G_TYPE_STRING, session_id,
            "description", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, description, NULL));
    gst_promise_unref (promise);
  }
  g_signal_emit (self, signals[SIGNAL_DESCRIPTION], 0, session_id, description);
  return TRUE;
}

static gboolean
direct_reject_session_description (
    GstRtcSignaller *signaller, const gchar *session_id, const GError *reason)
{
  GstRtcDirectSignaller *self = GST_RTC_DIRECT_SIGNALLER (signaller);
  gboolean known;

  g_mutex_lock (&self->lock);
  known = g_hash_table_contains (self->sessions, session_id);
  g_mutex_unlock (&self->lock);
  if (known)
    g_signal_emit (
        self, signals[SIGNAL_REJECTED], 0, session_id, reason ? reason->message : "refused");
  return known;
}

static gboolean
direct_send_candidate (GstRtcSignaller *signaller, const gchar *session_id, guint mline,
    const gchar *mid, const gchar *candidate, GError **error)
{
  GstRtcDirectSignaller *self = GST_RTC_DIRECT_SIGNALLER (signaller);
  gboolean known;

  g_mutex_lock (&self->lock);
  known = g_hash_table_contains (self->sessions, session_id);
  g_mutex_unlock (&self->lock);
  if (!known) {
    rtc_error (error, RTC_ERR_STATE, "no such session");
    return FALSE;
  }
  g_signal_emit (self, signals[SIGNAL_CANDIDATE], 0, session_id, mline, mid, candidate);
  return TRUE;
}

static void
direct_end_session (GstRtcSignaller *signaller, const gchar *session_id, const GError *reason)
{
  GstRtcDirectSignaller *self = GST_RTC_DIRECT_SIGNALLER (signaller);

  if (forget_session (self, session_id, reason ? reason->message : NULL))
    g_signal_emit (
        self, signals[SIGNAL_SESSION_CLOSED], 0, session_id, reason ? reason->message : NULL);
}

static void
gst_rtc_direct_signaller_iface_init (GstRtcSignallerInterface *iface)
{
  iface->start = direct_start;
  iface->stop = direct_stop;
  iface->can_trickle = direct_can_trickle;
  iface->send_session_description = direct_send_session_description;
  iface->reject_session_description = direct_reject_session_description;
  iface->send_candidate = direct_send_candidate;
  iface->end_session = direct_end_session;
}

/* -- GObject ------------------------------------------------------------------------------------
 */

static void
gst_rtc_direct_signaller_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TRICKLE)
    GST_RTC_DIRECT_SIGNALLER (object)->trickle = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_rtc_direct_signaller_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TRICKLE)
    g_value_set_boolean (value, GST_RTC_DIRECT_SIGNALLER (object)->trickle);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_rtc_direct_signaller_finalize (GObject *object)
{
  GstRtcDirectSignaller *self = GST_RTC_DIRECT_SIGNALLER (object);

  direct_stop (GST_RTC_SIGNALLER (self));
  g_hash_table_unref (self->sessions);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_direct_signaller_parent_class)->finalize (object);
}

static void
install_actions (GType type)
{
  const GSignalFlags flags = G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION;

  signals[SIGNAL_REQUEST_SESSION] = g_signal_new_class_handler ("request-session", type, flags,
      G_CALLBACK (on_request_session), NULL, NULL, NULL, G_TYPE_STRING, 3, G_TYPE_STRING,
      G_TYPE_STRING, GST_TYPE_WEBRTC_SESSION_DESCRIPTION);
  signals[SIGNAL_REQUEST_SESSION_FULL] = g_signal_new_class_handler ("request-session-full", type,
      flags, G_CALLBACK (on_request_session_full), NULL, NULL, NULL, G_TYPE_STRING, 4,
      G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, GST_TYPE_PROMISE);
  signals[SIGNAL_SET_DESCRIPTION] =
      g_signal_new_class_handler ("set-description", type, flags, G_CALLBACK (on_set_description),
          NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_WEBRTC_SESSION_DESCRIPTION);
  signals[SIGNAL_ADD_CANDIDATE] =
      g_signal_new_class_handler ("add-candidate", type, flags, G_CALLBACK (on_add_candidate), NULL,
          NULL, NULL, G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_CLOSE_SESSION] = g_signal_new_class_handler ("close-session", type, flags,
      G_CALLBACK (on_close_session), NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gst_rtc_direct_signaller_class_init (GstRtcDirectSignallerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->set_property = gst_rtc_direct_signaller_set_property;
  object_class->get_property = gst_rtc_direct_signaller_get_property;
  object_class->finalize = gst_rtc_direct_signaller_finalize;

  g_object_class_install_property (object_class, PROP_TRICKLE,
      g_param_spec_boolean ("trickle", "Trickle",
          "Whether the application carries candidates after a description", DEFAULT_TRICKLE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));

  install_actions (type);
  signals[SIGNAL_DESCRIPTION] = g_signal_new ("description", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_WEBRTC_SESSION_DESCRIPTION);
  signals[SIGNAL_CANDIDATE] = g_signal_new ("candidate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_REJECTED] = g_signal_new ("rejected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_SESSION_CLOSED] = g_signal_new ("session-closed", type, G_SIGNAL_RUN_LAST, 0, NULL,
      NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
gst_rtc_direct_signaller_init (GstRtcDirectSignaller *self)
{
  g_mutex_init (&self->lock);
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->trickle = DEFAULT_TRICKLE;
}

GstRtcSignaller *
gst_rtc_direct_signaller_new (void)
{
  return g_object_new (GST_TYPE_RTC_DIRECT_SIGNALLER, NULL);
}
