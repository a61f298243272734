/** The steps of check-opensearch.sh against the node at 127.0.0.1:29200. Exits with 1 if one does not hold. */
import assert from "node:assert/strict";
import { systemClock } from "../src/capture/system-clock.ts";
import { openElasticsearchSink } from "../src/deliver/sinks/elasticsearch-sink.ts";
import { noCredentials } from "../src/deliver/sinks/post.ts";
import { silentLog } from "../src/patrol/log.ts";
import type { Sink } from "../src/patrol/sink.ts";
import { numberedRuns } from "../test/contracts/sink.ts";

const NODE = "http://127.0.0.1:29200";
const [step = "", spoolDir = ""] = process.argv.slice(2);

function open(): Sink {
  return openElasticsearchSink({
    name: "opensearch",
    url: NODE,
    dataStream: "gopatrol-runs",
    credentials: async () => noCredentials,
    spoolDir,
    maxSpoolBytes: 64 << 20,
    clock: systemClock,
    log: silentLog,
    random: Math.random,
  });
}

async function deliver(runs: ReturnType<typeof numberedRuns>, withinMs: number) {
  const sink = open();
  for (const run of runs) assert(sink.write(run));
  await sink.close(AbortSignal.timeout(withinMs));
  return sink.stats;
}

async function countDocuments(): Promise<number> {
  await fetch(`${NODE}/gopatrol-runs/_refresh`, { method: "POST" });
  return ((await (await fetch(`${NODE}/gopatrol-runs/_count`)).json()) as { count: number }).count;
}

switch (step) {
  case "twice": {
    for (let round = 0; round < 2; round++) {
      assert.equal((await deliver(numberedRuns(3000), 120_000)).delivered, 3000);
    }
    const [first] = numberedRuns(1, 99_999);
    const refused = await deliver([{ ...first!, startedMs: "nonsense" as unknown as number }], 30_000);
    assert.equal(refused.rejected, 1);
    assert.equal(await countDocuments(), 3000);
    break;
  }
  case "while-down":
    assert.equal((await deliver(numberedRuns(2000, 10_000), 5000)).pending, 2000);
    break;
  case "after":
    assert.equal((await deliver([], 180_000)).pending, 0);
    assert.equal(await countDocuments(), 5000);
    break;
  default:
    console.error("usage: scripts/check-opensearch.sh");
    process.exit(2);
}
console.log(`${step}: ok, by OpenSearch`);
