#!/bin/sh
# Installs what the tests need, builds everything and runs every suite.
# Ends with one line: N passed, N failed, N skipped.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD_DIR:-build-check}
[ -d "$build" ] || meson setup "$build" -Dwerror=true
ninja -C "$build"
rc=0
meson test -C "$build" --no-rebuild --print-errorlogs || rc=$?
awk '/^Ok:/{p+=$2} /^Fail:/{f+=$2} /^Timeout:/{f+=$2} /^Unexpected Pass:/{f+=$3} /^Skipped:/{s+=$2}
  END {printf "%d passed, %d failed, %d skipped\n", p, f, s}' "$build/meson-logs/testlog.txt"
exit $rc
