/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-sdp.h - the candidates in a description, for the link emulator: found and replaced.
 *
 * Works on lines of text, so that nothing else of a description changes on its way. Pure. */
#pragma once

#include <glib.h>
#include <netinet/in.h>

G_BEGIN_DECLS

/* The first host candidate over UDP with an IPv4 address; FALSE when there is none. */
gboolean link_sdp_find_candidate (const gchar *sdp, struct sockaddr_in *address);

/* The text with that address as the only candidate of each section that is in use, and the end of
 * candidates. Takes descriptions and the fragments of RFC 8840, in which candidates are only taken
 * out. (transfer full) */
gchar *link_sdp_replace_candidates (const gchar *sdp, const struct sockaddr_in *address);

G_END_DECLS
