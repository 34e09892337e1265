/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* lying-srtp.h - SRTP of a receiver that lies about its path: what its peer says of what arrives is
 * replaced just before it is protected, so that to the sender it is as authentic as the truth. */
#pragma once

#include "gst/rtc/iface/rtc-srtp-iface.h"

G_BEGIN_DECLS

typedef enum {
  LYING_SRTP_NOT,  /* says the truth */
  LYING_SRTP_REMB, /* and asks for LYING_SRTP_REMB_BPS at most, again and again */
  LYING_SRTP_TWCC, /* all takes half as long again to arrive: a queue that grows for ever */
} LyingSrtpKind;

#define LYING_SRTP_REMB_BPS 10000

/* honest makes what really protects; it outlives the factory. (transfer full) */
RtcSrtpFactory *lying_srtp_factory_new (RtcSrtpFactory *honest, LyingSrtpKind kind);

/* After all that it created. (nullable) */
void lying_srtp_factory_free (RtcSrtpFactory *factory);

G_END_DECLS
