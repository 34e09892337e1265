/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/dtls/rtc-dtls-exporter.h"

#include "gst/rtc/base/rtc-bytes.h"

/* Key and salt, bytes: RFC 5764 4.1.2 (128 and 112 bits), RFC 7714 12 (salts of 96 bits). */
static const struct {
  RtcSrtpProfile profile;
  gsize key;
  gsize salt;
} exporter_table[] = {
  { RTC_SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14 },
  { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12 },
  { RTC_SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12 },
};

gsize
rtc_dtls_exporter_len (RtcSrtpProfile profile)
{
  for (gsize i = 0; i < G_N_ELEMENTS (exporter_table); i++) {
    if (exporter_table[i].profile == profile)
      return 2 * (exporter_table[i].key + exporter_table[i].salt);
  }
  return 0;
}

/* RFC 5764 4.2: "client_write_SRTP_master_key, server_write_SRTP_master_key,
 * client_write_SRTP_master_salt, server_write_SRTP_master_salt". */
gboolean
rtc_dtls_exporter_split (
    RtcSrtpProfile profile, gboolean is_client, const guint8 *material, gsize len, RtcSrtpKeys *out)
{
  guint8 *client = is_client ? out->local_key : out->remote_key;
  guint8 *server = is_client ? out->remote_key : out->local_key;

  memset (out, 0, sizeof *out);
  for (gsize i = 0; i < G_N_ELEMENTS (exporter_table); i++) {
    gsize key = exporter_table[i].key, salt = exporter_table[i].salt;

    if (exporter_table[i].profile != profile || len != 2 * (key + salt))
      continue;
    memcpy (client, material, key);
    memcpy (server, material + key, key);
    memcpy (client + key, material + 2 * key, salt);
    memcpy (server + key, material + 2 * key + salt, salt);
    out->profile = profile;
    out->key_len = key + salt;
    return TRUE;
  }
  return FALSE;
}
