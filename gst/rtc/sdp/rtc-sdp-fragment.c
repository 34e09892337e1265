/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/sdp/rtc-sdp-fragment.h"

#include "gst/rtc/sdp/rtc-sdp-span.h"

/* A fragment is a description without v=, o=, s=, t= and c= (RFC 8840 9.2):
 *
 *   a=ice-ufrag:...          session level: holds for all sections
 *   a=ice-pwd:...
 *   m=audio 9 UDP/TLS/RTP/SAVPF 0
 *   a=mid:0
 *   a=candidate:...
 *   a=end-of-candidates */

static void
section_clear (gpointer data)
{
  RtcSdpFragmentSection *section = data;

  g_array_unref (section->candidates);
  explicit_bzero (section->ice_pwd, sizeof section->ice_pwd);
}

RtcSdpFragment *
rtc_sdp_fragment_new (void)
{
  RtcSdpFragment *self = g_new0 (RtcSdpFragment, 1);

  self->sections = g_array_new (FALSE, TRUE, sizeof (RtcSdpFragmentSection));
  g_array_set_clear_func (self->sections, section_clear);
  return self;
}

void
rtc_sdp_fragment_free (RtcSdpFragment *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->sections);
  explicit_bzero (self->ice_pwd, sizeof self->ice_pwd);
  g_free (self);
}

RtcSdpFragmentSection *
rtc_sdp_fragment_add_section (RtcSdpFragment *self, const gchar *mid)
{
  RtcSdpFragmentSection section = { { 0 } };

  g_strlcpy (section.mid, mid, sizeof section.mid);
  memcpy (section.ice_ufrag, self->ice_ufrag, sizeof section.ice_ufrag);
  memcpy (section.ice_pwd, self->ice_pwd, sizeof section.ice_pwd);
  section.candidates = g_array_new (FALSE, FALSE, sizeof (RtcCandidate));
  g_array_append_val (self->sections, section);
  return &g_array_index (self->sections, RtcSdpFragmentSection, self->sections->len - 1);
}

static gboolean
read_text (RtcSpan value, gsize min, gchar *out, gsize size)
{
  value = rtc_span_strip (value);
  return value.len >= min && rtc_span_is_visible (value) && rtc_span_copy (value, out, size);
}

static void
read_candidate (RtcSdpFragment *self, RtcSdpFragmentSection *section, RtcSpan value)
{
  gchar text[768] = "candidate:";
  RtcCandidate candidate;

  if (section->candidates->len >= RTC_SDP_MAX_CANDIDATES
      || !rtc_span_copy (value, text + 10, sizeof text - 10)
      || rtc_candidate_parse (text, &candidate) != RTC_OK)
    self->n_dropped++;
  else
    g_array_append_val (section->candidates, candidate);
}

/* NULL when good, else what is wrong. section is NULL before the first m-line. */
static const gchar *
read_attribute (RtcSdpFragment *self, RtcSdpFragmentSection *section, RtcSpan line)
{
  RtcSpan value = line, name = rtc_span_cut (&value, ':');

  if (rtc_span_is (name, "ice-ufrag"))
    return read_text (value, 4, section != NULL ? section->ice_ufrag : self->ice_ufrag,
               sizeof self->ice_ufrag)
               ? NULL
               : "a=ice-ufrag is not of 4 to 256 characters";
  if (rtc_span_is (name, "ice-pwd"))
    return read_text (
               value, 22, section != NULL ? section->ice_pwd : self->ice_pwd, sizeof self->ice_pwd)
               ? NULL
               : "a=ice-pwd is not of 22 to 256 characters";
  if (rtc_span_is (name, "candidate")) {
    if (section == NULL)
      return "a=candidate before the first m-line";
    read_candidate (self, section, value);
  } else if (rtc_span_is (name, "end-of-candidates")) {
    /* "at the session level ... applies to all" (RFC 8840 4.1) cannot be known before the
     * sections are: a fragment has it in its sections. */
    if (section == NULL)
      return "a=end-of-candidates before the first m-line";
    section->end_of_candidates = TRUE;
  } else if (rtc_span_is (name, "mid")) {
    if (section == NULL)
      return "a=mid before the first m-line";
    if (!read_text (value, 1, section->mid, sizeof section->mid))
      return "a=mid is empty, too long or not visible ASCII";
  }
  return NULL;
}

static const gchar *
read_line (RtcSdpFragment *self, RtcSpan line)
{
  RtcSdpFragmentSection *section = NULL;

  if (line.len > RTC_SDP_MAX_LINE_BYTES)
    return "longer than 8192 bytes";
  for (gsize i = 0; i < line.len; i++)
    if ((guchar) line.p[i] < 0x20 && line.p[i] != '\t')
      return "control character";
  if (line.len < 2 || line.p[1] != '=' || !g_ascii_islower (line.p[0]))
    return "not of the form x=value";
  if (self->sections->len > 0)
    section = &g_array_index (self->sections, RtcSdpFragmentSection, self->sections->len - 1);
  if (line.p[0] == 'm') {
    if (section != NULL && section->mid[0] == '\0')
      return "the section before has no a=mid";
    if (self->sections->len >= RTC_SDP_MAX_SECTIONS)
      return "more than 128 m-lines";
    rtc_sdp_fragment_add_section (self, "");
  } else if (line.p[0] == 'a') {
    return read_attribute (self, section, rtc_span (line.p + 2, line.len - 2));
  }
  return NULL;
}

RtcSdpFragment *
rtc_sdp_fragment_parse (const gchar *text, gsize len, GError **error)
{
  RtcSdpFragment *self = rtc_sdp_fragment_new ();
  RtcSpan rest = rtc_span (text, len);
  const gchar *wrong = NULL;
  RtcResult code = RTC_ERR_PARSE;
  guint n = 0;

  if (len > RTC_SDP_FRAGMENT_MAX_BYTES) {
    wrong = "the fragment is longer than 65536 bytes";
    code = RTC_ERR_LIMIT;
  }
  while (wrong == NULL && rest.len > 0) {
    RtcSpan line = rtc_span_cut (&rest, '\n');

    n++;
    if (line.len > 0 && line.p[line.len - 1] == '\r')
      line.len--;
    if (line.len > 0)
      wrong = read_line (self, line);
  }
  if (wrong == NULL && self->sections->len > 0
      && g_array_index (self->sections, RtcSdpFragmentSection, self->sections->len - 1).mid[0]
             == '\0')
    wrong = "the section has no a=mid";
  if (wrong == NULL)
    return self;
  rtc_error (error, code, "line %u: %s", n, wrong);
  rtc_sdp_fragment_free (self);
  return NULL;
}

gchar *
rtc_sdp_fragment_write (const RtcSdpFragment *self)
{
  GString *s = g_string_new (NULL);

  if (self->ice_ufrag[0] != '\0')
    g_string_append_printf (s, "a=ice-ufrag:%s\r\n", self->ice_ufrag);
  if (self->ice_pwd[0] != '\0')
    g_string_append_printf (s, "a=ice-pwd:%s\r\n", self->ice_pwd);
  for (guint i = 0; i < self->sections->len; i++) {
    const RtcSdpFragmentSection *m = &g_array_index (self->sections, RtcSdpFragmentSection, i);

    /* "the media and format fields ... have no meaning" (RFC 8840 9.2): one form for all. */
    g_string_append_printf (s, "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:%s\r\n", m->mid);
    if (strcmp (m->ice_ufrag, self->ice_ufrag) != 0)
      g_string_append_printf (s, "a=ice-ufrag:%s\r\n", m->ice_ufrag);
    if (strcmp (m->ice_pwd, self->ice_pwd) != 0)
      g_string_append_printf (s, "a=ice-pwd:%s\r\n", m->ice_pwd);
    for (guint k = 0; k < m->candidates->len; k++) {
      gchar *text = rtc_candidate_write (&g_array_index (m->candidates, RtcCandidate, k));

      g_string_append_printf (s, "a=%s\r\n", text);
      g_free (text);
    }
    if (m->end_of_candidates)
      g_string_append (s, "a=end-of-candidates\r\n");
  }
  return g_string_free (s, FALSE);
}
