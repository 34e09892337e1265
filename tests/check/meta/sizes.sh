#!/bin/sh
# sizes.sh - no source file over 800 lines (a warning over 600), and none called utils.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
cd "${1:?usage: sizes.sh SOURCE_ROOT}"

find . -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' \
    -o -name '*.js' -o -name '*.go' \) ! -path '*/node_modules/*' ! -path './build*' \
    ! -path './subprojects/*' | sort | xargs awk '
  FNR == 1 { files++; if (FILENAME ~ /util/) { print FILENAME ": say what it does instead of utils"; bad++ } }
  { lines[FILENAME] = FNR }
  END {
    for (f in lines) {
      if (lines[f] > 800) { print f ": " lines[f] " lines, the limit is 800: split it by verb"; bad++ }
      else if (lines[f] > 600) print "warning: " f ": " lines[f] " lines"
    }
    printf "%d files, %d bad\n", files, bad; exit bad > 0
  }'
