#!/usr/bin/env bash
# Install the lock files $2... with the interpreter $1, every file checked against its hash.
set -euo pipefail
python=$1
shift

"$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip >/dev/null
echo "Installing $*"
wanted=()
for lock in "$@"; do wanted+=(-r "$lock"); done
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! "$python" -m pip install --quiet --require-hashes "${wanted[@]}" >"$log" 2>&1; then
  tail -n 25 "$log" >&2
  echo "Installing failed. Is the package index within reach? Then try again; 'rm -rf .venv' starts afresh." >&2
  exit 1
fi
