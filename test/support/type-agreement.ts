import type { ElfFile } from "../../src/formats/elf/elf-file.ts";
import { type HeapSnapshot, readHeap } from "../../src/heap/heap-snapshot.ts";
import { openCore } from "../../src/heap/memory/process-image.ts";
import { UNKNOWN_TYPE } from "../../src/heap/types/go-types.ts";

/** How the types found without debug information compare with those found with it, of the same heap; shares of bytes. */
export interface TypeAgreement {
  same: number;
  /** Without: not known, or only by who holds it or what it is made like. */
  unknown: number;
  other: number;
  /** Bytes by "with it, without it", largest first. */
  others: [pair: string, bytes: number][];
}

/** Reads a core twice: with its executable, and with that executable as `-s -w` leaves it. */
export async function compareTypes(core: ElfFile, exe: ElfFile): Promise<TypeAgreement> {
  const isKept = ({ name }: { name: string }) => !/^\.(z?debug_|symtab|strtab)/.test(name);
  const stripped = { ...exe, sections: exe.sections.filter(isKept) };
  const known = await readHeap(openCore(core, exe));
  const found = await readHeap(openCore(core, stripped));
  const { index, reachable } = known;
  const { spans } = index;
  const bytes = { same: 0, unknown: 0, other: 0 };
  const others = new Map<string, number>();
  for (let span = 0; span < spans.length; span++) {
    const size = spans.elementBytes[span]!;
    const first = spans.firstObject[span]!;
    for (let object = first; object < first + spans.elements[span]!; object++) {
      if (!reachable.has(object)) continue;
      const [a, b] = [nameOf(known, object), nameOf(found, object)];
      if (a === "" || b === "") bytes.unknown += size;
      else if (a === b) bytes.same += size;
      else {
        bytes.other += size;
        others.set(`${a}, ${b}`, (others.get(`${a}, ${b}`) ?? 0) + size);
      }
    }
  }
  const all = Math.max(1, bytes.same + bytes.unknown + bytes.other);
  return {
    same: bytes.same / all,
    unknown: bytes.unknown / all,
    other: bytes.other / all,
    others: [...others].sort((x, y) => y[1] - x[1]),
  };
}

/** Names that say what something is made like are no types. */
const MADE_LIKE = /^(map \(|\[\]T without pointers|small values without pointers)/;

/** "" if it has none; an array is as good as its elements, and a generic type's shape as its instance. */
function nameOf({ typed, types }: HeapSnapshot, object: number): string {
  const type = typed.type[object]!;
  const { name } = types.get(type);
  if (type === UNKNOWN_TYPE || typed.namedByHolder.has(type) || MADE_LIKE.test(name)) return "";
  const plain = name.replace(/^(\[\d+\])+/, "");
  return /\[.*go\.shape\./.test(plain) || /^\w+\.\w+\[/.test(plain)
    ? plain.slice(0, plain.indexOf("["))
    : plain;
}
