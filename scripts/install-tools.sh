#!/usr/bin/env bash
# Installs what the tests use beyond Node: a Go toolchain (1.21 or newer), Chromium, QEMU for programs of arm64, and the
# servers that the patrol is tried on: Redis, MariaDB, PostgreSQL, Prometheus (with promtool) and Alertmanager. For Debian
# and its derivatives, as root. The tests skip by name what is not there. A Go that is already on PATH is kept: Debian 12's
# own is too old. The tests start the servers themselves, so that none is to start by itself.
set -euo pipefail

packages=()
command -v go >/dev/null || packages+=(golang)
command -v chromium >/dev/null || packages+=(chromium)
command -v redis-server >/dev/null || packages+=(redis-server)
[ -x /usr/sbin/mariadbd ] || packages+=(mariadb-server)
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || packages+=(postgresql)
command -v qemu-aarch64 >/dev/null || packages+=(qemu-user)
command -v prometheus >/dev/null || packages+=(prometheus)
command -v prometheus-alertmanager >/dev/null || packages+=(prometheus-alertmanager)
[ ${#packages[@]} -eq 0 ] && exit 0

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
