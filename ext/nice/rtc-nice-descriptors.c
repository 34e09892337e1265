/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ext/net/rtc-interfaces.h"
#include "ext/nice/rtc-nice-private.h"

/* What one agent may take: two contexts', a socket per address, and some for its servers. */
#define NEEDED (RTC_INTERFACES_MAX_ADDRESSES + 5)
/* Kept free for whoever cannot check before. */
#define RESERVE 64

gboolean
rtc_nice_has_descriptors (void)
{
  struct rlimit limit = { .rlim_cur = RLIM_INFINITY };
  int taken[NEEDED];
  guint n = 0;
  gboolean ok = TRUE;

  getrlimit (RLIMIT_NOFILE, &limit);
  /* All at once, since there may be holes; the kernel gives the lowest free numbers, so while all
   * who ask stop below the reserve, it is free. */
  while (ok && n < NEEDED) {
    int fd = eventfd (0, EFD_CLOEXEC);

    if (fd >= 0)
      taken[n++] = fd;
    ok = fd >= 0 && (limit.rlim_cur == RLIM_INFINITY || (rlim_t) fd + RESERVE < limit.rlim_cur);
  }
  while (n > 0)
    close (taken[--n]);
  return ok;
}
