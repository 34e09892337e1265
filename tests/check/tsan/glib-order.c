/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* glib-order.c - tells ThreadSanitizer what GLib's own locks, reference counts and main loop order.
 *
 * Debian's GLib is not instrumented and its locks are futexes, so TSan would see a race in all that
 * they protect. Preloaded into test programs built with -fsanitize=thread (tests/check/run.sh),
 * each function here calls GLib's and notes the release or the acquire. The main loop's order is
 * coarse: whatever is attached or woken happens before every later return of poll(), which may
 * hide a race but invents none. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <glib-object.h>
#include <gst/gst.h>

/* In libtsan; absent (NULL) in programs without it, as a shell that a test starts. */
extern void __tsan_acquire (void *address) __attribute__ ((weak));
extern void __tsan_release (void *address) __attribute__ ((weak));

static char main_loop;

static void
acquire (const void *address)
{
  if (__tsan_acquire != NULL)
    __tsan_acquire ((void *) address);
}

static void
release (const void *address)
{
  if (__tsan_release != NULL)
    __tsan_release ((void *) address);
}

/* The function behind ours. The pointer is the same whoever finds it first. */
#define REAL(name)                                                                                 \
  static __typeof__ (name) *real;                                                                  \
  if (g_atomic_pointer_get (&real) == NULL)                                                        \
  g_atomic_pointer_set (&real, (__typeof__ (name) *) dlsym (RTLD_NEXT, #name))

#define LOCK(name, type)                                                                           \
  void name (type *lock)                                                                           \
  {                                                                                                \
    REAL (name);                                                                                   \
    real (lock);                                                                                   \
    acquire (lock);                                                                                \
  }

#define TRYLOCK(name, type)                                                                        \
  gboolean name (type *lock)                                                                       \
  {                                                                                                \
    REAL (name);                                                                                   \
    gboolean taken = real (lock);                                                                  \
    if (taken)                                                                                     \
      acquire (lock);                                                                              \
    return taken;                                                                                  \
  }

#define UNLOCK(name, type)                                                                         \
  void name (type *lock)                                                                           \
  {                                                                                                \
    REAL (name);                                                                                   \
    release (lock);                                                                                \
    real (lock);                                                                                   \
  }

/* clang-format off */
LOCK (g_mutex_lock, GMutex)
TRYLOCK (g_mutex_trylock, GMutex)
UNLOCK (g_mutex_unlock, GMutex)
LOCK (g_rec_mutex_lock, GRecMutex)
TRYLOCK (g_rec_mutex_trylock, GRecMutex)
UNLOCK (g_rec_mutex_unlock, GRecMutex)
LOCK (g_rw_lock_reader_lock, GRWLock)
UNLOCK (g_rw_lock_reader_unlock, GRWLock)
LOCK (g_rw_lock_writer_lock, GRWLock)
UNLOCK (g_rw_lock_writer_unlock, GRWLock)
/* clang-format on */

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait);
  release (mutex);
  real (cond, mutex);
  acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  REAL (g_cond_wait_until);
  release (mutex);
  gboolean signalled = real (cond, mutex, end_time);
  acquire (mutex);
  return signalled;
}

/* GLib has macros of these names, which call the functions for what is not a constant. */
gboolean (g_once_init_enter) (volatile void *location)
{
  static gboolean (*real) (volatile void *);
  if (real == NULL)
    real = (gboolean (*) (volatile void *)) dlsym (RTLD_NEXT, "g_once_init_enter");
  gboolean first = real (location);
  acquire ((const void *) location);
  return first;
}

void (g_once_init_leave) (volatile void *location, gsize result)
{
  static void (*real) (volatile void *, gsize);
  if (real == NULL)
    real = (void (*) (volatile void *, gsize)) dlsym (RTLD_NEXT, "g_once_init_leave");
  release ((const void *) location);
  real (location, result);
}

/* Whoever drops the last reference sees what the others did before they dropped theirs. */
void (g_object_unref) (gpointer object)
{
  static void (*real) (gpointer);
  if (real == NULL)
    real = (void (*) (gpointer)) dlsym (RTLD_NEXT, "g_object_unref");
  release (object);
  acquire (object);
  real (object);
}

void
gst_mini_object_unref (GstMiniObject *object)
{
  REAL (gst_mini_object_unref);
  release (object);
  acquire (object);
  real (object);
}

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  REAL (g_async_queue_push);
  release (queue);
  real (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  REAL (g_async_queue_pop);
  gpointer data = real (queue);
  acquire (queue);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  REAL (g_async_queue_try_pop);
  gpointer data = real (queue);
  acquire (queue);
  return data;
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  REAL (g_source_attach);
  release (&main_loop);
  return real (source, context);
}

void
g_main_context_wakeup (GMainContext *context)
{
  REAL (g_main_context_wakeup);
  release (&main_loop);
  real (context);
}

void
g_source_set_ready_time (GSource *source, gint64 ready_time)
{
  REAL (g_source_set_ready_time);
  release (&main_loop);
  real (source, ready_time);
}

void
g_main_context_invoke_full (GMainContext *context, gint priority, GSourceFunc function,
    gpointer data, GDestroyNotify notify)
{
  REAL (g_main_context_invoke_full);
  release (&main_loop);
  real (context, priority, function, data, notify);
}

int
poll (struct pollfd *fds, nfds_t n_fds, int timeout)
{
  REAL (poll);
  int n = real (fds, n_fds, timeout);
  acquire (&main_loop);
  return n;
}
