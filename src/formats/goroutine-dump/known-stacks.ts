import { isDigit, NEWLINE, SPACE, startsWith } from "../../lib/ascii.ts";
import { Int32Rows, Uint32Rows } from "../../lib/growable-columns.ts";
import { FunctionLine, LocationLine } from "./frame-lines.ts";

const TAB = 0x09;
const PLUS = 0x2b;
const OPEN_PARENTHESIS = 0x28;
const CLOSE_PARENTHESIS = 0x29;
const IN_GOROUTINE = " in goroutine ";
const NONE = -1;
/** Stacks beyond this are read line by line as ever. A large service has some thousands of lines in its dumps. */
const MAX_NODES = 65_536;
const MAX_TEXT_BYTES = 8 * 1024 * 1024;
/** Callers of one line tried before the stack is read line by line. */
const MAX_TRIES = 48;
/** What is learnt and hardly ever met again (a dump of distinct stacks) costs more than it saves. */
const LEARNT_BEFORE_DOUBT = 4096;

/**
 * The stacks of a dump as the bytes they are printed with, so that one seen before is recognised by comparing bytes:
 * nothing of it is split, hashed or interned again. A dump of 200,000 goroutines has some hundred distinct stacks.
 *
 * A trie of frames, leaf first. What varies from goroutine to goroutine is passed over: arguments, what follows the
 * line number, and the creator's id.
 */
export class KnownStacks {
  // What `match` found.
  stack = 0;
  createdBy = 0;
  createdById = 0;
  /** Offset behind the blank line that ends the goroutine. */
  next = 0;

  readonly #firstChild = new Int32Rows();
  readonly #sibling = new Int32Rows();
  /** Text of a node: the function's line up to its arguments, and the location up to its line number. */
  readonly #nameStart = new Uint32Rows();
  readonly #nameEnd = new Uint32Rows();
  readonly #placeEnd = new Uint32Rows();
  readonly #isCreator = new Int32Rows();
  /** The stack that ends at the node, or NONE. */
  readonly #stack = new Int32Rows();
  readonly #createdBy = new Int32Rows();
  #text = new Uint8Array(64 * 1024);
  #used = 0;
  #learnt = 0;
  #matched = 0;
  readonly #function = new FunctionLine();
  readonly #location = new LocationLine();

  constructor() {
    this.#addNode(0, 0, 0, false);
  }

  /**
   * Whether a known stack and the blank line behind it are at `bytes[start …)`. If so the fields tell which; if not,
   * nothing is known of it.
   */
  match(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#isInDoubt()) return false;
    let node = 0;
    let at = start;
    this.createdById = 0;
    while (at < end && bytes[at] !== NEWLINE) {
      let child = this.#firstChild.at(node);
      let behind = NONE;
      let before = NONE;
      for (let tries = 0; child !== NONE && tries < MAX_TRIES; tries++) {
        behind = this.#matchFrame(child, bytes, at, end);
        if (behind !== NONE) break;
        before = child;
        child = this.#sibling.at(child);
      }
      if (behind === NONE) return false;
      if (before !== NONE) this.#moveToFront(node, child, before);
      node = child;
      at = behind;
    }
    const stack = this.#stack.at(node);
    if (at >= end || stack === NONE) return false;
    this.stack = stack;
    this.createdBy = this.#createdBy.at(node);
    this.next = at + 1;
    this.#matched++;
    return true;
  }

  /**
   * Learns the lines of a goroutine that was read line by line as `depth` frames: `bytes[start … end)`, without the
   * blank line. Lines that are not the plain pairs of function and location are left alone.
   */
  learn(
    bytes: Uint8Array,
    start: number,
    end: number,
    { stack, depth, createdBy }: { stack: number; depth: number; createdBy: number },
  ): void {
    if (this.#isInDoubt()) return;
    this.#learnt++;
    if (this.#stack.length + depth > MAX_NODES || this.#used + (end - start) > MAX_TEXT_BYTES) return;
    let node = 0;
    let frames = 0;
    let hasCreator = false;
    for (let at = start; at < end; ) {
      const nameLineEnd = bytes.indexOf(NEWLINE, at);
      if (nameLineEnd < 0 || nameLineEnd >= end || hasCreator) return;
      const placeLineEnd = bytes.indexOf(NEWLINE, nameLineEnd + 1);
      if (placeLineEnd < 0 || placeLineEnd >= end) return;
      const call = this.#function;
      const place = this.#location;
      if (!call.read(bytes, at, nameLineEnd) || bytes[nameLineEnd + 1] !== TAB) return;
      if (!place.read(bytes, nameLineEnd + 1, placeLineEnd) || place.isForeign || place.line === 0) return;
      hasCreator = call.isCreator;
      if (!hasCreator) frames++;
      let lineNumberEnd = place.fileEnd + 1;
      while (lineNumberEnd < placeLineEnd && isDigit(bytes[lineNumberEnd]!)) lineNumberEnd++;
      // The parenthesis is part of what is compared: "f" must not match "f.func1".
      const nameEnd = call.isCreator ? call.end : call.end + 1;
      node = this.#childFor(node, bytes, at, nameEnd, nameLineEnd + 1, lineNumberEnd, call.isCreator);
      at = placeLineEnd + 1;
    }
    if (frames !== depth) return;
    this.#stack.set(node, stack);
    this.#createdBy.set(node, createdBy);
  }

  #isInDoubt(): boolean {
    return this.#learnt >= LEARNT_BEFORE_DOUBT && this.#matched < this.#learnt;
  }

  /** Offset behind the two lines of the node's frame, or NONE if they are others. */
  #matchFrame(node: number, bytes: Uint8Array, start: number, end: number): number {
    const text = this.#text;
    const nameStart = this.#nameStart.at(node);
    const nameEnd = this.#nameEnd.at(node);
    const placeEnd = this.#placeEnd.at(node);
    let at = start;
    if (end - at < placeEnd - nameStart) return NONE;
    for (let i = nameStart; i < nameEnd; i++, at++) {
      if (bytes[at] !== text[i]) return NONE;
    }
    at = this.#isCreator.at(node) === 1 ? this.#skipCreatorId(bytes, at, end) : skipArguments(bytes, at, end);
    if (at === NONE || end - at < placeEnd - nameEnd) return NONE;
    for (let i = nameEnd; i < placeEnd; i++, at++) {
      if (bytes[at] !== text[i]) return NONE;
    }
    if (bytes[at] === SPACE && bytes[at + 1] === PLUS) {
      at += 2;
      while (at < end && bytes[at] !== NEWLINE) at++;
    }
    return at < end && bytes[at] === NEWLINE ? at + 1 : NONE;
  }

  /** Offset behind the line after "created by F", or NONE. */
  #skipCreatorId(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start] === NEWLINE) return start + 1;
    if (!startsWith(bytes, start, end, IN_GOROUTINE)) return NONE;
    let at = start + IN_GOROUTINE.length;
    let id = 0;
    for (; at < end && isDigit(bytes[at]!); at++) id = id * 10 + (bytes[at]! - 0x30);
    if (at >= end || bytes[at] !== NEWLINE || !Number.isSafeInteger(id)) return NONE;
    this.createdById = id;
    return at + 1;
  }

  #childFor(
    parent: number,
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
    placeStart: number,
    placeEnd: number,
    isCreator: boolean,
  ): number {
    const length = nameEnd - nameStart + (placeEnd - placeStart);
    this.#reserve(length);
    const start = this.#used;
    this.#text.set(bytes.subarray(nameStart, nameEnd), start);
    const middle = start + nameEnd - nameStart;
    this.#text.set(bytes.subarray(placeStart, placeEnd), middle);
    for (let child = this.#firstChild.at(parent); child !== NONE; child = this.#sibling.at(child)) {
      if (this.#isSame(child, start, middle, start + length)) return child;
    }
    this.#used += length;
    const child = this.#addNode(start, middle, start + length, isCreator);
    this.#sibling.set(child, this.#firstChild.at(parent));
    this.#firstChild.set(parent, child);
    return child;
  }

  #isSame(node: number, start: number, middle: number, end: number): boolean {
    const known = this.#nameStart.at(node);
    if (this.#nameEnd.at(node) - known !== middle - start) return false;
    if (this.#placeEnd.at(node) - known !== end - start) return false;
    for (let i = 0; i < end - start; i++) {
      if (this.#text[known + i] !== this.#text[start + i]) return false;
    }
    return true;
  }

  #addNode(nameStart: number, nameEnd: number, placeEnd: number, isCreator: boolean): number {
    const node = this.#stack.length;
    this.#firstChild.push(NONE);
    this.#sibling.push(NONE);
    this.#nameStart.push(nameStart);
    this.#nameEnd.push(nameEnd);
    this.#placeEnd.push(placeEnd);
    this.#isCreator.push(isCreator ? 1 : 0);
    this.#stack.push(NONE);
    this.#createdBy.push(NONE);
    return node;
  }

  #moveToFront(parent: number, child: number, before: number): void {
    this.#sibling.set(before, this.#sibling.at(child));
    this.#sibling.set(child, this.#firstChild.at(parent));
    this.#firstChild.set(parent, child);
  }

  #reserve(length: number): void {
    if (this.#used + length <= this.#text.length) return;
    const larger = new Uint8Array(Math.max(this.#used + length, 2 * this.#text.length));
    larger.set(this.#text.subarray(0, this.#used));
    this.#text = larger;
  }
}

/** Offset behind the line's end, if what is left of it are arguments as Go prints them; else NONE. */
function skipArguments(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === NEWLINE) return bytes[at - 1] === CLOSE_PARENTHESIS ? at + 1 : NONE;
    // Another parenthesis opens here: the name goes on.
    if (byte === OPEN_PARENTHESIS) return NONE;
  }
  return NONE;
}
