#!/usr/bin/env bash
# Make the virtual environment $1 with Python 3.11 or newer.
set -euo pipefail
venv=$1

python=
for candidate in python3.11 python3 python3.12 python3.13 python3.14; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python 3.11 or newer is missing. Install it (Debian, Ubuntu: apt-get install python3 python3-venv) and try again." >&2
  exit 1
fi

echo "Setting up $venv with $("$python" --version)"
if "$python" -m venv "$venv" >/dev/null 2>&1; then exit 0; fi

# Debian keeps venv in a package of its own.
rm -rf "$venv"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing python3-venv"
  log=$(mktemp)
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; } </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    echo "python3-venv could not be installed; see above." >&2
    exit 1
  fi
  rm -f "$log"
  "$python" -m venv "$venv"
else
  "$python" -m venv "$venv" || true
  rm -rf "$venv"
  echo "'$python -m venv' does not work. On Debian or Ubuntu: sudo apt-get install python3-venv, then try again." >&2
  exit 1
fi
