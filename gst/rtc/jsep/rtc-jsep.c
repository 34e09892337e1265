/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/jsep/rtc-jsep.h"

#include <string.h>

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/jsep/rtc-jsep-private.h"

#define GST_CAT_DEFAULT rtc_log_jsep

#define DEFAULT_MAX_MESSAGE_SIZE 262144

/* --- the state table (RFC 9429 3.2, webrtc-pc 4.4.1.5); pairs that are not here are refused --- */

static const struct {
  RtcJsepState from;
  gboolean is_local;
  RtcSdpType type;
  RtcJsepState to;
} transitions[] = {
  { RTC_JSEP_STATE_STABLE, TRUE, RTC_SDP_TYPE_OFFER, RTC_JSEP_STATE_HAVE_LOCAL_OFFER },
  { RTC_JSEP_STATE_STABLE, FALSE, RTC_SDP_TYPE_OFFER, RTC_JSEP_STATE_HAVE_REMOTE_OFFER },
  { RTC_JSEP_STATE_HAVE_LOCAL_OFFER, TRUE, RTC_SDP_TYPE_OFFER, RTC_JSEP_STATE_HAVE_LOCAL_OFFER },
  { RTC_JSEP_STATE_HAVE_LOCAL_OFFER, TRUE, RTC_SDP_TYPE_ROLLBACK, RTC_JSEP_STATE_STABLE },
  { RTC_JSEP_STATE_HAVE_LOCAL_OFFER, FALSE, RTC_SDP_TYPE_ANSWER, RTC_JSEP_STATE_STABLE },
  { RTC_JSEP_STATE_HAVE_LOCAL_OFFER, FALSE, RTC_SDP_TYPE_PRANSWER,
      RTC_JSEP_STATE_HAVE_REMOTE_PRANSWER },
  { RTC_JSEP_STATE_HAVE_REMOTE_OFFER, FALSE, RTC_SDP_TYPE_OFFER, RTC_JSEP_STATE_HAVE_REMOTE_OFFER },
  { RTC_JSEP_STATE_HAVE_REMOTE_OFFER, FALSE, RTC_SDP_TYPE_ROLLBACK, RTC_JSEP_STATE_STABLE },
  { RTC_JSEP_STATE_HAVE_REMOTE_OFFER, TRUE, RTC_SDP_TYPE_ANSWER, RTC_JSEP_STATE_STABLE },
  { RTC_JSEP_STATE_HAVE_REMOTE_OFFER, TRUE, RTC_SDP_TYPE_PRANSWER,
      RTC_JSEP_STATE_HAVE_LOCAL_PRANSWER },
  { RTC_JSEP_STATE_HAVE_LOCAL_PRANSWER, TRUE, RTC_SDP_TYPE_PRANSWER,
      RTC_JSEP_STATE_HAVE_LOCAL_PRANSWER },
  { RTC_JSEP_STATE_HAVE_LOCAL_PRANSWER, TRUE, RTC_SDP_TYPE_ANSWER, RTC_JSEP_STATE_STABLE },
  { RTC_JSEP_STATE_HAVE_REMOTE_PRANSWER, FALSE, RTC_SDP_TYPE_PRANSWER,
      RTC_JSEP_STATE_HAVE_REMOTE_PRANSWER },
  { RTC_JSEP_STATE_HAVE_REMOTE_PRANSWER, FALSE, RTC_SDP_TYPE_ANSWER, RTC_JSEP_STATE_STABLE },
};

gboolean
rtc_jsep_next_state (RtcJsepState state, gboolean is_local, RtcSdpType type, RtcJsepState *next)
{
  for (guint i = 0; i < G_N_ELEMENTS (transitions); i++) {
    if (transitions[i].from == state && transitions[i].is_local == !!is_local
        && transitions[i].type == type) {
      *next = transitions[i].to;
      return TRUE;
    }
  }
  return FALSE;
}

const gchar *
rtc_jsep_state_to_string (RtcJsepState state)
{
  static const gchar *const names[] = { "stable", "have-local-offer", "have-remote-offer",
    "have-local-pranswer", "have-remote-pranswer", "closed" };

  return names[state];
}

static const gchar *
type_to_string (RtcSdpType type)
{
  static const gchar *const names[] = { "offer", "pranswer", "answer", "rollback" };

  return names[type];
}

static void
set_state (RtcJsep *self, RtcJsepState state, const gchar *reason)
{
  if (self->state == state)
    return;
  GST_INFO ("p%" G_GUINT64_FORMAT ": %s -> %s (%s)", self->config.peer_id,
      rtc_jsep_state_to_string (self->state), rtc_jsep_state_to_string (state), reason);
  self->state = state;
}

/* --- life ------------------------------------------------------------------------------------ */

RtcJsep *
rtc_jsep_new (const RtcJsepConfig *config)
{
  RtcJsep *self = g_new0 (RtcJsep, 1);

  rtc_log_init ();
  self->config = *config;
  self->config.receive_codecs =
      g_memdup2 (config->receive_codecs, config->n_receive_codecs * sizeof (RtcCodec));
  if (self->config.max_sections == 0 || self->config.max_sections > RTC_SDP_MAX_SECTIONS)
    self->config.max_sections = RTC_SDP_MAX_SECTIONS;
  if (self->config.max_message_size == 0)
    self->config.max_message_size = DEFAULT_MAX_MESSAGE_SIZE;
  /* "a 64-bit quantity with the highest bit being set to zero" (RFC 9429 5.2.1) */
  self->session_id = rtc_random_u64 (config->random) >> 1;
  rtc_random_ice_chars (config->random, self->tls_id, sizeof self->tls_id - 1);
  self->config.random = NULL;
  self->transceivers = g_ptr_array_new_with_free_func ((GDestroyNotify) rtc_transceiver_free);
  self->local_candidates = g_array_new (FALSE, FALSE, sizeof (RtcCandidate));
  self->transport.remote_candidates = g_array_new (FALSE, FALSE, sizeof (RtcCandidate));
  self->transport.data_mline = -1;
  self->wants_data = config->offer_data_section && config->data_channels;
  return self;
}

void
rtc_jsep_free (RtcJsep *self)
{
  if (self == NULL)
    return;
  rtc_sdp_free (self->current_local);
  rtc_sdp_free (self->current_remote);
  rtc_jsep_forget_texts (self);
  rtc_sdp_free (self->pending_local);
  rtc_sdp_free (self->pending_remote);
  rtc_sdp_free (self->last_local);
  rtc_sdp_free (self->created);
  g_clear_pointer (&self->saved, g_array_unref);
  g_ptr_array_unref (self->transceivers);
  g_array_unref (self->local_candidates);
  g_array_unref (self->transport.remote_candidates);
  g_free (self->transport.fingerprints);
  g_free ((gpointer) self->config.receive_codecs);
  explicit_bzero (self->ice_pwd, sizeof self->ice_pwd);
  explicit_bzero (self->transport.remote_pwd, sizeof self->transport.remote_pwd);
  g_free (self);
}

RtcJsepState
rtc_jsep_get_state (const RtcJsep *self)
{
  return self->state;
}

void
rtc_jsep_close (RtcJsep *self)
{
  set_state (self, RTC_JSEP_STATE_CLOSED, "close");
}

/* --- transceivers ---------------------------------------------------------------------------- */

guint
rtc_jsep_add_transceiver (RtcJsep *self, const RtcTransceiverConfig *config)
{
  g_ptr_array_add (self->transceivers, rtc_transceiver_new (config));
  if (self->state == RTC_JSEP_STATE_HAVE_REMOTE_OFFER)
    rtc_jsep_associate_remote (self, self->pending_remote);
  return self->transceivers->len - 1;
}

guint
rtc_jsep_get_n_transceivers (const RtcJsep *self)
{
  return self->transceivers->len;
}

RtcTransceiver *
rtc_jsep_get_transceiver (const RtcJsep *self, guint index)
{
  g_return_val_if_fail (index < self->transceivers->len, NULL);
  return rtc_jsep_transceiver (self, index);
}

gint
rtc_jsep_find_transceiver_index (const RtcJsep *self, const gchar *mid)
{
  for (guint i = 0; mid != NULL && mid[0] != '\0' && i < self->transceivers->len; i++)
    if (rtc_jsep_transceiver (self, i)->mline >= 0
        && strcmp (rtc_jsep_transceiver (self, i)->mid, mid) == 0)
      return (gint) i;
  return -1;
}

RtcTransceiver *
rtc_jsep_find_transceiver (const RtcJsep *self, const gchar *mid)
{
  gint index = rtc_jsep_find_transceiver_index (self, mid);

  return index >= 0 ? rtc_jsep_transceiver (self, (guint) index) : NULL;
}

RtcTransceiver *
rtc_jsep_find_mline (const RtcJsep *self, gint mline)
{
  for (guint i = 0; i < self->transceivers->len; i++)
    if (rtc_jsep_transceiver (self, i)->mline == mline)
      return rtc_jsep_transceiver (self, i);
  return NULL;
}

void
rtc_jsep_set_direction (RtcJsep *self, guint index, RtcDirection direction)
{
  g_return_if_fail (index < self->transceivers->len);
  rtc_jsep_transceiver (self, index)->config->direction = direction;
}

RtcResult
rtc_jsep_set_codecs (RtcJsep *self, guint index, const RtcCodec *codecs, guint n_codecs)
{
  RtcTransceiver *t;

  g_return_val_if_fail (index < self->transceivers->len, RTC_ERR_STATE);
  if (n_codecs == 0 || n_codecs > RTC_TRANSCEIVER_MAX_CODECS)
    return RTC_ERR_LIMIT;
  t = rtc_jsep_transceiver (self, index);
  rtc_transceiver_set_codecs (t, codecs, n_codecs);
  t->codecs_changed = TRUE;
  return RTC_OK;
}

void
rtc_jsep_stop_transceiver (RtcJsep *self, guint index)
{
  RtcTransceiver *t;

  g_return_if_fail (index < self->transceivers->len);
  t = rtc_jsep_transceiver (self, index);
  t->is_stopping = TRUE;
  if (t->mline < 0)
    t->is_stopped = TRUE;
}

void
rtc_jsep_add_data_section (RtcJsep *self)
{
  self->wants_data = self->config.data_channels;
}

/* --- ICE ------------------------------------------------------------------------------------- */

RtcResult
rtc_jsep_set_local_ice (RtcJsep *self, const gchar *ufrag, const gchar *pwd)
{
  gsize ufrag_len = strlen (ufrag), pwd_len = strlen (pwd);

  if (ufrag_len < 4 || ufrag_len > 256 || pwd_len < 22 || pwd_len > 256)
    return RTC_ERR_PARSE;
  rtc_jsep_wake (self);
  g_strlcpy (self->ice_ufrag, ufrag, sizeof self->ice_ufrag);
  g_strlcpy (self->ice_pwd, pwd, sizeof self->ice_pwd);
  g_array_set_size (self->local_candidates, 0);
  self->gathering_complete = FALSE;
  return RTC_OK;
}

void
rtc_jsep_add_local_candidate (RtcJsep *self, const RtcCandidate *candidate)
{
  rtc_jsep_wake (self);
  if (self->local_candidates->len < RTC_SDP_MAX_CANDIDATES)
    g_array_append_vals (self->local_candidates, candidate, 1);
}

void
rtc_jsep_set_gathering_complete (RtcJsep *self)
{
  rtc_jsep_wake (self);
  self->gathering_complete = TRUE;
}

/* --- applying -------------------------------------------------------------------------------- */

void
rtc_jsep_note_created (RtcJsep *self, RtcSdpType type, const RtcSdp *sdp)
{
  rtc_sdp_free (self->created);
  self->created = rtc_sdp_copy (sdp);
  self->created_type = type;
}

/* Before the first offer of a round: what a rollback gives back. */
static void
save (RtcJsep *self)
{
  g_clear_pointer (&self->saved, g_array_unref);
  self->saved = g_array_new (FALSE, TRUE, sizeof (RtcJsepSaved));
  for (guint i = 0; i < self->transceivers->len; i++) {
    const RtcTransceiver *t = rtc_jsep_transceiver (self, i);
    RtcJsepSaved entry = { "", t->mline };

    g_strlcpy (entry.mid, t->mid, sizeof entry.mid);
    g_array_append_val (self->saved, entry);
  }
}

/* m-lines as they were before the offer. Transceivers added since keep none; those that the
 * offer itself made are stopped, since indices stay. */
static void
restore (RtcJsep *self)
{
  for (guint i = 0; i < self->transceivers->len; i++) {
    RtcTransceiver *t = rtc_jsep_transceiver (self, i);

    if (i < self->saved->len) {
      const RtcJsepSaved *entry = &g_array_index (self->saved, RtcJsepSaved, i);

      g_strlcpy (t->mid, entry->mid, sizeof t->mid);
      t->mline = entry->mline;
    } else {
      t->mid[0] = '\0';
      t->mline = -1;
      t->is_stopped |= t->is_from_remote;
    }
  }
}

static void
rollback (RtcJsep *self)
{
  restore (self);
  g_clear_pointer (&self->saved, g_array_unref);
  g_clear_pointer (&self->pending_local, rtc_sdp_free);
  g_clear_pointer (&self->pending_remote, rtc_sdp_free);
  g_clear_pointer (&self->created, rtc_sdp_free);
  self->transport.remote_restarts = FALSE;
}

static void
take (RtcSdp **place, RtcSdp *sdp)
{
  rtc_sdp_free (*place);
  *place = sdp;
}

/* Our own candidates are kept apart, see rtc_jsep_get_local_description(). */
static RtcSdp *
copy_local (const RtcSdp *sdp)
{
  RtcSdp *copy = rtc_sdp_copy (sdp);

  rtc_jsep_forget_candidates (copy);
  return copy;
}

static void
apply_offer (RtcJsep *self, gboolean is_local, const RtcSdp *sdp)
{
  if (self->state == RTC_JSEP_STATE_STABLE)
    save (self);
  if (is_local) {
    rtc_jsep_associate_local (self, sdp);
    take (&self->pending_local, copy_local (sdp));
    return;
  }
  if (self->state == RTC_JSEP_STATE_HAVE_REMOTE_OFFER)
    restore (self);
  take (&self->pending_remote, rtc_sdp_copy (sdp));
  rtc_jsep_associate_remote (self, self->pending_remote);
  self->transport.remote_restarts = FALSE;
  if (self->current_remote != NULL && self->transport.remote_ufrag[0] != '\0') {
    gint index = rtc_jsep_answer_transport (sdp);
    const RtcSdpSection *s = index >= 0 ? rtc_jsep_transport_source (sdp, (guint) index) : NULL;

    self->transport.remote_restarts =
        s != NULL && strcmp (s->ice_ufrag, self->transport.remote_ufrag) != 0;
  }
}

static gboolean
has_application (const RtcSdp *sdp)
{
  for (guint i = 0; sdp != NULL && i < rtc_sdp_n_sections (sdp); i++)
    if (rtc_sdp_section (sdp, i)->kind == RTC_MEDIA_APPLICATION
        && rtc_sdp_section (sdp, i)->protocol != RTC_SDP_PROTOCOL_FOREIGN)
      return TRUE;
  return FALSE;
}

static void
apply_answer (RtcJsep *self, gboolean is_local, gboolean is_final, const RtcSdp *sdp)
{
  if (is_local)
    take (&self->pending_local, copy_local (sdp));
  else
    take (&self->pending_remote, rtc_sdp_copy (sdp));
  rtc_jsep_agree (self, !is_local, is_final);
  if (!is_final)
    return;
  take (&self->current_local, g_steal_pointer (&self->pending_local));
  take (&self->current_remote, g_steal_pointer (&self->pending_remote));
  if (self->config.texts == NULL)
    rtc_sdp_forget_lists (self->current_remote);
  g_clear_pointer (&self->saved, g_array_unref);
  /* Refused data channels are not offered again unless asked for anew. */
  if (has_application (self->current_local) && !self->transport.has_data)
    self->wants_data = FALSE;
}

static RtcResult
set_description (
    RtcJsep *self, gboolean is_local, RtcSdpType type, const RtcSdp *sdp, GError **error)
{
  const gchar *side = is_local ? "local" : "remote";
  RtcJsepState next;
  RtcResult result;

  rtc_jsep_wake (self);
  if (!rtc_jsep_next_state (self->state, is_local, type, &next))
    return rtc_error (error, RTC_ERR_STATE, "a %s %s cannot be set in state %s", side,
        type_to_string (type), rtc_jsep_state_to_string (self->state));
  if (type == RTC_SDP_TYPE_ROLLBACK) {
    rollback (self);
    set_state (self, next, "rollback");
    return RTC_OK;
  }
  if (sdp == NULL)
    return rtc_error (
        error, RTC_ERR_PARSE, "a %s %s needs a description", side, type_to_string (type));
  result = is_local ? rtc_jsep_check_local (self, type, sdp, error)
                    : rtc_jsep_check_remote (self, type, sdp, error);
  if (result != RTC_OK)
    return result;

  if (type == RTC_SDP_TYPE_OFFER)
    apply_offer (self, is_local, sdp);
  else
    apply_answer (self, is_local, type == RTC_SDP_TYPE_ANSWER, sdp);
  if (next == RTC_JSEP_STATE_STABLE) {
    /* What is in force says the same, and there are many peers. */
    g_clear_pointer (&self->last_local, rtc_sdp_free);
    g_clear_pointer (&self->created, rtc_sdp_free);
  } else if (is_local) {
    take (&self->last_local, copy_local (sdp));
  }
  set_state (self, next, type_to_string (type));
  return RTC_OK;
}

RtcResult
rtc_jsep_set_local (RtcJsep *self, RtcSdpType type, const RtcSdp *sdp, GError **error)
{
  return set_description (self, TRUE, type, sdp, error);
}

RtcResult
rtc_jsep_set_remote (RtcJsep *self, RtcSdpType type, const RtcSdp *sdp, GError **error)
{
  return set_description (self, FALSE, type, sdp, error);
}

/* --- questions ------------------------------------------------------------------------------- */

static const RtcSdp *
local_in_force (RtcJsep *self)
{
  rtc_jsep_wake (self);
  return self->pending_local != NULL ? self->pending_local : self->current_local;
}

RtcSdp *
rtc_jsep_get_local_description (RtcJsep *self)
{
  const RtcSdp *local = local_in_force (self);
  gint index = local != NULL ? rtc_jsep_answer_transport (local) : -1;
  RtcSdp *copy = local != NULL ? rtc_sdp_copy (local) : NULL;

  /* Candidates belong to credentials: not into a description with other ones. */
  if (index >= 0
      && strcmp (rtc_sdp_section (copy, (guint) index)->ice_ufrag, self->ice_ufrag) == 0) {
    RtcSdpSection *s = rtc_sdp_section (copy, (guint) index);

    g_array_append_vals (s->candidates, self->local_candidates->data, self->local_candidates->len);
    s->end_of_candidates = self->gathering_complete;
  }
  return copy;
}

const RtcJsepTransport *
rtc_jsep_get_transport (const RtcJsep *self)
{
  return &self->transport;
}

const gchar *
rtc_jsep_get_bundle_mid (RtcJsep *self, gint *mline)
{
  const RtcSdp *local = local_in_force (self);
  gint index = local != NULL ? rtc_jsep_answer_transport (local) : -1;

  if (mline != NULL)
    *mline = index;
  return index >= 0 ? rtc_sdp_section (local, (guint) index)->mid : "";
}

/* Whether a new offer would say something else about t than was agreed. */
static gboolean
differs (const RtcJsep *self, const RtcTransceiver *t)
{
  const RtcSdpSection *local;

  if (t->is_stopped)
    return FALSE;
  if (t->mline < 0 || t->is_stopping || t->codecs_changed || self->current_local == NULL
      || t->mline >= (gint) rtc_sdp_n_sections (self->current_local))
    return TRUE;
  local = rtc_sdp_section (self->current_local, (guint) t->mline);
  if (local->direction == t->config->direction)
    return FALSE;
  /* We answered: what the offer did not leave us is no reason to ask for it again. */
  return local->direction
         != (t->config->direction
             & rtc_direction_reverse (
                 rtc_sdp_section (self->current_remote, (guint) t->mline)->direction));
}

gboolean
rtc_jsep_needs_negotiation (RtcJsep *self)
{
  gint index;

  rtc_jsep_wake (self);
  index = self->current_local != NULL ? rtc_jsep_answer_transport (self->current_local) : -1;
  if (self->wants_data && !has_application (self->current_local))
    return TRUE;
  if (index >= 0
      && strcmp (rtc_sdp_section (self->current_local, (guint) index)->ice_ufrag, self->ice_ufrag)
             != 0)
    return TRUE;
  for (guint i = 0; i < self->transceivers->len; i++)
    if (differs (self, rtc_jsep_transceiver (self, i)))
      return TRUE;
  return FALSE;
}

gchar *
rtc_jsep_describe (const RtcJsep *self)
{
  GString *s = g_string_new (NULL);

  for (guint i = 0; i < self->transceivers->len; i++) {
    const RtcTransceiver *t = rtc_jsep_transceiver (self, i);
    const RtcNegotiated *n = &t->negotiated;

    g_string_append_printf (s,
        "%s %u (mid \"%s\"): ", t->config->kind == RTC_MEDIA_AUDIO ? "audio" : "video", i, t->mid);
    if (n->generation == 0) {
      g_string_append (s, "not negotiated\n");
    } else if (n->is_rejected) {
      g_string_append_printf (s, "refused: %s\n", n->reason);
    } else {
      gchar *codec = rtc_codec_to_string (&n->send_codec);

      g_string_append_printf (s, "%s, %s, payload type %u%s\n",
          rtc_direction_to_string (n->direction), codec, n->send_codec.pt,
          n->send_rtx_pt >= 0 ? " with rtx" : "");
      g_free (codec);
    }
  }
  if (self->transport.has_data)
    g_string_append_printf (s, "data channels (mid \"%s\")\n", self->transport.data_mid);
  return g_string_free (s, FALSE);
}
