import type { CodeSite } from "../analysis/code-site.ts";
import type { GrowthCluster } from "../analysis/growth-clusters.ts";
import { quantity } from "../lib/quantity.ts";
import type { HeapContainer, HeapContents, HeapKeyForms } from "../tables/heap-contents.ts";
import { type Statement, statement } from "./statement.ts";

/** The container that the source calls `owner`: "Store.sessions", or "cache" for a package variable. */
export function findNamedContainer(contents: HeapContents, owner: string): HeapContainer | undefined {
  if (owner === "") return undefined;
  const wanted = withoutTypeArguments(owner);
  return contents.containers.find(
    (container) => container.isNamed && isCalled(withoutTypeArguments(container.owner), wanted),
  );
}

/** The same, or by the name that the heap has for it. */
export function findContainer(contents: HeapContents, name: string): HeapContainer | undefined {
  return contents.containers.find(({ owner }) => owner === name) ?? findNamedContainer(contents, name);
}

/** "session.Store.sessions" is "Store.sessions" of a package; "main.cache" is "cache", and no field of that name. */
function isCalled(name: string, wanted: string): boolean {
  const dot = name.indexOf(".");
  return name.slice(dot + 1) === wanted || name === wanted;
}

/** "cache.Store[string,int].items" → "cache.Store.items"; "[…]" behind a name is part of the way and stays. */
export function withoutTypeArguments(name: string): string {
  let text = name;
  for (;;) {
    const shorter = text.replace(/\[[^[\]…]+\]/g, "");
    if (shorter === text) return text;
    text = shorter;
  }
}

export interface SampledHolder {
  container: HeapContainer;
  /** Of the cluster's lines. */
  samples: number;
  /** The line of the cluster from which most of them are. */
  site: CodeSite;
}

/**
 * Containers that keep the sampled objects from a cluster's lines alive, those with most of them first. A container in
 * which nothing piles up only leads to the one that does, and one of many small ones is what the entries are made of.
 */
export function findSampledHolders(contents: HeapContents, cluster: GrowthCluster): SampledHolder[] {
  const { values, container: grown } = cluster;
  const sites = (grown === undefined ? values : [...values, grown]).map(({ site }) => site);
  const least = SMALL_SHARE * (cluster.inuseBytes.at(-1) ?? 0);
  return contents.containers
    .filter(({ largest }) => largest.isAccumulation && largest.retainedBytes >= least)
    .flatMap((container): SampledHolder[] => {
      const counts = sites.map((site) => ({
        site,
        samples: container.allocatedAt
          .filter(({ stack }) => stack.some((place) => isAt(place, site)))
          .reduce((sum, place) => sum + place.samples, 0),
      }));
      const [best] = counts.toSorted((a, b) => b.samples - a.samples);
      const samples = counts.reduce((sum, count) => sum + count.samples, 0);
      return best === undefined || samples < LEAST_SAMPLES ? [] : [{ container, samples, site: best.site }];
    })
    .sort((a, b) => b.samples - a.samples || a.container.retainedBytes - b.container.retainedBytes);
}

/** Type arguments are "[...]" in a profile and whole in the program's own tables, or the other way round. */
function isAt(place: CodeSite, site: CodeSite): boolean {
  return (
    place.line === site.line &&
    (place.function === site.function || plainName(place.function) === plainName(site.function))
  );
}

function plainName(name: string): string {
  return name.replace(/\[.*\]/, "");
}

const LEAST_SAMPLES = 4;
const SMALL_SHARE = 0.1;

export function describeContainer(container: HeapContainer, contents: HeapContents): Statement[] {
  const { kind, owner, type, largest, count } = container;
  const result = [
    statement("heap-container", {
      owner,
      kind,
      type,
      entries: quantity(largest.entries, "count"),
      capacity: quantity(largest.capacity, "count"),
      bytes: quantity(largest.retainedBytes, "bytes"),
      share: quantity(largest.retainedBytes / contents.reachableBytes, "fraction"),
      shared: quantity(largest.sharedBytes, "bytes"),
    }),
  ];
  if (count > 1) {
    result.push(
      statement("heap-containers", {
        owner,
        type,
        count: quantity(count, "count"),
        entries: quantity(container.entries, "count"),
        bytes: quantity(container.retainedBytes, "bytes"),
      }),
    );
  }
  if (container.isNamed && largest.path !== owner)
    result.push(statement("heap-path", { owner, path: largest.path }));
  if (largest.keys !== undefined && largest.keys.forms.length > 0)
    result.push(...describeKeys(owner, largest.keys));
  if (container.holdsCallbacks && largest.callback !== undefined) {
    const { function: name, closures } = largest.callback;
    result.push(
      statement("heap-callbacks", { owner, function: name, closures: quantity(closures, "count") }),
    );
  }
  if (kind === "channel") {
    const [senders, receivers] = [quantity(largest.senders, "count"), quantity(largest.receivers, "count")];
    result.push(statement("heap-channel-waiters", { owner, senders, receivers }));
  }
  return result;
}

const FORMS_TOLD = 3;

function describeKeys(owner: string, keys: HeapKeyForms): Statement[] {
  const result = [
    statement("heap-keys", {
      owner,
      sampled: quantity(keys.sampled, "count"),
      forms: keys.forms
        .slice(0, FORMS_TOLD)
        .map(({ form, share }) => `${form} (${Math.round(100 * share)} %)`)
        .join(", "),
      distinct: quantity(keys.distinctForms, "fraction"),
    }),
  ];
  if (keys.length !== undefined) {
    result.push(
      statement("heap-key-lengths", {
        shortest: quantity(keys.length.min, "bytes"),
        median: quantity(keys.length.median, "bytes"),
        longest: quantity(keys.length.max, "bytes"),
        entropy: quantity(keys.entropyBitsPerByte, "count"),
      }),
    );
  }
  return result;
}

const LEAST_KEYS = 100;
const FEW_FORMS = 0.2;
const MAIN_FORM = 0.3;

/**
 * What keys carry that should be normalised away, told by their forms: many keys, few forms, and in the forms what is
 * no id of the thing itself. A key such as "session:N" is one; a path with an id in it is not.
 */
export function findAvoidablePart(
  keys: HeapKeyForms | undefined,
): "address" | "timestamp" | "url" | undefined {
  if (keys === undefined || keys.sampled < LEAST_KEYS || keys.distinctForms > FEW_FORMS) return undefined;
  const main = keys.forms.find(({ share }) => share >= MAIN_FORM)?.form;
  if (main === undefined) return undefined;
  if (/(?<![A-Za-z])T(?![A-Za-z])/.test(main)) return "timestamp";
  if (/N\.N\.N\.N:N|\]:N/.test(main)) return "address";
  if (/\/[^ ]*[NHU](?![A-Za-z])|[?&][^ ]*=/.test(main)) return "url";
  return undefined;
}
