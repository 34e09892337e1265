/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-cc.h"

#include "gst/rtc/cc/rtc-cc-fixed.h"

static const struct {
  const gchar *name;
  RtcCc *(*create) (const RtcCcConfig *config);
} controllers[] = {
  { "fixed", rtc_cc_fixed_new },
};

RtcCc *
rtc_cc_new (const RtcCcConfig *config)
{
  for (guint i = 0; i < G_N_ELEMENTS (controllers); i++) {
    if (g_strcmp0 (config->name, controllers[i].name) == 0)
      return controllers[i].create (config);
  }
  return NULL;
}
