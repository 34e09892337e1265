/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/jsep/rtc-transceiver.h"

#include <string.h>

#include "gst/rtc/jsep/rtc-jsep-private.h"

/* --- for jsep/ --- */

static gsize
config_size (guint n_codecs)
{
  return G_STRUCT_OFFSET (RtcTransceiverConfig, codecs) + n_codecs * sizeof (RtcCodec);
}

RtcTransceiver *
rtc_transceiver_new (const RtcTransceiverConfig *config)
{
  RtcTransceiver *self = g_new0 (RtcTransceiver, 1);
  guint n = MIN (config->n_codecs, RTC_TRANSCEIVER_MAX_CODECS);

  self->config = g_memdup2 (config, config_size (n));
  self->config->n_codecs = n;
  self->mline = self->negotiated.mline = -1;
  self->negotiated.kind = config->kind;
  return self;
}

static void
negotiated_clear (RtcNegotiated *self)
{
  g_free (self->send_codecs);
  g_free (self->receive_codecs);
  g_free (self->remote_ssrcs);
  g_free (self->remote_groups);
  g_free (self->remote_rids);
}

void
rtc_transceiver_free (RtcTransceiver *self)
{
  negotiated_clear (&self->negotiated);
  g_free (self->config);
  g_free (self);
}

void
rtc_transceiver_set_codecs (RtcTransceiver *self, const RtcCodec *codecs, guint n)
{
  self->config = g_realloc (self->config, config_size (n));
  self->config->n_codecs = n;
  memcpy (self->config->codecs, codecs, n * sizeof *codecs);
}

#define LIST_EQUAL(a, b, list, n)                                                                  \
  ((a)->n == (b)->n                                                                                \
      && ((a)->n == 0 || memcmp ((a)->list, (b)->list, (a)->n * sizeof *(a)->list) == 0))

static gboolean
negotiated_equal (const RtcNegotiated *a, const RtcNegotiated *b)
{
  RtcNegotiated flat;

  memcpy (&flat, b, sizeof flat);
  /* The same lists count as the same pointers. */
  flat.generation = a->generation;
  flat.send_codecs = a->send_codecs;
  flat.receive_codecs = a->receive_codecs;
  flat.remote_ssrcs = a->remote_ssrcs;
  flat.remote_groups = a->remote_groups;
  flat.remote_rids = a->remote_rids;
  return memcmp (a, &flat, sizeof flat) == 0 && LIST_EQUAL (a, b, send_codecs, n_send_codecs)
         && LIST_EQUAL (a, b, receive_codecs, n_receive_codecs)
         && LIST_EQUAL (a, b, remote_ssrcs, n_remote_ssrcs)
         && LIST_EQUAL (a, b, remote_groups, n_remote_groups)
         && LIST_EQUAL (a, b, remote_rids, n_remote_rids);
}

#define LIST_COPY(self, list, n)                                                                   \
  ((self)->list = g_memdup2 ((self)->list, (self)->n * sizeof *(self)->list))

gboolean
rtc_transceiver_agree (RtcTransceiver *self, const RtcNegotiated *agreed)
{
  RtcNegotiated *n = &self->negotiated;
  guint64 generation = n->generation + 1;

  if (negotiated_equal (n, agreed))
    return FALSE;
  negotiated_clear (n);
  /* Not by assignment, which need not copy what lies between the fields. */
  memcpy (n, agreed, sizeof *n);
  n->generation = generation;
  LIST_COPY (n, send_codecs, n_send_codecs);
  LIST_COPY (n, receive_codecs, n_receive_codecs);
  LIST_COPY (n, remote_ssrcs, n_remote_ssrcs);
  LIST_COPY (n, remote_groups, n_remote_groups);
  LIST_COPY (n, remote_rids, n_remote_rids);
  return TRUE;
}

/* --- public --- */

const RtcTransceiverConfig *
rtc_transceiver_get_config (const RtcTransceiver *self)
{
  return self->config;
}

const RtcNegotiated *
rtc_transceiver_get_negotiated (const RtcTransceiver *self)
{
  return &self->negotiated;
}

const gchar *
rtc_transceiver_get_mid (const RtcTransceiver *self)
{
  return self->mid;
}

gint
rtc_transceiver_get_mline (const RtcTransceiver *self)
{
  return self->mline;
}

gboolean
rtc_transceiver_is_stopped (const RtcTransceiver *self)
{
  return self->is_stopped;
}

gboolean
rtc_transceiver_is_from_remote (const RtcTransceiver *self)
{
  return self->is_from_remote;
}
