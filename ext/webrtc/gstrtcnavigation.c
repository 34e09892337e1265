/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcnavigation.h"

#include <gst/video/navigation.h>
#include <gst/video/video-enumtypes.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "gst/rtc/base/rtc-result.h"

#define MAX_KEY_BYTES 32

/* --- what a request holds ----------------------------------------------------------------------
 */

/* NULL when there is none of that type. */
static JsonNode *
find_node (JsonObject *object, const gchar *name, JsonNodeType type)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_TYPE (node) == type ? node : NULL;
}

static JsonObject *
find_object (JsonObject *object, const gchar *name)
{
  JsonNode *node = find_node (object, name, JSON_NODE_OBJECT);

  return node == NULL ? NULL : json_node_get_object (node);
}

static const gchar *
find_string (JsonObject *object, const gchar *name)
{
  JsonNode *node = find_node (object, name, JSON_NODE_VALUE);

  return node == NULL ? NULL : json_node_get_string (node); /* NULL unless it is one */
}

/* FALSE when there is no finite number. */
static gboolean
find_number (JsonObject *object, const gchar *name, gdouble *value)
{
  JsonNode *node = find_node (object, name, JSON_NODE_VALUE);
  GType type = node == NULL ? G_TYPE_INVALID : json_node_get_value_type (node);

  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_double (node);
  return isfinite (*value);
}

/* FALSE when it is no whole number in that range. */
static gboolean
find_count (JsonObject *object, const gchar *name, gdouble max, guint *value)
{
  gdouble number;

  if (!find_number (object, name, &number) || number < 0 || number > max)
    return FALSE;
  *value = (guint) number;
  return TRUE;
}

/* Nicks of GstNavigationModifierType, joined by '+'; unknown ones are left out. */
static GstNavigationModifierType
read_modifiers (JsonObject *object)
{
  GFlagsClass *klass = g_type_class_ref (GST_TYPE_NAVIGATION_MODIFIER_TYPE);
  const gchar *text = find_string (object, "modifier_state");
  gchar **names = g_strsplit (text != NULL ? text : "", "+", 16);
  guint state = 0;

  for (guint i = 0; names[i] != NULL; i++) {
    GFlagsValue *value = g_flags_get_value_by_nick (klass, names[i]);

    state |= value == NULL ? 0 : value->value;
  }
  g_strfreev (names);
  g_type_class_unref (klass);
  return (GstNavigationModifierType) state;
}

/* --- events ------------------------------------------------------------------------------------
 */

/* Each returns NULL when something that it needs is missing or out of range. */
typedef GstEvent *(*ReadFunc) (
    JsonObject *object, const gchar *name, GstNavigationModifierType state);

static GstEvent *
read_mouse (JsonObject *object, const gchar *name, GstNavigationModifierType state)
{
  gdouble x, y, delta_x = 0, delta_y = 0;
  guint button = 0;

  if (!find_number (object, "x", &x) || !find_number (object, "y", &y))
    return NULL;
  if (g_str_equal (name, "MouseMove"))
    return gst_navigation_event_new_mouse_move (x, y, state);
  if (g_str_equal (name, "MouseScroll")) {
    if (!find_number (object, "delta_x", &delta_x) || !find_number (object, "delta_y", &delta_y))
      return NULL;
    return gst_navigation_event_new_mouse_scroll (x, y, delta_x, delta_y, state);
  }
  if (!find_count (object, "button", G_MAXUINT8, &button))
    return NULL;
  return g_str_equal (name, "MouseButtonPress")
             ? gst_navigation_event_new_mouse_button_press ((gint) button, x, y, state)
             : gst_navigation_event_new_mouse_button_release ((gint) button, x, y, state);
}

static GstEvent *
read_key (JsonObject *object, const gchar *name, GstNavigationModifierType state)
{
  const gchar *key = find_string (object, "key");

  if (key == NULL || *key == '\0' || strlen (key) > MAX_KEY_BYTES)
    return NULL;
  return g_str_equal (name, "KeyPress") ? gst_navigation_event_new_key_press (key, state)
                                        : gst_navigation_event_new_key_release (key, state);
}

static GstEvent *
read_touch (JsonObject *object, const gchar *name, GstNavigationModifierType state)
{
  gdouble x, y, pressure = 0.5;
  guint identifier;

  if (!find_number (object, "x", &x) || !find_number (object, "y", &y)
      || !find_count (object, "identifier", G_MAXINT, &identifier))
    return NULL;
  find_number (object, "pressure", &pressure);
  pressure = CLAMP (pressure, 0.0, 1.0);
  return g_str_equal (name, "TouchDown")
             ? gst_navigation_event_new_touch_down (identifier, x, y, pressure, state)
         : g_str_equal (name, "TouchMotion")
             ? gst_navigation_event_new_touch_motion (identifier, x, y, pressure, state)
             : gst_navigation_event_new_touch_up (identifier, x, y, state);
}

static GstEvent *
read_touches (JsonObject *object, const gchar *name, GstNavigationModifierType state)
{
  return g_str_equal (name, "TouchFrame") ? gst_navigation_event_new_touch_frame (state)
                                          : gst_navigation_event_new_touch_cancel (state);
}

static const struct {
  const gchar *name;
  ReadFunc read;
} events[] = {
  { "MouseMove", read_mouse },
  { "MouseButtonPress", read_mouse },
  { "MouseButtonRelease", read_mouse },
  { "MouseScroll", read_mouse },
  { "KeyPress", read_key },
  { "KeyRelease", read_key },
  { "TouchDown", read_touch },
  { "TouchMotion", read_touch },
  { "TouchUp", read_touch },
  { "TouchFrame", read_touches },
  { "TouchCancel", read_touches },
};

static GstEvent *
read_event (JsonObject *object)
{
  const gchar *name = find_string (object, "event");

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (events); i++) {
    if (g_str_equal (name, events[i].name))
      return events[i].read (object, name, read_modifiers (object));
  }
  return NULL;
}

/* --- requests ----------------------------------------------------------------------------------
 */

/* Before the parser, which calls itself for each level. */
static gboolean
is_deep (const gchar *text, gsize len)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < len && depth <= GST_RTC_NAVIGATION_MAX_DEPTH; i++) {
    if (in_string && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      in_string = !in_string;
    else if (!in_string && (text[i] == '{' || text[i] == '['))
      depth++;
    else if (!in_string && (text[i] == '}' || text[i] == ']') && depth > 0)
      depth--;
  }
  return depth > GST_RTC_NAVIGATION_MAX_DEPTH;
}

/* NULL with *error unless text is an object. (transfer full) */
static JsonParser *
parse_object (const gchar *text, gsize len, GError **error)
{
  JsonParser *parser = json_parser_new ();

  if (is_deep (text, len))
    rtc_error (error, RTC_ERR_LIMIT, "objects in objects in objects");
  else if (!g_utf8_validate (text, (gssize) len, NULL)
           || !json_parser_load_from_data (parser, text, (gssize) len, NULL)
           || json_parser_get_root (parser) == NULL
           || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    rtc_error (error, RTC_ERR_PARSE, "not a JSON object");
  else
    return parser;
  g_object_unref (parser);
  return NULL;
}

static gboolean
read_request (JsonObject *request, GstRtcNavigation *out, GError **error)
{
  const gchar *type = find_string (request, "type");
  JsonObject *event = find_object (request, "event");

  if (g_strcmp0 (type, "navigationEvent") != 0) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "only navigationEvent is taken");
    return FALSE;
  }
  out->event = event == NULL ? NULL : read_event (event);
  if (out->event == NULL)
    rtc_error (error, RTC_ERR_PARSE, "no such event, or a part of it is missing");
  return out->event != NULL;
}

/* request is an object, or a string with one. */
static gboolean
read_message (JsonObject *message, GstRtcNavigation *out, GError **error)
{
  const gchar *text = find_string (message, "request");
  JsonObject *request = find_object (message, "request");
  JsonNode *id = find_node (message, "id", JSON_NODE_VALUE);
  JsonParser *inner = NULL;
  gboolean ok = FALSE;

  if (id != NULL && json_node_get_value_type (id) == G_TYPE_INT64)
    out->id = json_node_get_int (id);
  if (request == NULL && text != NULL) {
    inner = parse_object (text, strlen (text), error);
    if (inner == NULL)
      return FALSE;
    request = json_node_get_object (json_parser_get_root (inner));
  }
  if (request == NULL)
    rtc_error (error, RTC_ERR_PARSE, "there is no request");
  else
    ok = read_request (request, out, error);
  if (ok)
    out->mid = g_strdup (find_string (message, "mid"));
  g_clear_object (&inner);
  return ok;
}

gboolean
gst_rtc_navigation_parse (const gchar *text, gsize len, GstRtcNavigation *out, GError **error)
{
  JsonParser *parser;
  gboolean ok;

  *out = (GstRtcNavigation){ .id = 0 };
  if (len > GST_RTC_NAVIGATION_MAX_BYTES) {
    rtc_error (error, RTC_ERR_LIMIT, "longer than %d bytes", GST_RTC_NAVIGATION_MAX_BYTES);
    return FALSE;
  }
  parser = parse_object (text, len, error);
  if (parser == NULL)
    return FALSE;
  ok = read_message (json_node_get_object (json_parser_get_root (parser)), out, error);
  g_object_unref (parser);
  return ok;
}

void
gst_rtc_navigation_clear (GstRtcNavigation *self)
{
  g_clear_pointer (&self->mid, g_free);
  gst_clear_event (&self->event);
}

/* error is one of the texts above, none of which JSON would have to escape. */
gchar *
gst_rtc_navigation_reply (gint64 id, const gchar *error)
{
  return g_strdup_printf ("{\"type\":\"ControlResponseMessage\",\"id\":%" G_GINT64_FORMAT
                          ",\"error\":%s%s%s}",
      id, error != NULL ? "\"" : "", error != NULL ? error : "null", error != NULL ? "\"" : "");
}
