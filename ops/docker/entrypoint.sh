#!/bin/sh
# Reads the target's address from a file, where one is named: a secret in a file is not seen by `docker inspect`.
set -eu
if [ -n "${DATABASE_URL_FILE:-}" ]; then
  DATABASE_URL=$(cat "$DATABASE_URL_FILE")
  export DATABASE_URL
fi
# Certificates of the tls profile: then nothing goes in clear.
tls=${TLS_DIR:-/tls}
if [ -s "$tls/ca.crt" ]; then
  case ${DATABASE_URL:-} in
    '') ;;
    *'?'*) DATABASE_URL="$DATABASE_URL&sslmode=verify-full&sslrootcert=$tls/ca.crt" ;;
    *) DATABASE_URL="$DATABASE_URL?sslmode=verify-full&sslrootcert=$tls/ca.crt" ;;
  esac
  export CAUSEWAY_KAFKA_TLS=on CAUSEWAY_KAFKA_TLS_CA_FILE="$tls/ca.crt" CAUSEWAY_KAFKA_SASL_MECHANISM=plain CAUSEWAY_KAFKA_SASL_USERNAME=causeway
  export CAUSEWAY_KAFKA_SASL_PASSWORD_FILE="${CAUSEWAY_KAFKA_SASL_PASSWORD_FILE:-/run/secrets/kafka_password}"
fi
# exec: signals must reach node, which drains and stops.
exec "$@"
