import type { AddressSpace } from "../memory/address-space.ts";
import type { SpanTable } from "../objects/span-table.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";

type SpecialKind = "finalizer" | "cleanup" | "weak-handle" | "profile" | "other";

/** What the runtime keeps beside an object (runtime/mheap.go, special). */
export interface Special {
  kind: SpecialKind;
  span: number;
  /** Of the object, from the start of its span. */
  offset: number;
  address: number;
}

/** Specials of one object: there are ten kinds, and cleanups may be several. A longer list is a circle. */
const MAX_SPECIALS_OF_OBJECT = 1000;

const MAX_SPECIALS = 1_000_000;

/** Calls `onSpecial` for every special of every span. */
export function readSpecials(
  space: AddressSpace,
  layout: RuntimeLayout,
  spans: SpanTable,
  onSpecial: (special: Special) => void,
): void {
  const { special } = layout.structs;
  const kinds = kindsOf(layout);
  const wide = special.kind - special.offset === 8;
  for (let span = 0; span < spans.length; span++) {
    let at = spans.specials[span]!;
    const most = Math.min(spans.elements[span]! * MAX_SPECIALS_OF_OBJECT, MAX_SPECIALS);
    for (let i = 0; at > 0 && i < most; i++) {
      const code = space.u8(at + special.kind);
      if (Number.isNaN(code)) break;
      const offset = wide ? space.u64(at + special.offset) : space.u16(at + special.offset);
      onSpecial({ kind: kinds.get(code) ?? "other", span, offset, address: at });
      at = space.u64(at + special.next);
    }
  }
}

function kindsOf({ constants }: RuntimeLayout): Map<number, SpecialKind> {
  const kinds = new Map<number, SpecialKind>();
  const set = (code: number, kind: SpecialKind) => {
    if (code >= 0) kinds.set(code, kind);
  };
  set(constants.kindSpecialFinalizer, "finalizer");
  set(constants.kindSpecialCleanup, "cleanup");
  set(constants.kindSpecialWeakHandle, "weak-handle");
  set(constants.kindSpecialProfile, "profile");
  return kinds;
}
