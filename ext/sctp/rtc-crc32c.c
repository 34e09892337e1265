/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/sctp/rtc-crc32c.h"

#include <string.h>
#include <usrsctp.h>

#define POSITION 8
#define HEADER_LEN 12

#if defined(__x86_64__) && defined(__GNUC__)
#include <nmmintrin.h>

__attribute__ ((target ("sse4.2"))) static guint64
add (guint64 sum, const guint8 *data, gsize len)
{
  for (; len >= sizeof (guint64); data += sizeof (guint64), len -= sizeof (guint64)) {
    guint64 eight;

    memcpy (&eight, data, sizeof eight);
    sum = _mm_crc32_u64 (sum, eight);
  }
  for (; len > 0; data++, len--)
    sum = _mm_crc32_u8 ((guint32) sum, *data);
  return sum;
}

/* FALSE: this processor does not know how. The bytes go as RFC 9260 appendix A has them: the lowest
 * first, which is this processor's order. */
static gboolean
count_by_instruction (const guint8 *packet, gsize len, guint8 sum[4])
{
  static const guint8 zeros[4] = { 0 };
  guint32 value;

  if (!__builtin_cpu_supports ("sse4.2"))
    return FALSE;
  value = (guint32) add (G_MAXUINT32, packet, POSITION);
  value = (guint32) add (value, zeros, sizeof zeros);
  value = ~(guint32) add (value, packet + HEADER_LEN, len - HEADER_LEN);
  memcpy (sum, &value, sizeof value);
  return TRUE;
}
#else
static gboolean
count_by_instruction (const guint8 *packet, gsize len, guint8 sum[4])
{
  return FALSE;
}
#endif

static void
count (const guint8 *packet, gsize len, guint8 sum[4])
{
  guint8 *copy;
  guint32 value;

  if (count_by_instruction (packet, len, sum))
    return;
  copy = g_memdup2 (packet, len);
  memset (copy + POSITION, 0, sizeof value);
  value = usrsctp_crc32c (copy, len);
  memcpy (sum, &value, sizeof value);
  g_free (copy);
}

void
rtc_crc32c_write (guint8 *packet, gsize len)
{
  guint8 sum[4];

  count (packet, len, sum);
  memcpy (packet + POSITION, sum, sizeof sum);
}

gboolean
rtc_crc32c_check (const guint8 *packet, gsize len)
{
  guint8 sum[4];

  if (len < HEADER_LEN)
    return FALSE;
  count (packet, len, sum);
  return memcmp (packet + POSITION, sum, sizeof sum) == 0;
}
