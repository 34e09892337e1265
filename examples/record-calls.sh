#!/bin/sh
# record-calls.sh - records everybody who calls from a browser, each call into a file of its own.
#
#   sh examples/record-calls.sh [FOLDER] [ADDRESS]
#
#   FOLDER    where the recordings go; ./recordings unless given, made if it is not there
#   ADDRESS   where to serve the page and the WHIP endpoint; http://127.0.0.1:8080/ unless given.
#             Browsers give camera and microphone to a page of another machine by https only:
#             https://0.0.0.0:8443/ makes a certificate for this machine, which browsers warn of.
#
# Installs the packages that are missing (apt, through sudo unless root), builds into build/ and
# runs gst-launch-1.0. Ctrl-C hangs up all calls and finishes their files.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu

case ${1:-} in -h|--help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
folder=${1:-recordings}
address=${2:-http://127.0.0.1:8080/}
mkdir -p -- "$folder"
folder=$(realpath -- "$folder")

cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
sh scripts/build.sh
GST_PLUGIN_PATH=$PWD/build/ext/webrtc${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}
export GST_PLUGIN_PATH

set -- webrtcrecorder location="$folder/" web-server-host-addr="$address"
case $address in
  https:*)
    keys=$HOME/.local/share/gst-plugins-rtc
    if [ ! -f "$keys/key.pem" ]; then
      (umask 077; mkdir -p "$keys"; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
        -subj "/CN=$(uname -n)" -keyout "$keys/key.pem" -out "$keys/cert.pem" 2>/dev/null)
    fi
    set -- "$@" web-server-cert="$keys/cert.pem" web-server-key="$keys/key.pem" ;;
esac

echo
echo "    Open $address in a browser and call. Recordings: $folder"
echo "    Ctrl-C hangs up and ends it."
echo
exec gst-launch-1.0 -q -e "$@"
