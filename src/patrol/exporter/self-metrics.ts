import type { Histogram } from "./histogram.ts";
import type { MetricFamily, MetricType, Sample, SampleLabels } from "./metric-family.ts";
import type { PatrolSnapshot } from "./patrol-snapshot.ts";

type Family = MetricFamily<PatrolSnapshot>;

/** What the patrol tells about itself. */
export const SELF_METRICS: readonly Family[] = [
  {
    name: "gopatrol_build_info",
    type: "info",
    help: "Version and name of this patrol.",
    samples: (patrol) => [
      {
        labels: [
          ["version", patrol.version],
          ["patrol", patrol.patrol],
        ],
        value: 1,
      },
    ],
  },
  one("process_start_time_seconds", "gauge", "Start of the process, in seconds since 1970.", (patrol) =>
    seconds(patrol.startedMs),
  ),
  one(
    "process_cpu_seconds_total",
    "counter",
    "User and system CPU time spent.",
    ({ process }) => process.cpuSeconds,
  ),
  one("process_resident_memory_bytes", "gauge", "Resident memory.", ({ process }) => process.residentBytes),
  one("process_open_fds", "gauge", "Open file descriptors.", ({ process }) => process.openDescriptors),
  one("gopatrol_heap_used_bytes", "gauge", "JavaScript heap in use.", ({ process }) => process.heapUsedBytes),
  one(
    "gopatrol_event_loop_delay_seconds",
    "gauge",
    "Longest time that the event loop was held up since the scrape before.",
    ({ process }) => process.eventLoopDelaySeconds,
  ),
  {
    name: "gopatrol_config_info",
    type: "info",
    help: "Hash of the configuration in force.",
    samples: ({ configuration }) => [{ labels: [["hash", configuration.hash]], value: 1 }],
  },
  one(
    "gopatrol_config_loaded_timestamp_seconds",
    "gauge",
    "When the configuration in force was loaded.",
    (patrol) => seconds(patrol.configuration.loadedMs),
  ),
  one(
    "gopatrol_config_last_reload_successful",
    "gauge",
    "1 if the newest configuration is in force.",
    (patrol) => Number(patrol.configuration.lastReloadOk),
  ),
  one(
    "gopatrol_config_reloads_total",
    "counter",
    "Reloads that took effect.",
    ({ activity }) => activity.reloads,
  ),
  one(
    "gopatrol_config_failed_reloads_total",
    "counter",
    "Reloads that were refused because the configuration was wrong.",
    ({ activity }) => activity.failedReloads,
  ),
  one("gopatrol_paused", "gauge", "1 while checks are paused.", (patrol) => Number(patrol.paused)),
  one("gopatrol_targets", "gauge", "Targets under patrol.", (patrol) => count(patrol.targets, () => true)),
  one(
    "gopatrol_overdue_targets",
    "gauge",
    "Targets without a result for too many of their slots.",
    (patrol) => count(patrol.targets, (target) => target.overdue),
  ),
  one("gopatrol_checks_in_flight", "gauge", "Checks under way.", (patrol) => patrol.checksInFlight),
  one(
    "gopatrol_heavy_captures_in_flight",
    "gauge",
    "Profiles and inspections under way.",
    (patrol) => patrol.heavyInFlight,
  ),
  {
    name: "gopatrol_runs_total",
    type: "counter",
    help: "Runs by level and outcome; missed is a slot that was not run.",
    samples: ({ activity }) => nested(activity.runs, "level", "outcome"),
  },
  {
    name: "gopatrol_run_lateness_seconds",
    type: "histogram",
    help: "How late runs began, against their slot and jitter.",
    samples: ({ activity }) => histograms(activity.lateness, "level"),
  },
  {
    name: "gopatrol_run_duration_seconds",
    type: "histogram",
    help: "How long runs took.",
    samples: ({ activity }) => histograms(activity.runDuration, "level"),
  },
  {
    name: "gopatrol_checks_total",
    type: "counter",
    help: "Checks by kind and outcome; skipped is by a breaker, a pause or a spent budget.",
    samples: ({ activity }) => nested(activity.checks, "kind", "outcome"),
  },
  {
    name: "gopatrol_check_duration_seconds",
    type: "histogram",
    help: "How long checks took, retries included.",
    samples: ({ activity }) => histograms(activity.checkDuration, "kind"),
  },
  {
    name: "gopatrol_deliveries_total",
    type: "counter",
    help: "Attempts to deliver a notification, by receiver and outcome.",
    *samples({ activity }) {
      for (const [receiver, { delivered, retried, rejected }] of activity.receivers) {
        for (const [outcome, value] of Object.entries({ delivered, retried, rejected })) {
          yield {
            labels: [
              ["receiver", receiver],
              ["outcome", outcome],
            ],
            value,
          };
        }
      }
    },
  },
  {
    name: "gopatrol_folded_alerts_total",
    type: "counter",
    help: "Alerts that were left out of a message because the service takes no more.",
    *samples({ activity }) {
      for (const [receiver, { folded }] of activity.receivers)
        yield { labels: [["receiver", receiver]], value: folded };
    },
  },
  {
    name: "gopatrol_notifications_pending",
    type: "gauge",
    help: "Alerts that a receiver should know of by now and does not.",
    *samples({ notificationsPending }) {
      for (const [receiver, value] of notificationsPending) yield { labels: [["receiver", receiver]], value };
    },
  },
  ofSinks("gopatrol_sink_delivered_total", "counter", "Run records that the sink has.", "delivered"),
  ofSinks(
    "gopatrol_sink_rejected_total",
    "counter",
    "Run records that the sink refused for good.",
    "rejected",
  ),
  ofSinks(
    "gopatrol_sink_dropped_total",
    "counter",
    "Run records lost because memory and spool were full.",
    "dropped",
  ),
  ofSinks("gopatrol_sink_pending", "gauge", "Run records that wait to be delivered.", "pending"),
  ofSinks("gopatrol_sink_spool_bytes", "gauge", "Size of the sink's spool on disk.", "spooledBytes"),
  one(
    "gopatrol_store_errors_total",
    "counter",
    "Writes that the store refused.",
    ({ activity }) => activity.storeErrors,
  ),
  one("gopatrol_store_bytes", "gauge", "Size of the store on disk.", (patrol) => patrol.storeBytes),
  one(
    "gopatrol_raw_capture_bytes",
    "gauge",
    "Size of the raw captures kept.",
    (patrol) => patrol.rawCaptureBytes,
  ),
  one(
    "gopatrol_audit_entries_total",
    "counter",
    "Entries written to the audit log.",
    ({ activity }) => activity.auditEntries,
  ),
  {
    name: "gopatrol_redacted_total",
    type: "counter",
    help: "Sensitive values that were taken out, by class.",
    *samples({ redacted }) {
      for (const [name, value] of Object.entries(redacted)) yield { labels: [["class", name]], value };
    },
  },
  {
    name: "gopatrol_breakers_open",
    type: "gauge",
    help: "Circuit breakers that are open or half open; a check behind one is not tried each time.",
    *samples({ breakers }) {
      for (const { target, check, state } of breakers) {
        yield {
          labels: [
            ["target", target],
            ["check", check],
            ["state", state],
          ],
          value: 1,
        };
      }
    },
  },
];

function one(
  name: string,
  type: MetricType,
  help: string,
  value: (patrol: PatrolSnapshot) => number | null,
): Family {
  return {
    name,
    type,
    help,
    samples(patrol) {
      const known = value(patrol);
      return known === null ? [] : [{ labels: [], value: known }];
    },
  };
}

function ofSinks(
  name: string,
  type: MetricType,
  help: string,
  field: "delivered" | "rejected" | "dropped" | "pending" | "spooledBytes",
): Family {
  return {
    name,
    type,
    help,
    *samples({ sinks }) {
      for (const sink of sinks) yield { labels: [["sink", sink.name]], value: sink.stats[field] };
    },
  };
}

function* nested(
  counts: ReadonlyMap<string, ReadonlyMap<string, number>>,
  outer: string,
  inner: string,
): Generator<Sample> {
  for (const [key, row] of counts) {
    for (const [outcome, value] of row)
      yield {
        labels: [
          [outer, key],
          [inner, outcome],
        ],
        value,
      };
  }
}

function* histograms(byKey: ReadonlyMap<string, Histogram>, label: string): Generator<Sample> {
  for (const [key, histogram] of byKey) {
    const labels: SampleLabels = [[label, key]];
    yield { labels, histogram };
  }
}

function count<T>(items: Iterable<T>, matches: (item: T) => boolean): number {
  let matching = 0;
  for (const item of items) if (matches(item)) matching++;
  return matching;
}

function seconds(ms: number): number {
  return ms / 1000;
}
