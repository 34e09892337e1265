/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-av1-depay.c - any payloads make a temporal unit that is a row of OBUs with sizes, or none. A
 * byte of 0 ends the unit, any other is the length of the next payload. */
#include "tests/check/fuzz/fuzz.h"

#include "gst/rtc/rtp/rtc-av1-depay.h"

#define MAX_BYTES 700

static void
check_unit (const RtcAv1Unit *unit)
{
  gsize pos = 0;

  FUZZ_CHECK (unit->len > 0 && unit->len <= MAX_BYTES);
  FUZZ_CHECK (!unit->is_key || unit->has_sequence);
  if (unit->has_sequence) {
    FUZZ_CHECK (unit->config_len > RTC_AV1_CONFIG_LEN && unit->config[0] == 0x81);
    FUZZ_CHECK (unit->sequence.width >= 1 && unit->sequence.width <= 65536);
    FUZZ_CHECK (unit->sequence.height >= 1 && unit->sequence.height <= 65536);
  }
  while (pos < unit->len) {
    guint8 header = unit->data[pos++];
    gsize size = 0;

    FUZZ_CHECK ((header & 0x80) == 0 && (header & 0x02) != 0);
    FUZZ_CHECK (((header >> 3) & 15) != RTC_AV1_OBU_TEMPORAL_DELIMITER);
    pos += (header & 0x04) != 0;
    for (guint shift = 0;; shift += 7) {
      FUZZ_CHECK (pos < unit->len && shift < 28);
      size |= (gsize) (unit->data[pos] & 0x7f) << shift;
      if ((unit->data[pos++] & 0x80) == 0)
        break;
    }
    FUZZ_CHECK (size <= unit->len - pos);
    pos += size;
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcAv1Depay *depay = rtc_av1_depay_new (MAX_BYTES);
  RtcAv1Unit unit;

  for (gsize pos = 0; pos < size;) {
    gsize len = MIN (data[pos], size - pos - 1);

    if (data[pos] == 0) {
      if (rtc_av1_depay_finish (depay, &unit) == RTC_OK)
        check_unit (&unit);
    } else {
      rtc_av1_depay_push (depay, data + pos + 1, len);
    }
    pos += 1 + len;
  }
  if (rtc_av1_depay_finish (depay, &unit) == RTC_OK)
    check_unit (&unit);
  rtc_av1_depay_free (depay);
  return 0;
}
