#!/usr/bin/env bash
# Installs what the tests use beyond Node: a Go toolchain, Chromium, openssl and the Debian services that inspections
# are checked against. For Debian and its derivatives, as root. The tests skip by name what is not there.
set -euo pipefail

packages=()
command -v go >/dev/null || packages+=(golang)
command -v chromium >/dev/null || packages+=(chromium)
command -v openssl >/dev/null || packages+=(openssl)
[ ${#packages[@]} -eq 0 ] && exit 0
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
