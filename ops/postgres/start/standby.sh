#!/bin/sh
# A standby that streams from the primary: copied from it when its folder is empty, and followed from then on.
#   PRIMARY_HOST, PRIMARY_PORT (5432), PGDATA, STANDBY_NAME (standby), STANDBY_PORT (5432), SECRETS_DIR (/run/secrets), TLS_DIR (/tls)
# Promoted by: docker compose exec standby pg_ctl promote
set -eu
name=${STANDBY_NAME:-standby}
tls=${TLS_DIR:-/tls}
secrets=${SECRETS_DIR:-/run/secrets}
# The password goes through a file that only this user reads, never through arguments or the settings of the server.
umask 077
passfile=${PASSFILE:-/tmp/pgpass}
printf '*:*:*:replicator:%s\n' "$(sed 's/[:\\]/\\&/g' "$secrets/replicator_password")" >"$passfile"
ssl='sslmode=prefer'
if [ -s "$tls/ca.crt" ]; then ssl="sslmode=verify-full sslrootcert=$tls/ca.crt"; fi
source="host=$PRIMARY_HOST port=${PRIMARY_PORT:-5432} user=replicator passfile=$passfile application_name=$name $ssl"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # A copy that was cut off is thrown away: it would be half a database.
  rm -rf "$PGDATA"
  # The slot keeps the log that this standby has not read; it may be there from an earlier copy.
  pg_basebackup --dbname="$source" --pgdata="$PGDATA.partial" --wal-method=stream --checkpoint=fast --create-slot --slot="$name" --no-password ||
    { rm -rf "$PGDATA.partial"; pg_basebackup --dbname="$source" --pgdata="$PGDATA.partial" --wal-method=stream --checkpoint=fast --slot="$name" --no-password; }
  touch "$PGDATA.partial/standby.signal"
  mv "$PGDATA.partial" "$PGDATA"
fi
set -- -D "$PGDATA" -p "${STANDBY_PORT:-5432}" -c "primary_conninfo=$source" -c "primary_slot_name=$name" -c hot_standby=on
if [ -n "${STANDBY_LISTEN:-}" ]; then set -- "$@" -c "listen_addresses=$STANDBY_LISTEN" -c unix_socket_directories=; fi
if [ -n "${STANDBY_HBA:-}" ]; then set -- "$@" -c "hba_file=$STANDBY_HBA"; elif [ -d /ops/start ]; then set -- "$@" -c hba_file=/ops/start/pg_hba.conf; fi
if [ -s "$tls/standby/server.crt" ]; then
  set -- "$@" -c ssl=on -c "ssl_cert_file=$tls/standby/server.crt" -c "ssl_key_file=$tls/standby/server.key" -c hba_file=/ops/start/pg_hba.tls.conf
fi
exec postgres "$@"
