import type { TypedObjects } from "../typed-objects.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";

export interface HistogramRow {
  /** Of the type, package or owner; "" for objects whose type is not known. */
  name: string;
  objects: number;
  bytes: number;
}

/** Objects that can be reached, counted by one thing. */
export interface HeapHistogram {
  goVersion: string;
  by: "type" | "package" | "owner";
  /** Of all rows. */
  objects: number;
  bytes: number;
  /** Rows there are; `rows` are the largest of them. */
  rowCount: number;
  rows: HistogramRow[];
}

/** Of types or packages; that of owners is in owner-histogram.ts. */
export function buildHistogram(
  heap: TypedObjects,
  { by, top }: { by: "type" | "package"; top: number },
): HeapHistogram {
  const types = histogramByType(heap);
  return summarise(heap, by, by === "type" ? types : histogramByPackage(types), top);
}

/** @param all largest first */
export function summarise(
  { build }: Pick<TypedObjects, "build">,
  by: HeapHistogram["by"],
  all: readonly HistogramRow[],
  top: number,
): HeapHistogram {
  return {
    goVersion: build.version,
    by,
    objects: all.reduce((total, row) => total + row.objects, 0),
    bytes: all.reduce((total, row) => total + row.bytes, 0),
    rowCount: all.length,
    rows: all.slice(0, top),
  };
}

/** Reachable objects by what they are, largest first. */
export function histogramByType(heap: TypedObjects): HistogramRow[] {
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
