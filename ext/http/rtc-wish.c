/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-wish.h"

#include <string.h>
#include "gst/rtc/base/rtc-result.h"

/* -- Link ---------------------------------------------------------------------------------------
 */

/* RFC 9110 5.6.4: quoted-string. */
static void
append_quoted (GString *out, const gchar *text)
{
  g_string_append_c (out, '"');
  for (const gchar *p = text; *p; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_c (out, '\\');
    g_string_append_c (out, *p);
  }
  g_string_append_c (out, '"');
}

/* What g_uri_parse() lets through in a host or a query may still end the <URI> or the field. */
static gboolean
is_uri_text (const gchar *text)
{
  for (const gchar *p = text; *p; p++)
    if (!g_ascii_isgraph (*p) || strchr ("<>\"\\", *p))
      return FALSE;
  return TRUE;
}

/* RFC 9110 5.5: no CR, LF or NUL in a field, and no other control characters either. They come
 * out of percent-encoded names and passwords. */
static gboolean
is_field_text (const gchar *text)
{
  for (const gchar *p = text; *p; p++)
    if (g_ascii_iscntrl (*p))
      return FALSE;
  return TRUE;
}

gchar *
rtc_wish_link_header (const gchar *text)
{
  GUri *uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD, NULL);
  const gchar *scheme = uri ? g_uri_get_scheme (uri) : NULL;
  const gchar *host = uri ? g_uri_get_host (uri) : NULL;
  gboolean turn = g_strcmp0 (scheme, "turn") == 0 || g_strcmp0 (scheme, "turns") == 0;
  GString *link;

  if (!host || host[0] == '\0' || !is_uri_text (host)
      || (g_uri_get_query (uri) && !is_uri_text (g_uri_get_query (uri)))
      || (!turn && g_strcmp0 (scheme, "stun") != 0 && g_strcmp0 (scheme, "stuns") != 0)) {
    g_clear_pointer (&uri, g_uri_unref);
    return NULL;
  }
  /* RFC 7064, 7065: no slashes, no user in the URI of a STUN or TURN server. */
  link = g_string_new ("<");
  g_string_append_printf (link, strchr (host, ':') ? "%s:[%s]" : "%s:%s", scheme, host);
  if (g_uri_get_port (uri) > 0)
    g_string_append_printf (link, ":%d", g_uri_get_port (uri));
  if (turn && g_uri_get_query (uri))
    g_string_append_printf (link, "?%s", g_uri_get_query (uri));
  g_string_append (link, ">; rel=\"ice-server\"");
  if (turn && g_uri_get_user (uri)) {
    g_string_append (link, "; username=");
    append_quoted (link, g_uri_get_user (uri));
    g_string_append (link, "; credential=");
    append_quoted (link, g_uri_get_password (uri) ? g_uri_get_password (uri) : "");
    g_string_append (link, "; credential-type=\"password\"");
  }
  g_uri_unref (uri);
  return g_string_free (link, !is_field_text (link->str));
}

/* -- Entity tags --------------------------------------------------------------------------------
 */

RtcWishMatch
rtc_wish_check_match (const gchar *if_match, const gchar *etag)
{
  RtcWishMatch result = RTC_WISH_MATCH_NO;
  gchar **tags;

  if (!if_match)
    return RTC_WISH_MATCH_ABSENT;
  tags = g_strsplit (if_match, ",", 16);
  /* RFC 9110 13.1.1: strong comparison, so a W/ tag never matches. */
  for (guint i = 0; tags[i] && result == RTC_WISH_MATCH_NO; i++) {
    const gchar *tag = g_strstrip (tags[i]);

    if (strcmp (tag, "*") == 0)
      result = RTC_WISH_MATCH_ANY;
    else if (strcmp (tag, etag) == 0)
      result = RTC_WISH_MATCH_YES;
  }
  g_strfreev (tags);
  return result;
}

/* -- Descriptions -------------------------------------------------------------------------------
 */

void
rtc_wish_get_credentials (const GstSDPMessage *sdp, const gchar **ufrag, const gchar **pwd)
{
  *ufrag = *pwd = NULL;
  for (guint i = 0; i < gst_sdp_message_medias_len (sdp) && !(*ufrag && *pwd); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (sdp, i);

    *ufrag = gst_sdp_media_get_attribute_val (media, "ice-ufrag");
    *pwd = gst_sdp_media_get_attribute_val (media, "ice-pwd");
  }
  if (!*ufrag)
    *ufrag = gst_sdp_message_get_attribute_val (sdp, "ice-ufrag");
  if (!*pwd)
    *pwd = gst_sdp_message_get_attribute_val (sdp, "ice-pwd");
  if (!*ufrag || !*pwd)
    *ufrag = *pwd = "";
}

void
rtc_wish_get_fragment_credentials (
    const RtcSdpFragment *fragment, const gchar **ufrag, const gchar **pwd)
{
  *ufrag = fragment->ice_ufrag;
  *pwd = fragment->ice_pwd;
  for (guint i = 0; i < fragment->sections->len && !**ufrag; i++) {
    const RtcSdpFragmentSection *section =
        &g_array_index (fragment->sections, RtcSdpFragmentSection, i);

    *ufrag = section->ice_ufrag;
    *pwd = section->ice_pwd;
  }
}

/* Whether the description or one of its sections has the attribute. */
static gboolean
has_attribute (const GstSDPMessage *sdp, const gchar *key)
{
  gboolean found = gst_sdp_message_get_attribute_val (sdp, key) != NULL;

  for (guint i = 0; !found && i < gst_sdp_message_medias_len (sdp); i++)
    found = gst_sdp_media_get_attribute_val (gst_sdp_message_get_media (sdp, i), key) != NULL;
  return found;
}

/* RFC 8866 6.7: sections have the direction of the session, which is sendrecv unless it says
 * otherwise. */
static gboolean
is_media_sent (const GstSDPMessage *sdp, const GstSDPMedia *media)
{
  static const gchar *const receiving[] = { "recvonly", "inactive" };
  static const gchar *const sending[] = { "sendonly", "sendrecv" };
  gboolean is_sent = TRUE;

  if (strcmp (gst_sdp_media_get_media (media), "audio") != 0
      && strcmp (gst_sdp_media_get_media (media), "video") != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (receiving); i++)
    if (gst_sdp_message_get_attribute_val (sdp, receiving[i]))
      is_sent = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (receiving); i++) {
    if (gst_sdp_media_get_attribute_val (media, receiving[i]))
      return FALSE;
    if (gst_sdp_media_get_attribute_val (media, sending[i]))
      is_sent = TRUE;
  }
  return is_sent;
}

/* What is missing in an offer that parsed, as a sentence; NULL when it may be answered. */
static const gchar *
find_fault (const GstSDPMessage *sdp, gboolean is_sent)
{
  const gchar *ufrag, *pwd;
  gboolean sends = !is_sent;

  if (gst_sdp_message_medias_len (sdp) == 0)
    return "the offer has no media section";
  rtc_wish_get_credentials (sdp, &ufrag, &pwd);
  if (ufrag[0] == '\0')
    return "the offer has no ICE credentials (ice-ufrag and ice-pwd)";
  if (!has_attribute (sdp, "fingerprint"))
    return "the offer has no DTLS fingerprint: media is taken encrypted only";
  for (guint i = 0; !sends && i < gst_sdp_message_medias_len (sdp); i++)
    sends = is_media_sent (sdp, gst_sdp_message_get_media (sdp, i));
  return sends ? NULL : "the offer sends no audio or video: in WHIP the client sends (sendonly)";
}

GstSDPMessage *
rtc_wish_parse_offer (const gchar *text, gsize len, gboolean is_sent, GError **error)
{
  GstSDPMessage *sdp = NULL;
  const gchar *fault;
  RtcSdp *strict;

  /* Ours first: it knows limits and says what is wrong where. GStreamer's only makes the object
   * that the signal carries. */
  strict = rtc_sdp_parse (text, len, error);
  if (!strict)
    return NULL;
  rtc_sdp_free (strict);
  if (gst_sdp_message_new (&sdp) != GST_SDP_OK
      || gst_sdp_message_parse_buffer ((const guint8 *) text, (guint) len, sdp) != GST_SDP_OK)
    fault = "the body is no session description";
  else
    fault = find_fault (sdp, is_sent);
  if (!fault)
    return sdp;
  rtc_error (error, RTC_ERR_PARSE, "%s", fault);
  if (sdp)
    gst_sdp_message_free (sdp);
  return NULL;
}

gint
rtc_wish_find_section (const GstSDPMessage *sdp, const gchar *mid)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (sdp); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (sdp, i);

    if (g_strcmp0 (gst_sdp_media_get_attribute_val (media, "mid"), mid) == 0)
      return (gint) i;
  }
  return -1;
}

/* gst_sdp_message_get_media() is const only by habit: the message is ours to change. */
static GstSDPMedia *
get_media (GstSDPMessage *sdp, guint index)
{
  return (GstSDPMedia *) gst_sdp_message_get_media (sdp, index);
}

gboolean
rtc_wish_add_candidate (GstSDPMessage *sdp, guint mline, const gchar *candidate)
{
  GstSDPMedia *media;

  if (mline >= gst_sdp_message_medias_len (sdp))
    return FALSE;
  media = get_media (sdp, mline);
  if (candidate[0] == '\0') {
    if (!gst_sdp_media_get_attribute_val (media, "end-of-candidates"))
      gst_sdp_media_add_attribute (media, "end-of-candidates", "");
  } else if (g_str_has_prefix (candidate, "candidate:")) {
    gst_sdp_media_add_attribute (media, "candidate", candidate + strlen ("candidate:"));
  }
  return TRUE;
}

/* -- ICE restart --------------------------------------------------------------------------------
 */

static gboolean
is_ice_attribute (const gchar *key)
{
  static const gchar *const keys[] = { "ice-ufrag", "ice-pwd", "candidate", "end-of-candidates",
    NULL };

  return g_strv_contains (keys, key);
}

static void
remove_ice (GstSDPMessage *sdp)
{
  for (guint i = gst_sdp_message_attributes_len (sdp); i-- > 0;)
    if (is_ice_attribute (gst_sdp_message_get_attribute (sdp, i)->key))
      gst_sdp_message_remove_attribute (sdp, i);
  for (guint m = 0; m < gst_sdp_message_medias_len (sdp); m++) {
    GstSDPMedia *media = get_media (sdp, m);

    for (guint i = gst_sdp_media_attributes_len (media); i-- > 0;)
      if (is_ice_attribute (gst_sdp_media_get_attribute (media, i)->key))
        gst_sdp_media_remove_attribute (media, i);
  }
}

static void
add_fragment_section (GstSDPMessage *sdp, const RtcSdpFragmentSection *section)
{
  gint mline = rtc_wish_find_section (sdp, section->mid);

  if (mline < 0)
    return;
  for (guint i = 0; i < section->candidates->len; i++) {
    gchar *text = rtc_candidate_write (&g_array_index (section->candidates, RtcCandidate, i));

    rtc_wish_add_candidate (sdp, (guint) mline, text);
    g_free (text);
  }
  if (section->end_of_candidates)
    rtc_wish_add_candidate (sdp, (guint) mline, "");
}

GstSDPMessage *
rtc_wish_restart_offer (const GstSDPMessage *offer, const RtcSdpFragment *fragment, GError **error)
{
  const gchar *ufrag, *pwd;
  GstSDPMessage *sdp = NULL;

  rtc_wish_get_fragment_credentials (fragment, &ufrag, &pwd);
  if (!*ufrag || !*pwd) {
    rtc_error (error, RTC_ERR_PARSE, "the fragment has no ice-ufrag or no ice-pwd");
    return NULL;
  }
  gst_sdp_message_copy (offer, &sdp);
  remove_ice (sdp);
  for (guint i = 0; i < gst_sdp_message_medias_len (sdp); i++) {
    gst_sdp_media_add_attribute (get_media (sdp, i), "ice-ufrag", ufrag);
    gst_sdp_media_add_attribute (get_media (sdp, i), "ice-pwd", pwd);
  }
  for (guint i = 0; i < fragment->sections->len; i++)
    add_fragment_section (sdp, &g_array_index (fragment->sections, RtcSdpFragmentSection, i));
  return sdp;
}

gchar *
rtc_wish_answer_fragment (const GstSDPMessage *answer)
{
  RtcSdpFragment *fragment = rtc_sdp_fragment_new ();
  const gchar *ufrag, *pwd;
  gchar *text;

  rtc_wish_get_credentials (answer, &ufrag, &pwd);
  g_strlcpy (fragment->ice_ufrag, ufrag, sizeof (fragment->ice_ufrag));
  g_strlcpy (fragment->ice_pwd, pwd, sizeof (fragment->ice_pwd));
  for (guint m = 0; m < gst_sdp_message_medias_len (answer); m++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (answer, m);
    const gchar *mid = gst_sdp_media_get_attribute_val (media, "mid");
    RtcSdpFragmentSection *section;

    if (!mid || !gst_sdp_media_get_attribute_val (media, "candidate"))
      continue; /* bundled sections have none of their own */
    section = rtc_sdp_fragment_add_section (fragment, mid);
    for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++) {
      const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);
      RtcCandidate candidate;
      gchar *line;

      if (strcmp (attribute->key, "candidate") != 0)
        continue;
      line = g_strconcat ("candidate:", attribute->value, NULL);
      if (rtc_candidate_parse (line, &candidate) == RTC_OK)
        g_array_append_val (section->candidates, candidate);
      g_free (line);
    }
    section->end_of_candidates = TRUE;
  }
  text = rtc_sdp_fragment_write (fragment);
  rtc_sdp_fragment_free (fragment);
  return text;
}
