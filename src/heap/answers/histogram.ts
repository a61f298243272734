import type { HeapSnapshot } from "../heap-snapshot.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";

export interface HistogramRow {
  /** Of the type; "" for objects whose type is not known. */
  name: string;
  objects: number;
  bytes: number;
}

/** Reachable objects by what they are, largest first. */
export function histogramByType(heap: HeapSnapshot): HistogramRow[] {
  const { index, reachable, typed, types } = heap;
  const objects = new Float64Array(types.length);
  const bytes = new Float64Array(types.length);
  const { spans } = index;
  for (let span = 0; span < spans.length; span++) {
    const first = spans.firstObject[span]!;
    const size = spans.elementBytes[span]!;
    for (let object = first; object < first + spans.elements[span]!; object++) {
      if (!reachable.has(object)) continue;
      const type = typed.type[object]!;
      objects[type]!++;
      bytes[type]! += size;
    }
  }
  const rows: HistogramRow[] = [];
  for (let type = 0; type < types.length; type++) {
    if (objects[type]! > 0)
      rows.push({
        name: type === UNKNOWN_TYPE ? "" : types.get(type).name,
        objects: objects[type]!,
        bytes: bytes[type]!,
      });
  }
  return rows.sort((a, b) => b.bytes - a.bytes);
}

/** The same by the package that the type belongs to: "main", "net/http"; containers count for their element's. */
export function histogramByPackage(rows: readonly HistogramRow[]): HistogramRow[] {
  const packages = new Map<string, HistogramRow>();
  for (const { name, objects, bytes } of rows) {
    const key = packageOf(name);
    const row = packages.get(key) ?? { name: key, objects: 0, bytes: 0 };
    row.objects += objects;
    row.bytes += bytes;
    packages.set(key, row);
  }
  return [...packages.values()].sort((a, b) => b.bytes - a.bytes);
}

/** The package of a type; of a container its element's. "(builtin)" for string and the like. */
export function packageOf(type: string): string {
  if (type === "") return "";
  // The last qualified name: of map[string]*main.Session that is main's.
  const names = [...type.matchAll(/([\w./-]*\w)\.\w/g)].map((match) => match[1]!);
  return names.findLast((name) => name !== "map" && name !== "noalg.map") ?? "(builtin)";
}
