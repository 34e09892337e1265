/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-srtpenc
 * @title: srtpenc
 * @see_also: srtpdec
 *
 * Encrypts and authenticates RTP and RTCP (RFC 3711, 6188, 7714). Takes the place of the element of
 * that name in gst-plugins-bad, and does the same with the same properties, pads and signals.
 *
 * Request `rtp_sink_%u` or `rtcp_sink_%u`; the matching src pad is there at once. Keys and ciphers
 * go with the caps, so that srtpdec needs nothing more in the same process.
 *
 * |[
 * gst-launch-1.0 videotestsrc ! vp8enc deadline=1 ! rtpvp8pay ! s.rtp_sink_0
 * srtpenc name=s key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d s.rtp_src_0
 * ! udpsink port=5004
 * ]| Video as SRTP with AES-128 in counter mode and HMAC-SHA1-80.
 */
#include "ext/srtp/gstrtcsrtpenc.h"

#include "ext/srtp/gstrtcsrtpsealer.h"

GST_DEBUG_CATEGORY_STATIC (srtpenc_debug);
#define GST_CAT_DEFAULT srtpenc_debug

enum {
  PROP_0,
  PROP_MKI,
  PROP_KEY,
  PROP_RTP_CIPHER,
  PROP_RTP_AUTH,
  PROP_RTCP_CIPHER,
  PROP_RTCP_AUTH,
  PROP_RANDOM_KEY,
  PROP_REPLAY_WINDOW_SIZE,
  PROP_ALLOW_REPEAT_TX,
  PROP_STATS,
};

enum { SIGNAL_SOFT_LIMIT, N_SIGNALS };

static guint signals[N_SIGNALS];

/* -- Sink pads --------------------------------------------------------------- */

#define GST_TYPE_RTC_SRTP_ENC_PAD (gst_rtc_srtp_enc_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcSrtpEncPad, gst_rtc_srtp_enc_pad, GST, RTC_SRTP_ENC_PAD, GstPad)

struct _GstRtcSrtpEncPad {
  GstPad parent;

  gboolean is_rtcp;
  GstPad *src;    /* where what comes in here goes; ours */
  guint key_turn; /* the key that the caps of src name; streaming thread */
};

G_DEFINE_TYPE (GstRtcSrtpEncPad, gst_rtc_srtp_enc_pad, GST_TYPE_PAD)

static void
gst_rtc_srtp_enc_pad_dispose (GObject *object)
{
  gst_clear_object (&GST_RTC_SRTP_ENC_PAD (object)->src);
  G_OBJECT_CLASS (gst_rtc_srtp_enc_pad_parent_class)->dispose (object);
}

static void
gst_rtc_srtp_enc_pad_class_init (GstRtcSrtpEncPadClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gst_rtc_srtp_enc_pad_dispose;
}

static void
gst_rtc_srtp_enc_pad_init (GstRtcSrtpEncPad *self)
{
}

/* -- The element ------------------------------------------------------------- */

struct _GstRtcSrtpEnc {
  GstElement parent;

  GstRtcSrtpSealer sealer;
  gint has_told_replay; /* atomic */
};

static GstStaticPadTemplate templates[] = {
  GST_STATIC_PAD_TEMPLATE (
      "rtp_sink_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS ("application/x-rtp")),
  GST_STATIC_PAD_TEMPLATE (
      "rtp_src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS ("application/x-srtp")),
  GST_STATIC_PAD_TEMPLATE (
      "rtcp_sink_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS ("application/x-rtcp")),
  GST_STATIC_PAD_TEMPLATE (
      "rtcp_src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS ("application/x-srtcp")),
};

G_DEFINE_TYPE_WITH_CODE (GstRtcSrtpEnc, gst_rtc_srtp_enc, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (srtpenc_debug, "srtpenc", 0, "SRTP encoder"))
GST_ELEMENT_REGISTER_DEFINE (srtpenc, "srtpenc", GST_RANK_NONE, GST_TYPE_RTC_SRTP_ENC)

/* -- Keys -------------------------------------------------------------------- */

static void
post_key_error (GstRtcSrtpEnc *self, GError *error)
{
  if (rtc_error_get_result (error) == RTC_ERR_UNSUPPORTED)
    GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS,
        ("Master key size is wrong, or ciphers and keys do "
         "not fit"),
        ("%s", error->message));
  else
    GST_ELEMENT_ERROR (
        self, LIBRARY, INIT, ("Could not initialize SRTP encoder"), ("%s", error->message));
  g_error_free (error);
}

void
gst_rtc_srtp_enc_set_key_usage (GstRtcSrtpEnc *self, guint64 rtp_packets, guint64 rtcp_packets)
{
  g_mutex_lock (&self->sealer.lock);
  if (self->sealer.keyring != NULL)
    rtc_srtp_keyring_set_usage (self->sealer.keyring, rtp_packets, rtcp_packets);
  g_mutex_unlock (&self->sealer.lock);
}

/* -- Caps -------------------------------------------------------------------- */

/* Sends caps behind pad, which name the key. FALSE: there is no key, or they are refused. */
static gboolean
push_caps (GstRtcSrtpEnc *self, GstRtcSrtpEncPad *pad, GstCaps *caps)
{
  GError *error = NULL;
  GstCaps *out =
      gst_rtc_srtp_sealer_make_caps (&self->sealer, pad->is_rtcp, caps, &pad->key_turn, &error);
  gboolean ok;

  if (out == NULL) {
    post_key_error (self, error);
    return FALSE;
  }
  ok = gst_pad_push_event (pad->src, gst_event_new_caps (out));
  gst_caps_unref (out);
  return ok;
}

/* Before buffers of pad: the key is made, and caps behind it name it. */
static gboolean
prepare (GstRtcSrtpEnc *self, GstRtcSrtpEncPad *pad)
{
  GstCaps *caps;
  gboolean ok;

  if (gst_rtc_srtp_sealer_is_current (&self->sealer, pad->key_turn))
    return TRUE;
  caps = gst_pad_get_current_caps (GST_PAD (pad));
  if (caps == NULL)
    caps = gst_caps_new_empty_simple (gst_rtc_srtp_plain_names[pad->is_rtcp]);
  ok = push_caps (self, pad, caps);
  gst_caps_unref (caps);
  return ok || GST_PAD_IS_FLUSHING (pad->src) || !gst_pad_is_linked (pad->src);
}

static gboolean
sink_event (GstPad *sink, GstObject *parent, GstEvent *event)
{
  GstRtcSrtpEncPad *pad = GST_RTC_SRTP_ENC_PAD (sink);
  GstCaps *caps;
  gboolean ok;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return gst_pad_event_default (sink, parent, event);
  gst_event_parse_caps (event, &caps);
  ok = push_caps (GST_RTC_SRTP_ENC (parent), pad, caps);
  gst_event_unref (event);
  return ok;
}

static GstPad *
get_other_pad (GstElement *self, GstPad *pad)
{
  gboolean is_sink = GST_PAD_IS_SINK (pad);
  gchar **words = g_strsplit (GST_OBJECT_NAME (pad), "_", 3); /* rtp, sink, number */
  gchar *name = g_strjoin ("_", words[0], is_sink ? "src" : "sink", words[2], NULL);
  GstPad *other = gst_element_get_static_pad (self, name);

  g_free (name);
  g_strfreev (words);
  return other;
}

static GstIterator *
iterate_links (GstPad *pad, GstObject *parent)
{
  return gst_rtc_srtp_iterate_link (get_other_pad (GST_ELEMENT (parent), pad));
}

static gboolean
pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  return gst_rtc_srtp_query (pad, parent, get_other_pad (GST_ELEMENT (parent), pad), query);
}

/* -- Packets ----------------------------------------------------------------- */

/* What a packet that could not be protected means for the stream. */
static GstFlowReturn
handle_failure (GstRtcSrtpEnc *self, RtcResult result)
{
  if (result == RTC_ERR_LIMIT) {
    GST_ELEMENT_ERROR (self, STREAM, ENCODE, ("Key usage limit has been reached"),
        ("Unable to protect buffer (hard key usage limit reached)"));
    return GST_FLOW_ERROR;
  }
  if (result == RTC_ERR_BACKEND || result == RTC_ERR_STATE) {
    GST_ELEMENT_ERROR (self, LIBRARY, FAILED, (NULL), ("Unable to protect buffer"));
    return GST_FLOW_ERROR;
  }
  if (result == RTC_ERR_REPLAY
      && g_atomic_int_compare_and_exchange (&self->has_told_replay, FALSE, TRUE)) {
    GST_WARNING_OBJECT (self, "a packet whose number was used is not sent again (allow-repeat-tx)");
  } else
    GST_DEBUG_OBJECT (self, "packet dropped: %d", result);
  return GST_FLOW_OK;
}

/* Protects in, (transfer none). *out NULL with GST_FLOW_OK: dropped. */
static GstFlowReturn
protect (GstRtcSrtpEnc *self, GstRtcSrtpEncPad *pad, GstBuffer *in, GstBuffer **out)
{
  gboolean is_near_end;
  GError *error = NULL;
  RtcResult result =
      gst_rtc_srtp_sealer_protect (&self->sealer, pad->is_rtcp, in, out, &is_near_end, &error);

  if (error != NULL) {
    post_key_error (self, error);
    return GST_FLOW_ERROR;
  }
  if (is_near_end)
    g_signal_emit (self, signals[SIGNAL_SOFT_LIMIT], 0);
  return result == RTC_OK ? GST_FLOW_OK : handle_failure (self, result);
}

static GstFlowReturn
sink_chain (GstPad *sink, GstObject *parent, GstBuffer *buffer)
{
  GstRtcSrtpEncPad *pad = GST_RTC_SRTP_ENC_PAD (sink);
  GstRtcSrtpEnc *self = GST_RTC_SRTP_ENC (parent);
  GstFlowReturn flow = GST_FLOW_NOT_NEGOTIATED;
  GstBuffer *out = NULL;

  if (prepare (self, pad))
    flow = protect (self, pad, buffer, &out);
  gst_buffer_unref (buffer);
  return out != NULL ? gst_pad_push (pad->src, out) : flow;
}

static GstFlowReturn
sink_chain_list (GstPad *sink, GstObject *parent, GstBufferList *list)
{
  GstRtcSrtpEncPad *pad = GST_RTC_SRTP_ENC_PAD (sink);
  GstRtcSrtpEnc *self = GST_RTC_SRTP_ENC (parent);
  guint n = gst_buffer_list_length (list);
  GstBufferList *made = gst_buffer_list_new_sized (n);
  GstFlowReturn flow = prepare (self, pad) ? GST_FLOW_OK : GST_FLOW_NOT_NEGOTIATED;

  for (guint i = 0; i < n && flow == GST_FLOW_OK; i++) {
    GstBuffer *out;

    flow = protect (self, pad, gst_buffer_list_get (list, i), &out);
    if (out != NULL)
      gst_buffer_list_add (made, out);
  }
  gst_buffer_list_unref (list);
  if (flow == GST_FLOW_OK && gst_buffer_list_length (made) > 0)
    return gst_pad_push_list (pad->src, made);
  gst_buffer_list_unref (made);
  return flow;
}

/* -- Pads -------------------------------------------------------------------- */

/* The lowest number that is free. */
static gchar *
choose_name (GstElement *self, gboolean is_rtcp)
{
  for (guint i = 0;; i++) {
    gchar *name = g_strdup_printf ("%s_sink_%u", is_rtcp ? "rtcp" : "rtp", i);
    GstPad *pad = gst_element_get_static_pad (self, name);

    if (pad == NULL)
      return name;
    gst_object_unref (pad);
    g_free (name);
  }
}

static GstPad *
make_src_pad (GstElement *self, gboolean is_rtcp, const gchar *sink_name)
{
  GstPadTemplate *template =
      gst_element_get_pad_template (self, is_rtcp ? "rtcp_src_%u" : "rtp_src_%u");
  gchar *name =
      g_strdup_printf ("%s_src_%s", is_rtcp ? "rtcp" : "rtp", strrchr (sink_name, '_') + 1);
  GstPad *pad = gst_pad_new_from_template (template, name);

  gst_pad_set_iterate_internal_links_function (pad, iterate_links);
  gst_pad_set_query_function (pad, pad_query);
  g_free (name);
  return pad;
}

static GstPad *
gst_rtc_srtp_enc_request_new_pad (
    GstElement *element, GstPadTemplate *template, const gchar *wanted, const GstCaps *caps)
{
  gboolean is_rtcp = g_str_has_prefix (GST_PAD_TEMPLATE_NAME_TEMPLATE (template), "rtcp");
  gchar *name = wanted != NULL ? g_strdup (wanted) : choose_name (element, is_rtcp);
  GstPad *there = gst_element_get_static_pad (element, name);
  GstRtcSrtpEncPad *pad;

  if (there != NULL || !g_str_has_prefix (name, is_rtcp ? "rtcp_sink_" : "rtp_sink_")) {
    gst_clear_object (&there);
    g_free (name);
    return NULL;
  }
  pad = g_object_new (GST_TYPE_RTC_SRTP_ENC_PAD, "name", name, "direction", GST_PAD_SINK,
      "template", template, NULL);
  pad->is_rtcp = is_rtcp;
  pad->src = gst_object_ref_sink (make_src_pad (element, is_rtcp, name));
  gst_pad_set_chain_function (GST_PAD (pad), sink_chain);
  gst_pad_set_chain_list_function (GST_PAD (pad), sink_chain_list);
  gst_pad_set_event_function (GST_PAD (pad), sink_event);
  gst_pad_set_query_function (GST_PAD (pad), pad_query);
  gst_pad_set_iterate_internal_links_function (GST_PAD (pad), iterate_links);
  if (GST_STATE_TARGET (element) > GST_STATE_READY || GST_STATE (element) > GST_STATE_READY) {
    gst_pad_set_active (pad->src, TRUE);
    gst_pad_set_active (GST_PAD (pad), TRUE);
  }
  gst_element_add_pad (element, GST_PAD (pad));
  gst_element_add_pad (element, pad->src);
  g_free (name);
  return GST_PAD (pad);
}

static void
gst_rtc_srtp_enc_release_pad (GstElement *element, GstPad *sink)
{
  GstPad *src = GST_RTC_SRTP_ENC_PAD (sink)->src;

  gst_pad_set_active (src, FALSE);
  gst_pad_set_active (sink, FALSE);
  gst_element_remove_pad (element, src);
  gst_element_remove_pad (element, sink);
}

/* -- Properties -------------------------------------------------------------- */

static void
set_security (GstRtcSrtpSealer *self, guint id, gint value)
{
  if (id == PROP_RTP_CIPHER || id == PROP_RTCP_CIPHER)
    self->security.cipher[id == PROP_RTCP_CIPHER] = (RtcSrtpCipherName) value;
  else
    self->security.auth[id == PROP_RTCP_AUTH] = (RtcSrtpAuthName) value;
}

static void
gst_rtc_srtp_enc_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcSrtpSealer *self = &GST_RTC_SRTP_ENC (object)->sealer;

  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_MKI:
      gst_clear_buffer (&self->mki);
      self->mki = g_value_dup_boxed (value);
      gst_rtc_srtp_sealer_renew (self);
      break;
    case PROP_KEY:
      gst_clear_buffer (&self->key);
      self->key = g_value_dup_boxed (value);
      gst_rtc_srtp_sealer_renew (self);
      break;
    case PROP_RTP_CIPHER:
    case PROP_RTP_AUTH:
    case PROP_RTCP_CIPHER:
    case PROP_RTCP_AUTH:
      /* With the next key, or start: one that fits may be on its way. */
      set_security (self, id, g_value_get_enum (value));
      break;
    case PROP_RANDOM_KEY:
      self->random_key = g_value_get_boolean (value);
      break;
    case PROP_REPLAY_WINDOW_SIZE:
      self->window = g_value_get_uint (value);
      break;
    case PROP_ALLOW_REPEAT_TX:
      self->allow_repeat = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_srtp_enc_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcSrtpSealer *self = &GST_RTC_SRTP_ENC (object)->sealer;

  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_MKI:
      g_value_set_boxed (value, self->mki);
      break;
    case PROP_KEY:
      g_value_set_boxed (value, self->key);
      break;
    case PROP_RTP_CIPHER:
    case PROP_RTCP_CIPHER:
      g_value_set_enum (value, (gint) self->security.cipher[id == PROP_RTCP_CIPHER]);
      break;
    case PROP_RTP_AUTH:
    case PROP_RTCP_AUTH:
      g_value_set_enum (value, (gint) self->security.auth[id == PROP_RTCP_AUTH]);
      break;
    case PROP_RANDOM_KEY:
      g_value_set_boolean (value, self->random_key);
      break;
    case PROP_REPLAY_WINDOW_SIZE:
      g_value_set_uint (value, self->window);
      break;
    case PROP_ALLOW_REPEAT_TX:
      g_value_set_boolean (value, self->allow_repeat);
      break;
    case PROP_STATS:
      g_value_take_boxed (value,
          gst_rtc_srtp_make_stats (self->context, "application/x-srtp-encoder-stats", FALSE));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  g_mutex_unlock (&self->lock);
}

/* -- Life -------------------------------------------------------------------- */

/* FALSE: without a key nothing can start; told on the bus. */
static gboolean
start (GstRtcSrtpEnc *self)
{
  GError *error = NULL;

  g_atomic_int_set (&self->has_told_replay, FALSE);
  if (gst_rtc_srtp_sealer_start (&self->sealer, &error))
    return TRUE;
  post_key_error (self, error);
  return FALSE;
}

static GstStateChangeReturn
gst_rtc_srtp_enc_change_state (GstElement *element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (GST_RTC_SRTP_ENC (element)))
    return GST_STATE_CHANGE_FAILURE;
  return GST_ELEMENT_CLASS (gst_rtc_srtp_enc_parent_class)->change_state (element, transition);
}

static void
gst_rtc_srtp_enc_finalize (GObject *object)
{
  gst_rtc_srtp_sealer_clear (&GST_RTC_SRTP_ENC (object)->sealer);
  G_OBJECT_CLASS (gst_rtc_srtp_enc_parent_class)->finalize (object);
}

static void
gst_rtc_srtp_enc_init (GstRtcSrtpEnc *self)
{
  gst_rtc_srtp_sealer_init (&self->sealer);
}

static void
install_enum (GObjectClass *klass, guint id, const gchar *name, const gchar *blurb, gboolean cipher)
{
  g_object_class_install_property (klass, id,
      g_param_spec_enum (name, blurb, blurb,
          cipher ? GST_TYPE_RTC_SRTP_CIPHER : GST_TYPE_RTC_SRTP_AUTH,
          cipher ? (gint) RTC_SRTP_CIPHER_AES_128_ICM : (gint) RTC_SRTP_AUTH_HMAC_SHA1_80,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (klass, PROP_MKI,
      g_param_spec_boxed ("mki", "MKI", "Master key Identifier (NULL means no MKI)",
          GST_TYPE_BUFFER, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_KEY,
      g_param_spec_boxed ("key", "Key", "Master key (minimum of 28 and maximum of 46 bytes)",
          GST_TYPE_BUFFER, flags | GST_PARAM_MUTABLE_PLAYING));
  install_enum (klass, PROP_RTP_CIPHER, "rtp-cipher", "RTP Cipher", TRUE);
  install_enum (klass, PROP_RTP_AUTH, "rtp-auth", "RTP Authentication", FALSE);
  install_enum (klass, PROP_RTCP_CIPHER, "rtcp-cipher", "RTCP Cipher", TRUE);
  install_enum (klass, PROP_RTCP_AUTH, "rtcp-auth", "RTCP Authentication", FALSE);
  g_object_class_install_property (klass, PROP_RANDOM_KEY,
      g_param_spec_boolean (
          "random-key", "Generate random key", "Generate a random key if TRUE", FALSE, flags));
  gst_rtc_srtp_install_properties (klass, PROP_REPLAY_WINDOW_SIZE, PROP_STATS);
  g_object_class_install_property (klass, PROP_ALLOW_REPEAT_TX,
      g_param_spec_boolean ("allow-repeat-tx", "Allow repeat packets transmission",
          "Whether packets of a sequence number that was sent may be sent again (with the same "
          "payload, else the encryption is broken)",
          FALSE, flags));
}

static void
gst_rtc_srtp_enc_class_init (GstRtcSrtpEncClass *klass)
{
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GObjectClass *object = G_OBJECT_CLASS (klass);

  object->finalize = gst_rtc_srtp_enc_finalize;
  object->set_property = gst_rtc_srtp_enc_set_property;
  object->get_property = gst_rtc_srtp_enc_get_property;
  element->request_new_pad = gst_rtc_srtp_enc_request_new_pad;
  element->release_pad = gst_rtc_srtp_enc_release_pad;
  element->change_state = gst_rtc_srtp_enc_change_state;
  install_properties (object);

  /**
   * GstRtcSrtpEnc::soft-limit:
   *
   * The key is near the end of its lifetime: the application sets another one.
   */
  signals[SIGNAL_SOFT_LIMIT] = g_signal_new ("soft-limit", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  for (guint i = 0; i < G_N_ELEMENTS (templates); i++)
    gst_element_class_add_static_pad_template (element, &templates[i]);
  gst_element_class_set_static_metadata (element, "SRTP encoder", "Filter/Network/SRTP",
      "A SRTP and SRTCP encoder", "the gst-plugins-rtc authors");
}
