/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-guard-private.h"

static void input_pollable_init (GPollableInputStreamInterface *iface);
static void output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_TYPE_WITH_CODE (RtcHttpGuardInput, rtc_http_guard_input, G_TYPE_INPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, input_pollable_init))
G_DEFINE_TYPE_WITH_CODE (RtcHttpGuardOutput, rtc_http_guard_output, G_TYPE_OUTPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, output_pollable_init))

/* -- Reading ------------------------------------------------------------------------------------
 */

static gssize
input_read (
    GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  RtcHttpGuard *guard = RTC_HTTP_GUARD_INPUT (stream)->guard;

  return guard ? rtc_http_guard_read (guard, buffer, count, TRUE, cancellable, error) : 0;
}

static gssize
input_read_nonblocking (GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  RtcHttpGuard *guard = RTC_HTTP_GUARD_INPUT (stream)->guard;

  return guard ? rtc_http_guard_read (guard, buffer, count, FALSE, NULL, error) : 0;
}

static gboolean
input_is_ready_now (RtcHttpGuard *guard)
{
  return guard == NULL || rtc_http_guard_can_read (guard);
}

static gboolean
input_is_readable (GPollableInputStream *stream)
{
  RtcHttpGuard *guard = RTC_HTTP_GUARD_INPUT (stream)->guard;

  return input_is_ready_now (guard)
         || g_pollable_input_stream_is_readable (rtc_http_guard_get_base_input (guard));
}

static GSource *
input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  RtcHttpGuard *guard = RTC_HTTP_GUARD_INPUT (stream)->guard;
  GSource *child, *source;

  if (guard)
    rtc_http_guard_expect_next (guard);
  if (input_is_ready_now (guard))
    child = g_timeout_source_new (0);
  else
    child = g_pollable_input_stream_create_source (rtc_http_guard_get_base_input (guard), NULL);
  source = g_pollable_source_new_full (stream, child, cancellable);
  g_source_unref (child);
  return source;
}

static gboolean
input_close (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  return TRUE; /* the base is closed by the guard */
}

static void
input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = input_is_readable;
  iface->create_source = input_create_source;
  iface->read_nonblocking = input_read_nonblocking;
}

static void
rtc_http_guard_input_class_init (RtcHttpGuardInputClass *klass)
{
  GInputStreamClass *input_class = G_INPUT_STREAM_CLASS (klass);

  input_class->read_fn = input_read;
  input_class->close_fn = input_close;
}

static void
rtc_http_guard_input_init (RtcHttpGuardInput *self)
{
}

/* -- Writing ------------------------------------------------------------------------------------
 */

static gssize
output_write (GOutputStream *stream, const void *buffer, gsize count, GCancellable *cancellable,
    GError **error)
{
  RtcHttpGuard *guard = RTC_HTTP_GUARD_OUTPUT (stream)->guard;

  if (!guard) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the connection is closed");
    return -1;
  }
  return rtc_http_guard_write (guard, buffer, count, TRUE, cancellable, error);
}

static gssize
output_write_nonblocking (
    GPollableOutputStream *stream, const void *buffer, gsize count, GError **error)
{
  RtcHttpGuard *guard = RTC_HTTP_GUARD_OUTPUT (stream)->guard;

  if (!guard) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the connection is closed");
    return -1;
  }
  return rtc_http_guard_write (guard, buffer, count, FALSE, NULL, error);
}

static gboolean
output_is_writable (GPollableOutputStream *stream)
{
  RtcHttpGuard *guard = RTC_HTTP_GUARD_OUTPUT (stream)->guard;

  return guard == NULL
         || g_pollable_output_stream_is_writable (rtc_http_guard_get_base_output (guard));
}

static GSource *
output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  RtcHttpGuard *guard = RTC_HTTP_GUARD_OUTPUT (stream)->guard;
  GSource *child, *source;

  child =
      guard ? g_pollable_output_stream_create_source (rtc_http_guard_get_base_output (guard), NULL)
            : g_timeout_source_new (0);
  source = g_pollable_source_new_full (stream, child, cancellable);
  g_source_unref (child);
  return source;
}

static gboolean
output_close (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = output_is_writable;
  iface->create_source = output_create_source;
  iface->write_nonblocking = output_write_nonblocking;
}

static void
rtc_http_guard_output_class_init (RtcHttpGuardOutputClass *klass)
{
  GOutputStreamClass *output_class = G_OUTPUT_STREAM_CLASS (klass);

  output_class->write_fn = output_write;
  output_class->close_fn = output_close;
}

static void
rtc_http_guard_output_init (RtcHttpGuardOutput *self)
{
}
