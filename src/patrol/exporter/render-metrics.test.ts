import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { requiredTool } from "../../../test/support/required-tool.ts";
import { samplePatrol, sampleTarget } from "../../../test/support/sample-patrol.ts";
import { PATROL_METRICS } from "./patrol-metrics.ts";
import { type MetricsFormat, renderMetrics } from "./render-metrics.ts";

const promtool = requiredTool("promtool");

function render(format: MetricsFormat, patrol = samplePatrol()): string {
  return [...renderMetrics(PATROL_METRICS, patrol, format, (text) => text)].join("");
}

describe("the metrics of the patrol", () => {
  it("have a sample of each family, told with help and type", () => {
    const text = render("text");
    for (const { name, type, help } of PATROL_METRICS) {
      expect(text).toContain(
        `# HELP ${name} ${help}\n# TYPE ${name} ${type === "info" ? "gauge" : type}\n${name}`,
      );
    }
  });

  it("escape what labels hold, and name a target's labels so that they cannot take the place of ours", () => {
    expect(render("text")).toContain(
      'gopatrol_target_info{target="shop",label_team="cart",label_app_kubernetes_io_name="a \\"quoted\\"\\nname\\\\"} 1\n',
    );
  });

  it("leave out what is not known rather than show zero", () => {
    const text = render("text");
    expect(text).toContain('gopatrol_target_memory_limit_used_ratio{target="shop"} 0.6\n');
    expect(text).not.toContain('gopatrol_target_memory_limit_used_ratio{target="pay"}');
    expect(text).not.toContain('gopatrol_target_live_heap_bytes{target="pay"}');
  });

  it("show the metrics of checks that rules compare, once", () => {
    const text = render("text");
    expect(text).toContain('gopatrol_target_metric{target="shop",metric="error_rate"} 0.002\n');
    expect(text).toContain('gopatrol_target_latency_seconds{target="shop"} 0.0125\n');
    expect(text).not.toContain('metric="latency_ms"');
  });

  it("count buckets cumulatively, with the sum and count of all", () => {
    const lines = render("text")
      .split("\n")
      .filter((line) => line.startsWith("gopatrol_run_lateness_seconds") && line.includes('"L2"'));
    expect(lines.slice(0, 4)).toEqual([
      'gopatrol_run_lateness_seconds_bucket{level="L2",le="0.01"} 0',
      'gopatrol_run_lateness_seconds_bucket{level="L2",le="0.025"} 0',
      'gopatrol_run_lateness_seconds_bucket{level="L2",le="0.05"} 1',
      'gopatrol_run_lateness_seconds_bucket{level="L2",le="0.1"} 1',
    ]);
    expect(lines.slice(-3)).toEqual([
      'gopatrol_run_lateness_seconds_bucket{level="L2",le="+Inf"} 1',
      'gopatrol_run_lateness_seconds_sum{level="L2"} 0.04',
      'gopatrol_run_lateness_seconds_count{level="L2"} 1',
    ]);
  });

  it("follow OpenMetrics where it is asked for", () => {
    const text = render("openmetrics");
    expect(text).toContain("# TYPE gopatrol_runs counter\ngopatrol_runs_total{");
    expect(text).toContain("# TYPE gopatrol_build info\ngopatrol_build_info{");
    expect(text).toContain('le="1.0"');
    expect(text.endsWith("\n# EOF\n")).toBe(true);
  });

  it("have no series twice", () => {
    const names = render("text")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.slice(0, line.lastIndexOf(" ")));
    expect(new Set(names).size).toBe(names.length);
  });

  it("come in chunks of bounded size for 10,000 targets", () => {
    const targets = Array.from({ length: 10_000 }, (_, i) => sampleTarget({ id: `shop-${i}` }));
    const chunks = [...renderMetrics(PATROL_METRICS, samplePatrol({ targets }), "text", (text) => text)];
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(80_000);
    expect(chunks.join("").match(/^gopatrol_target_up\{/gm)).toHaveLength(10_000);
  });

  it("go through redaction in every label", () => {
    const text = [
      ...renderMetrics(PATROL_METRICS, samplePatrol(), "text", (t) => t.replaceAll("shop", "***")),
    ];
    expect(text.join("")).not.toContain("shop");
  });

  it.skipIf(!promtool.available)(`pass promtool check metrics${promtool.skipReason}`, () => {
    const { status, stdout, stderr } = spawnSync(promtool.path, ["check", "metrics"], {
      input: render("text"),
      encoding: "utf8",
    });
    expect(`${stdout}${stderr}`).toBe("");
    expect(status).toBe(0);
  });
});
