import { findChannelPeers } from "./channel-peers.ts";
import type { FunctionBody, SourceFrame } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import { findMentions, type Mention } from "./mentions.ts";
import { findPlace } from "./place.ts";
import { getSymbols } from "./retention-path.ts";
import { enclosingStatement, lineOf, statementText, textOf } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";

interface SourceLine {
  file: string;
  line: number;
  text: string;
}

/** What a blocked goroutine waits for, by its source. */
export interface BlockingStatement {
  kind: "send" | "receive" | "select" | "range" | "lock" | "wait" | "sleep" | "call";
  file: string;
  line: number;
  text: string;
  /** The channel, mutex or group, as the statement writes it; of a select see `channels`. */
  channel?: string;
  /** The channels of a select's cases, in order. */
  channels?: string[];
  /** Of a select: whether a case ends the wait from outside: default, ctx.Done(), a timer, a channel that is closed. */
  hasDoneCase?: boolean;
  /** Where the channel is made; `capacity` as written, absent if it has no buffer. */
  madeAt?: { file: string; line: number; capacity?: string };
  /**
   * What could end the wait, in the same package: receives for a send, sends and close for a receive, close (first)
   * and sends for a range, the other places that take a lock, Done calls for a WaitGroup.
   */
  otherSide: SourceLine[];
}

/**
 * The statement at which a goroutine's own frame is blocked. Undefined if its source is not at hand, is not the code
 * that ran, or has no blocking operation on that line.
 */
export function findBlockingStatement(
  files: ReadonlyMap<string, string>,
  frame: SourceFrame,
): BlockingStatement | undefined {
  const symbols = getSymbols(files);
  const body = symbols.sources.findFrame(frame);
  if (body === undefined) return undefined;
  let best: Operation | undefined;
  for (let node = 0; node < body.tree.count; node++) {
    if (body.tree.parent(node) === NO_NODE || !isOnLine(body, node, frame.line)) continue;
    const operation = operationAt(symbols, body, node);
    if (operation !== undefined && (best === undefined || operation.rank > best.rank)) best = operation;
  }
  return best === undefined ? undefined : describe(symbols, body, best);
}

interface Operation {
  kind: BlockingStatement["kind"];
  node: number;
  /** The expression of the channel, mutex or group; NO_NODE if there is none. */
  subject: number;
  /** Which operation of a line is the one that blocks, if there are several. */
  rank: number;
}

const MAX_OTHER_SIDE = 20;

function isOnLine({ tree, file }: FunctionBody, node: number, line: number): boolean {
  if (file.tokens.line[tree.first(node)] === line) return true;
  // A call that spans lines is known by the line of its name, `wg.\n\tWait()`.
  if (tree.kind(node) !== NodeKind.Call) return false;
  return file.tokens.line[tree.end(tree.firstChild(node)) - 1] === line;
}

function operationAt(symbols: Symbols, body: FunctionBody, node: number): Operation | undefined {
  const { tree, file } = body;
  switch (tree.kind(node)) {
    case NodeKind.Select:
      return { kind: "select", node, subject: NO_NODE, rank: 9 };
    case NodeKind.Comm: {
      // A select of one case is compiled to that operation; of several, the frame is at the select.
      const select = tree.parent(tree.parent(node));
      return tree.next(tree.firstChild(select)) === NO_NODE
        ? undefined
        : { kind: "select", node: select, subject: NO_NODE, rank: 8 };
    }
    case NodeKind.Send:
      return { kind: "send", node, subject: tree.firstChild(node), rank: 7 };
    case NodeKind.Unary:
      return file.tokens.kind[tree.token(node)] === TokenKind.Arrow
        ? { kind: "receive", node, subject: tree.firstChild(node), rank: 6 }
        : undefined;
    case NodeKind.Range: {
      const list = tree.firstChild(node);
      const operand = tree.kind(list) === NodeKind.RangeOperand ? list : tree.next(list);
      if (operand === NO_NODE || tree.kind(operand) !== NodeKind.RangeOperand) return undefined;
      const channel = tree.firstChild(operand);
      const type = symbols.underlying(symbols.typeOf(body, channel))?.text;
      const mayBeChannel = type === undefined || /^(?:<-)?chan\b/.test(type);
      return mayBeChannel
        ? { kind: "range", node: operand, subject: channel, rank: type === undefined ? 2 : 5 }
        : undefined;
    }
    case NodeKind.Call:
      return operationOfCall(symbols, body, node);
    default:
      return undefined;
  }
}

function operationOfCall(symbols: Symbols, body: FunctionBody, call: number): Operation | undefined {
  const { tree } = body;
  const target = symbols.resolveCall(body, call);
  if (target.kind === "external" && target.name === "time.Sleep") {
    return { kind: "sleep", node: call, subject: NO_NODE, rank: 4 };
  }
  const callee = tree.firstChild(call);
  const subject = tree.kind(callee) === NodeKind.Selector ? tree.firstChild(callee) : NO_NODE;
  if (target.kind === "external-method" || target.kind === "unknown") {
    const name = subject === NO_NODE ? "" : symbols.nameOf(body, callee);
    if (name === "Lock" || name === "RLock") return { kind: "lock", node: call, subject, rank: 4 };
    if (name === "Wait") return { kind: "wait", node: call, subject, rank: 4 };
  }
  if (target.kind === "builtin" || target.kind === "conversion") return undefined;
  return { kind: "call", node: call, subject: NO_NODE, rank: 1 };
}

function describe(symbols: Symbols, body: FunctionBody, operation: Operation): BlockingStatement {
  const { kind, node, subject } = operation;
  const statement = kind === "select" ? node : enclosingStatement(body, node);
  const result: BlockingStatement = {
    kind,
    file: body.file.path,
    line: lineOf(body, kind === "range" ? body.tree.parent(node) : statement),
    text: statementText(body, kind === "range" ? node : statement),
    otherSide: [],
  };
  if (subject !== NO_NODE) result.channel = textOf(body, subject);
  switch (kind) {
    case "select":
      describeSelect(symbols, body, node, result);
      return result;
    case "send":
    case "receive":
    case "range":
      describeChannel(symbols, body, subject, kind, result);
      return result;
    case "lock":
    case "wait":
      result.otherSide = findOtherCalls(
        symbols,
        body,
        subject,
        node,
        kind === "lock" ? /^R?Lock$/ : /^(?:Done|Signal|Broadcast)$/,
      );
      return result;
    default:
      return result;
  }
}

function describeChannel(
  symbols: Symbols,
  body: FunctionBody,
  channel: number,
  kind: "send" | "receive" | "range",
  result: BlockingStatement,
): void {
  const peers = findChannelPeers(symbols, body, channel);
  const [make] = peers.makes;
  if (make !== undefined && result.madeAt === undefined) {
    const capacity = make.body.tree.child(make.node, 2);
    result.madeAt = {
      file: make.body.file.path,
      line: lineOf(make.body, make.node),
      ...(capacity === NO_NODE ? {} : { capacity: textOf(make.body, capacity) }),
    };
  }
  let other: Mention[];
  if (kind === "send") other = peers.receives;
  else if (kind === "receive") other = [...peers.sends, ...peers.closes];
  else other = [...peers.closes, ...peers.sends];
  addLines(result.otherSide, other);
}

function describeSelect(
  symbols: Symbols,
  body: FunctionBody,
  select: number,
  result: BlockingStatement,
): void {
  const { tree } = body;
  result.channels = [];
  result.hasDoneCase = false;
  for (const clause of tree.children(select)) {
    const comm = tree.firstChild(clause);
    if (comm === NO_NODE || tree.kind(comm) !== NodeKind.Comm) continue;
    const statement = tree.firstChild(comm);
    if (statement === NO_NODE) {
      result.hasDoneCase = true;
      continue;
    }
    const isSend = tree.kind(statement) === NodeKind.Send;
    const channel = isSend ? tree.firstChild(statement) : findReceivedChannel(body, statement);
    if (channel === NO_NODE) continue;
    result.channels.push(textOf(body, channel));
    if (!isSend && endsWait(symbols, body, channel)) result.hasDoneCase = true;
    else describeChannel(symbols, body, channel, isSend ? "send" : "receive", result);
  }
}

/** The ch of `<-ch`, `v := <-ch` and `v, ok := <-ch`. */
function findReceivedChannel(body: FunctionBody, statement: number): number {
  const { tree, file } = body;
  let value = tree.firstChild(statement);
  if (tree.kind(statement) === NodeKind.Assign) value = tree.firstChild(tree.next(value));
  const receive = value;
  const isReceive =
    receive !== NO_NODE &&
    tree.kind(receive) === NodeKind.Unary &&
    file.tokens.kind[tree.token(receive)] === TokenKind.Arrow;
  return isReceive ? tree.firstChild(receive) : NO_NODE;
}

/** True for ctx.Done(), timers, and channels by whose closing the package tells others to stop. */
function endsWait(symbols: Symbols, body: FunctionBody, channel: number): boolean {
  const { tree } = body;
  const node = symbols.unwrap(body, channel);
  if (tree.kind(node) === NodeKind.Call) {
    const target = symbols.resolveCall(body, node);
    if (target.kind === "external") return target.name === "time.After" || target.name === "time.Tick";
    const callee = tree.firstChild(node);
    return tree.kind(callee) === NodeKind.Selector && symbols.nameOf(body, callee) === "Done";
  }
  if (tree.kind(node) === NodeKind.Selector && symbols.nameOf(body, node) === "C") {
    const owner = symbols.canonicalName(symbols.typeOf(body, tree.firstChild(node)));
    return owner === "" || owner === "time.Timer" || owner === "time.Ticker";
  }
  const text = textOf(body, node);
  const isNamedSo = /(?:done|quit|stop|clos|cancel|exit|shutdown|term|kill)\w*$/i.test(text);
  return isNamedSo && findChannelPeers(symbols, body, node).closes.length > 0;
}

function findOtherCalls(
  symbols: Symbols,
  body: FunctionBody,
  subject: number,
  self: number,
  names: RegExp,
): SourceLine[] {
  const place = subject === NO_NODE ? undefined : findPlace(symbols, body, subject)?.place;
  if (place === undefined) return [];
  const calls: Mention[] = [];
  for (const { body: other, node } of findMentions(symbols, place)) {
    const { tree } = other;
    const selector = tree.parent(node);
    if (selector === NO_NODE || tree.kind(selector) !== NodeKind.Selector) continue;
    const call = tree.parent(selector);
    const isCall =
      call !== NO_NODE && tree.kind(call) === NodeKind.Call && tree.firstChild(call) === selector;
    if (!isCall || (other === body && call === self)) continue;
    if (names.test(symbols.nameOf(other, selector))) calls.push({ body: other, node: call });
  }
  const lines: SourceLine[] = [];
  addLines(lines, calls);
  return lines;
}

function addLines(lines: SourceLine[], mentions: readonly Mention[]): void {
  for (const { body, node } of mentions) {
    const statement = enclosingStatement(body, node);
    const file = body.file.path;
    const line = lineOf(body, statement);
    if (lines.length >= MAX_OTHER_SIDE || lines.some((known) => known.file === file && known.line === line))
      continue;
    lines.push({ file, line, text: statementText(body, statement) });
  }
}
