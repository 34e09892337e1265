/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-link.h - the narrow link that a viewer is behind, between it and the wire (load-wire.h).
 *
 * What the link does to packets (link-way.h) goes by the times at which the kernel had them: a
 * process that was late reads what came meanwhile before anything of it arrives, and what arrives
 * does so at its time on the link, not at the time of being looked at. Packets are handed on once a
 * millisecond.
 *
 * Towards the viewer all that the link is told to do happens; from it there is its delay.
 *
 * Thread: the network thread of its loop, for all functions. */
#pragma once

#include "gst/rtc/base/rtc-address.h"
#include "gst/rtc/loop/rtc-loop.h"
#include "tools/link/link-way.h"

G_BEGIN_DECLS

typedef struct _LoadLinks LoadLinks;
typedef struct _LoadLink LoadLink;

/* A datagram has passed the link; peer: who sent it, or whom it is for. */
typedef void (*LoadLinkFunc) (gpointer data, GstClockTime time, const RtcAddress *peer,
    const guint8 *bytes, gsize len);

typedef struct {
  LoadLinkFunc arrive; /* at the viewer, at time */
  LoadLinkFunc leave;  /* for the wire; time is now */
  gpointer data;
} LoadLinkFuncs;

/* All links of a loop. read: hands over what the kernel has for them, by load_link_receive().
 * (transfer full) */
LoadLinks *load_links_new (RtcLoop *loop, void (*read) (gpointer data), gpointer data);

/* Its links are closed. (nullable) */
void load_links_free (LoadLinks *self);

/* seed: the same one loses the same packets by number. (transfer full) */
LoadLink *load_link_open (LoadLinks *links, guint64 seed, const LinkConfig *config,
    const LoadLinkFuncs *funcs);

/* What is on it is lost. (nullable) */
void load_link_close (LoadLink *self);

/* The kernel had it at time. */
void load_link_receive (LoadLink *self, GstClockTime time, const RtcAddress *from,
    const guint8 *bytes, gsize len);
void load_link_send (LoadLink *self, const RtcAddress *to, const guint8 *bytes, gsize len);

/* Of what came towards the viewer: lost or dropped by the link, ever. */
guint64 load_link_count_dropped (const LoadLink *self);

G_END_DECLS
