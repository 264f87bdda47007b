#!/bin/sh
# Makes an authority of this installation's own, and a certificate for each server that it names:
#   sh ops/tls/make-certificates.sh FOLDER postgres kafka [localhost …]
# FOLDER/ca.crt is for clients. FOLDER/NAME/ holds server.crt, server.key and, for Java, server.pem (key and chain).
# Existing ones are kept until they have 30 days left. The authority's key (ca.key) need not stay where servers run.
set -eu
folder=$1
shift
umask 077
mkdir -p "$folder"
cd "$folder"
if [ ! -s ca.key ]; then
  openssl ecparam -name prime256v1 -genkey -noout -out ca.key
  openssl req -x509 -new -key ca.key -sha256 -days 3650 -subj '/CN=Causeway internal authority' -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' -out ca.crt
fi
for name in "$@"; do
  mkdir -p "$name"
  if [ -s "$name/server.crt" ] && openssl x509 -checkend 2592000 -noout -in "$name/server.crt" >/dev/null; then continue; fi
  openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$name/server.key"
  openssl req -new -key "$name/server.key" -subj "/CN=$name" -out "$name/request"
  # Health checks inside of a container go to the loopback address.
  printf 'subjectAltName=DNS:%s,DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$name" >"$name/extensions"
  openssl x509 -req -in "$name/request" -CA ca.crt -CAkey ca.key -CAcreateserial -sha256 -days 825 -extfile "$name/extensions" -out "$name/server.crt" 2>/dev/null
  cat "$name/server.key" "$name/server.crt" ca.crt >"$name/server.pem"
  rm "$name/request" "$name/extensions"
done
chmod 644 ca.crt
chmod 755 .
