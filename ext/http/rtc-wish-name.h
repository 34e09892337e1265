/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-wish-name.h - the name that a client gives itself: ?name= of the URL that it POSTs to.
 *
 * Whoever may POST chooses it freely, so it is a label to show, not an identity to trust, and what
 * comes out is still no file name. Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RTC_WISH_NAME_MAX_BYTES: of the result, without its NUL. */
#define RTC_WISH_NAME_MAX_BYTES 64

/* The first "name" parameter of a raw query ("name=Front%20door&x=y"; empty for none), decoded:
 * percent escapes and "+" for a blank, as forms write it. Control characters, format characters
 * (which hide or reorder text: bidi overrides, zero-width ones, byte order marks), noncharacters
 * and line breaks are left out, blanks become single spaces, and the rest is cut at a character.
 * The result is valid UTF-8 on one line.
 *
 * NULL, and the client goes by its address, when there is none, nothing is left of it, an escape is
 * malformed or the bytes are no UTF-8. (transfer full) */
gchar *rtc_wish_name_of_query (const gchar *query);

G_END_DECLS
