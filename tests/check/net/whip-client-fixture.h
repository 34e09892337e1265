/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* whip-client-fixture.h - a WHIP client signaller with an element that offers, for tests: what
 * happens to it is told as a story.
 *
 * Everything that waits has a deadline. Thread: the test's main thread. */
#pragma once

#include "gst/webrtc/gstrtcsignaller.h"
#include "tests/check/net/fake-whip-server.h"
#include "tests/check/net/wish-fixture.h"

G_BEGIN_DECLS

#define WHIP_CLIENT_OFFER SDP_HEAD SDP_BODY ("clie", "actpass", "sendonly")

typedef struct {
  GMainContext *context;
  GstRtcSignaller *signaller;
  GString *story;
  gchar *id;           /* of the session requested last */
  gboolean offers_not; /* the element is silent */
  gboolean trickles;   /* it sends candidates right after the offer */
} WhipClientFixture;

/* For g_test_add(). The signaller must be gone after tear_down(). */
void whip_client_set_up (WhipClientFixture *f, gconstpointer data);
void whip_client_tear_down (WhipClientFixture *f, gconstpointer data);

/* The client calls path at origin. */
void whip_client_start (WhipClientFixture *f, const gchar *origin, const gchar *path);

/* It calls /whip of a server with that script. (transfer full) */
FakeWhipServer *whip_client_start_fake (WhipClientFixture *f, const FakeWhipReply *replies,
    guint n_replies);

/* Run the context until the story holds text, or the server was asked for that; or fail. */
void whip_client_wait_for (WhipClientFixture *f, const gchar *text);
void whip_client_wait_for_request (WhipClientFixture *f, FakeWhipServer *server,
    const gchar *text);

/* What server was asked for, in all. */
void whip_client_assert_story (FakeWhipServer *server, const gchar *expected);

G_END_DECLS
