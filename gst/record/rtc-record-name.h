/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-record-name.h - the template of a recording's location, and names made safe.
 *
 * What rtc-record-file.h documents, without touching a file. Pure, re-entrant. */
#pragma once

#include <gst/gst.h>

#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

/* RTC_RECORD_NAME_MAX: longest safe name, bytes. */
#define RTC_RECORD_NAME_MAX 64

/* RTC_RECORD_DEFAULT_FILE: the file's name when the location is a folder. */
#define RTC_RECORD_DEFAULT_FILE "{time}-{name}-{counter}"

/* RtcRecordName: what a template is filled with. */
typedef struct {
  const gchar *location;  /* the template, from the application (trusted), file system encoding */
  const gchar *time;      /* {time}, such as "20261121-132500", local time */
  const gchar *name;      /* {name}: as the caller sent it, any bytes (nullable) */
  const gchar *session;   /* {session}: id of the session (nullable) */
  const gchar *extension; /* of the container, without a dot: "webm", "mkv", "mp4" */
} RtcRecordName;

/* Makes one path component from what a caller sent (nullable): bytes other than [A-Za-z0-9._-]
 * are written as %XX, as is a '.' or '-' in front and a '.' at the end; cut to
 * RTC_RECORD_NAME_MAX bytes without splitting a %XX. Windows device names (CON, nul.txt, COM1)
 * get a '_' in front. Nothing left: "caller". Never "", ".", ".."; equal names stay equal,
 * different ones may meet when cut. (transfer full) */
gchar *rtc_record_safe_name (const gchar *name);

/* Checks a template when the application sets it: RTC_OK, or RTC_ERR_PARSE and a sentence in
 * *error: unknown {variable}, '{' without '}', {counter} in a folder's name, no file system
 * could hold it (a component over 240 bytes once filled), empty. Touches no file. */
RtcResult rtc_record_location_check (const gchar *location, GError **error);

/* RtcRecordParts: a location taken apart. Strings are owned; folders are expanded when used. */
typedef struct {
  gchar *fixed;      /* folder without variables, "." when there is none */
  gchar **folders;   /* templates of the folders below it, from the first with a variable on */
  gchar *stem;       /* template of the file's name, without extension */
  gchar *extension;  /* without a dot */
  gboolean has_counter; /* stem has {counter} */
} RtcRecordParts;

/* Splits name->location; is_folder: it names an existing folder, so the default file is meant.
 * Errors as rtc_record_location_check(), *parts untouched. */
RtcResult rtc_record_parts_init (RtcRecordParts *parts, const RtcRecordName *name,
    gboolean is_folder, GError **error);
void rtc_record_parts_clear (RtcRecordParts *parts);

/* Fills in a template that has been checked; counter for {counter}. One path component. (transfer
 * full) */
gchar *rtc_record_expand (const gchar *text, const RtcRecordName *name, guint counter);

G_END_DECLS
