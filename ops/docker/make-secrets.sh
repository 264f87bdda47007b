#!/bin/sh
# Makes the two secret files that docker-compose.yml reads: `sh ops/docker/make-secrets.sh`. Existing ones are kept,
# because the database in the volume knows their password. The folder keeps other users of the machine out; the files
# themselves must be readable by the users inside the containers.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p secrets
chmod 700 secrets
if [ ! -s secrets/postgres_password ]; then
  node -e "process.stdout.write(require('node:crypto').randomBytes(24).toString('hex'))" >secrets/postgres_password
fi
printf 'postgres://postgres:%s@postgres:5432/causeway' "$(cat secrets/postgres_password)" >secrets/database_url
chmod 644 secrets/postgres_password secrets/database_url
echo "secrets/postgres_password and secrets/database_url are ready"
