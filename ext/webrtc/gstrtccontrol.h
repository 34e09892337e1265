/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtccontrol.h - run something on the control context [C] and wait for it. */
#pragma once

#include "gst/rtc/loop/rtc-loop.h"

G_BEGIN_DECLS

/* Runs func (data) on loop's control context and returns when it has run; inline when the caller
 * is on [C]. Thread: [A] and [C]; never a streaming thread, whose locks [C] may need. */
void gst_rtc_control_call (RtcLoop *loop, RtcInvokeFunc func, gpointer data);

G_END_DECLS
