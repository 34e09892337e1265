/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bad-announcements.h - descriptions that cannot be received, and what is said of each. Included
 * once by each program. */
#pragma once

#include <glib.h>

#include "gst/rtc/base/rtc-result.h"

#define BAD_HEAD "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
#define BAD_AUDIO BAD_HEAD "m=audio 5004 RTP/AVP 96\n"
#define BAD_PCMA BAD_HEAD "m=audio 5004 RTP/AVP 8\n"
#define BAD_SAVP BAD_HEAD "m=audio 5004 RTP/SAVP 8\n"
#define BAD_KEY "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e"

/* say: a part of the message; no key may be in it. */
static const struct {
  const gchar *text;
  RtcResult code;
  const gchar *say;
} bad_announcements[] = {
  { "", RTC_ERR_PARSE, "empty" },
  { "\n\n\n", RTC_ERR_PARSE, "empty" },
  { "hello", RTC_ERR_PARSE, "line 1: not of the form x=value" },
  { "m=audio 5004 RTP/AVP 8\n", RTC_ERR_PARSE, "line 1: a description begins with v=0" },
  { "v=1\n", RTC_ERR_PARSE, "line 1: the version is not 0" },
  { "v=0\nV=0\n", RTC_ERR_PARSE, "line 2: not of the form" },
  { "v=0\ns=a\x01z\n", RTC_ERR_PARSE, "line 2: control character 0x01" },
  { BAD_HEAD, RTC_ERR_UNSUPPORTED, "no medium that can be received" },
  { BAD_HEAD "m=audio 0 RTP/AVP 8\n", RTC_ERR_UNSUPPORTED, "no medium" },
  { BAD_PCMA "a=inactive\n", RTC_ERR_UNSUPPORTED, "no medium" },
  { BAD_HEAD "a=inactive\nm=audio 5004 RTP/AVP 8\n", RTC_ERR_UNSUPPORTED, "no medium" },
  { BAD_HEAD "m=audio 5004 udp 8\n", RTC_ERR_UNSUPPORTED, "no medium" },
  { BAD_HEAD "m=audio 5004 TCP/RTP/AVP 8\n", RTC_ERR_UNSUPPORTED, "no medium" },
  { BAD_HEAD "m=audio 5004 UDP/TLS/RTP/SAVPF 8\n", RTC_ERR_UNSUPPORTED, "no medium" },
  { BAD_HEAD "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n", RTC_ERR_UNSUPPORTED,
      "no medium" },
  { BAD_HEAD "m=audio\n", RTC_ERR_PARSE, "line 6: m=audio is not of the form" },
  { BAD_HEAD "m=audio 5004\n", RTC_ERR_PARSE, "is not of the form" },
  { BAD_HEAD "m=audio 5004 RTP/AVP\n", RTC_ERR_PARSE, "is not of the form" },
  { BAD_HEAD "m= \n", RTC_ERR_PARSE, "is not of the form" },
  { BAD_HEAD "m=audiovisualtelevisionstream 5004 RTP/AVP 8\n", RTC_ERR_PARSE,
      "longer than 23 characters" },
  { BAD_HEAD "m=audio x RTP/AVP 8\n", RTC_ERR_PARSE, "port \"x\" is not within" },
  { BAD_HEAD "m=audio -1 RTP/AVP 8\n", RTC_ERR_PARSE, "port \"-1\" is not within" },
  { BAD_HEAD "m=audio 65536 RTP/AVP 8\n", RTC_ERR_PARSE, "port \"65536\" is not within" },
  { BAD_HEAD "m=audio 5004/0 RTP/AVP 8\n", RTC_ERR_PARSE, "number of ports" },
  { BAD_HEAD "m=audio 65535 RTP/AVP 8\n", RTC_ERR_PARSE, "no port above 65535" },
  { BAD_HEAD "m=audio 5004 RTP/AVP 128\n", RTC_ERR_PARSE, "payload type \"128\" is not" },
  { BAD_HEAD "m=audio 5004 RTP/AVP x\n", RTC_ERR_PARSE, "payload type \"x\" is not" },
  { BAD_HEAD "m=audio 5004 RTP/AVP 8 8\n", RTC_ERR_PARSE, "payload type 8 is listed twice" },
  { BAD_HEAD "m=audio 5004 RTP/AVP 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 "
             "24 25 26 27 28 29 30 31 32\n",
      RTC_ERR_LIMIT, "more than 32 payload types" },
  { BAD_AUDIO, RTC_ERR_PARSE, "line 6: payload type 96 has no a=rtpmap" },
  { BAD_AUDIO "a=rtpmap:97 OPUS/48000/2\n", RTC_ERR_PARSE, "payload type 96 has no a=rtpmap" },
  { BAD_AUDIO "a=rtpmap:96 OPUS\n", RTC_ERR_PARSE, "line 7: a=rtpmap is not of the form" },
  { BAD_AUDIO "a=rtpmap:96 OPUS/0\n", RTC_ERR_PARSE, "not of the form name/rate" },
  { BAD_AUDIO "a=rtpmap:96 OPUS/99999999999\n", RTC_ERR_PARSE, "not of the form name/rate" },
  { BAD_AUDIO "a=rtpmap:96 OPUS/48000/0\n", RTC_ERR_PARSE, "impossible number of channels" },
  { BAD_AUDIO "a=rtpmap:x OPUS/48000\n", RTC_ERR_PARSE, "payload type \"x\" of a=rtpmap" },
  { BAD_AUDIO "a=rtpmap:96 abcdefghijklmnopqrstuvwxyzabcdef/48000\n", RTC_ERR_PARSE,
      "name of a=rtpmap is longer than 31" },
  { BAD_AUDIO "a=rtpmap:96 rtx/48000\n", RTC_ERR_PARSE, "a=fmtp:96 has no apt=" },
  { BAD_AUDIO "a=rtpmap:96 rtx/48000\na=fmtp:96 apt=8\n", RTC_ERR_PARSE, "has no apt=" },
  { BAD_PCMA "a=fmtp:200 x=1\n", RTC_ERR_PARSE, "payload type \"200\" of a=fmtp" },
  { BAD_PCMA "a=rtcp-fb:x nack\n", RTC_ERR_PARSE, "payload type \"x\" of a=rtcp-fb" },
  { BAD_PCMA "a= x\n", RTC_ERR_PARSE, "name of an attribute" },
  { "v=0\nm=audio 5004 RTP/AVP 8\n", RTC_ERR_PARSE, "line 2: the m-line has no c= line" },
  { "v=0\nc=IN IP4\nm=audio 5004 RTP/AVP 8\n", RTC_ERR_PARSE, "line 2: an address is not" },
  { "v=0\nc=ATM NSAP 47.0091\nm=audio 5004 RTP/AVP 8\n", RTC_ERR_PARSE, "an address is not" },
  { "v=0\nc=IN IP4 camera.example.com\nm=audio 5004 RTP/AVP 8\n", RTC_ERR_UNSUPPORTED,
      "\"camera.example.com\" is not a literal IPv4 address" },
  { "v=0\nc=IN IP4 ::1\nm=audio 5004 RTP/AVP 8\n", RTC_ERR_UNSUPPORTED, "not a literal IPv4" },
  { "v=0\nc=IN IP6 127.0.0.1\nm=audio 5004 RTP/AVP 8\n", RTC_ERR_UNSUPPORTED,
      "not a literal IPv6" },
  { "v=0\nc=IN IP4 239.1.2.3/256\nm=audio 5004 RTP/AVP 8\n", RTC_ERR_PARSE, "the TTL" },
  { "v=0\nc=IN IP4 239.1.2.3/1/0\nm=audio 5004 RTP/AVP 8\n", RTC_ERR_PARSE,
      "number of addresses" },
  { BAD_PCMA "a=rtcp:0\n", RTC_ERR_PARSE, "the port of a=rtcp" },
  { BAD_PCMA "a=rtcp:5005 IN IP4 host\n", RTC_ERR_UNSUPPORTED, "\"host\" is not a literal" },
  { BAD_PCMA "a=rtcp:5004\n", RTC_ERR_PARSE, "RTP and RTCP have one port" },
  { BAD_PCMA "a=mid:\n", RTC_ERR_PARSE, "a=mid is empty" },
  { BAD_PCMA "a=mid:a\nm=video 5006 RTP/AVP 26\na=mid:a\n", RTC_ERR_PARSE, "the mid \"a\"" },
  { BAD_HEAD "a=group:BUNDLE a b\nm=audio 5004 RTP/AVP 8\na=mid:a\nm=audio 5004 RTP/AVP 8\n"
             "a=mid:b\n",
      RTC_ERR_UNSUPPORTED, "two bundled media have the payload type 8" },
  { BAD_PCMA "a=source-filter: incl IN IP4 *\n", RTC_ERR_PARSE, "a=source-filter is not" },
  { BAD_PCMA "a=source-filter: incl IN IP4 * name\n", RTC_ERR_UNSUPPORTED, "\"name\" of a=source" },
  { BAD_PCMA "a=source-filter: incl IN IP4 * 1.2.3.4\na=source-filter: incl IN IP4 * 1.2.3.5\n",
      RTC_ERR_PARSE, "a second a=source-filter" },
  { BAD_SAVP, RTC_ERR_UNSUPPORTED, "a secure profile without a=crypto" },
  { BAD_SAVP "a=crypto:1\n", RTC_ERR_PARSE, "a=crypto is not of the form" },
  { BAD_SAVP "a=crypto:x AES_CM_128_HMAC_SHA1_80 inline:" BAD_KEY "\n", RTC_ERR_PARSE,
      "a=crypto is not of the form" },
  { BAD_SAVP "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" BAD_KEY "\n", RTC_ERR_UNSUPPORTED,
      "no a=crypto has a suite" },
  { BAD_SAVP "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" BAD_KEY " KDR=1\n", RTC_ERR_UNSUPPORTED,
      "no a=crypto has a suite" },
  { BAD_SAVP "a=crypto:1 AES_CM_128_HMAC_SHA1_80 uri:" BAD_KEY "\n", RTC_ERR_PARSE,
      "not of the method inline" },
  { BAD_SAVP "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" BAD_KEY "QUJD\n", RTC_ERR_PARSE,
      "is not 30 bytes of base64" },
  { BAD_SAVP "a=crypto:1 AEAD_AES_256_GCM inline:" BAD_KEY "\n", RTC_ERR_PARSE,
      "is not 44 bytes of base64" },
  { BAD_SAVP "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:*" BAD_KEY "\n", RTC_ERR_PARSE,
      "is not 30 bytes of base64" },
  { BAD_SAVP "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" BAD_KEY "|2^20|256:1\n", RTC_ERR_PARSE,
      "an MKI of a=crypto" },
  { BAD_SAVP "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" BAD_KEY "|1:1;inline:" BAD_KEY "\n",
      RTC_ERR_PARSE, "several keys of a=crypto need MKIs" },
};
