/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/srtp/gstrtcsrtp.h"

const gchar *const gst_rtc_srtp_plain_names[2] = { "application/x-rtp", "application/x-rtcp" };
const gchar *const gst_rtc_srtp_protected_names[2] = { "application/x-srtp",
  "application/x-srtcp" };

static const gchar *const cipher_fields[2] = { "srtp-cipher", "srtcp-cipher" };
static const gchar *const auth_fields[2] = { "srtp-auth", "srtcp-auth" };

/* gst-plugins-bad's module may be in the process as well (a scan of plugins without a process of
 * its own loads every one); its enumerations have the same names and values. */
static GType
take_enum (const gchar *name, const GEnumValue *values)
{
  GType type = g_type_from_name (name);

  return type != 0 ? type : g_enum_register_static (name, values);
}

GType
gst_rtc_srtp_cipher_get_type (void)
{
  static const GEnumValue values[] = {
    { RTC_SRTP_CIPHER_NULL, "GST_SRTP_CIPHER_NULL", "null" },
    { RTC_SRTP_CIPHER_AES_128_ICM, "GST_SRTP_CIPHER_AES_128_ICM", "aes-128-icm" },
    { RTC_SRTP_CIPHER_AES_256_ICM, "GST_SRTP_CIPHER_AES_256_ICM", "aes-256-icm" },
    { RTC_SRTP_CIPHER_AES_128_GCM, "GST_SRTP_CIPHER_AES_128_GCM", "aes-128-gcm" },
    { RTC_SRTP_CIPHER_AES_256_GCM, "GST_SRTP_CIPHER_AES_256_GCM", "aes-256-gcm" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, take_enum ("GstSrtpCipherType", values));
  return type;
}

GType
gst_rtc_srtp_auth_get_type (void)
{
  static const GEnumValue values[] = {
    { RTC_SRTP_AUTH_NULL, "GST_SRTP_AUTH_NULL", "null" },
    { RTC_SRTP_AUTH_HMAC_SHA1_32, "GST_SRTP_AUTH_HMAC_SHA1_32", "hmac-sha1-32" },
    { RTC_SRTP_AUTH_HMAC_SHA1_80, "GST_SRTP_AUTH_HMAC_SHA1_80", "hmac-sha1-80" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, take_enum ("GstSrtpAuthType", values));
  return type;
}

static const gchar *
get_nick (GType type, gint value)
{
  GEnumClass *klass = g_type_class_ref (type);
  const gchar *nick = g_enum_get_value (klass, value)->value_nick;

  g_type_class_unref (klass); /* static types stay */
  return nick;
}

/* -1: there is none, or it is not known. */
static gint
read_nick (const GstStructure *caps, const gchar *field, GType type)
{
  const gchar *nick = gst_structure_get_string (caps, field);
  GEnumClass *klass = g_type_class_ref (type);
  const GEnumValue *value = nick == NULL ? NULL : g_enum_get_value_by_nick (klass, nick);

  g_type_class_unref (klass);
  return value == NULL ? -1 : value->value;
}

/* -- Keyrings ---------------------------------------------------------------- */

static RtcResult
check_security (const RtcSrtpSecurity *security, GError **error)
{
  if (rtc_srtp_security_key_len (security) > 0 && !rtc_srtp_security_authenticates (security, TRUE))
    return rtc_error (error, RTC_ERR_UNSUPPORTED,
        "RTCP has to be authenticated, unless nothing is protected at all");
  return RTC_OK;
}

static RtcSrtpKeyring *
make_keyring (const RtcSrtpSecurity *security, GstBuffer *const *keys, GstBuffer *const *mkis,
    guint n_keys, gboolean is_sealing, GError **error)
{
  GstMapInfo key_maps[RTC_SRTP_MAX_MASTER_KEYS], mki_maps[RTC_SRTP_MAX_MASTER_KEYS];
  RtcSrtpMasterKey masters[RTC_SRTP_MAX_MASTER_KEYS] = { { 0 } };
  RtcSrtpKeyring *ring = NULL;
  guint n = 0, n_mkis = 0;

  if (check_security (security, error) != RTC_OK)
    return NULL;
  for (; n < n_keys && gst_buffer_map (keys[n], &key_maps[n], GST_MAP_READ); n++) {
    masters[n].key = key_maps[n].data;
    masters[n].key_len = key_maps[n].size;
  }
  for (; n_mkis < n && mkis[n_mkis] != NULL
         && gst_buffer_map (mkis[n_mkis], &mki_maps[n_mkis], GST_MAP_READ);
       n_mkis++) {
    masters[n_mkis].mki = mki_maps[n_mkis].data;
    masters[n_mkis].mki_len = mki_maps[n_mkis].size;
  }
  if (n == n_keys)
    ring = rtc_srtp_keyring_new (
        security, masters, rtc_srtp_security_key_len (security) > 0 ? n : 0, is_sealing, error);
  else
    rtc_error (error, RTC_ERR_UNSUPPORTED, "A master key cannot be read");
  for (guint i = 0; i < n; i++)
    gst_buffer_unmap (keys[i], &key_maps[i]);
  for (guint i = 0; i < n_mkis; i++)
    gst_buffer_unmap (mkis[i], &mki_maps[i]);
  return ring;
}

RtcSrtpKeyring *
gst_rtc_srtp_keyring_new (const RtcSrtpSecurity *security, GstBuffer *key, GstBuffer *mki,
    gboolean is_sealing, GError **error)
{
  return make_keyring (security, &key, &mki, key != NULL ? 1 : 0, is_sealing, error);
}

/* The n-th (from 1) of a field that may be there several times; NULL: not there. Borrowed. */
static GstBuffer *
get_numbered (const GstStructure *caps, const gchar *name, guint n)
{
  gchar *field = n == 1 ? g_strdup (name) : g_strdup_printf ("%s%u", name, n);
  const GValue *value = gst_structure_get_value (caps, field);

  g_free (field);
  return value != NULL && G_VALUE_HOLDS (value, GST_TYPE_BUFFER) ? gst_value_get_buffer (value)
                                                                 : NULL;
}

gboolean
gst_rtc_srtp_caps_have_keys (const GstStructure *caps)
{
  for (guint i = 0; i < 2; i++)
    if (!gst_structure_has_field_typed (caps, cipher_fields[i], G_TYPE_STRING)
        || !gst_structure_has_field_typed (caps, auth_fields[i], G_TYPE_STRING))
      return FALSE;
  return TRUE;
}

RtcSrtpKeyring *
gst_rtc_srtp_keyring_from_caps (const GstStructure *caps, GError **error)
{
  GstBuffer *keys[RTC_SRTP_MAX_MASTER_KEYS], *mkis[RTC_SRTP_MAX_MASTER_KEYS];
  RtcSrtpSecurity security;
  guint n = 0;

  for (guint i = 0; i < 2; i++) {
    gint cipher = read_nick (caps, cipher_fields[i], GST_TYPE_RTC_SRTP_CIPHER);
    gint auth = read_nick (caps, auth_fields[i], GST_TYPE_RTC_SRTP_AUTH);

    if (cipher < 0 || auth < 0) {
      rtc_error (error, RTC_ERR_UNSUPPORTED, "%s or %s is missing or not known", cipher_fields[i],
          auth_fields[i]);
      return NULL;
    }
    security.cipher[i] = (RtcSrtpCipherName) cipher;
    security.auth[i] = (RtcSrtpAuthName) auth;
  }
  for (; n < RTC_SRTP_MAX_MASTER_KEYS; n++) {
    keys[n] = get_numbered (caps, "srtp-key", n + 1);
    mkis[n] = get_numbered (caps, "mki", n + 1);
    if (keys[n] == NULL)
      break;
  }
  return make_keyring (&security, keys, mkis, n, FALSE, error);
}

/* -- Caps -------------------------------------------------------------------- */

GstCaps *
gst_rtc_srtp_caps_protect (GstCaps *caps, gboolean is_rtcp, const RtcSrtpSecurity *security,
    GstBuffer *key, GstBuffer *mki, const guint32 *roc)
{
  GstCaps *out = gst_caps_copy (caps);

  for (guint i = 0; i < gst_caps_get_size (out); i++) {
    GstStructure *s = gst_caps_get_structure (out, i);

    gst_structure_set_name (s, gst_rtc_srtp_protected_names[is_rtcp]);
    if (key != NULL)
      gst_structure_set (s, "srtp-key", GST_TYPE_BUFFER, key, NULL);
    if (mki != NULL)
      gst_structure_set (s, "mki", GST_TYPE_BUFFER, mki, NULL);
    if (roc != NULL)
      gst_structure_set (s, "roc", G_TYPE_UINT, *roc, NULL);
    for (guint j = 0; j < 2; j++)
      gst_structure_set (s, cipher_fields[j], G_TYPE_STRING,
          get_nick (GST_TYPE_RTC_SRTP_CIPHER, (gint) security->cipher[j]), auth_fields[j],
          G_TYPE_STRING,
          /* GCM authenticates by itself; upstream's srtpdec refuses it with HMAC. */
          get_nick (GST_TYPE_RTC_SRTP_AUTH, rtc_srtp_cipher_is_gcm (security->cipher[j])
                                                ? RTC_SRTP_AUTH_NULL
                                                : (gint) security->auth[j]),
          NULL);
  }
  return out;
}

/* A field that only protected packets have. */
static gboolean
keep_field (GQuark field, GValue *value, gpointer unused)
{
  const gchar *name = g_quark_to_string (field);

  return !(g_str_has_prefix (name, "srtp-") || g_str_has_prefix (name, "srtcp-")
           || g_str_has_prefix (name, "mki") || g_str_equal (name, "roc"));
}

GstCaps *
gst_rtc_srtp_caps_rename (const GstCaps *caps, const gchar *name)
{
  GstCaps *out = gst_caps_copy (caps);

  for (guint i = 0; i < gst_caps_get_size (out); i++) {
    GstStructure *s = gst_caps_get_structure (out, i);

    gst_structure_set_name (s, name);
    gst_structure_filter_and_map_in_place (s, keep_field, NULL);
  }
  return out;
}

static void
answer_caps (GstPad *pad, GstPad *other, GstQuery *query)
{
  GstCaps *template = gst_pad_get_pad_template_caps (pad), *filter, *peer, *caps;

  gst_query_parse_caps (query, &filter);
  peer = gst_pad_peer_query_caps (other, NULL);
  if (gst_caps_is_any (peer)) {
    caps = gst_caps_ref (template);
  } else {
    GstCaps *theirs = gst_pad_get_pad_template_caps (other);
    GstCaps *allowed = gst_caps_intersect_full (peer, theirs, GST_CAPS_INTERSECT_FIRST);

    caps = gst_rtc_srtp_caps_rename (
        allowed, gst_structure_get_name (gst_caps_get_structure (template, 0)));
    gst_caps_unref (allowed);
    gst_caps_unref (theirs);
  }
  gst_caps_unref (peer);
  if (filter != NULL) {
    GstCaps *filtered = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);

    gst_caps_unref (caps);
    caps = filtered;
  }
  gst_query_set_caps_result (query, caps);
  gst_caps_unref (caps);
  gst_caps_unref (template);
}

gboolean
gst_rtc_srtp_query (GstPad *pad, GstObject *parent, GstPad *other, GstQuery *query)
{
  gboolean ok = other != NULL;

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS)
    ok = gst_pad_query_default (pad, parent, query);
  else if (ok)
    answer_caps (pad, other, query);
  gst_clear_object (&other);
  return ok;
}

GstIterator *
gst_rtc_srtp_iterate_link (GstPad *other)
{
  GstIterator *iterator;
  GValue value = G_VALUE_INIT;

  if (other == NULL)
    return NULL;
  g_value_init (&value, GST_TYPE_PAD);
  g_value_take_object (&value, other);
  iterator = gst_iterator_new_single (GST_TYPE_PAD, &value);
  g_value_unset (&value);
  return iterator;
}

/* -- Properties and statistics ------------------------------------------------ */

void
gst_rtc_srtp_install_properties (GObjectClass *klass, guint window_id, guint stats_id)
{
  g_object_class_install_property (klass, window_id,
      g_param_spec_uint ("replay-window-size", "Replay window size",
          "Size of the replay protection window", RTC_SRTP_MIN_WINDOW, RTC_SRTP_MAX_WINDOW,
          GST_RTC_SRTP_DEFAULT_WINDOW, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (klass, stats_id,
      g_param_spec_boxed ("stats", "Statistics", "Various statistics", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

GstStructure *
gst_rtc_srtp_make_stats (RtcSrtpContext *context, const gchar *name, gboolean with_counts)
{
  GArray *list = rtc_srtp_context_list (context);
  GstStructure *stats = gst_structure_new_empty (name);
  GValue streams = G_VALUE_INIT;

  g_value_init (&streams, GST_TYPE_ARRAY);
  for (guint i = 0; i < list->len; i++) {
    const RtcSrtpStreamInfo *info = &g_array_index (list, RtcSrtpStreamInfo, i);
    GstStructure *one = gst_structure_new ("application/x-srtp-stream", "ssrc", G_TYPE_UINT,
        info->ssrc, "roc", G_TYPE_UINT, info->roc, NULL);
    GValue value = G_VALUE_INIT;

    if (with_counts)
      gst_structure_set (one, "recv-count", G_TYPE_UINT, (guint) info->received, "recv-drop-count",
          G_TYPE_UINT, (guint) info->dropped, NULL);
    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, one);
    gst_value_array_append_and_take_value (&streams, &value);
  }
  g_array_unref (list);
  gst_structure_take_value (stats, "streams", &streams);
  return stats;
}
