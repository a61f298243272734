#!/usr/bin/env bash
# Decodes the manifests of deploy/kubernetes (or the files given) strictly into the API's types, and judges their pods by
# the restricted standard. Needs Go, which fetches the modules of deploy/kubernetes/check; a minute or two the first time.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
[ $# -gt 0 ] || set -- "$root"/deploy/kubernetes/*.yaml
files=()
for file in "$@"; do files+=("$(realpath "$file")"); done
cd "$root/deploy/kubernetes/check" && exec go run . "${files[@]}"
