/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nice-poll.h - the sockets of all agents behind one epoll descriptor.
 *
 * libnice watches every socket of an agent with a GSource, and a GMainContext looks at all of its
 * sources and descriptors whenever one of them has something: with 20 peers that took longer than
 * what it was done for. So each agent's sources live in a GMainContext of the agent's own, which is
 * iterated only when epoll has seen one of its descriptors ready. The socket of a connected agent
 * is even read here, past libnice: what is DTLS, SRTP or SRTCP and comes from the selected remote
 * address goes straight to the agent's owner, all else is left in the socket for libnice.
 *
 * Thread: network thread only. */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

G_BEGIN_DECLS

typedef struct _RtcNicePoll RtcNicePoll;
typedef struct _RtcNiceWatch RtcNiceWatch;

/* Attaches one source to context. NULL when no descriptor is left. (transfer full) */
RtcNicePoll *rtc_nice_poll_new (GMainContext *context);
void rtc_nice_poll_free (RtcNicePoll *self); /* (nullable); no watch is left */

/* A datagram that was read past libnice; time is when the kernel had it, CLOCK_MONOTONIC. Must not
 * free the watch. */
typedef void (*RtcNiceDatagramFunc) (const guint8 *data, gsize len, guint64 time,
    gpointer user_data);

/* A context for an agent's sources, and a descriptor more. (transfer full) */
RtcNiceWatch *rtc_nice_watch_new (RtcNicePoll *poll);

/* Not from inside a callback of the watch's context. (nullable) */
void rtc_nice_watch_free (RtcNiceWatch *self);

/* Where to attach sources with descriptors. What has none waits until a descriptor is ready. */
GMainContext *rtc_nice_watch_get_context (RtcNiceWatch *self);

/* From now on datagrams that come to fd, a UDP socket among the context's sources, from that
 * address go to func. fd -1: none do. */
void rtc_nice_watch_set_direct (RtcNiceWatch *self, int fd, const struct sockaddr *from,
    RtcNiceDatagramFunc func, gpointer user_data);

/* Looks at what is about to be read: a datagram, or as much of a stream as is there. With a direct
 * socket that is only what is neither media nor of another address; TRUE keeps it from libnice.
 * Without, it is whatever comes first wherever something comes, and the result does not matter:
 * libnice reads it, and all that lies behind it. Must not free the watch. */
typedef gboolean (*RtcNicePeekFunc) (const guint8 *data, gsize len, gpointer user_data);

/* (nullable) func. Costs a system call more for what libnice reads; unset it when not needed. */
void rtc_nice_watch_set_peek (RtcNiceWatch *self, RtcNicePeekFunc func, gpointer user_data);

/* Reads what the direct socket holds by now, libnice's share included; a flood not to its end. Not
 * from inside a callback of the watch's context. */
void rtc_nice_watch_read (RtcNiceWatch *self);

G_END_DECLS
