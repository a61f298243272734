import { hasVisibleSwing, type Trend } from "../analysis/trend.ts";
import { type Statement, statement } from "../findings/statement.ts";
import { quantity } from "../lib/quantity.ts";

/** Fewer goroutines more or less are a few requests in flight. */
const LEAST_COUNT_SWING = 10;
const LEAST_BYTES_SWING = 2 ** 20;

/** What is to be seen of the live heap's course besides its direction: waves, steps, acceleration. */
export function describeLiveHeap(trend: Trend): Statement[] {
  const result: Statement[] = [];
  if (isLevel(trend) && hasVisibleSwing(trend, LEAST_BYTES_SWING)) {
    result.push(
      statement("live-heap-swings", {
        low: quantity(trend.swing.low, "bytes"),
        high: quantity(trend.swing.high, "bytes"),
        period: quantity(trend.periodSeconds ?? Number.NaN, "seconds"),
      }),
    );
  }
  const last = trend.steps.at(-1);
  if (last !== undefined) {
    result.push(
      statement("live-heap-steps", {
        count: quantity(trend.steps.length, "count"),
        from: quantity(last.from, "bytes"),
        to: quantity(last.to, "bytes"),
        at: quantity(last.seconds, "seconds"),
      }),
    );
  }
  if (trend.growth === "accelerating") {
    result.push(statement("live-heap-accelerates", { rate: quantity(trend.slope, "bytes/s") }));
  }
  return result;
}

export function describeGoroutines(trend: Trend): Statement[] {
  if (!isLevel(trend) || !hasVisibleSwing(trend, LEAST_COUNT_SWING)) return [];
  return [
    statement("goroutines-swing", {
      low: quantity(Math.round(trend.swing.low), "count"),
      high: quantity(Math.round(trend.swing.high), "count"),
      period: quantity(trend.periodSeconds ?? Number.NaN, "seconds"),
    }),
  ];
}

/** The headline where the live heap or the goroutines rose and nobody can say yet whether they go on. */
export function sayUndecided(
  live: Trend | undefined,
  routines: Trend | undefined,
  { isLog }: { isLog: boolean },
): Statement | undefined {
  const valuesOf = (trend: Trend, unit: "bytes" | "count") => ({
    from: quantity(trend.first, unit),
    to: quantity(trend.last, unit),
    span: quantity(trend.spanSeconds, "seconds"),
    needed: quantity(Math.max(60, trend.needs?.spanSeconds ?? 2 * trend.spanSeconds), "seconds"),
  });
  if (live?.shape === "undecided") {
    return statement(isLog ? "verdict-undecided-in-log" : "verdict-undecided", valuesOf(live, "bytes"));
  }
  if (routines?.shape === "undecided") {
    return statement("verdict-undecided-goroutines", valuesOf(routines, "count"));
  }
  return undefined;
}

/** The headline of a healthy target, as what it was seen to do: levelled off, stepped, swung, fell, or stayed level. */
export function sayHealthy(live: Trend | undefined, routines: Trend | undefined): Statement {
  const change = (trend: Trend, unit: "bytes" | "count") => ({
    from: quantity(trend.first, unit),
    to: quantity(trend.last, unit),
    span: quantity(trend.spanSeconds, "seconds"),
  });
  const swing = (trend: Trend, unit: "bytes" | "count") => ({
    low: quantity(unit === "count" ? Math.round(trend.swing.low) : trend.swing.low, unit),
    high: quantity(unit === "count" ? Math.round(trend.swing.high) : trend.swing.high, unit),
    span: quantity(trend.spanSeconds, "seconds"),
    samples: quantity(trend.samples, "count"),
  });
  if (live?.shape === "saturating") return statement("verdict-saturating", change(live, "bytes"));
  if (live?.shape === "step") return statement("verdict-step", change(live, "bytes"));
  if (routines?.shape === "saturating") {
    return statement("verdict-saturating-goroutines", change(routines, "count"));
  }
  if (routines?.shape === "step") return statement("verdict-step-goroutines", change(routines, "count"));
  if (live !== undefined && isLevel(live) && hasVisibleSwing(live, LEAST_BYTES_SWING)) {
    return statement("verdict-swings", swing(live, "bytes"));
  }
  if (live?.shape === "falling") return statement("verdict-falling", change(live, "bytes"));
  if (routines !== undefined && isLevel(routines) && hasVisibleSwing(routines, LEAST_COUNT_SWING)) {
    return statement("verdict-swings-goroutines", swing(routines, "count"));
  }
  const seen = (live ?? routines)!;
  return statement("verdict-healthy", {
    samples: quantity(seen.samples, "count"),
    span: quantity(seen.spanSeconds, "seconds"),
  });
}

function isLevel({ shape }: Trend): boolean {
  return shape === "flat" || shape === "periodic";
}
