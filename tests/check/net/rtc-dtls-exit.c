/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-exit.c - a process that ends while one of its threads is in OpenSSL ends well. Nothing
 * here calls OpenSSL but our own code. */
#include <stdlib.h>

#include "ext/dtls/rtc-dtls.h"

#define N_EXITS 20

static gint n_used; /* atomic */

/* As the network thread that frees peers after main() has returned. */
static gpointer
use_identities (gpointer data)
{
  for (;;) {
    RtcDtlsIdentity *identity = rtc_dtls_identity_new (NULL);

    rtc_dtls_factory_free (rtc_dtls_factory_new (identity, NULL));
    rtc_dtls_identity_unref (identity);
    g_atomic_int_inc (&n_used);
  }
  return NULL;
}

static void
test_exit (void)
{
  if (g_test_subprocess ()) {
    g_thread_unref (g_thread_new ("rtc-network", use_identities, NULL));
    while (g_atomic_int_get (&n_used) == 0)
      g_thread_yield ();
    exit (0);
  }
  for (guint i = 0; i < N_EXITS; i++) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed ();
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtls/exit", test_exit);
  return g_test_run ();
}
