import { findChannelPeers } from "./channel-peers.ts";
import { findConstantValue } from "./constant-value.ts";
import type { FoundStore } from "./flow.ts";
import { shapeOfType } from "./go-file.ts";
import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import { findAvoidablePart, traceKey, type VolatilePart } from "./map-key.ts";
import type { Removal } from "./removals.ts";
import type { AvoidableKey, ChannelUse, RetainedStore } from "./retained-store.ts";
import { declaredName } from "./runtime-name.ts";
import { enclosingStatement, lineOf, statementText, textOf } from "./statement-text.ts";
import type { Symbols, TypeReference } from "./symbols.ts";
import { sizeOfType } from "./type-size.ts";
import { elementOf, keyOf } from "./type-text.ts";
import type { ValueFlow } from "./value-flow.ts";

/** What the program uses the container of a store for: callbacks, counts by key, a queue. */
export function describeContainerUse(
  flow: ValueFlow,
  found: FoundStore,
  removals: readonly Removal[],
): Pick<RetainedStore, "registersListener" | "avoidableKey" | "slotBytes" | "channel"> {
  const { symbols } = flow;
  const registersListener = keepsListeners(symbols, found, removals);
  const avoidableKey = registersListener ? undefined : findAvoidableKey(flow, found);
  const channel = found.kind === "channel-send" ? describeChannel(symbols, found) : undefined;
  const slotBytes = measureSlot(symbols, found);
  return {
    registersListener,
    ...(slotBytes === undefined ? {} : { slotBytes }),
    ...(avoidableKey === undefined ? {} : { avoidableKey }),
    ...(channel === undefined ? {} : { channel }),
  };
}

// ---- listeners ----

const LISTENER_NAME = /subscri|listen|observ|callback|hook|handler|watch|notif|regist|attach/i;
/** OnClose, onChange. */
const EVENT_METHOD = /(?:^|[._])[Oo]n[A-Z]\w+$/;
const MAX_NESTING = 4;

/**
 * Functions in a container are callbacks, unless it is worked off like a queue. Other things that can be called back,
 * interfaces, channels and structs with a function in them, are listeners only where names say so.
 */
function keepsListeners(symbols: Symbols, found: FoundStore, removals: readonly Removal[]): boolean {
  const { body, target, base } = found;
  if (base === "channel-send" || base === "label-values") return false;
  const isQueue = removals.some(({ kind }) => kind === "truncate" || kind === "reset" || kind === "receive");
  if (isQueue) return false;
  const element = innermostElement(symbols, symbols.typeOf(body, target));
  const named = symbols.findNamedType(element);
  const underlying = symbols.underlying(element);
  const shape = underlying === undefined ? "unknown" : shapeOfType(underlying.text);
  const names = [declaredName(body.declaration), textOf(body, target), named?.declaration.name ?? ""];
  const isNamedSo = names.some((name) => LISTENER_NAME.test(name) || EVENT_METHOD.test(name));
  switch (shape) {
    case "function":
      return true;
    case "interface":
    case "channel":
    case "unknown":
      return isNamedSo && (shape !== "unknown" || found.kind === "closure-register");
    default: {
      const holdsCallback = named?.declaration.fields.some(({ type }) => {
        const field = symbols.underlying({ text: type, file: named.file })?.text ?? type;
        return ["function", "channel"].includes(shapeOfType(field));
      });
      return isNamedSo && holdsCallback === true;
    }
  }
}

/** What `map[string][]func(Event)` holds in the end: func(Event). */
function innermostElement(symbols: Symbols, type: TypeReference | undefined): TypeReference | undefined {
  let at = symbols.underlying(type);
  let element = type;
  for (let depth = 0; depth < MAX_NESTING && at !== undefined; depth++) {
    const held = /^\*?(?:map)?\[/.test(at.text) ? elementOf(at.text) : "";
    // A set keeps its keys: map[chan Event]struct{}.
    const text = (held === "struct{}" || held === "bool") && keyOf(at.text) !== "" ? keyOf(at.text) : held;
    if (text === "") return element;
    element = { ...at, text };
    at = symbols.underlying(element);
  }
  return element;
}

// ---- keys ----

function findAvoidableKey(flow: ValueFlow, found: FoundStore): AvoidableKey | undefined {
  const { activation, body } = found;
  const keys = findKeys(found);
  if (keys.length === 0) return undefined;
  const key = traceKey(
    flow,
    keys.map((node) => ({ activation, node })),
  );
  const part = findAvoidablePart(key, isAggregate(found, key.text));
  if (part === undefined || isOwnNameOfValue(found, part)) return undefined;
  const [first] = keys;
  return { text: first === undefined ? "" : keys.map((node) => textOf(body, node)).join(", "), part };
}

/** The expressions whose values tell the entries apart. */
function findKeys({ body, target, base }: FoundStore): number[] {
  const { tree } = body;
  const parent = tree.parent(target);
  if (parent === NO_NODE) return [];
  switch (base) {
    case "map-assign":
      return tree.kind(parent) === NodeKind.Index && tree.firstChild(parent) === target
        ? [tree.next(target)]
        : [];
    case "append":
      // m[k] = append(m[k], v): the entries are the map's, and so are their keys.
      return tree.kind(target) === NodeKind.Index ? [tree.next(tree.firstChild(target))] : [];
    case "sync-map-store":
    case "method-store":
    case "label-values": {
      const call = tree.parent(parent);
      if (call === NO_NODE || tree.kind(call) !== NodeKind.Call) return [];
      const values = [...tree.children(call)].slice(1);
      return base === "label-values" ? values : values.slice(0, 1);
    }
    default:
      return [];
  }
}

/** True for a map that sums up what happens to a key: counts, totals, lists by key. */
function isAggregate({ body, statement, base }: FoundStore, key: string): boolean {
  const { tree, file } = body;
  if (base === "label-values") return true;
  if (tree.kind(statement) === NodeKind.IncDec || base === "append") return true;
  if (tree.kind(statement) !== NodeKind.Assign) return /\.Add(?:Float)?\(/.test(textOf(body, statement));
  const operator = file.tokens.kind[tree.token(statement)];
  if (operator !== TokenKind.Assign && operator !== TokenKind.Define) return true;
  const target = textOf(body, tree.firstChild(statement));
  return target.includes(`[${key}]`) && textOf(body, tree.lastChild(statement)).includes(target);
}

/** A connection kept under its peer's address is kept under its own name: nothing to normalise. */
function isOwnNameOfValue({ body, statement }: FoundStore, { text }: VolatilePart): boolean {
  const { tree } = body;
  const bearer = /^[\p{L}_][\p{L}\p{Nd}_]*/u.exec(text)?.[0];
  if (bearer === undefined || tree.kind(statement) !== NodeKind.Assign) return false;
  return new RegExp(`(?<![\\w.])${bearer}(?![\\w.(])`).test(textOf(body, tree.lastChild(statement)));
}

/** Keys and values larger than this lie outside the table, behind a pointer (internal/abi/map.go). */
const MOST_INLINE_BYTES = 128;

function measureSlot(symbols: Symbols, { body, target, base }: FoundStore): number | undefined {
  if (base !== "map-assign") return undefined;
  const map = symbols.underlying(symbols.typeOf(body, target));
  if (map === undefined || keyOf(map.text) === "") return undefined;
  const key = sizeOfType(symbols, { ...map, text: keyOf(map.text) });
  const value = sizeOfType(symbols, { ...map, text: elementOf(map.text) });
  if (key === undefined || value === undefined) return undefined;
  return [key, value].reduce((sum, { bytes }) => sum + (bytes > MOST_INLINE_BYTES ? 8 : bytes), 0);
}

// ---- channels ----

const MAX_RECEIVES = 4;

function describeChannel(symbols: Symbols, { body, target }: FoundStore): ChannelUse {
  const peers = findChannelPeers(symbols, body, target);
  const [make] = peers.makes;
  const receives = peers.receives.slice(0, MAX_RECEIVES).map(({ body: reader, node }) => {
    const statement = enclosingStatement(reader, node);
    return {
      file: reader.file.path,
      line: lineOf(reader, statement),
      function: declaredName(reader.declaration),
      text: statementText(reader, statement),
    };
  });
  if (make === undefined) return { receives };
  const capacity = evaluateCapacity(make.body, make.node);
  return {
    madeAt: {
      file: make.body.file.path,
      line: lineOf(make.body, make.node),
      text: textOf(make.body, make.node),
    },
    ...(capacity === undefined ? {} : { capacity }),
    receives,
  };
}

function evaluateCapacity({ tree, file }: FunctionBody, make: number): number | undefined {
  const argument = tree.child(make, 2);
  return argument === NO_NODE ? 0 : findConstantValue(file.tokens, tree.first(argument), tree.end(argument));
}
