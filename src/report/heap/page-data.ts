import type { DominatorExtract, ExtractKind } from "../../heap/answers/dominator-extract.ts";
import type { HistogramRow } from "../../heap/answers/histogram.ts";
import { packageOf } from "../../heap/answers/histogram.ts";
import { InternedTexts } from "../interned-texts.ts";
import type { HeapLabels } from "./labels.ts";
import type { HeapScriptLabels } from "./page-labels.ts";

/** What the page's script works on, in columns, every string once. */
export interface HeapPageData {
  labels: HeapScriptLabels;
  strings: string[];
  /** The heavy part of the dominator tree (see DominatorExtract); a row comes after its parent. */
  tree: {
    parent: number[];
    /** Index into `strings`. */
    label: number[];
    /** Index into `strings`. */
    type: number[];
    address: number[];
    own: number[];
    retained: number[];
    count: number[];
    /** 0 node, 1 shared, 2 folded, 3 chain, 4 rest, 5 within. */
    kind: number[];
  };
  types: {
    /** Index into `strings`. */
    name: number[];
    /** Index into `strings`. */
    package: number[];
    objects: number[];
    bytes: number[];
  };
}

const KINDS: readonly ExtractKind[] = ["node", "shared", "folded", "chain", "rest", "within"];

export function buildHeapPageData(
  { tree, types }: { tree: DominatorExtract; types: readonly HistogramRow[] },
  labels: HeapLabels,
  script: HeapScriptLabels,
): HeapPageData {
  const interned = new InternedTexts();
  const intern = (text: string) => interned.numberOf(text);
  return {
    labels: script,
    strings: interned.texts,
    tree: {
      parent: tree.parent,
      label: tree.label.map((label) => intern(labels.name(label))),
      type: tree.type.map((type) => intern(labels.name(type))),
      address: tree.address,
      own: tree.ownBytes,
      retained: tree.retainedBytes,
      count: tree.count,
      kind: tree.kind.map((kind) => KINDS.indexOf(kind)),
    },
    types: {
      name: types.map(({ name }) => intern(labels.name(name) || labels.unknownType)),
      package: types.map(({ name }) => intern(packageOf(name) || labels.unknownType)),
      objects: types.map(({ objects }) => objects),
      bytes: types.map(({ bytes }) => bytes),
    },
  };
}
