#!/usr/bin/env bash
# Installs the servers that some tests run against, each into a folder of its own: `scripts/install-engines.sh [chdb] [s3rver]`.
# chdb holds a whole ClickHouse (178 MB to download, 550 MB on disk; Linux and macOS with glibc, x64 and arm64; Python 3
# hosts it); s3rver is an S3 server. Never part of what is shipped: chdb's optional packages would break `npm ci`.
set -euo pipefail

declare -A versions=([chdb]=3.4.0 [s3rver]=3.7.1)
root=${GOPATROL_ENGINES:-$(cd "$(dirname "$0")/.." && pwd)/.engines}
[ $# -gt 0 ] || set -- chdb s3rver
for name in "$@"; do
  version=${versions[$name]:?"no engine is called $name"}
  grep -qs "\"version\": \"$version\"" "$root/$name/node_modules/$name/package.json" && continue
  mkdir -p "$root/$name"
  echo "{ \"private\": true, \"dependencies\": { \"$name\": \"$version\" } }" >"$root/$name/package.json"
  (cd "$root/$name" && npm install --no-audit --no-fund --ignore-scripts)
done
