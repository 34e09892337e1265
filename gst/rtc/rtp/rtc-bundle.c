/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-bundle.h"

#include "gst/rtc/base/rtc-seq.h"
#include "gst/rtc/base/rtc-time.h"

typedef struct {
  guint8 bits[16];
} PtSet;

typedef struct {
  gboolean used;
  guint id;                        /* the caller's */
  gchar mid[RTC_RTP_SDES_MAX + 1]; /* "" without bundle */
  PtSet pts;                       /* all, RTX ones among them */
  PtSet rtx_pts;
  GstClockTime last_latched[2]; /* when a payload type alone last made an SSRC known: media,
                                 * repair; NONE never */
} Section;

typedef struct {
  guint32 ssrc;
  guint section; /* index into sections */
  gchar rid[RTC_RTP_SDES_MAX + 1];
  guint32 primary_ssrc; /* signalled; 0 none */
  gboolean is_repair;
  gboolean is_signalled;
  gboolean was_seen;
  guint64 last_used; /* packet count; for least recently used */
  RtcSeqUnwrap seq;  /* of the packets accepted */
  gboolean has_mid;
  guint64 mid_seq; /* extended number of the packet that last said the MID */
} Entry;

/* An SSRC that has said BYE. */
typedef struct {
  guint32 ssrc;
  GstClockTime time; /* NONE: free */
} Ended;

#define N_ENDED 8

struct _RtcBundle {
  guint max_ssrcs, max_sections;
  GArray *sections; /* Section; unused ones are filled again */
  GArray *entries;  /* Entry, no order */
  guint last_found; /* index of the last packet's entry: the next is often the same */
  guint64 n_packets;
  GstClockTime last_eviction; /* NONE never */
  guint credit;               /* SSRCs that may be learnt now */
  GstClockTime credit_time;   /* when it was last added to; NONE while it is full */
  Ended ended[N_ENDED];
  guint next_ended;
  RtcBundleStats stats;
};

#define SECTION(self, i) (&g_array_index ((self)->sections, Section, (i)))
#define ENTRY(self, i) (&g_array_index ((self)->entries, Entry, (i)))
#define NOT_FOUND G_MAXUINT

static gboolean
pt_set_has (const PtSet *set, guint8 pt)
{
  return (set->bits[(pt & 0x7f) / 8] & (1u << (pt % 8))) != 0;
}

/* FALSE when one is out of range. */
static gboolean
pt_set_add (PtSet *set, const guint8 *pts, guint n_pts)
{
  for (guint i = 0; i < n_pts; i++) {
    if (pts[i] > 127)
      return FALSE;
    set->bits[pts[i] / 8] |= (guint8) (1u << (pts[i] % 8));
  }
  return TRUE;
}

RtcBundle *
rtc_bundle_new (guint max_ssrcs, guint max_sections)
{
  RtcBundle *self = g_new0 (RtcBundle, 1);

  self->max_ssrcs = max_ssrcs;
  self->max_sections = max_sections;
  self->sections = g_array_new (FALSE, TRUE, sizeof (Section));
  self->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  self->last_eviction = GST_CLOCK_TIME_NONE;
  self->credit = max_ssrcs;
  self->credit_time = GST_CLOCK_TIME_NONE;
  for (guint i = 0; i < N_ENDED; i++)
    self->ended[i].time = GST_CLOCK_TIME_NONE;
  return self;
}

void
rtc_bundle_free (RtcBundle *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->sections);
  g_array_unref (self->entries);
  g_free (self);
}

static guint
find_section (const RtcBundle *self, guint id)
{
  for (guint i = 0; i < self->sections->len; i++) {
    if (SECTION (self, i)->used && SECTION (self, i)->id == id)
      return i;
  }
  return NOT_FOUND;
}

static guint
find_section_by_mid (const RtcBundle *self, const gchar *mid)
{
  for (guint i = 0; i < self->sections->len; i++) {
    if (SECTION (self, i)->used && strcmp (SECTION (self, i)->mid, mid) == 0)
      return i;
  }
  return NOT_FOUND;
}

static guint
find_entry (const RtcBundle *self, guint32 ssrc)
{
  if (self->last_found < self->entries->len && ENTRY (self, self->last_found)->ssrc == ssrc)
    return self->last_found;
  for (guint i = 0; i < self->entries->len; i++) {
    if (ENTRY (self, i)->ssrc == ssrc)
      return i;
  }
  return NOT_FOUND;
}

/* An index that is free, or a new one; NOT_FOUND at the limit. */
static guint
make_section (RtcBundle *self)
{
  for (guint i = 0; i < self->sections->len; i++) {
    if (!SECTION (self, i)->used)
      return i;
  }
  if (self->sections->len >= self->max_sections)
    return NOT_FOUND;
  g_array_set_size (self->sections, self->sections->len + 1);
  return self->sections->len - 1;
}

RtcResult
rtc_bundle_set_section (RtcBundle *self, guint section, const gchar *mid, const guint8 *pts,
    guint n_pts, const guint8 *rtx_pts, guint n_rtx_pts)
{
  Section made = {
    .used = TRUE, .id = section, .last_latched = { GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE }
  };
  guint i = find_section (self, section);

  if (mid != NULL && g_strlcpy (made.mid, mid, sizeof made.mid) >= sizeof made.mid)
    return RTC_ERR_LIMIT;
  if (!pt_set_add (&made.pts, pts, n_pts) || !pt_set_add (&made.pts, rtx_pts, n_rtx_pts)
      || !pt_set_add (&made.rtx_pts, rtx_pts, n_rtx_pts))
    return RTC_ERR_LIMIT;
  if (i != NOT_FOUND)
    memcpy (made.last_latched, SECTION (self, i)->last_latched, sizeof made.last_latched);
  else
    i = make_section (self);
  if (i == NOT_FOUND)
    return RTC_ERR_LIMIT;
  *SECTION (self, i) = made;
  for (guint k = 0; k < self->entries->len; k++) {
    if (ENTRY (self, k)->section == i)
      ENTRY (self, k)->is_signalled = FALSE;
  }
  return RTC_OK;
}

void
rtc_bundle_remove_section (RtcBundle *self, guint section)
{
  guint index = find_section (self, section), i = 0;

  if (index == NOT_FOUND)
    return;
  while (i < self->entries->len) {
    if (ENTRY (self, i)->section == index)
      g_array_remove_index_fast (self->entries, i);
    else
      i++;
  }
  SECTION (self, index)->used = FALSE;
}

RtcResult
rtc_bundle_add_ssrc (
    RtcBundle *self, guint section, guint32 ssrc, const gchar *rid, guint32 primary_ssrc)
{
  guint index = find_section (self, section), i = find_entry (self, ssrc);
  Entry entry = { .ssrc = ssrc,
    .section = index,
    .primary_ssrc = primary_ssrc,
    .is_repair = primary_ssrc != 0,
    .is_signalled = TRUE,
    .last_used = self->n_packets };

  if (index == NOT_FOUND)
    return RTC_ERR_STATE;
  if (rid != NULL)
    g_strlcpy (entry.rid, rid, sizeof entry.rid);
  if (i != NOT_FOUND) {
    entry.was_seen = ENTRY (self, i)->was_seen;
    entry.seq = ENTRY (self, i)->seq;
    entry.last_used = ENTRY (self, i)->last_used;
    *ENTRY (self, i) = entry;
    return RTC_OK;
  }
  if (self->entries->len >= self->max_ssrcs)
    return RTC_ERR_LIMIT;
  g_array_append_val (self->entries, entry);
  return RTC_OK;
}

void
rtc_bundle_remove_ssrc (RtcBundle *self, guint32 ssrc)
{
  guint i = find_entry (self, ssrc);

  if (i != NOT_FOUND)
    g_array_remove_index_fast (self->entries, i);
}

/* PRIMARY_SILENCE: packets of the whole table after which a stream without one of them no longer
 * counts as what a repair stream of unknown origin may repair: its sender has changed its SSRC. */
#define PRIMARY_SILENCE 200

/* What a repair stream repairs, if nobody said so: the SSRC with the same rid, or the only other
 * one of its section, or the only one of those that is not silent. */
static guint32
guess_primary (const RtcBundle *self, const Entry *repair)
{
  guint32 primary = 0, active = 0;
  guint n_found = 0, n_active = 0;

  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = ENTRY (self, i);

    if (entry->section != repair->section || entry->is_repair)
      continue;
    if (strcmp (entry->rid, repair->rid) != 0 && repair->rid[0] != '\0')
      continue;
    primary = entry->ssrc;
    n_found++;
    if (!entry->was_seen || self->n_packets - entry->last_used > PRIMARY_SILENCE)
      continue;
    active = entry->ssrc;
    n_active++;
  }
  if (n_found == 1)
    return primary;
  return n_active == 1 ? active : 0;
}

static void
fill_match (const RtcBundle *self, const Entry *entry, RtcBundleMatch *out)
{
  memset (out, 0, sizeof *out);
  out->section = SECTION (self, entry->section)->id;
  memcpy (out->rid, entry->rid, sizeof out->rid);
  out->is_repair = entry->is_repair;
  out->primary_ssrc = entry->primary_ssrc;
  if (entry->is_repair && out->primary_ssrc == 0)
    out->primary_ssrc = guess_primary (self, entry);
}

gboolean
rtc_bundle_find (const RtcBundle *self, guint32 ssrc, RtcBundleMatch *out)
{
  guint i = find_entry (self, ssrc);

  if (i == NOT_FOUND)
    return FALSE;
  fill_match (self, ENTRY (self, i), out);
  return TRUE;
}

static gboolean
is_cooling (GstClockTime last, GstClockTime now)
{
  return last != GST_CLOCK_TIME_NONE && rtc_time_elapsed (last, now) < RTC_BUNDLE_COOLDOWN;
}

void
rtc_bundle_end_ssrc (RtcBundle *self, GstClockTime now, guint32 ssrc)
{
  if (find_entry (self, ssrc) == NOT_FOUND)
    return;
  rtc_bundle_remove_ssrc (self, ssrc);
  self->ended[self->next_ended++ % N_ENDED] = (Ended){ ssrc, now };
}

static gboolean
has_just_ended (const RtcBundle *self, GstClockTime now, guint32 ssrc)
{
  for (guint i = 0; i < N_ENDED; i++) {
    if (self->ended[i].ssrc == ssrc && is_cooling (self->ended[i].time, now))
      return TRUE;
  }
  return FALSE;
}

/* Whether one more may be learnt. Who has learnt them all, and lost them by BYEs, learns one per
 * cooldown from then on. */
static gboolean
has_credit (RtcBundle *self, GstClockTime now)
{
  guint64 earned = 0;

  if (self->credit_time != GST_CLOCK_TIME_NONE)
    earned = rtc_time_elapsed (self->credit_time, now) / RTC_BUNDLE_COOLDOWN;
  if (self->credit + earned >= self->max_ssrcs) {
    self->credit = self->max_ssrcs;
    self->credit_time = GST_CLOCK_TIME_NONE;
  } else {
    self->credit += (guint) earned;
    self->credit_time += earned * RTC_BUNDLE_COOLDOWN;
  }
  return self->credit > 0;
}

static void
use_credit (RtcBundle *self, GstClockTime now)
{
  self->credit--;
  if (self->credit_time == GST_CLOCK_TIME_NONE)
    self->credit_time = now;
}

/* The learnt entry that has been silent for most packets; NOT_FOUND when all are signalled. */
static guint
find_least_recent (const RtcBundle *self)
{
  guint found = NOT_FOUND;

  for (guint i = 0; i < self->entries->len; i++) {
    if (ENTRY (self, i)->is_signalled)
      continue;
    if (found == NOT_FOUND || ENTRY (self, i)->last_used < ENTRY (self, found)->last_used)
      found = i;
  }
  return found;
}

/* A place for an SSRC that a packet has brought; *evicted is the index of one to be replaced, or
 * NOT_FOUND. */
static RtcResult
check_room (const RtcBundle *self, GstClockTime now, guint *evicted)
{
  *evicted = NOT_FOUND;
  if (self->entries->len < self->max_ssrcs)
    return RTC_OK;
  if (is_cooling (self->last_eviction, now))
    return RTC_ERR_LIMIT;
  *evicted = find_least_recent (self);
  return *evicted != NOT_FOUND ? RTC_OK : RTC_ERR_LIMIT;
}

/* The section that alone receives a payload type; one that several receive says nothing
 * (RFC 9143 9.2). */
static RtcResult
find_section_by_pt (const RtcBundle *self, guint8 pt, guint *section)
{
  gboolean any = FALSE;

  *section = NOT_FOUND;
  for (guint i = 0; i < self->sections->len; i++) {
    if (!SECTION (self, i)->used)
      continue;
    any = TRUE;
    if (!pt_set_has (&SECTION (self, i)->pts, pt))
      continue;
    if (*section != NOT_FOUND)
      return RTC_AGAIN;
    *section = i;
  }
  if (*section != NOT_FOUND)
    return RTC_OK;
  return any ? RTC_ERR_UNSUPPORTED : RTC_AGAIN;
}

/* "If the packet has a MID, and the packet's extended sequence number is greater than that of the
 * last MID update, ... update the MID associated with the RTP stream" (RFC 9143 9.2). One that was
 * overtaken must not take the stream back to where it was. */
static gboolean
is_stale_mid (const Entry *entry, guint16 seq)
{
  return entry != NULL && entry->has_mid
         && rtc_seq_unwrap_peek (&entry->seq, seq, 16) <= entry->mid_seq;
}

/* Where the packet belongs, and whether only its payload type says so. */
static RtcResult
choose_section (const RtcBundle *self, const RtcRtpHeader *header,
    const RtcRtpExtensionValues *values, const Entry *entry, guint *section, gboolean *is_latch)
{
  *is_latch = FALSE;
  if (rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_MID)) {
    if (entry != NULL && strcmp (SECTION (self, entry->section)->mid, values->mid) == 0)
      *section = entry->section;
    else
      *section = find_section_by_mid (self, values->mid);
    if (*section == NOT_FOUND)
      return self->sections->len > 0 ? RTC_ERR_UNSUPPORTED : RTC_AGAIN;
    if (is_stale_mid (entry, header->seq))
      *section = entry->section;
  } else if (entry != NULL) {
    *section = entry->section;
  } else {
    *is_latch = TRUE;
    return find_section_by_pt (self, header->payload_type, section);
  }
  return pt_set_has (&SECTION (self, *section)->pts, header->payload_type) ? RTC_OK
                                                                           : RTC_ERR_UNSUPPORTED;
}

/* Makes the table know the SSRC. */
static RtcResult
add_learnt (
    RtcBundle *self, GstClockTime now, const Entry *learnt, guint *index, RtcBundleMatch *out)
{
  Entry entry = *learnt;
  guint evicted;

  if (has_just_ended (self, now, entry.ssrc) || !has_credit (self, now)
      || check_room (self, now, &evicted) != RTC_OK)
    return RTC_ERR_LIMIT;
  use_credit (self, now);
  if (evicted == NOT_FOUND) {
    g_array_append_val (self->entries, entry);
    *index = self->entries->len - 1;
    return RTC_OK;
  }
  out->has_evicted = TRUE;
  out->evicted_ssrc = ENTRY (self, evicted)->ssrc;
  self->last_eviction = now;
  self->stats.evicted_ssrcs++;
  *ENTRY (self, evicted) = entry;
  *index = evicted;
  return RTC_OK;
}

static RtcResult
learn (RtcBundle *self, GstClockTime now, const RtcRtpHeader *header, guint section,
    gboolean is_latch, guint *index, RtcBundleMatch *out)
{
  Section *to = SECTION (self, section);
  Entry entry = { .ssrc = header->ssrc, .section = section };
  RtcResult result;

  entry.is_repair = pt_set_has (&to->rtx_pts, header->payload_type);
  if (is_latch && is_cooling (to->last_latched[entry.is_repair], now))
    return RTC_ERR_LIMIT;
  result = add_learnt (self, now, &entry, index, out);
  if (result == RTC_OK && is_latch)
    to->last_latched[entry.is_repair] = now;
  return result;
}

RtcResult
rtc_bundle_handle_sdes (RtcBundle *self, GstClockTime now, guint32 ssrc, const gchar *mid,
    gsize mid_len, RtcBundleMatch *out)
{
  gchar text[RTC_RTP_SDES_MAX + 1] = "";
  Entry entry = { .ssrc = ssrc, .last_used = self->n_packets };
  RtcResult result;
  guint index;

  memset (out, 0, sizeof *out);
  if (rtc_bundle_find (self, ssrc, out))
    return RTC_OK;
  if (mid_len == 0 || mid_len > RTC_RTP_SDES_MAX)
    return RTC_ERR_UNSUPPORTED;
  memcpy (text, mid, mid_len);
  entry.section = find_section_by_mid (self, text);
  if (entry.section == NOT_FOUND)
    return RTC_ERR_UNSUPPORTED;
  result = add_learnt (self, now, &entry, &index, out);
  if (result == RTC_OK) {
    out->section = SECTION (self, entry.section)->id;
    out->is_new = TRUE;
  }
  return result;
}

/* What was known of the stream in its old section is void. */
static void
move_entry (const RtcBundle *self, Entry *entry, guint section, guint8 pt)
{
  entry->section = section;
  entry->rid[0] = '\0';
  entry->primary_ssrc = 0;
  entry->is_repair = pt_set_has (&SECTION (self, section)->rtx_pts, pt);
}

/* RFC 8852 3.2: a repaired rid marks a repair stream and names what it repairs. */
static void
note_rid (Entry *entry, const RtcRtpExtensionValues *values)
{
  if (rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_REPAIRED_RID)) {
    memcpy (entry->rid, values->repaired_rid, sizeof entry->rid);
    entry->is_repair = TRUE;
  } else if (rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_RID)) {
    memcpy (entry->rid, values->rid, sizeof entry->rid);
  }
}

static void
note_seq (Entry *entry, guint16 seq, gboolean has_mid)
{
  guint64 ext_seq = rtc_seq_unwrap (&entry->seq, seq);

  if (!has_mid || (entry->has_mid && ext_seq <= entry->mid_seq))
    return;
  entry->has_mid = TRUE;
  entry->mid_seq = ext_seq;
}

static RtcResult
count_refusal (RtcBundle *self, RtcResult result)
{
  if (result == RTC_ERR_LIMIT)
    self->stats.limited_packets++;
  else
    self->stats.unknown_packets++;
  return result;
}

RtcResult
rtc_bundle_handle_packet (RtcBundle *self, GstClockTime now, const RtcRtpHeader *header,
    const RtcRtpExtensionValues *values, RtcBundleMatch *out)
{
  guint index = find_entry (self, header->ssrc), section;
  Entry *entry = index != NOT_FOUND ? ENTRY (self, index) : NULL;
  RtcBundleMatch eviction = { 0 };
  gboolean is_latch, is_new;
  RtcResult result = choose_section (self, header, values, entry, &section, &is_latch);

  if (result == RTC_OK && entry == NULL)
    result = learn (self, now, header, section, is_latch, &index, &eviction);
  if (result != RTC_OK)
    return count_refusal (self, result);

  entry = ENTRY (self, index);
  is_new = !entry->was_seen || entry->section != section;
  if (entry->section != section)
    move_entry (self, entry, section, header->payload_type);
  /* An SDES named it before it had a payload type. */
  if (!entry->was_seen && !entry->is_signalled)
    entry->is_repair = pt_set_has (&SECTION (self, section)->rtx_pts, header->payload_type);
  note_seq (entry, header->seq, rtc_rtp_extension_values_has (values, RTC_RTP_EXTENSION_MID));
  entry->was_seen = TRUE;
  entry->last_used = ++self->n_packets;
  note_rid (entry, values);
  self->last_found = index;
  fill_match (self, entry, out);
  out->is_new = is_new;
  out->has_evicted = eviction.has_evicted;
  out->evicted_ssrc = eviction.evicted_ssrc;
  return RTC_OK;
}

void
rtc_bundle_get_stats (const RtcBundle *self, RtcBundleStats *out)
{
  *out = self->stats;
  out->n_ssrcs = self->entries->len;
}
