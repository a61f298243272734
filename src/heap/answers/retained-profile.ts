import type { Profile } from "../../tables/profile.ts";
import { ProfileBuilder } from "../../tables/profile-builder.ts";
import { objectOfNode } from "../graph/rooted-graph.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { groupName } from "../names/path-names.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";

/** Distinct paths; what lies deeper than the last that fits counts for it. */
const MAX_PATHS = 200_000;
const MAX_DEPTH = 128;

interface Path {
  parent: number;
  label: number;
  depth: number;
  objects: number;
  bytes: number;
}

/**
 * The live heap as a pprof profile: each object's bytes at the end of the way down the dominator tree that leads to it,
 * by types below the variable or goroutine. So a flame graph shows who keeps what, and each box is a retained size.
 * Types that follow themselves, as in a list, are one frame.
 */
export function buildRetainedProfile(heap: HeapSnapshot): Profile {
  const { dominators, graph, typed, types, index } = heap;
  const labels = new Map<string, number>();
  const labelOf = (text: string) => {
    let label = labels.get(text);
    if (label === undefined) {
      label = labels.size;
      labels.set(text, label);
    }
    return label;
  };
  const typeLabel = Array.from({ length: types.length }, (_, type) =>
    labelOf(type === UNKNOWN_TYPE ? "type not known" : typeLabelOf(types.get(type).name)),
  );
  const paths: Path[] = [{ parent: 0, label: labelOf("live heap"), depth: 0, objects: 0, bytes: 0 }];
  const children = new Map<number, number>();
  const pathOf = new Uint32Array(dominators.dominator.length);
  const { reached, dominator } = dominators;
  for (let node = 1; node < reached; node++) {
    const above = dominator[node]!;
    const object = objectOfNode(graph, node);
    const label = object < 0 ? labelOf(rootLabel(heap, node - 1)) : typeLabel[typed.type[object]!]!;
    const path = enter(pathOf[above]!, label);
    pathOf[node] = path;
    if (object < 0) continue;
    paths[path]!.objects++;
    paths[path]!.bytes += index.sizeOf(object);
  }
  return encode();

  function enter(parent: number, label: number): number {
    const from = paths[parent]!;
    if (from.label === label || from.depth === MAX_DEPTH) return parent;
    const key = parent * 2 ** 24 + label;
    const known = children.get(key);
    if (known !== undefined) return known;
    if (paths.length === MAX_PATHS) return parent;
    paths.push({ parent, label, depth: from.depth + 1, objects: 0, bytes: 0 });
    children.set(key, paths.length - 1);
    return paths.length - 1;
  }

  function encode(): Profile {
    const builder = new ProfileBuilder([
      ["inuse_objects", "count"],
      ["inuse_space", "bytes"],
    ]);
    const file = builder.strings.internText("");
    for (const [text, label] of labels) {
      const location = builder.internLocation(label + 1, 0);
      builder.addLine(location, builder.strings.internText(text), file, 0);
    }
    for (const [i, { objects, bytes }] of paths.entries()) {
      if (objects === 0) continue;
      builder.beginSample([objects, bytes]);
      for (let at = i; at !== 0; at = paths[at]!.parent)
        builder.pushLocation(builder.internLocation(paths[at]!.label + 1, 0));
    }
    return builder.build(builder.valueType("space", "bytes"), 1);
  }
}

/** Goroutines that began with one function are one frame. */
function rootLabel(heap: HeapSnapshot, group: number): string {
  const name = groupName(heap, group);
  if (heap.roots.table.groups[group]!.kind !== "goroutine") return name;
  return name.replace(/^goroutine \d+ \((.*)\)$/, "goroutines of $1");
}

/** pprof takes brackets at the end of a name for a C++ function's parameters, and drops them. */
function typeLabelOf(name: string): string {
  return name.replace(/ \(([a-z ]+)\)$/, ", $1");
}
