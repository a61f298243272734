import type { Brand } from "../lib/brand.ts";
import type { Profile } from "../tables/profile.ts";
import type { StringIndex } from "../tables/string-table.ts";
import { type AllocationOperation, findAllocationOperation } from "./allocation-operation.ts";
import type { CodeSite } from "./code-site.ts";
import { elideTypeArguments } from "./function-name.ts";

export type NodeIndex = Brand<number, "NodeIndex">;
/** Parent of every outermost frame: the empty stack. */
export const ROOT = 0 as NodeIndex;

/** What one profile's samples became: `node[s]` is the whole stack of sample `s`. */
export interface InternedSamples {
  node: Int32Array;
  /** What the hidden runtime frames at the leaf say, where they have names; undefined elsewhere. */
  operation: (AllocationOperation | undefined)[];
}

/** 2^26 distinct frames and 2^27 nodes fit one exact double as a map key. */
const FRAME_RADIX = 2 ** 26;

/**
 * Stacks of any number of profiles as one trie with parent pointers: the same code path is the same node in every
 * snapshot, so that differences, series and flame graphs are walks over arrays.
 *
 * Frames are (function, file, line). Runtime frames at the leaf are cut off, as Go itself does in protobuf heap
 * profiles (runtime/pprof/protomem.go), so the text form and the protobuf form of one heap give the same nodes;
 * what they said is kept as the sample's operation. `parent[n] < n` always holds.
 */
export class StackInterner {
  readonly #frames: CodeSite[] = [];
  readonly #frameIndex = new Map<string, number>();
  readonly #parent: number[] = [ROOT];
  readonly #frame: number[] = [-1];
  readonly #child = new Map<number, number>();

  get nodeCount(): number {
    return this.#parent.length;
  }

  parentOf(node: NodeIndex): NodeIndex {
    return this.#parent[node] as NodeIndex;
  }

  frameOf(node: NodeIndex): CodeSite {
    return this.#frames[this.#frame[node]!]!;
  }

  frames(): Iterable<CodeSite> {
    return this.#frames;
  }

  /** Frames from the leaf to the outermost. */
  stackOf(node: NodeIndex): CodeSite[] {
    const stack: CodeSite[] = [];
    for (let n = node; n !== ROOT; n = this.parentOf(n)) stack.push(this.frameOf(n));
    return stack;
  }

  internProfile(
    profile: Profile,
    {
      symbols,
      keepRuntimeLeaf = false,
    }: { symbols?: ReadonlyMap<bigint, string>; keepRuntimeLeaf?: boolean } = {},
  ): InternedSamples {
    const { samples } = profile;
    const locationFrames = this.#internLocations(profile, symbols);
    const isNamed = (location: number) =>
      profile.locations.lineStart[location]! < profile.locations.lineStart[location + 1]!;
    const node = new Int32Array(samples.length);
    const operation = new Array<AllocationOperation | undefined>(samples.length);
    const hidden: string[] = [];
    for (let s = 0; s < samples.length; s++) {
      const start = samples.locationStart[s]!;
      const end = samples.locationStart[s + 1]!;
      let at: number = ROOT;
      hidden.length = 0;
      let leafStart = start;
      let leafFrame = 0;
      if (!keepRuntimeLeaf)
        [leafStart, leafFrame] = this.#skipRuntimeLeaf(samples.location, start, end, locationFrames, hidden);
      const nameless = !hasName(samples.location, start, end, isNamed);
      for (let i = end - 1; i >= leafStart; i--) {
        // heap?debug=1 lists the address of runtime.goexit, which no other form of a stack shows.
        if (!nameless && !isNamed(samples.location[i]!)) continue;
        const frames = locationFrames[samples.location[i]!]!;
        const innermost = i === leafStart ? leafFrame : 0;
        for (let f = frames.length - 1; f >= innermost; f--) at = this.#childOf(at, frames[f]!);
      }
      node[s] = at;
      operation[s] = findAllocationOperation(hidden);
    }
    return { node, operation };
  }

  /** Interns a stack given as frames, leaf first. */
  internFrames(stack: readonly CodeSite[]): NodeIndex {
    let at: number = ROOT;
    for (let i = stack.length - 1; i >= 0; i--) at = this.#childOf(at, this.#internFrame(stack[i]!));
    return at as NodeIndex;
  }

  /**
   * Where the stack begins once leading runtime frames are gone: a position in `location` and a frame of it. A stack
   * of runtime frames only is kept whole; it says what it is for all the same.
   */
  #skipRuntimeLeaf(
    location: Uint32Array,
    start: number,
    end: number,
    locationFrames: readonly (readonly number[])[],
    hidden: string[],
  ): [position: number, frame: number] {
    for (let i = start; i < end; i++) {
      const frames = locationFrames[location[i]!]!;
      for (let f = 0; f < frames.length; f++) {
        const name = this.#frames[frames[f]!]!.function;
        if (!isRuntimeFunction(name)) return [i, f];
        hidden.push(name);
      }
    }
    return [start, 0];
  }

  /** Frames of every location, innermost first; an unnamed one becomes its symbol or its address. */
  #internLocations(profile: Profile, symbols: ReadonlyMap<bigint, string> | undefined): number[][] {
    const { locations, functions, strings } = profile;
    const result: number[][] = [];
    for (let l = 0; l < locations.length; l++) {
      const frames: number[] = [];
      for (let row = locations.lineStart[l]!; row < locations.lineStart[l + 1]!; row++) {
        const fn = locations.lineFunction[row]!;
        if (fn < 0) continue;
        frames.push(
          this.#internFrame({
            function: elideTypeArguments(strings.get(functions.name[fn]! as StringIndex)),
            file: strings.get(functions.filename[fn]! as StringIndex),
            line: locations.line[row]!,
          }),
        );
      }
      if (frames.length === 0) {
        const address = locations.address[l]!;
        const name = symbols?.get(address) ?? symbols?.get(address + 1n) ?? `0x${address.toString(16)}`;
        frames.push(this.#internFrame({ function: name, file: "", line: 0 }));
      }
      result.push(frames);
    }
    return result;
  }

  #internFrame(site: CodeSite): number {
    const key = `${site.function}\0${site.file}\0${site.line}`;
    const known = this.#frameIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#frames.length;
    this.#frames.push(site);
    this.#frameIndex.set(key, index);
    return index;
  }

  #childOf(parent: number, frame: number): number {
    const key = parent * FRAME_RADIX + frame;
    const known = this.#child.get(key);
    if (known !== undefined) return known;
    const node = this.#parent.length;
    this.#parent.push(parent);
    this.#frame.push(frame);
    this.#child.set(key, node);
    return node;
  }
}

function hasName(
  location: Uint32Array,
  start: number,
  end: number,
  isNamed: (location: number) => boolean,
): boolean {
  for (let i = start; i < end; i++) {
    if (isNamed(location[i]!)) return true;
  }
  return false;
}

/** The test of runtime/pprof/protomem.go; an address without a name counts, since only hidden frames have none. */
function isRuntimeFunction(name: string): boolean {
  return (
    name.startsWith("runtime.") ||
    name.startsWith("internal/runtime/") ||
    name.startsWith("runtime/internal/") ||
    name.startsWith("0x")
  );
}
