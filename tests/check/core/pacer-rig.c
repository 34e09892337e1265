/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pacer-rig.h"

#include "gst/rtc/base/rtc-time.h"

void
rig_init (Rig *self)
{
  *self = (Rig){ .now = GST_SECOND };
  rtc_pacer_init (&self->pacer);
  rtc_pacer_set_rates (&self->pacer, self->now, TARGET, PACING, 0);
}

void
rig_sent (Rig *self, RtcPacerClass klass, guint len, GstClockTime queued)
{
  rtc_pacer_handle_sent (&self->pacer, self->now, klass, len, queued);
  self->sent += len;
  self->n_sent[klass]++;
  self->longest_wait = MAX (self->longest_wait, self->now - queued);
}

gboolean
rig_send (Rig *self, RtcPacerClass klass, guint number, gboolean is_key)
{
  RtcPacerEntry entry = {
    .number = number, .frame = self->frame, .len = LEN, .stream = 1, .is_key_frame = is_key
  };

  if (rtc_pacer_may_pass (&self->pacer, self->now, klass)) {
    rig_sent (self, klass, LEN, self->now);
    return TRUE;
  }
  return rtc_pacer_push (&self->pacer, self->now, klass, &entry) == RTC_OK;
}

void
rig_frame (Rig *self, guint n, gboolean is_key)
{
  self->frame++;
  if (is_key)
    self->is_waiting = FALSE;
  for (guint i = 0; i < n; i++) {
    if (self->is_waiting || !rig_send (self, RTC_PACER_VIDEO, self->frame * 100 + i, is_key)) {
      self->is_waiting = TRUE;
      self->n_lost++;
    }
  }
}

void
rig_release (Rig *self)
{
  RtcPacerEntry entry;
  RtcPacerClass klass;
  guint stream;

  rtc_pacer_handle_late (&self->pacer, self->now);
  do {
    while (rtc_pacer_has_expired (&self->pacer, self->now, &stream)) {
      g_assert_cmpuint (stream, ==, 1);
      self->n_lost += rtc_pacer_drop (&self->pacer, RTC_PACER_VIDEO, stream);
      self->is_waiting = TRUE;
    }
    if (!rtc_pacer_pop (&self->pacer, self->now, &klass, &entry))
      break;
    rig_sent (self, klass, entry.len, entry.queued);
  } while (TRUE);
}

void
rig_run (Rig *self, GstClockTime until)
{
  for (;;) {
    GstClockTime deadline = rtc_pacer_next_deadline (&self->pacer);

    if (deadline > until)
      break;
    /* After a release nothing is due at the same instant: no spinning. */
    self->now = MAX (self->now, deadline);
    rig_release (self);
    g_assert_cmpuint (rtc_pacer_next_deadline (&self->pacer), >, self->now);
  }
  self->now = until;
}
