/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* plugin.c - the plugin "sctp", in place of that of gst-plugins-bad. */
#include <gst/gst.h>

#include "config.h"
#include "ext/sctp/gstrtcsctpdec.h"
#include "ext/sctp/gstrtcsctpenc.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (sctpenc, plugin) && GST_ELEMENT_REGISTER (sctpdec, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, sctp, "SCTP encoder/decoder plugin",
    plugin_init, PACKAGE_VERSION, GST_LICENSE, GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)
