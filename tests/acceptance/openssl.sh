# openssl: keys, certificates, ciphers, a TLS server, and speed.
set -euo pipefail
openssl genrsa -out key.pem 2048 2>/dev/null; openssl rsa -in key.pem -check -noout
openssl ecparam -name prime256v1 -genkey -noout -out ec.pem; openssl pkey -in ec.pem -text -noout | tail -2
openssl genpkey -algorithm ED25519 -out ed.pem
seq 5000 >data
for algorithm in md5 sha1 sha256 sha512 sha3-256 blake2b512; do openssl dgst -$algorithm data; done
for cipher in aes-128-cbc aes-256-ctr chacha20 camellia-128-cbc; do
  openssl enc -$cipher -pbkdf2 -S 0011223344556677 -pass pass:word -in data -out data.$cipher; cksum data.$cipher
  openssl enc -d -$cipher -pbkdf2 -S 0011223344556677 -pass pass:word -in data.$cipher | cmp - data
done
openssl dgst -sha256 -sign key.pem -out signature data
openssl dgst -sha256 -verify <(openssl pkey -in key.pem -pubout) -signature signature data
openssl dgst -sha256 -verify <(openssl pkey -in key.pem -pubout) -signature signature key.pem || echo "refused: $?"
openssl req -x509 -new -key ec.pem -days 30 -subj '/CN=localhost' -out certificate.pem
openssl x509 -in certificate.pem -noout -subject -ext basicConstraints; openssl verify -CAfile certificate.pem certificate.pem
openssl s_server -accept 127.0.0.1:7392 -key ec.pem -cert certificate.pem -WWW -quiet >server.log 2>&1 & server=$!
for _ in $(seq 100); do
  (printf 'GET /data HTTP/1.0\r\n\r\n'; sleep 0.2) | timeout 20 openssl s_client -connect 127.0.0.1:7392 -CAfile certificate.pem -verify_return_error -quiet >page 2>/dev/null && break
  sleep 0.1
done
tail -1 page; kill $server; wait $server || echo "server: $?"
openssl speed -seconds 1 -bytes 1024 -evp sha256 2>/dev/null | grep -oE '^(sha256|The)'
openssl speed -seconds 1 -bytes 1024 -evp aes-128-gcm 2>/dev/null | grep -oiE '^aes-128-gcm'
openssl speed -seconds 1 ecdsap256 2>/dev/null | grep -oE '^ *256 bits ecdsa'
openssl prime 1000000007; openssl rand -hex 20 | wc -c
