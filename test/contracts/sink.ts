import { expect, it } from "vitest";
import type { RunRecord } from "../../src/patrol/run-record.ts";
import type { Sink } from "../../src/patrol/sink.ts";
import { sampleRun } from "../support/sample-patrol.ts";

export interface OpenedSink {
  sink: Sink;
  /** Ids (or targets) of the runs that have arrived, in order; each as often as it is there. */
  arrived(): string[];
  /** What the service has to complain about. */
  violations(): string[];
}

/** What holds for every sink: it takes at once, delivers in order, each run once, and says what it did. */
export function describeSinkContract(open: () => Promise<OpenedSink>): void {
  it("delivers every run once and in order", async () => {
    const { sink, arrived, violations } = await open();
    const runs = numberedRuns(700);
    for (const run of runs) expect(sink.write(run)).toBe(true);
    await sink.close(AbortSignal.timeout(20_000));
    expect(arrived()).toEqual(runs.map(({ target }) => target));
    expect(sink.stats).toMatchObject({
      delivered: 700,
      pending: 0,
      rejected: 0,
      dropped: 0,
      lastError: null,
    });
    expect(violations()).toEqual([]);
  });

  it("keeps what is written in any language, and any size of record", async () => {
    const { sink, arrived, violations } = await open();
    const wide = sampleRun({ id: "z@1", target: '结算\u2028服务 "q"\\', labels: { team: "\n\t" } });
    const large = sampleRun({
      id: "z@2",
      target: "large",
      stages: Array.from({ length: 5000 }, () => ({
        stage: "checks",
        outcome: "passed",
        elapsedMs: 1,
        detail: "x".repeat(40),
      })),
    });
    sink.write(wide);
    sink.write(large);
    await sink.close(AbortSignal.timeout(20_000));
    expect(arrived()).toEqual([wide.target, "large"]);
    expect(violations()).toEqual([]);
  });

  it("says what it would do, without a secret", async () => {
    const { sink } = await open();
    expect(sink.plan()).toMatch(/^(POST http|append to )/);
    expect(sink.plan()).not.toMatch(/hunter2/);
    await sink.close(AbortSignal.timeout(1000));
  });

  it("takes nothing once it is closed, and says so", async () => {
    const { sink } = await open();
    await sink.close(AbortSignal.timeout(1000));
    expect(sink.write(sampleRun())).toBe(false);
    expect(sink.stats.dropped).toBe(1);
  });
}

export function numberedRuns(count: number, from = 0): RunRecord[] {
  return Array.from({ length: count }, (_, i) =>
    sampleRun({ id: `shop-${from + i}@2026-11-25T12:00:00.000Z`, target: `shop-${from + i}` }),
  );
}
