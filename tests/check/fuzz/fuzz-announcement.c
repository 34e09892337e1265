/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-announcement.c - any text is an announcement within its limits, or an error with a line that
 * tells nothing of a key. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "gst/rtc/sdp/rtc-announcement.h"

static void
check_medium (const RtcAnnouncement *self, guint place)
{
  const RtcAnnouncedMedium *m = g_ptr_array_index (self->media, place);

  FUZZ_CHECK (m->rtp.family != RTC_ADDRESS_NONE && m->rtp.port != 0);
  FUZZ_CHECK (m->rtcp_mux == (m->rtcp.family == RTC_ADDRESS_NONE));
  FUZZ_CHECK (m->formats->len > 0 && m->formats->len <= RTC_ANNOUNCEMENT_MAX_FORMATS);
  FUZZ_CHECK (m->sources->len <= RTC_ANNOUNCEMENT_MAX_SOURCES);
  FUZZ_CHECK (m->attributes->len <= RTC_ANNOUNCEMENT_MAX_ATTRIBUTES);
  FUZZ_CHECK (m->bundle < (gint) place);
  FUZZ_CHECK (m->is_secure == (m->keys->len > 0) && m->keys->len <= RTC_ANNOUNCEMENT_MAX_KEYS);
  for (guint i = 0; i < m->formats->len; i++) {
    const RtcAnnouncedFormat *f = &g_array_index (m->formats, RtcAnnouncedFormat, i);

    FUZZ_CHECK (f->clock_rate > 0 && f->pt < 128);
    FUZZ_CHECK (rtc_announced_medium_find (m, f->pt) == f);
  }
  for (guint i = 0; i < m->keys->len; i++) {
    const RtcAnnouncedKey *key = &g_array_index (m->keys, RtcAnnouncedKey, i);

    FUZZ_CHECK (key->key_len == rtc_suite_key_len (m->suite));
    FUZZ_CHECK (key->mki_len <= RTC_ANNOUNCEMENT_MAX_MKI && (i == 0 || key->mki_len > 0));
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  GError *error = NULL;
  RtcAnnouncement *self = rtc_announcement_parse ((const gchar *) data, size, &error);

  FUZZ_CHECK ((self == NULL) == (error != NULL));
  if (self == NULL) {
    FUZZ_CHECK (error->domain == RTC_ERROR && g_str_has_prefix (error->message, "line "));
    FUZZ_CHECK (strlen (error->message) < 200);
    g_error_free (error);
    return 0;
  }
  FUZZ_CHECK (self->media->len <= RTC_ANNOUNCEMENT_MAX_MEDIA);
  for (guint i = 0; i < self->media->len; i++)
    check_medium (self, i);
  rtc_announcement_free (self);
  return 0;
}
