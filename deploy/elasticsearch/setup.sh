#!/bin/sh
# Puts the index template and makes the data stream, in Elasticsearch or OpenSearch; may be run again at any time.
#     ES_URL=https://es:9200 ES_AUTH='Authorization: ApiKey …' deploy/elasticsearch/setup.sh
set -eu
: "${ES_URL:?set ES_URL to the cluster, as in https://es:9200}"
dir=$(dirname "$0")
request() {
  # The header by a file descriptor, so that no secret is among the arguments that ps shows.
  printf '%s\n' "${ES_AUTH:-X-No-Auth: 1}" | curl -sS -X PUT -H @- -H 'content-type: application/json' "$@"
}
request --fail-with-body --data-binary "@$dir/index-template.json" "$ES_URL/_index_template/gopatrol-runs"
echo
status=$(request -o /dev/null -w '%{http_code}' "$ES_URL/_data_stream/gopatrol-runs")
# 400: it is there.
case $status in 200 | 400) echo "data stream gopatrol-runs: ready" ;; *) echo "data stream: HTTP $status" >&2; exit 1 ;; esac
