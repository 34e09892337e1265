#!/bin/sh
# build.sh - builds the plugin into build/ for the examples, quietly unless it fails.
#
# Installs the packages that are missing first (scripts/install-debian.sh). Run from the root of the
# sources; afterwards GST_PLUGIN_PATH=$PWD/build/ext/webrtc lets GStreamer find the elements.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu

sh scripts/install-debian.sh build play
echo "Building into build/ ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
build () { { [ -f build/build.ninja ] || meson setup build -Dtests=disabled; } && ninja -C build; }
build >"$log" 2>&1 || { tail -n 40 "$log" >&2; echo "The build failed." >&2; exit 1; }
