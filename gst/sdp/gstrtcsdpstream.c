/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/sdp/gstrtcsdpstream.h"

#include "gst/rtc/base/rtc-time.h"

GST_DEBUG_CATEGORY_EXTERN (gst_rtc_sdp_debug);
#define GST_CAT_DEFAULT gst_rtc_sdp_debug

struct _GstRtcSdpStream {
  GstElement *bin;
  guint number;
  GstClock *clock; /* rtpbin's, by which it takes a sender for gone */

  GMutex place;       /* held while another one takes the place; before lock */
  GMutex lock;        /* all below */
  GstPad *pad;        /* the bin's; NULL: nothing came yet */
  guint ssrc;         /* that pad shows */
  GstPad *shown;      /* of rtpbin: behind pad. Not to be used */
  GstClockTime last;  /* when a packet of ssrc came */
  gboolean has_ended; /* pad has */
  gboolean has_had_pad;
};

/* A sender's packets of one format, from a pad of rtpbin. */
typedef struct {
  GstRtcSdpStream *stream;
  guint ssrc;
} Format;

static GstPad *
make_pad (GstRtcSdpStream *self, GstPad *target)
{
  GstPadTemplate *template = gst_element_get_pad_template (self->bin, "stream_%u");
  gchar *name = g_strdup_printf ("stream_%u", self->number);
  GstPad *pad = gst_ghost_pad_new_from_template (name, target, template);

  g_free (name);
  return gst_object_ref_sink (pad);
}

static void
remove_pad (GstRtcSdpStream *self, GstPad *pad)
{
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (self->bin, pad);
  gst_object_unref (pad);
}

/* TRUE: this is the first pad. */
static gboolean
take_place (GstRtcSdpStream *self, guint ssrc, GstPad *pad)
{
  GstPad *ended = NULL, *ghost = NULL;
  gboolean is_new, is_first;

  g_mutex_lock (&self->place);
  g_mutex_lock (&self->lock);
  if (self->has_ended)
    ended = g_steal_pointer (&self->pad);
  self->has_ended = FALSE;
  self->ssrc = ssrc;
  self->shown = pad;
  self->last = gst_clock_get_time (self->clock);
  is_new = self->pad == NULL;
  if (is_new)
    self->pad = make_pad (self, pad);
  ghost = gst_object_ref (self->pad);
  is_first = !self->has_had_pad;
  self->has_had_pad = TRUE;
  g_mutex_unlock (&self->lock);
  GST_INFO_OBJECT (self->bin, "stream_%u: %08x%s", self->number, ssrc,
      ended != NULL ? ", after the end on another pad" : "");
  if (ended != NULL) {
    /* Its own end may still be on the way. */
    gst_pad_push_event (ended, gst_event_new_eos ());
    remove_pad (self, ended);
  }
  if (is_new) {
    gst_pad_set_active (ghost, TRUE);
    gst_element_add_pad (self->bin, ghost);
  } else
    gst_ghost_pad_set_target (GST_GHOST_PAD (ghost), pad);
  gst_object_unref (ghost);
  g_mutex_unlock (&self->place);
  return is_first;
}

/* rtpbin makes a pad for each format: when a sender goes back to one, there is no new pad. */
static GstPadProbeReturn
keep_shown (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const Format *format = data;
  GstRtcSdpStream *self = format->stream;
  gboolean is_shown, takes = FALSE;
  GstClockTime now = gst_clock_get_time (self->clock);

  g_mutex_lock (&self->lock);
  is_shown = self->shown == pad;
  if (is_shown)
    self->last = now;
  else
    takes = self->ssrc == format->ssrc
            || rtc_time_elapsed (self->last, now) >= GST_RTC_SDP_STREAM_SILENCE;
  g_mutex_unlock (&self->lock);
  if (takes)
    take_place (self, format->ssrc, pad);
  /* The pad is linked to nothing, and a jitter buffer that hears so stops for good. */
  return is_shown || takes ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* The end of a sender that is not shown ends nothing. */
static GstPadProbeReturn
note_end (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRtcSdpStream *self = ((Format *) data)->stream;
  gboolean is_shown;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&self->lock);
  is_shown = self->shown == pad;
  self->has_ended |= is_shown;
  g_mutex_unlock (&self->lock);
  return is_shown ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

gboolean
gst_rtc_sdp_stream_show (GstRtcSdpStream *self, guint ssrc, GstPad *pad)
{
  gboolean is_first = take_place (self, ssrc, pad);
  Format *format = g_new (Format, 1);

  *format = (Format){ self, ssrc };
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_end, format, NULL);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, keep_shown, format, g_free);
  return is_first;
}

gboolean
gst_rtc_sdp_stream_is_of (GstRtcSdpStream *self, guint ssrc)
{
  gboolean is_it;

  g_mutex_lock (&self->lock);
  is_it = self->pad != NULL && self->ssrc == ssrc;
  g_mutex_unlock (&self->lock);
  return is_it;
}

GstRtcSdpStream *
gst_rtc_sdp_stream_new (GstElement *bin, guint number)
{
  GstRtcSdpStream *self = g_new0 (GstRtcSdpStream, 1);

  g_mutex_init (&self->place);
  g_mutex_init (&self->lock);
  self->bin = bin;
  self->number = number;
  self->clock = gst_system_clock_obtain ();
  return self;
}

void
gst_rtc_sdp_stream_free (GstRtcSdpStream *self)
{
  if (self == NULL)
    return;
  if (self->pad != NULL)
    remove_pad (self, g_steal_pointer (&self->pad));
  gst_object_unref (self->clock);
  g_mutex_clear (&self->place);
  g_mutex_clear (&self->lock);
  g_free (self);
}
