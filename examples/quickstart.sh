#!/bin/sh
# quickstart.sh - a live GStreamer stream in every browser, from one command on a fresh Debian 12.
#
#   sh examples/quickstart.sh [test | camera | camera:/dev/videoN | FILE] [ADDRESS]
#
#   test      a moving test picture and a tone (the default)
#   camera    the camera at /dev/video0, or the one named, and the microphone if there is one
#   FILE      any file that GStreamer can play
#   ADDRESS   where to serve the page; http://127.0.0.1:8080/ unless given. http://0.0.0.0:8080/
#             lets every machine of the network watch.
#
# Installs the packages that are missing (apt, through sudo unless root), builds into build/ and
# runs gst-launch-1.0. Ctrl-C ends it.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu

source=${1:-test}
address=${2:-http://127.0.0.1:8080/}
case $source in
  -h|--help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
  test) ;;
  camera) source=camera:/dev/video0 ;;
  camera:*) ;;
  *) [ -f "$source" ] || { echo "quickstart.sh: there is no file '$source'" >&2; exit 2; }
     source=$(realpath -- "$source") ;;
esac
case $source in
  camera:*) [ -e "${source#camera:}" ] || {
    echo "quickstart.sh: there is no camera at ${source#camera:}" >&2; exit 2; } ;;
esac

cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
sh scripts/build.sh
GST_PLUGIN_PATH=$PWD/build/ext/webrtc${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}
export GST_PLUGIN_PATH

# Not --exists, which wants the plugin's version to be GStreamer's or newer.
has () { gst-inspect-1.0 "$1" >/dev/null 2>&1; }

has webrtcsink || { echo "GStreamer does not find webrtcsink in build/ext/webrtc." >&2; exit 1; }
overlay=''
if has timeoverlay; then overlay='! timeoverlay font-desc=Sans,24'; fi
sink="webrtcsink name=sink web-server-host-addr=$address"

# shellcheck disable=SC2086
case $source in
  test)
    set -- $sink \
      videotestsrc is-live=true pattern=ball ! video/x-raw,width=1280,height=720,framerate=30/1 \
        $overlay ! queue ! sink.video_0 \
      audiotestsrc is-live=true freq=440 volume=0.1 ! audioconvert ! queue ! sink.audio_0 ;;
  camera:*)
    set -- $sink v4l2src device="${source#camera:}" ! decodebin ! videoconvert ! queue ! sink.video_0
    if has alsasrc && [ -n "$(find /dev/snd -name 'pcm*c' 2>/dev/null)" ]; then
      set -- "$@" alsasrc ! audioconvert ! audioresample ! queue ! sink.audio_0
    fi ;;
  *)
    contents=$(LC_ALL=C gst-discoverer-1.0 "$source" 2>&1) || {
      echo "$contents" >&2; exit 1; }
    set -- $sink filesrc location="$source" ! decodebin name=file
    holds () { printf '%s\n' "$contents" | grep -qE "^ +$1( #[0-9]+)?: "; }
    if holds video; then
      set -- "$@" file. ! videoconvert ! clocksync ! queue ! sink.video_0
    fi
    if holds audio; then
      set -- "$@" file. ! audioconvert ! audioresample ! clocksync ! queue ! sink.audio_0
    fi ;;
esac

echo
echo "    Open $address in a browser. Ctrl-C ends it."
echo
exec gst-launch-1.0 -q "$@"
