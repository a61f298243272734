import { findRise } from "../../analysis/evolution.ts";
import { quantity } from "../../lib/quantity.ts";
import type { ResourceKind } from "../../source/resource-rules.ts";
import type { FdKind } from "../../tables/fd-table.ts";
import type { Evidence } from "../evidence.ts";
import {
  describeRise,
  isGrowing,
  rateNow,
  rateOfTrend,
  secondsToLimit,
  severityByLimit,
} from "../evolution-facts.ts";
import { clampConfidence } from "../judgement.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";
import { findUnreleased } from "../unreleased-resource.ts";

/** Descriptors come and go with the load: fewer more than this within a window are no leak yet. */
const LEAST_RISE = 10;
const LEAST_GROUP_SHARE = 0.5;

/** Which calls make descriptors of a kind. */
const CALLS: Partial<Record<FdKind, readonly ResourceKind[]>> = {
  file: ["file"],
  "deleted-file": ["file"],
  device: ["file"],
  proc: ["file"],
  tcp: ["socket"],
  udp: ["socket"],
  unix: ["socket"],
  socket: ["socket"],
};

/**
 * Open file descriptors that only become more: by the listing of /proc/PID/fd in each sample. Connections that
 * goroutines hold are those goroutines' consequence (diagnose.ts).
 */
export const fd: Pattern = {
  id: "resource/fd",
  judge(evidence: Evidence): Candidate[] {
    const fds = evidence.process?.fds;
    if (fds === undefined || !isGrowing(fds.total) || findRise(fds.total) < LEAST_RISE) return [];
    const { trend } = fds.total;
    const main = fds.groups.find(
      ({ count }) => isGrowing(count) && findRise(count) >= LEAST_GROUP_SHARE * findRise(fds.total),
    );
    const kind = main?.kind ?? fds.kinds[0]?.kind ?? "other";
    const place = main?.place ?? "";
    const call = findUnreleased(CALLS[kind] ?? ["descriptor"], evidence);
    const limit = evidence.process?.limits?.openFiles;
    const statements: Statement[] = [statement("descriptors-grew", describeRise(trend, "count"))];
    if (main !== undefined) {
      statements.push(
        statement("descriptor-group-grew", {
          kind,
          place,
          direction: main.direction ?? "",
          from: quantity(main.count.trend.first, "count"),
          to: quantity(main.count.trend.last, "count"),
        }),
      );
      const halfClosed = main.states.find(({ state }) => state === "CLOSE_WAIT")?.count ?? 0;
      if (halfClosed > 0) {
        statements.push(statement("descriptors-half-closed", { count: quantity(halfClosed, "count") }));
      }
    }
    if (limit !== undefined && Number.isFinite(limit)) {
      const seconds = secondsToLimit(trend, limit);
      statements.push(
        seconds === undefined
          ? statement("descriptor-limit", {
              limit: quantity(limit, "count"),
              open: quantity(trend.last, "count"),
            })
          : statement("descriptor-limit-reached-in", {
              limit: quantity(limit, "count"),
              low: quantity(seconds.low, "seconds"),
              high: quantity(seconds.high, "seconds"),
            }),
      );
    }
    const values = { kind, place, rate: rateNow(trend, "count/s") };
    const rate = rateOfTrend(trend, "count/s");
    return [
      {
        claims: { clusters: [], groups: [], ...(main === undefined ? {} : { descriptors: main }) },
        finding: {
          pattern: "resource/fd",
          state: "confirmed",
          severity: severityByLimit(trend, limit),
          confidence: clampConfidence(
            0.75 + (main === undefined ? 0 : 0.1) + (call?.isPlain === true ? 0.1 : 0),
          ),
          ...(call === undefined ? {} : { site: call.site }),
          callers: [],
          headline:
            call === undefined
              ? statement("headline-fd", values)
              : statement("headline-fd-at", { ...values, site: call.site }),
          ...(rate === undefined ? {} : { rate }),
          evidence: [...statements, ...(call?.evidence ?? [])],
          consequences: [],
          fix: [statement("fix-fd-close", {}), statement("fix-fd-keepers", {})],
          next: evidence.source === undefined ? [statement("next-source-of-resource", {})] : [],
          series: [
            { label: "descriptors", unit: "count", seconds: fds.total.seconds, value: fds.total.value },
          ],
        },
      },
    ];
  },
};
