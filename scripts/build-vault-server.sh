#!/usr/bin/env bash
# Builds the Vault server that test/secrets/vault-server.test.ts talks to, from the Go module proxy:
# 1659 packages, 3 to 10 minutes of two cores, 150 MB. Put it on PATH, or name it in GOPATROL_VAULT_SERVER.
set -euo pipefail
out=${1:-/usr/local/bin/gopatrol-vault-server}
source=$(cd "$(dirname "$0")/../test/support/vault-server" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$source"/main.go "$source"/go.mod "$work"/
cd "$work"
go mod tidy
go build -o "$out" .
echo "built $out"
