/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The libnice backend through a TURN server over TLS: coturn with a certificate of an authority
 * that this test makes. */
#include <dirent.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>
#include "ext/nice/rtc-nice-turn.h"
#include "tests/check/net/nice-pair.h"
#include "tests/check/net/turn-server.h"

#define HOST "turn.example.org"

static const gchar *const file_names[] = { "ca.pem", "ca.key", "other.pem", "other.key", "turn.pem",
  "turn.key" };

static gchar *folder;
static TurnServer *turn;
static GString *warnings; /* what rtcice warned of */

static gchar *
path_of (const gchar *name)
{
  return g_build_filename (folder, name, NULL);
}

/* --- certificates --- */

/* Signed by ca (nullable: by itself). FALSE when there is no openssl. */
static gboolean
make_certificate (const gchar *name, const gchar *extension, const gchar *ca)
{
  gchar *command = g_strdup_printf (
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=%s "
      "-keyout %s/%s.key -out %s/%s.pem -addext %s",
      name, folder, name, folder, name, extension);
  gint status = 0;
  gboolean ok;

  if (ca != NULL) {
    gchar *longer =
        g_strdup_printf ("%s -CA %s/%s.pem -CAkey %s/%s.key", command, folder, ca, folder, ca);

    g_free (command);
    command = longer;
  }
  ok = g_spawn_command_line_sync (command, NULL, NULL, &status, NULL)
       && g_spawn_check_wait_status (status, NULL);
  g_free (command);
  return ok;
}

static gboolean
make_certificates (void)
{
  return make_certificate ("ca", "keyUsage=critical,keyCertSign", NULL)
         && make_certificate ("other", "keyUsage=critical,keyCertSign", NULL)
         && make_certificate ("turn", "subjectAltName=DNS:" HOST, "ca");
}

/* --- what is common to all --- */

static void
on_log (GstDebugCategory *category, GstDebugLevel level, const gchar *file, const gchar *function,
    gint line, GObject *object, GstDebugMessage *message, gpointer data)
{
  if (level == GST_LEVEL_WARNING && g_str_equal (gst_debug_category_get_name (category), "rtcice"))
    g_string_append_printf (warnings, "%s\n", gst_debug_message_get (message));
}

typedef struct {
  const gchar *name;
  const gchar *host;
  const gchar *ca;
  const gchar *password;
  guint16 (*get_port) (TurnServer *);
  const gchar *warning; /* NULL: it connects */
} TlsCase;

static void
begin (NicePair *pair, const TlsCase *c)
{
  RtcIceServer server = { .is_turn = TRUE,
    .is_tcp = TRUE,
    .is_tls = TRUE,
    .host = (gchar *) c->host,
    .address = (gchar *) "127.0.0.1",
    .port = c->get_port (turn),
    .username = (gchar *) "viewer",
    .password = (gchar *) c->password };
  RtcIceConfig config = nice_pair_config (pair, &pair->a);

  config.policy = RTC_ICE_TRANSPORT_POLICY_RELAY;
  config.servers = &server;
  config.n_servers = 1;
  nice_pair_create (pair, &pair->a, &config);
  config = nice_pair_config (pair, &pair->b);
  nice_pair_create (pair, &pair->b, &config);
  nice_pair_exchange_parameters (pair, FALSE);
  pair->a.ice->vtable->gather (pair->a.ice, nice_pair_now ());
}

static gboolean
b_has_loopback (NicePair *pair, gpointer unused)
{
  nice_end_keep_loopback (&pair->b);
  return !g_queue_is_empty (&pair->b.candidates) && nice_pair_has_candidate (pair, &pair->a);
}

static void
connect_both (NicePair *pair)
{
  pair->b.ice->vtable->gather (pair->b.ice, nice_pair_now ());
  g_assert_true (nice_pair_run (pair, FALSE, b_has_loopback, NULL, 10000));
  g_assert_true (nice_pair_run (pair, TRUE, nice_pair_is_connected, NULL, 10000));
  nice_pair_assert_consent (pair);
}

static void
set_authority (const gchar *name)
{
  gchar *path = path_of (name);

  g_setenv (RTC_NICE_CA_FILE_VARIABLE, path, TRUE);
  g_free (path);
}

/* --- servers that are none --- */

typedef struct {
  const gchar *name;
  gboolean is_tls;
  const gchar *answer; /* to one request; NULL: hangs up at once */
  gsize answer_len;
  gboolean has_transaction; /* the request's goes into the answer */
  const gchar *warning;
} Fake;

static GSocket *fake_listener;
static guint16 fake_port;
static GCancellable *fake_end;
static const Fake *fake; /* set while no connection is open */

static void
fake_talk (GIOStream *stream)
{
  GInputStream *in = g_io_stream_get_input_stream (stream);
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  gchar request[1000], answer[100];

  if (fake->answer != NULL
      && g_input_stream_read (in, request, sizeof request, fake_end, NULL) > 0) {
    memcpy (answer, fake->answer, fake->answer_len);
    if (fake->has_transaction)
      memcpy (answer + 8, request + 8, 12);
    g_output_stream_write_all (out, answer, fake->answer_len, NULL, fake_end, NULL);
  }
}

static void
fake_serve (GSocket *socket, GTlsCertificate *certificate)
{
  GIOStream *stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  GIOStream *tls;

  if (fake->is_tls) {
    tls = g_tls_server_connection_new (stream, certificate, NULL);
    if (g_tls_connection_handshake (G_TLS_CONNECTION (tls), fake_end, NULL))
      fake_talk (tls);
    g_object_unref (tls);
  } else {
    fake_talk (stream);
  }
  g_object_unref (stream);
}

static gpointer
fake_main (gpointer data)
{
  gchar *certificate_path = path_of ("turn.pem"), *key_path = path_of ("turn.key");
  GTlsCertificate *certificate =
      g_tls_certificate_new_from_files (certificate_path, key_path, NULL);
  GSocket *socket;

  while ((socket = g_socket_accept (fake_listener, fake_end, NULL)) != NULL) {
    fake_serve (socket, certificate);
    g_object_unref (socket);
  }
  g_object_unref (certificate);
  g_free (certificate_path);
  g_free (key_path);
  return NULL;
}

static GThread *
fake_start (void)
{
  GSocketAddress *address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);

  fake_listener =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_assert_true (g_socket_bind (fake_listener, address, FALSE, NULL));
  g_assert_true (g_socket_listen (fake_listener, NULL));
  g_object_unref (address);
  address = g_socket_get_local_address (fake_listener, NULL);
  fake_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_object_unref (address);
  fake_end = g_cancellable_new ();
  return g_thread_new ("fake", fake_main, NULL);
}

static guint16
get_fake_port (TurnServer *server)
{
  return fake_port;
}

static guint16
get_closed_port (TurnServer *server)
{
  return turn_server_find_free_port ();
}

/* --- the cases --- */

static void
assert_works (NicePair *pair)
{
  RtcIceStats stats;

  connect_both (pair);
  pair->a.ice->vtable->get_stats (pair->a.ice, &stats);
  g_assert_true (stats.has_pair);
  g_assert_cmpint (stats.local.type, ==, RTC_CANDIDATE_RELAYED);
  g_assert_cmpuint (stats.relays_failed, ==, 0);
  for (guint i = 0; i < 20; i++) {
    nice_pair_assert_data_flows (pair, TRUE, &pair->a, &pair->b);
    nice_pair_assert_data_flows (pair, TRUE, &pair->b, &pair->a);
  }
}

/* No candidate, a warning that says why, and gathering does not wait for libnice to give up. */
static void
assert_refused (NicePair *pair, const gchar *warning)
{
  GstClockTime start = nice_pair_now ();
  RtcIceStats stats;

  g_assert_true (nice_pair_run (pair, FALSE, nice_pair_a_is_gathered, NULL, 10000));
  g_test_message (
      "gathered after %" G_GUINT64_FORMAT " ms", (nice_pair_now () - start) / GST_MSECOND);
  g_assert_cmpuint (nice_pair_now () - start, <, 5 * GST_SECOND);
  g_assert_cmpuint (g_queue_get_length (&pair->a.candidates), ==, 0);
  pair->a.ice->vtable->get_stats (pair->a.ice, &stats);
  g_test_message ("%s", warnings->str);
  g_assert_cmpuint (stats.relays_failed, >, 0);
  g_assert_nonnull (strstr (warnings->str, "TURN over TLS to "));
  g_assert_nonnull (strstr (warnings->str, warning));
}

static void
test_tls (gconstpointer data)
{
  const TlsCase *c = data;
  NicePair pair;

  g_string_truncate (warnings, 0);
  set_authority (c->ca);
  nice_pair_init (&pair);
  begin (&pair, c);
  if (c->warning == NULL)
    assert_works (&pair);
  else
    assert_refused (&pair, c->warning);
  nice_pair_clear (&pair);
  g_assert_null (strstr (warnings->str, "secret"));
}

static void
test_fake (gconstpointer data)
{
  static const TlsCase c = { "", HOST, "ca.pem", "secret", get_fake_port, NULL };
  NicePair pair;

  fake = data;
  g_string_truncate (warnings, 0);
  set_authority (c.ca);
  nice_pair_init (&pair);
  begin (&pair, &c);
  assert_refused (&pair, fake->warning);
  nice_pair_clear (&pair);
}

/* A wrong password is the server's matter: the connection is fine, there is no relay. */
static void
test_wrong_password (void)
{
  static const TlsCase c = { "", HOST, "ca.pem", "wrong", turn_server_get_tls_port, NULL };
  NicePair pair;

  set_authority (c.ca);
  nice_pair_init (&pair);
  begin (&pair, &c);
  g_assert_true (nice_pair_run (&pair, FALSE, nice_pair_a_is_gathered, NULL, 10000));
  g_assert_cmpuint (g_queue_get_length (&pair.a.candidates), ==, 0);
  nice_pair_clear (&pair);
}

/* --- leaks --- */

static guint
count_descriptors (void)
{
  DIR *dir = opendir ("/proc/self/fd");
  guint n = 0;

  while (readdir (dir) != NULL)
    n++;
  closedir (dir);
  return n;
}

static gboolean
never (NicePair *pair, gpointer unused)
{
  return FALSE;
}

/* Freed before, while and after the connection is secured, and when it is refused. */
static void
test_cycles (void)
{
  static const TlsCase good = { "", HOST, "ca.pem", "secret", turn_server_get_tls_port, NULL };
  static const TlsCase bad = { "", "x.example.org", "ca.pem", "secret", turn_server_get_tls_port,
    NULL };
  NicePair pair;
  guint descriptors = 0;

  set_authority ("ca.pem");
  nice_pair_init (&pair);
  for (guint i = 0; i < 60; i++) {
    if (i == 10)
      descriptors = count_descriptors ();
    begin (&pair, i % 10 == 3 ? &bad : &good);
    if (i % 10 < 8)
      nice_pair_run (&pair, FALSE, never, NULL, i % 10 * 4);
    else if (i % 10 == 8)
      g_assert_true (nice_pair_run (&pair, FALSE, nice_pair_has_candidate, &pair.a, 10000));
    else
      connect_both (&pair);
    pair.a.ice->vtable->free (pair.a.ice);
    pair.b.ice->vtable->free (pair.b.ice);
    g_queue_clear_full (&pair.a.candidates, g_free);
    g_queue_clear_full (&pair.b.candidates, g_free);
    pair.a.ice = pair.b.ice = NULL;
    while (!rtc_nice_factory_is_idle (pair.factory))
      g_main_context_iteration (pair.context, TRUE);
  }
  g_assert_cmpuint (count_descriptors (), <=, descriptors);
  nice_pair_clear (&pair);
}

/* --- messages --- */

typedef struct {
  const gchar *name;
  const guint8 *data;
  gsize len;
  RtcResult result;
  gsize n_complete;
  gboolean is_allocated;
} CheckCase;

#define TRANSACTION 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
#define COOKIE 0x21, 0x12, 0xa4, 0x42

static const guint8 unauthorized[] = { 0x01, 0x13, 0, 16, COOKIE, TRANSACTION, 0x00, 0x14, 0, 1,
  't', 0, 0, 0, 0x00, 0x09, 0, 4, 0, 0, 4, 1 };
static const guint8 elsewhere[] = { 0x01, 0x13, 0, 16, COOKIE, TRANSACTION, 0x00, 0x14, 0, 1, 't',
  0, 0, 0, 0x00, 0x09, 0, 4, 0, 0, 3, 0 };
static const guint8 granted[] = { 0x01, 0x03, 0, 0, COOKIE, TRANSACTION, 0x40, 0, 0, 1, 9 };
static const guint8 no_cookie[] = { 0x01, 0x13, 0, 0, 0, 0, 0, 0, TRANSACTION };
static const guint8 channel_data[] = { 0x40, 0, 0, 16, COOKIE, TRANSACTION };
static const guint8 cut_attribute[] = { 0x01, 0x13, 0, 8, COOKIE, TRANSACTION, 0x00, 0x09, 0xff,
  0xff, 0, 0, 3, 0 };

static void
test_check (void)
{
  static const CheckCase cases[] = {
    { "empty", unauthorized, 0, RTC_OK, 0, FALSE },
    { "half a header", unauthorized, 10, RTC_OK, 0, FALSE },
    { "half a message", unauthorized, sizeof unauthorized - 1, RTC_OK, 0, FALSE },
    { "401", unauthorized, sizeof unauthorized, RTC_OK, sizeof unauthorized, FALSE },
    { "300", elsewhere, sizeof elsewhere, RTC_ERR_UNSUPPORTED, 0, FALSE },
    { "granted and channel data", granted, sizeof granted, RTC_OK, sizeof granted, TRUE },
    { "no cookie", no_cookie, sizeof no_cookie, RTC_ERR_PARSE, 0, FALSE },
    { "channel data", channel_data, sizeof channel_data, RTC_ERR_PARSE, 0, FALSE },
    { "cut attribute", cut_attribute, sizeof cut_attribute, RTC_OK, sizeof cut_attribute, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize n_complete = 99;
    gboolean is_allocated = FALSE;
    RtcResult result =
        rtc_nice_turn_check (cases[i].data, cases[i].len, &n_complete, &is_allocated);

    g_test_message ("%s", cases[i].name);
    g_assert_cmpint (result, ==, cases[i].result);
    g_assert_cmpuint (n_complete, ==, cases[i].n_complete);
    g_assert_cmpint (is_allocated, ==, cases[i].is_allocated);
  }
}

/* What stands before a redirection passes, and the refusal names the redirected transaction. */
static void
test_redirection (void)
{
  guint8 both[sizeof unauthorized + sizeof elsewhere];
  guint8 refusal[RTC_NICE_TURN_REFUSAL_BYTES];
  static const guint8 expected[] = { 0x01, 0x13, 0, 8, COOKIE, 0xee, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    12, 0x00, 0x09, 0, 4, 0, 0, 4, 0 };
  gsize n_complete;
  gboolean is_allocated = FALSE;

  memcpy (both, unauthorized, sizeof unauthorized);
  memcpy (both + sizeof unauthorized, elsewhere, sizeof elsewhere);
  both[sizeof unauthorized + 8] = 0xee;
  g_assert_cmpint (
      rtc_nice_turn_check (both, sizeof both, &n_complete, &is_allocated), ==, RTC_ERR_UNSUPPORTED);
  g_assert_cmpuint (n_complete, ==, sizeof unauthorized);
  g_assert_false (rtc_nice_turn_write_refusal (both + n_complete, 19, refusal));
  g_assert_true (
      rtc_nice_turn_write_refusal (both + n_complete, sizeof both - n_complete, refusal));
  g_assert_cmpmem (refusal, sizeof refusal, expected, sizeof expected);
}

static void
add_tests (void)
{
  static const TlsCase cases[] = {
    { "works", HOST, "ca.pem", "secret", turn_server_get_tls_port, NULL },
    { "wrong-host", "other.example.org", "ca.pem", "secret", turn_server_get_tls_port,
        "its certificate is for another host" },
    { "address-not-in-certificate", NULL, "ca.pem", "secret", turn_server_get_tls_port,
        "its certificate is for another host" },
    { "unknown-authority", HOST, "other.pem", "secret", turn_server_get_tls_port,
        "its certificate comes from an unknown authority" },
    { "nobody-there", HOST, "ca.pem", "secret", get_closed_port, "refused" },
  };
  static const gchar redirection[] =
      "\x01\x13\0\x08\x21\x12\xa4\x42............\0\x09\0\x04\0\0\x03";
  static const Fake fakes[] = {
    { "no-tls", FALSE, "220 mail.example.org ESMTP\r\n", 28, FALSE, "TLS" },
    { "no-turn", TRUE, "220 mail.example.org ESMTP\r\n", 28, FALSE, "not a TURN server" },
    { "redirects", TRUE, redirection, sizeof redirection, TRUE, "redirects" },
    { "hangs-up", TRUE, NULL, 0, FALSE, "TLS" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = g_strdup_printf ("/nice/turns/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_tls);
    g_free (path);
  }
  for (guint i = 0; i < G_N_ELEMENTS (fakes); i++) {
    gchar *path = g_strdup_printf ("/nice/turns/fake/%s", fakes[i].name);

    g_test_add_data_func (path, &fakes[i], test_fake);
    g_free (path);
  }
  g_test_add_func ("/nice/turns/wrong-password", test_wrong_password);
  g_test_add_func ("/nice/turns/cycles", test_cycles);
  g_test_add_func ("/nice/turns/check", test_check);
  g_test_add_func ("/nice/turns/redirection", test_redirection);
}

static void
remove_files (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (file_names); i++) {
    gchar *file = path_of (file_names[i]);

    g_unlink (file);
    g_free (file);
  }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  GThread *fake_thread;
  gchar *certificate, *key;
  int result;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  folder = g_dir_make_tmp ("rtc-turns-XXXXXX", NULL);
  if (!make_certificates ()) {
    g_print ("1..0 # SKIP openssl cannot make certificates here\n");
    return 0;
  }
  certificate = path_of ("turn.pem");
  key = path_of ("turn.key");
  turn = turn_server_start (certificate, key);
  if (turn == NULL) {
    g_print ("1..0 # SKIP turnserver (package coturn) is not installed\n");
    return 0;
  }
  warnings = g_string_new (NULL);
  gst_debug_add_log_function (on_log, NULL, NULL);
  gst_debug_set_threshold_from_string ("rtcice:WARNING", FALSE);
  add_tests ();
  fake_thread = fake_start ();
  result = g_test_run ();
  g_cancellable_cancel (fake_end);
  g_thread_join (fake_thread);
  g_object_unref (fake_listener);
  g_object_unref (fake_end);
  turn_server_stop (turn);
  remove_files ();
  g_free (folder);
  g_free (certificate);
  g_free (key);
  g_string_free (warnings, TRUE);
  return result;
}
