/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* program-output.h - what the programs under browsers' and other peers' calls print of their
 * bus. */
#pragma once

#include <gst/gst.h>

/* An error, on stderr; FALSE: message is none. */
static inline gboolean
print_error (GstMessage *message)
{
  GError *error = NULL;
  gchar *debug = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return FALSE;
  gst_message_parse_error (message, &error, &debug);
  g_printerr ("%s: %s (%s)\n", GST_MESSAGE_SRC_NAME (message), error->message, debug);
  g_error_free (error);
  g_free (debug);
  return TRUE;
}

/* Where an element serves, which it tells by a message. */
static inline void
print_server (const GstStructure *where)
{
  g_print ("{\"page\": \"%s\", \"endpoint\": \"%s\"}\n", gst_structure_get_string (where, "url"),
      gst_structure_get_string (where, "endpoint-url"));
}
