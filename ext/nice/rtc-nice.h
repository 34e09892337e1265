/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nice.h - full ICE on libnice: the RtcIce vtable for peers behind NAT (RFC 8445, 8838, 7675).
 *
 * One NiceAgent per peer, one stream, one component (BUNDLE and rtcp-mux), no thread of its own:
 * everything runs on the GMainContext given to the factory, which the network thread iterates.
 * Candidates are ours: parsed by rtc_candidate_parse(), checked by rtc_candidate_check(), turned
 * into NiceCandidates field by field; libnice's own SDP parser is never called. Which local
 * addresses to use is decided here (getifaddrs), UPnP is off unless asked for.
 *
 * Consent is ours (rtc-nice-consent.h), libnice's is off. DISCONNECTED: two checks in a row were
 * not answered and no packet came either; CONNECTED again with the next answer. FAILED when
 * RTC_NICE_CONSENT_TIMEOUT has passed without an authentic answer, or at a revocation (RFC 7675
 * 5.1, 5.2); nothing is sent from then on.
 *
 * TURN runs over UDP, TCP or TLS (turns:, rtc-nice-tls.h).
 *
 * Thread: network thread only. */
#pragma once

#include "gst/rtc/iface/rtc-ice-iface.h"

G_BEGIN_DECLS

/* RTC_NICE_CONSENT_TIMEOUT: RFC 7675 5.1: "the consent timer ... 30 seconds". */
#define RTC_NICE_CONSENT_TIMEOUT (30 * GST_SECOND)

/* RTC_NICE_CA_FILE_VARIABLE: environment variable with the absolute path of a PEM file: the
 * authorities to trust for turns: instead of the system's. Read when a factory is made. */
#define RTC_NICE_CA_FILE_VARIABLE "GST_RTC_TURN_CA_FILE"

/* A factory whose agents live on context (reference kept), which has to be the default one of
 * the thread that iterates it. (transfer full) */
RtcIceFactory *rtc_nice_factory_new (GMainContext *context);

/* TRUE when no agent exists and none is still closing: closing is asynchronous, so
 * context must be iterated until this says TRUE before the factory is freed. */
gboolean rtc_nice_factory_is_idle (RtcIceFactory *factory);

/* Only when idle. (nullable) Both fit rtc_loop_add_backend(). */
void rtc_nice_factory_free (RtcIceFactory *factory);

G_END_DECLS
