/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-run.h - runs of the load generator (tools/load) and what they say.
 *
 * What is not as it should be fails the test. Thread: the test's main thread, whose default context
 * is iterated meanwhile. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Where rtc-load is; path is kept. */
void load_run_set_program (const gchar *path);

/* What it says of a load of url with those options; it must end with status. (transfer full) */
JsonObject *load_run (const gchar *url, const gchar *options, gint status);

/* The number of that name, which must be there. */
gint64 load_run_get_int (JsonObject *figures, const gchar *name);
gdouble load_run_get_double (JsonObject *figures, const gchar *name);

G_END_DECLS
