/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE /* renameat2() */
#include "examples/shared-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_NAME 200     /* bytes; a number still fits behind it */
#define MAX_NUMBERED 999 /* files of one name */

struct _IncomingFile {
  SharedFolder *folder;
  gchar *name;        /* what it is to be called */
  gchar *hidden_name; /* NULL once it was kept */
  int fd;
  guint64 size, n_written;
  GChecksum *sum;
};

static void
set_error (GError **error, const gchar *what)
{
  int code = errno;

  g_set_error (
      error, G_IO_ERROR, (gint) g_io_error_from_errno (code), "%s: %s", what, g_strerror (code));
}

gboolean
shared_folder_open (SharedFolder *self, const gchar *path, guint64 max_size, GError **error)
{
  self->fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->fd < 0) {
    set_error (error, path);
    return FALSE;
  }
  self->path = g_strdup (path);
  self->max_size = max_size;
  return TRUE;
}

gchar *
shared_folder_plain_name (const gchar *name)
{
  g_autofree gchar *valid = g_utf8_make_valid (name, -1);
  g_autoptr (GString) plain = g_string_new (NULL);

  for (const gchar *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (c == '/' || c == '\\')
      g_string_truncate (plain, 0);
    else if (g_unichar_isprint (c) && (plain->len > 0 || (c != '.' && c != ' ')))
      g_string_append_unichar (plain, c);
  }
  if (plain->len > MAX_NAME)
    g_string_truncate (plain,
        (gsize) (g_utf8_find_prev_char (plain->str, plain->str + MAX_NAME + 1) - plain->str));
  return plain->len > 0 ? g_strdup (plain->str) : NULL;
}

int
shared_folder_read (SharedFolder *self, const gchar *name, guint64 *size)
{
  struct stat info;
  int fd;

  if (*name == '.' || strchr (name, '/') != NULL)
    return -1;
  /* What is no plain file must not block. */
  fd = openat (self->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return -1;
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode)) {
    close (fd);
    return -1;
  }
  *size = (guint64) info.st_size;
  return fd;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const gchar *const *) a, *(const gchar *const *) b);
}

GPtrArray *
shared_folder_list (SharedFolder *self, guint max)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) folder = g_dir_open (self->path, 0, NULL);
  const gchar *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    struct stat info;

    if (*name != '.' && g_utf8_validate (name, -1, NULL)
        && fstatat (self->fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (info.st_mode))
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_set_size (names, (gint) MIN (names->len, max));
  return names;
}

IncomingFile *
incoming_file_new (SharedFolder *folder, const gchar *name, guint64 size, GError **error)
{
  g_autofree gchar *plain = shared_folder_plain_name (name);
  IncomingFile *self;

  if (plain == NULL || size > folder->max_size) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
        plain == NULL ? "it has no name"
                      : "it is larger than the %" G_GUINT64_FORMAT " bytes taken",
        folder->max_size);
    return NULL;
  }
  self = g_new0 (IncomingFile, 1);
  self->folder = folder;
  self->name = g_steal_pointer (&plain);
  self->size = size;
  self->sum = g_checksum_new (G_CHECKSUM_SHA256);
  self->hidden_name = g_strdup_printf (".%08x%08x.part", g_random_int (), g_random_int ());
  self->fd = openat (
      folder->fd, self->hidden_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (self->fd < 0) {
    set_error (error, "it cannot be written");
    g_clear_pointer (&self->hidden_name, g_free);
    incoming_file_free (self);
    return NULL;
  }
  return self;
}

gboolean
incoming_file_write (IncomingFile *self, GBytes *bytes, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  if (len > self->size - self->n_written) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "more bytes than were announced");
    return FALSE;
  }
  g_checksum_update (self->sum, data, (gssize) len);
  self->n_written += len;
  while (len > 0) {
    gssize n = write (self->fd, data, len);

    if (n < 0 && errno != EINTR) {
      set_error (error, "it cannot be written");
      return FALSE;
    }
    data += MAX (n, 0);
    len -= (gsize) MAX (n, 0);
  }
  return TRUE;
}

/* "x (n).txt" of "x.txt". */
static gchar *
number_name (const gchar *name, guint n)
{
  const gchar *dot = strrchr (name, '.');

  if (n == 0)
    return g_strdup (name);
  if (dot == NULL)
    return g_strdup_printf ("%s (%u)", name, n);
  return g_strdup_printf ("%.*s (%u)%s", (int) (dot - name), name, n, dot);
}

gchar *
incoming_file_keep (IncomingFile *self, const gchar *sha256, GError **error)
{
  if (self->n_written < self->size || g_strcmp0 (g_checksum_get_string (self->sum), sha256) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
        self->n_written < self->size ? "it is not whole" : "its SHA-256 differs");
    return NULL;
  }
  for (guint n = 0; n <= MAX_NUMBERED; n++) {
    gchar *name = number_name (self->name, n);

    if (renameat2 (self->folder->fd, self->hidden_name, self->folder->fd, name, RENAME_NOREPLACE)
        == 0) {
      g_clear_pointer (&self->hidden_name, g_free);
      return name;
    }
    g_free (name);
    if (errno != EEXIST)
      break;
  }
  set_error (error, "it cannot be kept");
  return NULL;
}

const gchar *
incoming_file_get_name (IncomingFile *self)
{
  return self->name;
}

void
incoming_file_free (IncomingFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->hidden_name != NULL)
    unlinkat (self->folder->fd, self->hidden_name, 0);
  g_checksum_free (self->sum);
  g_free (self->hidden_name);
  g_free (self->name);
  g_free (self);
}
