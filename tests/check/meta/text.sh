#!/bin/sh
# text.sh - rules that grep can check: no sleeping tests, no private hosts, no logged secrets, live links.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -eu
cd "${1:?usage: text.sh SOURCE_ROOT}"
status=0

tree () { find . -type f "$@" ! -path './build*' ! -path './.git*' ! -path './subprojects/*/*' \
  ! -path '*/node_modules/*' ! -path './tests/check/meta/text.sh' ! -path '*/corpus/*' | sort; }

refuse () {   # refuse WHY PATTERN FILES...: prints what matches
  why=$1 pattern=$2; shift 2
  [ $# -gt 0 ] || return 0
  if grep -nE -- "$pattern" "$@" /dev/null; then
    echo "^^^ $why"
    status=1
  fi
}

# shellcheck disable=SC2046
{
refuse 'a test waits for an event with a deadline, it does not sleep' \
  '(^|[^_a-zA-Z])(u?sleep|g_usleep|nanosleep)[[:space:]]*\(' $(find tests -name '*.c')
refuse 'paths of a machine do not belong in the tree' \
  '(/work/|/home/[a-z]|/root/|/tmp/build-)' $(tree -name '*')
refuse 'name upstream projects, not a package registry or its mirror' \
  '(registry\.npmjs|registry\.yarnpkg|pypi\.org/simple|proxy\.golang\.org|"resolved":|_authToken|npm\.pkg\.github)' \
  $(tree -name '*')
refuse 'a secret in a log line' \
  '(GST_|rtc_)(ERROR|WARNING|INFO|DEBUG|LOG|TRACE|MEMDUMP)[A-Z_]*[[:space:]]*\(.*[^a-z_](pwd|password|ice_pwd|master_key|private_key|auth_token|bearer_token)[,)[:space:]]' \
  $(find gst ext -name '*.c')
refuse 'a private key in the tree' 'BEGIN [A-Z ]*PRIVATE KEY' $(tree ! -name '*.c')
refuse 'an assertion that remote bytes could reach belongs nowhere near a parser' \
  '(^|[^_a-z])(g_return_(val_)?if_fail|g_assert)[[:space:]]*\(' \
  $(find gst/rtc/rtp gst/rtc/rtcp gst/rtc/sdp gst/rtc/ice -name '*-parse.c' 2>/dev/null)
}

# Relative links of the documentation lead somewhere.
for page in $(tree -name '*.md'); do
  for link in $(grep -oE '\]\([^)# ]+' "$page" | sed 's/^](//' | grep -vE '^(https?|mailto):' || :); do
    [ -e "$(dirname "$page")/$link" ] || { echo "$page: dead link $link"; status=1; }
  done
done
# Files that the documentation names are there; design/ also names what is to come.
for page in README.md CONTRIBUTING.md docs/*.md; do
  [ -e "$page" ] || continue
  # shellcheck disable=SC2016
  for file in $(grep -oE '`(gst|ext|tests|scripts|examples|docs|subprojects)/[A-Za-z0-9._/-]+`' "$page" \
      | tr -d '`' | grep -vE 'NAME|SUITE'); do
    [ -e "$file" ] || { echo "$page: there is no $file"; status=1; }
  done
done
exit $status
