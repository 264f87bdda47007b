#!/bin/sh
# Makes the secret files that docker-compose.yml reads: `sh ops/docker/make-secrets.sh`. Existing ones are kept, because
# the databases in the volumes know their passwords. The folder keeps other users of the machine out; the files themselves
# must be readable by the users inside the containers.
set -eu
cd "${1:-$(dirname "$0")/../..}"
mkdir -p secrets
chmod 700 secrets
for name in postgres app app_read monitor migrator backup replicator kafka grafana redis; do
  if [ ! -s "secrets/${name}_password" ]; then
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"secrets/${name}_password"
  fi
done
# Causeway acts as the migrator, the backup job as a role that reads everything; neither is a superuser.
printf 'postgres://migrator:%s@postgres:5432/causeway' "$(cat secrets/migrator_password)" >secrets/database_url
printf 'postgres://backup:%s@postgres:5432/causeway' "$(cat secrets/backup_password)" >secrets/backup_url
chmod 644 secrets/*
echo "the files in secrets/ are ready"
