/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nice-stun.h - the two STUN messages of a consent check (RFC 8489, 8445 7.1, 7675 5.1).
 *
 * Pure: bytes in, bytes out. All other STUN is libnice's. */
#pragma once

#include "gst/rtc/ice/rtc-stun.h"

G_BEGIN_DECLS

typedef struct {
  const gchar *local_ufrag, *remote_ufrag;
  const gchar *remote_pwd;
  guint32 priority; /* as a peer-reflexive candidate's (RFC 8445 7.1.1) */
  gboolean is_controlling;
} RtcNiceStunCheck;

/* Writes a Binding request with that transaction id, RTC_STUN_ID_BYTES of it, into out, which
 * has size bytes. Returns its length, 0 if it did not fit. The tie-breaker is one that makes a peer
 * who believes to have the same role answer 487 and keep it (RFC 8445 7.3.1.1). */
gsize rtc_nice_stun_write_check (const RtcNiceStunCheck *check, const guint8 *id, guint8 *out,
    gsize size);

typedef enum {
  RTC_NICE_STUN_NONE,      /* no answer to that request, or not from who knows the password */
  RTC_NICE_STUN_SUCCESS,   /* consent */
  RTC_NICE_STUN_FORBIDDEN, /* 403: consent is revoked (RFC 7675 5.2) */
  RTC_NICE_STUN_CONFLICT,  /* 487: the peer has the role that the request claimed */
  RTC_NICE_STUN_ERROR,     /* another error */
} RtcNiceStunAnswer;

/* Where in data, of len bytes, the next message with a magic cookie begins, and its transaction id;
 * *pos is where to look from and then where to go on. Bytes around a message are of no matter: what
 * TURN and RFC 4571 wrap it into. FALSE: there is none any more. */
gboolean rtc_nice_stun_find (const guint8 *data, gsize len, gsize *pos, const guint8 **message,
    const guint8 **id);

/* What the message that begins at data says; len bytes are there, which may be more than it has.
 * Its MESSAGE-INTEGRITY has to be right for pwd (RFC 8489 14.5). */
RtcNiceStunAnswer rtc_nice_stun_read_answer (const guint8 *data, gsize len, const gchar *pwd);

G_END_DECLS
