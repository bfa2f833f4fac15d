#!/usr/bin/env bash
# `make run`: migrate, load reference and demo data once, serve until Ctrl-C. Needs PY, PORT.
set -euo pipefail

if ! "$PY" -c "import socket; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('127.0.0.1', $PORT))" 2>/dev/null; then
  echo "Port $PORT is taken. Stop what uses it, or choose another one: PORT=5001 make run" >&2
  exit 1
fi

if ! "$PY" .ci/prepare.py; then
  echo "The data could not be brought up to date, see above. To start afresh: remove ${DATA_DIR:-var}/" >&2
  exit 1
fi

if [ -n "${MAIL_SERVER:-}" ]; then mail="is sent through $MAIL_SERVER"; else mail="is written to ${DATA_DIR:-$PWD/var}/mail"; fi
echo
echo "Suara is on http://127.0.0.1:$PORT (Ctrl-C stops it); outgoing mail $mail"

exec "$PY" -m gunicorn -c deploy/gunicorn.conf.py wsgi:app
