#!/bin/bash
# Starts the broker in its container: with TLS and a login where certificates were made for it, else in clear on its network.
set -eu
if [ -s /tls/kafka/server.pem ]; then
  password=$(cat /run/secrets/kafka_password)
  login='org.apache.kafka.common.security.plain.PlainLoginModule required'
  export KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=BROKER:SASL_SSL,CONTROLLER:PLAINTEXT
  export KAFKA_SASL_ENABLED_MECHANISMS=PLAIN
  export KAFKA_SASL_MECHANISM_INTER_BROKER_PROTOCOL=PLAIN
  export KAFKA_LISTENER_NAME_BROKER_PLAIN_SASL_JAAS_CONFIG="$login username=\"broker\" password=\"$password\" user_broker=\"$password\" user_causeway=\"$password\";"
  export KAFKA_SSL_KEYSTORE_TYPE=PEM KAFKA_SSL_KEYSTORE_LOCATION=/tls/kafka/server.pem
  export KAFKA_SSL_TRUSTSTORE_TYPE=PEM KAFKA_SSL_TRUSTSTORE_LOCATION=/tls/ca.crt
fi
exec /__cacert_entrypoint.sh /etc/kafka/docker/run
