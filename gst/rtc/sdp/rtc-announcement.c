/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/sdp/rtc-announcement-reader.h"

#define FAIL(r, ...) rtc_announcement_fail ((r), RTC_ERR_PARSE, __VA_ARGS__)

/* RFC 3551 6, Tables 4 and 5. */
static const struct {
  guint8 pt;
  const gchar *name;
  guint32 clock_rate;
  guint8 channels;
} static_formats[] = { { 0, "PCMU", 8000, 0 }, { 3, "GSM", 8000, 0 }, { 4, "G723", 8000, 0 },
  { 5, "DVI4", 8000, 0 }, { 6, "DVI4", 16000, 0 }, { 7, "LPC", 8000, 0 }, { 8, "PCMA", 8000, 0 },
  { 9, "G722", 8000, 0 }, { 10, "L16", 44100, 2 }, { 11, "L16", 44100, 1 },
  { 12, "QCELP", 8000, 0 }, { 13, "CN", 8000, 0 }, { 14, "MPA", 90000, 0 }, { 15, "G728", 8000, 0 },
  { 16, "DVI4", 11025, 0 }, { 17, "DVI4", 22050, 0 }, { 18, "G729", 8000, 0 },
  { 25, "CelB", 90000, 0 }, { 26, "JPEG", 90000, 0 }, { 28, "nv", 90000, 0 },
  { 31, "H261", 90000, 0 }, { 32, "MPV", 90000, 0 }, { 33, "MP2T", 90000, 0 },
  { 34, "H263", 90000, 0 } };

gboolean
rtc_announcement_fail (RtcAnnouncementReader *r, RtcResult code, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  rtc_error_at_line (r->error, code, r->line, format, args);
  va_end (args);
  return FALSE;
}

/* -- Values ------------------------------------------------------------------ */

static void
attribute_free (gpointer data)
{
  RtcAttribute *self = data;

  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

static void
format_clear (gpointer data)
{
  g_free (((RtcAnnouncedFormat *) data)->fmtp);
}

/* Not to be optimised away. */
static void
key_clear (gpointer data)
{
  volatile guint8 *bytes = data;

  for (gsize i = 0; i < sizeof (RtcAnnouncedKey); i++)
    bytes[i] = 0;
}

static RtcAnnouncedMedium *
medium_new (void)
{
  RtcAnnouncedMedium *self = g_new0 (RtcAnnouncedMedium, 1);

  self->keys = g_array_new (FALSE, TRUE, sizeof (RtcAnnouncedKey));
  g_array_set_clear_func (self->keys, key_clear);
  self->formats = g_array_new (FALSE, TRUE, sizeof (RtcAnnouncedFormat));
  g_array_set_clear_func (self->formats, format_clear);
  self->sources = g_array_new (FALSE, TRUE, sizeof (RtcAddress));
  self->attributes = g_ptr_array_new_with_free_func (attribute_free);
  self->bundle = -1;
  return self;
}

static void
medium_free (gpointer data)
{
  RtcAnnouncedMedium *self = data;

  g_array_unref (self->keys);
  g_array_unref (self->formats);
  g_array_unref (self->sources);
  g_ptr_array_unref (self->attributes);
  g_free (self);
}

void
rtc_announcement_free (RtcAnnouncement *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->attributes);
  g_ptr_array_unref (self->media);
  g_free (self->control);
  g_free (self);
}

const RtcAnnouncedFormat *
rtc_announced_medium_find (const RtcAnnouncedMedium *self, guint8 pt)
{
  for (guint i = 0; i < self->formats->len; i++) {
    const RtcAnnouncedFormat *format = &g_array_index (self->formats, RtcAnnouncedFormat, i);

    if (format->pt == pt)
      return format;
  }
  return NULL;
}

gboolean
rtc_address_is_multicast (const RtcAddress *address)
{
  return (address->family == RTC_ADDRESS_IPV4 && address->bytes[0] >> 4 == 14)
         || (address->family == RTC_ADDRESS_IPV6 && address->bytes[0] == 0xff);
}

/* -- Lines ------------------------------------------------------------------- */

gboolean
rtc_announcement_read_address (RtcAnnouncementReader *r, RtcSpan value, RtcAddress *out, guint *ttl)
{
  RtcSpan net = rtc_span_word (&value), type = rtc_span_word (&value);
  RtcSpan rest = rtc_span_word (&value), literal = rtc_span_cut (&rest, '/');
  gboolean is_ipv4 = rtc_span_is (type, "IP4");
  gchar text[64];
  guint64 number;

  *ttl = 0;
  if (!rtc_span_is (net, "IN") || (!is_ipv4 && !rtc_span_is (type, "IP6")) || literal.len == 0)
    return FAIL (r, "an address is not of the form IN IP4 address or IN IP6 address");
  if (!rtc_span_copy (literal, text, sizeof text) || !rtc_address_parse (text, 0, out)
      || (memchr (text, ':', literal.len) == NULL) != is_ipv4)
    return rtc_announcement_fail (r, RTC_ERR_UNSUPPORTED, "\"%s\" is not a literal %s address",
        rtc_sdp_reader_quote (literal), is_ipv4 ? "IPv4" : "IPv6");
  if (is_ipv4 && rest.len > 0) {
    if (!rtc_span_uint (rtc_span_cut (&rest, '/'), 0, 255, &number))
      return FAIL (r, "the TTL of an address is not within 0..255");
    *ttl = (guint) number;
  }
  if (rest.len > 0 && !rtc_span_uint (rest, 1, 1000, &number))
    return FAIL (r, "the number of addresses is not within 1..1000");
  return TRUE;
}

static gboolean
read_connection (RtcAnnouncementReader *r, RtcSpan value)
{
  RtcAddress address;
  guint ttl;

  /* Further ones are of layers (RFC 8866 5.7): the first is the base. */
  if (r->is_skipped || (r->medium != NULL && r->connection.family != RTC_ADDRESS_NONE))
    return TRUE;
  if (!rtc_announcement_read_address (r, value, &address, &ttl))
    return FALSE;
  if (r->medium != NULL) {
    r->connection = address;
    r->ttl = ttl;
  } else {
    r->session_connection = address;
    r->session_ttl = ttl;
  }
  return TRUE;
}

static gboolean
read_formats (RtcAnnouncementReader *r, RtcSpan formats)
{
  GArray *list = r->medium->formats;

  for (RtcSpan word = rtc_span_word (&formats); word.len > 0; word = rtc_span_word (&formats)) {
    RtcAnnouncedFormat format = { .apt = -1 };
    guint64 pt;

    if (!rtc_span_uint (word, 0, 127, &pt))
      return FAIL (r, "payload type \"%s\" is not within 0..127", rtc_sdp_reader_quote (word));
    if (rtc_announced_medium_find (r->medium, (guint8) pt) != NULL)
      return FAIL (r, "payload type %u is listed twice", (guint) pt);
    if (list->len >= RTC_ANNOUNCEMENT_MAX_FORMATS)
      return rtc_announcement_fail (r, RTC_ERR_LIMIT, "more than %u payload types in one medium",
          RTC_ANNOUNCEMENT_MAX_FORMATS);
    format.pt = (guint8) pt;
    for (guint i = 0; i < G_N_ELEMENTS (static_formats); i++)
      if (static_formats[i].pt == pt) {
        g_strlcpy (format.name, static_formats[i].name, sizeof format.name);
        format.clock_rate = static_formats[i].clock_rate;
        format.channels = static_formats[i].channels;
      }
    g_array_append_val (list, format);
  }
  return list->len > 0 || FAIL (r, "the m-line has no payload type");
}

/* FALSE: not RTP over UDP. */
static gboolean
read_profile (RtcAnnouncedMedium *medium, RtcSpan text)
{
  medium->is_feedback = text.len > 0 && text.p[text.len - 1] == 'F';
  medium->is_secure = rtc_span_is (text, "RTP/SAVP") || rtc_span_is (text, "RTP/SAVPF");
  return medium->is_secure || rtc_span_is (text, "RTP/AVP") || rtc_span_is (text, "RTP/AVPF");
}

static void
begin_medium (RtcAnnouncementReader *r)
{
  r->medium = medium_new ();
  r->medium_line = r->line;
  r->is_skipped = FALSE;
  r->connection = (RtcAddress){ 0 };
  r->ttl = 0;
  r->has_rtcp = FALSE;
  r->rtcp_address = (RtcAddress){ 0 };
  r->is_inactive = r->is_session_inactive;
  r->n_crypto = 0;
}

/* m=<media> <port>[/<number of ports>] <proto> <fmt> ...   (RFC 8866 5.14) */
static gboolean
read_medium (RtcAnnouncementReader *r, RtcSpan value)
{
  RtcSpan line = value, kind = rtc_span_word (&value), ports = rtc_span_word (&value);
  RtcSpan profile = rtc_span_word (&value), formats = rtc_span_strip (value);
  RtcSpan port_text = rtc_span_cut (&ports, '/');
  guint64 port, n_ports;

  begin_medium (r);
  if (!rtc_span_is_visible (kind) || !rtc_span_is_visible (profile) || formats.len == 0)
    return FAIL (
        r, "m=%s is not of the form media port protocol formats", rtc_sdp_reader_quote (line));
  if (!rtc_span_copy (kind, r->medium->kind, sizeof r->medium->kind))
    return FAIL (
        r, "the name of a medium is longer than %u characters", (guint) sizeof r->medium->kind - 1);
  if (!rtc_span_uint (port_text, 0, 65535, &port))
    return FAIL (r, "port \"%s\" is not within 0..65535", rtc_sdp_reader_quote (port_text));
  if (ports.len > 0 && !rtc_span_uint (ports, 1, 65535, &n_ports))
    return FAIL (r, "the number of ports is not within 1..65535");
  r->medium->rtp.port = (guint16) port;
  r->is_skipped = !read_profile (r->medium, profile) || port == 0;
  if (!r->is_skipped && r->announcement->media->len >= RTC_ANNOUNCEMENT_MAX_MEDIA)
    return rtc_announcement_fail (
        r, RTC_ERR_LIMIT, "more than %u media", RTC_ANNOUNCEMENT_MAX_MEDIA);
  return r->is_skipped || read_formats (r, formats);
}

/* -- What needs all lines of a medium ---------------------------------------- */

static gboolean
finish_addresses (RtcAnnouncementReader *r)
{
  RtcAnnouncedMedium *m = r->medium;
  gboolean is_own = r->connection.family != RTC_ADDRESS_NONE;
  guint16 port = m->rtp.port;

  m->rtp = is_own ? r->connection : r->session_connection;
  if (m->rtp.family == RTC_ADDRESS_NONE)
    return FAIL (r, "the m-line has no c= line");
  m->rtp.port = port;
  m->ttl = is_own ? r->ttl : r->session_ttl;
  if (m->rtcp_mux)
    return TRUE;
  if (!r->has_rtcp && port == 65535)
    return FAIL (r, "there is no port above 65535 for RTCP");
  m->rtcp = r->rtcp_address.family != RTC_ADDRESS_NONE ? r->rtcp_address : m->rtp;
  m->rtcp.port = r->has_rtcp ? r->rtcp_port : port + 1;
  return m->rtcp.port != port || FAIL (r, "RTP and RTCP have one port, without a=rtcp-mux");
}

static gboolean
finish_formats (RtcAnnouncementReader *r)
{
  for (guint i = 0; i < r->medium->formats->len; i++) {
    const RtcAnnouncedFormat *format = &g_array_index (r->medium->formats, RtcAnnouncedFormat, i);

    if (format->clock_rate == 0)
      return FAIL (r, "payload type %u has no a=rtpmap", format->pt);
    if (g_ascii_strcasecmp (format->name, "rtx") == 0
        && (format->apt < 0 || rtc_announced_medium_find (r->medium, (guint8) format->apt) == NULL))
      return FAIL (r, "a=fmtp:%u has no apt= of the same medium", format->pt);
  }
  return TRUE;
}

static gboolean
finish_medium (RtcAnnouncementReader *r)
{
  RtcAnnouncedMedium *m = r->medium;
  guint line = r->line;
  gboolean ok = TRUE;

  if (m == NULL)
    return TRUE;
  r->medium = NULL;
  if (r->is_skipped || r->is_inactive) {
    r->is_skipped = FALSE;
    r->announcement->n_left_out++;
    medium_free (m);
    return TRUE;
  }
  if (m->sources->len == 0) {
    m->excludes = r->session_excludes;
    g_array_append_vals (m->sources, r->session_sources->data, r->session_sources->len);
  }
  r->medium = m;
  r->line = r->medium_line;
  ok = finish_addresses (r) && finish_formats (r);
  /* ffmpeg announces SRTP as RTP/AVP with a=crypto. */
  if (m->keys->len > 0)
    m->is_secure = TRUE;
  if (ok && m->is_secure && m->keys->len == 0)
    ok = rtc_announcement_fail (r, RTC_ERR_UNSUPPORTED,
        r->n_crypto > 0 ? "no a=crypto has a suite and parameters that we have"
                        : "a secure profile without a=crypto");
  r->line = line;
  r->medium = NULL;
  if (ok)
    g_ptr_array_add (r->announcement->media, m);
  else
    medium_free (m);
  return ok;
}

/* Packets of one transport are told apart by their payload types. */
static gboolean
check_payload_types (RtcAnnouncementReader *r, guint i)
{
  const RtcAnnouncedMedium *m = g_ptr_array_index (r->announcement->media, i);

  for (guint j = (guint) m->bundle; j < i; j++) {
    const RtcAnnouncedMedium *other = g_ptr_array_index (r->announcement->media, j);

    if ((gint) j != m->bundle && other->bundle != m->bundle)
      continue;
    for (guint k = 0; k < m->formats->len; k++) {
      guint8 pt = g_array_index (m->formats, RtcAnnouncedFormat, k).pt;

      if (rtc_announced_medium_find (other, pt) != NULL)
        return rtc_announcement_fail (
            r, RTC_ERR_UNSUPPORTED, "two bundled media have the payload type %u", pt);
    }
  }
  return TRUE;
}

/* Media of one group share the transport of its first (RFC 9143 7.2). */
static gboolean
finish_bundle (RtcAnnouncementReader *r)
{
  gint first = -1;

  for (guint i = 0; i < r->announcement->media->len; i++) {
    RtcAnnouncedMedium *m = g_ptr_array_index (r->announcement->media, i);

    for (guint j = 0; j < i && m->mid[0] != '\0'; j++)
      if (g_str_equal (m->mid, ((RtcAnnouncedMedium *) r->announcement->media->pdata[j])->mid))
        return FAIL (r, "two media have the mid \"%s\"", m->mid);
    if (m->mid[0] == '\0'
        || !g_ptr_array_find_with_equal_func (r->bundle, m->mid, g_str_equal, NULL))
      continue;
    if (first < 0)
      first = (gint) i;
    else {
      m->bundle = first;
      if (!check_payload_types (r, i))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_line (RtcAnnouncementReader *r, RtcSpan line)
{
  RtcSpan value = rtc_span (line.p + 2, line.len - 2);

  switch (line.p[0]) {
    case 'v':
      return rtc_span_is (rtc_span_strip (value), "0") || FAIL (r, "the version is not 0");
    case 'm':
      return finish_medium (r) && read_medium (r, value);
    case 'c':
      return read_connection (r, value);
    case 'a':
      return rtc_announcement_read_attribute (r, value);
    default:
      return TRUE;
  }
}

static gboolean
read_all (RtcAnnouncementReader *r, RtcSpan rest)
{
  gboolean has_version = FALSE;
  RtcResult result;
  RtcSpan line;

  while ((result = rtc_sdp_next_line (&rest, &r->line, &line, r->error)) == RTC_OK) {
    if (!has_version && line.p[0] != 'v')
      return FAIL (r, "a description begins with v=0");
    has_version = TRUE;
    if (!read_line (r, line))
      return FALSE;
  }
  if (result != RTC_AGAIN)
    return FALSE;
  if (!has_version)
    return FAIL (r, "the description is empty");
  return finish_medium (r) && finish_bundle (r);
}

RtcAnnouncement *
rtc_announcement_parse (const gchar *text, gsize len, GError **error)
{
  RtcAnnouncementReader r = { .error = error };
  gboolean ok;

  r.announcement = g_new0 (RtcAnnouncement, 1);
  r.announcement->attributes = g_ptr_array_new_with_free_func (attribute_free);
  r.announcement->media = g_ptr_array_new_with_free_func (medium_free);
  r.session_sources = g_array_new (FALSE, TRUE, sizeof (RtcAddress));
  r.bundle = g_ptr_array_new_with_free_func (g_free);
  ok = read_all (&r, rtc_span (text, len));
  if (ok && r.announcement->media->len == 0 && r.announcement->control == NULL)
    ok = rtc_announcement_fail (&r, RTC_ERR_UNSUPPORTED, "no medium that can be received");
  if (r.medium != NULL)
    medium_free (r.medium);
  g_array_unref (r.session_sources);
  g_ptr_array_unref (r.bundle);
  if (ok)
    return r.announcement;
  rtc_announcement_free (r.announcement);
  return NULL;
}
