/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-latency.c - how long a picture is in webrtcsink: from its pad to the wire.
 *
 *   bench-latency RTC_LOAD [--viewers 100] [--seconds 20] [--kbps 2500] [--no-feedback]
 *
 * VP8 720p30, encoded before it begins, with a key frame every two seconds; all viewers, of
 * RTC_LOAD, are on one port. Taken are the time when a picture's buffer reaches the element's pad,
 * and those when sendmmsg() returned that had the first and the last of its packets for a viewer:
 * this program has those functions of libc's in between. Numbers are kept in docs/benchmarks.md. */
#define _GNU_SOURCE /* RTLD_NEXT, struct mmsghdr */
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "encoded-pictures.h"
#include "sink-pipeline.h"

#define UDP_SEGMENT 103
#define FPS 30
#define TICKS (90000 / FPS) /* of RTP's clock, from picture to picture */
#define N_PICTURES 60       /* encoded, and repeated */
#define MAX_PACKETS (4 * 1000 * 1000)
#define MAX_FED 100000
#define START_SECONDS 4 /* until the viewers' rates have settled */

typedef struct {
  gint64 time;    /* ns, when the call had returned */
  guint64 viewer; /* address and port, mixed */
  guint32 rtp_time;
  guint8 payload_type;
  gboolean is_marked;
} SentPacket;

static gint is_counting;
static SentPacket *packets;
static guint n_packets;
static gint64 *fed; /* ns, when each picture reached the pad */
static guint n_fed;

static gint64
clock_read (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* --- what leaves, [N] --- */

static void
note_datagram (gint64 time, guint64 to, const guint8 *data, gsize len)
{
  guint type = len >= 12 ? data[1] : 0;

  /* RTP of a payload type that is no RTCP packet's (RFC 5761 4). */
  if (len < 12 || data[0] >> 6 != 2 || (type >= 192 && type <= 223) || n_packets == MAX_PACKETS)
    return;
  packets[n_packets++] =
      (SentPacket){ time, to, GST_READ_UINT32_BE (data + 4), type & 127, type >> 7 };
}

static void
note_message (gint64 time, const struct msghdr *message)
{
  const guint8 *data = message->msg_iov[0].iov_base, *address = message->msg_name;
  gsize len = message->msg_iov[0].iov_len, segment = len;
  guint64 to = 1469598103934665603u;

  for (gsize i = 0; i < message->msg_namelen; i++)
    to = (to ^ address[i]) * 1099511628211u;
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c != NULL;
       c = CMSG_NXTHDR ((struct msghdr *) message, c)) {
    guint16 bytes;

    if (c->cmsg_level != IPPROTO_UDP || c->cmsg_type != UDP_SEGMENT)
      continue;
    memcpy (&bytes, CMSG_DATA (c), sizeof bytes);
    segment = bytes;
  }
  for (gsize at = 0; at < len; at += segment)
    note_datagram (time, to, data + at, MIN (segment, len - at));
}

int
sendmmsg (int fd, struct mmsghdr *messages, unsigned int n, int flags)
{
  static int (*real) (int, struct mmsghdr *, unsigned int, int);
  gint64 time;
  int sent;

  if (real == NULL)
    *(void **) &real = dlsym (RTLD_NEXT, "sendmmsg");
  sent = real (fd, messages, n, flags);
  time = clock_read ();
  for (int i = 0; i < sent && g_atomic_int_get (&is_counting); i++)
    note_message (time, &messages[i].msg_hdr);
  return sent;
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  static ssize_t (*real) (int, const struct msghdr *, int);
  ssize_t sent;

  if (real == NULL)
    *(void **) &real = dlsym (RTLD_NEXT, "sendmsg");
  sent = real (fd, message, flags);
  if (sent > 0 && message->msg_name != NULL && g_atomic_int_get (&is_counting))
    note_message (clock_read (), message);
  return sent;
}

/* --- what goes in, [S] --- */

static EncodedPictures encoded;

static void
encode (guint kbps)
{
  gchar *launch = g_strdup_printf (
      "videotestsrc num-buffers=%u pattern=smpte horizontal-speed=4 ! "
      "video/x-raw,width=1280,height=720,framerate=%u/1 ! vp8enc deadline=1 cpu-used=8 "
      "end-usage=cbr keyframe-max-dist=1000 target-bitrate=%u",
      N_PICTURES, FPS, kbps * 1000);
  gsize bytes = 0;

  encoded_pictures_init (&encoded, launch);
  for (guint i = 0; i < encoded.buffers->len; i++)
    bytes += gst_buffer_get_size (g_ptr_array_index (encoded.buffers, i));
  printf ("%u pictures, %.0f kbit/s, the key frame has %" G_GSIZE_FORMAT " bytes\n",
      encoded.buffers->len, (gdouble) bytes * 8 * FPS / encoded.buffers->len / 1000,
      gst_buffer_get_size (g_ptr_array_index (encoded.buffers, 0)));
  g_free (launch);
}

static GstPadProbeReturn
on_fed (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (g_atomic_int_get (&is_counting) && n_fed < MAX_FED)
    fed[n_fed++] = clock_read ();
  return GST_PAD_PROBE_OK;
}

static gint is_feeding;

/* Pictures at their time, as a camera gives them. */
static gpointer
feed (gpointer source)
{
  gint64 begin = clock_read ();

  for (guint i = 0; g_atomic_int_get (&is_feeding); i++) {
    gint64 due = begin + (gint64) i * 1000000000 / FPS;
    struct timespec until = { due / 1000000000, due % 1000000000 };
    GstBuffer *buffer =
        gst_buffer_copy (g_ptr_array_index (encoded.buffers, i % encoded.buffers->len));
    GstFlowReturn flow;

    clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (i, GST_SECOND, FPS);
    GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
    gst_buffer_unref (buffer);
  }
  return NULL;
}

/* --- what comes of it --- */

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

static void
print_times (const gchar *what, GArray *times)
{
  const gint64 *t = (const gint64 *) times->data;
  guint n = times->len;

  g_array_sort (times, compare_times);
  printf ("from the pad to %-26s p50 %6.3f  p95 %6.3f  p99 %6.3f  max %7.3f ms (%u)\n", what,
      t[n / 2] / 1e6, t[n * 95 / 100] / 1e6, t[n * 99 / 100] / 1e6, t[n - 1] / 1e6, n);
}

typedef struct {
  guint32 base; /* RTP time of picture 0; wraps */
  guint n_packets;
  guint32 last; /* RTP time of the picture that has begun */
} Viewer;

/* ns from the pad to the wire, each of all pictures. */
typedef struct {
  GArray *first, *last;      /* of a viewer */
  GArray *earliest, *latest; /* of all viewers */
  gint64 *begin, *end;       /* by picture, 0: nothing yet */
} Times;

/* The picture that went in last before the first packet left is the one it is of: pictures are
 * 33 ms apart. Later ones follow by RTP time. */
static guint
picture_of (Viewer *viewer, const SentPacket *packet)
{
  if (viewer->n_packets++ == 0) {
    guint picture = n_fed - 1;

    while (picture > 0 && fed[picture] > packet->time)
      picture--;
    viewer->base = packet->rtp_time - picture * TICKS;
    viewer->last = packet->rtp_time - 1;
  }
  return (packet->rtp_time - viewer->base + TICKS / 2) / TICKS;
}

/* The other one is of retransmissions, which also pad. */
static guint8
find_media_type (void)
{
  guint counts[128] = { 0 };
  guint8 most = 0;

  for (guint i = 0; i < n_packets; i++)
    counts[packets[i].payload_type]++;
  for (guint8 i = 1; i < G_N_ELEMENTS (counts); i++)
    most = counts[i] > counts[most] ? i : most;
  return most;
}

/* FALSE: of no picture that was fed while it counted. */
static gboolean
add_packet (Times *times, Viewer *viewer, const SentPacket *packet)
{
  guint picture = picture_of (viewer, packet);
  gint64 took = picture < n_fed ? packet->time - fed[picture] : -1;

  if (took < 0)
    return FALSE;
  if (packet->rtp_time != viewer->last)
    g_array_append_val (times->first, took);
  if (packet->is_marked)
    g_array_append_val (times->last, took);
  viewer->last = packet->rtp_time;
  if (times->begin[picture] == 0)
    times->begin[picture] = took;
  times->end[picture] = took;
  return TRUE;
}

static void
add_packets (Times *times)
{
  GHashTable *viewers = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  guint8 media_type = find_media_type ();
  guint n_odd = 0;

  for (guint i = 0; i < n_packets; i++) {
    Viewer *viewer = g_hash_table_lookup (viewers, &packets[i].viewer);

    if (packets[i].payload_type != media_type)
      continue;
    if (viewer == NULL) {
      viewer = g_new0 (Viewer, 1);
      g_hash_table_insert (viewers, (gpointer) &packets[i].viewer, viewer);
    }
    n_odd += add_packet (times, viewer, &packets[i]) ? 0 : 1;
  }
  printf ("%u packets to %u viewers in %u pictures; of no picture: %u\n", n_packets,
      g_hash_table_size (viewers), n_fed, n_odd);
  g_hash_table_unref (viewers);
}

static void
evaluate (void)
{
  Times times = { .begin = g_new0 (gint64, n_fed), .end = g_new0 (gint64, n_fed) };
  GArray **arrays[] = { &times.earliest, &times.first, &times.last, &times.latest };
  static const gchar *const names[] = { "anybody's first packet", "each viewer's first packet",
    "each viewer's last packet", "everybody's last packet" };

  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    *arrays[i] = g_array_new (FALSE, FALSE, sizeof (gint64));
  add_packets (&times);
  /* The last picture may have been cut off. */
  for (guint i = 0; i + 1 < n_fed; i++) {
    if (times.begin[i] == 0)
      continue;
    g_array_append_val (times.earliest, times.begin[i]);
    g_array_append_val (times.latest, times.end[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++) {
    print_times (names[i], *arrays[i]);
    g_array_unref (*arrays[i]);
  }
  g_free (times.begin);
  g_free (times.end);
}

/* --- viewers ---------------------------------------------------------------------------------- */

static struct {
  GMutex lock;
  GCond cond;
  guint n;
} playing;

static void
on_consumer_added (GstElement *sink, const gchar *id, GObject *session, gpointer data)
{
  g_mutex_lock (&playing.lock);
  playing.n++;
  g_cond_signal (&playing.cond);
  g_mutex_unlock (&playing.lock);
}

/* FALSE: there were fewer in a minute. */
static gboolean
wait_viewers (guint n)
{
  gint64 end = g_get_monotonic_time () + G_TIME_SPAN_MINUTE;
  gboolean in_time = TRUE;

  g_mutex_lock (&playing.lock);
  while (playing.n < n && in_time)
    in_time = g_cond_wait_until (&playing.cond, &playing.lock, end);
  g_mutex_unlock (&playing.lock);
  return in_time;
}

static gboolean
on_time (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* The pipeline runs for so long. */
static void
play (guint seconds)
{
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);

  g_timeout_add_seconds (seconds, on_time, loop);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);
}

static void
measure (const gchar *rtc_load, guint n, guint seconds, gboolean no_feedback)
{
  gchar *viewers = g_strdup_printf ("%u", n), *time = g_strdup_printf ("%u", seconds + 6);
  SinkPipeline sink = { .pipeline = gst_parse_launch (
                            "appsrc name=source is-live=true format=time max-buffers=4 ! "
                            "webrtcsink name=sink web-server-host-addr=http://127.0.0.1:0/",
                            NULL) };
  GstElement *source = gst_bin_get_by_name (GST_BIN (sink.pipeline), "source");
  GstPad *pad = gst_element_get_static_pad (source, "src");
  GSubprocess *load;
  GThread *feeder;

  sink.sink = gst_bin_get_by_name (GST_BIN (sink.pipeline), "sink");
  g_object_set (sink.sink, "udp-mux-port", sink_find_port (NULL), "max-sessions", MAX (n, 1), NULL);
  g_object_set (source, "caps", encoded.caps, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_fed, NULL, NULL);
  g_atomic_int_set (&is_feeding, 1);
  feeder = g_thread_new ("feeder", feed, source);
  g_signal_connect (sink.sink, "consumer-added", G_CALLBACK (on_consumer_added), NULL);
  sink_pipeline_play (&sink);
  load = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL, rtc_load, "--viewers", viewers,
      "--seconds", time, sink.whep_url, no_feedback ? "--no-feedback" : NULL, NULL);
  g_assert_nonnull (load);
  g_assert_true (wait_viewers (n));
  play (START_SECONDS);
  g_atomic_int_set (&is_counting, 1);
  play (seconds);
  g_atomic_int_set (&is_counting, 0);
  g_assert_true (g_subprocess_wait_check (load, NULL, NULL));
  g_atomic_int_set (&is_feeding, 0);
  g_thread_join (feeder);
  sink_pipeline_stop (&sink);
  gst_object_unref (pad);
  gst_object_unref (source);
  g_object_unref (load);
  g_free (viewers);
  g_free (time);
}

int
main (int argc, char **argv)
{
  gint viewers = 100, seconds = 20, kbps = 2500;
  gboolean no_feedback = FALSE;
  const GOptionEntry entries[] = {
    { "viewers", 0, 0, G_OPTION_ARG_INT, &viewers, "how many watch", "N" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "length of the measurement", "S" },
    { "kbps", 0, 0, G_OPTION_ARG_INT, &kbps, "of the video, kbit/s", "K" },
    { "no-feedback", 0, 0, G_OPTION_ARG_NONE, &no_feedback, "nothing is paced", NULL },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("RTC_LOAD");
  GError *error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2) {
    fprintf (stderr, "%s\n", error != NULL ? error->message : "needs the path of rtc-load");
    return 2;
  }
  g_option_context_free (context);
  packets = g_new (SentPacket, MAX_PACKETS);
  fed = g_new (gint64, MAX_FED);
  encode ((guint) kbps);
  measure (argv[1], (guint) viewers, (guint) seconds, no_feedback);
  if (n_packets > 0 && n_fed > 0)
    evaluate ();
  encoded_pictures_clear (&encoded);
  g_free (packets);
  g_free (fed);
  return n_packets > 0 ? 0 : 1;
}
