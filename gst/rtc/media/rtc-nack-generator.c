/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-nack-generator.h"

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/media/rtc-reorder-depth.h"

/* NACK_DEFAULT_RTT: while nothing has measured one. */
#define NACK_DEFAULT_RTT (100 * GST_MSECOND)

/* NACK_RTT_SLACK: requests are an eighth of a round trip more apart, as answers jitter, and the
 * sender ignores what comes within its own measure of it. */
#define NACK_RTT_SLACK 8

/* NACK_RTT_TIGHT: a 32nd, where one more request has an answer in time so. */
#define NACK_RTT_TIGHT 32

/* NACK_SPREAD: requests are spread until so many newer packets will have come; senders may not keep
 * more (libwebrtc: 600). */
#define NACK_SPREAD 600

/* NACK_AHEAD_TRIES: requests for a packet that may not exist. */
#define NACK_AHEAD_TRIES 2

/* NACK_RATE_PACKETS: the rate at which packets come is that of the last so many. */
#define NACK_RATE_PACKETS 32

/* NACK_RUN, NACK_RUN_GAP: in a full queue losses are close together. One gap of at most so many,
 * with a run of so many packets behind it, is another one: it may be the beginning of a key frame.
 */
#define NACK_RUN 8
#define NACK_RUN_GAP 2

typedef struct {
  guint64 ext_seq;
  GstClockTime since; /* when the gap was seen */
  GstClockTime next;  /* when to ask again; of no meaning before the first request */
  GstClockTime asked; /* last */
  guint tries;
} NackMissing;

struct _RtcNackGenerator {
  RtcNackGeneratorConfig config;
  RtcNackGeneratorStats stats;
  GstClockTime rtt;  /* NONE: not known */
  GstClockTime late; /* how much longer answers take */
  GArray *missing;   /* NackMissing, by rising ext_seq */
  guint64 first, highest;
  gboolean used;
  guint given_up;
  guint64 key_frame; /* the highest that one is known to start with */
  RtcReorderDepth reorder;
  GstClockTime rtt_sample;
  GstClockTime came[NACK_RATE_PACKETS]; /* when the last packets came, a ring */
  guint n_came;                         /* also where the next one goes */
  GstClockTime deaf_until;              /* what is lost before is of no use */
  guint64 deaf_gap;                     /* the last that was lost so, of n_deaf_gap packets */
  guint n_deaf_gap;                     /* 0: none, or not one for NACK_RUN */
  GstClockTime deadline;
  gboolean is_stale; /* deadline must be computed again */
};

RtcNackGenerator *
rtc_nack_generator_new (const RtcNackGeneratorConfig *config)
{
  RtcNackGenerator *self = g_new0 (RtcNackGenerator, 1);

  self->config = *config;
  self->rtt = GST_CLOCK_TIME_NONE;
  self->rtt_sample = GST_CLOCK_TIME_NONE;
  self->deadline = GST_CLOCK_TIME_NONE;
  self->missing = g_array_sized_new (FALSE, FALSE, sizeof (NackMissing), 64);
  return self;
}

void
rtc_nack_generator_free (RtcNackGenerator *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->missing);
  g_free (self);
}

void
rtc_nack_generator_set_rtt (RtcNackGenerator *self, GstClockTime rtt)
{
  self->is_stale |= self->rtt != rtt && self->reorder.depth > 0;
  self->rtt = rtt;
}

void
rtc_nack_generator_set_late (RtcNackGenerator *self, GstClockTime late)
{
  self->late = late;
}

static GstClockTime
nack_rtt (const RtcNackGenerator *self)
{
  return self->rtt == GST_CLOCK_TIME_NONE ? NACK_DEFAULT_RTT : self->rtt;
}

static NackMissing *
nack_at (const RtcNackGenerator *self, guint i)
{
  return &g_array_index (self->missing, NackMissing, i);
}

/* The first entry not below ext_seq; the list's length when there is none. */
static guint
nack_find (const RtcNackGenerator *self, guint64 ext_seq)
{
  guint low = 0, high = self->missing->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (nack_at (self, middle)->ext_seq < ext_seq)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static gboolean
nack_is_listed (const RtcNackGenerator *self, guint i, guint64 ext_seq)
{
  return i < self->missing->len && nack_at (self, i)->ext_seq == ext_seq;
}

/* A packet came by itself, behind_by packets after its turn (0: in its turn). */
static void
nack_note_order (RtcNackGenerator *self, guint64 behind_by)
{
  self->is_stale |= rtc_reorder_depth_handle_packet (&self->reorder, behind_by);
}

/* When to ask for the first time. */
static GstClockTime
nack_first_time (const RtcNackGenerator *self, const NackMissing *missing)
{
  GstClockTime longest;

  if (self->reorder.depth == 0 || missing->ext_seq + self->reorder.depth <= self->highest
      || missing->ext_seq > self->highest)
    return missing->since + self->config.reorder_delay;
  longest = MIN (nack_rtt (self), self->config.reorder_max);
  return missing->since + MAX (longest, self->config.reorder_delay);
}

static GstClockTime
nack_due_time (const RtcNackGenerator *self, const NackMissing *missing)
{
  return missing->tries > 0 ? missing->next : nack_first_time (self, missing);
}

/* --- arrivals ----------------------------------------------------------------------------------
 */

/* FALSE: the packet came without our asking. */
static gboolean
nack_is_answer (
    const RtcNackGenerator *self, const NackMissing *missing, GstClockTime now, gboolean is_repair)
{
  if (missing->tries == 0)
    return FALSE;
  if (self->config.has_rtx || is_repair)
    return is_repair;
  return rtc_time_elapsed (missing->asked, now) >= nack_rtt (self) / 2;
}

static void
nack_take_off (RtcNackGenerator *self, guint i, GstClockTime now, gboolean is_repair)
{
  const NackMissing *missing = nack_at (self, i);
  gboolean is_answer = nack_is_answer (self, missing, now, is_repair);

  if (is_answer && missing->tries == 1)
    self->rtt_sample = rtc_time_elapsed (missing->asked, now);
  if (missing->tries == 0)
    self->stats.reordered++;
  else
    self->stats.recovered++;
  if (missing->tries > 0 && !is_answer && !is_repair)
    self->stats.needless++;
  if (!is_answer && !is_repair && missing->ext_seq < self->highest)
    nack_note_order (self, self->highest - missing->ext_seq);
  g_array_remove_index (self->missing, i);
  self->is_stale = TRUE;
}

static void
nack_handle_late (RtcNackGenerator *self, guint64 ext_seq, GstClockTime now, gboolean is_repair)
{
  guint i = nack_find (self, ext_seq);

  if (ext_seq - self->deaf_gap < self->n_deaf_gap)
    self->n_deaf_gap = 0;
  if (nack_is_listed (self, i, ext_seq)) {
    nack_take_off (self, i, now, is_repair);
  } else if (!is_repair && self->config.has_rtx && ext_seq > self->first
             && ext_seq < self->highest) {
    /* Repaired or given up before it came by itself. */
    self->stats.needless++;
    nack_note_order (self, self->highest - ext_seq);
  }
}

/* What is lost while nothing of it can be of use. */
static void
nack_note_deaf_gap (RtcNackGenerator *self, guint64 ext_seq)
{
  guint64 gap = ext_seq - self->highest - 1;
  guint from = nack_find (self, self->highest + 1);

  self->stats.given_up += gap;
  g_array_remove_range (self->missing, from, nack_find (self, ext_seq) - from);
  self->deaf_gap = self->highest + 1;
  self->n_deaf_gap = gap <= NACK_RUN_GAP ? (guint) gap : 0;
}

/* Packets came one after the other since: it may be of use, after all. */
static void
nack_list_deaf_gap (RtcNackGenerator *self, GstClockTime now)
{
  guint i = nack_find (self, self->deaf_gap);

  for (guint n = 0; n < self->n_deaf_gap; n++) {
    NackMissing missing = { .ext_seq = self->deaf_gap + n,
      .since = now - MIN (now, self->config.reorder_delay) };

    g_array_insert_val (self->missing, i + n, missing);
  }
  self->stats.given_up -= self->n_deaf_gap;
  self->n_deaf_gap = 0;
  self->is_stale = TRUE;
}

/* Lists what lies between the newest packet and ext_seq. What request() listed there stays as it
 * is, and is known to exist now. */
static void
nack_list_gap (RtcNackGenerator *self, guint64 ext_seq, GstClockTime now)
{
  NackMissing ahead[RTC_NACK_MAX_AHEAD];
  guint from = nack_find (self, self->highest + 1), n = self->missing->len - from, i = 0;

  self->n_deaf_gap = 0;
  memcpy (ahead, self->missing->data + from * sizeof (NackMissing), n * sizeof (NackMissing));
  g_array_set_size (self->missing, from);
  for (guint64 seq = self->highest + 1; seq < ext_seq; seq++) {
    NackMissing missing = { .ext_seq = seq, .since = now };

    if (i < n && ahead[i].ext_seq == seq)
      missing = ahead[i++];
    g_array_append_val (self->missing, missing);
  }
  if (i < n)
    g_array_append_vals (self->missing, &ahead[i], n - i);
  self->is_stale = TRUE;
}

static RtcResult
nack_handle_arrival (RtcNackGenerator *self, guint64 ext_seq, GstClockTime now, gboolean is_repair)
{
  guint64 gap;
  guint i;

  self->came[self->n_came++ % NACK_RATE_PACKETS] = now;
  if (!self->used) {
    self->used = TRUE;
    self->first = self->highest = ext_seq;
    return RTC_OK;
  }
  if (ext_seq <= self->highest) {
    nack_handle_late (self, ext_seq, now, is_repair);
    return RTC_OK;
  }
  if (!is_repair)
    nack_note_order (self, 0);
  i = nack_find (self, ext_seq);
  if (nack_is_listed (self, i, ext_seq))
    nack_take_off (self, i, now, is_repair);
  gap = ext_seq - self->highest - 1;
  if (gap + self->missing->len > self->config.max_missing) {
    self->stats.given_up += self->missing->len + gap;
    g_array_set_size (self->missing, 0);
    self->deadline = GST_CLOCK_TIME_NONE;
    self->is_stale = FALSE;
    self->highest = ext_seq;
    return RTC_ERR_LIMIT;
  }
  if (gap > 0 && now < self->deaf_until)
    nack_note_deaf_gap (self, ext_seq);
  else if (gap > 0)
    nack_list_gap (self, ext_seq, now);
  self->highest = ext_seq;
  if (self->n_deaf_gap > 0 && ext_seq + 1 - self->deaf_gap >= self->n_deaf_gap + NACK_RUN)
    nack_list_deaf_gap (self, now);
  /* One more has overtaken what is missing. */
  self->is_stale |= self->reorder.depth > 0;
  return RTC_OK;
}

RtcResult
rtc_nack_generator_handle_packet (RtcNackGenerator *self, guint64 ext_seq, GstClockTime now)
{
  return nack_handle_arrival (self, ext_seq, now, FALSE);
}

RtcResult
rtc_nack_generator_handle_repair (RtcNackGenerator *self, guint64 ext_seq, GstClockTime now)
{
  return nack_handle_arrival (self, ext_seq, now, TRUE);
}

RtcResult
rtc_nack_generator_handle_recovered (RtcNackGenerator *self, guint64 ext_seq, GstClockTime now)
{
  GstClockTime sample = self->rtt_sample;
  RtcResult result = nack_handle_arrival (self, ext_seq, now, TRUE);

  self->rtt_sample = sample;
  return result;
}

void
rtc_nack_generator_request (RtcNackGenerator *self, guint64 ext_seq, GstClockTime now)
{
  NackMissing missing = { .ext_seq = ext_seq };
  guint i = nack_find (self, ext_seq);

  if (nack_is_listed (self, i, ext_seq)) {
    self->stats.merged++;
    return;
  }
  if (!self->used || ext_seq <= self->highest || ext_seq - self->highest > RTC_NACK_MAX_AHEAD
      || self->missing->len >= self->config.max_missing) {
    self->stats.refused++;
    return;
  }
  /* Who asks has waited already. */
  missing.since = now - MIN (now, self->config.reorder_delay);
  g_array_insert_val (self->missing, i, missing);
  self->stats.added++;
  self->is_stale = TRUE;
}

/* --- requests ----------------------------------------------------------------------------------
 */

/* Another request makes sense: not too many, and the answer can be in time. Without a round trip
 * measured one must be sent to learn it. */
static gboolean
nack_can_ask (const RtcNackGenerator *self, const NackMissing *missing, GstClockTime now)
{
  if (missing->ext_seq > self->highest && missing->tries >= NACK_AHEAD_TRIES)
    return FALSE;
  if (missing->tries >= self->config.max_tries)
    return FALSE;
  if (self->rtt == GST_CLOCK_TIME_NONE)
    return TRUE;
  return rtc_time_elapsed (missing->since, now) + self->rtt <= self->config.max_age;
}

static gboolean
nack_is_hopeless (const RtcNackGenerator *self, const NackMissing *missing, GstClockTime now)
{
  if (rtc_time_elapsed (missing->since, now) >= self->config.max_age)
    return TRUE;
  return rtc_time_is_due (nack_due_time (self, missing), now) && !nack_can_ask (self, missing, now);
}

static void
nack_give_up (RtcNackGenerator *self, const NackMissing *missing)
{
  if (missing->ext_seq > self->highest)
    return;
  self->stats.given_up++;
  if (missing->ext_seq >= self->key_frame)
    self->given_up++;
}

void
rtc_nack_generator_note_key_frame (RtcNackGenerator *self, guint64 ext_seq)
{
  self->key_frame = MAX (self->key_frame, ext_seq);
  self->deaf_until = 0;
}

/* How many packets may be asked for: as many as come within max_repair. */
static guint64
nack_affordable (const RtcNackGenerator *self, GstClockTime now)
{
  GstClockTime span = rtc_time_elapsed (self->came[self->n_came % NACK_RATE_PACKETS], now);

  if (self->config.max_repair == 0 || self->n_came < NACK_RATE_PACKETS || span == 0)
    return G_MAXUINT64;
  return MAX (
      RTC_NACK_CHEAP, gst_util_uint64_scale (self->config.max_repair, NACK_RATE_PACKETS, span));
}

static gboolean
nack_is_too_costly (const RtcNackGenerator *self, GstClockTime now)
{
  guint64 most, n = 0;

  if (self->missing->len <= RTC_NACK_CHEAP)
    return FALSE;
  most = nack_affordable (self, now);
  if (self->missing->len <= most)
    return FALSE;
  for (guint i = 0; i < self->missing->len; i++) {
    const NackMissing *missing = nack_at (self, i);

    /* Others may just be overtaken. */
    n +=
        missing->ext_seq <= self->highest && rtc_time_is_due (nack_first_time (self, missing), now);
  }
  return n > most;
}

static void
nack_give_up_below (RtcNackGenerator *self, guint64 ext_seq)
{
  guint n = nack_find (self, ext_seq);

  for (guint i = 0; i < n; i++)
    nack_give_up (self, nack_at (self, i));
  g_array_remove_range (self->missing, 0, n);
}

/* First what lies before a key frame, which only the eye for completeness misses. */
static void
nack_limit_cost (RtcNackGenerator *self, GstClockTime now)
{
  if (!nack_is_too_costly (self, now))
    return;
  nack_give_up_below (self, self->key_frame);
  if (!nack_is_too_costly (self, now))
    return;
  nack_give_up_below (self, self->highest + 1);
  self->stats.too_costly++;
  self->deaf_until = now + nack_rtt (self) + self->late;
}

/* How long after its gap a packet can be asked for with hope: as long as it is of use, and as the
 * sender has it. */
static GstClockTime
nack_span (const RtcNackGenerator *self, const NackMissing *missing, GstClockTime now)
{
  GstClockTime elapsed = rtc_time_elapsed (missing->since, now);
  guint64 newer = self->highest > missing->ext_seq ? self->highest - missing->ext_seq : 0;

  if (newer == 0)
    return self->config.max_age;
  return MIN (self->config.max_age, gst_util_uint64_scale (elapsed, NACK_SPREAD, newer));
}

/* spacing, or less when the time that is left holds one more request then. */
static GstClockTime
nack_fit (const RtcNackGenerator *self, const NackMissing *missing, GstClockTime now,
    GstClockTime spacing)
{
  GstClockTime rtt = nack_rtt (self), tight = rtt + rtt / NACK_RTT_TIGHT + self->late;
  GstClockTime used = rtc_time_elapsed (missing->since, now) + rtt + rtt / NACK_RTT_TIGHT, left, n;

  if (self->rtt == GST_CLOCK_TIME_NONE || tight < self->config.retry_min
      || used >= self->config.max_age)
    return spacing;
  left = self->config.max_age - used;
  n = left / tight;
  if (n <= left / spacing || missing->tries + n > self->config.max_tries)
    return spacing;
  return left / n;
}

/* From a request that is being made at now to the next. */
static GstClockTime
nack_spacing (const RtcNackGenerator *self, const NackMissing *missing, GstClockTime now)
{
  GstClockTime rtt = nack_rtt (self), used = rtc_time_elapsed (missing->since, now) + rtt;
  GstClockTime spacing = MAX (rtt + rtt / NACK_RTT_SLACK + self->late, self->config.retry_min),
               span;
  guint left = self->config.max_tries - MIN (missing->tries, self->config.max_tries);

  spacing = nack_fit (self, missing, now, spacing);
  if (self->config.quick_tries == 0 || missing->tries < self->config.quick_tries || left == 0)
    return spacing;
  span = nack_span (self, missing, now);
  return used >= span ? spacing : MAX (spacing, (span - used) / left);
}

guint
rtc_nack_generator_poll (RtcNackGenerator *self, GstClockTime now, guint16 *seqs, guint n_seqs)
{
  guint n = 0, kept = 0;

  nack_limit_cost (self, now);
  /* One pass that also closes the holes of what is given up. */
  for (guint i = 0; i < self->missing->len; i++) {
    NackMissing missing = *nack_at (self, i);

    if (nack_is_hopeless (self, &missing, now)) {
      nack_give_up (self, &missing);
      continue;
    }
    if (n < n_seqs && rtc_time_is_due (nack_due_time (self, &missing), now)) {
      missing.tries++;
      missing.asked = now;
      missing.next = now + nack_spacing (self, &missing, now);
      seqs[n++] = (guint16) missing.ext_seq;
    }
    *nack_at (self, kept++) = missing;
  }
  g_array_set_size (self->missing, kept);
  self->stats.requested += n;
  self->is_stale = TRUE;
  return n;
}

guint
rtc_nack_generator_steal_given_up (RtcNackGenerator *self)
{
  guint n = self->given_up;

  self->given_up = 0;
  return n;
}

GstClockTime
rtc_nack_generator_steal_rtt (RtcNackGenerator *self)
{
  GstClockTime sample = self->rtt_sample;

  self->rtt_sample = GST_CLOCK_TIME_NONE;
  return sample;
}

GstClockTime
rtc_nack_generator_next_deadline (RtcNackGenerator *self)
{
  if (!self->is_stale)
    return self->deadline;
  self->deadline = GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < self->missing->len; i++) {
    const NackMissing *missing = nack_at (self, i);

    self->deadline = rtc_time_min (self->deadline, nack_due_time (self, missing));
    self->deadline = rtc_time_min (self->deadline, missing->since + self->config.max_age);
  }
  self->is_stale = FALSE;
  return self->deadline;
}

guint
rtc_nack_generator_get_n_missing (const RtcNackGenerator *self)
{
  return self->missing->len;
}

guint
rtc_nack_generator_get_reorder_depth (const RtcNackGenerator *self)
{
  return self->reorder.depth;
}

void
rtc_nack_generator_get_stats (const RtcNackGenerator *self, RtcNackGeneratorStats *out)
{
  *out = self->stats;
}
