/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcmuxports.h"

#include <string.h>

#include "ext/mux/rtc-udp-mux.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_ice

/* The loop's table of ports is found under this name. */
#define BACKEND "mux-ports"

typedef struct {
  GHashTable *table; /* that has it, by its number */
  RtcUdpMux *mux;
  guint16 port;
  gint tcp_port; /* as asked for */
  gchar *addresses;
  guint n_owners;
} MuxPort;

typedef struct {
  RtcLoop *loop;
  const GstRtcMuxPortSettings *settings;
  GError *error;
} OpenCall;

typedef struct {
  RtcLoop *loop;
  guint16 port;
} CloseCall;

/* --- ports --- */

static void
port_free (gpointer data)
{
  MuxPort *self = data;

  rtc_udp_mux_free (self->mux);
  g_free (self->addresses);
  g_free (self);
}

static void
port_close_if_unused (MuxPort *self)
{
  RtcUdpMuxStats stats;

  rtc_udp_mux_get_stats (self->mux, &stats);
  if (self->n_owners > 0 || stats.mux.n_sessions > 0)
    return;
  GST_INFO ("nobody uses UDP port %u for media any more", self->port);
  g_hash_table_remove (self->table, GUINT_TO_POINTER (self->port));
}

static void
on_idle (gpointer data)
{
  port_close_if_unused (data);
}

static void
free_table (gpointer table)
{
  g_hash_table_unref (table);
}

static GHashTable *
get_table (RtcLoop *loop)
{
  GHashTable *table = rtc_loop_find_backend (loop, BACKEND);

  if (table != NULL)
    return table;
  table = g_hash_table_new_full (NULL, NULL, NULL, port_free);
  rtc_loop_add_backend (loop, BACKEND, table, NULL, free_table);
  return table;
}

/* --- settings --- */

/* "1.2.3.4, ::1" -> { "1.2.3.4", "::1", NULL } */
static gchar **
split_addresses (const gchar *text)
{
  gchar **all = g_strsplit_set (text != NULL ? text : "", ", ", -1);
  guint n = 0;

  for (guint i = 0; all[i] != NULL; i++) {
    if (all[i][0] == '\0')
      g_free (all[i]);
    else
      all[n++] = all[i];
  }
  all[n] = NULL;
  return all;
}

static gboolean
port_is_as_asked (
    const MuxPort *self, const GstRtcMuxPortSettings *settings, const gchar *joined, GError **error)
{
  const gchar *difference = NULL;

  if (strcmp (self->addresses, joined) != 0)
    difference = "other udp-mux-addresses";
  else if (self->tcp_port != settings->tcp_port)
    difference = "another tcp-mux-port";
  if (difference == NULL)
    return TRUE;
  rtc_error (error, RTC_ERR_STATE, "udp-mux-port %u is in use by another element with %s",
      self->port, difference);
  return FALSE;
}

static MuxPort *
port_new (OpenCall *call, GHashTable *table, gchar **addresses, const gchar *joined)
{
  const GstRtcMuxPortSettings *settings = call->settings;
  MuxPort *self = g_new0 (MuxPort, 1);
  RtcUdpMuxConfig config = { .port = settings->port,
    .tcp_port = settings->tcp_port,
    .addresses = (const gchar *const *) addresses,
    .idle = on_idle,
    .data = self };

  self->mux = rtc_udp_mux_new (rtc_loop_get_context (call->loop), &config, &call->error);
  if (self->mux == NULL) {
    g_free (self);
    return NULL;
  }
  self->table = table;
  self->port = settings->port;
  self->tcp_port = settings->tcp_port;
  self->addresses = g_strdup (joined);
  g_hash_table_insert (table, GUINT_TO_POINTER (self->port), self);
  return self;
}

/* --- on [N] --- */

static void
open_port (gpointer data)
{
  OpenCall *call = data;
  gchar **addresses = split_addresses (call->settings->addresses);
  gchar *joined = g_strjoinv (",", addresses);
  GHashTable *table = get_table (call->loop);
  MuxPort *port = g_hash_table_lookup (table, GUINT_TO_POINTER (call->settings->port));

  if (port == NULL)
    port = port_new (call, table, addresses, joined);
  else if (!port_is_as_asked (port, call->settings, joined, &call->error))
    port = NULL;
  if (port != NULL)
    port->n_owners++;
  g_free (joined);
  g_strfreev (addresses);
}

static void
close_port (gpointer data)
{
  const CloseCall *call = data;
  MuxPort *port = g_hash_table_lookup (get_table (call->loop), GUINT_TO_POINTER (call->port));

  g_return_if_fail (port != NULL && port->n_owners > 0);
  /* While it has an owner, so that it is not closed in there. */
  rtc_loop_free_removed (call->loop);
  port->n_owners--;
  port_close_if_unused (port);
}

/* --- public --- */

gboolean
gst_rtc_mux_ports_open (RtcLoop *loop, const GstRtcMuxPortSettings *settings, GError **error)
{
  OpenCall call = { loop, settings, NULL };

  rtc_loop_call (loop, open_port, &call);
  if (call.error == NULL)
    return TRUE;
  g_propagate_error (error, call.error);
  return FALSE;
}

void
gst_rtc_mux_ports_close (RtcLoop *loop, guint16 port)
{
  CloseCall call = { loop, port };

  rtc_loop_call (loop, close_port, &call);
}

RtcIceFactory *
gst_rtc_mux_ports_get_factory (RtcLoop *loop, guint16 port)
{
  const MuxPort *self = g_hash_table_lookup (get_table (loop), GUINT_TO_POINTER (port));

  return self != NULL ? rtc_udp_mux_get_factory (self->mux) : NULL;
}
