/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/sctp/rtc-usrsctp-pump.h"

#include <errno.h>
#include <gst/gst.h>
#include <usrsctp.h>

#include "ext/sctp/rtc-crc32c.h"
#include "ext/sctp/rtc-usrsctp.h"

/* Timers are gone through at most this often: there is one list for all associations. */
#define PUMP_INTERVAL_US 5000

#define SCRATCH_BYTES (64 * 1024)

typedef struct {
  RtcUsrsctpOutput output;
  gpointer owner;
} Entry;

/* One for each copy of usrsctp, whose state is one. Where usrsctp is a shared library, several
 * modules of ours in a process run the same copy, each with this file in it. */
typedef struct {
  GMutex lock;         /* guards the names, and what outputs append to */
  GHashTable *entries; /* name -> Entry */
  guintptr last_name;
  GMutex gate;   /* guards the rest; held by who waits for the others to leave: no more enter */
  GRWLock calls; /* readers: calls of usrsctp; its writer: what goes alone */
  gboolean is_started;
  gint64 pumped_us; /* up to when its timers have run */
} Pump;

static Pump *pump;

static void
pump_free (Pump *self)
{
  g_hash_table_unref (self->entries);
  g_mutex_clear (&self->gate);
  g_rw_lock_clear (&self->calls);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Finds this usrsctp's pump, or makes it: what GStreamer has one of is where modules meet. */
static Pump *
meet (void)
{
  GObject *meeting = G_OBJECT (gst_registry_get ());
  gchar *name = g_strdup_printf ("rtc-usrsctp-pump-3-%p", (gpointer) usrsctp_conninput);
  GQuark quark = g_quark_from_string (name);
  Pump *there = g_object_get_qdata (meeting, quark);

  if (there == NULL) {
    Pump *made = g_new0 (Pump, 1);

    g_mutex_init (&made->lock);
    g_mutex_init (&made->gate);
    g_rw_lock_init (&made->calls);
    made->entries = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    if (g_object_replace_qdata (meeting, quark, NULL, made, NULL, NULL))
      there = made;
    else
      pump_free (made);
  }
  g_free (name);
  return there != NULL ? there : g_object_get_qdata (meeting, quark);
}

static int
on_output (void *name, void *data, size_t len, uint8_t tos, uint8_t set_df)
{
  RtcPacket *packet = rtc_packet_new_copy (NULL, data, len);
  Entry *entry;

  rtc_crc32c_write (packet->data, len);
  g_mutex_lock (&pump->lock);
  entry = g_hash_table_lookup (pump->entries, name);
  if (entry != NULL)
    entry->output (entry->owner, g_steal_pointer (&packet));
  g_mutex_unlock (&pump->lock);
  rtc_packet_unref (packet);
  return 0;
}

/* For all associations of the process; the rest are options of a socket. */
static void
start (void)
{
  usrsctp_init_nothreads (0, on_output, NULL);
  /* Its own takes a third of the time that it has; rtc-crc32c.h counts instead, in and out. */
  usrsctp_enable_crc32c_offload ();
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
  /* RFC 6928's ten segments. How much new data may leave at once is left to the window: what
   * follows an acknowledgement is at most what that has freed. Retransmissions keep usrsctp's limit
   * of four at a time: in recovery it marks all that is missing again every third acknowledgement.
   */
  usrsctp_sysctl_set_sctp_initial_cwnd (10);
  usrsctp_sysctl_set_sctp_max_burst_default (0);
  usrsctp_sysctl_set_sctp_delayed_sack_time_default (20);
  pump->pumped_us = g_get_monotonic_time ();
  pump->is_started = TRUE;
}

static void
ensure_pump (void)
{
  static gsize is_found = 0;

  if (g_once_init_enter (&is_found)) {
    pump = meet ();
    g_once_init_leave (&is_found, 1);
  }
}

void
rtc_usrsctp_prepare (void)
{
  gint64 elapsed;

  ensure_pump ();
  g_mutex_lock (&pump->gate);
  if (!pump->is_started)
    start ();
  elapsed = g_get_monotonic_time () - pump->pumped_us;
  if (elapsed >= PUMP_INTERVAL_US) {
    /* Also after hours without any association: a timer that is set now counts from now. */
    elapsed -= elapsed % 1000;
    pump->pumped_us += elapsed;
    g_rw_lock_writer_lock (&pump->calls);
    usrsctp_handle_timers ((guint32) MIN (elapsed / 1000, G_MAXINT32));
    g_rw_lock_writer_unlock (&pump->calls);
  }
  g_mutex_unlock (&pump->gate);
}

void
rtc_usrsctp_enter (RtcUsrsctpCall call)
{
  g_mutex_lock (&pump->gate);
  if (call == RTC_USRSCTP_ALONE)
    g_rw_lock_writer_lock (&pump->calls);
  else
    g_rw_lock_reader_lock (&pump->calls);
  g_mutex_unlock (&pump->gate);
}

void
rtc_usrsctp_leave (RtcUsrsctpCall call)
{
  int fault = errno;

  if (call == RTC_USRSCTP_ALONE)
    g_rw_lock_writer_unlock (&pump->calls);
  else
    g_rw_lock_reader_unlock (&pump->calls);
  errno = fault;
}

void
rtc_usrsctp_lock (void)
{
  g_mutex_lock (&pump->lock);
}

void
rtc_usrsctp_unlock (void)
{
  g_mutex_unlock (&pump->lock);
}

gpointer
rtc_usrsctp_register (RtcUsrsctpOutput output, gpointer owner)
{
  Entry *entry = g_new (Entry, 1);
  gpointer name;

  *entry = (Entry){ output, owner };
  g_mutex_lock (&pump->lock);
  name = (gpointer) ++pump->last_name;
  g_hash_table_insert (pump->entries, name, entry);
  g_mutex_unlock (&pump->lock);
  rtc_usrsctp_enter (RTC_USRSCTP_ALONE);
  usrsctp_register_address (name);
  rtc_usrsctp_leave (RTC_USRSCTP_ALONE);
  return name;
}

void
rtc_usrsctp_unregister (gpointer name)
{
  rtc_usrsctp_enter (RTC_USRSCTP_ALONE);
  usrsctp_deregister_address (name);
  rtc_usrsctp_leave (RTC_USRSCTP_ALONE);
  g_mutex_lock (&pump->lock);
  g_hash_table_remove (pump->entries, name);
  g_mutex_unlock (&pump->lock);
}

guint8 *
rtc_usrsctp_get_scratch (gsize *len)
{
  static GPrivate scratch = G_PRIVATE_INIT (g_free);

  if (g_private_get (&scratch) == NULL)
    g_private_set (&scratch, g_malloc (SCRATCH_BYTES));
  *len = SCRATCH_BYTES;
  return g_private_get (&scratch);
}
