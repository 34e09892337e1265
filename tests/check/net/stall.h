/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* stall.h - whether the machine stood still while a caller's media was measured. */
#pragma once

#include "link-emulator.h"
#include "net-caller.h"
#include "tests/check/stall/stall-attempts.h"

G_BEGIN_DECLS

/* The latest that the link or the player of these callers was with anything. */
GstClockTime stall_get (NetCallers *callers, LinkEmulator *link);

G_END_DECLS
