/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The a= lines of an announcement, each by its function. */
#include "gst/rtc/sdp/rtc-announcement-reader.h"

#define FAIL(r, ...) rtc_announcement_fail ((r), RTC_ERR_PARSE, __VA_ARGS__)

/* -- Formats ----------------------------------------------------------------- */

/* The format of the payload type before a space; NULL: the m-line does not list it. FALSE: it is
 * no payload type. */
static gboolean
read_pt (RtcAnnouncementReader *r, RtcSpan *rest, const gchar *what, RtcAnnouncedFormat **out)
{
  RtcSpan word = rtc_span_word (rest);
  guint64 pt;

  if (!rtc_span_uint (word, 0, 127, &pt))
    return FAIL (
        r, "payload type \"%s\" of %s is not within 0..127", rtc_sdp_reader_quote (word), what);
  *out = (RtcAnnouncedFormat *) rtc_announced_medium_find (r->medium, (guint8) pt);
  return TRUE;
}

/* a=rtpmap:<pt> <name>/<rate>[/<channels>]   (RFC 8866 6.6) */
static gboolean
read_rtpmap (RtcAnnouncementReader *r, RtcSpan value)
{
  RtcAnnouncedFormat *format;
  guint64 rate, channels = 0;
  RtcSpan name;

  if (!read_pt (r, &value, "a=rtpmap", &format))
    return FALSE;
  value = rtc_span_word (&value);
  name = rtc_span_cut (&value, '/');
  if (!rtc_span_is_visible (name)
      || !rtc_span_uint (rtc_span_cut (&value, '/'), 1, 10000000, &rate))
    return FAIL (r, "a=rtpmap is not of the form name/rate");
  if (value.len > 0 && !rtc_span_uint (value, 1, 255, &channels))
    return FAIL (r, "a=rtpmap has an impossible number of channels");
  if (format == NULL)
    return TRUE;
  if (!rtc_span_copy (name, format->name, sizeof format->name))
    return FAIL (
        r, "the name of a=rtpmap is longer than %u characters", (guint) sizeof format->name - 1);
  format->clock_rate = (guint32) rate;
  format->channels = (guint8) channels;
  return TRUE;
}

/* The value of a parameter; empty: it is not there. */
static RtcSpan
find_parameter (RtcSpan list, const gchar *name)
{
  while (list.len > 0) {
    RtcSpan value = rtc_span_strip (rtc_span_cut (&list, ';'));

    if (rtc_span_is_nocase (rtc_span_strip (rtc_span_cut (&value, '=')), name))
      return rtc_span_strip (value);
  }
  return list;
}

/* a=fmtp:<pt> <parameters>   (RFC 8866 6.15) */
static gboolean
read_fmtp (RtcAnnouncementReader *r, RtcSpan value)
{
  RtcAnnouncedFormat *format;
  guint64 apt;

  if (!read_pt (r, &value, "a=fmtp", &format))
    return FALSE;
  if (format == NULL || format->fmtp != NULL)
    return TRUE;
  value = rtc_span_strip (value);
  format->fmtp = g_strndup (value.p, value.len);
  if (rtc_span_uint (find_parameter (value, "apt"), 0, 127, &apt))
    format->apt = (gint16) apt;
  return TRUE;
}

/* a=rtcp-fb:<pt or *> <what> [<more>]   (RFC 4585 4.2, RFC 5104 7.1) */
static gboolean
read_rtcp_fb (RtcAnnouncementReader *r, RtcSpan value)
{
  RtcSpan all = value, what, more;
  RtcAnnouncedFormat *only = NULL;
  gboolean is_all = rtc_span_is (rtc_span_word (&all), "*");
  GArray *formats = r->medium->formats;

  if (is_all)
    value = all;
  else if (!read_pt (r, &value, "a=rtcp-fb", &only))
    return FALSE;
  what = rtc_span_word (&value);
  more = rtc_span_word (&value);
  for (guint i = 0; i < formats->len; i++) {
    RtcAnnouncedFormat *format = &g_array_index (formats, RtcAnnouncedFormat, i);

    if (!is_all && format != only)
      continue;
    format->nack |= rtc_span_is (what, "nack") && more.len == 0;
    format->nack_pli |= rtc_span_is (what, "nack") && rtc_span_is (more, "pli");
    format->ccm_fir |= rtc_span_is (what, "ccm") && rtc_span_is (more, "fir");
  }
  return TRUE;
}

/* -- Transport --------------------------------------------------------------- */

/* a=rtcp:<port> [<address>]   (RFC 3605 2.1) */
static gboolean
read_rtcp (RtcAnnouncementReader *r, RtcSpan value)
{
  guint64 port;
  guint ttl;

  if (!rtc_span_uint (rtc_span_word (&value), 1, 65535, &port))
    return FAIL (r, "the port of a=rtcp is not within 1..65535");
  r->has_rtcp = TRUE;
  r->rtcp_port = (guint16) port;
  value = rtc_span_strip (value);
  return value.len == 0 || rtc_announcement_read_address (r, value, &r->rtcp_address, &ttl);
}

static gboolean
read_rtcp_mux (RtcAnnouncementReader *r, RtcSpan value)
{
  r->medium->rtcp_mux = TRUE;
  return TRUE;
}

static gboolean
read_mid (RtcAnnouncementReader *r, RtcSpan value)
{
  value = rtc_span_strip (value);
  if (!rtc_span_is_visible (value) || !rtc_span_copy (value, r->medium->mid, sizeof r->medium->mid))
    return FAIL (r, "a=mid is empty, too long or not visible ASCII");
  return TRUE;
}

static gboolean
read_inactive (RtcAnnouncementReader *r, RtcSpan value)
{
  if (r->medium != NULL)
    r->is_inactive = TRUE;
  else
    r->is_session_inactive = TRUE;
  return TRUE;
}

/* Said after a=inactive of the session, by a medium. */
static gboolean
read_active (RtcAnnouncementReader *r, RtcSpan value)
{
  if (r->medium != NULL)
    r->is_inactive = FALSE;
  return TRUE;
}

static gboolean
read_group (RtcAnnouncementReader *r, RtcSpan value)
{
  if (!rtc_span_is (rtc_span_word (&value), "BUNDLE") || r->bundle->len > 0)
    return TRUE;
  for (RtcSpan mid = rtc_span_word (&value); mid.len > 0; mid = rtc_span_word (&value)) {
    if (r->bundle->len >= RTC_ANNOUNCEMENT_MAX_MEDIA)
      return rtc_announcement_fail (
          r, RTC_ERR_LIMIT, "more than %u mids in a=group", RTC_ANNOUNCEMENT_MAX_MEDIA);
    g_ptr_array_add (r->bundle, g_strndup (mid.p, mid.len));
  }
  return TRUE;
}

static gboolean
read_control (RtcAnnouncementReader *r, RtcSpan value)
{
  value = rtc_span_strip (value);
  if (r->medium == NULL && r->announcement->control == NULL)
    r->announcement->control = g_strndup (value.p, value.len);
  return TRUE;
}

/* a=source-filter: <incl|excl> IN <IP4|IP6|*> <destination> <source> ...   (RFC 4570 3). The
 * destination is the medium's own, whatever stands there: a file has one per medium. */
static gboolean
read_source_filter (RtcAnnouncementReader *r, RtcSpan value)
{
  RtcSpan mode = rtc_span_word (&value), net = rtc_span_word (&value);
  RtcSpan type = rtc_span_word (&value), destination = rtc_span_word (&value);
  GArray *list = r->medium != NULL ? r->medium->sources : r->session_sources;
  gboolean excludes = rtc_span_is (mode, "excl");

  if ((!excludes && !rtc_span_is (mode, "incl")) || !rtc_span_is (net, "IN") || type.len == 0
      || destination.len == 0 || rtc_span_strip (value).len == 0)
    return FAIL (r, "a=source-filter is not of the form incl IN IP4 destination source");
  if (list->len > 0)
    return FAIL (r, "a second a=source-filter");
  if (r->medium != NULL)
    r->medium->excludes = excludes;
  else
    r->session_excludes = excludes;
  for (RtcSpan word = rtc_span_word (&value); word.len > 0; word = rtc_span_word (&value)) {
    RtcAddress address;
    gchar text[64];

    if (!rtc_span_copy (word, text, sizeof text) || !rtc_address_parse (text, 0, &address))
      return rtc_announcement_fail (r, RTC_ERR_UNSUPPORTED,
          "\"%s\" of a=source-filter is not a literal address", rtc_sdp_reader_quote (word));
    if (list->len >= RTC_ANNOUNCEMENT_MAX_SOURCES)
      return rtc_announcement_fail (r, RTC_ERR_LIMIT, "more than %u addresses in a=source-filter",
          RTC_ANNOUNCEMENT_MAX_SOURCES);
    g_array_append_val (list, address);
  }
  return TRUE;
}

/* -- All of them ------------------------------------------------------------- */

static const struct {
  const gchar *name;
  RtcSdpLevel level;
  gboolean (*read) (RtcAnnouncementReader *r, RtcSpan value);
} attributes[] = {
  { "rtpmap", RTC_SDP_LEVEL_MEDIA, read_rtpmap },
  { "fmtp", RTC_SDP_LEVEL_MEDIA, read_fmtp },
  { "rtcp-fb", RTC_SDP_LEVEL_MEDIA, read_rtcp_fb },
  { "crypto", RTC_SDP_LEVEL_MEDIA, rtc_announcement_read_crypto },
  { "rtcp", RTC_SDP_LEVEL_MEDIA, read_rtcp },
  { "rtcp-mux", RTC_SDP_LEVEL_MEDIA, read_rtcp_mux },
  { "mid", RTC_SDP_LEVEL_MEDIA, read_mid },
  { "inactive", RTC_SDP_LEVEL_BOTH, read_inactive },
  { "sendrecv", RTC_SDP_LEVEL_BOTH, read_active },
  { "sendonly", RTC_SDP_LEVEL_BOTH, read_active },
  { "recvonly", RTC_SDP_LEVEL_BOTH, read_active },
  { "group", RTC_SDP_LEVEL_SESSION, read_group },
  { "control", RTC_SDP_LEVEL_SESSION, read_control },
  { "source-filter", RTC_SDP_LEVEL_BOTH, read_source_filter },
};

/* Keys stay out of what goes on as caps. */
static gboolean
keep (RtcAnnouncementReader *r, RtcSpan name, const RtcSpan *value)
{
  GPtrArray *list = r->medium != NULL ? r->medium->attributes : r->announcement->attributes;
  RtcAttribute *attribute;

  if (rtc_span_is (name, "crypto") || rtc_span_is (name, "key-mgmt"))
    return TRUE;
  if (list->len >= RTC_ANNOUNCEMENT_MAX_ATTRIBUTES)
    return rtc_announcement_fail (
        r, RTC_ERR_LIMIT, "more than %u attributes of one medium", RTC_ANNOUNCEMENT_MAX_ATTRIBUTES);
  attribute = g_new0 (RtcAttribute, 1);
  attribute->name = g_strndup (name.p, name.len);
  attribute->value = value != NULL ? g_strndup (value->p, value->len) : NULL;
  g_ptr_array_add (list, attribute);
  return TRUE;
}

gboolean
rtc_announcement_read_attribute (RtcAnnouncementReader *r, RtcSpan line)
{
  RtcSpan value = line, name = rtc_span_cut (&value, ':');
  RtcSdpLevel level = r->medium == NULL ? RTC_SDP_LEVEL_SESSION : RTC_SDP_LEVEL_MEDIA;

  if (r->is_skipped)
    return TRUE;
  if (!rtc_span_is_visible (name))
    return FAIL (r, "the name of an attribute is empty or not visible ASCII");
  if (!keep (r, name, name.len < line.len ? &value : NULL))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    if (rtc_span_is (name, attributes[i].name))
      return (attributes[i].level & level) == 0 || attributes[i].read (r, value);
  return TRUE;
}
