/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/sdp/rtc-sdp.h"

#include <string.h>

static void
extmap_clear (gpointer data)
{
  g_free (((RtcSdpExtmap *) data)->uri);
}

/* Overwrites a secret in a way that the compiler may not leave out. */
static void
wipe (gchar *text, gsize size)
{
  explicit_bzero (text, size);
}

static RtcSdpSection *
section_new (void)
{
  RtcSdpSection *self = g_new0 (RtcSdpSection, 1);

  self->protocol = RTC_SDP_PROTOCOL_UDP_TLS_RTP_SAVPF;
  self->port = 9;
  self->direction = RTC_DIRECTION_SENDRECV;
  self->codecs = g_array_new (FALSE, FALSE, sizeof (RtcCodec));
  self->extmaps = g_array_new (FALSE, FALSE, sizeof (RtcSdpExtmap));
  g_array_set_clear_func (self->extmaps, extmap_clear);
  self->fingerprints = g_array_new (FALSE, FALSE, sizeof (RtcDtlsFingerprint));
  self->candidates = g_array_new (FALSE, FALSE, sizeof (RtcCandidate));
  self->msids = g_array_new (FALSE, FALSE, sizeof (RtcSdpMsid));
  self->ssrcs = g_array_new (FALSE, FALSE, sizeof (RtcSdpSsrc));
  self->ssrc_groups = g_array_new (FALSE, FALSE, sizeof (RtcSdpSsrcGroup));
  self->rids = g_array_new (FALSE, FALSE, sizeof (RtcSdpRid));
  self->simulcast = g_array_new (FALSE, FALSE, sizeof (RtcSdpSimulcast));
  return self;
}

RtcSdp *
rtc_sdp_new (void)
{
  RtcSdp *self = g_new0 (RtcSdp, 1);

  g_strlcpy (self->user_name, "-", sizeof self->user_name);
  self->bundle = g_ptr_array_new_with_free_func (g_free);
  self->sections = g_ptr_array_new_with_free_func ((GDestroyNotify) rtc_sdp_section_free);
  return self;
}

void
rtc_sdp_free (RtcSdp *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->bundle);
  g_ptr_array_unref (self->sections);
  g_free (self);
}

RtcSdp *
rtc_sdp_copy (const RtcSdp *self)
{
  RtcSdp *copy = g_memdup2 (self, sizeof *self);

  copy->bundle = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->bundle->len; i++)
    g_ptr_array_add (copy->bundle, g_strdup (g_ptr_array_index (self->bundle, i)));
  copy->sections = g_ptr_array_new_with_free_func ((GDestroyNotify) rtc_sdp_section_free);
  for (guint i = 0; i < self->sections->len; i++)
    g_ptr_array_add (copy->sections, rtc_sdp_section_copy (rtc_sdp_section (self, i)));
  return copy;
}

static void
forget_list (GArray **list)
{
  guint size = g_array_get_element_size (*list);

  g_array_unref (*list);
  *list = g_array_new (FALSE, FALSE, size);
}

void
rtc_sdp_forget_lists (RtcSdp *self)
{
  for (guint i = 0; i < self->sections->len; i++) {
    RtcSdpSection *section = rtc_sdp_section (self, i);

    forget_list (&section->codecs);
    forget_list (&section->extmaps);
    g_array_set_clear_func (section->extmaps, extmap_clear);
    forget_list (&section->fingerprints);
    forget_list (&section->candidates);
    forget_list (&section->msids);
    forget_list (&section->ssrcs);
    forget_list (&section->ssrc_groups);
    forget_list (&section->rids);
    forget_list (&section->simulcast);
  }
}

RtcSdpSection *
rtc_sdp_section_copy (const RtcSdpSection *self)
{
  RtcSdpSection *copy = g_memdup2 (self, sizeof *self);

  copy->foreign_media = g_strdup (self->foreign_media);
  copy->foreign_protocol = g_strdup (self->foreign_protocol);
  copy->foreign_formats = g_strdup (self->foreign_formats);
  copy->codecs = g_array_copy (self->codecs);
  copy->extmaps = g_array_copy (self->extmaps);
  g_array_set_clear_func (copy->extmaps, extmap_clear);
  for (guint i = 0; i < copy->extmaps->len; i++) {
    RtcSdpExtmap *map = &g_array_index (copy->extmaps, RtcSdpExtmap, i);

    map->uri = g_strdup (map->uri);
  }
  copy->fingerprints = g_array_copy (self->fingerprints);
  copy->candidates = g_array_copy (self->candidates);
  copy->msids = g_array_copy (self->msids);
  copy->ssrcs = g_array_copy (self->ssrcs);
  copy->ssrc_groups = g_array_copy (self->ssrc_groups);
  copy->rids = g_array_copy (self->rids);
  copy->simulcast = g_array_copy (self->simulcast);
  return copy;
}

void
rtc_sdp_section_free (RtcSdpSection *self)
{
  if (self == NULL)
    return;
  g_free (self->foreign_media);
  g_free (self->foreign_protocol);
  g_free (self->foreign_formats);
  g_array_unref (self->codecs);
  g_array_unref (self->extmaps);
  g_array_unref (self->fingerprints);
  g_array_unref (self->candidates);
  g_array_unref (self->msids);
  g_array_unref (self->ssrcs);
  g_array_unref (self->ssrc_groups);
  g_array_unref (self->rids);
  g_array_unref (self->simulcast);
  wipe (self->ice_pwd, sizeof self->ice_pwd);
  g_free (self);
}

RtcSdpSection *
rtc_sdp_add_section (RtcSdp *self, RtcMediaKind kind, const gchar *mid)
{
  RtcSdpSection *section = section_new ();

  section->kind = kind;
  if (kind == RTC_MEDIA_APPLICATION)
    section->protocol = RTC_SDP_PROTOCOL_UDP_DTLS_SCTP;
  g_strlcpy (section->mid, mid != NULL ? mid : "", sizeof section->mid);
  g_ptr_array_add (self->sections, section);
  return section;
}

void
rtc_sdp_section_add_extmap (
    RtcSdpSection *self, guint8 id, RtcDirection direction, const gchar *uri)
{
  RtcSdpExtmap map = { id, direction, g_strdup (uri) };

  g_array_append_val (self->extmaps, map);
}

RtcSdpSection *
rtc_sdp_find_section (const RtcSdp *self, const gchar *mid)
{
  for (guint i = 0; mid != NULL && mid[0] != '\0' && i < self->sections->len; i++)
    if (strcmp (rtc_sdp_section (self, i)->mid, mid) == 0)
      return rtc_sdp_section (self, i);
  return NULL;
}

gboolean
rtc_sdp_is_bundled (const RtcSdp *self, const gchar *mid)
{
  return mid[0] != '\0' && g_ptr_array_find_with_equal_func (self->bundle, mid, g_str_equal, NULL);
}

gboolean
rtc_sdp_section_is_rejected (const RtcSdpSection *self)
{
  return self->port == 0 && !self->bundle_only;
}

RtcDirection
rtc_direction_reverse (RtcDirection direction)
{
  guint d = direction;

  return (RtcDirection) ((d & 1) << 1 | (d >> 1 & 1));
}

const gchar *
rtc_direction_to_string (RtcDirection direction)
{
  static const gchar *const names[] = { "inactive", "sendonly", "recvonly", "sendrecv" };

  return names[direction & 3];
}

/* --- equality -------------------------------------------------------------------------------- */

static gboolean
codecs_equal (const GArray *a, const GArray *b)
{
  for (guint i = 0; a->len == b->len && i < a->len; i++)
    if (!rtc_codec_equal (&g_array_index (a, RtcCodec, i), &g_array_index (b, RtcCodec, i)))
      return FALSE;
  return a->len == b->len;
}

static gboolean
extmaps_equal (const GArray *a, const GArray *b)
{
  for (guint i = 0; a->len == b->len && i < a->len; i++) {
    const RtcSdpExtmap *x = &g_array_index (a, RtcSdpExtmap, i);
    const RtcSdpExtmap *y = &g_array_index (b, RtcSdpExtmap, i);

    if (x->id != y->id || x->direction != y->direction || strcmp (x->uri, y->uri) != 0)
      return FALSE;
  }
  return a->len == b->len;
}

static gboolean
fingerprints_equal (const GArray *a, const GArray *b)
{
  for (guint i = 0; a->len == b->len && i < a->len; i++) {
    const RtcDtlsFingerprint *x = &g_array_index (a, RtcDtlsFingerprint, i);
    const RtcDtlsFingerprint *y = &g_array_index (b, RtcDtlsFingerprint, i);

    if (strcmp (x->algorithm, y->algorithm) != 0 || strcmp (x->value, y->value) != 0)
      return FALSE;
  }
  return a->len == b->len;
}

static gboolean
candidates_equal (const GArray *a, const GArray *b)
{
  for (guint i = 0; a->len == b->len && i < a->len; i++)
    if (!rtc_candidate_equal (
            &g_array_index (a, RtcCandidate, i), &g_array_index (b, RtcCandidate, i)))
      return FALSE;
  return a->len == b->len;
}

static gboolean
msids_equal (const GArray *a, const GArray *b)
{
  for (guint i = 0; a->len == b->len && i < a->len; i++) {
    const RtcSdpMsid *x = &g_array_index (a, RtcSdpMsid, i), *y = &g_array_index (b, RtcSdpMsid, i);

    if (strcmp (x->stream, y->stream) != 0 || strcmp (x->track, y->track) != 0)
      return FALSE;
  }
  return a->len == b->len;
}

static gboolean
ssrcs_equal (const RtcSdpSection *a, const RtcSdpSection *b)
{
  if (a->ssrcs->len != b->ssrcs->len || a->ssrc_groups->len != b->ssrc_groups->len)
    return FALSE;
  for (guint i = 0; i < a->ssrcs->len; i++) {
    const RtcSdpSsrc *x = &g_array_index (a->ssrcs, RtcSdpSsrc, i);
    const RtcSdpSsrc *y = &g_array_index (b->ssrcs, RtcSdpSsrc, i);

    if (x->ssrc != y->ssrc || strcmp (x->cname, y->cname) != 0
        || strcmp (x->msid_stream, y->msid_stream) != 0
        || strcmp (x->msid_track, y->msid_track) != 0)
      return FALSE;
  }
  for (guint i = 0; i < a->ssrc_groups->len; i++) {
    const RtcSdpSsrcGroup *x = &g_array_index (a->ssrc_groups, RtcSdpSsrcGroup, i);
    const RtcSdpSsrcGroup *y = &g_array_index (b->ssrc_groups, RtcSdpSsrcGroup, i);

    if (x->type != y->type || x->n_ssrcs != y->n_ssrcs
        || memcmp (x->ssrcs, y->ssrcs, x->n_ssrcs * sizeof x->ssrcs[0]) != 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
rids_equal (const RtcSdpSection *a, const RtcSdpSection *b)
{
  if (a->rids->len != b->rids->len || a->simulcast->len != b->simulcast->len)
    return FALSE;
  for (guint i = 0; i < a->rids->len; i++) {
    const RtcSdpRid *x = &g_array_index (a->rids, RtcSdpRid, i);
    const RtcSdpRid *y = &g_array_index (b->rids, RtcSdpRid, i);

    if (strcmp (x->id, y->id) != 0 || x->is_send != y->is_send || x->n_pts != y->n_pts
        || memcmp (x->pts, y->pts, x->n_pts) != 0 || x->max_width != y->max_width
        || x->max_height != y->max_height || x->max_fps != y->max_fps
        || x->max_bitrate != y->max_bitrate)
      return FALSE;
  }
  for (guint i = 0; i < a->simulcast->len; i++) {
    const RtcSdpSimulcast *x = &g_array_index (a->simulcast, RtcSdpSimulcast, i);
    const RtcSdpSimulcast *y = &g_array_index (b->simulcast, RtcSdpSimulcast, i);

    if (strcmp (x->rid, y->rid) != 0 || x->is_send != y->is_send || x->is_paused != y->is_paused
        || x->is_alternative != y->is_alternative)
      return FALSE;
  }
  return TRUE;
}

static gboolean
transport_equal (const RtcSdpSection *a, const RtcSdpSection *b)
{
  return strcmp (a->ice_ufrag, b->ice_ufrag) == 0 && strcmp (a->ice_pwd, b->ice_pwd) == 0
         && a->ice_trickle == b->ice_trickle && a->ice_renomination == b->ice_renomination
         && a->ice2 == b->ice2 && fingerprints_equal (a->fingerprints, b->fingerprints)
         && a->setup == b->setup && strcmp (a->tls_id, b->tls_id) == 0 && a->rtcp_mux == b->rtcp_mux
         && a->rtcp_mux_only == b->rtcp_mux_only && a->end_of_candidates == b->end_of_candidates
         && candidates_equal (a->candidates, b->candidates) && a->sctp_port == b->sctp_port
         && a->sctp_streams == b->sctp_streams && a->has_max_message_size == b->has_max_message_size
         && a->max_message_size == b->max_message_size;
}

gboolean
rtc_sdp_section_equal (const RtcSdpSection *a, const RtcSdpSection *b)
{
  return (a->protocol == RTC_SDP_PROTOCOL_FOREIGN || a->kind == b->kind)
         && a->protocol == b->protocol && g_strcmp0 (a->foreign_media, b->foreign_media) == 0
         && g_strcmp0 (a->foreign_protocol, b->foreign_protocol) == 0
         && g_strcmp0 (a->foreign_formats, b->foreign_formats) == 0 && a->port == b->port
         && a->bundle_only == b->bundle_only && strcmp (a->mid, b->mid) == 0
         && a->direction == b->direction && codecs_equal (a->codecs, b->codecs)
         && extmaps_equal (a->extmaps, b->extmaps) && transport_equal (a, b)
         && a->rtcp_rsize == b->rtcp_rsize && a->rcvr_rtt == b->rcvr_rtt
         && a->extmap_allow_mixed == b->extmap_allow_mixed && msids_equal (a->msids, b->msids)
         && ssrcs_equal (a, b) && rids_equal (a, b);
}

gboolean
rtc_sdp_equal (const RtcSdp *a, const RtcSdp *b)
{
  if (strcmp (a->user_name, b->user_name) != 0 || a->session_id != b->session_id
      || a->version != b->version || a->ice_lite != b->ice_lite
      || a->extmap_allow_mixed != b->extmap_allow_mixed || a->msid_semantic != b->msid_semantic
      || a->bundle->len != b->bundle->len || a->sections->len != b->sections->len)
    return FALSE;
  for (guint i = 0; i < a->bundle->len; i++)
    if (strcmp (g_ptr_array_index (a->bundle, i), g_ptr_array_index (b->bundle, i)) != 0)
      return FALSE;
  for (guint i = 0; i < a->sections->len; i++)
    if (!rtc_sdp_section_equal (rtc_sdp_section (a, i), rtc_sdp_section (b, i)))
      return FALSE;
  return TRUE;
}
