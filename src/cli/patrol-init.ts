/** A configuration for one service, to begin with: what is not said is the default, and what is often wanted is a comment. */
export function renderInit(address: string): string {
  const url = address.startsWith(":") ? `localhost${address}` : address;
  return `# A patrol of one Go service. All keys: docs/configuration.md.
# Try it: gopatrol patrol -c gopatrol.toml --dry-run

[store]
dir = "gopatrol-data"          # history, captures, the lock of the one patrol that works here

[[targets]]
address = ${JSON.stringify(url)}
# limit = "2GiB"               # the container's memory limit, if it cannot be found out
# source = "/src/service"      # checkout, for the line to change

# It gets the default checks: pprof (every 30 s), runtime (every minute), inspect (when something speaks against it).

# [[receivers]]
# name = "oncall"
# kind = "webhook"             # or wecom, dingtalk, feishu, slack, alertmanager, email
# url_env = "ONCALL_URL"
`;
}
