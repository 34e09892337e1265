/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE /* explicit_bzero() */
#include "gst/rtc/ice/rtc-ice-lite.h"

#include "gst/rtc/base/rtc-time.h"

/* Two of the peer's checks are missing, which loss alone does now and then; so nothing else may
 * come either (as rtc-nice-consent.h). */
#define DOUBT (10 * GST_SECOND)
#define DOUBT_QUIET (5 * GST_SECOND)

const gchar *
rtc_ice_state_to_string (RtcIceState state)
{
  static const gchar *const names[] = {
    [RTC_ICE_STATE_NEW] = "new",
    [RTC_ICE_STATE_CHECKING] = "checking",
    [RTC_ICE_STATE_CONNECTED] = "connected",
    [RTC_ICE_STATE_COMPLETED] = "completed",
    [RTC_ICE_STATE_DISCONNECTED] = "disconnected",
    [RTC_ICE_STATE_FAILED] = "failed",
    [RTC_ICE_STATE_CLOSED] = "closed",
  };

  return names[state];
}

/* RFC 8445 5.1.2.1, 7.1.1: as a peer-reflexive candidate's. */
#define ASK_PRIORITY (110u << 24 | 65535u << 8 | 255u)

gboolean
rtc_ice_flow_equal (const RtcIceFlow *a, const RtcIceFlow *b)
{
  return a->connection == b->connection && rtc_address_equal (&a->remote, &b->remote)
         && rtc_address_equal (&a->local, &b->local);
}

guint
rtc_ice_flow_hash (const RtcIceFlow *self)
{
  return (rtc_address_hash (&self->remote) * 31 + rtc_address_hash (&self->local)) * 31
         + (guint) self->connection;
}

/* --- life --- */

static void
lite_new_credentials (RtcIceLite *self, RtcRandom *random)
{
  rtc_random_ice_chars (random, self->local.ufrag, RTC_ICE_LITE_UFRAG_CHARS);
  rtc_random_ice_chars (random, self->local.pwd, RTC_ICE_LITE_PWD_CHARS);
}

void
rtc_ice_lite_init (RtcIceLite *self, RtcRandom *random)
{
  memset (self, 0, sizeof *self);
  self->selected = -1;
  self->consent = GST_CLOCK_TIME_NONE;
  lite_new_credentials (self, random);
}

/* Not inline: gcc 12 with -fsanitize takes a credentials' size for an overflow of its first member.
 */
static G_GNUC_NO_INLINE void
lite_forget (RtcIceLiteCredentials *self)
{
  explicit_bzero (self, sizeof *self);
}

void
rtc_ice_lite_clear (RtcIceLite *self)
{
  lite_forget (&self->local);
  lite_forget (&self->previous);
  explicit_bzero (self->remote_pwd, sizeof self->remote_pwd);
}

/* After a check over the selected flow, or without one. */
static void
lite_set_state (RtcIceLite *self)
{
  if (!self->has_remote)
    self->state = RTC_ICE_STATE_NEW;
  else if (self->selected < 0)
    self->state = RTC_ICE_STATE_CHECKING;
  else
    self->state = self->is_nominated ? RTC_ICE_STATE_COMPLETED : RTC_ICE_STATE_CONNECTED;
}

void
rtc_ice_lite_set_remote (RtcIceLite *self, const gchar *ufrag, const gchar *pwd)
{
  self->has_remote = TRUE;
  g_strlcpy (self->remote_ufrag, ufrag, sizeof self->remote_ufrag);
  g_strlcpy (self->remote_pwd, pwd, sizeof self->remote_pwd);
  if (self->state == RTC_ICE_STATE_NEW)
    lite_set_state (self);
}

void
rtc_ice_lite_restart (RtcIceLite *self, RtcRandom *random)
{
  if (self->state == RTC_ICE_STATE_FAILED) {
    lite_forget (&self->previous);
    self->n_flows = 0;
    self->selected = -1;
    self->consent = GST_CLOCK_TIME_NONE;
    lite_set_state (self);
  } else if (self->previous.ufrag[0] == '\0') {
    self->previous = self->local;
  }
  self->is_nominated = FALSE;
  lite_new_credentials (self, random);
}

/* --- flows --- */

static gint
lite_find_flow (const RtcIceLite *self, const RtcIceFlow *flow)
{
  for (guint i = 0; i < self->n_flows; i++) {
    if (rtc_ice_flow_equal (&self->flows[i].flow, flow))
      return (gint) i;
  }
  return -1;
}

static gint
lite_find_oldest (const RtcIceLite *self)
{
  gint oldest = -1;

  for (gint i = 0; i < (gint) self->n_flows; i++) {
    if (i != self->selected && (oldest < 0 || self->flows[i].checked < self->flows[oldest].checked))
      oldest = i;
  }
  return oldest;
}

static gint
lite_learn_flow (RtcIceLite *self, const RtcIceFlow *flow, RtcIceLiteOutcome *out)
{
  gint i = lite_find_flow (self, flow);

  if (i >= 0)
    return i;
  if (self->n_flows < RTC_ICE_LITE_MAX_FLOWS) {
    i = (gint) self->n_flows++;
  } else {
    i = lite_find_oldest (self);
    out->has_lost = TRUE;
    out->lost = self->flows[i].flow;
  }
  self->flows[i] = (RtcIceLiteFlow){ .flow = *flow, .asked = GST_CLOCK_TIME_NONE };
  return i;
}

/* The selected flow has gone. */
static void
lite_fall_back (RtcIceLite *self)
{
  self->selected = -1;
  for (guint k = 0; k < self->n_flows; k++) {
    const RtcIceLiteFlow *flow = &self->flows[k];

    if (flow->has_answered
        && (self->selected < 0 || flow->checked > self->flows[self->selected].checked))
      self->selected = (gint) k;
  }
  if (self->selected >= 0) {
    self->consent = self->flows[self->selected].checked;
    self->moves += self->is_nominated;
  } else if (self->state == RTC_ICE_STATE_CONNECTED || self->state == RTC_ICE_STATE_COMPLETED) {
    self->state = RTC_ICE_STATE_DISCONNECTED;
  }
}

void
rtc_ice_lite_remove_flow (RtcIceLite *self, const RtcIceFlow *flow)
{
  gint i = lite_find_flow (self, flow), last = (gint) self->n_flows - 1;
  gboolean was_selected = i >= 0 && self->selected == i;

  if (i < 0)
    return;
  if (self->selected == last)
    self->selected = i;
  self->flows[i] = self->flows[last];
  self->n_flows--;
  if (was_selected)
    lite_fall_back (self);
}

GstClockTime
rtc_ice_lite_get_heard (const RtcIceLite *self, const RtcIceFlow *flow)
{
  gint i = lite_find_flow (self, flow);

  return i < 0 ? GST_CLOCK_TIME_NONE : self->flows[i].heard;
}

const RtcIceLiteFlow *
rtc_ice_lite_get_selected (const RtcIceLite *self)
{
  return self->selected < 0 || self->state == RTC_ICE_STATE_FAILED ? NULL
                                                                   : &self->flows[self->selected];
}

/* --- checks --- */

static gboolean
is_for (const RtcStunMessage *check, const gchar *ufrag)
{
  gsize len = strlen (ufrag);

  return len > 0 && check->username != NULL && check->username_len > len
         && check->username[len] == ':' && memcmp (check->username, ufrag, len) == 0;
}

const RtcIceLiteCredentials *
rtc_ice_lite_find_credentials (const RtcIceLite *self, const RtcStunMessage *check)
{
  if (is_for (check, self->local.ufrag))
    return &self->local;
  return is_for (check, self->previous.ufrag) ? &self->previous : NULL;
}

/* Whether it is time to follow the peer to a flow that it does not nominate. */
static gboolean
lite_is_quiet (const RtcIceLite *self, GstClockTime now)
{
  return self->selected < 0
         || rtc_time_elapsed (self->flows[self->selected].heard, now) >= RTC_ICE_LITE_QUIET;
}

/* At once, or when the flow has answered: see the header. */
static void
lite_select (RtcIceLite *self, gint i)
{
  RtcIceLiteFlow *flow = &self->flows[i];

  if (self->selected == i)
    return;
  if (self->was_selected && self->has_remote && !flow->has_answered) {
    flow->is_wanted = TRUE;
    return;
  }
  /* What was wanted before is not any more. */
  for (guint k = 0; k < self->n_flows; k++)
    self->flows[k].is_wanted = FALSE;
  self->moves += self->was_selected && self->is_nominated;
  self->was_selected = TRUE;
  self->selected = i;
}

/* What an accepted check with the present credentials, or the previous ones, says. */
static void
lite_handle_accepted (RtcIceLite *self, GstClockTime now, gint i, const RtcStunMessage *check,
    gboolean is_present, RtcIceLiteOutcome *out)
{
  RtcIceLiteFlow *flow = &self->flows[i];
  gboolean nominates = check->use_candidate && is_present;

  if (nominates || lite_is_quiet (self, now))
    lite_select (self, i);
  flow->priority = check->priority;
  flow->checked = flow->heard = now;
  if (nominates) {
    self->is_nominated = TRUE;
    out->is_restarted = self->previous.ufrag[0] != '\0';
    lite_forget (&self->previous);
  }
  if (self->selected == i) {
    self->consent = now;
    lite_set_state (self);
  }
}

void
rtc_ice_lite_handle_check (RtcIceLite *self, GstClockTime now, const RtcIceFlow *flow,
    const RtcStunMessage *check, guint8 *reply, RtcIceLiteOutcome *out)
{
  const RtcIceLiteCredentials *credentials = rtc_ice_lite_find_credentials (self, check);
  gboolean is_present = credentials == &self->local;
  gchar pwd[RTC_ICE_LITE_PWD_CHARS + 1];
  RtcWriter w;

  memset (out, 0, sizeof *out);
  if (credentials == NULL || self->state == RTC_ICE_STATE_FAILED
      || !rtc_stun_is_authentic (check, credentials->pwd))
    return;
  memcpy (pwd, credentials->pwd, sizeof pwd); /* which nomination may forget */
  out->is_authentic = TRUE;
  self->checks++;
  w = rtc_stun_begin (reply, RTC_STUN_MAX_BYTES, RTC_STUN_ERROR, check->id);
  if (check->n_unknown > 0) {
    rtc_stun_write_error (&w, 420, "Unknown Attribute");
    rtc_stun_write_unknown (&w, check->unknown, check->n_unknown);
  } else if (check->role == RTC_STUN_ROLE_CONTROLLED) {
    /* RFC 8445 6.1.1: opposite a lite agent the full one "MUST take the controlling role", so
     * tie-breakers do not matter (7.3.1.1). */
    self->conflicts++;
    rtc_stun_write_error (&w, 487, "Role Conflict");
  } else {
    lite_handle_accepted (self, now, lite_learn_flow (self, flow, out), check, is_present, out);
    w = rtc_stun_begin (reply, RTC_STUN_MAX_BYTES, RTC_STUN_SUCCESS, check->id);
    rtc_stun_write_mapped (&w, &flow->remote);
  }
  out->reply_len = rtc_stun_end (&w, pwd);
  explicit_bzero (pwd, sizeof pwd);
}

/* --- asking back --- */

static gsize
lite_write_ask (
    RtcIceLite *self, GstClockTime now, RtcIceLiteFlow *flow, RtcRandom *random, guint8 *data)
{
  RtcWriter w;

  self->asked++;
  flow->asked = now;
  rtc_random_fill (random, flow->id, RTC_STUN_ID_BYTES);
  w = rtc_stun_begin (data, RTC_STUN_MAX_BYTES, RTC_STUN_REQUEST, flow->id);
  rtc_stun_write_username (&w, self->remote_ufrag, self->local.ufrag);
  rtc_stun_write_priority (&w, ASK_PRIORITY);
  /* The lowest tie-breaker, so that who believes to be controlled, too, turns (7.3.1.1). */
  rtc_stun_write_role (&w, RTC_STUN_ROLE_CONTROLLED, 0);
  return rtc_stun_end (&w, self->remote_pwd);
}

gsize
rtc_ice_lite_ask (
    RtcIceLite *self, GstClockTime now, const RtcIceFlow *flow, RtcRandom *random, guint8 *data)
{
  gint i = lite_find_flow (self, flow);
  gdouble seconds = (gdouble) rtc_time_elapsed (self->ask_time, now) / GST_SECOND;

  if (i < 0 || !self->has_remote || self->flows[i].has_answered
      || self->state == RTC_ICE_STATE_FAILED)
    return 0;
  self->ask_tokens =
      MIN (self->ask_tokens + seconds * RTC_ICE_LITE_ASK_RATE, RTC_ICE_LITE_ASK_BURST);
  self->ask_time = now;
  if (self->ask_tokens < 1)
    return 0;
  self->ask_tokens -= 1;
  return lite_write_ask (self, now, &self->flows[i], random, data);
}

/* When consent has to be asked for; NONE: not, as things are. */
static GstClockTime
lite_ask_time (const RtcIceLite *self)
{
  GstClockTime due = self->consent + RTC_ICE_LITE_ASK_AFTER, asked;

  if (self->selected < 0 || !self->has_remote || self->consent == GST_CLOCK_TIME_NONE
      || self->state == RTC_ICE_STATE_FAILED)
    return GST_CLOCK_TIME_NONE;
  asked = self->flows[self->selected].asked;
  return asked == GST_CLOCK_TIME_NONE ? due : MAX (due, asked + RTC_ICE_LITE_ASK_INTERVAL);
}

gsize
rtc_ice_lite_ask_consent (RtcIceLite *self, GstClockTime now, RtcRandom *random, guint8 *data)
{
  if (!rtc_time_is_due (lite_ask_time (self), now))
    return 0;
  return lite_write_ask (self, now, &self->flows[self->selected], random, data);
}

gboolean
rtc_ice_lite_handle_answer (
    RtcIceLite *self, GstClockTime now, const RtcIceFlow *flow, const RtcStunMessage *answer)
{
  gint i = lite_find_flow (self, flow);
  RtcIceLiteFlow *f = i < 0 ? NULL : &self->flows[i];

  if (f == NULL || f->asked == GST_CLOCK_TIME_NONE || self->state == RTC_ICE_STATE_FAILED
      || memcmp (answer->id, f->id, sizeof f->id) != 0
      || !rtc_stun_is_authentic (answer, self->remote_pwd))
    return FALSE;
  self->round_trip = rtc_time_elapsed (f->asked, now);
  self->answered++;
  f->asked = GST_CLOCK_TIME_NONE;
  f->heard = now;
  /* An error comes from there as well. */
  f->has_answered = TRUE;
  if (f->is_wanted) {
    lite_select (self, i);
    self->consent = f->checked;
  }
  if (self->selected == i) {
    /* RFC 7675 5.1: an error is no consent. */
    if (answer->class_ == RTC_STUN_SUCCESS)
      self->consent = now;
    lite_set_state (self);
  }
  return TRUE;
}

gboolean
rtc_ice_lite_handle_packet (RtcIceLite *self, GstClockTime now, const RtcIceFlow *flow)
{
  gint i = lite_find_flow (self, flow);

  if (i < 0 || self->state == RTC_ICE_STATE_FAILED)
    return FALSE;
  self->flows[i].heard = now;
  /* Consent stays with the check that gave it to the flow. */
  if (!self->is_nominated && self->selected != i && self->flows[i].has_answered) {
    lite_select (self, i);
    self->consent = self->flows[i].checked;
  }
  return TRUE;
}

/* --- time --- */

static GstClockTime
lite_doubt_time (const RtcIceLite *self)
{
  GstClockTime doubt = self->consent + DOUBT;

  return self->selected < 0 ? doubt : MAX (doubt, self->flows[self->selected].heard + DOUBT_QUIET);
}

GstClockTime
rtc_ice_lite_next_deadline (const RtcIceLite *self)
{
  GstClockTime expiry = self->consent + RTC_ICE_LITE_CONSENT_TIMEOUT;

  if (self->consent == GST_CLOCK_TIME_NONE || self->state == RTC_ICE_STATE_FAILED)
    return GST_CLOCK_TIME_NONE;
  expiry = rtc_time_min (expiry, lite_ask_time (self));
  return self->state == RTC_ICE_STATE_DISCONNECTED ? expiry
                                                   : rtc_time_min (lite_doubt_time (self), expiry);
}

void
rtc_ice_lite_handle_timeout (RtcIceLite *self, GstClockTime now)
{
  if (self->consent == GST_CLOCK_TIME_NONE || self->state == RTC_ICE_STATE_FAILED)
    return;
  if (now >= self->consent + RTC_ICE_LITE_CONSENT_TIMEOUT)
    self->state = RTC_ICE_STATE_FAILED;
  else if (now >= lite_doubt_time (self))
    self->state = RTC_ICE_STATE_DISCONNECTED;
}
