/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/sctp/gstrtcsctphalf.h"

void
gst_rtc_sctp_half_init (GstRtcSctpHalf *self, GstRtcSctpRole role)
{
  self->role = role;
  g_mutex_init (&self->lock);
  self->number = GST_RTC_SCTP_HALF_NUMBER;
}

void
gst_rtc_sctp_half_clear (GstRtcSctpHalf *self)
{
  g_mutex_clear (&self->lock);
}

GstRtcSctpAssociation *
gst_rtc_sctp_half_get_association (GstRtcSctpHalf *self)
{
  GstRtcSctpAssociation *association = NULL;

  g_mutex_lock (&self->lock);
  if (self->association != NULL)
    association = gst_rtc_sctp_association_ref (self->association);
  g_mutex_unlock (&self->lock);
  return association;
}

void
gst_rtc_sctp_half_set_number (GstRtcSctpHalf *self, guint number)
{
  g_mutex_lock (&self->lock);
  self->number = number;
  g_mutex_unlock (&self->lock);
}

guint
gst_rtc_sctp_half_get_number (GstRtcSctpHalf *self)
{
  guint number;

  g_mutex_lock (&self->lock);
  number = self->number;
  g_mutex_unlock (&self->lock);
  return number;
}

void
gst_rtc_sctp_half_set_port (GstRtcSctpHalf *self, guint port)
{
  GstRtcSctpAssociation *association;

  g_mutex_lock (&self->lock);
  self->port = port;
  g_mutex_unlock (&self->lock);
  association = gst_rtc_sctp_half_get_association (self);
  if (association != NULL)
    gst_rtc_sctp_association_set_port (association, self->role, port);
  gst_rtc_sctp_association_unref (association);
}

guint
gst_rtc_sctp_half_get_port (GstRtcSctpHalf *self)
{
  guint port;

  g_mutex_lock (&self->lock);
  port = self->port;
  g_mutex_unlock (&self->lock);
  return port;
}

void
gst_rtc_sctp_half_join (GstRtcSctpHalf *self, GstElement *element, GstRtcSctpHandler handler)
{
  GstRtcSctpAssociation *association = gst_rtc_sctp_association_join (
      gst_rtc_sctp_half_get_number (self), self->role, element, handler);
  guint port;

  g_mutex_lock (&self->lock);
  self->association = association;
  port = self->port;
  g_mutex_unlock (&self->lock);
  gst_rtc_sctp_association_set_port (association, self->role, port);
}

void
gst_rtc_sctp_half_leave (GstRtcSctpHalf *self)
{
  GstRtcSctpAssociation *association = gst_rtc_sctp_half_get_association (self);

  if (association != NULL)
    gst_rtc_sctp_association_leave (association, self->role);
  gst_rtc_sctp_association_unref (association);
}

void
gst_rtc_sctp_half_drop (GstRtcSctpHalf *self)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->association, gst_rtc_sctp_association_unref);
  g_mutex_unlock (&self->lock);
}

GstStructure *
gst_rtc_sctp_half_make_stats (GstRtcSctpHalf *self)
{
  GstRtcSctpAssociation *association = gst_rtc_sctp_half_get_association (self);
  GstStructure *stats = association != NULL ? gst_rtc_sctp_association_make_stats (association)
                                            : gst_structure_new_empty ("application/x-sctp-stats");

  gst_rtc_sctp_association_unref (association);
  return stats;
}
