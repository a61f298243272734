import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Discovery, describePart, openDiscovery } from "../../src/discovery/discovery.ts";
import type { SourceContext } from "../../src/discovery/source-context.ts";
import type { DiscoveryConfig } from "../../src/patrol/config/patrol-config.ts";
import { matchLabels, selectionLabels } from "../../src/patrol/match-labels.ts";
import { parseMatcher } from "../../src/patrol/parse-matcher.ts";
import { type FakeDns, startFakeDns } from "../support/fake-dns.ts";
import { createTestAuthority } from "../support/test-certificate.ts";
import { TurnedClock, until } from "../support/turned-clock.ts";

const EVERY = { labels: { env: "test" }, checks: ["runtime"], refreshMs: 60_000 };

let clock: TurnedClock;
let folder: string;
const open: Discovery[] = [];

beforeEach(async () => {
  clock = new TurnedClock();
  folder = await mkdtemp(join(tmpdir(), "gopatrol-discovery-"));
});
afterEach(async () => {
  for (const discovery of open.splice(0)) await discovery.close();
  await rm(folder, { recursive: true });
});

function start(configs: DiscoveryConfig[], more: Partial<SourceContext> = {}): Discovery {
  const context: SourceContext = { clock, env: {}, secret: async () => "s3cr3t", ...more };
  const discovery = openDiscovery(configs, context, () => {});
  open.push(discovery);
  return discovery;
}

const ids = ({ targets }: Discovery) => targets.map(({ id }) => id);
const problems = ({ parts }: Discovery) =>
  parts.flatMap((part) => (part.problem === null ? [] : [part.problem]));

/** The hands are turned by one interval, and the sources have been asked again. */
async function nextRound(discovery: Discovery, holds: () => boolean, what: string): Promise<void> {
  await until(() => clock.waiting.length > 0, "the source waits");
  clock.turn(60_000);
  await until(holds, `${what}: ${JSON.stringify([ids(discovery), problems(discovery)])}`);
}

describe("targets from files", () => {
  it("are read in Prometheus' format, as JSON, YAML or TOML, by patterns", async () => {
    await mkdir(join(folder, "targets"));
    await writeFile(
      join(folder, "targets/a.json"),
      JSON.stringify([
        {
          targets: ["10.0.0.1:6060", "10.0.0.2:6060"],
          labels: { service: "shop", env: "prod", __scheme__: "https", __limit__: "2GiB", __meta_zone: "b" },
        },
      ]),
    );
    await writeFile(
      join(folder, "targets/b.toml"),
      '[[groups]]\ntargets = ["pid:7"]\nlabels = { __id__ = "me" }\n',
    );
    await writeFile(
      join(folder, "targets/c.yml"),
      "- targets: ['10.0.0.3:6060']\n  labels:\n    service: till\n",
    );
    const discovery = start([{ ...EVERY, kind: "file", files: [join(folder, "targets/*")] }]);
    await discovery.ready;
    expect(discovery.targets[0]).toEqual({
      id: "10.0.0.1:6060",
      address: "https://10.0.0.1:6060",
      labels: { service: "shop", env: "test" },
      meta: { __meta_zone: "b" },
      checks: ["runtime"],
      dependsOn: [],
      limitBytes: 2 ** 31,
      sourceDir: null,
      auth: null,
    });
    expect(ids(discovery)).toEqual(["10.0.0.1:6060", "10.0.0.2:6060", "me", "10.0.0.3:6060"]);
  });

  it("stay while a file is broken, and go with the file", async () => {
    const [a, b] = [join(folder, "a.json"), join(folder, "b.json")];
    await writeFile(a, '[{"targets":["a:1"]}]');
    await writeFile(b, '[{"targets":["b:1","a:1"]}]');
    const discovery = start([{ ...EVERY, kind: "file", files: [join(folder, "*.json")] }]);
    await discovery.ready;
    expect(discovery.duplicates).toEqual(["a:1"]);
    await writeFile(a, '[{"targets":["a:1"');
    await nextRound(discovery, () => problems(discovery).length === 1, "a is broken");
    expect(ids(discovery)).toEqual(["a:1", "b:1"]);
    const part = discovery.parts.find(({ problem }) => problem !== null)!;
    expect(describePart(part, clock.wallMs() + 240_000)).toBe(
      `file ${a}: not valid JSON; its 1 target is 5 min old`,
    );
    await rm(b);
    await nextRound(discovery, () => discovery.targets.length === 1, "b is gone");
    expect(ids(discovery)).toEqual(["a:1"]);
  });

  it.each([
    ["{}", "it is not a list of target groups"],
    ["[{}]", 'group 1 has no list "targets"'],
    ['[{"targets":[1]}]', "group 1 has a target that is no text"],
    ['[{"targets":["a"],"labels":{"a-b":"c"}}]', '"a-b" is not a label\'s name'],
  ])("say what is wrong with %s", async (text, problem) => {
    await writeFile(join(folder, "x.json"), text);
    const discovery = start([
      { ...EVERY, kind: "file", files: [join(folder, "x.json"), join(folder, "none.json")] },
    ]);
    await discovery.ready;
    expect(problems(discovery).sort()).toEqual(["it cannot be read (ENOENT)", problem].sort());
  });
});

describe("targets from HTTP", () => {
  let server: Server;
  let url: string;
  let answer: { status: number; text: string };
  const seen: (string | undefined)[] = [];

  beforeEach(async () => {
    answer = { status: 200, text: '[{"targets":["a:1"]}]' };
    seen.length = 0;
    server = createServer((request, response) => {
      seen.push(
        request.headers.authorization,
        request.headers["x-prometheus-refresh-interval-seconds"] as string,
      );
      response.writeHead(answer.status).end(answer.text);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sd?key=k3y`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  it("come and go with its answers, and stay with their age while it fails", async () => {
    const auth = { kind: "bearer" as const, token: { from: "env" as const, name: "T" } };
    const discovery = start([{ ...EVERY, kind: "http", url, auth }]);
    await discovery.ready;
    expect(ids(discovery)).toEqual(["a:1"]);
    expect(seen).toEqual(["Bearer s3cr3t", "60"]);
    answer = { status: 503, text: "" };
    await nextRound(discovery, () => problems(discovery).length === 1, "it fails");
    expect(ids(discovery)).toEqual(["a:1"]);
    const told = describePart(discovery.parts[0]!, clock.wallMs());
    expect(told).toMatch(/^http http:\/\/127\.0\.0\.1:\d+\/sd: it answered 503; its 1 target is 1 min old$/);
    for (const [text, problem] of [
      ["<html>", "its answer is not JSON"],
      [`[${" ".repeat(33 * 2 ** 20)}]`, "the answer is larger than 33554432 bytes"],
    ] as const) {
      answer = { status: 200, text };
      await nextRound(discovery, () => problems(discovery)[0] === problem, problem);
    }
    answer = { status: 200, text: '[{"targets":["b:1"]}]' };
    await nextRound(discovery, () => ids(discovery)[0] === "b:1", "it works again");
    expect(problems(discovery)).toEqual([]);
  });
});

describe("targets from HTTPS", () => {
  it("come by an authority and a client certificate of our own", async () => {
    const authority = createTestAuthority();
    const tls = { ...authority.issue("sd"), ca: authority.cert, requestCert: true, rejectUnauthorized: true };
    const server = createTlsServer(tls, (_, response) => response.end('[{"targets":["a:1"]}]'));
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const client = authority.issue("patrol");
    const files = { "ca.pem": authority.cert, "cert.pem": client.cert, "key.pem": client.key };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const auth = {
      kind: "tls" as const,
      caFile: join(folder, "ca.pem"),
      certFile: join(folder, "cert.pem"),
      keyFile: join(folder, "key.pem"),
      insecure: false,
    };
    try {
      const trusted = start([{ ...EVERY, kind: "http", url, auth }]);
      await trusted.ready;
      expect([ids(trusted), problems(trusted)]).toEqual([["a:1"], []]);
      const stranger = start([{ ...EVERY, kind: "http", url, auth: null }]);
      await stranger.ready;
      expect(problems(stranger)).toEqual(["its certificate authority is not trusted"]);
      const missing = start([
        { ...EVERY, kind: "http", url, auth: { ...auth, caFile: join(folder, "none") } },
      ]);
      await missing.ready;
      expect(problems(missing)).toEqual([`${join(folder, "none")} cannot be read (ENOENT)`]);
    } finally {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  });
});

describe("targets from DNS", () => {
  let dns: FakeDns;
  beforeEach(async () => {
    dns = await startFakeDns();
  });
  afterEach(() => dns.close());

  it("are the records of each name, which fails by itself", async () => {
    dns.records.set("_pprof._tcp.shop.test", [
      { type: "SRV", port: 6061, target: "b.shop.test" },
      { type: "SRV", port: 6060, target: "a.shop.test" },
    ]);
    dns.records.set("v4.test", [{ type: "A", ip: "10.0.0.7" }]);
    dns.records.set("v6.test", [{ type: "AAAA", bytes: [0xfd, ...Array(14).fill(0), 1] }]);
    const dnsServers = [dns.address];
    const discovery = start(
      [
        { ...EVERY, kind: "dns", names: ["_pprof._tcp.shop.test"], recordType: "SRV", port: null },
        { ...EVERY, kind: "dns", names: ["v4.test", "none.test"], recordType: "A", port: 6060 },
        { ...EVERY, kind: "dns", names: ["v6.test"], recordType: "AAAA", port: 6060 },
      ],
      { dnsServers },
    );
    // A patrol that runs once goes by what is there then.
    await discovery.ready;
    expect(discovery.targets.map(({ address }) => address)).toEqual([
      "a.shop.test:6060",
      "b.shop.test:6061",
      "10.0.0.7:6060",
      "[fd00::1]:6060",
    ]);
    expect(discovery.targets[0]!.labels).toEqual({ env: "test", dns_name: "_pprof._tcp.shop.test" });
    const matchers = [
      parseMatcher('__meta_dns_name=~".*shop.test"'),
      parseMatcher("target=a.shop.test:6060"),
    ];
    expect(discovery.targets.map((target) => matchLabels(matchers, selectionLabels(target)))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    dns.records.set("v4.test", null);
    dns.records.set("_pprof._tcp.shop.test", []);
    await until(() => clock.waiting.length === 3, "all wait");
    await nextRound(
      discovery,
      () => problems(discovery).length === 1 && discovery.targets.length === 2,
      "one fails",
    );
    expect(problems(discovery)).toEqual(["v4.test cannot be looked up (ESERVFAIL)"]);
    expect(ids(discovery)).toEqual(["10.0.0.7:6060", "[fd00::1]:6060"]);
  });
});
