#!/bin/sh
# run.sh - installs what the tests need (Debian 12), builds the project and runs every suite.
#
#   sh tests/check/run.sh [--suite NAME]... [--quick] [--no-install]
#
#   --suite NAME   only this suite (core sim elements net record fuzz bench meta browser peers); repeatable
#   --quick        no browsers, no other peers, no sanitizers, no benchmarks
#   --no-install   never calls apt; what lacks its tools is skipped and says so
#
# Builds into build-check/ (plain) and build-check-asan/, build-check-tsan/ (sanitizers), or below
# $BUILD_DIR. The last line printed is always "N passed, N failed, N skipped"; the exit code is 0
# only if nothing failed.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
# Lines and functions are what reports name; the rest of debug information takes a fifth of the
# compiler's time. meson reads it when it configures.
export CFLAGS="${CFLAGS:+$CFLAGS }-g1"

build=${BUILD_DIR:-build-check}
budget_seconds=1440         # the whole run stays under 25 minutes on 2 cores
suites='' quick='' install=yes
passed=0 failed=0 skipped=0 failures='' child='' behind='' suites_behind='' wrapper='' names='' kind='' patience=2
unsteady='' again_seconds=240      # for all second attempts together
jobs=2
started=$(date +%s)

while [ $# -gt 0 ]; do
  case $1 in
    --suite) suites="$suites ${2:?--suite needs a name}"; shift ;;
    --quick) quick=yes ;;
    --no-install) install= ;;
    -h|--help) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "run.sh: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done

elapsed () { echo $(($(date +%s) - started)); }
say () { printf '[%4ss] %s\n' "$(elapsed)" "$*"; }

# Runs a command in a session of its own, so that whatever ends this script ends all of it.
run () {
  setsid "$@" </dev/null &
  child=$!
  status=0
  wait "$child" || status=$?
  child=
  return "$status"
}

finish () {
  for session in $child $behind; do
    kill -TERM "-$session" 2>/dev/null || :      # meson then ends the tests it started
    wait "$session" 2>/dev/null || :
    kill -KILL "-$session" 2>/dev/null || :
  done
  [ "$failed" = 0 ] || printf 'what failed, and the end of what it said:\n%s\n' "$failures" | sed '/^$/d'
  [ -z "$unsteady" ] || echo "passed only at the second attempt, on processors that were away:$unsteady"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}
on_exit () { code=$?; trap - EXIT INT TERM HUP; finish || code=1; exit "$code"; }
trap on_exit EXIT
trap 'broken "ended by a signal"; exit 130' INT TERM HUP

wanted () {   # is this suite to be run?
  case " $suites " in
    "  ") [ -z "$quick" ] || case $1 in browser|peers|bench) return 1 ;; esac ;;
    *" $1 "*) ;;
    *) return 1 ;;
  esac
}

broken () {
  say "FAILED: $*"
  failed=$((failed + 1))
  failures="$failures
- $*"
}

# The programs of the tests in $names, as ninja calls them; nothing, so everything, without names.
programs () {
  [ -z "$names" ] || ninja -C "$1" -t targets all 2>/dev/null |
    sed -nE "s,^(tests/check/(core|sim|elements|net)/[a-z]+-($(echo "$names" | tr ' ' '|'))): .*,\\1,p"
}

# Configures and compiles $1 with the meson options that follow.
compile () {
  dir=$1; shift
  [ -f "$dir/build.ninja" ] || run meson setup "$dir" -Dwerror=true "$@" >"$dir.log" 2>&1 || {
    tail -n 40 "$dir.log"; broken "meson setup $dir"; return 1; }
  # shellcheck disable=SC2046
  run ninja -C "$dir" $(programs "$dir") >"$dir.log" 2>&1 || { tail -n 60 "$dir.log"; broken "ninja -C $dir"; return 1; }
}

# The same behind what runs meanwhile: it gets the processors only when nothing else wants them. It
# is a session of its own, so Linux weighs it as a group (autogroup), and SCHED_IDLE counts within.
# After it the tests of $suites_behind, if set: those that keep no time, so none of suite timed.
# compile_behind DIR OPTION...; await_behind before anything else is compiled.
compile_behind () {
  dir=$1; shift
  rm -f "$dir/meson-logs/behind.json"
  [ -f "$dir/build.ninja" ] || run chrt -i 0 meson setup "$dir" -Dwerror=true "$@" >"$dir.log" 2>&1 ||
    return 0                # compile tells why
  # shellcheck disable=SC2016,SC2046
  DIR=$dir SUITES=$suites_behind setsid chrt -i 0 sh -c '
    { echo 19 >/proc/self/autogroup; } 2>/dev/null
    ninja -C "$DIR" "$@" >"$DIR.log" 2>&1 || exit
    [ -z "$SUITES" ] || exec meson test -C "$DIR" --no-rebuild --print-errorlogs --logbase behind -t 10 \
      --no-suite timed --num-processes 2 $(printf -- "--suite %s " $SUITES) >"$DIR.behind" 2>&1
    ' sh $(programs "$dir") </dev/null &
  behind=$!
}
await_behind () { [ -z "$behind" ] || wait "$behind" || :; behind=; }

# Whether the suite's tests in DIR have been run behind: was_behind DIR SUITE
was_behind () {
  case " $suites_behind " in *" $2 "*) [ -f "$1/meson-logs/behind.json" ] ;; *) return 1 ;; esac
}

# The failed tests in meson's log by name, each with the end of its output: told again at the end,
# where a log that is cut off in the middle still has it.
failed_tests () {
  sed -nE '/"result": "(OK|EXPECTEDFAIL|SKIP)"/d
    s/^\{"name": "([^"]*)", "stdout": "(.*)", "result": "([A-Z]+)".*"command": \[.*\](, "stderr": "(.*)")?\}$/- \1: \3\\n\2\\n\5/p' "$1" |
    sed -E 's/\\n/\n/g; s/\\"/"/g' |
    awk 'function told (  i) { for (i = n > 12 ? n - 12 : 0; i < n; i++) print "    " line[i]; n = 0 }
      /^- / { told (); print; next } NF { line[n++] = $0 } END { told () }'
}

# Adds up the results in meson's log, one JSON object a line.
tally () {
  failures="$failures
$(failed_tests "$1")"
  # shellcheck disable=SC2046
  set -- $(awk '
    /"result": "(OK|EXPECTEDFAIL)"/ { p++; next } /"result": "SKIP"/ { s++; next }
    /"result": "/ { f++ } END { print p + 0, f + 0, s + 0 }' "$1")
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# Ticks of all processors since the start: taken away by the hypervisor (steal), in all.
processors () { awk '/^cpu / { for (i = 2; i <= 9; i++) n += $i; print $9, n }' /proc/stat; }

# The names of the tests in meson's log that failed in a suite that keeps time, not by a sanitizer's
# finding nor by a bad access (SIGILL, SIGBUS, SIGFPE, SIGSEGV).
late_tests () {
  sed -nE '/"result": "(OK|EXPECTEDFAIL|SKIP)"/d
    /(Address|Leak|Thread)Sanitizer|runtime error:|"returncode": -(4|7|8|11),/d
    s,^\{"name": "[^"]*:(elements|net|record|browser|peers|[a-z]+\+timed) / ([^"]*)".*,\2,p' "$1" | tr '\n' ' '
}

# A virtual machine without its processors for 1 % of the time since processors said so: what failed
# by keeping time is made again, once and alone, and counts as it then does, a skipped one as failed.
# The end tells their names. try_again DIR LOG PROCESSORS
try_again () {
  stolen=$(echo "$3 $(processors)" | awk '{ print int(100 * ($3 - $1) / ($4 - $2 + 1)) }')
  again=$(late_tests "$2")
  [ -n "$again" ] && [ "$stolen" -ge 1 ] && [ "$again_seconds" -ge 30 ] || return 0
  say "$stolen % of the processors' time was taken away; once more, alone: $again"
  again_log=$1/meson-logs/again${wrapper:+-env}.json
  rm -f "$again_log"
  again_began=$(elapsed)
  # shellcheck disable=SC2086
  run timeout "$again_seconds" meson test -C "$1" --no-rebuild --print-errorlogs --logbase again \
    $kind -t "$patience" --num-processes 1 ${wrapper:+--wrapper "$wrapper"} $again || :
  again_seconds=$((again_seconds - $(elapsed) + again_began))
  [ -f "$again_log" ] || return 0
  for test in $again; do
    line=$(grep -E "^\{\"name\": \"[^\"]* / $test\"" "$again_log") || continue      # not made: failed
    line=$(printf '%s\n' "$line" | sed 's/"result": "SKIP"/"result": "FAIL"/')
    grep -vE "^\{\"name\": \"[^\"]* / $test\"" "$2" >"$2.rest" || :
    printf '%s\n' "$line" | cat "$2.rest" - >"$2"
    case $line in *'"result": "OK"'*) unsteady="$unsteady $test" ;; esac
  done
}

# Runs suites of a build: meson_tests DIR LOGNAME SUITE... Only those in $names, if that is set.
meson_tests () {
  dir=$1 name=$2; shift 2
  args=
  for suite in "$@"; do args="$args --suite $suite"; done
  log=$dir/meson-logs/$name${wrapper:+-env}.json      # meson adds the wrapper's name
  rm -f "$log"
  rm -f "$dir/tests/check/registry.bin"     # GStreamer's memory of plugins that once failed to load
  before=$(processors)
  # shellcheck disable=SC2086
  run meson test -C "$dir" --no-rebuild --print-errorlogs --logbase "$name" $kind -t "$patience" \
    --num-processes "$jobs" \
    ${wrapper:+--wrapper "$wrapper"} $args $names || :
  [ -f "$log" ] || return 0
  try_again "$dir" "$log" "$before"
  tally "$log"
}

# Are so many seconds left for what follows? Counts it as skipped if not: has_time SECONDS WHAT
has_time () {
  [ "$(elapsed)" -gt $((budget_seconds - $1)) ] || return 0
  say "skipped: $2, no time left in the budget of $budget_seconds s"
  skipped=$((skipped + 1))
  return 1
}

# With sanitizers -O2 takes the compiler twice as long as -O1, and makes tests a tenth faster.
sanitizer () { echo "-Db_sanitize=$1 -Db_lundef=false -Doptimization=1"; }

# Runs suites of a sanitizer build, if so many seconds are left for it:
# sanitized SECONDS NAME MESON_VALUE SUITE...
sanitized () {
  needed=$1 variant=$2 value=$3; shift 3
  list=
  await_behind
  if [ -n "$suites_behind" ] && [ -f "$build-$variant/meson-logs/behind.json" ]; then
    say "$variant, behind the browsers:$suites_behind"
    cat "$build-$variant.behind"
    tally "$build-$variant/meson-logs/behind.json"
    meson_tests "$build-$variant" timed timed
  fi
  for suite in "$@"; do
    if wanted "$suite" && ! was_behind "$build-$variant" "$suite"; then list="$list $suite"; fi
  done
  suites_behind=
  [ -n "$list" ] || return 0
  has_time "$needed" "$variant sanitizer run" || return 0
  say "building with -fsanitize=$value"
  # shellcheck disable=SC2046
  compile "$build-$variant" $(sanitizer "$value") || return 0
  # shellcheck disable=SC2046
  [ "$variant" != asan ] || tsan compile_behind "$build-tsan" $(sanitizer thread)
  say "running$list with -fsanitize=$value"
  # shellcheck disable=SC2086
  meson_tests "$build-$variant" "$variant" $list
}

# Those without pipelines, for TSan: of GLib's and GStreamer's own threads it sees races only,
# since their locks are not instrumented. tsan COMMAND...: with their names.
tsan () {
  names='rtc-base rtc-loop rtc-loop-peers rtc-srtp-elements rtc-srtp-keys rtc-signaller rtc-dtls rtc-dtls-identity rtc-nice rtc-nice-paths'
  names="$names rtc-srtp rtc-tcp-mux rtc-udp-mux rtc-whep rtc-whip call-secrets call-hostile sctp-threads"
  "$@"
  names=
}

groups='build play format'
if [ -z "$suites$quick" ]; then groups="$groups browser peers npm bench"; fi
if wanted browser && [ -n "$suites" ]; then groups="$groups browser"; fi
if wanted peers && [ -n "$suites" ]; then groups="$groups peers npm"; fi
if wanted bench && [ -n "$suites" ] && [ -z "$quick" ]; then groups="$groups bench"; fi
if [ -n "$install" ]; then
  say "packages: $groups"
  # shellcheck disable=SC2086
  sh scripts/install-debian.sh $groups || { broken "installing packages"; exit 1; }
fi

# A thousand sockets want more than Debian's 1024 descriptors.
# shellcheck disable=SC3045
ulimit -n "$(ulimit -Hn)" 2>/dev/null || :

# LeakSanitizer crashes on the thread-local storage of modules that GIO loads (gnutls), if it
# follows it.
here=$(pwd)/tests/check
export ASAN_OPTIONS=detect_stack_use_after_return=1:allocator_may_return_null=1
export ASAN_OPTIONS="$ASAN_OPTIONS:intercept_tls_get_addr=0"
export LSAN_OPTIONS="suppressions=$here/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TSAN_OPTIONS="suppressions=$here/tsan/suppressions:exitcode=66"

say "building"
compile "$build" || exit 1
for suite in meta core sim fuzz elements net record browser peers; do
  if wanted "$suite"; then
    # Browsers and other peers leave time for a compiler and more, and wait for no millisecond.
    # shellcheck disable=SC2046
    if [ "$suite" = browser ] && [ -z "$suites" ] && [ -z "$quick" ]; then
      suites_behind='core sim fuzz'
      compile_behind "$build-asan" $(sanitizer address,undefined)
    fi
    say "suite $suite"
    # Calls that mostly wait.
    case $suite in net|record) jobs=3 ;; *) jobs=2 ;; esac
    meson_tests "$build" "$suite" "$suite"
  fi
done

if [ -z "$quick" ]; then
  patience=4                # what a sanitizer makes slow, a busy machine makes slower
  jobs=3
  # What the network reaches first, should there be time for one only.
  sanitized 240 asan address,undefined core sim fuzz net
  sanitized 120 asan address,undefined elements
fi

if [ -z "$quick" ]; then
  jobs=2
  # GLib's own locks have to be made known to TSan (tsan/glib-order.c).
  mkdir -p "$build-tsan"
  # shellcheck disable=SC2046
  cc -shared -fPIC -O1 $(pkg-config --cflags gstreamer-1.0) tests/check/tsan/glib-order.c \
    -o "$build-tsan/glib-order.so"
  wrapper="env LD_PRELOAD=$(realpath "$build-tsan")/glib-order.so"
  # They need none of GStreamer's plugins, some of which misuse their mutexes when loaded.
  mkdir -p "$build-tsan/no-plugins"
  GST_PLUGIN_SYSTEM_PATH=$(realpath "$build-tsan/no-plugins")
  export GST_PLUGIN_SYSTEM_PATH G_SLICE=always-malloc     # GLib's slices are handed over unseen
  tsan sanitized 120 tsan thread core elements net
  unset GST_PLUGIN_SYSTEM_PATH G_SLICE
  wrapper=
fi

await_behind
jobs=1
if wanted bench && has_time 200 "suite bench"; then
  say "suite bench"
  kind='--benchmark --verbose'
  meson_tests "$build" bench bench
  kind=
fi
say "done"
