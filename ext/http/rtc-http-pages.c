/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-pages.h"

#include <string.h>
#include "ext/http/rtc-http-policy.h"
#include "rtc-http-resources.h"

#define RESOURCE_ROOT "/org/gst-plugins-rtc/pages/"

static const struct {
  const gchar *path, *file, *content_type;
} pages[] = {
  { "/", "viewer.html", "text/html; charset=utf-8" },
  { "/publish", "publisher.html", "text/html; charset=utf-8" },
  { "/viewer.js", "viewer.js", "text/javascript; charset=utf-8" },
  { "/viewer.css", "viewer.css", "text/css; charset=utf-8" },
  { "/publisher.js", "publisher.js", "text/javascript; charset=utf-8" },
  { "/publisher-texts.js", "publisher-texts.js", "text/javascript; charset=utf-8" },
  { "/whip-client.js", "whip-client.js", "text/javascript; charset=utf-8" },
  { "/publisher.css", "publisher.css", "text/css; charset=utf-8" },
  { "/messages.js", "messages.js", "text/javascript; charset=utf-8" },
  { "/plot.js", "plot.js", "text/javascript; charset=utf-8" },
  { "/control.js", "control.js", "text/javascript; charset=utf-8" },
  { "/files.js", "files.js", "text/javascript; charset=utf-8" },
  { "/sha256.js", "sha256.js", "text/javascript; charset=utf-8" },
  { "/favicon.svg", "favicon.svg", "image/svg+xml" },
};

gboolean
rtc_http_pages_find (const gchar *path, RtcHttpStreamKind root, RtcHttpPage *page)
{
  if (strcmp (path, "/") == 0 && root == RTC_HTTP_STREAM_PUBLISH)
    path = "/publish";
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    gchar *name;
    GBytes *bytes;

    if (strcmp (path, pages[i].path) != 0)
      continue;
    name = g_strconcat (RESOURCE_ROOT, pages[i].file, NULL);
    bytes = g_resource_lookup_data (
        rtc_http_resources_get_resource (), name, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_free (name);
    if (!bytes)
      return FALSE;
    page->bytes = bytes;
    page->content_type = pages[i].content_type;
    page->permissions = strcmp (path, "/publish") == 0 ? RTC_HTTP_PAGES_PUBLISHER_PERMISSIONS
                        : strcmp (path, "/") == 0      ? RTC_HTTP_PAGES_VIEWER_PERMISSIONS
                                                       : NULL;
    return TRUE;
  }
  return FALSE;
}

RtcHttpStream *
rtc_http_stream_new (RtcHttpStreamKind kind, const gchar *name, const gchar *title,
    const gchar *endpoint_path, const gchar *auth_token, gboolean has_data)
{
  RtcHttpStream *stream = g_new0 (RtcHttpStream, 1);

  stream->kind = kind;
  stream->name = g_strdup (name);
  stream->title = g_strdup (title);
  stream->endpoint_path = g_strdup (endpoint_path);
  stream->auth_token = g_strdup (auth_token);
  stream->has_data = has_data;
  return stream;
}

void
rtc_http_stream_free (gpointer data)
{
  RtcHttpStream *stream = data;

  if (stream->auth_token)
    explicit_bzero (stream->auth_token, strlen (stream->auth_token));
  g_free (stream->auth_token);
  g_free (stream->name);
  g_free (stream->title);
  g_free (stream->endpoint_path);
  g_free (stream);
}

/* RFC 8259 7: a string; everything that HTML or a log might mind is escaped, too. */
static void
append_json_string (GString *json, const gchar *text)
{
  gchar *valid = g_utf8_make_valid (text ? text : "", -1);

  g_string_append_c (json, '"');
  for (const gchar *p = valid; *p; p++) {
    if ((guchar) *p < 0x20 || strchr ("\"\\<>&\x7f", *p))
      g_string_append_printf (json, "\\u%04x", (guint) (guchar) *p);
    else
      g_string_append_c (json, *p);
  }
  g_string_append_c (json, '"');
  g_free (valid);
}

gchar *
rtc_http_pages_list_streams (
    GPtrArray *streams, RtcHttpStreamKind kind, const gchar *authorization, gboolean *is_refused)
{
  GString *json = g_string_new ("{\"streams\":[");
  gboolean first = TRUE, is_hidden = FALSE;

  for (guint i = 0; i < streams->len; i++) {
    const RtcHttpStream *stream = g_ptr_array_index (streams, i);

    if (stream->kind != kind)
      continue;
    if (stream->auth_token && !rtc_http_policy_check_bearer (authorization, stream->auth_token)) {
      is_hidden = TRUE;
      continue;
    }
    g_string_append (json, first ? "{\"name\":" : ",{\"name\":");
    first = FALSE;
    append_json_string (json, stream->name);
    g_string_append (json, ",\"title\":");
    append_json_string (json, stream->title ? stream->title : stream->name);
    g_string_append (json, ",\"endpoint\":");
    append_json_string (json, stream->endpoint_path);
    g_string_append (json, stream->has_data ? ",\"data\":true}" : "}");
  }
  g_string_append (json, "]}\n");
  *is_refused = first && is_hidden;
  return g_string_free (json, FALSE);
}
