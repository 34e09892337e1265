/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtp-extension.h - RTP header extensions: registry by URI, id map, values (RFC 8285).
 *
 * To add one: an enum value here, a row in the table of the .c, a field in the values. JSEP offers
 * from the same table. Pure, re-entrant, nothing is allocated. */
#pragma once

#include "gst/rtc/rtp/rtc-rtp-header.h"

G_BEGIN_DECLS

typedef enum {
  RTC_RTP_EXTENSION_MID,               /* RFC 9143 15 */
  RTC_RTP_EXTENSION_RID,               /* RFC 8852 3.1 */
  RTC_RTP_EXTENSION_REPAIRED_RID,      /* RFC 8852 3.2 */
  RTC_RTP_EXTENSION_TWCC,              /* draft-holmer-rmcat-transport-wide-cc-extensions-01 */
  RTC_RTP_EXTENSION_ABS_SEND_TIME,     /* webrtc.org, also in goog-remb */
  RTC_RTP_EXTENSION_AUDIO_LEVEL,       /* RFC 6464 */
  RTC_RTP_EXTENSION_PLAYOUT_DELAY,     /* webrtc.org */
  RTC_RTP_EXTENSION_TOFFSET,           /* RFC 5450 */
  RTC_RTP_EXTENSION_VIDEO_ORIENTATION, /* 3GPP TS 26.114 7.4.5 */
  RTC_RTP_EXTENSION_ABS_CAPTURE_TIME,  /* webrtc.org */
} RtcRtpExtension;

#define RTC_RTP_N_EXTENSIONS (RTC_RTP_EXTENSION_ABS_CAPTURE_TIME + 1)

/* RTC_RTP_SDES_MAX: longest mid or rid, bytes; what the one-byte form can carry (RFC 8285 4.2). */
#define RTC_RTP_SDES_MAX 16

/* RTC_RTP_EXTENSION_BLOCK_MAX: no block we write is longer, with its 4 header bytes. */
#define RTC_RTP_EXTENSION_BLOCK_MAX 128

/* The URI as in a=extmap. Never NULL. */
const gchar *rtc_rtp_extension_get_uri (RtcRtpExtension extension);

/* TRUE and *out when the URI is one of the table's; compared exactly. */
gboolean rtc_rtp_extension_find (const gchar *uri, RtcRtpExtension *out);

/* RtcRtpExtensionMap: which id each extension has in one m-section. Zero-initialised: none. */
typedef struct {
  guint8 ids[RTC_RTP_N_EXTENSIONS]; /* 1..255, 0 = not negotiated */
  gboolean allow_mixed;             /* a=extmap-allow-mixed: we may write the two-byte form */
} RtcRtpExtensionMap;

/* Gives extension an id of 1..255, but 15 (see the .c); id 0 takes the extension out.
 * RTC_ERR_LIMIT: id out of range. RTC_ERR_STATE: the id belongs to another extension. Nothing has
 * changed; refuse that a=extmap line. */
RtcResult rtc_rtp_extension_map_set (RtcRtpExtensionMap *self, RtcRtpExtension extension, guint id);

/* TRUE and *out when id is negotiated. */
gboolean rtc_rtp_extension_map_find (const RtcRtpExtensionMap *self, guint id,
    RtcRtpExtension *out);

/* RtcRtpExtensionValues: what a packet carries, or shall carry. Zero-initialised: nothing. */
typedef struct {
  guint32 present;                         /* bit (1 << RtcRtpExtension) per value below */
  gchar mid[RTC_RTP_SDES_MAX + 1];          /* NUL-terminated, printable ASCII, not empty */
  gchar rid[RTC_RTP_SDES_MAX + 1];
  gchar repaired_rid[RTC_RTP_SDES_MAX + 1];
  guint16 twcc_seq;
  guint32 abs_send_time;                   /* 24 bits, see rtc_time_abs_send() */
  gboolean voice;                          /* RFC 6464's V bit */
  guint8 audio_level;                      /* -dBov: 0 loudest, 127 silence */
  guint16 playout_min, playout_max;        /* 12 bits each, units of 10 ms */
  gint32 toffset;                          /* 24 bits, media clock units */
  guint8 video_orientation;                /* the byte 0000CFRR */
  guint64 abs_capture_ntp64;
  gboolean has_capture_offset;             /* the 16-byte form */
  gint64 capture_clock_offset;             /* signed 32.32 seconds */
} RtcRtpExtensionValues;

static inline gboolean
rtc_rtp_extension_values_has (const RtcRtpExtensionValues *self, RtcRtpExtension extension)
{
  return (self->present & (1u << extension)) != 0;
}

/* Sets mid, rid or repaired_rid. RTC_ERR_LIMIT: empty, longer than RTC_RTP_SDES_MAX or not
 * printable; the value is then not present and must be signalled by SSRC instead. */
RtcResult rtc_rtp_extension_values_set_text (RtcRtpExtensionValues *self, RtcRtpExtension extension,
    const gchar *text);

/* Takes over into *self every value that is present in other. */
void rtc_rtp_extension_values_merge (RtcRtpExtensionValues *self,
    const RtcRtpExtensionValues *other);

/* Reads the negotiated elements of a parsed packet into *values (cleared first). Unknown ids and
 * other profiles are skipped; so are a second element of the same id, and values of a wrong length,
 * which make the return value FALSE (count it; the packet itself is good: a receiver may ignore any
 * extension, RFC 3550 5.3.1). */
gboolean rtc_rtp_extension_read (const RtcRtpExtensionMap *map, const RtcRtpHeader *header,
    const guint8 *data, RtcRtpExtensionValues *values);

/* RtcRtpExtensionSlots: where the two values live that are known only when the packet leaves.
 * Offsets from the packet's first byte; 0 = not in this packet. */
typedef struct {
  guint16 twcc;          /* 2 bytes */
  guint16 abs_send_time; /* 3 bytes */
} RtcRtpExtensionSlots;

/* Appends a whole block (profile, length, elements, zero padding) of all values that are present
 * and negotiated; nothing when there are none. The two-byte form is used where an id > 14 or a
 * length > 16 demands it and map->allow_mixed permits it; else such values are left out.
 * The writer must have begun at the packet's first byte. slots is (nullable).
 * Returns the bytes written; 0 also on overrun (then the writer's ok is FALSE). */
gsize rtc_rtp_extension_write (const RtcRtpExtensionMap *map, const RtcRtpExtensionValues *values,
    RtcWriter *writer, RtcRtpExtensionSlots *slots);

/* The slots of a packet made elsewhere; all 0 when it has none. */
void rtc_rtp_extension_find_slots (const RtcRtpExtensionMap *map, const RtcRtpHeader *header,
    const guint8 *data, RtcRtpExtensionSlots *slots);

/* Stamp a packet as it leaves; nothing happens where the slot is 0 or past len. */
void rtc_rtp_extension_patch_twcc (const RtcRtpExtensionSlots *slots, guint8 *data, gsize len,
    guint16 twcc_seq);
void rtc_rtp_extension_patch_abs_send_time (const RtcRtpExtensionSlots *slots, guint8 *data,
    gsize len, guint32 abs_send_time);

G_END_DECLS
