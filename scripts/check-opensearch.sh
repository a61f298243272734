#!/usr/bin/env bash
# Runs the Elasticsearch sink against a real OpenSearch node made of the server's library (needs Java 17 and Maven, which
# fetches it): sent twice, during an outage, and a record that the mapping refuses. Takes some minutes, 127.0.0.1 only.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
dir=$(mktemp -d)
node=
start() {
  (cd "$dir" && exec java -Xmx512m -cp "lib/*:." OneNode "$dir/home" 29200 29300 600 >>"$dir/node.log" 2>&1) &
  node=$!
}
stop() { if [ -n "$node" ]; then kill "$node" 2>/dev/null || true; wait "$node" 2>/dev/null || true; fi; node=; }
trap 'stop; rm -rf "$dir"' EXIT
cp "$root"/test/fixtures/opensearch/* "$dir"
(cd "$dir" && mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib && javac -cp "lib/*" OneNode.java)
start
for _ in $(seq 120); do curl -sf -o /dev/null http://127.0.0.1:29200/ && break; sleep 1; done
ES_URL=http://127.0.0.1:29200 "$root/deploy/elasticsearch/setup.sh"
check() { (cd "$root" && npx node scripts/check-opensearch.ts "$1" "$dir/spool"); }
check twice
stop
check while-down
start
check after
