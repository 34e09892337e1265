#!/bin/sh
# install-debian.sh - installs, by apt, the Debian 12 packages of the groups named, if they are missing.
#
#   sh scripts/install-debian.sh GROUP...      groups: build play format browser peers npm bench
#
# As root it calls apt-get directly, as a user it goes through sudo; with neither it prints the
# command that somebody else has to run and exits with 1. Nothing else on the system is changed.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu

packages_of () {
  case $1 in
    build) echo ca-certificates gcc libc6-dev meson ninja-build pkg-config libgstreamer1.0-dev \
      libgstreamer-plugins-base1.0-dev libgstreamer-plugins-bad1.0-dev libnice-dev libssl-dev \
      libsrtp2-dev libusrsctp-dev libsoup-3.0-dev libjson-glib-dev glib-networking ;;
    play) echo gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
      gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-plugins-base-apps \
      gstreamer1.0-libav gstreamer1.0-x gstreamer1.0-alsa ;;
    format) echo clang-format ;;
    browser) echo python3 python3-websockets python3-gi gir1.2-gst-rtsp-server-1.0 chromium firefox-esr ffmpeg ;;
    peers) echo python3 python3-aiortc python3-gi gir1.2-gst-plugins-bad-1.0 gir1.2-gst-rtsp-server-1.0 \
      gstreamer1.0-nice golang-go golang-github-pion-webrtc.v3-dev ffmpeg openssl ;;
    bench) echo python3 gstreamer1.0-nice golang-go golang-github-pion-webrtc.v3-dev ffmpeg janus ;;
    npm) command -v npm >/dev/null 2>&1 || echo nodejs npm ;;
    *) echo "install-debian.sh: no group named '$1'" >&2; return 1 ;;
  esac
}

wanted=
for group in "$@"; do
  list=$(packages_of "$group")
  wanted="$wanted $list"
done

missing=
for package in $wanted; do
  case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :) in
    installed) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "This is not Debian; please install the equivalents of:$missing" >&2
  exit 1
fi

# sudo drops the environment, so DEBIAN_FRONTEND has to be set behind it.
as_root='env'
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "Packages are missing and there is no sudo. Please run as root, then start again:" >&2
    echo "  apt-get update && apt-get install --no-install-recommends$missing" >&2
    exit 1
  fi
  as_root='sudo env'
fi

apt () {
  $as_root DEBIAN_FRONTEND=noninteractive LC_ALL=C \
    apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@" </dev/null
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086  # the list is meant to be split
set -- $missing
echo "Installing $# packages and what they depend on; this can take some minutes ..."
if ! { apt update && apt install --no-install-recommends "$@"; } >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  echo "apt-get failed; the lines above say why." >&2
  exit 1
fi
