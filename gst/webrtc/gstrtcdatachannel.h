/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcdatachannel.h - one data channel of a session, as applications see it.
 *
 * Made by GstRtcSession's action create-data-channel, or handed out by its signal on-data-channel.
 * Properties, signals and actions are named as GstWebRTCDataChannel's, so that code written for
 * that finds what it looks for:
 *   properties  label, ordered, max-packet-lifetime, max-retransmits, protocol, negotiated, id,
 *               priority, ready-state, buffered-amount, buffered-amount-low-threshold (writable)
 *   signals     on-open, on-close, on-error (GError), on-message-data (GBytes, NULL when empty),
 *               on-message-string (gchararray), on-buffered-amount-low
 *   actions     send-data (GBytes), send-string (gchararray), close ()
 *
 * Signals come on [C], in the order in which things happened; after on-close none does. Actions and
 * properties: any thread. What is sent is bounded: a message that does not fit is not sent,
 * on-error says so, and it can be sent again once buffered-amount has fallen. */
#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>
#include "gst/rtc/dc/rtc-data-channel.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_DATA_CHANNEL (gst_rtc_data_channel_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcDataChannel, gst_rtc_data_channel, GST, RTC_DATA_CHANNEL, GObject)

/* GST_RTC_DATA_CHANNEL_MAX_BUFFERED: what all channels of a session keep for sending, bytes: that
 * of browsers. A message counts as some bytes more than it has, and always fits when nothing
 * waits. */
#define GST_RTC_DATA_CHANNEL_MAX_BUFFERED (16 * 1024 * 1024)

/* Sends len bytes (data may be NULL when there are none), as text if they are UTF-8 and meant so.
 * FALSE with *error (RTC_ERROR): RTC_ERR_STATE: not open; RTC_ERR_LIMIT: too much waits already;
 * RTC_ERR_UNSUPPORTED: longer than the peer takes. Thread: any. */
gboolean gst_rtc_data_channel_send (GstRtcDataChannel *self, gboolean is_text, const guint8 *data,
    gsize len, GError **error);

/* Likewise, bytes, or text without its NUL; NULL is an empty message. Thread: any. */
gboolean gst_rtc_data_channel_send_data_full (GstRtcDataChannel *self, GBytes *bytes,
    GError **error);
gboolean gst_rtc_data_channel_send_string_full (GstRtcDataChannel *self, const gchar *text,
    GError **error);

/* Bytes that wait for SCTP. Thread: any. */
guint64 gst_rtc_data_channel_get_buffered (GstRtcDataChannel *self);

/* Closes once all that was sent has left. Thread: any. */
void gst_rtc_data_channel_close (GstRtcDataChannel *self);

/* --- for the session ------------------------------------------------------------------------- */

/* How a channel reaches its peer; both take over packet or nothing, any thread. */
typedef struct {
  /* FALSE: too much waits already. What is reserved is to be sent. */
  gboolean (*reserve) (gpointer peer, gsize len);
  void (*send) (gpointer peer, GstRtcDataChannel *channel, gboolean is_text, RtcPacket *packet);
  void (*close) (gpointer peer, GstRtcDataChannel *channel);
  gpointer (*ref) (gpointer peer);
  void (*unref) (gpointer peer);
} GstRtcDataChannelFuncs;

/* CONNECTING. Texts are copied; funcs is static; peer is referenced. (transfer full) */
GstRtcDataChannel *gst_rtc_data_channel_new (const RtcDataChannelInit *init,
    const GstRtcDataChannelFuncs *funcs, gpointer peer);

/* From GstWebRTCDataChannel's options (nullable): ordered, max-packet-lifetime, max-retransmits,
 * protocol, negotiated, id, priority; unknown ones are ignored. Texts are options'. */
void gst_rtc_data_channel_read_options (const GstStructure *options, RtcDataChannelInit *init);

typedef enum {
  GST_RTC_DATA_CHANNEL_OPEN,   /* id and max_message_size are known */
  GST_RTC_DATA_CHANNEL_TEXT,   /* bytes */
  GST_RTC_DATA_CHANNEL_BINARY, /* bytes */
  GST_RTC_DATA_CHANNEL_LOW,
  GST_RTC_DATA_CHANNEL_CLOSING,
  GST_RTC_DATA_CHANNEL_CLOSED,
  GST_RTC_DATA_CHANNEL_ERROR,  /* error */
} GstRtcDataChannelEventType;

typedef struct {
  GstRtcDataChannelEventType type;
  gint id;
  guint64 max_message_size;
  GBytes *bytes;
  GError *error;
} GstRtcDataChannelEvent;

/* [C] */
void gst_rtc_data_channel_handle_event (GstRtcDataChannel *self,
    const GstRtcDataChannelEvent *event);

/* n_bytes have left for SCTP, or were dropped. TRUE: now there are as few as the threshold, LOW is
 * to follow. Thread: any. */
gboolean gst_rtc_data_channel_note_sent (GstRtcDataChannel *self, gsize n_bytes);

G_END_DECLS
