/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http.c - the web server against hostile clients over raw sockets: smuggling, slowness, size,
 * numbers, TLS (T27, T28, T29, T31, T36, T38). */
#include "ext/http/rtc-http-server.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "gst/rtc/base/rtc-result.h"
#include "tests/check/count-proc.h"
#include "tests/check/net/http-client.h"
#include "tests/check/run-tests.h"

typedef struct {
  GMainContext *context;
  RtcHttpServer *server;
  RtcHttpRoute *route;
  RtcHttpLimits limits;
  guint16 port;
  guint n_handled;
} Fixture;

static void
on_request (RtcHttpRequest *request, const gchar *tail, gpointer data)
{
  Fixture *f = data;
  gsize len;

  f->n_handled++;
  rtc_http_request_get_body (request, &len);
  rtc_http_request_reply_text (request, 200, "%u bytes", (guint) len);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->context = g_main_context_new ();
  g_main_context_push_thread_default (f->context);
  f->limits = (RtcHttpLimits) RTC_HTTP_LIMITS_DEFAULT;
}

static void
start (Fixture *f)
{
  static const RtcHttpRoutePolicy policy = { .methods = "POST, OPTIONS",
    .methods_below = "DELETE, OPTIONS" };
  const RtcHttpServerConfig config = { .address = "http://127.0.0.1:0/", .limits = &f->limits };
  GError *error = NULL;

  f->server = rtc_http_server_acquire (&config, f->context, &error);
  g_assert_no_error (error);
  f->route = rtc_http_server_add_route (f->server, "/echo", &policy, on_request, f, &error);
  g_assert_no_error (error);
  f->port = rtc_http_server_get_port (f->server);
}

static void
drain (Fixture *f)
{
  while (g_main_context_iteration (f->context, FALSE)) {
  }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->server) {
    rtc_http_server_remove_route (f->server, f->route);
    rtc_http_server_release (f->server);
  }
  drain (f);
  g_main_context_pop_thread_default (f->context);
  g_main_context_unref (f->context);
}

#define HOST "Host: 127.0.0.1\r\n"
#define POST "POST /echo HTTP/1.1\r\n"

/* -- T29: what two parsers might read differently -----------------------------------------------
 */

static const struct {
  const gchar *name, *request;
  guint status;
} hostile[] = {
  { "two-hosts", POST HOST HOST "Content-Length: 0\r\n\r\n", 400 },
  { "two-different-hosts", POST HOST "Host: evil.example\r\nContent-Length: 0\r\n\r\n", 400 },
  { "no-host", POST "Content-Length: 0\r\n\r\n", 400 },
  { "empty-host", POST "Host: \r\nContent-Length: 0\r\n\r\n", 400 },
  { "host-with-path", POST "Host: a/b\r\nContent-Length: 0\r\n\r\n", 400 },
  { "host-with-user", POST "Host: a@b\r\nContent-Length: 0\r\n\r\n", 400 },
  { "length-and-chunked",
      POST HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
  { "chunked-and-length",
      POST HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400 },
  { "two-lengths", POST HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400 },
  { "two-equal-lengths", POST HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400 },
  { "length-list", POST HOST "Content-Length: 5, 5\r\n\r\nhello", 400 },
  { "length-signed", POST HOST "Content-Length: +5\r\n\r\nhello", 400 },
  { "length-negative", POST HOST "Content-Length: -1\r\n\r\n", 400 },
  { "length-hex", POST HOST "Content-Length: 0x5\r\n\r\nhello", 400 },
  { "length-empty", POST HOST "Content-Length:\r\n\r\n", 400 },
  { "length-huge", POST HOST "Content-Length: 99999999999999999999999\r\n\r\n", 413 },
  { "two-codings",
      POST HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
  { "coding-list", POST HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501 },
  { "coding-identity", POST HOST "Transfer-Encoding: identity\r\n\r\n", 501 },
  { "coding-odd", POST HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501 },
  { "coding-tab",
      POST HOST "Transfer-Encoding:\x0b"
                "chunked\r\n\r\n0\r\n\r\n",
      400 },
  { "coding-in-1.0", "POST /echo HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400 },
  { "space-before-colon", POST HOST "Content-Length : 5\r\n\r\nhello", 400 },
  { "folded-field", POST HOST "X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n", 400 },
  { "first-field-folded", POST " " HOST "Content-Length: 0\r\n\r\n", 400 },
  { "bare-lf", "POST /echo HTTP/1.1\n" HOST "Content-Length: 0\r\n\r\n", 400 },
  { "bare-lf-in-field", POST HOST "X-A: b\nContent-Length: 5\r\n\r\nhello", 400 },
  { "bare-cr", POST HOST "X-A: b\rX-B: c\r\nContent-Length: 0\r\n\r\n", 400 },
  { "field-without-colon", POST HOST "nonsense\r\n\r\n", 400 },
  { "field-without-name", POST HOST ": x\r\n\r\n", 400 },
  { "control-in-value", POST HOST "X-A: \x01\r\n\r\n", 400 },
  { "method-with-colon", "GE:T / HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-with-space", "GET / x HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-authority", "CONNECT a:80 HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-double-slash", "GET //evil.example/ HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "target-disagrees", "GET http://evil.example/ HTTP/1.1\r\n" HOST "\r\n", 400 },
  { "no-version", "GET /\r\n" HOST "\r\n", 400 },
  { "version-2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400 },
  { "version-9", "GET / HTTP/9.9\r\n" HOST "\r\n", 505 },
  { "expectation", POST HOST "Expect: miracles\r\nContent-Length: 0\r\n\r\n", 417 },
  { "chunk-size-sign", POST HOST "Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
      400 },
  { "chunk-size-0x", POST HOST "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", 400 },
  { "chunk-size-empty", POST HOST "Transfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n", 400 },
  { "chunk-bare-lf", POST HOST "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", 400 },
  { "chunk-overrun", POST HOST "Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n", 400 },
  { "chunk-extension-lf", POST HOST "Transfer-Encoding: chunked\r\n\r\n5;a\nb\r\nhello\r\n", 400 },
  { "chunk-wrap", POST HOST "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n", 413 },
  { "chunk-large", POST HOST "Transfer-Encoding: chunked\r\n\r\n40001\r\n", 413 },
  { "trailer", POST HOST "Transfer-Encoding: chunked\r\n\r\n0\r\nHost: evil\r\n\r\n", 400 },
  { "tls-hello", "\x16\x03\x01\x02\x01\x01\r\n\r\n", 400 },
};

static void
test_hostile (Fixture *f, gconstpointer data)
{
  start (f);
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_autoptr (HttpResponse) response =
        http_request (f->context, f->port, hostile[i].request, -1, TRUE, 3000);

    g_test_message (
        "%s: %u %s", hostile[i].name, response->status, response->body ? response->body : "");
    g_assert_cmpuint (response->status, ==, hostile[i].status);
    g_assert_true (response->closed);
  }
  {
    static const gchar nul[] = "GET /\0 HTTP/1.1\r\n" HOST "\r\n";
    g_autoptr (HttpResponse) response =
        http_request (f->context, f->port, nul, sizeof (nul) - 1, TRUE, 3000);

    g_assert_cmpuint (response->status, ==, 400);
  }
  g_assert_cmpuint (f->n_handled, ==, 0);
  drain (f);
  g_assert_cmpuint (rtc_http_server_get_n_connections (f->server), ==, 0);
}

static void
test_good (Fixture *f, gconstpointer data)
{
  static const struct {
    const gchar *request, *body;
  } table[] = {
    { POST HOST "Content-Length: 5\r\n\r\nhello", "5 bytes\n" },
    { POST HOST "\r\n", "0 bytes\n" },
    { "\r\n" POST HOST "Content-Length: 1\r\n\r\nx", "1 bytes\n" },
    { POST HOST "Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
        "6 bytes\n" },
    { POST HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab", "2 bytes\n" },
    { POST "Host: localhost:1234\r\nContent-Length: 0\r\n\r\n", "0 bytes\n" },
    { POST "Host: [::1]:80\r\nContent-Length: 0\r\n\r\n", "0 bytes\n" },
    { "POST /%65cho HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", "0 bytes\n" },
    { "POST http://127.0.0.1/echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", "0 bytes\n" },
  };

  start (f);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (HttpResponse) response =
        http_request (f->context, f->port, table[i].request, -1, FALSE, 3000);

    g_assert_cmpuint (response->status, ==, 200);
    g_assert_cmpstr (response->body, ==, table[i].body);
  }
  {
    /* Pipelined: one request is answered, what follows it is never looked at. */
    guint handled = f->n_handled;
    g_autoptr (HttpResponse) response = http_request (f->context, f->port,
        POST HOST "Content-Length: 1\r\n\r\nx" POST HOST "Content-Length: 0\r\n\r\n", -1, TRUE,
        3000);

    g_assert_cmpuint (response->status, ==, 200);
    g_assert_cmpstr (response->body, ==, "1 bytes\n");
    g_assert_cmpuint (f->n_handled, ==, handled + 1);
  }
}

/* T31: a name of somebody else's that was pointed here. */
static void
test_hosts (Fixture *f, gconstpointer data)
{
  static const struct {
    const gchar *host;
    guint status;
  } table[] = {
    { "127.0.0.1", 200 },
    { "192.0.2.7:8080", 200 },
    { "localhost", 200 },
    { "LOCALHOST.:80", 200 },
    { "evil.example", 403 },
    { "evil.example:80", 403 },
    { "127.0.0.1.evil.example", 403 },
    { "localhost.evil.example", 403 },
    { "127.0.0.1:80x", 400 },
    { "[::1", 400 },
  };

  start (f);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    gchar *request = g_strdup_printf (POST "Host: %s\r\nContent-Length: 0\r\n\r\n", table[i].host);
    g_autoptr (HttpResponse) response =
        http_request (f->context, f->port, request, -1, FALSE, 3000);

    g_assert_cmpuint (response->status, ==, table[i].status);
    g_free (request);
  }
}

/* -- T27, T28: slow and large -------------------------------------------------------------------
 */

static void
test_slow (Fixture *f, gconstpointer data)
{
  static const struct {
    const gchar *request;
    guint status;
  } table[] = {
    { "", 0 }, { "POST /ec", 408 }, { POST HOST, 408 },
    { POST HOST "Content-Length: 5\r\n\r\nhel", 408 },
    { POST HOST "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", 408 },
    { POST HOST "Content-Length: 5\r\n\r\nhello", 200 }, /* then idle */
  };
  gint64 begun;

  f->limits.header_ms = f->limits.body_ms = f->limits.idle_ms = 150;
  start (f);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (HttpResponse) response = NULL;

    begun = g_get_monotonic_time ();
    response = http_request (f->context, f->port, table[i].request, -1, TRUE, 5000);
    g_assert_cmpuint (response->status, ==, table[i].status);
    g_assert_true (response->closed);
    g_assert_cmpint (g_get_monotonic_time () - begun, <, 2 * G_USEC_PER_SEC);
  }
  drain (f);
  g_assert_cmpuint (rtc_http_server_get_n_connections (f->server), ==, 0);
}

static gsize
produce_chunks (guint8 *buffer, gsize size, gpointer data)
{
  guint64 *left = data;
  gsize n = MIN (size - 8, 0x3ff0);

  if (*left == 0)
    return 0;
  *left -= MIN (*left, n);
  g_snprintf ((gchar *) buffer, 7, "%04x\r\n", (guint) n - 8);
  memset (buffer + 6, 'x', n - 8);
  memcpy (buffer + 6 + n - 8, "\r\n", 2);
  return n;
}

/* A sanitizer's own memory grows with what it watches. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEASURES_MEMORY FALSE
#else
#define MEASURES_MEMORY TRUE
#endif

/* 1 GiB in chunks: refused while it comes, at 256 KiB, without growing. */
static void
test_endless_body (Fixture *f, gconstpointer data)
{
  gsize before;

  start (f);
  for (guint i = 0; i < 3; i++) { /* the first warms the allocator up */
    guint64 left = G_GUINT64_CONSTANT (1) << 30;
    g_autoptr (HttpResponse) response = NULL;

    before = count_resident_bytes ();
    response = http_upload (f->context, f->port, POST HOST "Transfer-Encoding: chunked\r\n\r\n",
        produce_chunks, &left, 5000);
    g_assert_cmpuint (response->sent, <, 64 << 20); /* what fits into a second of lingering */
    if (response->status != 0)                      /* else the reset was faster than the reader */
      g_assert_cmpuint (response->status, ==, 413);
    if (MEASURES_MEMORY && i > 0)
      g_assert_cmpuint (count_resident_bytes (), <=, before + (1 << 20));
  }
  g_assert_cmpuint (f->n_handled, ==, 0);
}

static void
test_large_head (Fixture *f, gconstpointer data)
{
  GString *request = g_string_new (POST HOST);
  g_autoptr (HttpResponse) many = NULL, large = NULL, target = NULL;
  gchar *path = g_strnfill (3000, 'a');

  start (f);
  for (guint i = 0; i < 150; i++)
    g_string_append_printf (request, "X-%u: y\r\n", i);
  g_string_append (request, "\r\n");
  many = http_request (f->context, f->port, request->str, -1, TRUE, 3000);
  g_assert_cmpuint (many->status, ==, 431);

  g_string_assign (request, POST HOST "X: ");
  for (guint i = 0; i < 40000; i++)
    g_string_append_c (request, 'y');
  large = http_request (f->context, f->port, request->str, -1, TRUE, 3000);
  g_assert_cmpuint (large->status, ==, 431);

  g_string_printf (request, "GET /%s HTTP/1.1\r\n" HOST "\r\n", path);
  target = http_request (f->context, f->port, request->str, -1, TRUE, 3000);
  g_assert_cmpuint (target->status, ==, 414);
  g_free (path);
  g_string_free (request, TRUE);
}

/* -- T36: numbers -------------------------------------------------------------------------------
 */

static void
test_connection_caps (Fixture *f, gconstpointer data)
{
  GSocketClient *client = g_socket_client_new ();
  GSocketConnection *held[4];

  f->limits.max_connections_per_address = G_N_ELEMENTS (held);
  start (f);
  g_socket_client_set_enable_proxy (client, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (held); i++) {
    held[i] = g_socket_client_connect_to_host (client, "127.0.0.1", f->port, NULL, NULL);
    g_assert_nonnull (held[i]);
  }
  while (rtc_http_server_get_n_connections (f->server) < G_N_ELEMENTS (held))
    g_main_context_iteration (f->context, TRUE);
  {
    g_autoptr (HttpResponse) over =
        http_request (f->context, f->port, "GET / HTTP/1.1\r\n" HOST "\r\n", -1, TRUE, 3000);

    g_assert_true (over->status == 503 || over->status == 0);
  }
  g_object_unref (held[0]);
  while (rtc_http_server_get_n_connections (f->server) >= G_N_ELEMENTS (held))
    g_main_context_iteration (f->context, TRUE);
  {
    g_autoptr (HttpResponse) again =
        http_request (f->context, f->port, "GET / HTTP/1.1\r\n" HOST "\r\n", -1, FALSE, 3000);

    g_assert_cmpuint (again->status, ==, 200);
  }
  for (guint i = 1; i < G_N_ELEMENTS (held); i++)
    g_object_unref (held[i]);
  g_object_unref (client);
}

static void
test_request_rate (Fixture *f, gconstpointer data)
{
  guint ok = 0, limited = 0;

  f->limits.requests_per_second = 1;
  f->limits.requests_burst = 5;
  start (f);
  for (guint i = 0; i < 10; i++) {
    g_autoptr (HttpResponse) response =
        http_request (f->context, f->port, POST HOST "Content-Length: 0\r\n\r\n", -1, FALSE, 3000);

    ok += response->status == 200;
    limited += response->status == 429;
  }
  g_assert_cmpuint (ok + limited, ==, 10);
  g_assert_cmpuint (ok, >=, 5);
  g_assert_cmpuint (limited, >=, 3);
}

/* -- Addresses and TLS --------------------------------------------------------------------------
 */

static void
test_addresses (Fixture *f, gconstpointer data)
{
  static const struct {
    const gchar *address;
    RtcResult result;
  } table[] = {
    { "nonsense", RTC_ERR_PARSE }, { "ftp://127.0.0.1/", RTC_ERR_PARSE },
    { "http://127.0.0.1:8080/path", RTC_ERR_PARSE }, { "http://camera.local:8080/", RTC_ERR_PARSE },
    { "https://127.0.0.1:0/", RTC_ERR_UNSUPPORTED }, /* no certificate */
    { "http://192.0.2.77:0/", RTC_ERR_BACKEND },     /* not ours */
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    const RtcHttpServerConfig config = { .address = table[i].address };
    GError *error = NULL;

    g_assert_null (rtc_http_server_acquire (&config, f->context, &error));
    g_assert_error (error, RTC_ERROR, -table[i].result);
    g_error_free (error);
  }
}

static void
test_port_in_use (Fixture *f, gconstpointer data)
{
  GSocketListener *other = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (other, NULL, NULL);
  gchar *address = g_strdup_printf ("http://127.0.0.1:%u/", port);
  gchar *number = g_strdup_printf ("port %u", port);
  const RtcHttpServerConfig config = { .address = address };
  GError *error = NULL;

  g_assert_null (rtc_http_server_acquire (&config, f->context, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_STATE);
  g_assert_nonnull (strstr (error->message, number));
  g_assert_nonnull (strstr (error->message, "127.0.0.1"));
  g_error_free (error);
  g_free (number);
  g_free (address);
  g_object_unref (other);
}

static void
test_tls (Fixture *f, gconstpointer data)
{
  gchar *folder = g_dir_make_tmp ("rtc-http-XXXXXX", NULL);
  gchar *certificate = g_build_filename (folder, "cert.pem", NULL);
  gchar *key = g_build_filename (folder, "key.pem", NULL);
  gchar *command = g_strdup_printf ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
                                    "-nodes -days 2 -subj /CN=localhost -keyout %s -out %s",
      key, certificate);
  const RtcHttpServerConfig config = { .address = "https://127.0.0.1:0/",
    .certificate_file = certificate,
    .key_file = key,
    .limits = &f->limits };
  GError *error = NULL;

  if (!g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL)
      || !g_file_test (key, G_FILE_TEST_EXISTS)) {
    g_test_skip ("no openssl tool to make a certificate");
  } else {
    g_assert_cmpint (g_chmod (key, 0644), ==, 0);
    g_assert_null (rtc_http_server_acquire (&config, f->context, &error));
    g_assert_error (error, RTC_ERROR, -RTC_ERR_AUTH);
    g_clear_error (&error);
    g_assert_cmpint (g_chmod (key, 0600), ==, 0);

    f->limits.handshake_ms = 200;
    f->server = rtc_http_server_acquire (&config, f->context, &error);
    g_assert_no_error (error);
    f->port = rtc_http_server_get_port (f->server);
    {
      g_autoptr (HttpResponse) page =
          http_request_stream (f->context, f->port, "GET / HTTP/1.1\r\n" HOST "\r\n", TRUE);
      /* Plain text to a TLS port: the handshake ends, and holds up nobody. */
      g_autoptr (HttpResponse) plain =
          http_request (f->context, f->port, "GET / HTTP/1.1\r\n", -1, TRUE, 3000);
      g_autoptr (HttpResponse) silent = http_request (f->context, f->port, "", -1, TRUE, 3000);
      g_autoptr (HttpResponse) again =
          http_request_stream (f->context, f->port, "GET / HTTP/1.1\r\n" HOST "\r\n", TRUE);

      g_assert_cmpuint (page->status, ==, 200);
      g_assert_cmpuint (plain->status, ==, 0);
      g_assert_cmpuint (silent->status, ==, 0);
      g_assert_cmpuint (again->status, ==, 200);
    }
  }
  g_unlink (certificate);
  g_unlink (key);
  g_rmdir (folder);
  g_free (command);
  g_free (certificate);
  g_free (key);
  g_free (folder);
}

static void
test_pages (Fixture *f, gconstpointer data)
{
  static const struct {
    const gchar *path, *type, *text;
  } table[] = {
    { "/", "text/html; charset=utf-8", "<video" },
    { "/publish", "text/html; charset=utf-8", "/publisher.js" },
    { "/publisher.js", "text/javascript; charset=utf-8", "rtcPublisher" },
    { "/publisher-texts.js", "text/javascript; charset=utf-8", "explainMedia" },
    { "/whip-client.js", "text/javascript; charset=utf-8", "WhipCall" },
    { "/publisher.css", "text/css; charset=utf-8", "#stage" },
    { "/viewer.js", "text/javascript; charset=utf-8", "rtcViewer" },
    { "/messages.js", "text/javascript; charset=utf-8", "rtcMessages" },
    { "/plot.js", "text/javascript; charset=utf-8", "rtcPlots" },
    { "/control.js", "text/javascript; charset=utf-8", "rtcControl" },
    { "/files.js", "text/javascript; charset=utf-8", "rtcFiles" },
    { "/sha256.js", "text/javascript; charset=utf-8", "Sha256" },
    { "/viewer.css", "text/css; charset=utf-8", "video" },
    { "/favicon.svg", "image/svg+xml", "<svg" },
    { "/streams", "application/json", "{\"streams\":[]}" },
  };
  static const gchar *const absent[] = { "/viewer.html", "/pages.gresource.xml", "/../etc/passwd",
    "/..%2f..%2fetc/passwd", "/%5c..%5c", "/viewer.js/", "/.git/config" };

  start (f);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    gchar *request = g_strdup_printf ("GET %s?x=y HTTP/1.1\r\n" HOST "\r\n", table[i].path);
    g_autoptr (HttpResponse) response =
        http_request (f->context, f->port, request, -1, FALSE, 3000);
    g_autofree gchar *type = http_response_dup_header (response, "Content-Type");
    g_autofree gchar *sniff = http_response_dup_header (response, "X-Content-Type-Options");
    g_autofree gchar *server = http_response_dup_header (response, "Server");

    g_assert_cmpuint (response->status, ==, 200);
    g_assert_cmpstr (type, ==, table[i].type);
    g_assert_cmpstr (sniff, ==, "nosniff");
    g_assert_null (server);
    g_assert_nonnull (strstr (response->body, table[i].text));
    g_assert_null (strstr (response->body, "innerHTML"));
    g_free (request);
  }
  for (guint i = 0; i < G_N_ELEMENTS (absent); i++) {
    gchar *request = g_strdup_printf ("GET %s HTTP/1.1\r\n" HOST "\r\n", absent[i]);
    g_autoptr (HttpResponse) response =
        http_request (f->context, f->port, request, -1, FALSE, 3000);

    g_assert_true (response->status == 404 || response->status == 400);
    g_free (request);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add ("/http/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("hostile", test_hostile);
  ADD ("good", test_good);
  ADD ("hosts", test_hosts);
  ADD ("slow", test_slow);
  ADD ("endless-body", test_endless_body);
  ADD ("large-head", test_large_head);
  ADD ("connection-caps", test_connection_caps);
  ADD ("request-rate", test_request_rate);
  ADD ("addresses", test_addresses);
  ADD ("port-in-use", test_port_in_use);
  ADD ("tls", test_tls);
  ADD ("pages", test_pages);
  return run_tests ();
}
