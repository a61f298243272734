#!/usr/bin/env bash
# Installs what the tests use beyond Node: a Go toolchain (1.21 or newer), Chromium, Prometheus (with promtool) and
# Alertmanager. For Debian and its derivatives, as root. The tests skip by name what is not there. A Go that is already on PATH is kept: Debian 12's own is too old.
set -euo pipefail

packages=()
command -v go >/dev/null || packages+=(golang)
command -v chromium >/dev/null || packages+=(chromium)
command -v prometheus >/dev/null || packages+=(prometheus)
command -v prometheus-alertmanager >/dev/null || packages+=(prometheus-alertmanager)
[ ${#packages[@]} -eq 0 ] && exit 0
# Debian starts a server as soon as it is installed; the tests start their own.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
