/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ice-connections.h - who may hold a TCP connection to the one port, and for how long.
 *
 *   STRANGER   accepted; has to pass an authentic check (RFC 8445 7.3) within
 *              RTC_ICE_CONNECTIONS_STRANGER_TIME and RTC_ICE_CONNECTIONS_STRANGER_FRAMES datagrams
 *   known      its flow is a session's (rtc-ice-mux.h): stays as long as that is so
 *   LEFT       the session has gone or took another flow: RTC_ICE_CONNECTIONS_LEFT_TIME, for what
 *              is still on its way out, a goodbye
 *
 * Strangers are few: RTC_ICE_CONNECTIONS_MAX_STRANGERS, of whom the one that waits longest makes
 * room for the next, so that who opens connections and says nothing cannot keep others out; and
 * RTC_ICE_CONNECTIONS_MAX_AT of one address (of IPv6: of one /64). Those that are known are bounded
 * by the sessions, RTC_ICE_LITE_MAX_FLOWS each, and all by max.
 *
 * Each connection has a number that is never used again, RtcIceFlow.connection: a flow that is
 * gone cannot be taken for another.
 *
 * Pure: no clock, no I/O; network thread only. */
#pragma once

#include "gst/rtc/ice/rtc-ice-lite.h"

G_BEGIN_DECLS

#define RTC_ICE_CONNECTIONS_STRANGER_TIME (5 * GST_SECOND)
#define RTC_ICE_CONNECTIONS_LEFT_TIME GST_SECOND
#define RTC_ICE_CONNECTIONS_STRANGER_FRAMES 16
#define RTC_ICE_CONNECTIONS_MAX_STRANGERS 256
#define RTC_ICE_CONNECTIONS_MAX_AT 32

typedef struct _RtcIceConnections RtcIceConnections;

/* For reading; written by the functions below. */
typedef struct {
  RtcIceFlow flow;
  gpointer user_data;
  gboolean is_known;
  GstClockTime end; /* of who is not known: when to be closed */
  guint n_frames;   /* of who has never been known */
  GList link;       /* of the unknown, in order of their end */
} RtcIceConnection;

typedef struct {
  guint n_connections, n_strangers; /* now; strangers: all that are not known */
  guint64 accepted;
  guint64 refused;   /* their address had RTC_ICE_CONNECTIONS_MAX_AT, or max were known */
  guint64 made_room; /* strangers, for others */
} RtcIceConnectionsStats;

/* max > 0. (transfer full) */
RtcIceConnections *rtc_ice_connections_new (guint max);

/* All are removed before. (nullable) */
void rtc_ice_connections_free (RtcIceConnections *self);

/* One that was accepted. NULL: close it. Who has to make room for it is the next that
 * get_expired() names. */
RtcIceConnection *rtc_ice_connections_add (RtcIceConnections *self, GstClockTime now,
    const RtcAddress *remote, const RtcAddress *local, gpointer user_data);

/* It is closed. */
void rtc_ice_connections_remove (RtcIceConnections *self, RtcIceConnection *connection);

/* By its number; NULL: it is gone. */
RtcIceConnection *rtc_ice_connections_find (const RtcIceConnections *self, guint64 number);

/* A datagram came over it, after which its flow is a session's, or not. FALSE: a stranger who has
 * talked enough; close it. */
gboolean rtc_ice_connections_note_frame (RtcIceConnections *self, RtcIceConnection *connection,
    gboolean is_known);

/* Asks about all that are known, once a second or so. */
typedef gboolean (*RtcIceConnectionsFunc) (gpointer data, const RtcIceFlow *flow);
void rtc_ice_connections_check (RtcIceConnections *self, GstClockTime now,
    RtcIceConnectionsFunc is_known, gpointer data);

/* One to be closed by now; NULL: none. */
RtcIceConnection *rtc_ice_connections_get_expired (const RtcIceConnections *self,
    GstClockTime now);

/* Any one, for the end; NULL: none is left. */
RtcIceConnection *rtc_ice_connections_get_any (const RtcIceConnections *self);

void rtc_ice_connections_get_stats (const RtcIceConnections *self, RtcIceConnectionsStats *out);

G_END_DECLS
