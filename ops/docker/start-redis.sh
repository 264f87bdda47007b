#!/bin/sh
# Starts Redis with a password that stands in no argument: settings come through standard input.
set -eu
secrets=${SECRETS_DIR:-/run/secrets}
printf '%s\n' "requirepass $(cat "$secrets/redis_password")" "port ${REDIS_PORT:-6379}" "bind ${REDIS_BIND:-* -::*}" 'protected-mode yes' 'maxmemory 64mb' 'maxmemory-policy noeviction' \
  "dir ${REDIS_DIR:-/data}" 'appendonly yes' 'maxclients 500' 'timeout 600' 'rename-command FLUSHALL ""' 'rename-command FLUSHDB ""' 'rename-command DEBUG ""' | exec redis-server -
