import { compareUtf8 } from "../lib/compare-utf8.ts";
import { TripleInterner } from "../lib/triple-interner.ts";
import type { Profile } from "../tables/profile.ts";
import type { FrameNodes } from "./frame-nodes.ts";
import { BASE_LABEL, hasLabels, readSampleLabels } from "./labels.ts";
import { formatMeasure } from "./measurement.ts";
import type { Report } from "./report.ts";

/** The one numeric label that graphs show. */
const NUMBER_KEY = "bytes";
const ROOT = 0xffff_ffff;

export interface Tag {
  name: string;
  /** Of a number: its value and unit. */
  value: number;
  unit: string;
  flat: number;
  cum: number;
  flatDivisor: number;
  cumDivisor: number;
}

/** What the samples of a node are labelled with, and beside which labels which numbers stand. */
export interface NodeTags {
  labels: Map<string, Tag>;
  numbers: Map<string, Map<string, Tag>>;
}

/** The nodes of a sample from its root to its leaf: places, or with "tree" ways to places. */
export class SamplePaths {
  readonly #profile: Profile;
  readonly #frames: FrameNodes;
  /** Parent or ROOT, frame node, 0. */
  readonly tree: TripleInterner | undefined;
  /** Filled by `read`. */
  readonly nodes: number[] = [];
  /** Whether each of `nodes` is inlined into the one before. */
  readonly isInline: boolean[] = [];

  constructor(profile: Profile, frames: FrameNodes, kind: "graph" | "tree" = "graph") {
    this.#profile = profile;
    this.#frames = frames;
    this.tree = kind === "tree" ? new TripleInterner() : undefined;
  }

  read(sample: number): void {
    const { locationStart, location } = this.#profile.samples;
    const { frameStart, frameNode } = this.#frames;
    this.nodes.length = 0;
    this.isInline.length = 0;
    let parent = ROOT;
    for (let at = locationStart[sample + 1]! - 1; at >= locationStart[sample]!; at--) {
      const last = frameStart[location[at]! + 1]! - 1;
      for (let frame = last; frame >= frameStart[location[at]!]!; frame--) {
        const node = frameNode[frame]!;
        parent = this.tree?.intern(parent, node, 0) ?? node;
        this.nodes.push(parent);
        this.isInline.push(frame !== last);
      }
    }
  }
}

/** Counts the labels of some nodes (google/pprof, internal/graph/graph.go, addSample). */
export function countTags(
  report: Report,
  paths: SamplePaths,
  wanted: readonly number[],
): Map<number, NodeTags> {
  const counted = new Map(
    wanted.map((node): [number, NodeTags] => [node, { labels: new Map(), numbers: new Map() }]),
  );
  const { profile, values } = report;
  for (let sample = 0; sample < profile.samples.length; sample++) {
    const value = values.value[sample]!;
    const divisor = values.divisor?.[sample] ?? 0;
    if ((value === 0 && divisor === 0) || !hasLabels(profile.samples, sample)) continue;
    paths.read(sample);
    const labels = describeLabels(report, sample);
    for (const node of new Set(paths.nodes)) {
      for (const tag of findTags(counted.get(node), labels)) {
        tag.cum += value;
        tag.cumDivisor += divisor;
      }
    }
    const leaf = paths.nodes.at(-1);
    // A leaf that is not listed counts for none.
    if (leaf === undefined) continue;
    for (const tag of findTags(counted.get(leaf), labels)) {
      tag.flat += value;
      tag.flatDivisor += divisor;
    }
  }
  return counted;
}

interface SampleTags {
  joined: string;
  numbers: { name: string; value: number; unit: string }[];
}

function describeLabels({ profile, labelUnits, outputUnit }: Report, sample: number): SampleTags {
  const { strings, numbers } = readSampleLabels(profile, sample);
  strings.delete(BASE_LABEL);
  const joined = [...strings]
    .flatMap(([key, values]) => values.map((value) => `${key}:${value}`))
    .sort(compareUtf8)
    .join("\\n");
  const unit = labelUnits.unitOf(NUMBER_KEY);
  const values = numbers.get(NUMBER_KEY)?.values ?? [];
  return {
    joined,
    numbers: values.map((value) => ({
      name: formatMeasure(Number(value), unit, outputUnit),
      value: Number(value),
      unit,
    })),
  };
}

function* findTags(tags: NodeTags | undefined, { joined, numbers }: SampleTags): Generator<Tag> {
  if (tags === undefined) return;
  if (joined !== "") yield findTag(tags.labels, joined, 0, "");
  let beside = tags.numbers.get(joined);
  if (beside === undefined) {
    beside = new Map();
    tags.numbers.set(joined, beside);
  }
  for (const { name, value, unit } of numbers) yield findTag(beside, name, value, unit);
}

function findTag(tags: Map<string, Tag>, name: string, value: number, unit: string): Tag {
  let tag = tags.get(name);
  if (tag === undefined) {
    tag = { name, value, unit, flat: 0, cum: 0, flatDivisor: 0, cumDivisor: 0 };
    tags.set(name, tag);
  }
  return tag;
}

/** Without the tags whose flat and cumulative values are both below the cutoff. */
export function trimTags(tags: NodeTags | undefined, cutoff: number): NodeTags | undefined {
  if (tags === undefined) return undefined;
  const trim = (all: Map<string, Tag>): Map<string, Tag> =>
    new Map([...all].filter(([, { flat, cum }]) => Math.abs(flat) >= cutoff || Math.abs(cum) >= cutoff));
  return {
    labels: trim(tags.labels),
    numbers: new Map([...tags.numbers].map(([label, numbers]) => [label, trim(numbers)])),
  };
}

/** By magnitude of flat, or of cum and then flat; then by name. */
export function sortTags(tags: Iterable<Tag>, byFlat: boolean): Tag[] {
  return [...tags].sort(
    (a, b) =>
      (byFlat ? 0 : Math.abs(b.cum) - Math.abs(a.cum)) ||
      Math.abs(b.flat) - Math.abs(a.flat) ||
      compareUtf8(a.name, b.name),
  );
}
