/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcladder.h"

#include <math.h>
#include <string.h>

#include "gst/rtc/base/rtc-result.h"

/* What nobody means. */
#define MOST_SIDE 16384
#define MOST_DIVISOR 64
#define MOST_FPS 240
#define LEAST_BITRATE 10000

/* A whole number of at most 9 digits at *text, which is moved behind it. */
static gboolean
take_number (const gchar **text, guint *number)
{
  const gchar *p = *text;

  *number = 0;
  while (g_ascii_isdigit (*p) && p - *text < 9)
    *number = 10 * *number + (guint) (*p++ - '0');
  if (p == *text || g_ascii_isdigit (*p))
    return FALSE;
  *text = p;
  return TRUE;
}

/* "full", "1/N", "WxH" */
static gboolean
take_size (const gchar **text, GstRtcRung *out)
{
  guint first, second;

  if (g_str_has_prefix (*text, "full")) {
    *text += 4;
    out->divisor = 1;
    return TRUE;
  }
  if (!take_number (text, &first))
    return FALSE;
  if (**text == '/' && first == 1) {
    (*text)++;
    out->divisor = 1;
    return take_number (text, &out->divisor) && out->divisor >= 1 && out->divisor <= MOST_DIVISOR;
  }
  if (**text != 'x')
    return FALSE;
  (*text)++;
  if (!take_number (text, &second))
    return FALSE;
  out->width = first;
  out->height = second;
  return first >= 2 && second >= 2 && first <= MOST_SIDE && second <= MOST_SIDE;
}

/* A number that may have decimals: 29.97, 2.5. */
static gboolean
take_decimal (const gchar **text, gdouble *number)
{
  gchar *end;

  if (!g_ascii_isdigit (**text))
    return FALSE;
  *number = g_ascii_strtod (*text, &end);
  *text = end;
  return isfinite (*number);
}

static gboolean
take_fps (const gchar **text, GstRtcRung *out)
{
  if (**text != '@')
    return TRUE;
  (*text)++;
  return take_decimal (text, &out->fps) && out->fps > 0 && out->fps <= MOST_FPS;
}

/* ":" and bits */
static gboolean
take_bitrate (const gchar **text, GstRtcRung *out)
{
  gdouble bits;

  if (**text != ':')
    return FALSE;
  (*text)++;
  if (!take_decimal (text, &bits))
    return FALSE;
  if (**text == 'k')
    bits *= 1000;
  else if (**text == 'M')
    bits *= 1000000;
  *text += **text == 'k' || **text == 'M';
  if (bits < LEAST_BITRATE || bits > G_MAXINT)
    return FALSE;
  out->bitrate = (guint) (bits + 0.5);
  return TRUE;
}

/* ":" and a mode, or nothing */
static gboolean
take_layers (const gchar **text, GstRtcRung *out)
{
  if (**text == '\0')
    return TRUE;
  out->layers = g_str_equal (*text, ":L1T2");
  return out->layers || g_str_equal (*text, ":L1T1");
}

static gboolean
parse_rung (const gchar *text, GstRtcRung *out, GError **error)
{
  const gchar *p = text;

  *out = (GstRtcRung){ 0 };
  if (!take_size (&p, out)) {
    rtc_error (error, RTC_ERR_PARSE,
        "\"%s\" does not begin with a size: WIDTHxHEIGHT, 1/N (N up to %u) or full", text,
        MOST_DIVISOR);
    return FALSE;
  }
  if (!take_fps (&p, out)) {
    rtc_error (error, RTC_ERR_PARSE, "\"%s\": after @ comes a frame rate up to %u", text, MOST_FPS);
    return FALSE;
  }
  if (!take_bitrate (&p, out) || (*p != '\0' && *p != ':')) {
    rtc_error (error, RTC_ERR_PARSE,
        "\"%s\" does not end with a colon and a bit rate of %u or more, such as :800k or :2.5M",
        text, LEAST_BITRATE);
    return FALSE;
  }
  if (!take_layers (&p, out)) {
    rtc_error (error, RTC_ERR_PARSE, "\"%s\": layers are L1T1 or L1T2", text);
    return FALSE;
  }
  return TRUE;
}

/* Behind those that are there. */
static gboolean
add_rung (GstRtcLadder *ladder, const gchar *text, GError **error)
{
  GstRtcRung rung;

  if (!parse_rung (text, &rung, error))
    return FALSE;
  if (ladder->n == RTC_RUNG_MAX) {
    rtc_error (error, RTC_ERR_PARSE, "a ladder has %u rungs at most", RTC_RUNG_MAX);
    return FALSE;
  }
  if (ladder->n > 0 && rung.bitrate >= ladder->rungs[ladder->n - 1].bitrate) {
    rtc_error (
        error, RTC_ERR_PARSE, "\"%s\" has no fewer bits than the rung before: best first", text);
    return FALSE;
  }
  ladder->rungs[ladder->n++] = rung;
  return TRUE;
}

gboolean
gst_rtc_ladder_parse (const gchar *text, GstRtcLadder *out, GError **error)
{
  GString *dense = g_string_new (NULL);
  GstRtcLadder ladder = { 0 };
  gboolean ok = TRUE;
  gchar **parts;

  for (; *text != '\0'; text++) {
    if (!g_ascii_isspace (*text))
      g_string_append_c (dense, *text);
  }
  parts = g_strsplit (dense->str, ",", -1);
  for (guint i = 0; parts[i] != NULL && ok; i++)
    ok = add_rung (&ladder, parts[i], error);
  if (ok)
    *out = ladder;
  g_strfreev (parts);
  g_string_free (dense, TRUE);
  return ok;
}

/* --- what it makes of a picture ---------------------------------------------------------------
 */

/* Even, and no less than 2. */
static guint
scale_side (guint side, gdouble scale)
{
  return MAX (2, (guint) (side * scale / 2 + 0.5) * 2);
}

static guint
common_divisor (guint a, guint b)
{
  while (b != 0) {
    guint rest = a % b;

    a = b;
    b = rest;
  }
  return a;
}

GstRtcRungFit
gst_rtc_rung_fit (const GstRtcRung *rung, guint in_width, guint in_height, gdouble in_fps)
{
  GstRtcRungFit fit = { 0, 0, 1, 1 };
  gdouble scale = 1, rate = in_fps > 0 ? in_fps : 30;
  guint divisor;

  if (rung->divisor > 0)
    scale = 1.0 / rung->divisor;
  else if (in_width > 0 && in_height > 0)
    scale = MIN ((gdouble) rung->width / in_width, (gdouble) rung->height / in_height);
  if (scale < 1 && in_width > 0 && in_height > 0) {
    fit.width = scale_side (in_width, scale);
    fit.height = scale_side (in_height, scale);
  }
  if (rung->fps <= 0 || rung->fps >= rate)
    return fit;
  /* In hundredths of a frame: 29.97 counts. */
  fit.keep = MAX (1, (guint) (100 * rung->fps + 0.5));
  fit.of = (guint) (100 * rate + 0.5);
  divisor = common_divisor (fit.keep, fit.of);
  fit.keep /= divisor;
  fit.of /= divisor;
  return fit;
}
