#!/usr/bin/env bash
# Build a database from the migrations alone and compare it with the models; on PostgreSQL too where
# TEST_DATABASE_URL names a server. Needs PY.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PORTAL_ENV=test DATA_DIR=$work SECRET_KEY=check REDIS_URL='' STORAGE_URL=''

compare() { # compare NAME URL
  if ! DATABASE_URL=$2 "$PY" -m flask --app wsgi db upgrade >"$work/log" 2>&1; then
    tail -n 20 "$work/log" >&2
    echo "$1: the migrations do not run" >&2
    return 1
  fi
  if ! DATABASE_URL=$2 "$PY" -m flask --app wsgi db check >"$work/log" 2>&1; then
    tail -n 20 "$work/log" >&2
    echo "$1: the models say something else -> '$PY -m flask --app wsgi db migrate -m \"why\"', then read what it wrote" >&2
    return 1
  fi
  echo "$1: migrations and models agree"
}

compare SQLite "sqlite:///$work/check.db"
if [ -n "${TEST_DATABASE_URL:-}" ]; then
  name=suara_check_$$
  run() { "$PY" -c "import sys, psycopg, sqlalchemy as s; u = s.make_url(sys.argv[1]).set(drivername='postgresql', database='postgres'); psycopg.connect(u.render_as_string(False), autocommit=True).execute(sys.argv[2])" "$TEST_DATABASE_URL" "$1"; }
  run "CREATE DATABASE $name"
  trap 'run "DROP DATABASE IF EXISTS $name WITH (FORCE)"; rm -rf "$work"' EXIT
  url=$("$PY" -c "import sys, sqlalchemy as s; print(s.make_url(sys.argv[1]).set(database=sys.argv[2]).render_as_string(False))" "$TEST_DATABASE_URL" "$name")
  compare PostgreSQL "$url"
fi
