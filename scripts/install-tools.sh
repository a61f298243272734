#!/usr/bin/env bash
# Installs what the tests use beyond Node: a Go toolchain (1.21 or newer) and Chromium. For Debian and its derivatives, as
# root. The tests skip by name what is not there. A Go that is already on PATH is kept: Debian 12's own is too old.
set -euo pipefail

packages=()
command -v go >/dev/null || packages+=(golang)
command -v chromium >/dev/null || packages+=(chromium)
[ ${#packages[@]} -eq 0 ] && exit 0
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
