/** CPU time of one `runtime` check, with time-out and breaker around it, against a scrape of 55 and of 110 KiB. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../src/capture/system-clock.ts";
import type { CheckResult } from "../src/patrol/check.ts";
import { ResilientRunner } from "../src/patrol/resilience/resilient-runner.ts";
import { runtimeCheck } from "../src/probe/runtime-check.ts";

const CHECKS = 4000;
const AT_ONCE = 20;
const scrape = readFileSync(join(import.meta.dirname, "../test/fixtures/text/metrics.txt"), "utf8");
const SERVER = `
const http = require("node:http");
const body = require("node:fs").readFileSync(0);
http.createServer((_, response) => response.end(body)).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
`;

for (const extraLines of [0, 500]) {
  const extra = Array.from(
    { length: extraLines },
    (_, n) =>
      `http_request_duration_seconds_bucket{handler="/api/v1/thing/${n % 37}",method="GET",code="200",le="${n}"} ${n * 17}\n`,
  );
  const body = scrape + extra.join("");
  const child = spawn(process.execPath, ["-e", SERVER], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(body);
  const port = await new Promise<number>((ready) => child.stdout.once("data", (text) => ready(Number(text))));
  const runner = new ResilientRunner(systemClock, Math.random);
  let previous: CheckResult | null = null;
  const look = async (): Promise<void> => {
    const { result } = await runner.run({
      check: runtimeCheck,
      name: "runtime",
      target: {
        id: "t",
        address: `http://127.0.0.1:${port}`,
        labels: {},
        limitBytes: 2 ** 30,
        sourceDir: null,
        auth: null,
      },
      options: {},
      retries: 1,
      context: {
        signal: new AbortController().signal,
        timeoutMs: 5000,
        slotMs: 0,
        secret: async () => "",
        baseProfile: async () => null,
        previous,
        maxTargetMemory: 0.9,
      },
    });
    if (result.outcome !== "ok") throw new Error(result.problem?.message);
    previous = result;
  };
  const lookMany = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, look));
  };
  await lookMany(400);
  const before = process.cpuUsage();
  await lookMany(CHECKS);
  const { user, system } = process.cpuUsage(before);
  const each = (microseconds: number): string => (microseconds / CHECKS / 1000).toFixed(3);
  console.log(
    `${Math.round(body.length / 1024)} KiB: ${each(user + system)} ms of CPU a check (${each(system)} ms of it the kernel's)`,
  );
  child.kill();
}
