import { compareUtf8 } from "../lib/compare-utf8.ts";
import { SequenceInterner } from "../lib/sequence-interner.ts";
import { ByteStringInterner } from "../tables/byte-string-interner.ts";
import { NONE, type Profile } from "../tables/profile.ts";
import { EMPTY_STRING, type StringIndex, type StringTable } from "../tables/string-table.ts";
import { baseName, cleanPath } from "./clean-path.ts";
import { nameFrameGroups } from "./frame-group.ts";
import type { FrameDetail } from "./granularity.ts";

const TWO_32 = 0x1_0000_0000;

/** Words of a node's key. */
const NAME = 0;
const FILE = 1;
/** Numbers have a low and a high word. */
const LINE_LOW = 2;
const COLUMN_LOW = 4;
const ADDRESS_LOW = 6;
const ADDRESS_HIGH = 7;
const OBJECT_FILE = 8;
const START_LINE_LOW = 9;
const KEY_WORDS = 11;

export interface FrameNodeOptions {
  detail: FrameDetail;
  /** Tells apart functions of the same name in different binaries, as listings do. */
  objectNames: boolean;
  /** Applied to a file's path as it stands in the profile. */
  trimPath: (path: string) => string;
}

/** What a node of a report stands for (google/pprof, internal/graph/graph.go, NodeInfo). */
export interface NodeInfo {
  name: string;
  file: string;
  line: number;
  column: number;
  address: bigint;
  objectFile: string;
  startLine: number;
}

/**
 * The frames of a profile as nodes of a report: places in the program, as finely as the granularity tells them apart.
 *
 * Frames of location `l` are rows `frameStart[l] … frameStart[l + 1] - 1` of `frameNode`, innermost inlined callee
 * first; a location without lines has one frame.
 */
export class FrameNodes {
  readonly frameStart: Uint32Array;
  readonly frameNode: Int32Array;
  /** Whether any location has more than one frame. */
  readonly hasInlinedFrames: boolean;
  readonly #keys = new SequenceInterner();
  readonly #texts = new ByteStringInterner();
  readonly #table: StringTable;
  readonly #printed: (string | undefined)[] = [];

  constructor(profile: Profile, { detail, objectNames, trimPath }: FrameNodeOptions) {
    const { locations, functions, mappings, strings } = profile;
    const { lineStart, lineFunction } = locations;
    this.frameStart = new Uint32Array(locations.length + 1);
    const frames = new Int32Array(lineFunction.length + locations.length);
    const names = new TextIndexes(strings, this.#texts, undefined);
    const files = new TextIndexes(strings, this.#texts, (text) => {
      const trimmed = trimPath(text);
      return trimmed === "" ? "" : cleanPath(trimmed);
    });
    const findName = this.#nameFinder(profile, detail, names);
    const addresses = new Uint32Array(
      locations.address.buffer,
      locations.address.byteOffset,
      2 * locations.length,
    );
    const key = new Uint32Array(KEY_WORDS);
    let row = 0;
    let hasInlinedFrames = false;
    const internBare = (objectFile: number): number => {
      key.fill(0, NAME, ADDRESS_LOW);
      key[OBJECT_FILE] = names.find(objectFile);
      key.fill(0, START_LINE_LOW);
      return this.#keys.intern(key, KEY_WORDS);
    };
    for (let location = 0; location < locations.length; location++) {
      const end = lineStart[location + 1]!;
      const start = detail.inlines ? lineStart[location]! : Math.max(lineStart[location]!, end - 1);
      const mapping = locations.mapping[location]!;
      const objectFile = mapping === NONE ? EMPTY_STRING : mappings.filename[mapping]!;
      key[ADDRESS_LOW] = detail.address ? addresses[2 * location]! : 0;
      key[ADDRESS_HIGH] = detail.address ? addresses[2 * location + 1]! : 0;
      if (start === end) frames[row++] = internBare(objectFile);
      if (end - start > 1) hasInlinedFrames = true;
      for (let line = start; line < end; line++) {
        const fn = lineFunction[line]!;
        if (fn === NONE) {
          frames[row++] = internBare(objectFile);
          continue;
        }
        const name = findName(fn);
        key[NAME] = name;
        key[FILE] = detail.file ? files.find(functions.filename[fn]!) : 0;
        putNumber(key, LINE_LOW, detail.line ? locations.line[line]! : 0);
        putNumber(key, COLUMN_LOW, detail.column ? locations.column[line]! : 0);
        const isNamed = !objectNames && name !== 0;
        key[OBJECT_FILE] = isNamed ? 0 : names.find(objectFile);
        putNumber(key, START_LINE_LOW, isNamed ? 0 : functions.startLine[fn]!);
        frames[row++] = this.#keys.intern(key, KEY_WORDS);
      }
      this.frameStart[location + 1] = row;
    }
    this.frameNode = frames.subarray(0, row);
    this.hasInlinedFrames = hasInlinedFrames;
    this.#table = this.#texts.build();
  }

  /** Gives a function's name, or that of its group, as an index of `#texts`. */
  #nameFinder(profile: Profile, detail: FrameDetail, names: TextIndexes): (fn: number) => number {
    const { functions } = profile;
    if (!detail.function) return () => 0;
    if (detail.group === undefined) return (fn) => names.find(functions.name[fn]!);
    const groupOf = nameFrameGroups(profile, detail.group);
    const known = new Int32Array(functions.length).fill(-1);
    return (fn) => {
      if (known[fn]! < 0) known[fn] = this.#texts.internText(groupOf(fn));
      return known[fn]!;
    };
  }

  get length(): number {
    return this.#keys.length;
  }

  #word(node: number, at: number): number {
    return this.#keys.words.at(node * KEY_WORDS + at);
  }

  #number(node: number, at: number): number {
    return (this.#word(node, at + 1) | 0) * TWO_32 + this.#word(node, at);
  }

  #text(node: number, at: number): string {
    return this.#table.get(this.#word(node, at) as StringIndex);
  }

  info(node: number): NodeInfo {
    return {
      name: this.#text(node, NAME),
      file: this.#text(node, FILE),
      line: this.#number(node, LINE_LOW),
      column: this.#number(node, COLUMN_LOW),
      address: (BigInt(this.#word(node, ADDRESS_HIGH)) << 32n) | BigInt(this.#word(node, ADDRESS_LOW)),
      objectFile: this.#text(node, OBJECT_FILE),
      startLine: this.#number(node, START_LINE_LOW),
    };
  }

  name(node: number): string {
    return this.#text(node, NAME);
  }

  printableName(node: number): string {
    let printed = this.#printed[node];
    if (printed === undefined) {
      printed = this.#isNameOnly(node) ? this.#text(node, NAME) : nameComponents(this.info(node)).join(" ");
      this.#printed[node] = printed;
    }
    return printed;
  }

  #isNameOnly(node: number): boolean {
    for (let at = FILE; at <= ADDRESS_HIGH; at++) if (this.#word(node, at) !== 0) return false;
    return this.#word(node, NAME) !== 0;
  }

  /** By address where both have one, else by printable name. */
  compareNames(a: number, b: number): number {
    const high = this.#word(a, ADDRESS_HIGH) - this.#word(b, ADDRESS_HIGH);
    const low = this.#word(a, ADDRESS_LOW) - this.#word(b, ADDRESS_LOW);
    if ((high !== 0 || low !== 0) && this.#hasAddress(a) && this.#hasAddress(b)) return high || low;
    return compareUtf8(this.printableName(a), this.printableName(b));
  }

  #hasAddress(node: number): boolean {
    return this.#word(node, ADDRESS_LOW) !== 0 || this.#word(node, ADDRESS_HIGH) !== 0;
  }
}

/** Address, name and place of a node, as far as there are any. */
export function nameComponents(info: NodeInfo): string[] {
  const parts: string[] = [];
  if (info.address !== 0n) parts.push(info.address.toString(16).padStart(16, "0"));
  if (info.name !== "") parts.push(info.name);
  if (info.line !== 0) {
    parts.push(`${info.file}:${info.line}${info.column === 0 ? "" : `:${info.column}`}`);
  } else if (info.file !== "") parts.push(info.file);
  else if (info.name === "") {
    parts.push(info.objectFile === "" ? "<unknown>" : `[${baseName(info.objectFile)}]`);
  }
  return parts;
}

/** Texts by content: a profile may hold the same one twice. */
class TextIndexes {
  readonly #strings: StringTable;
  readonly #texts: ByteStringInterner;
  readonly #change: ((text: string) => string) | undefined;
  readonly #known: Int32Array;

  constructor(
    strings: StringTable,
    texts: ByteStringInterner,
    change: ((text: string) => string) | undefined,
  ) {
    this.#strings = strings;
    this.#texts = texts;
    this.#change = change;
    this.#known = new Int32Array(strings.length).fill(-1);
  }

  find(index: number): number {
    const known = this.#known[index]!;
    if (known >= 0) return known;
    let found: number;
    if (this.#change !== undefined) {
      found = this.#texts.internText(this.#change(this.#strings.get(index as StringIndex)));
    } else {
      const bytes = this.#strings.bytes(index as StringIndex);
      found = this.#texts.intern(bytes, 0, bytes.length);
    }
    this.#known[index] = found;
    return found;
  }
}

function putNumber(words: Uint32Array, at: number, value: number): void {
  words[at] = value >>> 0;
  words[at + 1] = Math.floor(value / TWO_32);
}
