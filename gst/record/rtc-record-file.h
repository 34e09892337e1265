/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-record-file.h - the file of a recording: its name from a template, opened so that nothing
 * is overwritten or followed, appended to in whole units.
 *
 * What a caller sent only ever becomes letters, digits, '.', '_', '-' within one path component
 * (rtc_record_safe_name()); for logs there is rtc_log_safe(). Blocking I/O: for the recorder's
 * worker threads, never [N]. One thread at a time per object. */
#pragma once

#include <gst/gst.h>

#include "gst/record/rtc-record-name.h"
#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

typedef struct _RtcRecordFile RtcRecordFile;

/* RTC_RECORD_MAX_TRIES: how many numbers are tried before a taken name is an error. */
#define RTC_RECORD_MAX_TRIES 10000

/* Creates the file that the template names, mode 0640, under its final name.
 *
 * Variables: {time} {name} {session} {counter} (0001.., the first that is free); "{{" and "}}"
 * stand for braces. A location that is a folder, or ends in '/', gets "{time}-{name}-{counter}".
 * Without an extension the container's is added; one of webm, mkv, mp4 is replaced by the
 * container's when it is another; any other stays. If the file exists, or one of that name with
 * the extension webm, mp4 or json, so that a sidecar is about one recording, the next {counter} is
 * taken, and without {counter} "-0001" and so on is added: nothing is ever overwritten.
 *
 * Folders: those without variables must exist, but for the last of them, which is created (one
 * level, 0750: a disk that is not mounted shall not be recorded beside); those with variables
 * are created, and never followed when they are symbolic links.
 *
 * NULL with RTC_ERR_PARSE (template), RTC_ERR_LIMIT (every number is taken) or RTC_ERR_BACKEND
 * (the system's reason and the path) in *error: this recording fails, the call goes on. */
RtcRecordFile *rtc_record_file_open (const RtcRecordName *name, GError **error);

/* Creates a further file beside one: the same folder and name with "-<segment>" (2 or more; 0: no
 * number, as for a sidecar) and extension (no dot). If it exists the next segment number is tried,
 * or "-0001" and so on is added to a sidecar's name. Errors as open. */
RtcRecordFile *rtc_record_file_open_beside (const RtcRecordFile *first, guint segment,
    const gchar *extension, GError **error);

/* Closes; what has been appended stays. (nullable) */
void rtc_record_file_free (RtcRecordFile *self);

/* Appends one unit, all of it or nothing: short writes and EINTR go on; on any error (disk full,
 * I/O, size limit) the file is cut back to where it was and stays open, valid up to there. The
 * size and type of an MP4 fragment (a unit that begins with a moof) are written last, so that a
 * process killed in the middle leaves zeros there, which players take as the end.
 *
 * RTC_OK; RTC_ERR_BACKEND with path and reason in *error: from now on append and patch answer
 * RTC_ERR_STATE, so close it, the call goes on. */
RtcResult rtc_record_file_append (RtcRecordFile *self, const guint8 *data, gsize len,
    GError **error);

/* Overwrites bytes written before. RTC_OK; RTC_ERR_LIMIT when they are not within the file;
 * RTC_ERR_BACKEND and RTC_ERR_STATE as append. The file is playable without its patches. */
RtcResult rtc_record_file_patch (RtcRecordFile *self, guint64 offset, const guint8 *data,
    gsize len, GError **error);

/* Whether the file system has more than min_free bytes for us (fstatvfs f_bavail). RTC_OK, also
 * when it cannot say; RTC_ERR_LIMIT with path and figures in *error: stop recording. */
RtcResult rtc_record_file_check_free (const RtcRecordFile *self, guint64 min_free, GError **error);

/* Closes and reports what only closing tells (NFS: EDQUOT, EIO): RTC_OK or RTC_ERR_BACKEND. Data is
 * in the system's cache then: it outlives this process, not a power failure. Idempotent. */
RtcResult rtc_record_file_close (RtcRecordFile *self, GError **error);

/* Deletes the file, if its name still is this file; for one that never got a frame. */
void rtc_record_file_remove (RtcRecordFile *self);

/* Folder and name, as opened; for messages and the sidecar. May hold any byte that the
 * application's template has; none of the caller's. (transfer none) */
const gchar *rtc_record_file_get_path (const RtcRecordFile *self);

/* Bytes appended. */
guint64 rtc_record_file_get_size (const RtcRecordFile *self);

G_END_DECLS
