import { formatQuantity } from "../lib/format-quantity.ts";
import type { DiscoveryConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import type { SourceContext } from "./source-context.ts";
import { type PartState, TargetSource } from "./target-source.ts";

export interface Discovery {
  /** Of all sources, by id; of two with one id the first stays. */
  readonly targets: readonly TargetConfig[];
  readonly parts: readonly PartState[];
  /** Ids that more than one target has, so that all but the first are left out. */
  readonly duplicates: readonly string[];
  /** Every source has been asked once, whether it answered or not. */
  readonly isReady: boolean;
  /** Every source has answered once. */
  readonly isWhole: boolean;
  /** Resolves once it is ready. */
  readonly ready: Promise<void>;
  /** Ends all sources. */
  close(): Promise<void>;
}

/**
 * Follows all [[discovery]] sources. A source that fails keeps its last targets. `onChange` is called after changes,
 * several within one turn of the event loop as one.
 */
export function openDiscovery(
  configs: readonly DiscoveryConfig[],
  context: SourceContext,
  onChange: (discovery: Discovery) => void,
): Discovery {
  const ending = new AbortController();
  let isTold = true;
  let targets: TargetConfig[] = [];
  let duplicates: string[] = [];
  const merge = (): void => {
    const byId = new Map<string, TargetConfig>();
    const twice = new Set<string>();
    for (const target of sources.flatMap((source) => source.parts).flatMap((part) => part.targets)) {
      if (byId.has(target.id)) twice.add(target.id);
      else byId.set(target.id, target);
    }
    targets = [...byId.values()];
    duplicates = [...twice];
  };
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
  const change = (): void => {
    if (!isTold) return;
    isTold = false;
    setImmediate(() => {
      isTold = true;
      merge();
      if (discovery.isReady) becomeReady();
      if (!ending.signal.aborted) onChange(discovery);
    });
  };
  const sources = configs.map((config) => new TargetSource(config, context, change));
  const discovery: Discovery = {
    get targets() {
      return targets;
    },
    get parts() {
      return sources.flatMap((source) => source.parts);
    },
    get isReady() {
      return sources.every((source) => source.isAsked);
    },
    get isWhole() {
      return discovery.isReady && discovery.parts.every(({ freshMs }) => freshMs !== null);
    },
    get duplicates() {
      return duplicates;
    },
    ready,
    async close() {
      ending.abort();
      await running;
      becomeReady();
    },
  };
  const running = Promise.all(sources.map((source) => source.follow(ending.signal)));
  if (sources.length === 0) becomeReady();
  return discovery;
}

/** One sentence about a part, for logs and /readyz: "http https://sd/targets: it answered 503; its 12 targets are 5 min old". */
export function describePart({ name, targets, freshMs, problem }: PartState, nowMs: number): string {
  const count = `${targets.length} target${targets.length === 1 ? "" : "s"}`;
  if (problem === null) return `${name}: ${count}`;
  if (freshMs === null) return `${name}: ${problem}; it has never answered`;
  return `${name}: ${problem}; its ${count} ${targets.length === 1 ? "is" : "are"} ${formatQuantity(nowMs - freshMs, "ms")} old`;
}
