/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/sctp/rtc-usrsctp-pump.h"

#include <usrsctp.h>

#include "ext/sctp/rtc-usrsctp.h"

/* Timers are gone through at most this often: there is one list for all associations. */
#define PUMP_INTERVAL_US 5000

#define SCRATCH_BYTES (64 * 1024)

typedef struct {
  RtcUsrsctpOutput output;
  gpointer owner;
} Entry;

static GMutex lock;
static GHashTable *entries; /* name -> Entry; not NULL: usrsctp runs */
static guintptr last_name;
static gint64 pumped_us; /* up to when its timers have run */
static guint8 *scratch;

static int
on_output (void *name, void *data, size_t len, uint8_t tos, uint8_t set_df)
{
  Entry *entry = g_hash_table_lookup (entries, name);

  if (entry != NULL)
    entry->output (entry->owner, data, len);
  return 0;
}

/* For all associations of the process; the rest are options of a socket. */
static void
start (void)
{
  usrsctp_init_nothreads (0, on_output, NULL);
  /* AUTH is only needed for ASCONF, and can only be off without it. */
  usrsctp_sysctl_set_sctp_asconf_enable (0);
  usrsctp_sysctl_set_sctp_auto_asconf (0);
  usrsctp_sysctl_set_sctp_auth_enable (0);
  usrsctp_sysctl_set_sctp_ecn_enable (0);
  usrsctp_sysctl_set_sctp_nrsack_enable (0);
  usrsctp_sysctl_set_sctp_pktdrop_enable (0);
  usrsctp_sysctl_set_sctp_pr_enable (1);
  usrsctp_sysctl_set_sctp_reconfig_enable (1);
  /* Nothing is said to packets of no association: they are of one that has just ended. */
  usrsctp_sysctl_set_sctp_blackhole (2);
  usrsctp_sysctl_set_sctp_max_chunks_on_queue (RTC_USRSCTP_MAX_CHUNKS);
  /* RFC 6928's ten segments. How much may leave at once is left to the window: what follows an
   * acknowledgement is at most what that has freed. */
  usrsctp_sysctl_set_sctp_initial_cwnd (10);
  usrsctp_sysctl_set_sctp_max_burst_default (0);
  usrsctp_sysctl_set_sctp_fr_max_burst_default (0);
  usrsctp_sysctl_set_sctp_delayed_sack_time_default (20);
  pumped_us = g_get_monotonic_time ();
  entries = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  scratch = g_malloc (SCRATCH_BYTES);
}

void
rtc_usrsctp_enter (void)
{
  gint64 elapsed;

  g_mutex_lock (&lock);
  if (entries == NULL)
    start ();
  elapsed = g_get_monotonic_time () - pumped_us;
  if (elapsed < PUMP_INTERVAL_US)
    return;
  /* Also after hours without any association: a timer that is set now counts from now. */
  elapsed -= elapsed % 1000;
  pumped_us += elapsed;
  usrsctp_handle_timers ((guint32) MIN (elapsed / 1000, G_MAXINT32));
}

void
rtc_usrsctp_leave (void)
{
  g_mutex_unlock (&lock);
}

gpointer
rtc_usrsctp_register (RtcUsrsctpOutput output, gpointer owner)
{
  gpointer name = (gpointer) ++last_name;
  Entry *entry = g_new (Entry, 1);

  *entry = (Entry){ output, owner };
  g_hash_table_insert (entries, name, entry);
  usrsctp_register_address (name);
  return name;
}

void
rtc_usrsctp_unregister (gpointer name)
{
  usrsctp_deregister_address (name);
  g_hash_table_remove (entries, name);
}

guint8 *
rtc_usrsctp_get_scratch (gsize *len)
{
  *len = SCRATCH_BYTES;
  return scratch;
}
