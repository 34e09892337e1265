#!/bin/sh
# coverage.sh - line coverage of what the fuzz targets drive, for the table in docs/fuzzing.md.
#
#   coverage.sh BUILD [FOUND]
#
# BUILD is a build with clang's source coverage (README.md, "Coverage"); FOUND a folder with one
# folder of found inputs per target. Prints, per target: lines in its sources, per cent of them that
# the committed seeds reach, and that seeds and found inputs reach together.
set -eu
build=$(realpath "$1")
found=${2:+$(realpath "$2")}
here=$(dirname "$(realpath "$0")")
top=$(realpath "$here/../../..")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
suffix=$(command -v llvm-cov >/dev/null || echo -14)

sources() {
  case $1 in
    announcement) echo gst/rtc/sdp/rtc-announcement*.c ;;
    navigation) echo ext/webrtc/gstrtcnavigation.c ;;
    candidate) echo gst/rtc/sdp/rtc-sdp-candidate.c ;;
    cc) echo gst/rtc/media/rtc-twcc-sender.c gst/rtc/cc/rtc-cc*.c gst/rtc/cc/rtc-gcc-*.c ;;
    demux) echo gst/rtc/rtp/rtc-demux.c ;;
    dtls) echo ext/dtls/*.c ;;
    fec) echo gst/rtc/media/rtc-fec-*.c gst/rtc/rtp/rtc-red.c gst/rtc/rtp/rtc-ulpfec.c gst/rtc/rtp/rtc-flexfec.c ;;
    http) echo ext/http/rtc-http-framer.c ext/http/rtc-http-policy.c ext/http/rtc-wish.c ext/http/rtc-wish-name.c ;;
    ice-mux) echo gst/rtc/ice/rtc-ice-lite.c gst/rtc/ice/rtc-ice-mux.c ;;
    ice-tcp) echo gst/rtc/ice/rtc-ice-framing.c gst/rtc/ice/rtc-ice-connections.c ;;
    keyframe) echo gst/rtc/rtp/rtc-key-frame.c ;;
    peer) echo gst/rtc/peer/*.c gst/rtc/media/*.c ;;
    receive) echo gst/rtc/media/rtc-nack-generator.c gst/rtc/media/rtc-receive-st*.c gst/rtc/media/rtc-twcc-receiver.c ;;
    rtp-input) echo gst/media/gstrtcrtpinput.c ;;
    rtcp) echo gst/rtc/rtcp/rtc-rtcp.c gst/rtc/rtcp/rtc-rtcp-[!s]*.c gst/rtc/rtcp/rtc-rtcp-sdes-bye.c ;;
    rtp) echo gst/rtc/rtp/rtc-rtp-*.c gst/rtc/rtp/rtc-rtx.c gst/rtc/rtp/rtc-bundle.c ;;
    rtx) echo gst/rtc/media/rtc-send-stream.c gst/rtc/media/rtc-nack-responder.c gst/rtc/media/rtc-rewrite.c ;;
    sdp-integration) echo gst/rtc/jsep/*.c ;;
    sdp-parse) echo gst/rtc/sdp/rtc-sdp.c gst/rtc/sdp/rtc-sdp-[aflpw]*.c gst/rtc/sdp/rtc-codecs.c ;;
    sdpfrag) echo gst/rtc/sdp/rtc-sdp-fragment.c ;;
    stun) echo gst/rtc/ice/rtc-stun.c gst/rtc/base/rtc-address.c ;;
    srtp-in) echo ext/srtp/rtc-srtp.c ;;
    *) echo "coverage.sh: which sources does $1 drive?" >&2; exit 1 ;;
  esac
}

# Prints "LINES PERCENT" of the target's sources after its run over the folders.
measure() {
  target=$1 files=$2
  shift 2
  LLVM_PROFILE_FILE=$work/raw "$build/tests/check/fuzz/fuzz-$target" -runs=0 "$@" \
    >"$work/log" 2>&1 || { tail -5 "$work/log" >&2; exit 1; }
  "llvm-profdata$suffix" merge -o "$work/prof" "$work/raw"
  # Filters of llvm-cov want paths as the compiler was given them, so pick the rows here.
  "llvm-cov$suffix" report "$build/tests/check/fuzz/fuzz-$target" -instr-profile="$work/prof" |
    awk -v files="$files" '
      BEGIN { n = split(files, file, " ") }
      { for (i = 1; i <= n; i++)
          if (index($1, file[i]) > 0 && substr($1, length($1) - length(file[i]) + 1) == file[i]) {
            lines += $8; missed += $9
          } }
      END { printf "%d %.1f\n", lines, (lines > 0 ? 100 * (lines - missed) / lines : 0) }'
}

cd "$top"
for path in "$build"/tests/check/fuzz/fuzz-*; do
  [ -f "$path" ] || continue
  target=${path##*/fuzz-}
  files=$(sources "$target")
  set -- "$here/corpus/$target"
  case $target in sdp-*) set -- "$@" "$top/tests/check/sdp" ;; esac
  seeds=$(measure "$target" "$files" "$@")
  both=-
  if [ -n "$found" ] && [ -d "$found/$target" ]; then
    both=$(measure "$target" "$files" "$@" "$found/$target")
    both=${both#* }
  fi
  echo "$target $seeds $both"
done
