/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-wish-name.h"

#include <string.h>

#define PARAMETER "name="

/* Where the value of the first parameter of that name begins; NULL when there is none. */
static const gchar *
find_value (const gchar *query)
{
  while (query) {
    if (g_str_has_prefix (query, PARAMETER))
      return query + strlen (PARAMETER);
    query = strchr (query, '&');
    query = query ? query + 1 : NULL;
  }
  return NULL;
}

/* The bytes up to the next "&"; NULL for a malformed escape. NULs, as %00, are left out like all
 * control characters, here because the rest is text. */
static GString *
decode (const gchar *value)
{
  GString *bytes = g_string_new (NULL);

  for (const gchar *p = value; *p != '\0' && *p != '&'; p++) {
    gint high, low;

    if (*p != '%') {
      g_string_append_c (bytes, *p == '+' ? ' ' : *p);
      continue;
    }
    high = g_ascii_xdigit_value (p[1]);
    low = high >= 0 ? g_ascii_xdigit_value (p[2]) : -1;
    if (low < 0) {
      g_string_free (bytes, TRUE);
      return NULL;
    }
    if (high * 16 + low != 0)
      g_string_append_c (bytes, (gchar) (high * 16 + low));
    p += 2;
  }
  return bytes;
}

/* Whether a character can be shown as itself, in its place. */
static gboolean
is_shown (gunichar c)
{
  static const GUnicodeType hidden[] = { G_UNICODE_CONTROL, G_UNICODE_FORMAT, G_UNICODE_SURROGATE,
    G_UNICODE_PRIVATE_USE, G_UNICODE_LINE_SEPARATOR, G_UNICODE_PARAGRAPH_SEPARATOR };
  GUnicodeType type = g_unichar_type (c);

  for (guint i = 0; i < G_N_ELEMENTS (hidden); i++)
    if (type == hidden[i])
      return FALSE;
  /* Unicode 23.7: noncharacters, which GLib lists with those not assigned yet. */
  return (c & 0xfffe) != 0xfffe && !(c >= 0xfdd0 && c <= 0xfdef);
}

/* What may stay of valid UTF-8. */
static gchar *
clean (const gchar *text)
{
  GString *name = g_string_new (NULL);
  gboolean blank = FALSE;

  for (const gchar *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    gchar bytes[6];
    gint len;

    if (g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR || c == '\t') {
      blank = name->len > 0;
      continue;
    }
    if (!is_shown (c))
      continue;
    len = g_unichar_to_utf8 (c, bytes);
    if (name->len + blank + (gsize) len > RTC_WISH_NAME_MAX_BYTES)
      break;
    if (blank)
      g_string_append_c (name, ' ');
    blank = FALSE;
    g_string_append_len (name, bytes, len);
  }
  return g_string_free (name, name->len == 0);
}

gchar *
rtc_wish_name_of_query (const gchar *query)
{
  const gchar *value = find_value (query);
  GString *bytes = value ? decode (value) : NULL;
  gchar *name = NULL;

  if (!bytes)
    return NULL;
  if (g_utf8_validate (bytes->str, (gssize) bytes->len, NULL))
    name = clean (bytes->str);
  g_string_free (bytes, TRUE);
  return name;
}
