#!/bin/sh
# format.sh - C sources are as clang-format leaves them, sh scripts parse, text ends with a newline.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
cd "${1:?usage: format.sh SOURCE_ROOT}"
status=0

find . -name '*.sh' ! -path './build*' ! -path './subprojects/*' ! -path '*/node_modules/*' \
  -exec sh -c 'for script; do sh -n "$script" || exit 1; done' sh {} + || status=1

# Headers keep their hand-made comment columns.
find . -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.js' -o -name '*.html' \
    -o -name '*.css' -o -name '*.go' -o -name 'meson.build' \) ! -path './build*' \
    ! -path './subprojects/*' ! -path '*/node_modules/*' ! -path './.git/*' | sort | xargs awk '
  /[ \t]$/ { print FILENAME ":" FNR ": blank at the end of the line"; bad++ }
  /\t/ && FILENAME !~ /\.go$/ { print FILENAME ":" FNR ": tab"; bad++ }
  FILENAME ~ /\.[ch]$/ && length > 100 { print FILENAME ":" FNR ": longer than 100 columns"; bad++ }
  END { exit bad > 0 }' || status=1

if ! command -v clang-format >/dev/null 2>&1; then
  [ $status = 0 ] || exit $status
  echo "clang-format is not installed (apt-get install clang-format)"
  exit 77
fi
find gst ext tools tests examples -name '*.c' | sort | xargs clang-format --dry-run -Werror 2>&1 | head -n 20 \
  | awk '{ print } END { exit NR > 0 }' || status=1
exit $status
