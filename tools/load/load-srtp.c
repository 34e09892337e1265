/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/load-srtp.h"

/* RFC 3711 5.2 and RFC 7714 12: bytes that follow the payload. */
#define CM_TAG_BYTES 10
#define GCM_TAG_BYTES 16

#define RTP_HEADER_BYTES 12

typedef struct {
  RtcSrtp parent;
  RtcSrtp *real;
  gsize tag;
  gboolean is_media[128];
} LoadSrtp;

static RtcResult
load_protect_rtp (RtcSrtp *srtp, guint8 *data, gsize *len, gsize cap)
{
  RtcSrtp *real = ((LoadSrtp *) srtp)->real;

  return real->vtable->protect_rtp (real, data, len, cap);
}

static RtcResult
load_protect_rtcp (RtcSrtp *srtp, guint8 *data, gsize *len, gsize cap)
{
  RtcSrtp *real = ((LoadSrtp *) srtp)->real;

  return real->vtable->protect_rtcp (real, data, len, cap);
}

static RtcResult
load_unprotect_rtcp (RtcSrtp *srtp, guint8 *data, gsize *len)
{
  RtcSrtp *real = ((LoadSrtp *) srtp)->real;

  return real->vtable->unprotect_rtcp (real, data, len);
}

/* Padding is taken away: its length is in the last byte, which is encrypted (RFC 3550 5.1). */
static RtcResult
load_unprotect_rtp (RtcSrtp *srtp, guint8 *data, gsize *len)
{
  LoadSrtp *self = (LoadSrtp *) srtp;

  if (*len < RTP_HEADER_BYTES + self->tag)
    return RTC_ERR_PARSE;
  if (!self->is_media[data[1] & 0x7f])
    return self->real->vtable->unprotect_rtp (self->real, data, len);
  data[0] &= 0xdf;
  *len -= self->tag;
  return RTC_OK;
}

static void
load_free (RtcSrtp *srtp)
{
  LoadSrtp *self = (LoadSrtp *) srtp;

  if (self == NULL)
    return;
  self->real->vtable->free (self->real);
  g_free (self);
}

static const RtcSrtpVTable load_vtable = {
  .name = "load",
  .free = load_free,
  .protect_rtp = load_protect_rtp,
  .protect_rtcp = load_protect_rtcp,
  .unprotect_rtp = load_unprotect_rtp,
  .unprotect_rtcp = load_unprotect_rtcp,
};

static RtcSrtp *
load_create (RtcSrtpFactory *parent, const RtcSrtpKeys *keys, GError **error)
{
  LoadSrtpFactory *factory = (LoadSrtpFactory *) parent;
  RtcSrtp *real = factory->real->create (factory->real, keys, error);
  LoadSrtp *self;

  if (real == NULL || !factory->counts_only)
    return real;
  self = g_new0 (LoadSrtp, 1);
  self->parent.vtable = &load_vtable;
  self->real = real;
  self->tag = keys->profile == RTC_SRTP_PROFILE_AES128_CM_SHA1_80 ? CM_TAG_BYTES : GCM_TAG_BYTES;
  for (guint i = 0; i < G_N_ELEMENTS (self->is_media); i++)
    self->is_media[i] = factory->is_media[i];
  return &self->parent;
}

void
load_srtp_factory_init (LoadSrtpFactory *self, RtcSrtpFactory *real)
{
  *self = (LoadSrtpFactory){ .parent = { "load", load_create }, .real = real };
}
