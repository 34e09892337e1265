/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcenums.h"

GstWebRTCPeerConnectionState
gst_rtc_enums_peer_state (RtcPeerState state)
{
  switch (state) {
    case RTC_PEER_STATE_CONNECTING:
      return GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTING;
    case RTC_PEER_STATE_CONNECTED:
      return GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED;
    case RTC_PEER_STATE_DISCONNECTED:
      return GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED;
    case RTC_PEER_STATE_FAILED:
      return GST_WEBRTC_PEER_CONNECTION_STATE_FAILED;
    case RTC_PEER_STATE_CLOSED:
      return GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED;
    case RTC_PEER_STATE_NEW:
    default:
      return GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
  }
}

GstWebRTCICEConnectionState
gst_rtc_enums_ice_state (RtcIceState state)
{
  switch (state) {
    case RTC_ICE_STATE_CHECKING:
      return GST_WEBRTC_ICE_CONNECTION_STATE_CHECKING;
    case RTC_ICE_STATE_CONNECTED:
      return GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED;
    case RTC_ICE_STATE_COMPLETED:
      return GST_WEBRTC_ICE_CONNECTION_STATE_COMPLETED;
    case RTC_ICE_STATE_DISCONNECTED:
      return GST_WEBRTC_ICE_CONNECTION_STATE_DISCONNECTED;
    case RTC_ICE_STATE_FAILED:
      return GST_WEBRTC_ICE_CONNECTION_STATE_FAILED;
    case RTC_ICE_STATE_CLOSED:
      return GST_WEBRTC_ICE_CONNECTION_STATE_CLOSED;
    case RTC_ICE_STATE_NEW:
    default:
      return GST_WEBRTC_ICE_CONNECTION_STATE_NEW;
  }
}

GstWebRTCICEGatheringState
gst_rtc_enums_gathering_state (RtcIceGatheringState state)
{
  switch (state) {
    case RTC_ICE_GATHERING_GATHERING:
      return GST_WEBRTC_ICE_GATHERING_STATE_GATHERING;
    case RTC_ICE_GATHERING_COMPLETE:
      return GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE;
    case RTC_ICE_GATHERING_NEW:
    default:
      return GST_WEBRTC_ICE_GATHERING_STATE_NEW;
  }
}

GstWebRTCSignalingState
gst_rtc_enums_signaling_state (RtcJsepState state)
{
  switch (state) {
    case RTC_JSEP_STATE_HAVE_LOCAL_OFFER:
      return GST_WEBRTC_SIGNALING_STATE_HAVE_LOCAL_OFFER;
    case RTC_JSEP_STATE_HAVE_REMOTE_OFFER:
      return GST_WEBRTC_SIGNALING_STATE_HAVE_REMOTE_OFFER;
    case RTC_JSEP_STATE_HAVE_LOCAL_PRANSWER:
      return GST_WEBRTC_SIGNALING_STATE_HAVE_LOCAL_PRANSWER;
    case RTC_JSEP_STATE_HAVE_REMOTE_PRANSWER:
      return GST_WEBRTC_SIGNALING_STATE_HAVE_REMOTE_PRANSWER;
    case RTC_JSEP_STATE_CLOSED:
      return GST_WEBRTC_SIGNALING_STATE_CLOSED;
    case RTC_JSEP_STATE_STABLE:
    default:
      return GST_WEBRTC_SIGNALING_STATE_STABLE;
  }
}

RtcIceTransportPolicy
gst_rtc_enums_transport_policy (GstWebRTCICETransportPolicy policy)
{
  return policy == GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY ? RTC_ICE_TRANSPORT_POLICY_RELAY
                                                         : RTC_ICE_TRANSPORT_POLICY_ALL;
}

const gchar *
gst_rtc_enums_nick (GType enum_type, gint value)
{
  GEnumClass *klass = g_type_class_ref (enum_type);
  const GEnumValue *found = g_enum_get_value (klass, value);
  const gchar *nick = found == NULL ? "unknown" : found->value_nick;

  g_type_class_unref (klass); /* static types: the class stays */
  return nick;
}
