/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "link-sdp.h"

#include <arpa/inet.h>
#include <string.h>

/* As RFC 8445 5.1.2.1 has it for a host candidate, component 1. */
#define HOST_PRIORITY 2130706431u

/* "a=candidate:FOUNDATION COMPONENT udp PRIORITY ADDRESS PORT typ host ..." */
static gboolean
parse_candidate (const gchar *line, struct sockaddr_in *address)
{
  gchar **words = g_strsplit (line, " ", -1);
  guint64 port = 0;
  gboolean good = g_strv_length (words) >= 8 && g_str_has_prefix (words[0], "a=candidate:")
                  && strcmp (words[1], "1") == 0 && g_ascii_strcasecmp (words[2], "udp") == 0
                  && strcmp (words[7], "host") == 0
                  && g_ascii_string_to_unsigned (words[5], 10, 1, G_MAXUINT16, &port, NULL);

  memset (address, 0, sizeof *address);
  address->sin_family = AF_INET;
  address->sin_port = htons ((guint16) port);
  good = good && inet_pton (AF_INET, words[4], &address->sin_addr) == 1;
  g_strfreev (words);
  return good;
}

gboolean
link_sdp_find_candidate (const gchar *sdp, struct sockaddr_in *address)
{
  gchar **lines = g_strsplit (sdp, "\n", -1);
  gboolean found = FALSE;

  for (guint i = 0; lines[i] != NULL && !found; i++)
    found = parse_candidate (g_strchomp (lines[i]), address);
  g_strfreev (lines);
  return found;
}

/* Ends a section. */
static void
append_candidate (GString *out, const struct sockaddr_in *address)
{
  gchar text[INET_ADDRSTRLEN];

  inet_ntop (AF_INET, &address->sin_addr, text, sizeof text);
  g_string_append_printf (out, "a=candidate:1 1 udp %u %s %u typ host\r\na=end-of-candidates\r\n",
      HOST_PRIORITY, text, ntohs (address->sin_port));
}

/* Port 0 without bundle-only is a section that was refused. */
static gboolean
is_in_use (const gchar *section)
{
  const gchar *port = strchr (section, ' ');

  return port != NULL && strncmp (port, " 0 ", 3) != 0;
}

gchar *
link_sdp_replace_candidates (const gchar *sdp, const struct sockaddr_in *address)
{
  gchar **lines = g_strsplit (sdp, "\n", -1);
  gboolean is_whole = g_str_has_prefix (sdp, "v=0"), in_use = FALSE;
  GString *out = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++) {
    gchar *line = g_strchomp (lines[i]);

    if (line[0] == '\0' || g_str_has_prefix (line, "a=candidate:")
        || g_str_has_prefix (line, "a=end-of-candidates"))
      continue;
    if (g_str_has_prefix (line, "m=")) {
      if (in_use)
        append_candidate (out, address);
      in_use = is_whole && is_in_use (line);
    }
    g_string_append_printf (out, "%s\r\n", line);
  }
  if (in_use)
    append_candidate (out, address);
  g_strfreev (lines);
  return g_string_free (out, FALSE);
}
