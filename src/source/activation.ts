import type { FunctionBody, GoSources, SourceFrame } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { parseRuntimeName } from "./runtime-name.ts";
import type { Symbols } from "./symbols.ts";

/** One call of a function that the followed value passed through: on the recorded stack, or entered by an argument. */
export interface Activation {
  /** Numbers activations, for telling visited work apart. */
  id: number;
  body: FunctionBody;
  /** Index of its frame on the stack, -1 if it is not on it. */
  frame: number;
  /** How it was entered, for one that is not on the stack. */
  caller?: CallSite;
  /** Calls followed from the stack to here. */
  depth: number;
}

export interface CallSite {
  activation: Activation;
  /** The Call node in that activation's function. */
  call: number;
}

const MAX_CALL_DEPTH = 8;
const MAX_CALLS_ON_LINE = 3;

/** The activations of one trace, each made once. */
export class Activations {
  readonly #symbols: Symbols;
  readonly #frames: readonly SourceFrame[];
  readonly #onStack: (Activation | undefined)[] = [];
  readonly #entered = new Map<string, Activation>();
  readonly #callers = new Map<number, CallSite[]>();
  readonly #runningLiteral = new Map<number, number>();
  #count = 0;

  constructor(symbols: Symbols, frames: readonly SourceFrame[]) {
    this.#symbols = symbols;
    this.#frames = frames;
  }

  get #sources(): GoSources {
    return this.#symbols.sources;
  }

  /** The activation of a frame; undefined if the source at hand is not the code of that frame. */
  findFrame(index: number): Activation | undefined {
    const frame = this.#frames[index];
    if (frame === undefined) return undefined;
    if (!(index in this.#onStack)) {
      const body = this.#sources.findFrame(frame);
      this.#onStack[index] =
        body === undefined ? undefined : { id: this.#count++, body, frame: index, depth: 0 };
    }
    return this.#onStack[index];
  }

  /** The activation that a call enters; undefined beyond the depth that is followed. */
  enter(caller: CallSite, body: FunctionBody): Activation | undefined {
    const { activation, call } = caller;
    if (activation.depth >= MAX_CALL_DEPTH) return undefined;
    const { path } = body.file;
    const key = `${activation.id}:${call}:${path}:${body.declaration.tokens.first}`;
    let entered = this.#entered.get(key);
    if (entered === undefined) {
      entered = { id: this.#count++, body, frame: -1, caller, depth: activation.depth + 1 };
      this.#entered.set(key, entered);
    }
    return entered;
  }

  /** A function that runs on another goroutine and gets the value from a channel: whoever called it is not known. */
  enterDetached(body: FunctionBody): Activation {
    const key = `detached:${body.file.path}:${body.declaration.tokens.first}`;
    let entered = this.#entered.get(key);
    if (entered === undefined) {
      entered = { id: this.#count++, body, frame: -1, depth: MAX_CALL_DEPTH / 2 };
      this.#entered.set(key, entered);
    }
    return entered;
  }

  /**
   * The calls that run this activation: the one it was entered by, or on the stack those on the caller's line whose
   * function has the right name. Empty if a library stands between, or the caller's source is not at hand.
   */
  callersOf(activation: Activation): readonly CallSite[] {
    let callers = this.#callers.get(activation.id);
    if (callers === undefined) {
      callers = this.#findCallers(activation);
      this.#callers.set(activation.id, callers);
    }
    return callers;
  }

  #findCallers(activation: Activation): CallSite[] {
    if (activation.caller !== undefined) return [activation.caller];
    if (activation.frame < 0) return [];
    const caller = this.findFrame(activation.frame + 1);
    if (caller === undefined) return [];
    const { line } = this.#frames[activation.frame + 1]!;
    const runs = this.#frames[activation.frame]!.function;
    const isLiteral = parseRuntimeName(runs).isLiteral;
    const calls = callsOnLine(caller.body, line).filter((call) =>
      isLiteral ? this.#mayCallLiteral(caller.body, call) : this.#calls(caller.body, call, activation.body),
    );
    return calls.length > MAX_CALLS_ON_LINE ? [] : calls.map((call) => ({ activation: caller, call }));
  }

  /** The literal whose code the activation's frame runs, NO_NODE if it runs the declared function itself. */
  findRunningLiteral(activation: Activation): number {
    const frame = this.#frames[activation.frame];
    if (frame === undefined || !parseRuntimeName(frame.function).isLiteral) return NO_NODE;
    let literal = this.#runningLiteral.get(activation.id);
    if (literal === undefined) {
      literal = innermostLiteralAt(activation.body, frame.line);
      this.#runningLiteral.set(activation.id, literal);
    }
    return literal;
  }

  #calls(caller: FunctionBody, call: number, callee: FunctionBody): boolean {
    const name = this.#symbols.unwrap(caller, caller.tree.firstChild(call));
    const plain = caller.tree.kind(name) === NodeKind.Index ? caller.tree.firstChild(name) : name;
    const kind = caller.tree.kind(plain);
    if (kind !== NodeKind.Ident && kind !== NodeKind.Selector) return false;
    return this.#symbols.nameOf(caller, plain) === callee.declaration.name;
  }

  #mayCallLiteral(caller: FunctionBody, call: number): boolean {
    const { kind } = this.#symbols.resolveCall(caller, call);
    return kind === "literal" || kind === "unknown";
  }
}

/** Call nodes that begin or name their function on the line; failing those, the calls that span it. */
function callsOnLine({ tree, file }: FunctionBody, line: number): number[] {
  const exact: number[] = [];
  const spanning: number[] = [];
  for (let node = 0; node < tree.count; node++) {
    if (tree.kind(node) !== NodeKind.Call || tree.parent(node) === NO_NODE) continue;
    const first = file.tokens.line[tree.first(node)]!;
    const last = file.tokens.line[tree.end(node) - 1]!;
    const name = file.tokens.line[tree.end(tree.firstChild(node)) - 1]!;
    if (first === line || name === line) exact.push(node);
    else if (first <= line && line <= last) spanning.push(node);
  }
  return exact.length > 0 ? exact : spanning;
}

function innermostLiteralAt({ tree, file }: FunctionBody, line: number): number {
  let found: number = NO_NODE;
  for (let node = 0; node < tree.count; node++) {
    if (tree.kind(node) !== NodeKind.FuncLit || tree.parent(node) === NO_NODE) continue;
    const first = file.tokens.line[tree.first(node)]!;
    const last = file.tokens.line[Math.max(tree.first(node), tree.end(node) - 1)]!;
    if (first > line || line > last) continue;
    if (found === NO_NODE || tree.isWithin(node, found)) found = node;
  }
  return found;
}
