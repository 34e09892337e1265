/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/sctp/gstrtcsctpencpad.h"

#include <gst/sctp/sctpsendmeta.h>

#include "gst/rtc/dc/rtc-dcep.h"

#define DEFAULT_PPID 1

struct _GstRtcSctpEncPad {
  GstPad parent;

  guint16 stream;
  /* Of the pad's object lock: */
  guint32 ppid;
  gboolean ordered;
  GstSctpSendMetaPartiallyReliability policy;
  guint32 policy_value;
  guint64 bytes_sent;
};

G_DEFINE_TYPE (GstRtcSctpEncPad, gst_rtc_sctp_enc_pad, GST_TYPE_PAD)

GstRtcSctpEncPad *
gst_rtc_sctp_enc_pad_new (GstPadTemplate *template, guint16 stream, const GstCaps *caps)
{
  gchar *name = g_strdup_printf ("sink_%u", stream);
  GstRtcSctpEncPad *self = g_object_new (GST_TYPE_RTC_SCTP_ENC_PAD, "name", name, "direction",
      GST_PAD_SINK, "template", template, NULL);

  g_free (name);
  self->stream = stream;
  gst_rtc_sctp_enc_pad_take_caps (self, caps);
  return self;
}

GstRtcSctpEncPad *
gst_rtc_sctp_enc_pad_find (GstElement *element, guint stream)
{
  gchar *name = g_strdup_printf ("sink_%u", stream);
  GstPad *pad = gst_element_get_static_pad (element, name);

  g_free (name);
  return pad != NULL ? GST_RTC_SCTP_ENC_PAD (pad) : NULL;
}

guint
gst_rtc_sctp_enc_pad_find_free (GstElement *element)
{
  for (guint i = 0;; i++) {
    GstRtcSctpEncPad *pad = gst_rtc_sctp_enc_pad_find (element, i);

    if (pad == NULL)
      return i;
    gst_object_unref (pad);
  }
}

guint16
gst_rtc_sctp_enc_pad_get_stream (GstRtcSctpEncPad *self)
{
  return self->stream;
}

/* Written by hand it is an int. */
static void
take_number (const GstStructure *s, const gchar *field, guint32 *number)
{
  gint value;

  if (!gst_structure_get_uint (s, field, number) && gst_structure_get_int (s, field, &value)
      && value >= 0)
    *number = (guint32) value;
}

void
gst_rtc_sctp_enc_pad_take_caps (GstRtcSctpEncPad *self, const GstCaps *caps)
{
  static const gchar *const policies[] = { "none", "ttl", "buf", "rtx" };
  const GstStructure *s;
  const gchar *policy;

  if (caps == NULL || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return;
  s = gst_caps_get_structure (caps, 0);
  policy = gst_structure_get_string (s, "partially-reliability");
  GST_OBJECT_LOCK (self);
  gst_structure_get_boolean (s, "ordered", &self->ordered);
  take_number (s, "ppid", &self->ppid);
  take_number (s, "reliability-parameter", &self->policy_value);
  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (g_strcmp0 (policy, policies[i]) == 0)
      self->policy = (GstSctpSendMetaPartiallyReliability) i;
  GST_OBJECT_UNLOCK (self);
}

static void
fill_reliability (GstRtcSctpEncPad *self, GstBuffer *buffer, GstRtcSctpMessage *message)
{
  const GstSctpSendMeta *meta = gst_sctp_buffer_get_send_meta (buffer);
  GstSctpSendMetaPartiallyReliability policy;
  RtcSctpReliability *reliability = &message->reliability;
  guint32 value;

  GST_OBJECT_LOCK (self);
  message->ppid = meta != NULL ? meta->ppid : self->ppid;
  reliability->ordered = meta != NULL ? meta->ordered : self->ordered;
  policy = meta != NULL ? meta->pr : self->policy;
  value = MIN (meta != NULL ? meta->pr_param : self->policy_value, G_MAXINT);
  GST_OBJECT_UNLOCK (self);
  reliability->max_retransmits =
      policy == GST_SCTP_SEND_META_PARTIAL_RELIABILITY_RTX ? (gint) value : -1;
  reliability->max_lifetime_ms =
      policy == GST_SCTP_SEND_META_PARTIAL_RELIABILITY_TTL ? (gint) value : -1;
  reliability->room_priority =
      policy == GST_SCTP_SEND_META_PARTIAL_RELIABILITY_BUF ? (gint) value : -1;
}

gboolean
gst_rtc_sctp_enc_pad_fill_message (GstRtcSctpEncPad *self, GstBuffer *buffer, const guint8 *data,
    gsize len, GstRtcSctpMessage *message)
{
  static const guint8 zero = 0;

  fill_reliability (self, buffer, message);
  message->stream = self->stream;
  message->data = len > 0 ? data : &zero;
  message->len = MAX (len, 1);
  if (len > 0)
    return TRUE;
  if (message->ppid == RTC_PPID_TEXT)
    message->ppid = RTC_PPID_TEXT_EMPTY;
  else if (message->ppid == RTC_PPID_BINARY)
    message->ppid = RTC_PPID_BINARY_EMPTY;
  return message->ppid == RTC_PPID_TEXT_EMPTY || message->ppid == RTC_PPID_BINARY_EMPTY;
}

void
gst_rtc_sctp_enc_pad_add_sent (GstRtcSctpEncPad *self, gsize len)
{
  GST_OBJECT_LOCK (self);
  self->bytes_sent += len;
  GST_OBJECT_UNLOCK (self);
}

guint64
gst_rtc_sctp_enc_pad_get_sent (GstRtcSctpEncPad *self)
{
  guint64 bytes;

  GST_OBJECT_LOCK (self);
  bytes = self->bytes_sent;
  GST_OBJECT_UNLOCK (self);
  return bytes;
}

static void
gst_rtc_sctp_enc_pad_class_init (GstRtcSctpEncPadClass *klass)
{
}

static void
gst_rtc_sctp_enc_pad_init (GstRtcSctpEncPad *self)
{
  self->ordered = TRUE;
  self->ppid = DEFAULT_PPID;
}
