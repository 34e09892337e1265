/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "mux-backend.h"

void
mux_backend_init (MuxBackend *self, const gchar *const *addresses, gint tcp_port)
{
  RtcUdpMuxConfig config = { .addresses = addresses, .tcp_port = tcp_port };
  GError *error = NULL;

  self->context = g_main_context_new ();
  self->random = rtc_random_new_seeded (1);
  self->mux = rtc_udp_mux_new (self->context, &config, &error);
  g_assert_no_error (error);
  self->is_woken = FALSE;
}

void
mux_backend_clear (MuxBackend *self)
{
  rtc_udp_mux_free (self->mux);
  rtc_random_free (self->random);
  g_main_context_unref (self->context);
}

static void
on_wake (gpointer data)
{
  ((MuxBackend *) data)->is_woken = TRUE;
}

RtcIce *
mux_backend_create (MuxBackend *self)
{
  RtcIceFactory *factory = rtc_udp_mux_get_factory (self->mux);
  RtcIceConfig config = {
    .peer_id = 1, .random = self->random, .wake = on_wake, .wake_data = self
  };
  RtcIce *ice = factory->create (factory, &config, NULL);

  g_assert_nonnull (ice);
  g_assert_true (ice->vtable->is_lite);
  return ice;
}
