#!/bin/sh
# Reads the target's address from a file, where one is named: a secret in a file is not seen by `docker inspect`.
set -eu
if [ -n "${DATABASE_URL_FILE:-}" ]; then
  DATABASE_URL=$(cat "$DATABASE_URL_FILE")
  export DATABASE_URL
fi
# exec: signals must reach node, which drains and stops.
exec "$@"
