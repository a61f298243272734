import type { Diff } from "../inspect/diff.ts";
import { formatQuantity } from "../lib/format-quantity.ts";
import { parseSizeBytes } from "../lib/parse-quantity.ts";
import { UsageError } from "./exit-code.ts";

/** One condition of `diff --fail-on`: says what holds, or undefined. */
export type DiffCondition = (diff: Diff) => string | undefined;

const FORM = "as in heap=10MiB, heap=5%, site=1MiB, goroutines=100, goroutines=5% or new";

/** Parses "heap=10MiB,site=1MiB,goroutines=100,new" or "never". Throws UsageError. */
export function parseDiffConditions(text: string): DiffCondition[] {
  if (text === "never") return [];
  return text.split(",").map((part) => parseCondition(part.trim()));
}

function parseCondition(part: string): DiffCondition {
  const [what, amount = ""] = part.split("=", 2);
  const share = /^(\d+(?:\.\d+)?)%$/.exec(amount);
  const least = share === null ? undefined : Number(share[1]) / 100;
  if (what === "new" && amount === "") {
    return ({ heap }) =>
      heap !== null && heap.newCount > 0 ? `${heap.newCount} new allocation sites` : undefined;
  }
  if (what === "heap" || what === "site") {
    const bytes = least === undefined ? parseSizeBytes(amount) : undefined;
    if (bytes !== undefined) {
      return what === "heap"
        ? ({ heap }) =>
            holds(heap !== null && heap.growthBytes >= bytes, "the heap grew by", heap?.growthBytes)
        : ({ heap }) => {
            const site = heap?.sites.find(({ growthBytes }) => growthBytes >= bytes);
            return holds(site !== undefined, `${site?.site.function} grew by`, site?.growthBytes);
          };
    }
    if (least !== undefined && what === "heap") {
      return ({ heap }) =>
        holds(
          heap !== null && heap.growthBytes >= least * heap.beforeBytes && heap.growthBytes > 0,
          "the heap grew by",
          heap?.growthBytes,
        );
    }
  }
  if (what === "goroutines" && (least !== undefined || /^\d+$/.test(amount))) {
    return ({ goroutines }) => {
      if (goroutines === null || goroutines.growth <= 0) return undefined;
      const wanted = least === undefined ? Number(amount) : least * goroutines.before;
      return goroutines.growth >= wanted ? `there are ${goroutines.growth} more goroutines` : undefined;
    };
  }
  throw new UsageError(`--fail-on: "${part}" is no condition; wanted ${FORM}`);
}

function holds(does: boolean, what: string, bytes: number | undefined): string | undefined {
  return does ? `${what} ${formatQuantity(bytes ?? 0, "bytes")}` : undefined;
}
