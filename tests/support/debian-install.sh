#!/bin/sh
# Installs the Debian packages named as arguments. Run as root.
# Packages that bring a daemon (redis-server, nginx) would start it: the tests start their own, on their own ports.
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
lock='-o DPkg::Lock::Timeout=300'
# shellcheck disable=SC2086
apt-get $lock update
# shellcheck disable=SC2086
apt-get $lock install -y --no-install-recommends "$@"
