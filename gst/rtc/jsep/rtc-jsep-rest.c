/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/jsep/rtc-jsep-private.h"

#include <string.h>

/* rtc-jsep-rest.c: the descriptions in force, as text while nobody negotiates. Most peers never do
 * again. */

void
rtc_jsep_forget_candidates (RtcSdp *sdp)
{
  for (guint i = 0; i < rtc_sdp_n_sections (sdp); i++) {
    RtcSdpSection *s = rtc_sdp_section (sdp, i);

    g_array_set_size (s->candidates, 0);
    s->end_of_candidates = FALSE;
  }
}

/* It has the ICE password. */
static void
free_text (gchar *text)
{
  explicit_bzero (text, strlen (text));
  g_free (text);
}

static gpointer
rest_one (const RtcJsep *self, const RtcSdp *sdp)
{
  gchar *text = rtc_sdp_write (sdp);
  gpointer kept = self->config.texts->keep (text);

  free_text (text);
  return kept;
}

/* What was written is read again, whatever it is: none is an empty one. */
static RtcSdp *
wake_one (const RtcJsep *self, gconstpointer kept)
{
  gchar *text = self->config.texts->read (kept);
  RtcSdp *sdp = rtc_sdp_parse (text, strlen (text), NULL);

  free_text (text);
  return sdp;
}

static RtcSdpSection *
transport_section (const RtcSdp *sdp)
{
  gint index = rtc_jsep_answer_transport (sdp);

  return index >= 0 ? rtc_sdp_section (sdp, (guint) index) : NULL;
}

/* Candidates that are in local, which is to be the text, and that nobody has added since. */
static void
rest_candidates (RtcJsep *self, const RtcSdp *local)
{
  const RtcSdpSection *s = transport_section (local);

  if (s == NULL || s->candidates->len == 0)
    return;
  self->text_has_candidates = TRUE;
  g_array_unref (self->local_candidates);
  self->local_candidates = g_array_new (FALSE, FALSE, sizeof (RtcCandidate));
}

static void
wake_candidates (RtcJsep *self)
{
  const RtcSdpSection *s = transport_section (self->current_local);

  if (self->text_has_candidates && s != NULL)
    g_array_append_vals (self->local_candidates, s->candidates->data, s->candidates->len);
  self->text_has_candidates = FALSE;
  rtc_jsep_forget_candidates (self->current_local);
}

void
rtc_jsep_rest (RtcJsep *self)
{
  RtcSdp *local;

  if (self->config.texts == NULL || self->state != RTC_JSEP_STATE_STABLE
      || self->current_local == NULL)
    return;
  /* With its candidates: so it is what the shell has said, and keeps, too. */
  local = rtc_jsep_get_local_description (self);
  self->local_text = rest_one (self, local);
  self->remote_text = rest_one (self, self->current_remote);
  rest_candidates (self, local);
  rtc_sdp_free (local);
  g_clear_pointer (&self->current_local, rtc_sdp_free);
  g_clear_pointer (&self->current_remote, rtc_sdp_free);
}

void
rtc_jsep_wake (RtcJsep *self)
{
  if (self->local_text == NULL)
    return;
  self->current_local = wake_one (self, self->local_text);
  self->current_remote = wake_one (self, self->remote_text);
  /* It was, written anew, more than a description may be: as if nothing were in force. */
  if (self->current_local == NULL || self->current_remote == NULL) {
    rtc_sdp_free (self->current_local);
    rtc_sdp_free (self->current_remote);
    self->current_local = rtc_sdp_new ();
    self->current_remote = rtc_sdp_new ();
  }
  wake_candidates (self);
  rtc_jsep_forget_texts (self);
}

gchar *
rtc_jsep_write_local_description (RtcJsep *self)
{
  RtcSdp *sdp;
  gchar *text;

  if (self->local_text != NULL)
    return self->config.texts->read (self->local_text);
  sdp = rtc_jsep_get_local_description (self);
  text = sdp != NULL ? rtc_sdp_write (sdp) : NULL;
  rtc_sdp_free (sdp);
  rtc_jsep_rest (self);
  return text;
}

void
rtc_jsep_forget_texts (RtcJsep *self)
{
  if (self->local_text == NULL)
    return;
  self->config.texts->forget (g_steal_pointer (&self->local_text));
  self->config.texts->forget (g_steal_pointer (&self->remote_text));
}
