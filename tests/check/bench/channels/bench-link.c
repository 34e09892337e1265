/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-link.c - the link emulator for programs that are not in C: reads "offer BASE64" or "answer
 * BASE64" lines, writes each description as it is to go on, in base64. SPEC is of link-config.h.
 *
 *   bench-channels-link SPEC */
#include <stdio.h>
#include <string.h>

#include "tests/check/net/link-emulator.h"

static void
cross (LinkEmulator *link, const gchar *kind, const gchar *encoded)
{
  gsize len;
  gchar *bytes = (gchar *) g_base64_decode (encoded, &len);
  gchar *sdp = g_strndup (bytes, len);
  gchar *crossed = strcmp (kind, "offer") == 0 ? link_emulator_rewrite_offer (link, sdp)
                                               : link_emulator_rewrite_answer (link, sdp);
  gchar *text = g_base64_encode ((const guchar *) crossed, strlen (crossed));

  printf ("%s\n", text);
  fflush (stdout);
  g_free (text);
  g_free (crossed);
  g_free (sdp);
  g_free (bytes);
}

int
main (int argc, char **argv)
{
  LinkEmulatorConfig config = { .seed = 1 };
  gchar *error = NULL, line[65536];
  LinkEmulator *link;

  if (argc != 2 || !link_config_parse (&config.to_server, argv[1], &error)) {
    fprintf (stderr, "usage: %s SPEC: %s\n", argv[0], error != NULL ? error : "");
    return 2;
  }
  config.to_client = config.to_server;
  link = link_emulator_new (&config);
  while (fgets (line, sizeof line, stdin) != NULL) {
    gchar *encoded = strchr (g_strchomp (line), ' ');

    if (encoded == NULL)
      continue;
    *encoded++ = '\0';
    cross (link, line, encoded);
  }
  link_emulator_free (link);
  return 0;
}
