/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-framer.h"

#include <string.h>

/* RFC 9112 2.2: "a server that is expecting to receive and parse a request-line SHOULD ignore at
 * least one empty line (CRLF) received prior to the request-line." */
#define MAX_LEADING_CRLF_BYTES 4
#define MAX_METHOD_BYTES 16
#define MAX_CHUNK_LINE_BYTES 256
#define MAX_CHUNK_SIZE_DIGITS 8

/* A chunked body (RFC 9112 7.1):
 *
 *     SIZE [;ext] CR LF  DATA...  CR LF   ...   0 CR LF  CR LF
 *     |           |  |   |        |  |            trailers: refused
 *     SIZE/EXT    CR     DATA     DATA_CR/LF      LAST_CR, LAST_LF
 */
enum {
  CHUNK_SIZE,
  CHUNK_EXT,
  CHUNK_LF,
  CHUNK_DATA,
  CHUNK_DATA_CR,
  CHUNK_DATA_LF,
  CHUNK_LAST_CR,
  CHUNK_LAST_LF,
};

/* What the fields of one head say about framing. */
typedef struct {
  gboolean is_1_0;
  guint n_host, n_length, n_coding;
  guint64 length;
  gchar *authority; /* of an absolute-form target */
  gchar *host;
} HeadFacts;

void
rtc_http_framer_init (RtcHttpFramer *self, gsize max_head, gsize max_body)
{
  memset (self, 0, sizeof (*self));
  self->max_head = max_head;
  self->max_body = max_body;
  self->head = g_byte_array_new ();
}

void
rtc_http_framer_clear (RtcHttpFramer *self)
{
  g_clear_pointer (&self->head, g_byte_array_unref);
}

static void
refuse (RtcHttpFramer *self, guint status, const gchar *reason)
{
  if (self->phase == RTC_HTTP_FRAME_REFUSED)
    return;
  self->phase = RTC_HTTP_FRAME_REFUSED;
  self->status = status;
  self->reason = reason;
}

/* RFC 9110 5.6.2: tchar. */
static gboolean
is_token_char (gchar c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
is_token (const gchar *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (!is_token_char (text[i]))
      return FALSE;
  return len > 0;
}

/* -- Request line -------------------------------------------------------------------------------
 */

/* RFC 9112 3.2: origin-form "/...", asterisk-form for OPTIONS, or absolute-form of http(s). */
static gboolean
check_target (RtcHttpFramer *self, const gchar *method, gsize method_len, const gchar *target,
    gsize len, HeadFacts *facts)
{
  gsize scheme = 0;

  if (len > RTC_HTTP_MAX_TARGET_BYTES) {
    refuse (self, 414, "the request target is too long");
    return FALSE;
  }
  for (gsize i = 0; i < len; i++) {
    if (target[i] <= 0x20 || target[i] >= 0x7f || strchr ("\"<>\\^`{|}#", target[i])) {
      refuse (self, 400, "the request target has a character that must be percent-encoded");
      return FALSE;
    }
  }
  if (target[0] == '/' && !(len > 1 && target[1] == '/'))
    return TRUE;
  if (len == 1 && target[0] == '*' && method_len == 7 && memcmp (method, "OPTIONS", 7) == 0)
    return TRUE;
  if (len > 7 && g_ascii_strncasecmp (target, "http://", 7) == 0)
    scheme = 7;
  else if (len > 8 && g_ascii_strncasecmp (target, "https://", 8) == 0)
    scheme = 8;
  if (scheme > 0) {
    gsize end = scheme;

    while (end < len && target[end] != '/' && target[end] != '?')
      end++;
    facts->authority = g_strndup (target + scheme, end - scheme);
    return TRUE;
  }
  refuse (self, 400, "the request target is of no form that a server takes");
  return FALSE;
}

static void
check_request_line (RtcHttpFramer *self, const gchar *line, gsize len, HeadFacts *facts)
{
  const gchar *sp1 = memchr (line, ' ', len), *sp2;
  gsize rest;

  if (!sp1 || !is_token (line, (gsize) (sp1 - line)) || sp1 - line > MAX_METHOD_BYTES) {
    refuse (self, 400, "the request line has no method");
    return;
  }
  rest = len - (gsize) (sp1 + 1 - line);
  sp2 = memchr (sp1 + 1, ' ', rest);
  if (!sp2 || sp2 == sp1 + 1) {
    refuse (self, 400, "the request line has no target or no version");
    return;
  }
  if (!check_target (self, line, (gsize) (sp1 - line), sp1 + 1, (gsize) (sp2 - sp1 - 1), facts))
    return;
  rest = len - (gsize) (sp2 + 1 - line);
  if (rest != 8 || memcmp (sp2 + 1, "HTTP/", 5) != 0 || sp2[7] != '.') {
    refuse (self, 400, "the request line does not end in a version");
    return;
  }
  facts->is_1_0 = memcmp (sp2 + 6, "1.0", 3) == 0;
  if (!facts->is_1_0 && memcmp (sp2 + 6, "1.1", 3) != 0)
    refuse (self, 505, "only HTTP/1.1 and 1.0 are spoken here");
}

/* -- Fields -------------------------------------------------------------------------------------
 */

static gboolean
name_is (const gchar *name, gsize len, const gchar *wanted)
{
  return strlen (wanted) == len && g_ascii_strncasecmp (name, wanted, len) == 0;
}

/* RFC 9110 8.6: Content-Length = 1*DIGIT; a list of equal values might be merged but is refused. */
static void
check_length (RtcHttpFramer *self, const gchar *value, gsize len, HeadFacts *facts)
{
  guint64 length = 0;

  if (++facts->n_length > 1) {
    refuse (self, 400, "more than one Content-Length");
    return;
  }
  for (gsize i = 0; i < len; i++) {
    if (!g_ascii_isdigit (value[i])) {
      refuse (self, 400, "Content-Length is not a number");
      return;
    }
    if (length < G_MAXUINT64 / 100)
      length = length * 10 + (guint64) (value[i] - '0');
  }
  if (len == 0)
    refuse (self, 400, "Content-Length is empty");
  else if (length > self->max_body)
    refuse (self, 413, "the body is larger than this server takes");
  facts->length = length;
}

/* RFC 9112 3.2: "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request
 * message that lacks a Host header field and to any request message that contains more than one
 * Host header field line or a Host header field with an invalid field value." */
static void
check_host (RtcHttpFramer *self, const gchar *value, gsize len, HeadFacts *facts)
{
  if (++facts->n_host > 1) {
    refuse (self, 400, "more than one Host");
    return;
  }
  if (len == 0 || len > 255)
    refuse (self, 400, "Host is empty or too long");
  for (gsize i = 0; i < len; i++) {
    if (!g_ascii_isalnum (value[i]) && !strchr (".-_:[]%", value[i])) {
      refuse (self, 400, "Host has an invalid character");
      return;
    }
  }
  facts->host = g_strndup (value, len);
}

static void
check_coding (RtcHttpFramer *self, const gchar *value, gsize len, HeadFacts *facts)
{
  if (++facts->n_coding > 1)
    refuse (self, 400, "more than one Transfer-Encoding");
  /* RFC 9112 6.1: "A server that receives a request message with a transfer coding it does not
   * understand SHOULD respond with 501 (Not Implemented)." */
  else if (!name_is (value, len, "chunked"))
    refuse (self, 501, "the only transfer coding known here is chunked");
}

static void
check_field (RtcHttpFramer *self, const gchar *line, gsize len, HeadFacts *facts)
{
  const gchar *colon = memchr (line, ':', len), *value;
  gsize name_len, value_len;

  /* RFC 9112 5.1: "No whitespace is allowed between the field name and colon." 5.2: obs-fold starts
   * with whitespace and so has no token for a name either. */
  if (!colon || !is_token (line, (gsize) (colon - line))) {
    refuse (self, 400, "a field line has no valid name");
    return;
  }
  name_len = (gsize) (colon - line);
  value = colon + 1;
  value_len = len - name_len - 1;
  while (value_len > 0 && (*value == ' ' || *value == '\t')) {
    value++;
    value_len--;
  }
  while (value_len > 0 && (value[value_len - 1] == ' ' || value[value_len - 1] == '\t'))
    value_len--;
  for (gsize i = 0; i < value_len; i++) {
    guchar c = (guchar) value[i];

    if ((c < 0x20 && c != '\t') || c == 0x7f) {
      refuse (self, 400, "a field value has a control character");
      return;
    }
  }

  if (name_is (line, name_len, "Host"))
    check_host (self, value, value_len, facts);
  else if (name_is (line, name_len, "Content-Length"))
    check_length (self, value, value_len, facts);
  else if (name_is (line, name_len, "Transfer-Encoding"))
    check_coding (self, value, value_len, facts);
  else if (name_is (line, name_len, "Content-Encoding") && !name_is (value, value_len, "identity"))
    refuse (self, 415, "content codings are not taken");
  else if (name_is (line, name_len, "Expect") && !name_is (value, value_len, "100-continue"))
    refuse (self, 417, "the only expectation met here is 100-continue");
}

/* -- Head ---------------------------------------------------------------------------------------
 */

static void
check_facts (RtcHttpFramer *self, const HeadFacts *facts)
{
  if (facts->n_host == 0)
    refuse (self, 400, "no Host");
  /* RFC 9112 6.1: "A server MAY reject a request that contains both Content-Length and
   * Transfer-Encoding"; 6.3: "ought to be handled as an error". */
  if (facts->n_coding > 0 && facts->n_length > 0)
    refuse (self, 400, "both Content-Length and Transfer-Encoding");
  if (facts->n_coding > 0 && facts->is_1_0)
    refuse (self, 400, "Transfer-Encoding in HTTP/1.0");
  if (facts->authority && facts->host && g_ascii_strcasecmp (facts->authority, facts->host) != 0)
    refuse (self, 400, "Host and the request target disagree");
}

/* Checks the complete head, whose lines are known to end in CRLF, and sets up the body. */
static void
check_head (RtcHttpFramer *self)
{
  const gchar *p = (const gchar *) self->head->data;
  const gchar *end = p + self->head->len - 2; /* the empty line */
  HeadFacts facts = { 0 };
  guint n_lines = 0;

  while (p < end && self->phase != RTC_HTTP_FRAME_REFUSED) {
    const gchar *eol = memchr (p, '\r', (gsize) (end - p));
    gsize len = (gsize) (eol - p);

    if (n_lines == 0)
      check_request_line (self, p, len, &facts);
    else if (n_lines > RTC_HTTP_MAX_FIELDS)
      refuse (self, 431, "too many fields");
    else
      check_field (self, p, len, &facts);
    n_lines++;
    p = eol + 2;
  }
  if (self->phase != RTC_HTTP_FRAME_REFUSED)
    check_facts (self, &facts);
  g_free (facts.authority);
  g_free (facts.host);
  if (self->phase == RTC_HTTP_FRAME_REFUSED)
    return;

  self->body_bytes = self->overhead = 0;
  self->chunked = facts.n_coding > 0;
  self->chunk_state = CHUNK_SIZE;
  self->chunk_digits = self->chunk_line = 0;
  self->body_left = (gsize) facts.length;
  self->phase =
      self->chunked || self->body_left > 0 ? RTC_HTTP_FRAME_BODY : RTC_HTTP_FRAME_COMPLETE;
}

/* Takes one byte of the head; at its end passes it on. Line ends are checked as they come, so that
 * check_head() may rely on them. */
static void
push_head_byte (RtcHttpFramer *self, guint8 byte, GByteArray *out)
{
  GByteArray *head = self->head;
  guint8 before = head->len > 0 ? head->data[head->len - 1] : 0;

  self->phase = RTC_HTTP_FRAME_HEAD;
  if (head->len >= self->max_head) {
    refuse (self, 431, "the head is larger than this server takes");
    return;
  }
  if (byte == '\0' || (byte == '\n' && before != '\r') || (byte != '\n' && before == '\r')) {
    refuse (self, 400, "a line does not end in CR LF");
    return;
  }
  g_byte_array_append (head, &byte, 1);
  if (byte != '\n')
    return;
  if (head->len == 2) {
    /* An empty line before the request line. */
    g_byte_array_set_size (head, 0);
    self->overhead += 2;
    if (self->overhead > MAX_LEADING_CRLF_BYTES)
      refuse (self, 400, "empty lines instead of a request");
    return;
  }
  if (head->len < 4 || memcmp (head->data + head->len - 4, "\r\n\r\n", 4) != 0)
    return;
  check_head (self);
  if (self->phase != RTC_HTTP_FRAME_REFUSED)
    g_byte_array_append (out, head->data, head->len);
  g_byte_array_set_size (head, 0);
}

/* -- Body ---------------------------------------------------------------------------------------
 */

static void
chunk_size_byte (RtcHttpFramer *self, guint8 byte)
{
  if (g_ascii_isxdigit (byte)) {
    if (++self->chunk_digits > MAX_CHUNK_SIZE_DIGITS) {
      refuse (self, 413, "a chunk is larger than this server takes");
      return;
    }
    self->body_left = self->body_left * 16 + (gsize) g_ascii_xdigit_value ((gchar) byte);
    return;
  }
  if (self->chunk_digits == 0 || (byte != '\r' && byte != ';')) {
    refuse (self, 400, "a chunk has no valid size");
    return;
  }
  /* max_body - body_bytes never wraps: more was refused before. */
  if (self->body_left > self->max_body - self->body_bytes)
    refuse (self, 413, "the body is larger than this server takes");
  else
    self->chunk_state = byte == ';' ? CHUNK_EXT : CHUNK_LF;
}

/* Takes one byte of chunk framing, that is, anything but chunk data. */
static void
chunk_byte (RtcHttpFramer *self, guint8 byte)
{
  static const guint8 expected[] = {
    [CHUNK_LF] = '\n',
    [CHUNK_DATA_CR] = '\r',
    [CHUNK_DATA_LF] = '\n',
    [CHUNK_LAST_CR] = '\r',
    [CHUNK_LAST_LF] = '\n',
  };

  if (self->chunk_state == CHUNK_SIZE || self->chunk_state == CHUNK_EXT) {
    if (++self->chunk_line > MAX_CHUNK_LINE_BYTES)
      refuse (self, 400, "a chunk's size line is too long");
    else if (self->chunk_state == CHUNK_SIZE)
      chunk_size_byte (self, byte);
    else if (byte == '\r')
      self->chunk_state = CHUNK_LF;
    else if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
      refuse (self, 400, "a chunk extension has a control character");
    return;
  }
  if (byte != expected[self->chunk_state]) {
    refuse (self, 400,
        self->chunk_state == CHUNK_LAST_CR ? "trailer fields are not taken"
                                           : "a chunk does not end where its size says");
    return;
  }
  switch (self->chunk_state) {
    case CHUNK_LF:
      self->chunk_state = self->body_left > 0 ? CHUNK_DATA : CHUNK_LAST_CR;
      break;
    case CHUNK_DATA_CR:
      self->chunk_state = CHUNK_DATA_LF;
      break;
    case CHUNK_DATA_LF:
      self->chunk_state = CHUNK_SIZE;
      self->chunk_digits = self->chunk_line = 0;
      self->body_left = 0;
      break;
    case CHUNK_LAST_CR:
      self->chunk_state = CHUNK_LAST_LF;
      break;
    default: /* CHUNK_LAST_LF */
      self->phase = RTC_HTTP_FRAME_COMPLETE;
      break;
  }
}

/* Takes body bytes; returns how many. */
static gsize
push_body (RtcHttpFramer *self, const guint8 *data, gsize len)
{
  gsize n;

  if (self->chunked && self->chunk_state != CHUNK_DATA) {
    /* Framing may cost as much again as the largest body, and a page more for small ones. */
    if (++self->overhead > self->max_body + 4096)
      refuse (self, 413, "the body's chunks are too small");
    else
      chunk_byte (self, data[0]);
    return 1;
  }
  n = MIN (len, self->body_left);
  self->body_left -= n;
  self->body_bytes += n;
  if (self->body_left == 0) {
    if (self->chunked)
      self->chunk_state = CHUNK_DATA_CR;
    else
      self->phase = RTC_HTTP_FRAME_COMPLETE;
  }
  return n;
}

gsize
rtc_http_framer_push (RtcHttpFramer *self, const guint8 *data, gsize len, GByteArray *out)
{
  gsize taken = 0;

  while (taken < len) {
    switch (self->phase) {
      case RTC_HTTP_FRAME_START:
      case RTC_HTTP_FRAME_HEAD:
        push_head_byte (self, data[taken++], out);
        break;
      case RTC_HTTP_FRAME_BODY: {
        gsize n = push_body (self, data + taken, len - taken);

        if (self->phase != RTC_HTTP_FRAME_REFUSED)
          g_byte_array_append (out, data + taken, (guint) n);
        taken += n;
        break;
      }
      case RTC_HTTP_FRAME_COMPLETE:
      case RTC_HTTP_FRAME_REFUSED:
        return taken;
    }
  }
  return taken;
}

void
rtc_http_framer_next (RtcHttpFramer *self)
{
  g_return_if_fail (self->phase == RTC_HTTP_FRAME_COMPLETE);

  self->phase = RTC_HTTP_FRAME_START;
  self->overhead = 0;
}
