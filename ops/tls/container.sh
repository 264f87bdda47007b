#!/bin/sh
# In the container of the tls profile: certificates into the volume, each readable by the user of its server alone.
set -eu
sh /ops/make-certificates.sh /tls postgres standby kafka
# Users of the images postgres:15-alpine and apache/kafka.
chown -R 70:70 /tls/postgres /tls/standby
chown -R 1000:1000 /tls/kafka
chmod 755 /tls
chmod 700 /tls/postgres /tls/standby /tls/kafka
chmod 600 /tls/ca.key
