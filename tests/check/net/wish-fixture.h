/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* wish-fixture.h - a WHIP or WHEP signaller with an element that answers canned SDP, and rows of
 * requests with the status and field that they must get. */
#pragma once

#include "ext/http/gstrtchttpserversignaller.h"
#include "gst/rtc/base/rtc-result.h"
#include "tests/check/net/http-client.h"

G_BEGIN_DECLS

#define SDP_HEAD "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
#define FINGERPRINT                                                                                \
  "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:"    \
  "77:88:99:AA:BB:CC:DD:EE:FF\r\n"
#define SDP_BODY(ufrag, setup, direction)                                                          \
  "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 "                                                    \
  "0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\na=ice-ufrag:" ufrag                                         \
  "\r\na=ice-pwd:passwordpasswordpassword\r\n" FINGERPRINT "a=setup:" setup "\r\na=" direction     \
  "\r\na=rtpmap:96 VP8/90000\r\n"
#define CANDIDATE "candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host"
#define CREDENTIALS(ufrag) "a=ice-ufrag:" ufrag "\r\na=ice-pwd:passwordpasswordpassword\r\n"
#define TRICKLE                                                                                    \
  CREDENTIALS ("clie")                                                                             \
  "m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=" CANDIDATE "\r\n"                                \
  "a=end-of-candidates\r\n"
#define RESTART                                                                                    \
  CREDENTIALS ("newu") "m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=" CANDIDATE "\r\n"

#define SDP "Content-Type: application/sdp\r\n"
#define FRAGMENT "Content-Type: application/trickle-ice-sdpfrag\r\n"
#define TOKEN "s3cret-token"
#define BEARER "Authorization: Bearer " TOKEN "\r\n"
#define PAGE_ORIGIN "https://page.example"

/* What the element does with an offer. */
typedef enum { ANSWER_NOW, ANSWER_LATER, SILENT, REFUSE } Behaviour;

typedef struct {
  GMainContext *context;
  GstRtcSignaller *signaller;
  const gchar *offer, *answer; /* what the element says */
  gchar *endpoint;             /* "/whip" */
  guint16 port;
  Behaviour behaviour;
  RtcResult refusal;
  gchar *waiting;        /* ANSWER_LATER: the session */
  GString *story;        /* what the element was told, a word each */
  gchar *session, *etag; /* of the session made by wish_open_session() */
} WishFixture;

/* Takes signaller, which listens on any free port once started; PAGE_ORIGIN may call. */
void wish_fixture_set_up (WishFixture *f, GstRtcSignaller *signaller, const gchar *endpoint,
    const gchar *offer);
void wish_fixture_start (WishFixture *f);

/* Stops the signaller, which must be the last reference. */
void wish_fixture_tear_down (WishFixture *f);

/* One request; in path and fields {P} is the endpoint, {S} the session's path, {E} its tag. */
HttpResponse *wish_call (WishFixture *f, const gchar *method, const gchar *path,
    const gchar *fields, const gchar *body);

/* A session made by the fixture's offer with these fields. */
void wish_open_session (WishFixture *f, const gchar *fields);

typedef struct {
  const gchar *name, *method, *path, *fields, *body;
  guint status;
  const gchar *field, *value; /* value: part of the field; NULL: the field must be absent */
} WishRow;

void wish_check_row (WishFixture *f, const WishRow *row);

/* The element refuses offers for one reason after the other, and the server says so in the words of
 * HTTP. */
void wish_check_refusals (WishFixture *f);

G_END_DECLS
