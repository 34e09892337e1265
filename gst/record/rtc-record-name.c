/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/rtc-record-name.h"

#include <string.h>

/* NAME_MAX_COMPONENT: file systems hold 255 bytes; a segment's number and the like are added. */
#define NAME_MAX_COMPONENT 240

/* NAME_MAX_EXTENSION: what follows the last dot and is longer is part of the name. */
#define NAME_MAX_EXTENSION 5

typedef enum {
  VARIABLE_NONE,
  VARIABLE_TIME,
  VARIABLE_NAME,
  VARIABLE_SESSION,
  VARIABLE_COUNTER,
} NameVariable;

/* -- Safe names -------------------------------------------------------------------------------- */

/* CON, PRN, AUX, NUL, COM0..9, LPT0..9, also with an extension, are devices on Windows and on
 * shares that it serves. */
static gboolean
name_is_device (const gchar *name)
{
  static const gchar *const devices[] = { "con", "prn", "aux", "nul", "com", "lpt" };
  gsize len = strcspn (name, ".");

  for (guint i = 0; i < G_N_ELEMENTS (devices); i++) {
    if (g_ascii_strncasecmp (name, devices[i], 3) != 0)
      continue;
    if (i < 4 ? len == 3 : len == 4 && g_ascii_isdigit (name[3]))
      return TRUE;
  }
  return FALSE;
}

gchar *
rtc_record_safe_name (const gchar *name)
{
  GString *safe = g_string_sized_new (RTC_RECORD_NAME_MAX);

  for (const gchar *p = name != NULL ? name : ""; *p != '\0'; p++) {
    gboolean is_edge = p == name ? *p == '.' || *p == '-' : *p == '.' && p[1] == '\0';
    gboolean is_plain = !is_edge && (g_ascii_isalnum (*p) || strchr ("._-", *p) != NULL);

    if (safe->len + (is_plain ? 1 : 3) > RTC_RECORD_NAME_MAX)
      break;
    if (is_plain)
      g_string_append_c (safe, *p);
    else
      g_string_append_printf (safe, "%%%02X", (guint8) *p);
  }
  /* A cut may have left a dot at the end. */
  while (safe->len > 0 && safe->str[safe->len - 1] == '.')
    g_string_truncate (safe, safe->len - 1);
  if (safe->len == 0)
    g_string_append (safe, "caller");
  if (name_is_device (safe->str))
    g_string_prepend_c (safe, '_');
  if (safe->len > RTC_RECORD_NAME_MAX)
    g_string_truncate (safe, RTC_RECORD_NAME_MAX);
  return g_string_free (safe, FALSE);
}

/* -- Templates --------------------------------------------------------------------------------- */

/* Reads one item at *p and moves *p behind it: a variable, or a byte (in *byte). FALSE: neither. */
static gboolean
name_next (const gchar **p, NameVariable *variable, gchar *byte)
{
  static const gchar *const names[] = { "", "{time}", "{name}", "{session}", "{counter}" };

  *variable = VARIABLE_NONE;
  *byte = **p;
  if ((**p == '{' || **p == '}') && (*p)[1] == **p) {
    *p += 2;
    return TRUE;
  }
  if (**p != '{') {
    (*p)++;
    return TRUE;
  }
  for (guint i = 1; i < G_N_ELEMENTS (names); i++)
    if (g_str_has_prefix (*p, names[i])) {
      *p += strlen (names[i]);
      *variable = (NameVariable) i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
name_has_variable (const gchar *text, NameVariable wanted)
{
  NameVariable variable;
  gchar byte;

  while (*text != '\0' && name_next (&text, &variable, &byte))
    if (wanted == VARIABLE_NONE ? variable != VARIABLE_NONE : variable == wanted)
      return TRUE;
  return FALSE;
}

gchar *
rtc_record_expand (const gchar *text, const RtcRecordName *name, guint counter)
{
  GString *out = g_string_new (NULL);
  NameVariable variable;
  gchar byte;

  while (*text != '\0' && name_next (&text, &variable, &byte)) {
    gchar *value = NULL;

    switch (variable) {
      case VARIABLE_TIME:
        value = rtc_record_safe_name (name->time);
        break;
      case VARIABLE_NAME:
        value = rtc_record_safe_name (name->name);
        break;
      case VARIABLE_SESSION:
        value = rtc_record_safe_name (name->session);
        break;
      case VARIABLE_COUNTER:
        value = g_strdup_printf ("%04u", counter);
        break;
      case VARIABLE_NONE:
      default:
        g_string_append_c (out, byte);
        break;
    }
    if (value != NULL)
      g_string_append (out, value);
    g_free (value);
  }
  return g_string_free (out, FALSE);
}

static RtcResult
name_check_component (const gchar *text, gboolean is_folder, GError **error)
{
  const gchar *p = text;
  NameVariable variable;
  gchar byte;
  gsize longest = 0;

  while (*p != '\0') {
    const gchar *at = p;

    if (!name_next (&p, &variable, &byte)) {
      gchar *shown = g_filename_display_name (at);

      rtc_error (error, RTC_ERR_PARSE,
          "\"%.40s\" is none of {time} {name} {session} {counter}; a brace is written \"{{\"",
          shown);
      g_free (shown);
      return RTC_ERR_PARSE;
    }
    if (variable == VARIABLE_COUNTER && is_folder)
      return rtc_error (error, RTC_ERR_PARSE, "{counter} can only be in the name of the file");
    longest += variable == VARIABLE_NONE ? 1 : RTC_RECORD_NAME_MAX;
  }
  if (longest > NAME_MAX_COMPONENT)
    return rtc_error (error, RTC_ERR_PARSE,
        "the name could get %" G_GSIZE_FORMAT " bytes long, %d are possible", longest,
        NAME_MAX_COMPONENT);
  return RTC_OK;
}

/* Splits off the extension: what follows the last dot, if that is short and plain. */
static gchar *
name_split_extension (gchar *file)
{
  gchar *dot = strrchr (file, '.');
  gsize len = dot != NULL ? strlen (dot + 1) : 0;

  if (len == 0 || len > NAME_MAX_EXTENSION || dot == file)
    return NULL;
  for (gsize i = 1; i <= len; i++)
    if (!g_ascii_isalnum (dot[i]))
      return NULL;
  *dot = '\0';
  return g_strdup (dot + 1);
}

static gboolean
name_is_container (const gchar *extension)
{
  return g_ascii_strcasecmp (extension, "webm") == 0 || g_ascii_strcasecmp (extension, "mkv") == 0
         || g_ascii_strcasecmp (extension, "mp4") == 0;
}

/* Where the first component with a variable begins in folder; its end when there is none. */
static const gchar *
name_first_variable (const gchar *folder)
{
  const gchar *begin = folder;

  while (*begin != '\0') {
    gsize len = strcspn (begin, "/");
    gchar *component = g_strndup (begin, len);
    gboolean found = name_has_variable (component, VARIABLE_NONE);

    g_free (component);
    if (found)
      return begin;
    begin += len + (begin[len] == '/');
  }
  return begin;
}

static RtcResult
name_check (const gchar *folder, const gchar *file, GError **error)
{
  gchar **components = g_strsplit (folder, "/", -1);
  RtcResult result = name_check_component (file, FALSE, error);

  for (guint i = 0; result == RTC_OK && components[i] != NULL; i++)
    result = name_check_component (components[i], TRUE, error);
  g_strfreev (components);
  return result;
}

/* An escaped brace stands for one byte of a fixed folder too. */
static gchar *
name_fixed_folder (const gchar *folder, gsize len)
{
  RtcRecordName nothing = { NULL };
  gchar *text, *fixed;

  while (len > 1 && folder[len - 1] == '/')
    len--;
  text = g_strndup (folder, len);
  fixed = rtc_record_expand (text, &nothing, 0);
  g_free (text);
  if (fixed[0] != '\0')
    return fixed;
  g_free (fixed);
  return g_strdup (".");
}

static RtcResult
name_split (RtcRecordParts *parts, const gchar *location, gboolean is_folder, GError **error)
{
  const gchar *slash, *variable;
  gchar *folder, *file;
  gsize folder_len;
  RtcResult result;

  if (location == NULL || location[0] == '\0')
    return rtc_error (error, RTC_ERR_PARSE, "the location is empty");
  slash = strrchr (location, '/');
  file = g_strdup (slash != NULL ? slash + 1 : location);
  is_folder |= strcmp (file, ".") == 0 || strcmp (file, "..") == 0;
  g_free (file);
  folder_len = is_folder ? strlen (location) : slash != NULL ? (gsize) (slash - location) + 1 : 0;
  folder = g_strndup (location, folder_len);
  file = g_strdup (location + folder_len);
  if (file[0] == '\0') {
    g_free (file);
    file = g_strdup (RTC_RECORD_DEFAULT_FILE);
  }
  result = name_check (folder, file, error);
  if (result == RTC_OK) {
    variable = name_first_variable (folder);
    parts->fixed = name_fixed_folder (folder, (gsize) (variable - folder));
    parts->folders = g_strsplit (variable, "/", -1);
    parts->extension = name_split_extension (file);
    parts->stem = g_strdup (file);
    parts->has_counter = name_has_variable (parts->stem, VARIABLE_COUNTER);
  }
  g_free (folder);
  g_free (file);
  return result;
}

RtcResult
rtc_record_parts_init (
    RtcRecordParts *parts, const RtcRecordName *name, gboolean is_folder, GError **error)
{
  RtcRecordParts out = { NULL };
  RtcResult result = name_split (&out, name->location, is_folder, error);

  if (result != RTC_OK)
    return result;
  /* A name must not promise another container. */
  if (out.extension == NULL || name_is_container (out.extension)) {
    g_free (out.extension);
    out.extension = g_strdup (name->extension);
  }
  *parts = out;
  return RTC_OK;
}

void
rtc_record_parts_clear (RtcRecordParts *parts)
{
  g_free (parts->fixed);
  g_strfreev (parts->folders);
  g_free (parts->stem);
  g_free (parts->extension);
}

RtcResult
rtc_record_location_check (const gchar *location, GError **error)
{
  RtcRecordParts parts = { NULL };
  RtcResult result = name_split (&parts, location, FALSE, error);

  rtc_record_parts_clear (&parts);
  return result;
}
