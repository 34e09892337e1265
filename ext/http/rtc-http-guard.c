/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-guard-private.h"

#include <string.h>
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define READ_BYTES 4096
/* After a refusal what still comes is read and thrown away this long, so that the kernel does not
 * answer it with a reset that destroys our response on its way (RFC 9112 9.6). */
#define LINGER_MS 1000
#define LINGER_BYTES (4 << 20)

G_DEFINE_TYPE (RtcHttpGuard, rtc_http_guard, G_TYPE_IO_STREAM)

GPollableInputStream *
rtc_http_guard_get_base_input (RtcHttpGuard *self)
{
  return G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->base));
}

GPollableOutputStream *
rtc_http_guard_get_base_output (RtcHttpGuard *self)
{
  return G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->base));
}

/* -- Deadlines ----------------------------------------------------------------------------------
 */

static void
set_deadline (RtcHttpGuard *self, guint ms)
{
  g_source_set_ready_time (self->timer, g_get_monotonic_time () + (gint64) ms * 1000);
}

/* What may be waited for now, from the framer's phase. A blocked write comes first. */
static void
update_deadline (RtcHttpGuard *self, RtcHttpFramePhase before)
{
  if (self->write_blocked || !self->timer)
    return;
  if (self->raw || self->framer.phase == RTC_HTTP_FRAME_COMPLETE
      || self->framer.phase == RTC_HTTP_FRAME_REFUSED) {
    g_source_set_ready_time (self->timer, -1);
    return;
  }
  if (self->framer.phase == before)
    return; /* a deadline holds for a whole phase, not from byte to byte */
  if (self->framer.phase == RTC_HTTP_FRAME_START)
    set_deadline (self, self->served ? self->limits.idle_ms : self->limits.header_ms);
  else if (self->framer.phase == RTC_HTTP_FRAME_BODY)
    set_deadline (self, self->limits.body_ms);
  else if (self->served || before != RTC_HTTP_FRAME_START)
    set_deadline (self, self->limits.header_ms);
}

/* Writes a complete response past the reader. It is small and the send buffer is empty but for an
 * earlier response, so one call nearly always takes it whole; if not, the client loses it. */
static void
write_refusal (RtcHttpGuard *self, guint status, const gchar *reason)
{
  gchar *response = g_strdup_printf ("HTTP/1.1 %u Refused\r\nConnection: close\r\n"
                                     "Content-Type: text/plain; charset=utf-8\r\n"
                                     "X-Content-Type-Options: nosniff\r\n"
                                     "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s\n",
      status, strlen (reason) + 1, reason);

  GST_DEBUG ("refused a request: %u, %s", status, reason);
  g_pollable_output_stream_write_nonblocking (
      rtc_http_guard_get_base_output (self), response, strlen (response), NULL, NULL);
  g_free (response);
}

/* -- Reading ------------------------------------------------------------------------------------
 */

static gboolean
has_ready (RtcHttpGuard *self)
{
  return self->ready->len > self->ready_offset;
}

/* Frames what is pending. */
static void
frame_pending (RtcHttpGuard *self)
{
  RtcHttpFramePhase before = self->framer.phase;
  gsize taken;

  taken =
      rtc_http_framer_push (&self->framer, self->pending->data, self->pending->len, self->ready);
  g_byte_array_remove_range (self->pending, 0, (guint) taken);
  if (self->framer.phase == RTC_HTTP_FRAME_COMPLETE)
    self->served = TRUE;
  update_deadline (self, before);
  if (self->framer.phase == RTC_HTTP_FRAME_REFUSED) {
    g_byte_array_set_size (self->pending, 0);
    write_refusal (self, self->framer.status, self->framer.reason);
  }
}

/* The reader wants more: the request before is answered, so the next may be looked at. */
static void
begin_next (RtcHttpGuard *self)
{
  RtcHttpFramePhase before = self->framer.phase;

  rtc_http_framer_next (&self->framer);
  update_deadline (self, before);
}

static gssize
take_ready (RtcHttpGuard *self, void *buffer, gsize count)
{
  gsize n = MIN (count, self->ready->len - self->ready_offset);

  memcpy (buffer, self->ready->data + self->ready_offset, n);
  self->ready_offset += n;
  if (!has_ready (self)) {
    g_byte_array_set_size (self->ready, 0);
    self->ready_offset = 0;
  }
  return (gssize) n;
}

/* An error, not an end: libsoup takes the end of the stream for the end of a chunked body and would
 * hand the half to the handler. */
static gssize
cut_short (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "the request is not complete");
  return -1;
}

gssize
rtc_http_guard_read (RtcHttpGuard *self, void *buffer, gsize count, gboolean blocking,
    GCancellable *cancellable, GError **error)
{
  guint8 bytes[READ_BYTES];
  gssize n;

  if (self->raw && !has_ready (self) && self->pending->len == 0)
    return g_pollable_stream_read (G_INPUT_STREAM (rtc_http_guard_get_base_input (self)), buffer,
        count, blocking, cancellable, error);

  while (!has_ready (self)) {
    if (self->framer.phase == RTC_HTTP_FRAME_REFUSED)
      return cut_short (error);
    if (self->framer.phase == RTC_HTTP_FRAME_COMPLETE)
      begin_next (self);
    if (self->pending->len == 0) {
      n = g_pollable_stream_read (G_INPUT_STREAM (rtc_http_guard_get_base_input (self)), bytes,
          sizeof (bytes), blocking, cancellable, error);
      if (n == 0 && self->framer.phase == RTC_HTTP_FRAME_BODY)
        return cut_short (error);
      if (n <= 0)
        return n;
      g_byte_array_append (self->pending, bytes, (guint) n);
    }
    frame_pending (self);
  }
  return take_ready (self, buffer, count);
}

gboolean
rtc_http_guard_can_read (RtcHttpGuard *self)
{
  return has_ready (self) || self->framer.phase == RTC_HTTP_FRAME_REFUSED || self->pending->len > 0;
}

void
rtc_http_guard_expect_next (RtcHttpGuard *self)
{
  if (!self->raw && !has_ready (self) && self->framer.phase == RTC_HTTP_FRAME_COMPLETE)
    begin_next (self);
}

/* -- Writing ------------------------------------------------------------------------------------
 */

gssize
rtc_http_guard_write (RtcHttpGuard *self, const void *buffer, gsize count, gboolean blocking,
    GCancellable *cancellable, GError **error)
{
  GError *local = NULL;
  gssize n;

  /* After a refusal the wire carries our answer; libsoup's own opinion would be a second one. */
  if (self->framer.phase == RTC_HTTP_FRAME_REFUSED)
    return (gssize) count;

  n = g_pollable_stream_write (G_OUTPUT_STREAM (rtc_http_guard_get_base_output (self)), buffer,
      count, blocking, cancellable, &local);
  if (n < 0 && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
    if (!self->write_blocked && !self->raw && self->timer)
      set_deadline (self, self->limits.write_ms);
    self->write_blocked = TRUE;
  } else if (self->write_blocked) {
    self->write_blocked = FALSE;
    if (self->timer)
      g_source_set_ready_time (self->timer, -1);
  }
  if (local)
    g_propagate_error (error, local);
  return n;
}

/* -- Closing ------------------------------------------------------------------------------------
 */

/* Ends all use of the base and tells the owner, once. */
static void
guard_finish (RtcHttpGuard *self)
{
  RtcHttpGuardClosedFunc closed = self->closed;

  if (self->timer) {
    g_source_destroy (self->timer);
    g_clear_pointer (&self->timer, g_source_unref);
  }
  self->closed = NULL;
  if (!closed)
    return;
  if (G_IS_SOCKET_CONNECTION (self->base)) {
    g_io_stream_close (self->base, NULL, NULL);
  } else {
    /* TLS says goodbye first, which must not hold up this thread: a worker of GIO's does it, and
     * not for long. */
    if (self->write_blocked)
      g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
    g_socket_set_timeout (self->socket, 1);
    g_io_stream_close_async (self->base, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  }
  closed (self, self->user_data);
}

static void
linger_end (RtcHttpGuard *self)
{
  if (!self->linger)
    return;
  g_source_destroy (self->linger);
  g_clear_pointer (&self->linger, g_source_unref);
  guard_finish (self);
  g_object_unref (self);
}

static gboolean
on_linger_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  RtcHttpGuard *self = data;
  gchar scratch[READ_BYTES];
  gssize n = 1;

  for (guint i = 0; i < 16 && n > 0; i++) {
    n = g_socket_receive_with_blocking (socket, scratch, sizeof (scratch), FALSE, NULL, NULL);
    self->linger_bytes += n > 0 ? (gsize) n : 0;
  }
  if (n == 0 || self->linger_bytes > LINGER_BYTES || g_get_monotonic_time () >= self->linger_until)
    linger_end (self);
  return G_SOURCE_CONTINUE;
}

/* Closes our half and throws away what comes, for LINGER_MS at most; the timer ends it, too. */
static void
linger_start (RtcHttpGuard *self)
{
  GMainContext *context = g_source_get_context (self->timer);

  g_object_ref (self);
  self->linger_until = g_get_monotonic_time () + LINGER_MS * 1000;
  self->linger = g_socket_create_source (self->socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
  g_source_set_callback (self->linger, G_SOURCE_FUNC (on_linger_readable), self, NULL);
  g_source_attach (self->linger, context);
  g_source_set_ready_time (self->timer, self->linger_until);
  g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
}

static gboolean
guard_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  RtcHttpGuard *self = RTC_HTTP_GUARD (stream);

  if (self->linger)
    return TRUE;
  if (self->framer.phase == RTC_HTTP_FRAME_REFUSED && self->timer && !self->disposing
      && g_socket_is_connected (self->socket))
    linger_start (self);
  else
    guard_finish (self);
  return TRUE;
}

/* Never by a thread, as the default does: the timer belongs to this one. */
static void
guard_close_async (GIOStream *stream, gint priority, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (stream, cancellable, callback, user_data);

  guard_close (stream, cancellable, NULL);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static gboolean
guard_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
on_deadline (gpointer data)
{
  RtcHttpGuard *self = data;

  g_source_set_ready_time (self->timer, -1);
  if (self->linger) {
    linger_end (self);
    return G_SOURCE_CONTINUE;
  }
  if (!self->write_blocked && !self->raw
      && (self->framer.phase == RTC_HTTP_FRAME_HEAD || self->framer.phase == RTC_HTTP_FRAME_BODY))
    write_refusal (self, 408, "the request took too long");
  GST_DEBUG ("a connection missed its deadline in phase %d%s", self->framer.phase,
      self->write_blocked ? ", not taking the response" : "");
  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
timer_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs timer_funcs = { .dispatch = timer_dispatch };

static GInputStream *
guard_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (RTC_HTTP_GUARD (stream)->input);
}

static GOutputStream *
guard_get_output_stream (GIOStream *stream)
{
  return G_OUTPUT_STREAM (RTC_HTTP_GUARD (stream)->output);
}

static void
rtc_http_guard_dispose (GObject *object)
{
  RtcHttpGuard *self = RTC_HTTP_GUARD (object);

  self->disposing = TRUE;
  G_OBJECT_CLASS (rtc_http_guard_parent_class)->dispose (object); /* closes */
  if (self->input)
    self->input->guard = NULL;
  if (self->output)
    self->output->guard = NULL;
  g_clear_object (&self->input);
  g_clear_object (&self->output);
}

static void
rtc_http_guard_finalize (GObject *object)
{
  RtcHttpGuard *self = RTC_HTTP_GUARD (object);

  rtc_http_framer_clear (&self->framer);
  g_byte_array_unref (self->pending);
  g_byte_array_unref (self->ready);
  g_object_unref (self->base);
  g_object_unref (self->socket);
  G_OBJECT_CLASS (rtc_http_guard_parent_class)->finalize (object);
}

static void
rtc_http_guard_class_init (RtcHttpGuardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->dispose = rtc_http_guard_dispose;
  object_class->finalize = rtc_http_guard_finalize;
  stream_class->get_input_stream = guard_get_input_stream;
  stream_class->get_output_stream = guard_get_output_stream;
  stream_class->close_fn = guard_close;
  stream_class->close_async = guard_close_async;
  stream_class->close_finish = guard_close_finish;
}

static void
rtc_http_guard_init (RtcHttpGuard *self)
{
  self->pending = g_byte_array_new ();
  self->ready = g_byte_array_new ();
  self->input = g_object_new (RTC_TYPE_HTTP_GUARD_INPUT, NULL);
  self->input->guard = self;
  self->output = g_object_new (RTC_TYPE_HTTP_GUARD_OUTPUT, NULL);
  self->output->guard = self;
}

GIOStream *
rtc_http_guard_new (GIOStream *base, GSocket *socket, const RtcHttpGuardLimits *limits,
    RtcHttpGuardClosedFunc closed, gpointer user_data)
{
  RtcHttpGuard *self = g_object_new (RTC_TYPE_HTTP_GUARD, NULL);
  GMainContext *context = g_main_context_ref_thread_default ();

  self->base = g_object_ref (base);
  self->socket = g_object_ref (socket);
  self->limits = *limits;
  self->closed = closed;
  self->user_data = user_data;
  rtc_http_framer_init (&self->framer, limits->max_head_bytes, limits->max_body_bytes);

  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_callback (self->timer, on_deadline, self, NULL);
  set_deadline (self, limits->header_ms);
  g_source_attach (self->timer, context);
  g_main_context_unref (context);
  return G_IO_STREAM (self);
}

void
rtc_http_guard_set_raw (RtcHttpGuard *self)
{
  self->raw = TRUE;
  /* Bytes that came early belong to the new protocol. */
  g_byte_array_append (self->ready, self->pending->data, self->pending->len);
  g_byte_array_set_size (self->pending, 0);
  update_deadline (self, self->framer.phase);
}

void
rtc_http_guard_abort (RtcHttpGuard *self)
{
  if (self->linger)
    linger_end (self);
  else
    g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
}
