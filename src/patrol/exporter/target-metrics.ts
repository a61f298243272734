import type { FindingRecord } from "../finding-record.ts";
import type { MetricFamily, Sample } from "./metric-family.ts";
import type { AlertSnapshot, PatrolSnapshot, TargetSnapshot } from "./patrol-snapshot.ts";

type Family = MetricFamily<PatrolSnapshot>;

/** Metrics of checks that have a family of their own, with what they mean; the first name that is known counts. */
const OF_CHECKS: readonly { name: string; help: string; from: readonly string[]; perUnit?: number }[] = [
  {
    name: "gopatrol_target_live_heap_bytes",
    help: "Live heap after the last collection.",
    from: ["heap_live_bytes"],
  },
  {
    name: "gopatrol_target_resident_bytes",
    help: "Resident memory of the target.",
    from: ["rss_bytes", "resident_bytes"],
  },
  { name: "gopatrol_target_goroutines", help: "Goroutines of the target.", from: ["goroutines"] },
  {
    name: "gopatrol_target_growth_bytes_per_second",
    help: "How fast the live heap grows.",
    from: ["heap_growth_bytes_per_second", "growth_bytes_per_second"],
  },
  {
    name: "gopatrol_target_latency_seconds",
    help: "How long the target took to answer.",
    from: ["latency_ms"],
    perUnit: 1 / 1000,
  },
];
const WITH_FAMILY = new Set(OF_CHECKS.flatMap(({ from }) => from));

/** What the patrol found. One series a target and fact; those that are not known are absent. */
export const TARGET_METRICS: readonly Family[] = [
  {
    name: "gopatrol_target_info",
    type: "info",
    help: "Labels of the target, to be joined by target.",
    *samples({ targets }) {
      for (const target of targets) {
        const labels = Object.entries(target.labels).map(
          ([name, value]) => [labelName(name), value] as const,
        );
        yield { labels: [["target", target.id], ...labels], value: 1 };
      }
    },
  },
  ofTarget("gopatrol_target_up", "1 if the newest check got an answer.", ({ up }) =>
    up === null ? null : Number(up),
  ),
  ofTarget(
    "gopatrol_target_overdue",
    "1 if the target has had no result for too many of its slots.",
    ({ overdue }) => Number(overdue),
  ),
  ofTarget(
    "gopatrol_target_last_run_timestamp_seconds",
    "When the target was last looked at.",
    ({ lastRunMs }) => (lastRunMs === null ? null : lastRunMs / 1000),
  ),
  ...OF_CHECKS.map(({ name, help, from, perUnit = 1 }) =>
    ofTarget(name, help, ({ metrics }) => {
      const known = firstKnown(metrics, from);
      return known === null ? null : known * perUnit;
    }),
  ),
  ofTarget(
    "gopatrol_target_memory_limit_bytes",
    "Memory limit of the target.",
    ({ limitBytes }) => limitBytes,
  ),
  ofTarget(
    "gopatrol_target_memory_limit_used_ratio",
    "Share of the memory limit in use: resident memory, or the live heap where only that is known.",
    limitUsed,
  ),
  ofTarget(
    "gopatrol_target_budget_cpu_seconds",
    "CPU time that the patrol cost the target in the last hour.",
    ({ budget }) => budget.cpuSeconds,
  ),
  ofTarget(
    "gopatrol_target_budget_captures",
    "Heavy captures of the target in the last hour.",
    ({ budget }) => budget.captures,
  ),
  {
    name: "gopatrol_target_metric",
    type: "gauge",
    help: "Newest value of a check's metric that a rule compares, by the check's name of it.",
    *samples({ targets, ruleMetrics }) {
      for (const { id, metrics } of targets) {
        for (const metric of ruleMetrics) {
          const value = metrics[metric];
          if (value !== undefined && !WITH_FAMILY.has(metric))
            yield {
              labels: [
                ["target", id],
                ["metric", metric],
              ],
              value,
            };
        }
      }
    },
  },
  {
    name: "gopatrol_findings_open",
    type: "gauge",
    help: "Open findings by target, pattern and severity.",
    samples: ({ openFindings }) =>
      counted(openFindings, ({ target, pattern, severity }: FindingRecord) => [
        ["target", target],
        ["pattern", pattern],
        ["severity", severity],
      ]),
  },
  {
    name: "gopatrol_finding_growth_bytes_per_second",
    type: "gauge",
    help: "How fast the site of an open finding grows.",
    samples: ({ openFindings }) => growthOfFindings(openFindings),
  },
  {
    name: "gopatrol_alerts",
    type: "gauge",
    help: "Alerts by phase and tier.",
    samples: ({ alerts }) =>
      counted(alerts, ({ phase, tier }: AlertSnapshot) => [
        ["phase", phase],
        ["tier", tier],
      ]),
  },
  {
    name: "gopatrol_alerts_firing",
    type: "gauge",
    help: "Alerts that fire, by target, rule and tier.",
    samples: ({ alerts }) =>
      counted(
        alerts,
        ({ target, rule, tier }: AlertSnapshot) => [
          ["target", target],
          ["rule", rule],
          ["tier", tier],
        ],
        ({ phase }) => phase === "firing" || phase === "keeping",
      ),
  },
];

function ofTarget(name: string, help: string, value: (target: TargetSnapshot) => number | null): Family {
  return {
    name,
    type: "gauge",
    help,
    *samples({ targets }) {
      for (const target of targets) {
        const known = value(target);
        if (known !== null) yield { labels: [["target", target.id]], value: known };
      }
    },
  };
}

function firstKnown(metrics: TargetSnapshot["metrics"], names: readonly string[]): number | null {
  for (const name of names) if (metrics[name] !== undefined) return metrics[name];
  return null;
}

function limitUsed({ metrics, limitBytes }: TargetSnapshot): number | null {
  const used = firstKnown(metrics, ["rss_bytes", "resident_bytes", "heap_live_bytes"]);
  return used === null || limitBytes === null || limitBytes <= 0 ? null : used / limitBytes;
}

/** Series of one set of labels must be one sample: what has the same labels is counted. */
function counted<T>(
  items: Iterable<T>,
  labelsOf: (item: T) => [string, string][],
  matches: (item: T) => boolean = () => true,
): Iterable<Sample> {
  const counts = new Map<string, { labels: [string, string][]; value: number }>();
  for (const item of items) {
    if (!matches(item)) continue;
    const labels = labelsOf(item);
    const key = JSON.stringify(labels);
    const sample = counts.get(key);
    if (sample === undefined) counts.set(key, { labels, value: 1 });
    else sample.value++;
  }
  return counts.values();
}

/** Two findings of one pattern at one site cannot be, but a scrape must not fail if they are. */
function growthOfFindings(findings: Iterable<FindingRecord>): Iterable<Sample> {
  const samples = new Map<string, Sample>();
  for (const { target, pattern, site, bytesPerSecond } of findings) {
    if (bytesPerSecond === null) continue;
    const labels = [
      ["target", target],
      ["pattern", pattern],
      ["site", site],
    ] as const;
    samples.set(JSON.stringify(labels), { labels, value: bytesPerSecond });
  }
  return samples.values();
}

/** As kube-state-metrics does it, so that no label of a target can take the place of ours. */
function labelName(name: string): string {
  return `label_${name.replace(/[^a-zA-Z0-9_]/g, "_")}`;
}
