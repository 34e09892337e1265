/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* shared-folder.h - the one folder that files come from and go to, whatever names a stranger gives.
 *
 * Only plain files straight in it are read: no hidden ones, no links, no folders. What comes in is
 * written under a hidden name, and gets its own only when it is whole and its SHA-256 right; a file
 * that is there already is never overwritten. One thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  gchar *path;
  int fd;           /* of the folder */
  guint64 max_size; /* of a file that comes in, bytes */
} SharedFolder;

/* For the life of the program. FALSE with *error (GIOError) when it cannot be opened. */
gboolean shared_folder_open (SharedFolder *self, const gchar *path, guint64 max_size,
    GError **error);

/* The name without folders, control characters and leading dots, of 200 bytes at most; NULL when
 * nothing is left. (transfer full) */
gchar *shared_folder_plain_name (const gchar *name);

/* A descriptor to read the file of that name from, and how long it is; -1 when there is none that
 * may be read. */
int shared_folder_read (SharedFolder *self, const gchar *name, guint64 *size);

/* The names of those that may be read, sorted, max at most. (transfer full) */
GPtrArray *shared_folder_list (SharedFolder *self, guint max);

/* A file that comes in. */
typedef struct _IncomingFile IncomingFile;

/* NULL with *error: the name is none, the size is above the limit, or it cannot be written. */
IncomingFile *incoming_file_new (SharedFolder *folder, const gchar *name, guint64 size,
    GError **error);

/* FALSE with *error: more than was announced, or it cannot be written; it is to be freed. */
gboolean incoming_file_write (IncomingFile *self, GBytes *bytes, GError **error);

/* It is whole. The name that it has got, "x (1).txt" where "x.txt" was there; NULL with *error:
 * it is not whole, its SHA-256 (hexadecimal) differs, or it cannot be kept. (transfer full) */
gchar *incoming_file_keep (IncomingFile *self, const gchar *sha256, GError **error);

const gchar *incoming_file_get_name (IncomingFile *self);

/* Deletes it unless it was kept. */
void incoming_file_free (IncomingFile *self);

G_END_DECLS
