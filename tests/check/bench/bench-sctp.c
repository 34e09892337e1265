/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-sctp.c - how much two associations carry, and what that costs: both ends in one thread,
 * packets in memory, messages of 16 KiB, reliable and in order.
 *
 *   bench-sctp [MEBIBYTES [DELAY_MS [LOSS_PERCENT]]]     256, 0 and 0 by default; DELAY is one way
 *
 * Prints one line: MB/s, and processor seconds for each GB, both ends together. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/check/net/sctp-pair.h"

#define MESSAGE_BYTES 16384

typedef struct {
  guint64 wanted, sent, received;
} Transfer;

static gboolean
transfer_is_done (SctpPair *pair, gpointer data)
{
  static const RtcSctpReliability reliable = { TRUE, -1, -1 };
  static guint8 message[MESSAGE_BYTES];
  Transfer *t = data;
  RtcSctpEvent *event;

  while (t->sent < t->wanted
         && pair->ends[0]->vtable->send (
                pair->ends[0], sctp_pair_now (), 0, 53, &reliable, message, sizeof message)
                == RTC_OK)
    t->sent += sizeof message;
  while ((event = sctp_pair_take (pair, 1)) != NULL) {
    t->received += event->packet->len;
    sctp_pair_free_event (event);
  }
  return t->received >= t->wanted;
}

static gdouble
processor_seconds (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return (gdouble) time.tv_sec + (gdouble) time.tv_nsec / 1e9;
}

int
main (int argc, char **argv)
{
  Transfer t = { .wanted = (guint64) (argc > 1 ? atoi (argv[1]) : 256) * 1024 * 1024 };
  RtcSctpStats stats;
  gdouble began, processor;
  SctpPair pair;

  sctp_pair_init (&pair, 1, 256 * 1024);
  pair.delay = (GstClockTime) (argc > 2 ? atoi (argv[2]) : 0) * GST_MSECOND;
  pair.loss = argc > 3 ? atof (argv[3]) / 100 : 0;
  sctp_pair_connect (&pair);
  began = (gdouble) sctp_pair_now () / 1e9;
  processor = processor_seconds ();
  if (!sctp_pair_run (&pair, 600, transfer_is_done, &t)) {
    printf ("not done after 600 s\n");
    return 1;
  }
  began = (gdouble) sctp_pair_now () / 1e9 - began;
  processor = processor_seconds () - processor;
  pair.ends[0]->vtable->get_stats (pair.ends[0], &stats);
  printf ("%.1f MB/s, %.2f processor seconds per GB, window %u, %" G_GUINT64_FORMAT " packets\n",
      (gdouble) t.received / 1e6 / began, processor / ((gdouble) t.received / 1e9),
      stats.congestion_window, stats.packets_sent);
  sctp_pair_clear (&pair);
  return 0;
}
