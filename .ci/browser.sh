#!/usr/bin/env bash
# The browser tests drive Debian's Chromium. Root on Debian gets it installed, others are told.
set -euo pipefail

for candidate in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
  if [ -n "$candidate" ] && [ -x "$candidate" ]; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser tests"
  log=$(mktemp)
  if { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } </dev/null >"$log" 2>&1; then
    rm -f "$log"
    exit 0
  fi
  tail -n 15 "$log" >&2
fi
echo "No Chromium at /usr/bin/chromium: the browser tests are skipped. To run them: apt-get install chromium, or set CHROMIUM=/path." >&2
