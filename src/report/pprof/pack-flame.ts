import { deflateRawSync } from "node:zlib";
import type { FlameData } from "./flame-data.ts";

/** A column in the packed form; `values` says how many. */
interface PackedColumn {
  key: string;
  /** Which of several: the type of a value; -1 for a column that is alone. */
  at: number;
  kind: "i32" | "u32" | "u8" | "f64";
  values: number;
}

/** What stands before the columns, as JSON: `FlameData` without them. */
export interface PackedHead {
  data: Omit<FlameData, ColumnKey>;
  columns: PackedColumn[];
}

type ColumnKey =
  | "parent"
  | "name"
  | "label"
  | "file"
  | "line"
  | "hasMoreLines"
  | "hidden"
  | "origin"
  | "total"
  | "self"
  | "base";

const COLUMN_KEYS: readonly ColumnKey[] = [
  "parent",
  "name",
  "label",
  "file",
  "line",
  "hasMoreLines",
  "hidden",
  "origin",
  "total",
  "self",
  "base",
];
/** So that every column can be looked at in place. */
const ALIGNMENT_BYTES = 8;
const HEAD_LENGTH_BYTES = 8;
/** Numbers of a tree shrink to a fifth at the fastest level, and little more at any other. */
const DEFLATE_LEVEL = 1;

/**
 * A tree for a page, as base64 of deflated bytes: length of the head (uint32 at 0), the head in JSON at 8, then the columns
 * in the head's order, each at a multiple of 8, little-endian. `unpackFlame` of src/web/profile reads it.
 */
export function packFlame(data: FlameData): string {
  const { parent, name, label, file, line, hasMoreLines, hidden, origin, total, self, base, ...rest } = data;
  const all = { parent, name, label, file, line, hasMoreLines, hidden, origin, total, self, base };
  const columns: PackedColumn[] = [];
  const parts: (Int32Array | Uint32Array | Uint8Array | Float64Array)[] = [];
  for (const key of COLUMN_KEYS) {
    const value = all[key];
    for (const [at, column] of (Array.isArray(value) ? value : [value]).entries()) {
      columns.push({ key, at: Array.isArray(value) ? at : -1, kind: kindOf(column), values: column.length });
      parts.push(column);
    }
  }
  const head = new TextEncoder().encode(JSON.stringify({ data: rest, columns } satisfies PackedHead));
  let length = align(HEAD_LENGTH_BYTES + head.length);
  for (const part of parts) length = align(length + part.byteLength);
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, HEAD_LENGTH_BYTES);
  let offset = align(HEAD_LENGTH_BYTES + head.length);
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset = align(offset + part.byteLength);
  }
  return deflateRawSync(bytes, { level: DEFLATE_LEVEL }).toString("base64");
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

function kindOf(column: Int32Array | Uint32Array | Uint8Array | Float64Array): PackedColumn["kind"] {
  if (column instanceof Float64Array) return "f64";
  if (column instanceof Int32Array) return "i32";
  return column instanceof Uint32Array ? "u32" : "u8";
}
