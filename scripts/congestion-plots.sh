#!/bin/sh
# congestion-plots.sh - makes the pictures of docs/design/congestion-plots anew, from the simulator.
#
#   scripts/congestion-plots.sh BUILD_DIR [CASE...]
#
# Runs each case (all of the page, unless some are named) with seed 1 and draws its trace. Prints
# the figures of each run; equal code gives equal pictures, byte for byte.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
build=${1:?usage: congestion-plots.sh BUILD_DIR [CASE...]}
shift
root=$(cd "$(dirname "$0")/.." && pwd)
out=$root/docs/design/congestion-plots
trace=$(mktemp)
trap 'rm -f "$trace"' EXIT

cases=$("$build/tests/check/sim/cc-trace" --list)
[ $# -gt 0 ] || set -- $(grep -oE '\(([a-z0-9.-]+)\.svg\)' "$out/README.md" | tr -d '()' \
  | sed 's/\.svg$//; s/^\(rfc8867\|bands\)-/\1\//')
for name; do
  title=$(printf '%s\n' "$cases" | sed -n "s|^$name ||p")
  [ -n "$title" ] || { echo "no case $name" >&2; exit 1; }
  printf '%s: ' "$name"
  "$build/tests/check/sim/cc-trace" "$name" 1 "$trace"
  svg=$out/$(printf '%s' "$name" | tr / -).svg
  "$build/tests/check/link/link-plot" --title "$title" --out "$svg" "$trace"
  size=$(wc -c <"$svg")
  [ "$size" -le 61440 ] || { echo "$svg: $size bytes, over 60 KiB" >&2; exit 1; }
done
