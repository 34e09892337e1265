/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/rtc-record-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct _RtcRecordFile {
  int fd; /* -1 once closed */
  int folder_fd;
  gchar *folder; /* for messages */
  gchar *stem;   /* file name without extension */
  gchar *name;   /* file name */
  gchar *path;
  dev_t device; /* which file it is, so that only that one is removed */
  ino_t inode;
  guint64 size;
  gboolean failed;
};

static RtcResult
file_error (GError **error, const gchar *what, const gchar *path, int code)
{
  gchar *shown = g_filename_display_name (path);

  rtc_error (error, RTC_ERR_BACKEND, "%s %s: %s", what, shown, g_strerror (code));
  g_free (shown);
  return RTC_ERR_BACKEND;
}

/* -- Folders ----------------------------------------------------------------------------------- */

static int
file_open_fixed_folder (const gchar *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  /* One level only: a disk that is not mounted must not be recorded beside. */
  if (fd < 0 && errno == ENOENT && mkdir (path, 0750) == 0)
    fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    file_error (error, "cannot record to the folder", path, errno);
  return fd;
}

/* Goes down into one folder whose name has been made from a template; fd is closed. */
static int
file_enter_folder (int fd, const gchar *name, const gchar *path, GError **error)
{
  int inner = -1;

  if (strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    errno = EINVAL;
  else if (mkdirat (fd, name, 0750) == 0 || errno == EEXIST)
    inner = openat (fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (inner < 0)
    file_error (error, "cannot record to the folder", path, errno);
  close (fd);
  return inner;
}

static int
file_open_folder (
    const RtcRecordParts *parts, const RtcRecordName *name, gchar **path, GError **error)
{
  int fd = file_open_fixed_folder (parts->fixed, error);

  *path = g_strdup (parts->fixed);
  for (guint i = 0; fd >= 0 && parts->folders[i] != NULL; i++) {
    gchar *inner, *joined;

    if (parts->folders[i][0] == '\0')
      continue;
    inner = rtc_record_expand (parts->folders[i], name, 0);
    joined = g_build_filename (*path, inner, NULL);
    g_free (*path);
    *path = joined;
    fd = file_enter_folder (fd, inner, joined, error);
    g_free (inner);
  }
  return fd;
}

/* -- Files ------------------------------------------------------------------------------------- */

/* Creates stem.extension in the folder. NULL with errno when that cannot be. */
static RtcRecordFile *
file_create (int folder_fd, const gchar *folder, const gchar *stem, const gchar *extension)
{
  gchar *name = g_strconcat (stem, ".", extension, NULL);
  int fd = openat (folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
  RtcRecordFile *self;
  struct stat info;

  if (fd < 0 || fstat (fd, &info) != 0) {
    int code = errno;

    if (fd >= 0)
      close (fd);
    g_free (name);
    errno = code;
    return NULL;
  }
  self = g_new0 (RtcRecordFile, 1);
  self->fd = fd;
  self->folder_fd = fcntl (folder_fd, F_DUPFD_CLOEXEC, 0);
  self->folder = g_strdup (folder);
  self->stem = g_strdup (stem);
  self->name = name;
  self->path = g_build_filename (folder, name, NULL);
  self->device = info.st_dev;
  self->inode = info.st_ino;
  return self;
}

/* Whether a recording in the other container, or a sidecar, has the name: a stem is one call's, so
 * that NAME.json is about NAME. */
static gboolean
file_stem_is_taken (int folder_fd, const gchar *stem)
{
  static const gchar *const extensions[] = { "json", "webm", "mp4" };
  gboolean taken = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (extensions) && !taken; i++) {
    gchar *name = g_strconcat (stem, ".", extensions[i], NULL);
    struct stat info;

    taken = fstatat (folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
    g_free (name);
  }
  return taken;
}

typedef gchar *(*FileStemFunc) (gconstpointer data, guint attempt);

/* Tries the names that get_stem gives until one is free; is_new: with every extension of ours. */
static RtcRecordFile *
file_create_first_free (int folder_fd, const gchar *folder, FileStemFunc get_stem,
    gconstpointer data, const gchar *extension, gboolean is_new, GError **error)
{
  RtcRecordFile *self = NULL;
  gchar *stem = NULL, *path;

  for (guint attempt = 0; self == NULL && attempt < RTC_RECORD_MAX_TRIES; attempt++) {
    g_free (stem);
    stem = get_stem (data, attempt);
    if (is_new && file_stem_is_taken (folder_fd, stem))
      continue;
    self = file_create (folder_fd, folder, stem, extension);
    if (self == NULL && errno != EEXIST) {
      path = g_build_filename (folder, stem, NULL);
      file_error (error, "cannot create the recording", path, errno);
      g_free (path);
      g_free (stem);
      return NULL;
    }
  }
  if (self == NULL) {
    path = g_filename_display_name (folder);
    rtc_error (error, RTC_ERR_LIMIT, "%d recordings of that name are in %s already",
        RTC_RECORD_MAX_TRIES, path);
    g_free (path);
  }
  g_free (stem);
  return self;
}

typedef struct {
  const RtcRecordParts *parts;
  const RtcRecordName *name;
} FileTemplate;

static gchar *
file_stem_of_template (gconstpointer data, guint attempt)
{
  const FileTemplate *template = data;
  gchar *stem = rtc_record_expand (template->parts->stem, template->name, attempt + 1), *numbered;

  if (template->parts->has_counter || attempt == 0)
    return stem;
  numbered = g_strdup_printf ("%s-%04u", stem, attempt);
  g_free (stem);
  return numbered;
}

RtcRecordFile *
rtc_record_file_open (const RtcRecordName *name, GError **error)
{
  gboolean is_folder = name->location != NULL && g_file_test (name->location, G_FILE_TEST_IS_DIR);
  RtcRecordParts parts;
  FileTemplate template = { &parts, name };
  RtcRecordFile *self = NULL;
  gchar *folder;
  int fd;

  if (rtc_record_parts_init (&parts, name, is_folder, error) != RTC_OK)
    return NULL;
  fd = file_open_folder (&parts, name, &folder, error);
  if (fd >= 0) {
    self = file_create_first_free (
        fd, folder, file_stem_of_template, &template, parts.extension, TRUE, error);
    close (fd);
  }
  g_free (folder);
  rtc_record_parts_clear (&parts);
  return self;
}

typedef struct {
  const gchar *stem;
  guint segment;
} FileBeside;

static gchar *
file_stem_beside (gconstpointer data, guint attempt)
{
  const FileBeside *beside = data;

  if (beside->segment > 0)
    return g_strdup_printf ("%s-%u", beside->stem, beside->segment + attempt);
  return attempt == 0 ? g_strdup (beside->stem)
                      : g_strdup_printf ("%s-%04u", beside->stem, attempt);
}

RtcRecordFile *
rtc_record_file_open_beside (
    const RtcRecordFile *first, guint segment, const gchar *extension, GError **error)
{
  FileBeside beside = { first->stem, segment };

  return file_create_first_free (
      first->folder_fd, first->folder, file_stem_beside, &beside, extension, FALSE, error);
}

void
rtc_record_file_free (RtcRecordFile *self)
{
  if (self == NULL)
    return;
  rtc_record_file_close (self, NULL);
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  g_free (self->folder);
  g_free (self->stem);
  g_free (self->name);
  g_free (self->path);
  g_free (self);
}

/* -- Writing ----------------------------------------------------------------------------------- */

/* All of data at offset; 0 or the reason. */
static int
file_write_all (int fd, guint64 offset, const guint8 *data, gsize len)
{
  while (len > 0) {
    gssize n = pwrite (fd, data, len, (off_t) offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return n < 0 ? errno : ENOSPC;
    data += n;
    offset += (gsize) n;
    len -= (gsize) n;
  }
  return 0;
}

/* Bytes at the front of a unit that are written when all others are in the file. Players take zeros
 * in place of a moof's size as a box that goes on to the end and stop there in peace, but FFmpeg
 * refuses a file with half a moof. A Cluster may end anywhere. */
static gsize
file_head_len (const guint8 *data, gsize len)
{
  return len > 8 && memcmp (data + 4, "moof", 4) == 0 ? 8 : 0;
}

static RtcResult
file_check_state (const RtcRecordFile *self, GError **error)
{
  if (self->fd < 0 || self->failed)
    return rtc_error (error, RTC_ERR_STATE, "the recording has ended");
  return RTC_OK;
}

RtcResult
rtc_record_file_append (RtcRecordFile *self, const guint8 *data, gsize len, GError **error)
{
  RtcResult result = file_check_state (self, error);
  gsize head = file_head_len (data, len);
  int code;

  if (result != RTC_OK)
    return result;
  code = file_write_all (self->fd, self->size + head, data + head, len - head);
  if (code == 0)
    code = file_write_all (self->fd, self->size, data, head);
  if (code == 0) {
    self->size += len;
    return RTC_OK;
  }
  self->failed = TRUE;
  /* Nothing more can be done if this fails: the file then ends in a part of a unit, which players
   * leave out. */
  while (ftruncate (self->fd, (off_t) self->size) != 0 && errno == EINTR)
    continue;
  return file_error (error, "cannot write to", self->path, code);
}

RtcResult
rtc_record_file_patch (
    RtcRecordFile *self, guint64 offset, const guint8 *data, gsize len, GError **error)
{
  RtcResult result = file_check_state (self, error);
  int code;

  if (result != RTC_OK)
    return result;
  if (offset > self->size || len > self->size - offset)
    return rtc_error (error, RTC_ERR_LIMIT, "a correction lies outside of the recording");
  code = file_write_all (self->fd, offset, data, len);
  if (code == 0)
    return RTC_OK;
  self->failed = TRUE;
  return file_error (error, "cannot write to", self->path, code);
}

RtcResult
rtc_record_file_check_free (const RtcRecordFile *self, guint64 min_free, GError **error)
{
  struct statvfs info;
  guint64 left;
  gchar *shown, *has, *needs;

  if (fstatvfs (self->folder_fd, &info) != 0)
    return RTC_OK;
  left = (guint64) info.f_bavail * info.f_frsize;
  if (left > min_free)
    return RTC_OK;
  shown = g_filename_display_name (self->folder);
  has = g_format_size (left);
  needs = g_format_size (min_free);
  rtc_error (
      error, RTC_ERR_LIMIT, "%s has %s left, less than the %s to be kept free", shown, has, needs);
  g_free (shown);
  g_free (has);
  g_free (needs);
  return RTC_ERR_LIMIT;
}

RtcResult
rtc_record_file_close (RtcRecordFile *self, GError **error)
{
  int fd = self->fd;

  self->fd = -1;
  /* After EINTR the descriptor is closed all the same on Linux. */
  if (fd >= 0 && close (fd) != 0 && errno != EINTR)
    return file_error (error, "cannot close", self->path, errno);
  return RTC_OK;
}

void
rtc_record_file_remove (RtcRecordFile *self)
{
  struct stat info;

  if (fstatat (self->folder_fd, self->name, &info, AT_SYMLINK_NOFOLLOW) == 0
      && info.st_dev == self->device && info.st_ino == self->inode)
    unlinkat (self->folder_fd, self->name, 0);
}

const gchar *
rtc_record_file_get_path (const RtcRecordFile *self)
{
  return self->path;
}

guint64
rtc_record_file_get_size (const RtcRecordFile *self)
{
  return self->size;
}
