#!/usr/bin/env bash
# Starts Debian's iipimage-server (one process) behind Debian's nginx, as a neighbour to compare with.
#
#   bench/peer.sh CORPUS
#
# Needs: apt-get install iipimage-server nginx-light
# Prints the options for `npm run bench`, then runs until Ctrl-D (its standard input ends), a signal, or an hour has gone.
set -euo pipefail
CORPUS=$(cd "${1:?usage: bench/peer.sh CORPUS}" && pwd)
IIPSRV=${IIPSRV:-/usr/lib/iipimage-server/iipsrv.fcgi}
NGINX=$(PATH=$PATH:/usr/sbin command -v nginx)
HOUR=3600

D=$(mktemp -d "${TMPDIR:-/tmp}/mezzotint-peer.XXXXXX")
iip='' web=''
finish() {
  trap - EXIT INT TERM HUP
  for pid in $web $iip; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$D"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# A port nobody listens on now; where somebody takes it in between, nginx says so and we end.
port=${PEER_PORT:-$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')}

# iipsrv's cache keeps decoded tiles: the default of 10 MB are some 50, fewer than ours of 1 MB has encoded.
env -i FILESYSTEM_PREFIX="$CORPUS/" VERBOSITY=0 LOGFILE="$D/iipsrv.log" MAX_CVT=5000 OMP_NUM_THREADS=1 \
  "$IIPSRV" --bind "$D/iipsrv.sock" >"$D/iipsrv.out" 2>&1 </dev/null &
iip=$!

cat > "$D/nginx.conf" <<CONF
daemon off;
worker_processes 1;
pid $D/nginx.pid;
error_log $D/nginx.err;
events { worker_connections 512; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path $D; fastcgi_temp_path $D; proxy_temp_path $D; scgi_temp_path $D; uwsgi_temp_path $D;
  server {
    listen 127.0.0.1:$port;
    location /fcgi-bin/iipsrv.fcgi {
      fastcgi_pass unix:$D/iipsrv.sock;
      fastcgi_param QUERY_STRING \$query_string;
      fastcgi_param REQUEST_METHOD \$request_method;
      fastcgi_param REQUEST_URI \$request_uri;
      fastcgi_param HTTP_HOST \$http_host;
      fastcgi_buffers 64 16k;
    }
  }
}
CONF
# Started by root, nginx's worker would have no right to the socket of root's iipsrv.
[ "$(id -u)" != 0 ] || sed -i '1i user root;' "$D/nginx.conf"
"$NGINX" -p "$D" -e "$D/nginx.err" -c "$D/nginx.conf" </dev/null >"$D/nginx.out" 2>&1 &
web=$!

for _ in $(seq 100); do
  [ -S "$D/iipsrv.sock" ] && (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && ready=1 && break
  kill -0 "$iip" 2>/dev/null && kill -0 "$web" 2>/dev/null || break
  sleep 0.1
done
[ -n "${ready:-}" ] || { cat "$D"/*.out "$D"/nginx.err >&2; exit 1; }
echo "--against http://127.0.0.1:$port/fcgi-bin/iipsrv.fcgi --against-pid $iip,$web"
end=$((SECONDS + HOUR))
while [ $SECONDS -lt $end ] && read -r -t $((end - SECONDS)) _; do :; done
