import { type DebugEntries, TAG } from "../../formats/dwarf/debug-entries.ts";
import {
  LAYOUT_CONSTANTS,
  LAYOUT_FIELDS,
  type LayoutConstants,
  type StructLayouts,
} from "./layout-fields.ts";

/**
 * The layout of the runtime's structures as a binary's own debug information has it: exact for any version, also one
 * that no table knows.
 */
export function findLayouts(entries: DebugEntries): { structs: StructLayouts; constants: LayoutConstants } {
  const structRow = new Map<string, number>();
  const constant = new Map<string, number>();
  const wantedStructs = new Set<string>(Object.values(LAYOUT_FIELDS).flatMap(({ names }) => names));
  const wantedConstants = new Set<string>(Object.values(LAYOUT_CONSTANTS).flat());
  for (let row = 0; row < entries.length; row++) {
    const tag = entries.tag[row];
    if (tag !== TAG.structure && tag !== TAG.constant) continue;
    const name = entries.nameOf(row);
    if (tag === TAG.structure && wantedStructs.has(name)) structRow.set(name, row);
    else if (tag === TAG.constant && wantedConstants.has(name)) constant.set(name, entries.read(row).value);
  }
  const structs = mapValues(LAYOUT_FIELDS, ({ names, fields }) => {
    const row = names.map((name) => structRow.get(name)).find((found) => found !== undefined);
    const offsets = row === undefined ? new Map<string, number>() : readMembers(entries, row);
    return {
      size: row === undefined ? -1 : entries.read(row).byteSize,
      ...Object.fromEntries(fields.map((field: string) => [field, offsetOf(offsets, field)])),
    };
  });
  const constants = mapValues(
    LAYOUT_CONSTANTS,
    (names) => names.map((name: string) => constant.get(name)).find((value) => value !== undefined) ?? -1,
  );
  return { structs: structs as StructLayouts, constants };
}

/** Before Go 1.21 maptype was the runtime's own, with fields of small letters; _func's too before 1.20. */
const OLD_NAMES: Readonly<Record<string, string>> = { ValueSize: "elemsize" };

function offsetOf(offsets: ReadonlyMap<string, number>, field: string): number {
  const old = OLD_NAMES[field] ?? field.toLowerCase();
  return offsets.get(field) ?? offsets.get(old) ?? -1;
}

/** Offsets of the members of the structure at `row`, by name. */
function readMembers(entries: DebugEntries, row: number): Map<string, number> {
  const members = new Map<string, number>();
  const depth = entries.depth[row]!;
  for (let at = row + 1; at < entries.length && entries.depth[at]! > depth; at++) {
    if (entries.tag[at] === TAG.member) members.set(entries.nameOf(at), entries.read(at).value);
  }
  return members;
}

function mapValues<K extends string, V, R>(record: Record<K, V>, map: (value: V) => R): Record<K, R> {
  return Object.fromEntries(Object.entries<V>(record).map(([key, value]) => [key, map(value)])) as Record<
    K,
    R
  >;
}
