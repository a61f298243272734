import { type GoTypes, type TypeIndex, UNKNOWN_TYPE } from "./go-types.ts";
import { isHashTrieMap } from "./hash-trie.ts";
import { KIND } from "./rtype.ts";

/** A word (or two) of a value from which something else is reached. */
export interface PointerStep {
  offset: number;
  /**
   * reflect.Kind: pointer (a slice's first word is one as well), string, interface, map, chan, func; array for one too long
   * to be told element by element; HASH_TRIE.
   */
  kind: number;
  /** Of the value at the offset. */
  type: TypeIndex;
  /** What a pointer points to. */
  elem: TypeIndex;
}

const WORD = 8;
/** No reflect.Kind: a struct of sync.Map's machine, whose nodes are told apart by their contents. */
export const HASH_TRIE = 64;

/** Up to Go 1.23; its last word leads to another bucket, without saying so. */
const MAP_BUCKET = /^(noalg\.)?map\.bucket\[/;
/** The runtime's own atomic.Pointer[T]; those of shapes name no type that the program has. */
const RUNTIME_POINTER = /^(?:internal\/runtime|runtime\/internal)\/atomic\.Pointer\[((?!go\.shape\.).*)\]$/s;
/** Types nest by value; none of real programs is deeper. */
const MAX_DEPTH = 64;
/** Arrays within arrays that are looked into. */
const MAX_ARRAY_DEPTH = 16;
/** Steps of an array up to which it is told element by element. */
const MAX_ARRAY_STEPS = 64;
/** Values within a value: a type of more is damage (it may contain itself), and is followed no further. */
const MAX_VALUES = 1 << 18;

/** Where the pointers of each type are and to what they point, worked out once instead of at every object. */
export class PointerSteps {
  readonly #types: GoTypes;
  readonly #steps: (readonly PointerStep[] | undefined)[] = [];
  #values = 0;

  constructor(types: GoTypes) {
    this.#types = types;
  }

  /** More has become known of a type. */
  forget(type: TypeIndex): void {
    this.#steps[type] = undefined;
  }

  of(type: TypeIndex): readonly PointerStep[] {
    const known = this.#steps[type];
    if (known !== undefined) return known;
    const steps: PointerStep[] = [];
    // Before its parts, should it contain itself.
    this.#steps[type] = steps;
    const before = this.#values;
    this.#values = 0;
    this.#add(steps, type, 0, 0);
    this.#values = before;
    return steps;
  }

  /** What the pointer is that stands `offset` bytes from the start of a value; of an interface its second word. */
  at(type: TypeIndex, offset: number): PointerStep | undefined {
    return this.#at(type, offset, 0);
  }

  #at(type: TypeIndex, offset: number, depth: number): PointerStep | undefined {
    for (const step of this.of(type)) {
      if (step.kind === KIND.array) {
        const { size } = this.#types.get(step.elem);
        const within = offset - step.offset;
        if (within >= 0 && within < this.#types.get(step.type).size && size > 0 && depth < MAX_ARRAY_DEPTH)
          return this.#at(step.elem, within % size, depth + 1);
      } else if (offset === step.offset + (step.kind === KIND.interface ? WORD : 0)) return step;
    }
    return undefined;
  }

  #add(steps: PointerStep[], type: TypeIndex, offset: number, depth: number): void {
    const { kind, elem, count, hasPointers } = this.#types.get(type);
    if (!hasPointers || depth > MAX_DEPTH || this.#values++ > MAX_VALUES) return;
    switch (kind) {
      case KIND.pointer:
      case KIND.slice:
        steps.push({ offset, kind: KIND.pointer, type, elem });
        return;
      case KIND.string:
      case KIND.interface:
      case KIND.map:
      case KIND.chan:
      case KIND.func:
        steps.push({ offset, kind, type, elem });
        return;
      case KIND.array: {
        const { size } = this.#types.get(elem);
        const each = this.of(elem).length;
        if (each === 0) return;
        if (count * each > MAX_ARRAY_STEPS) {
          steps.push({ offset, kind, type, elem });
          return;
        }
        for (let i = 0; i < count; i++) this.#add(steps, elem, offset + i * size, depth + 1);
        return;
      }
      case KIND.struct:
        this.#addStruct(steps, type, offset, depth);
    }
  }

  #addStruct(steps: PointerStep[], type: TypeIndex, offset: number, depth: number): void {
    const fields = this.#types.fields(type);
    const { name } = this.#types.get(type);
    if (isAtomicPointer(name)) {
      // {_ [0]*T; _ noCopy; v unsafe.Pointer}: the first field is there to tell T.
      const [first] = fields;
      const array = first === undefined ? UNKNOWN_TYPE : this.#types.get(first.type).elem;
      const value = fields.at(-1);
      if (value !== undefined)
        steps.push({
          offset: offset + value.offset,
          kind: KIND.pointer,
          type: value.type,
          elem: this.#types.get(array).elem,
        });
      return;
    }
    const pointed = RUNTIME_POINTER.exec(name)?.[1];
    if (pointed !== undefined) {
      // {u UnsafePointer}: only the name tells.
      const elem = this.#types.named(pointed);
      steps.push({ offset, kind: KIND.pointer, type, elem });
      return;
    }
    for (const { field, elem } of this.#hiddenPointers(name)) {
      const found = fields.find((f) => f.name === field);
      if (found !== undefined)
        steps.push({ offset: offset + found.offset, kind: KIND.pointer, type: found.type, elem });
    }
    const overflow = MAP_BUCKET.test(name) ? fields.find((field) => field.name === "overflow") : undefined;
    if (overflow !== undefined)
      steps.push({ offset: offset + overflow.offset, kind: KIND.pointer, type: overflow.type, elem: type });
    if (isHashTrieMap(name)) steps.push({ offset, kind: HASH_TRIE, type, elem: UNKNOWN_TYPE });
    for (const field of fields) this.#add(steps, field.type, offset + field.offset, depth + 1);
  }

  /** unsafe.Pointers of the standard library of which its source tells what they point to. */
  #hiddenPointers(name: string): readonly { field: string; elem: TypeIndex }[] {
    switch (name) {
      case "sync.Pool": {
        // Arrays of these, one a P.
        const elem = this.#types.named("sync.poolLocal");
        return [
          { field: "local", elem },
          { field: "victim", elem },
        ];
      }
      case "sync.entry":
        // *any, before Go 1.20 without a type.
        return [{ field: "p", elem: this.#types.named("interface {}") }];
      default:
        return [];
    }
  }
}

function isAtomicPointer(name: string): boolean {
  return name.startsWith("atomic.Pointer[") || name.startsWith("sync/atomic.Pointer[");
}
