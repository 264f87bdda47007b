#!/bin/sh
# Starts the primary in its container: with TLS, and hostssl rules alone, where certificates were made for it.
set -eu
tls=${TLS_DIR:-/tls}
set -- postgres
if [ -n "${SYNCHRONOUS_STANDBY:-}" ]; then
  set -- "$@" -c "synchronous_standby_names=FIRST 1 (${SYNCHRONOUS_STANDBY})"
fi
if [ -s "$tls/postgres/server.crt" ]; then
  set -- "$@" -c ssl=on -c "ssl_cert_file=$tls/postgres/server.crt" -c "ssl_key_file=$tls/postgres/server.key" -c ssl_min_protocol_version=TLSv1.2 -c hba_file=/ops/start/pg_hba.tls.conf
else
  set -- "$@" -c hba_file=/ops/start/pg_hba.conf
fi
exec docker-entrypoint.sh "$@"
