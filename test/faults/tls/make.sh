#!/bin/sh
# Makes the certificates beside it anew: sh test/faults/tls/make.sh
# The dates are fixed, so that no test depends on when this ran. The CA's own key is thrown away: nothing else can be signed by it.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/ca.cnf" <<CNF
[ca]
default_ca = test
[test]
database = $work/index
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = any
unique_subject = no
[any]
organizationName = optional
commonName = supplied
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[localhost]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
[elsewhere]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:elsewhere.example
[oic]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:*.integration.us-ashburn-1.ocp.oraclecloud.com, DNS:*.identity.oraclecloud.com, DNS:hooks.example.com, DNS:localhost, IP:127.0.0.1
[client]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
CNF
: >"$work/index"
echo 01 >"$work/serial"

new_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
# certify <name> <common name> <section> <last day> <how to sign>...
certify() {
  name=$1 subject=$2 section=$3 last_day=$4
  shift 4
  key=key.pem
  [ "$section" = authority ] && key=$work/$name.key
  openssl req -new -key "$key" -subj "/O=oci-event-relay tests/CN=$subject" -out "$work/$name.csr"
  openssl ca -batch -notext -config "$work/ca.cnf" -extensions "$section" -in "$work/$name.csr" -out "$name.pem" \
    -startdate 20200101000000Z -enddate "${last_day}235959Z" "$@" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
}

new_key "$work/ca.key"
new_key "$work/stranger-ca.key"
new_key key.pem
new_key other-key.pem
openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out key-encrypted.pem -passout "pass:correct horse battery"
certify ca "CA of the tests" authority 21991231 -selfsign -keyfile "$work/ca.key"
certify trusted localhost localhost 21991231 -cert ca.pem -keyfile "$work/ca.key"
certify expired localhost localhost 20200102 -cert ca.pem -keyfile "$work/ca.key"
certify wrong-name elsewhere.example elsewhere 21991231 -cert ca.pem -keyfile "$work/ca.key"
certify self-signed localhost localhost 21991231 -selfsign -keyfile key.pem
certify oic hooks.example.com oic 21991231 -cert ca.pem -keyfile "$work/ca.key"
certify client relay client 21991231 -cert ca.pem -keyfile "$work/ca.key"
certify client-expired relay client 20200102 -cert ca.pem -keyfile "$work/ca.key"

# Signed by a CA that nobody knows: its certificate goes with its key.
certify stranger-ca "another CA of the tests" authority 21991231 -selfsign -keyfile "$work/stranger-ca.key"
mv stranger-ca.pem "$work"
certify client-stranger relay client 21991231 -cert "$work/stranger-ca.pem" -keyfile "$work/stranger-ca.key"
