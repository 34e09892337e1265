/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/ice/rtc-ice-mux.h"

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtp/rtc-demux.h"

/* Places for strangers. A newcomer takes the place of who had it, with a full allowance: forged
 * addresses can so spend one HMAC a datagram, but nobody's allowance but their own. */
#define N_STRANGERS 1024

struct _RtcIceMuxSession {
  RtcIceLite lite;
  gpointer user_data;
};

typedef struct {
  RtcIceFlow flow; /* key */
  RtcIceMuxSession *session;
} MuxFlow;

/* MuxBucket: tokens as of a time, each RTC_ICE_MUX_..._RATE'th of a second one more. */
typedef struct {
  GstClockTime time;
  gdouble tokens;
} MuxBucket;

typedef struct {
  RtcAddress address;
  MuxBucket bucket;
} MuxStranger;

struct _RtcIceMux {
  RtcRandom *random;
  guint max_sessions;
  GHashTable *fragments; /* own fragment, present and previous -> RtcIceMuxSession */
  GHashTable *flows;     /* MuxFlow, which is its own key */
  guint n_sessions;
  guint stranger_key; /* so that nobody can choose whose place to take */
  MuxStranger strangers[N_STRANGERS];
  MuxBucket refusals;
  RtcIceMuxStats stats;
};

/* --- allowances --- */

static gboolean
bucket_take (MuxBucket *self, GstClockTime now, guint rate, guint burst)
{
  gdouble seconds = (gdouble) rtc_time_elapsed (self->time, now) / GST_SECOND;

  self->tokens = MIN (self->tokens + seconds * rate, burst);
  self->time = now;
  if (self->tokens < 1)
    return FALSE;
  self->tokens -= 1;
  return TRUE;
}

static gboolean
mux_allows_stranger (RtcIceMux *self, GstClockTime now, const RtcAddress *remote)
{
  guint hash = (rtc_address_hash (remote) ^ self->stranger_key) * 2654435761u;
  MuxStranger *stranger = &self->strangers[(hash >> 16) % N_STRANGERS];

  if (!rtc_address_equal (&stranger->address, remote)) {
    stranger->address = *remote;
    stranger->bucket = (MuxBucket){ now, RTC_ICE_MUX_STRANGER_BURST };
  }
  return bucket_take (
      &stranger->bucket, now, RTC_ICE_MUX_STRANGER_RATE, RTC_ICE_MUX_STRANGER_BURST);
}

/* --- tables --- */

static guint
mux_flow_hash (gconstpointer key)
{
  return rtc_ice_flow_hash (key);
}

static gboolean
mux_flow_equal (gconstpointer a, gconstpointer b)
{
  return rtc_ice_flow_equal (a, b);
}

RtcIceMuxSession *
rtc_ice_mux_find_flow (const RtcIceMux *self, const RtcIceFlow *flow)
{
  const MuxFlow *entry = g_hash_table_lookup (self->flows, flow);

  return entry != NULL ? entry->session : NULL;
}

static void
mux_add_flow (RtcIceMux *self, const RtcIceFlow *flow, RtcIceMuxSession *session)
{
  MuxFlow *entry = g_hash_table_lookup (self->flows, flow);

  if (entry == NULL) {
    entry = g_new (MuxFlow, 1);
    entry->flow = *flow;
    g_hash_table_add (self->flows, entry);
  } else if (entry->session != session) {
    rtc_ice_lite_remove_flow (&entry->session->lite, flow);
  }
  entry->session = session;
}

static void
mux_remove_flows (RtcIceMux *self, const RtcIceMuxSession *session)
{
  for (guint i = 0; i < session->lite.n_flows; i++)
    g_hash_table_remove (self->flows, &session->lite.flows[i].flow);
}

static void
mux_remove_fragment (RtcIceMux *self, const gchar *fragment)
{
  if (fragment[0] != '\0')
    g_hash_table_remove (self->fragments, fragment);
}

static void
mux_add_fragment (RtcIceMux *self, RtcIceMuxSession *session)
{
  g_hash_table_insert (self->fragments, g_strdup (session->lite.local.ufrag), session);
}

/* --- sessions --- */

RtcIceMux *
rtc_ice_mux_new (RtcRandom *random, guint max_sessions)
{
  RtcIceMux *self = g_new0 (RtcIceMux, 1);

  self->random = random;
  self->max_sessions = max_sessions;
  self->fragments = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->flows = g_hash_table_new_full (mux_flow_hash, mux_flow_equal, g_free, NULL);
  self->stranger_key = rtc_random_u32 (random);
  self->refusals.tokens = RTC_ICE_MUX_REFUSAL_RATE;
  return self;
}

void
rtc_ice_mux_free (RtcIceMux *self)
{
  if (self == NULL)
    return;
  g_return_if_fail (self->n_sessions == 0);
  g_hash_table_unref (self->fragments);
  g_hash_table_unref (self->flows);
  g_free (self);
}

RtcIceMuxSession *
rtc_ice_mux_add (RtcIceMux *self, gpointer user_data)
{
  RtcIceMuxSession *session;

  if (self->n_sessions >= self->max_sessions)
    return NULL;
  session = g_new0 (RtcIceMuxSession, 1);
  session->user_data = user_data;
  /* 48 random bits: a second try is for whose generator is seeded. */
  do
    rtc_ice_lite_init (&session->lite, self->random);
  while (g_hash_table_contains (self->fragments, session->lite.local.ufrag));
  mux_add_fragment (self, session);
  self->n_sessions++;
  return session;
}

void
rtc_ice_mux_remove (RtcIceMux *self, RtcIceMuxSession *session)
{
  if (session == NULL)
    return;
  mux_remove_flows (self, session);
  mux_remove_fragment (self, session->lite.local.ufrag);
  mux_remove_fragment (self, session->lite.previous.ufrag);
  rtc_ice_lite_clear (&session->lite);
  g_free (session);
  self->n_sessions--;
}

void
rtc_ice_mux_restart (RtcIceMux *self, RtcIceMuxSession *session)
{
  gboolean has_failed = session->lite.state == RTC_ICE_STATE_FAILED;

  /* Those that will not be answered any more: of two restarts the first one's. */
  if (has_failed || session->lite.previous.ufrag[0] != '\0')
    mux_remove_fragment (self, session->lite.local.ufrag);
  if (has_failed) {
    mux_remove_fragment (self, session->lite.previous.ufrag);
    mux_remove_flows (self, session);
  }
  do
    rtc_ice_lite_restart (&session->lite, self->random);
  while (g_hash_table_contains (self->fragments, session->lite.local.ufrag));
  mux_add_fragment (self, session);
}

RtcIceMuxSession *
rtc_ice_mux_remove_flow (RtcIceMux *self, const RtcIceFlow *flow)
{
  RtcIceMuxSession *session = rtc_ice_mux_find_flow (self, flow);

  if (session != NULL) {
    rtc_ice_lite_remove_flow (&session->lite, flow);
    g_hash_table_remove (self->flows, flow);
  }
  return session;
}

gpointer
rtc_ice_mux_session_get_user_data (const RtcIceMuxSession *session)
{
  return session->user_data;
}

RtcIceLite *
rtc_ice_mux_session_get_lite (RtcIceMuxSession *session)
{
  return &session->lite;
}

/* --- datagrams --- */

/* The session whose fragment the USERNAME begins with (RFC 8445 7.3: "LFRAG:RFRAG"). */
static RtcIceMuxSession *
mux_find_by_username (const RtcIceMux *self, const RtcStunMessage *check)
{
  gchar fragment[RTC_ICE_LITE_UFRAG_CHARS + 1];
  gsize n = RTC_ICE_LITE_UFRAG_CHARS;

  if (check->username == NULL || check->username_len <= n || check->username[n] != ':')
    return NULL;
  memcpy (fragment, check->username, n);
  fragment[n] = '\0';
  return g_hash_table_lookup (self->fragments, fragment);
}

/* RFC 8489 9.1.3.1: 400 when USERNAME or MESSAGE-INTEGRITY is missing, 401 when either is not
 * right; without integrity. */
static void
mux_refuse (RtcIceMux *self, GstClockTime now, const RtcStunMessage *check, RtcIceMuxResult *out)
{
  gboolean is_bad = check->username == NULL || check->integrity_pos == 0;
  RtcWriter w = rtc_stun_begin (out->reply, sizeof out->reply, RTC_STUN_ERROR, check->id);
  gsize len;

  self->stats.strange_checks++;
  if (is_bad)
    rtc_stun_write_error (&w, 400, "Bad Request");
  else
    rtc_stun_write_error (&w, 401, "Unauthenticated");
  len = rtc_stun_end (&w, NULL);
  if (len > check->len
      || !bucket_take (&self->refusals, now, RTC_ICE_MUX_REFUSAL_RATE, RTC_ICE_MUX_REFUSAL_RATE))
    return;
  out->reply_len = len;
  self->stats.refusals++;
}

static gboolean
mux_may_have_flow (
    const RtcIceMux *self, GstClockTime now, const RtcIceFlow *flow, RtcIceMuxSession *session)
{
  const RtcIceMuxSession *owner = rtc_ice_mux_find_flow (self, flow);

  return owner == NULL || owner == session
         || rtc_time_elapsed (rtc_ice_lite_get_heard (&owner->lite, flow), now)
                >= RTC_ICE_MUX_TAKE_OVER;
}

static void
mux_handle_check (RtcIceMux *self, GstClockTime now, const RtcIceFlow *flow,
    const RtcStunMessage *check, RtcIceMuxResult *out)
{
  RtcIceMuxSession *session = mux_find_by_username (self, check);
  RtcIceLiteOutcome outcome;
  gchar previous[RTC_ICE_LITE_UFRAG_CHARS + 1];

  if ((session == NULL || rtc_ice_mux_find_flow (self, flow) != session)
      && !mux_allows_stranger (self, now, &flow->remote)) {
    self->stats.limited_checks++;
    return;
  }
  if (session == NULL) {
    mux_refuse (self, now, check, out);
    return;
  }
  if (!mux_may_have_flow (self, now, flow, session)) {
    self->stats.contested_checks++;
    return;
  }
  g_strlcpy (previous, session->lite.previous.ufrag, sizeof previous);
  rtc_ice_lite_handle_check (&session->lite, now, flow, check, out->reply, &outcome);
  if (outcome.is_restarted)
    mux_remove_fragment (self, previous);
  if (!outcome.is_authentic) {
    mux_refuse (self, now, check, out);
    return;
  }
  self->stats.checks++;
  if (outcome.has_lost)
    g_hash_table_remove (self->flows, &outcome.lost);
  if (rtc_ice_lite_get_heard (&session->lite, flow) != GST_CLOCK_TIME_NONE)
    mux_add_flow (self, flow, session);
  out->reply_len = outcome.reply_len;
  out->ask_len = rtc_ice_lite_ask (&session->lite, now, flow, self->random, out->ask);
  out->session = session;
  out->kind = RTC_ICE_MUX_STUN;
}

/* Indications keep NATs open (RFC 8445 11) and say nothing else. */
static void
mux_handle_stun (RtcIceMux *self, GstClockTime now, const RtcIceFlow *flow, const guint8 *data,
    gsize len, RtcIceMuxResult *out)
{
  RtcIceMuxSession *session;
  RtcStunMessage message;

  if (rtc_stun_parse (data, len, &message) != RTC_OK || message.method != RTC_STUN_BINDING) {
    self->stats.bad_messages++;
  } else if (message.class_ == RTC_STUN_REQUEST) {
    mux_handle_check (self, now, flow, &message, out);
  } else {
    session = rtc_ice_mux_find_flow (self, flow);
    if (message.class_ == RTC_STUN_INDICATION && session != NULL) {
      rtc_ice_lite_handle_packet (&session->lite, now, flow);
    } else if (session != NULL
               && rtc_ice_lite_handle_answer (&session->lite, now, flow, &message)) {
      out->session = session;
      out->kind = RTC_ICE_MUX_STUN;
    } else {
      self->stats.bad_messages++;
    }
  }
}

void
rtc_ice_mux_handle_datagram (RtcIceMux *self, GstClockTime now, const RtcIceFlow *flow,
    const guint8 *data, gsize len, RtcIceMuxResult *out)
{
  RtcIceMuxSession *session;

  out->kind = RTC_ICE_MUX_DROPPED;
  out->session = NULL;
  out->reply_len = 0;
  out->ask_len = 0;
  if (rtc_demux_classify (data, len) == RTC_DEMUX_STUN) {
    mux_handle_stun (self, now, flow, data, len, out);
    return;
  }
  session = rtc_ice_mux_find_flow (self, flow);
  if (session == NULL || !rtc_ice_lite_handle_packet (&session->lite, now, flow)) {
    self->stats.strange_packets++;
    return;
  }
  self->stats.packets++;
  out->session = session;
  out->kind = RTC_ICE_MUX_PACKET;
}

void
rtc_ice_mux_get_stats (const RtcIceMux *self, RtcIceMuxStats *out)
{
  *out = self->stats;
  out->n_sessions = self->n_sessions;
  out->n_flows = g_hash_table_size (self->flows);
}
