#!/bin/sh
# layers.sh - a file may include its own layer and lower ones (docs/design/architecture.md, B1).
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
cd "${1:?usage: layers.sh SOURCE_ROOT}"

find gst ext tools -name '*.[ch]' | sort | xargs grep -nE '^[[:space:]]*#[[:space:]]*include' | awk '
  # The layer of a file, from its folder; 0 is the lowest, 99 stands for "outside the project".
  function layer (path) {
    if (path ~ /^gst\/rtc\/base\/rtc-output\./) return 1    # the union of what the parts put out
    if (path ~ /^gst\/rtc\/base\//) return 0
    if (path ~ /^gst\/rtc\/iface\//) return 1
    if (path ~ /^gst\/rtc\/(rtp|rtcp|sdp|ice)\//) return 1
    if (path ~ /^gst\/rtc\/dc\/rtc-dcep\./) return 1
    if (path ~ /^gst\/rtc\/(media|cc)\//) return 2
    if (path ~ writer) return 2
    if (path ~ /^gst\/record\/rtc-record-file\./) return 5
    if (path ~ /^gst\/rtc\/(jsep|dc)\//) return 3
    if (path ~ /^gst\/rtc\/peer\//) return 4
    if (path ~ /^gst\/rtc\/loop\//) return 5
    if (path ~ /^ext\/(net|openssl|nice|mux|dtls|srtp|sctp)\/rtc-/) return 5
    if (path ~ /^(gst|ext)\//) return 6
    if (path ~ /^tools\/load\/(full-ice|ice-events|load-pictures)\./) return 4      # pure, for the simulator, too
    if (path ~ /^tools\/link\//) return 4
    if (path ~ /^tools\//) return 7
    return 99
  }
  # The writers of recordings are pure, as the core is.
  BEGIN { writer = "^gst/record/rtc-(mux|webm|ebml|fmp4|mp4-box|record-name|record-silence)[-.]" }
  function breach (why) { printf "%s: %s\n", where, why; bad++ }
  {
    split ($0, part, ":"); file = part[1]; where = file ":" part[2]
    name = $0; sub (/^[^"<]*["<]/, "", name); sub (/[">].*$/, "", name)
    mine = layer (file); theirs = $0 ~ /"/ ? layer (name) : 99
    backend = (file ~ /^ext\/(net|openssl|nice|mux|dtls|srtp|sctp)\/rtc-/)
    if ($0 ~ /"/ && theirs == 99 && name != "config.h" && name !~ /resources?\.h$/ && name !~ /gresources?/)
      breach ("includes \"" name "\": start from the source root, as in \"gst/rtc/base/rtc-bytes.h\"")
    else if (theirs != 99 && theirs > mine)
      breach ("layer " mine " includes " name " of layer " theirs)
    else if (backend && theirs > 1 && theirs != 99) {
      split (file, a, "/"); split (name, b, "/")
      if (!(a[1] == b[1] && (a[2] == b[2] || b[2] == "net" || b[2] == "openssl")))
        breach ("a backend sees only base, wire and iface, ext/net, ext/openssl and its own folder: " name)
    }
    if ((file ~ writer || file ~ /^gst\/record\/rtc-record-file\./) && theirs != 99 && name !~ /^gst\/(rtc\/(base|sdp)|record)\//)
      breach ("recordings are written knowing base, the codecs of sdp and gst/record only: " name)
    if (mine <= 4) {
      if ($0 ~ /<gst\/sdp\// && file !~ /rtc-sdp-(parse|write)\.c$/)
        breach ("GstSDPMessage is for rtc-sdp-parse.c and rtc-sdp-write.c only")
      # GInetAddress, which candidates are checked with, only parses literals.
      if (name ~ /^(gio\/|nice\/|openssl\/|srtp2\/|usrsctp|libsoup\/|json-glib\/|sys\/socket|netinet\/|pthread|unistd|time\.h|sys\/time)/ && file !~ /rtc-sdp-candidate\.[ch]$/)
        breach ("the core does no I/O, threads or clocks: <" name ">")
      if ($0 ~ /<gst\// && name !~ /^gst\/(gst|gstinfo|gstclock|sdp\/.*)\.h$/)
        breach ("the core takes logging and GstClockTime from GStreamer only: <" name ">")
    }
  }
  END { printf "%d include lines, %d breaches\n", NR, bad; exit bad > 0 }'
