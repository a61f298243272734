import { describe, expect, it } from "vitest";
import type { ConfigProblem } from "./config-problem.ts";
import { loadPatrolConfig } from "./load-config.ts";

const load = (text: string) => loadPatrolConfig(text);
const show = ({ place, message, hint }: ConfigProblem) =>
  `${place.line}:${place.column} ${message}${hint === null ? "" : ` (${hint})`}`;

describe("a configuration file", () => {
  it("of two lines is a working patrol", () => {
    const { config, errors, warnings } = load('[[targets]]\naddress = "localhost:6060"\n');
    expect([errors, warnings]).toEqual([[], []]);
    expect(config!.targets[0]).toMatchObject({
      id: "localhost:6060",
      checks: ["pprof", "runtime", "inspect"],
    });
    expect(config!.checks.map(({ name, level, when }) => [name, level, when])).toEqual([
      ["pprof", "L1", "always"],
      ["runtime", "L2", "always"],
      ["inspect", "L3", "suspect"],
    ]);
    expect(config!.routes).toMatchObject([{ receivers: ["log"], groupBy: ["target"] }]);
    expect(config!.store.engine).toBe("sqlite");
  });

  it("may have the form of the original request", () => {
    const { config, errors } = load(`
[mysql_primary]
host = "10.0.0.5"
port = 3306
timeout_ms = 500
check_query = "SELECT 0.5 AS error_rate"
alert_threshold = "latency_ms > 300 OR error_rate > 0.001"
`);
    expect(errors).toEqual([]);
    expect(config!.targets).toMatchObject([
      { id: "mysql_primary", address: "10.0.0.5:3306", checks: ["mysql_primary"] },
    ]);
    expect(config!.checks).toMatchObject([
      {
        name: "mysql_primary",
        kind: "mysql",
        level: "L1",
        timeoutMs: 500,
        options: { check_query: "SELECT 0.5 AS error_rate" },
        rules: [
          { name: "mysql_primary", expression: "latency_ms > 300 OR error_rate > 0.001" },
          { name: "mysql_primary-down", expression: "up < 1", minSamples: 2 },
        ],
      },
    ]);
  });

  it("tells everything that is wrong at once, each with its place and what to write", () => {
    const { config, errors, warnings } = load(`name = "prod"
[[targets]]
adress = "localhost:6060"
checks = ["runtme"]
[[checks]]
name = "shop"
kind = "htp"
every = "30s"
timeout = 5
[recievers]
name = "x"
[[routes]]
receivers = ["oncall"]
`);
    expect(config).toBeNull();
    expect(errors.map(show)).toEqual([
      '2:3 "address" is missing (add address = "host:port")',
      '3:1 there is no key "adress" here (did you mean "address"?)',
      '4:11 there is no check "runtme" (did you mean "runtime"?)',
      '7:8 "kind": "htp" is no kind of check (did you mean "http"?)',
      '8:1 there is no key "every" here (did you mean "interval"?)',
      '9:11 "timeout": 5 has no unit (write "5s" or "5ms")',
      '10:2 there is no table "recievers" (did you mean "receivers"?)',
      '13:14 there is no receiver "oncall" (add a [[receivers]] of that name)',
    ]);
    expect(warnings).toEqual([]);
  });

  it("warns of what will not do what it says", () => {
    const { warnings } = load(`
[[targets]]
address = "a:6060"
[[checks]]
name = "heap"
kind = "heap-diff"
match = ["*"]
interval = "1m"
when = "always"
timeout = "30s"
[[checks]]
name = "lonely"
kind = "tcp"
[[receivers]]
name = "nobody"
kind = "log"
[[receivers]]
name = "all"
kind = "log"
[[routes]]
receivers = ["all"]
[[routes]]
tiers = ["P0"]
receivers = ["all"]
[slow_redis]
host = "r"
interval = "5s"
`);
    expect(warnings.map(show)).toEqual([
      '8:12 the heavy check comes 60 times an hour, but a target has a budget of 12 captures: most will be refused (lengthen interval, leave when = "suspect", or raise budget.captures_per_hour)',
      '11:3 no target gets the check "lonely" (add match = ["*"], or name it in the checks of a target)',
      '14:3 no route leads to the receiver "nobody" (name it in the receivers of a route)',
      "22:3 no alert comes to this route: route 1 takes all of them (put it above, or add continue = true to route 1)",
      "25:2 2 attempts of 5 s may last longer than the interval of 5 s: slots will be missed (shorten timeout, or lengthen interval)",
    ]);
  });

  it("warns of secrets in it", () => {
    const text = '[cache]\nkind = "redis"\nhost = "c"\npassword = "hunter2"\n';
    const { config, warnings } = loadPatrolConfig(text, { fileMode: 0o100644 });
    expect(warnings.map(show)).toEqual([
      "1:1 the file holds secrets and others can read it (mode 644) (chmod 600, or take the secrets out of it)",
      '4:12 "password" stands in the file in clear text (use password_env, password_file or password_vault)',
    ]);
    expect(config!.checks[0]!.auth).toMatchObject({
      kind: "basic",
      password: { from: "text", text: "hunter2" },
    });
  });
});
