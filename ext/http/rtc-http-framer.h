/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-framer.h - where one HTTP/1.1 request ends, strictly (RFC 9112), over bytes.
 *
 * Stands in front of a lenient HTTP parser and lets nothing through that two parsers could read
 * differently: bare CR or LF, folded fields, a second Host, two lengths, length with chunking,
 * unknown codings, odd chunk sizes. Also where limits on size are kept, while bytes arrive.
 * A head goes on only when it is complete and good. Pure: no clock, no I/O; not thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define RTC_HTTP_MAX_TARGET_BYTES 2048
#define RTC_HTTP_MAX_FIELDS 100

typedef enum {
  RTC_HTTP_FRAME_START,    /* between requests: nothing of the next has come */
  RTC_HTTP_FRAME_HEAD,     /* within request line and fields */
  RTC_HTTP_FRAME_BODY,     /* within the body */
  RTC_HTTP_FRAME_COMPLETE, /* the request ended; push takes nothing until next() */
  RTC_HTTP_FRAME_REFUSED,  /* see status; takes nothing any more; close the connection */
} RtcHttpFramePhase;

typedef struct {
  RtcHttpFramePhase phase;
  guint status;        /* REFUSED: the status to answer with, 400 or more exact */
  const gchar *reason; /* REFUSED: why, a constant sentence */

  gsize max_head, max_body;
  GByteArray *head;    /* of the request now read, until it is complete */
  gsize body_bytes;    /* payload seen */
  gsize body_left;     /* of the length or the chunk */
  gsize overhead;      /* chunk framing seen */
  gboolean chunked;
  gint chunk_state;
  guint chunk_digits, chunk_line;
} RtcHttpFramer;

void rtc_http_framer_init (RtcHttpFramer *self, gsize max_head, gsize max_body);
void rtc_http_framer_clear (RtcHttpFramer *self);

/* Takes bytes as they came. What may go on to the parser is appended to out, at most len bytes
 * and the held back head. Returns how many of len were taken: all, unless the phase is now
 * COMPLETE (the rest belongs to the next request: keep it) or REFUSED (drop it). */
gsize rtc_http_framer_push (RtcHttpFramer *self, const guint8 *data, gsize len, GByteArray *out);

/* COMPLETE -> START. */
void rtc_http_framer_next (RtcHttpFramer *self);

G_END_DECLS
