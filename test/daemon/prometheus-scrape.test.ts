import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpListener, startHttpListener } from "../../src/daemon/http-listener.ts";
import { silentLog } from "../../src/patrol/log.ts";
import { passThrough } from "../../src/redact/redactor.ts";
import { requiredTool } from "../support/required-tool.ts";
import { sampleView } from "../support/sample-patrol.ts";

const prometheus = requiredTool("prometheus");

describe.skipIf(!prometheus.available)(`a real Prometheus scrapes the patrol${prometheus.skipReason}`, () => {
  let listener: HttpListener;
  let server: ChildProcess;
  let dir: string;
  let api: string;

  beforeAll(async () => {
    listener = await startHttpListener({
      host: "127.0.0.1",
      port: 0,
      view: sampleView(),
      redactor: passThrough,
      log: silentLog,
    });
    dir = mkdtempSync(join(tmpdir(), "gopatrol-prometheus-"));
    const config = join(dir, "prometheus.yml");
    writeFileSync(
      config,
      `global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: gopatrol\n    static_configs: [{targets: ["${new URL(listener.url).host}"]}]\n`,
    );
    const port = await freePort();
    api = `http://127.0.0.1:${port}/api/v1`;
    server = spawn(
      prometheus.path,
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(dir, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: "ignore" },
    );
  });
  afterAll(async () => {
    if (server.exitCode === null) {
      const exited = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL");
      await exited;
    }
    await listener.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it("and answers PromQL about what it found", async () => {
    expect(await query('up{job="gopatrol"}')).toBe("1");
    expect(await query('gopatrol_target_memory_limit_used_ratio{target="shop"}')).toBe("0.6");
    expect(
      await query(
        'gopatrol_finding_growth_bytes_per_second * on(target) group_left(label_team) gopatrol_target_info{label_team="cart"}',
      ),
    ).toBe("52428");
    const median = 'histogram_quantile(0.5, gopatrol_run_lateness_seconds_bucket{level="L2"})';
    expect(Number(await query(median))).toBeCloseTo(0.0375);
  });

  /** The value of the one series that the expression gives, as soon as there is one. */
  async function query(expression: string): Promise<string> {
    for (let i = 0; i < 100; i++) {
      const answer = await fetch(`${api}/query?query=${encodeURIComponent(expression)}`)
        .then((response) => response.json() as Promise<Answer>)
        .catch(() => null);
      const value = answer?.data?.result[0]?.value[1];
      if (value !== undefined) return value;
      await sleep(200);
    }
    throw new Error(`no series: ${expression}`);
  }
});

interface Answer {
  data?: { result: { value: [number, string] }[] };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
