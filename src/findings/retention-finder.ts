import type { CodeSite } from "../analysis/code-site.ts";
import type { GrowthSite, HeapGrowth } from "../analysis/heap-growth.ts";
import { findOwnFrames } from "../analysis/own-frames.ts";
import type { RetentionPath } from "../source/retained-store.ts";
import { traceRetention } from "../source/retention-path.ts";

/** What the source says of growing sites: which statement keeps what is allocated there. Each site is traced once. */
export class RetentionFinder {
  readonly #source: ReadonlyMap<string, string>;
  readonly #heap: HeapGrowth;
  readonly #paths = new Map<GrowthSite, RetentionPath | undefined>();

  constructor(source: ReadonlyMap<string, string>, heap: HeapGrowth) {
    this.#source = source;
    this.#heap = heap;
  }

  /** The way from the allocation to a store that can keep it from sample to sample, if the source shows one. */
  findPath(site: GrowthSite): RetentionPath | undefined {
    if (this.#paths.has(site)) return this.#paths.get(site);
    const found = traceRetention(this.#source, findOwnFrames(this.#heap, site.node));
    // A local of one call is gone with it.
    const path = found?.store.lifetime === "call" ? undefined : found;
    this.#paths.set(site, path);
    return path;
  }

  /** Position of that store, for joining sites that end up in the same container. */
  findStore(site: GrowthSite): CodeSite | undefined {
    const store = this.findPath(site)?.store;
    return store === undefined ? undefined : { function: store.function, file: store.file, line: store.line };
  }
}
