import { describe, expect, test } from "vitest";
import type { AlertState } from "../../src/patrol/alert.ts";
import { compileRules, judgeResult } from "../../src/patrol/alerting/judge.ts";
import type { CheckResult } from "../../src/patrol/check.ts";
import type { CheckConfig, RuleConfig } from "../../src/patrol/config/patrol-config.ts";
import { whySchema } from "../../src/patrol/published/why-schema.ts";
import type { RunRecord } from "../../src/patrol/run-record.ts";
import { explainTarget, type WhyInput } from "../../src/patrol/why/explain-target.ts";
import { renderWhy } from "../../src/patrol/why/render-why.ts";
import { findEnglish } from "../support/english-left.ts";
import { expectDescribed } from "../support/expect-described.ts";
import { AlertScene, MINUTE, receiver, route, SCENE_START, type SceneOptions } from "./alert-scene.ts";

const rule: RuleConfig = {
  name: "slow",
  expression: "latency_ms > 300 OR error_rate > 0.001",
  clearExpression: "latency_ms < 200",
  forMs: 5 * MINUTE,
  keepFiringForMs: 0,
  minSamples: 3,
  onUnknown: "hold",
  tier: "P1",
  summary: "Checkout is slow",
  labels: {},
};
const check: CheckConfig = {
  name: "http",
  kind: "http",
  level: "L2",
  schedule: { kind: "interval", everyMs: MINUTE, jitterMs: 0 },
  when: "always",
  matchers: [{ label: "team", operator: "=", value: "pay" }],
  timeoutMs: 5000,
  retries: 0,
  options: {},
  auth: null,
  rules: [rule],
};
const compiled = compileRules(check, ["latency_ms", "error_rate"]);
const labels = { team: "pay" };

/** A patrol of one target, as far as `why` can see it. */
class WhyScene extends AlertScene {
  #last: RunRecord | null = null;

  look(result: Partial<CheckResult> & Pick<CheckResult, "metrics">): void {
    const { outcome = "ok", problem = null, metrics } = result;
    const about = { target: "checkout", labels, atMs: this.nowMs };
    for (const seen of judgeResult(check, compiled, about, { outcome, problem, metrics }))
      this.board.observe(seen);
    this.#last = {
      schema: "gopatrol.run/v1",
      id: "checkout@x/L2-1m",
      patrol: "test",
      target: "checkout",
      labels,
      level: "L2",
      lane: "L2-1m",
      trigger: "schedule",
      slotMs: this.nowMs,
      startedMs: this.nowMs,
      endedMs: this.nowMs,
      latenessMs: 0,
      outcome: "passed",
      stages: [],
      checks: [
        {
          check: "http",
          kind: "http",
          outcome,
          problem,
          attempts: 1,
          elapsedMs: 3,
          metrics,
          facts: {},
          captures: [],
        },
      ],
      findings: [],
      alerts: [],
      redacted: {},
      configHash: "",
      version: "",
    };
  }

  why(over: Partial<WhyInput> = {}) {
    const { routes = [route({ receivers: ["wecom"] })] } = this.options;
    return explainTarget({
      target: "checkout",
      nowMs: this.nowMs,
      config: { targets: [], checks: [check], routes },
      seen: new Map([["checkout", labels]]),
      states: [...(this.board.states as Iterable<AlertState>)],
      events: this.events,
      runs: this.#last === null ? [] : [this.#last],
      ...over,
    });
  }
}

const options: SceneOptions = { routes: [route({ receivers: ["wecom"] })], receivers: [receiver("wecom")] };

test("the whole story of an alert, in words", async () => {
  const scene = new WhyScene(options);
  for (let minute = 0; minute <= 8; minute++) {
    scene.look({ metrics: { latency_ms: minute < 1 ? 120 : 400 + minute, error_rate: 0 } });
    await scene.pass(MINUTE);
  }
  scene.look({ metrics: { latency_ms: 250, error_rate: 0 } });
  await scene.pass(20_000);
  expect(renderWhy(scene.why(), "en", "UTC")).toBe(`checkout alerts: http/slow fires, and wecom was told.

Last looks
  http  ok  2026-11-25 03:09:00 UTC (20 s ago)

Rules
  http/slow (P1) fires since 2026-11-25 03:06:00 UTC
    fires if: latency_ms > 300 OR error_rate > 0.001, for 5 min, in 3 samples
    clears if: latency_ms < 200
    last seen: latency_ms = 250, not < 200
    wecom: told that it fires, 2026-11-25 03:06:30 UTC

Story
  2026-11-25 03:01:00 UTC  http/slow  pending: latency_ms = 401 > 300; it fires if it holds for 5 min and in 3 samples
  2026-11-25 03:06:00 UTC  http/slow  fired: latency_ms = 406 > 300 for 5 min
  2026-11-25 03:06:30 UTC  http/slow  told: wecom: as firing
`);
  expect(
    renderWhy(scene.why(), "zh", "Asia/Shanghai"),
  ).toBe(`checkout 正在告警：http/slow 已触发，已通知 wecom。

最近的检查
  http  正常  2026-11-25 11:09:00 UTC+8（20 s 前）

规则
  http/slow（P1）正在告警，自 2026-11-25 11:06:00 UTC+8
    触发条件：latency_ms > 300 OR error_rate > 0.001，持续 5 min，3 个样本
    恢复条件：latency_ms < 200
    最近的值：latency_ms = 250，不满足 < 200
    wecom：已通知告警，2026-11-25 11:06:30 UTC+8

经过
  2026-11-25 11:01:00 UTC+8  http/slow  待触发：latency_ms = 401 > 300；若持续 5 min 且在 3 个样本中成立，则触发
  2026-11-25 11:06:00 UTC+8  http/slow  触发：latency_ms = 406 > 300，已持续 5 min
  2026-11-25 11:06:30 UTC+8  http/slow  已通知：wecom：告知告警
`);
});

describe("why it did not alert", () => {
  const answerOf = async (run: (scene: WhyScene) => Promise<void> | void, over: SceneOptions = {}) => {
    const scene = new WhyScene({ ...options, ...over });
    await run(scene);
    expectDescribed(whySchema, scene.why());
    const chinese = renderWhy(scene.why(), "zh", "Asia/Shanghai");
    expect(chinese.split("\n").flatMap((line) => findEnglish(line))).toEqual([]);
    return renderWhy(scene.why(), "en", "UTC").split("\n")[0];
  };
  const slow = { metrics: { latency_ms: 400, error_rate: 0 } };
  const fire = async (scene: WhyScene): Promise<void> => {
    for (let minute = 0; minute <= 5; minute++) {
      scene.look(slow);
      if (minute < 5) await scene.pass(MINUTE);
    }
  };

  test.each<[string, (scene: WhyScene) => Promise<void> | void, SceneOptions, string]>([
    ["never looked", () => {}, {}, "checkout does not alert: no check has run on it yet."],
    [
      "quiet",
      (scene) => scene.look({ metrics: { latency_ms: 10, error_rate: 0 } }),
      {},
      "checkout does not alert: its one rule was judged and does not hold.",
    ],
    [
      "not for long enough",
      async (scene) => {
        scene.look(slow);
        await scene.pass(MINUTE);
        scene.look(slow);
      },
      {},
      "checkout does not alert yet: http/slow holds, for 1 min of 5 min and 2 of 3 samples.",
    ],
    [
      "a metric is missing",
      (scene) => scene.look({ metrics: { latency_ms: 10 } }),
      {},
      "checkout does not alert, but http/slow cannot be judged: error_rate is missing.",
    ],
    [
      "it could not be looked at",
      (scene) =>
        scene.look({
          outcome: "refused",
          problem: { code: "budget-spent", message: "the hour's budget is spent", hint: null },
          metrics: {},
        }),
      {},
      "checkout does not alert, but http/slow cannot be judged: latency_ms is missing; error_rate is missing (the hour's budget is spent).",
    ],
    [
      "the group waits",
      fire,
      {},
      "checkout fires (http/slow); its message waits for others of its group (group_wait, group_interval) or for the receiver's limit.",
    ],
    [
      "maintenance",
      async (scene) => {
        await fire(scene);
        await scene.pass(MINUTE);
      },
      {
        maintenance: [
          {
            name: "db-upgrade",
            matchers: [],
            window: { kind: "once", startMs: SCENE_START, endMs: SCENE_START + 60 * MINUTE },
          },
        ],
      },
      "checkout fires (http/slow), and nobody is told: maintenance window db-upgrade, until 2026-11-25T04:00:00.000Z.",
    ],
    [
      "no route",
      async (scene) => {
        await fire(scene);
        await scene.pass(MINUTE);
      },
      { routes: [route({ tiers: ["P0"], receivers: ["wecom"] })] },
      "checkout fires (http/slow), and nobody is told: no route leads to a receiver.",
    ],
    [
      "the robot does not take it",
      async (scene) => {
        scene.failing.set("wecom", { outcome: "rejected", reason: "errcode 93000: invalid webhook url" });
        await fire(scene);
        await scene.pass(MINUTE);
      },
      {},
      "checkout fires (http/slow), and the message could not be delivered: wecom: errcode 93000: invalid webhook url; there is no fallback.",
    ],
  ])("%s", async (_, run, over, answer) => {
    expect(await answerOf(run, over)).toBe(answer);
  });

  test("a name that nobody knows", () => {
    const scene = new WhyScene(options);
    expect(renderWhy(scene.why({ target: "chekout" }), "en", "UTC")).toBe(
      "chekout is not known: neither the configuration nor the history names it. Did you mean checkout?\n",
    );
  });
});
