/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdp-span.h - pieces of SDP text by pointer and length, and strict reading of numbers in them.
 *
 * Internal to sdp/. A span never owns and need not end in NUL; nothing here reads past its end. */
#pragma once

#include <string.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const gchar *p;
  gsize len;
} RtcSpan;

static inline RtcSpan
rtc_span (const gchar *p, gsize len)
{
  RtcSpan span = { p, len };

  return span;
}

/* Spaces and tabs at both ends taken off. */
static inline RtcSpan
rtc_span_strip (RtcSpan s)
{
  while (s.len > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
    s.p++, s.len--;
  while (s.len > 0 && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
    s.len--;
  return s;
}

/* Cuts off and returns what stands before the first sep; all of it when there is none. *rest
 * moves behind sep. */
static inline RtcSpan
rtc_span_cut (RtcSpan *rest, gchar sep)
{
  const gchar *end = rest->len > 0 ? memchr (rest->p, sep, rest->len) : NULL;
  RtcSpan head = rtc_span (rest->p, end != NULL ? (gsize) (end - rest->p) : rest->len);

  rest->p += head.len;
  rest->len -= head.len;
  if (end != NULL)
    rest->p++, rest->len--;
  return head;
}

/* Next word between runs of spaces; empty when none is left. */
static inline RtcSpan
rtc_span_word (RtcSpan *rest)
{
  while (rest->len > 0 && rest->p[0] == ' ')
    rest->p++, rest->len--;
  return rtc_span_cut (rest, ' ');
}

static inline gboolean
rtc_span_is (RtcSpan s, const gchar *text)
{
  return strlen (text) == s.len && memcmp (s.p, text, s.len) == 0;
}

static inline gboolean
rtc_span_is_nocase (RtcSpan s, const gchar *text)
{
  return strlen (text) == s.len && g_ascii_strncasecmp (s.p, text, s.len) == 0;
}

/* Decimal digits only, no sign, no space; FALSE when empty or not within min..max. */
static inline gboolean
rtc_span_uint (RtcSpan s, guint64 min, guint64 max, guint64 *out)
{
  guint64 v = 0;

  if (s.len == 0)
    return FALSE;
  for (gsize i = 0; i < s.len; i++) {
    guint digit = (guint) (guchar) s.p[i] - '0';

    if (digit > 9 || v > (G_MAXUINT64 - digit) / 10)
      return FALSE;
    v = v * 10 + digit;
  }
  if (v < min || v > max)
    return FALSE;
  *out = v;
  return TRUE;
}

/* Not empty and only visible ASCII. */
static inline gboolean
rtc_span_is_visible (RtcSpan s)
{
  for (gsize i = 0; i < s.len; i++)
    if (s.p[i] < 0x21 || s.p[i] > 0x7e)
      return FALSE;
  return s.len > 0;
}

/* Copies into out[size] with a NUL. FALSE, and nothing copied, when it does not fit. */
static inline gboolean
rtc_span_copy (RtcSpan s, gchar *out, gsize size)
{
  if (s.len >= size)
    return FALSE;
  memcpy (out, s.p, s.len);
  out[s.len] = '\0';
  return TRUE;
}

G_END_DECLS
