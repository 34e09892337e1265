#!/bin/sh
# headers.sh - every header compiles alone, has the licence line, one guard and its purpose on top.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
root=${1:?usage: headers.sh SOURCE_ROOT BUILD_ROOT}
build=${2:?usage: headers.sh SOURCE_ROOT BUILD_ROOT}
cd "$root"

flags=$(pkg-config --cflags gstreamer-1.0 gstreamer-base-1.0 gstreamer-app-1.0 gstreamer-rtp-1.0 \
  gstreamer-sdp-1.0 gstreamer-webrtc-1.0 gstreamer-pbutils-1.0 gio-2.0)
for optional in nice openssl libsrtp2 usrsctp libsoup-3.0 json-glib-1.0; do
  flags="$flags $(pkg-config --cflags "$optional" 2>/dev/null || :)"
done

headers=$(find gst ext tools examples -name '*.h' | sort)
status=0
# shellcheck disable=SC2086
for header in $headers; do
  grep -q '^#pragma once' "$header" || { echo "$header: no '#pragma once'"; status=1; }
done
# shellcheck disable=SC2086
for file in $headers $(find gst ext tools tests examples -name '*.c'); do
  head -n 40 "$file" | grep -q 'SPDX-License-Identifier: LGPL-2.1-or-later' \
    || { echo "$file: no SPDX licence line"; status=1; }
done
# A header that the .c file of its name includes before all else is compiled alone by the build.
built=$(grep '"file":' "$build/compile_commands.json" || :)
alone=$(for header in $headers; do
  source=${header%.h}.c
  case $built in
    *"/$source\""*)
      case $(sed -n '/^#/{p;q}' "$source") in
        "#include \"$header\"" | "#include \"${header##*/}\"") continue ;;
      esac ;;
  esac
  echo "$header"
done)
# The others each in a file of its own: with CC="ccache gcc" only what has changed is compiled again.
export CC="${CC:-cc}" flags build
mkdir -p "$build/meta-headers"
# shellcheck disable=SC2016
printf '%s\n' "$alone" | xargs -r -n 1 -P "$(nproc)" sh -c '
  file=$build/meta-headers/$(echo "$0" | tr / _)
  echo "#include \"$0\"" >"$file.c"
  $CC -std=gnu11 -c -Wall -Werror -Wno-unused-function -Wno-unused-const-variable \
    -DGST_USE_UNSTABLE_API -I. -I"$build" $flags -o "$file.o" "$file.c"' || status=1
echo "$(printf '%s\n' "$headers" | wc -l) headers, $(printf '%s\n' "$alone" | wc -l) of them apart from the build"
exit $status
