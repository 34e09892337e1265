/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-cc.h"

#include "gst/rtc/cc/rtc-cc-fallback.h"
#include "gst/rtc/cc/rtc-cc-fixed.h"
#include "gst/rtc/cc/rtc-cc-remb.h"

static const struct {
  const gchar *name;
  RtcCc *(*create) (const RtcCcConfig *config);
} controllers[] = {
  { "gcc", rtc_cc_fallback_new },
  { "remb", rtc_cc_remb_new },
  { "fixed", rtc_cc_fixed_new },
};

RtcCc *
rtc_cc_new (const RtcCcConfig *config)
{
  const gchar *name = config->name;

  /* Delay is measured on transport-wide feedback; without it, on nothing. */
  if (g_strcmp0 (name, "gcc") == 0 && !config->has_twcc)
    name = "remb";
  for (guint i = 0; i < G_N_ELEMENTS (controllers); i++) {
    if (g_strcmp0 (name, controllers[i].name) == 0)
      return controllers[i].create (config);
  }
  return NULL;
}
