import type { Brand } from "../lib/brand.ts";
import { Int32Rows } from "../lib/growable-columns.ts";
import { finishHash, HASH_SEED, HashPlaces, mixHash } from "../lib/hash.ts";
import type { Profile } from "../tables/profile.ts";
import type { StringIndex } from "../tables/string-table.ts";
import {
  type AllocationOperation,
  NO_OPERATION,
  operationOfRank,
  rankOperation,
} from "./allocation-operation.ts";
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

/** With fewer inlined calls, taking them one by one is quicker than remembering where they lead. */
const LEAST_REMEMBERED = 4;

/** 2^26 distinct frames and 2^27 nodes fit one exact double as a map key. */
const FRAME_RADIX = 2 ** 26;

/**
 * What a small hostile file may make of itself: one location with a million inlined calls, named by a million samples.
 * Go keeps 128 frames of a stack (1024 with GODEBUG=profstackdepth) and inlines a few calls deep; frames beyond the
 * bounds, the outermost first, are left out. A JavaScript Map holds 2^24 entries at most.
 */
const MAX_STACK_FRAMES = 1024;
const MAX_LOCATION_FRAMES = 256;
const MAX_NODES = 2 ** 22;
const MAX_FRAMES = 2 ** 22;
/** Names are compared and printed; the linker's own stay far below. */
const MAX_NAME_LENGTH = 1000;

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
  /** Function and file names by number, so that no key is made of long names. */
  readonly #names = new Map<string, number>();
  readonly #nameList: string[] = [];
  readonly #functionOfFrame: number[] = [];
  /** What a frame says as a hidden one, or NO_OPERATION if it is not the runtime's and never hidden. */
  readonly #rankOfFrame: number[] = [];
  readonly #parent = new Int32Rows();
  readonly #frame = new Int32Rows();
  /** Nodes by parent and frame. */
  readonly #places = new HashPlaces();

  constructor() {
    // The root, which is nobody's child.
    this.#parent.push(ROOT);
    this.#frame.push(-1);
  }

  get nodeCount(): number {
    return this.#parent.length;
  }

  get frameCount(): number {
    return this.#frames.length;
  }

  parentOf(node: NodeIndex): NodeIndex {
    return this.#parent.at(node) as NodeIndex;
  }

  frameOf(node: NodeIndex): CodeSite {
    return this.#frames[this.#frame.at(node)]!;
  }

  /** Number of the node's frame, below `frameCount`, for facts that are kept once a frame. Not of ROOT. */
  frameIndexOf(node: NodeIndex): number {
    return this.#frame.at(node);
  }

  /** Number of the node's function: the same for all frames in it. Not of ROOT. */
  functionIndexOf(node: NodeIndex): number {
    return this.#functionOfFrame[this.#frame.at(node)]!;
  }

  /** By number. */
  frames(): readonly CodeSite[] {
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
    /** The node that a whole location leads to, by the node it is reached from: most samples take known ways. */
    const steps = new Map<number, number>();
    const step = (from: number, location: number): number => {
      const frames = locationFrames[location]!;
      let at = from;
      if (frames.length < LEAST_REMEMBERED) {
        for (let f = frames.length - 1; f >= 0; f--) at = this.#childOf(at, frames[f]!);
        return at;
      }
      const key = from * FRAME_RADIX + location;
      const known = steps.get(key);
      if (known !== undefined) return known;
      for (let f = frames.length - 1; f >= 0; f--) at = this.#childOf(at, frames[f]!);
      if (steps.size < MAX_NODES) steps.set(key, at);
      return at;
    };
    for (let s = 0; s < samples.length; s++) {
      const start = samples.locationStart[s]!;
      const end = samples.locationStart[s + 1]!;
      const leaf = keepRuntimeLeaf
        ? { position: start, frame: 0, rank: NO_OPERATION }
        : this.#skipRuntimeLeaf(samples.location, start, end, locationFrames);
      const nameless = !hasName(samples.location, start, end, isNamed);
      const outermost = findOutermost(samples.location, leaf.position, end, locationFrames);
      let at: number = ROOT;
      for (let i = outermost - 1; i >= leaf.position; i--) {
        const location = samples.location[i]!;
        // heap?debug=1 lists the address of runtime.goexit, which no other form of a stack shows.
        if (!nameless && !isNamed(location)) continue;
        if (i !== leaf.position || leaf.frame === 0) at = step(at, location);
        else {
          const frames = locationFrames[location]!;
          for (let f = frames.length - 1; f >= leaf.frame; f--) at = this.#childOf(at, frames[f]!);
        }
      }
      node[s] = at;
      operation[s] = operationOfRank(leaf.rank);
    }
    return { node, operation };
  }

  /**
   * Where the stack begins once leading runtime frames are gone: a position in `location` and a frame of it, and what
   * those frames say. A stack of runtime frames only is kept whole; it says what it is for all the same.
   */
  #skipRuntimeLeaf(
    location: Uint32Array,
    start: number,
    end: number,
    locationFrames: readonly (readonly number[])[],
  ): { position: number; frame: number; rank: number } {
    let rank = NO_OPERATION;
    const last = Math.min(end, start + MAX_STACK_FRAMES);
    for (let i = start; i < last; i++) {
      const frames = locationFrames[location[i]!]!;
      for (let f = 0; f < frames.length; f++) {
        const rankOfFrame = this.#rankOfFrame[frames[f]!]!;
        if (rankOfFrame === NO_OPERATION) return { position: i, frame: f, rank };
        rank = Math.min(rank, rankOfFrame);
      }
    }
    return { position: start, frame: 0, rank };
  }

  /** Frames of every location, innermost first; an unnamed one becomes its symbol or its address. */
  #internLocations(profile: Profile, symbols: ReadonlyMap<bigint, string> | undefined): number[][] {
    const { locations, functions, strings } = profile;
    const names = new Map<number, [name: number, file: number]>();
    const namesOf = (fn: number): [name: number, file: number] => {
      const known = names.get(fn);
      if (known !== undefined) return known;
      const name = this.#internName(elideTypeArguments(strings.get(functions.name[fn]! as StringIndex)));
      const file = this.#internName(strings.get(functions.filename[fn]! as StringIndex));
      names.set(fn, [name, file]);
      return [name, file];
    };
    const result: number[][] = [];
    for (let l = 0; l < locations.length; l++) {
      const frames: number[] = [];
      const end = Math.min(locations.lineStart[l + 1]!, locations.lineStart[l]! + MAX_LOCATION_FRAMES);
      for (let row = locations.lineStart[l]!; row < end; row++) {
        const fn = locations.lineFunction[row]!;
        if (fn < 0) continue;
        const [name, file] = namesOf(fn);
        frames.push(this.#internFrame(name, file, locations.line[row]!));
      }
      if (frames.length === 0) {
        const address = locations.address[l]!;
        const name = symbols?.get(address) ?? symbols?.get(address + 1n) ?? `0x${address.toString(16)}`;
        frames.push(this.#internFrame(this.#internName(name), this.#internName(""), 0));
      }
      result.push(frames);
    }
    return result;
  }

  #internName(name: string): number {
    const short = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH - 1)}…` : name;
    const known = this.#names.get(short);
    if (known !== undefined) return known;
    const index = this.#names.size;
    this.#names.set(short, index);
    this.#nameList.push(short);
    return index;
  }

  #internFrame(name: number, file: number, line: number): number {
    const key = `${name}:${file}:${line}`;
    const known = this.#frameIndex.get(key);
    if (known !== undefined) return known;
    if (this.#frames.length === MAX_FRAMES) return 0;
    const index = this.#frames.length;
    const site = { function: this.#nameList[name]!, file: this.#nameList[file]!, line };
    this.#frames.push(site);
    this.#functionOfFrame.push(name);
    this.#rankOfFrame.push(isRuntimeFunction(site.function) ? rankOperation(site.function) : NO_OPERATION);
    this.#frameIndex.set(key, index);
    return index;
  }

  #childOf(parent: number, frame: number): number {
    const hash = finishHash(mixHash(mixHash(HASH_SEED, parent), frame));
    let place = this.#places.first(hash);
    for (;;) {
      const known = this.#places.indexAt(place);
      if (known < 0) break;
      if (this.#parent.at(known) === parent && this.#frame.at(known) === frame) return known;
      place = this.#places.next(place);
    }
    const node = this.#parent.length;
    if (node === MAX_NODES) return parent;
    this.#parent.push(parent);
    this.#frame.push(frame);
    this.#places.fill(place, hash, node);
    return node;
  }
}

/** Behind which position frames are left out, so that no stack has more than MAX_STACK_FRAMES or one location more. */
function findOutermost(
  location: Uint32Array,
  start: number,
  end: number,
  locationFrames: readonly (readonly number[])[],
): number {
  if (end - start <= MAX_STACK_FRAMES / MAX_LOCATION_FRAMES) return end;
  let frames = 0;
  for (let i = start; i < end; i++) {
    frames += locationFrames[location[i]!]!.length;
    if (frames > MAX_STACK_FRAMES) return Math.max(start + 1, i);
  }
  return end;
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
