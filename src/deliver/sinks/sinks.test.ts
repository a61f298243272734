import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { describeSinkContract, numberedRuns } from "../../../test/contracts/sink.ts";
import {
  type BulkFault,
  type FakeBulkServer,
  startFakeBulkServer,
} from "../../../test/support/fake-bulk-server.ts";
import { createFakeClock, type FakeClock } from "../../../test/support/fake-clock.ts";
import { startFakeOtlpServer } from "../../../test/support/fake-otlp-server.ts";
import { silentLog } from "../../patrol/log.ts";
import type { Sink } from "../../patrol/sink.ts";
import { openElasticsearchSink } from "./elasticsearch-sink.ts";
import { openFileSink } from "./file-sink.ts";
import { openOtlpSink } from "./otlp-sink.ts";
import { noCredentials } from "./post.ts";
import { openSpoolQueue } from "./spool-queue.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "gopatrol-sink-"));
  undo.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function bulkServer(fault?: (request: number) => BulkFault | null): Promise<FakeBulkServer> {
  const server = await startFakeBulkServer("gopatrol-runs", fault);
  undo.push(() => server.close());
  return server;
}

function elasticsearch(
  url: string,
  spoolDir: string | null,
  clock = createFakeClock(),
  maxSpoolBytes = 64 << 20,
): Sink {
  return openElasticsearchSink({
    name: "elastic",
    url,
    dataStream: "gopatrol-runs",
    credentials: async () => ({ ...noCredentials, headers: { authorization: "ApiKey hunter2" } }),
    spoolDir,
    maxSpoolBytes,
    clock,
    log: silentLog,
    random: () => 0.5,
  });
}

const targets = (server: FakeBulkServer): string[] =>
  [...server.documents.values()].map(({ target }) => String(target));

for (const spooled of [true, false]) {
  describe(`the Elasticsearch sink ${spooled ? "with a spool" : "in memory"}`, () => {
    describeSinkContract(async () => {
      const server = await bulkServer();
      const sink = elasticsearch(server.url, spooled ? folder() : null);
      return { sink, arrived: () => targets(server), violations: () => server.violations };
    });
  });
}

describe("the file sink", () => {
  const openFile = (dir: string, maxBytes = 64 << 20): Sink =>
    openFileSink({ name: "file", path: join(dir, "runs.ndjson"), maxBytes, keep: 3, log: silentLog });
  const linesOf = (path: string): string[] =>
    readFileSync(path, "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { target: string }).target);

  describeSinkContract(async () => {
    const dir = folder();
    return { sink: openFile(dir), arrived: () => linesOf(join(dir, "runs.ndjson")), violations: () => [] };
  });

  it("rotates by size and keeps so many files", async () => {
    const dir = folder();
    const sink = openFile(dir, 20_000);
    for (const run of numberedRuns(200)) sink.write(run);
    await sink.close(AbortSignal.timeout(1000));
    const files = readdirSync(dir).sort();
    expect(files).toEqual(["runs.ndjson", "runs.ndjson.1", "runs.ndjson.2", "runs.ndjson.3"]);
    for (const file of files) expect(statSync(join(dir, file)).size).toBeLessThanOrEqual(20_000);
    expect(linesOf(join(dir, "runs.ndjson")).at(-1)).toBe("shop-199");
  });
});

describe("the OTLP sink", () => {
  const openOtlp = (url: string): Sink =>
    openOtlpSink({
      name: "otlp",
      url,
      credentials: async () => noCredentials,
      intervalMs: 10_000,
      clock: createFakeClock(),
      log: silentLog,
      random: () => 0.5,
    });

  describeSinkContract(async () => {
    const server = await startFakeOtlpServer();
    undo.push(() => server.close());
    const arrived = (): string[] =>
      server.points
        .filter((point) => point.startsWith("gopatrol.goroutines "))
        .map((point) => point.slice(20, -4));
    return { sink: openOtlp(server.url), arrived, violations: () => server.violations };
  });

  it("sends again what may be sent again, and nothing else", async () => {
    const statuses = [503, 429, 200, 400];
    const server = await startFakeOtlpServer((n) => ({ status: statuses[n] ?? 200 }));
    undo.push(() => server.close());
    const sink = openOtlp(server.url);
    sink.write(numberedRuns(1)[0]!);
    while (sink.stats.delivered === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    sink.write(numberedRuns(1, 1)[0]!);
    await sink.close(AbortSignal.timeout(5000));
    expect(server.requests).toBe(4);
    expect(sink.stats).toMatchObject({ delivered: 1, rejected: 1 });
    expect(server.points).toContain("gopatrol.heap_live_bytes shop-0 400000000");
  });
});

describe("the Elasticsearch sink in trouble", () => {
  it("loses nothing and writes nothing twice through 503s, lost answers, partial errors and rubbish", async () => {
    const faults: (BulkFault | null)[] = [
      { kind: "status", status: 503, headers: { "retry-after": "7" } },
      { kind: "lost-answer" },
      {
        kind: "items",
        status: (id, nth) =>
          nth < 3 && /[13579]@/.test(id) ? { status: 429, type: "es_rejected_execution_exception" } : null,
      },
      { kind: "reset" },
      { kind: "garbage" },
      { kind: "status", status: 401 },
      {
        kind: "items",
        status: (id, nth) =>
          nth < 9 && /[24]@/.test(id) ? { status: 503, type: "unavailable_shards_exception" } : null,
      },
      { kind: "status", status: 429 },
    ];
    const server = await bulkServer((n) => (n < 40 ? (faults[n % faults.length] ?? null) : null));
    const clock = createFakeClock();
    const sink = elasticsearch(server.url, folder(), clock);
    const runs = numberedRuns(1500);
    for (const run of runs) sink.write(run);
    await sink.close(AbortSignal.timeout(25_000));
    expect(new Set(targets(server))).toEqual(new Set(runs.map(({ target }) => target)));
    expect(server.documents.size).toBe(1500);
    expect(sink.stats).toMatchObject({ delivered: 1500, pending: 0, rejected: 0, dropped: 0 });
    expect(server.conflicts).toBeGreaterThan(0);
    expect(server.largestBatch).toBeLessThanOrEqual(500);
    expect(server.violations).toEqual([]);
    expect(clock.slept).toContain(7000);
  });

  it("keeps what came in an hour's outage on disk, and delivers it in order afterwards", async () => {
    const clock: FakeClock = createFakeClock(async () => {
      // Runs go on while the service is away: some come in each of its waits.
      for (const run of numberedRuns(40, written)) sink.write(run);
      written += written < 6000 ? 40 : 0;
    });
    let written = 0;
    const server = await bulkServer(() =>
      clock.monotonicMs() < 3_600_000 ? { kind: "status", status: 503 } : null,
    );
    const dir = folder();
    const sink = elasticsearch(server.url, dir, clock);
    sink.write(numberedRuns(1, 100_000)[0]!);
    while (server.documents.size === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await sink.close(AbortSignal.timeout(20_000));
    expect(clock.monotonicMs()).toBeGreaterThan(3_600_000);
    const order = targets(server);
    expect(order[0]).toBe("shop-100000");
    expect(order.slice(1)).toEqual(
      [...order.slice(1)].sort((a, b) => Number(a.slice(5)) - Number(b.slice(5))),
    );
    expect(sink.stats).toMatchObject({ pending: 0, rejected: 0, dropped: 0 });
    // One wait a minute at most, not a request a second.
    expect(server.requests).toBeLessThan(300);
    expect(sink.stats.spooledBytes).toBe(0);
  });

  it("goes on with the spool of a process that died, also one that died in the middle of a line", async () => {
    const dir = folder();
    const down = await bulkServer(() => ({ kind: "reset" }));
    const first = elasticsearch(down.url, dir);
    for (const run of numberedRuns(20)) first.write(run);
    await first.close(AbortSignal.abort());
    expect(first.stats.pending).toBe(20);
    const [segment] = readdirSync(dir).filter((name) => name.endsWith(".spool"));
    appendFileSync(join(dir, segment!), '"shop-20@x"\t{"half":');
    const server = await bulkServer();
    const second = elasticsearch(server.url, dir);
    for (const run of numberedRuns(1, 20)) second.write(run);
    await second.close(AbortSignal.timeout(10_000));
    expect(targets(server)).toEqual(numberedRuns(21).map(({ target }) => target));
  });

  it("refuses what is over the spool's bound, and counts it", async () => {
    const server = await bulkServer(() => ({ kind: "reset" }));
    const sink = elasticsearch(server.url, folder(), createFakeClock(), 10_000);
    const taken = numberedRuns(100).filter((run) => sink.write(run)).length;
    expect(taken).toBeGreaterThan(3);
    expect(sink.stats).toMatchObject({ dropped: 100 - taken, lastError: expect.any(String) });
    expect(sink.stats.spooledBytes).toBeLessThanOrEqual(10_000);
    await sink.close(AbortSignal.abort());
  });

  it("leaves out the one record that the service refuses, and splits a batch that is too large", async () => {
    const server = await bulkServer((n) =>
      n < 2
        ? { kind: "status", status: 413 }
        : {
            kind: "items",
            status: (id) =>
              id.startsWith("shop-3@") ? { status: 400, type: "mapper_parsing_exception" } : null,
          },
    );
    const sink = elasticsearch(server.url, folder());
    for (const run of numberedRuns(8)) sink.write(run);
    await sink.close(AbortSignal.timeout(10_000));
    expect(targets(server)).toEqual([0, 1, 2, 4, 5, 6, 7].map((n) => `shop-${n}`));
    expect(sink.stats).toMatchObject({ delivered: 7, rejected: 1 });
  });
});

describe("the spool", () => {
  it("holds as many segments as wait, and none of what is delivered", () => {
    const dir = folder();
    const queue = openSpoolQueue(dir, 64 << 20);
    const json = JSON.stringify({ text: "x".repeat(100_000) });
    for (let i = 0; i < 100; i++) queue.push({ id: `r${i}`, json });
    expect(readdirSync(dir).length).toBeGreaterThan(2);
    const ids: string[] = [];
    while (queue.length > 0) {
      const batch = queue.peek(7, 1 << 20);
      ids.push(...batch.map(({ id }) => id));
      queue.drop(batch.length);
    }
    expect(ids).toEqual(Array.from({ length: 100 }, (_, i) => `r${i}`));
    expect(queue.storedBytes).toBe(0);
    queue.close();
    const again = openSpoolQueue(dir, 64 << 20);
    expect(again.length).toBe(0);
    again.push({ id: "next", json: "{}" });
    expect(again.peek(5, 1000)).toEqual([{ id: "next", json: "{}" }]);
    again.close();
  });
});
