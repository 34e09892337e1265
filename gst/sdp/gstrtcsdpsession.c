/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/sdp/gstrtcsdpsession.h"

#include <stdio.h>

#include "gst/sdp/gstrtcsdpcaps.h"
#include "gst/sdp/gstrtcsdpgate.h"
#include "gst/sdp/gstrtcsdpstream.h"
#include "gst/sdp/gstrtcsdptransport.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtc_sdp_debug);
#define GST_CAT_DEFAULT gst_rtc_sdp_debug

/* Senders of one medium that are told apart; each costs threads. More is dropped by rtpbin, to whom
 * those that send reports alone are some, too: all that the gate lets through. */
#define MAX_SSRCS (2 * GST_RTC_SDP_GATE_MAX_SENDERS)

/* Bit/s of RTCP for one receiver with feedback: a twentieth of a narrow stream is a packet each 300
 * ms (RFC 4585 3.5.2), and what is lost has to be asked for more than once within the latency. In a
 * group the twentieth stays: receivers share it. */
#define FEEDBACK_BANDWIDTH 64000.

typedef struct {
  gboolean is_used;     /* of the kind that is wanted */
  GstRtcSdpStream *out; /* the bin's pad */
  GHashTable *buffered; /* SSRCs for which rtpbin has a jitter buffer */
  GHashTable *repairs;  /* GstRtcSdpRepair: of those, by its SSRC */
} Stream;

struct _GstRtcSdpSession {
  GstBin *bin;
  RtcAnnouncement *announcement;
  GPtrArray *elements;   /* GstElement, in the bin */
  GPtrArray *transports; /* GstRtcSdpTransport */
  GstElement *rtpbin;
  guint latency, max_latency; /* ms */
  gboolean sends_rtcp;

  GMutex lock;     /* all below */
  Stream *streams; /* one per medium */
  guint n_shown, n_used;
  GPtrArray *swallowers; /* GstElement: fakesinks in the bin */
  gboolean is_ending;
  GstRtcSdpRepairCounts gone; /* of senders that are */
};

static const RtcAnnouncedMedium *
get_medium (GstRtcSdpSession *self, guint number)
{
  return number < self->announcement->media->len
             ? g_ptr_array_index (self->announcement->media, number)
             : NULL;
}

/* -- rtpbin's questions ------------------------------------------------------ */

static GstCaps *
give_caps (GstElement *rtpbin, guint session, guint pt, GstRtcSdpSession *self)
{
  const RtcAnnouncedMedium *medium = get_medium (self, session);
  const RtcAnnouncedFormat *format =
      medium != NULL && pt < 128 ? rtc_announced_medium_find (medium, (guint8) pt) : NULL;

  return format != NULL ? gst_rtc_sdp_caps_new (self->announcement, medium, format) : NULL;
}

/* RFC 4588: payload types of repair, by those they repair; NULL: there are none. */
static GstStructure *
make_rtx_map (const RtcAnnouncedMedium *medium)
{
  GstStructure *map = NULL;

  for (guint i = 0; i < medium->formats->len; i++) {
    const RtcAnnouncedFormat *f = &g_array_index (medium->formats, RtcAnnouncedFormat, i);
    gchar text[8];

    if (g_ascii_strcasecmp (f->name, "rtx") != 0)
      continue;
    if (map == NULL)
      map = gst_structure_new_empty ("application/x-rtp-pt-map");
    g_snprintf (text, sizeof text, "%d", f->apt);
    gst_structure_set (map, text, G_TYPE_UINT, (guint) f->pt, NULL);
  }
  return map;
}

static void
add_ghost (GstElement *bin, GstElement *inner, const gchar *direction, guint session)
{
  GstPad *target = gst_element_get_static_pad (inner, direction);
  gchar *name = g_strdup_printf ("%s_%u", direction, session);

  gst_element_add_pad (bin, gst_ghost_pad_new (name, target));
  gst_object_unref (target);
  g_free (name);
}

static GstElement *
give_repair (GstElement *rtpbin, guint session, GstRtcSdpSession *self)
{
  const RtcAnnouncedMedium *medium = get_medium (self, session);
  GstStructure *map = medium != NULL ? make_rtx_map (medium) : NULL;
  GstElement *bin, *receive;

  if (map == NULL)
    return NULL;
  receive = gst_element_factory_make ("rtprtxreceive", NULL);
  if (receive == NULL) {
    gst_structure_free (map);
    return NULL;
  }
  g_object_set (receive, "payload-type-map", map, NULL);
  gst_structure_free (map);
  bin = gst_bin_new (NULL);
  gst_bin_add (GST_BIN (bin), receive);
  add_ghost (bin, receive, "src", session);
  add_ghost (bin, receive, "sink", session);
  return bin;
}

static void
note_buffer (
    GstElement *rtpbin, GstElement *buffer, guint session, guint ssrc, GstRtcSdpSession *self)
{
  const RtcAnnouncedMedium *medium = get_medium (self, session);
  GstRtcSdpRepairConfig config = { .latency = self->latency, .max_latency = self->max_latency };
  GstRtcSdpRepair *repair;

  if (medium == NULL)
    return;
  g_mutex_lock (&self->lock);
  g_hash_table_add (self->streams[session].buffered, GUINT_TO_POINTER (ssrc));
  g_mutex_unlock (&self->lock);
  /* Who is not allowed to speak, or has no key to it, asks for nothing. */
  config.sends_rtcp = self->sends_rtcp && !medium->is_secure;
  repair = gst_rtc_sdp_repair_new (buffer, medium, ssrc, &config);
  if (repair == NULL)
    return;
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->streams[session].repairs, GUINT_TO_POINTER (ssrc), repair);
  g_mutex_unlock (&self->lock);
}

/* A sender has ended: what is held still comes out, then its stream ends. */
static void
end_source (GstElement *rtpbin, guint session, guint ssrc, GstRtcSdpSession *self)
{
  GstRtcSdpRepair *repair = NULL;
  GstPad *pad = NULL;

  g_mutex_lock (&self->lock);
  if (session < self->announcement->media->len
      && gst_rtc_sdp_stream_is_of (self->streams[session].out, ssrc))
    repair = g_hash_table_lookup (self->streams[session].repairs, GUINT_TO_POINTER (ssrc));
  if (repair != NULL)
    pad = gst_element_get_static_pad (gst_rtc_sdp_repair_get_buffer (repair), "sink");
  g_mutex_unlock (&self->lock);
  if (pad == NULL)
    return;
  gst_pad_send_event (pad, gst_event_new_eos ());
  gst_object_unref (pad);
}

static void
forget_source (GstElement *rtpbin, guint session, guint ssrc, GstRtcSdpSession *self)
{
  GstRtcSdpRepair *repair = NULL;

  g_mutex_lock (&self->lock);
  if (session < self->announcement->media->len)
    g_hash_table_steal_extended (
        self->streams[session].repairs, GUINT_TO_POINTER (ssrc), NULL, (gpointer *) &repair);
  if (repair != NULL)
    gst_rtc_sdp_repair_add_counts (repair, &self->gone);
  g_mutex_unlock (&self->lock);
  gst_rtc_sdp_repair_free (repair);
}

/* Takes what rtpbin still has of an earlier life of a sender, which may have ended: rtpbin itself
 * keeps it, and no packet gets through any more. */
static void
clear_source (GstElement *rtpbin, guint session, guint ssrc, GstRtcSdpSession *self)
{
  gboolean has_buffer;

  if (session >= self->announcement->media->len)
    return;
  g_mutex_lock (&self->lock);
  has_buffer = g_hash_table_remove (self->streams[session].buffered, GUINT_TO_POINTER (ssrc));
  g_mutex_unlock (&self->lock);
  if (!has_buffer)
    return;
  forget_source (rtpbin, session, ssrc, self);
  g_signal_emit_by_name (rtpbin, "clear-ssrc", session, ssrc);
}

/* There is room for as many senders as the gate lets through. */
static void
make_room (GstElement *gate, guint session, guint ssrc, GstRtcSdpSession *self)
{
  clear_source (self->rtpbin, session, ssrc, self);
}

/* -- Pads -------------------------------------------------------------------- */

/* TRUE: what a medium is about, not events or noise beside it. */
static gboolean
is_media (const RtcAnnouncedFormat *format)
{
  static const gchar *const beside[] = { "telephone-event", "tone", "cn", "rtx", "red", "ulpfec",
    "flexfec", "flexfec-03", "parityfec", NULL };
  gchar *name = g_ascii_strdown (format->name, -1);
  gboolean is_beside = g_strv_contains (beside, name);

  g_free (name);
  return !is_beside;
}

/* Where nobody listens something has to take the packets. */
static void
swallow (GstRtcSdpSession *self, GstPad *pad)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstPad *target;

  if (sink == NULL)
    return;
  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (self->bin, sink);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->swallowers, gst_object_ref (sink));
  g_mutex_unlock (&self->lock);
  g_object_set_data (G_OBJECT (pad), "rtc-sink", sink);
  target = gst_element_get_static_pad (sink, "sink");
  gst_pad_link (pad, target);
  gst_object_unref (target);
  gst_element_sync_state_with_parent (sink);
}

/* One more medium has a pad. */
static void
note_shown (GstRtcSdpSession *self)
{
  gboolean is_last;

  g_mutex_lock (&self->lock);
  is_last = ++self->n_shown == self->n_used;
  g_mutex_unlock (&self->lock);
  if (is_last)
    gst_element_no_more_pads (GST_ELEMENT (self->bin));
}

static void
take_pad (GstElement *rtpbin, GstPad *pad, GstRtcSdpSession *self)
{
  const RtcAnnouncedFormat *format;
  guint session, ssrc, pt;
  gboolean is_ending;

  if (sscanf (GST_PAD_NAME (pad), "recv_rtp_src_%u_%u_%u", &session, &ssrc, &pt) != 3
      || session >= self->announcement->media->len || pt > 127)
    return;
  g_mutex_lock (&self->lock);
  is_ending = self->is_ending;
  g_mutex_unlock (&self->lock);
  format = rtc_announced_medium_find (get_medium (self, session), (guint8) pt);
  if (is_ending)
    return;
  if (format == NULL || !is_media (format))
    swallow (self, pad);
  else if (gst_rtc_sdp_stream_show (self->streams[session].out, ssrc, pad))
    note_shown (self);
}

static void
remove_element (GstRtcSdpSession *self, GstElement *element)
{
  gst_element_set_locked_state (element, TRUE);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_bin_remove (self->bin, element);
}

static void
drop_pad (GstElement *rtpbin, GstPad *pad, GstRtcSdpSession *self)
{
  GstElement *sink = g_object_get_data (G_OBJECT (pad), "rtc-sink");
  guint place;
  gboolean is_ours = FALSE;

  g_mutex_lock (&self->lock);
  if (sink != NULL && g_ptr_array_find (self->swallowers, sink, &place)) {
    gst_object_ref (sink);
    g_ptr_array_remove_index_fast (self->swallowers, place);
    is_ours = TRUE;
  }
  g_mutex_unlock (&self->lock);
  if (!is_ours)
    return;
  remove_element (self, sink);
  gst_object_unref (sink);
}

/* -- Building ---------------------------------------------------------------- */

static void
set_if_there (GstElement *element, const gchar *name, gboolean value)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), name) != NULL)
    g_object_set (element, name, value, NULL);
}

static gboolean
add_rtpbin (GstRtcSdpSession *self, const GstRtcSdpSessionConfig *config, GError **error)
{
  GstElement *rtpbin = gst_rtc_sdp_add_element (self->bin, self->elements, "rtpbin", error);

  self->rtpbin = rtpbin;
  if (rtpbin == NULL)
    return FALSE;
  g_object_set (rtpbin, "latency", config->latency, "max-streams", MAX_SSRCS, NULL);
  set_if_there (rtpbin, "timeout-inactive-sources", config->times_sources_out);
  g_signal_connect (rtpbin, "request-pt-map", G_CALLBACK (give_caps), self);
  g_signal_connect (rtpbin, "request-aux-receiver", G_CALLBACK (give_repair), self);
  g_signal_connect (rtpbin, "new-jitterbuffer", G_CALLBACK (note_buffer), self);
  g_signal_connect (rtpbin, "on-new-ssrc", G_CALLBACK (clear_source), self);
  g_signal_connect (rtpbin, "on-bye-ssrc", G_CALLBACK (end_source), self);
  g_signal_connect (rtpbin, "on-bye-timeout", G_CALLBACK (forget_source), self);
  if (config->times_sources_out)
    g_signal_connect (rtpbin, "on-timeout", G_CALLBACK (end_source), self);
  g_signal_connect (rtpbin, "pad-added", G_CALLBACK (take_pad), self);
  g_signal_connect (rtpbin, "pad-removed", G_CALLBACK (drop_pad), self);
  return TRUE;
}

static void
link_to_session (
    GstRtcSdpSession *self, GstElement *gate, const gchar *from, const gchar *to, guint number)
{
  gchar *src_name = g_strdup_printf ("%s%u", from, number);
  gchar *sink_name = g_strdup_printf ("%s%u", to, number);
  GstPad *src = gst_element_get_static_pad (gate, src_name);
  GstPad *sink = gst_element_request_pad_simple (self->rtpbin, sink_name);

  gst_pad_link (src, sink);
  gst_object_unref (src);
  gst_object_unref (sink);
  g_free (src_name);
  g_free (sink_name);
}

static void
add_stream (GstRtcSdpSession *self, guint number, GstRtcSdpTransport *transport,
    const GstRtcSdpSessionConfig *config)
{
  GstElement *gate = gst_rtc_sdp_transport_get_gate (transport);
  const RtcAnnouncedMedium *medium = get_medium (self, number);
  GstPad *sink = gst_rtc_sdp_transport_request_rtcp_sink (transport);
  GObject *session = NULL;

  self->streams[number].is_used = TRUE;
  self->n_used++;
  g_signal_connect (gate, "sender-forgotten", G_CALLBACK (make_room), self);
  link_to_session (self, gate, "rtp_src_", "recv_rtp_sink_", number);
  if ((config->rtcp_mode & GST_RTC_SDP_RTCP_RECVONLY) != 0)
    link_to_session (self, gate, "rtcp_src_", "recv_rtcp_sink_", number);
  if (sink != NULL) {
    gchar *name = g_strdup_printf ("send_rtcp_src_%u", number);
    GstPad *src = gst_element_request_pad_simple (self->rtpbin, name);

    gst_pad_link (src, sink);
    gst_object_unref (src);
    gst_object_unref (sink);
    g_free (name);
  }
  g_signal_emit_by_name (self->rtpbin, "get-internal-session", number, &session);
  if (session != NULL && medium->is_feedback) {
    gst_util_set_object_arg (session, "rtp-profile", medium->is_secure ? "savpf" : "avpf");
    if (!rtc_address_is_multicast (&medium->rtp))
      g_object_set (session, "rtcp-fraction", FEEDBACK_BANDWIDTH, NULL);
  }
  g_clear_object (&session);
}

/* A bundled medium is received when the one whose transport it shares is, or any beside it. */
static gboolean
build (GstRtcSdpSession *self, const GstRtcSdpSessionConfig *config, GError **error)
{
  GPtrArray *media = self->announcement->media;

  if (!add_rtpbin (self, config, error))
    return FALSE;
  for (guint i = 0; i < media->len; i++) {
    GstRtcSdpTransport *transport = NULL;

    if (get_medium (self, i)->bundle >= 0)
      continue;
    for (guint j = i; j < media->len; j++) {
      const RtcAnnouncedMedium *medium = get_medium (self, j);

      if ((j != i && medium->bundle != (gint) i)
          || (config->media != NULL && !g_str_equal (config->media, medium->kind)))
        continue;
      if (transport == NULL) {
        transport =
            gst_rtc_sdp_transport_new (self->announcement, i, config, self->elements, error);
        if (transport == NULL)
          return FALSE;
        g_ptr_array_add (self->transports, transport);
      }
      add_stream (self, j, transport, config);
    }
  }
  if (self->n_used > 0)
    return TRUE;
  rtc_error (error, RTC_ERR_UNSUPPORTED, "The description has no medium of kind \"%s\"",
      config->media != NULL ? config->media : "");
  return FALSE;
}

GstRtcSdpSession *
gst_rtc_sdp_session_new (
    RtcAnnouncement *announcement, const GstRtcSdpSessionConfig *config, GError **error)
{
  GstRtcSdpSession *self = g_new0 (GstRtcSdpSession, 1);

  g_mutex_init (&self->lock);
  self->bin = config->bin;
  self->announcement = announcement;
  self->latency = config->latency;
  self->max_latency = config->max_latency;
  self->sends_rtcp = (config->rtcp_mode & GST_RTC_SDP_RTCP_SENDONLY) != 0;
  self->elements = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_object_unref);
  self->transports = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_rtc_sdp_transport_free);
  self->swallowers = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_object_unref);
  self->streams = g_new0 (Stream, announcement->media->len);
  for (guint i = 0; i < announcement->media->len; i++) {
    self->streams[i].out = gst_rtc_sdp_stream_new (GST_ELEMENT (self->bin), i);
    self->streams[i].buffered = g_hash_table_new (NULL, NULL);
    self->streams[i].repairs = g_hash_table_new_full (
        g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) gst_rtc_sdp_repair_free);
  }
  if (!build (self, config, error)) {
    gst_rtc_sdp_session_free (self);
    return NULL;
  }
  return self;
}

void
gst_rtc_sdp_session_start (GstRtcSdpSession *self)
{
  /* Those that take first. */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < self->elements->len; i++) {
      GstElement *element = g_ptr_array_index (self->elements, i);
      gboolean is_source = GST_OBJECT_FLAG_IS_SET (element, GST_ELEMENT_FLAG_SOURCE);

      if (is_source != (pass == 1))
        continue;
      gst_element_set_locked_state (element, FALSE);
      gst_element_sync_state_with_parent (element);
    }
}

void
gst_rtc_sdp_session_free (GstRtcSdpSession *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->is_ending = TRUE;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->elements->len; i++) {
    GstElement *element = g_ptr_array_index (self->elements, i);

    gst_element_set_locked_state (element, TRUE);
    gst_element_set_state (element, GST_STATE_NULL);
  }
  if (self->rtpbin != NULL)
    g_signal_handlers_disconnect_by_data (self->rtpbin, self);
  for (guint i = 0; i < self->announcement->media->len; i++) {
    Stream *stream = &self->streams[i];

    gst_rtc_sdp_stream_free (stream->out);
    g_hash_table_unref (stream->buffered);
    g_hash_table_unref (stream->repairs);
  }
  for (guint i = 0; i < self->elements->len; i++)
    gst_bin_remove (self->bin, g_ptr_array_index (self->elements, i));
  for (guint i = 0; i < self->swallowers->len; i++)
    remove_element (self, g_ptr_array_index (self->swallowers, i));
  g_ptr_array_unref (self->swallowers);
  g_ptr_array_unref (self->elements);
  g_ptr_array_unref (self->transports);
  rtc_announcement_free (self->announcement);
  g_free (self->streams);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* -- What is known of it ----------------------------------------------------- */

void
gst_rtc_sdp_session_get_counts (GstRtcSdpSession *self, guint64 *passed, guint64 *dropped)
{
  *passed = *dropped = 0;
  for (guint i = 0; i < self->transports->len; i++) {
    GstElement *gate = gst_rtc_sdp_transport_get_gate (g_ptr_array_index (self->transports, i));
    guint64 in, out;

    gst_rtc_sdp_gate_get_counts (GST_RTC_SDP_GATE (gate), &in, &out);
    *passed += in;
    *dropped += out;
  }
}

void
gst_rtc_sdp_session_get_repair (GstRtcSdpSession *self, GstRtcSdpRepairCounts *counts)
{
  GHashTableIter iter;
  gpointer repair;

  g_mutex_lock (&self->lock);
  *counts = self->gone;
  for (guint i = 0; i < self->announcement->media->len; i++) {
    g_hash_table_iter_init (&iter, self->streams[i].repairs);
    while (g_hash_table_iter_next (&iter, NULL, &repair))
      gst_rtc_sdp_repair_add_counts (repair, counts);
  }
  g_mutex_unlock (&self->lock);
}

gboolean
gst_rtc_sdp_session_has_timed_out (GstRtcSdpSession *self, GstMessage *message)
{
  guint64 passed, dropped;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT
      || !gst_message_has_name (message, "GstUDPSrcTimeout"))
    return FALSE;
  for (guint i = 0; i < self->transports->len; i++)
    if (gst_rtc_sdp_transport_reads_with (
            g_ptr_array_index (self->transports, i), GST_MESSAGE_SRC (message))) {
      gst_rtc_sdp_session_get_counts (self, &passed, &dropped);
      return passed == 0;
    }
  return FALSE;
}
