import type { Activation } from "./activation.ts";
import type { Flow, FlowContext } from "./flow.ts";
import { ELEMENTS, ITSELF, isWhole, SOMEWHERE, stepInto, within } from "./flow-path.ts";
import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { findContainerMethod, isStandardType } from "./retained-store.ts";
import { findArgumentFlow, isAliasingMethod, isAppendingFunction } from "./standard-functions.ts";
import type { CallTarget } from "./symbols.ts";

export function followArgument(context: FlowContext, flow: Flow, call: number): void {
  const { body } = flow.activation;
  const { tree } = body;
  const position = tree.childIndex(flow.node) - 1;
  const isSpread = tree.token(call) >= 0 && tree.lastChild(call) === flow.node;
  const target = context.symbols.resolveCall(body, call);
  switch (target.kind) {
    case "builtin":
      followBuiltin(context, flow, call, target.name, position, isSpread);
      return;
    case "conversion":
      if (!isCopyingConversion(context, body, flow, target.type)) {
        context.add({ ...context.step(flow, "convert", call), node: call });
      }
      return;
    case "declared":
      enter(context, flow, call, target, position, isSpread);
      return;
    case "literal":
      bindParameter(
        context,
        flow,
        flow.activation,
        tree.firstChild(target.literal),
        position,
        isSpread,
        call,
      );
      return;
    case "external":
      followExternal(context, flow, call, target.name, position);
      return;
    case "external-method": {
      if (recordMethodStore(context, flow, call, target)) {
        context.trackExpression(flow, target.receiver, within(ELEMENTS, flow.path));
      } else if (isStandardType(target.receiverType) && /^(?:Add|Set)$/.test(target.name)) {
        context.trackExpression(flow, target.receiver, SOMEWHERE);
      }
      return;
    }
    default:
      return;
  }
}

function followBuiltin(
  context: FlowContext,
  flow: Flow,
  call: number,
  name: string,
  position: number,
  isSpread: boolean,
): void {
  const { tree } = flow.activation.body;
  if (name === "append") {
    if (position === 0) {
      context.add({ ...flow, node: call });
      return;
    }
    // `append(x, s...)` copies the elements; what they point at goes along.
    const element = isSpread ? stepInto(flow.path, ELEMENTS) : flow.path;
    if (element === undefined || (isSpread && flow.path === ITSELF)) return;
    context.add({ ...flow, node: call, path: within(ELEMENTS, element) });
    return;
  }
  if (name === "copy" && position === 1) {
    const element = stepInto(flow.path, ELEMENTS);
    if (element === undefined || flow.path === SOMEWHERE) return;
    context.trackExpression({ ...flow, path: element }, tree.child(call, 1), within(ELEMENTS, element));
  }
  if (name === "min" || name === "max") context.add({ ...flow, node: call });
}

/** string(b) and []byte(s) copy; other conversions are the same memory under another type. */
function isCopyingConversion(context: FlowContext, body: FunctionBody, flow: Flow, type: string): boolean {
  const target = context.symbols.underlying({ text: type, file: body.file })?.text ?? type;
  const source = context.symbols.underlying(context.symbols.typeOf(body, flow.node))?.text;
  if (target === "string") return source !== "string";
  if (target === "[]byte" || target === "[]rune") return source === undefined || source === "string";
  return false;
}

function followExternal(
  context: FlowContext,
  flow: Flow,
  call: number,
  name: string,
  position: number,
): void {
  const { tree } = flow.activation.body;
  if (name === "container/heap.Push" && position === 1) {
    const heap = tree.child(call, 1);
    context.recordStore(flow, "heap-push", call, heap);
    context.trackExpression(flow, heap, within(ELEMENTS, flow.path));
    return;
  }
  if (/^slices\.(?:Insert|Concat|Replace)$/.test(name)) {
    const path = position === 0 ? flow.path : within(ELEMENTS, flow.path);
    context.add({ ...flow, node: call, path });
    return;
  }
  const relation = isAppendingFunction(name) && position === 0 ? "alias" : findArgumentFlow(name);
  const result: Flow = { ...flow, node: call };
  switch (relation) {
    case "alias":
      context.add(result);
      return;
    case "holds":
      context.add({ ...result, path: SOMEWHERE });
      return;
    case "part":
    case "parts": {
      if (!isWhole(flow.path)) return;
      const part: Flow = { ...context.step(flow, "subslice", call), node: call, subslice: true };
      context.add(relation === "parts" ? { ...part, path: within(ELEMENTS, flow.path) } : part);
      // Cut gives the part before and the part after.
      if (name.endsWith(".Cut")) context.add({ ...part, result: 1 });
      return;
    }
    default:
      return;
  }
}

/** Methods that give all that was written, not a part of it. */
const READS_ALL = /^(?:String|Bytes|Error)$/;

/** The value is the receiver of a method call. */
export function followReceiver(context: FlowContext, flow: Flow, call: number, name: string): void {
  const { body } = flow.activation;
  const target = context.symbols.resolveCall(body, call);
  if (target.kind === "declared") {
    enter(context, flow, call, target, -1, false);
    return;
  }
  if (target.kind === "external-method" && isAliasingMethod(target.receiverType, name)) {
    context.add({ ...flow, node: call, path: ITSELF, subslice: flow.subslice || !READS_ALL.test(name) });
  }
}

/** Goes on with the parameter that takes the value; position -1 is the receiver. */
function enter(
  context: FlowContext,

  flow: Flow,
  call: number,
  target: Extract<CallTarget, { kind: "declared" }>,
  position: number,
  isSpread: boolean,
): void {
  for (const { file, declaration } of target.functions) {
    const body = context.symbols.sources.getBody(file, declaration);
    const entered = context.activations.enter({ activation: flow.activation, call }, body);
    if (entered === undefined) continue;
    // The method expression T.M(x, …) is a call without receiver and rare enough to be left out.
    const list = body.tree.child(0, position < 0 ? 0 : 1);
    bindParameter(context, flow, entered, list, Math.max(0, position), isSpread, call);
  }
}

function bindParameter(
  context: FlowContext,

  flow: Flow,
  activation: Activation,
  list: number,
  position: number,
  isSpread: boolean,
  call: number,
): void {
  const { tree } = activation.body;
  const last = tree.lastChild(list);
  if (last === NO_NODE) return;
  const exact = tree.child(list, position);
  const parameter = exact === NO_NODE && tree.token(last) >= 0 ? last : exact;
  if (parameter === NO_NODE) return;
  const name = tree.firstChild(parameter);
  if (tree.kind(name) !== NodeKind.Ident) return;
  const isVariadic = tree.token(parameter) >= 0 && !isSpread;
  const path = isVariadic ? within(ELEMENTS, flow.path) : flow.path;
  const passed = context.step(flow, "pass", call);
  context.trackVariable({ ...passed, activation, path }, name, name);
}

/** A call on the allocating line may have kept its memory in its own receiver: s.list.PushBack(v). */
export function keepInReceiver(context: FlowContext, flow: Flow, call: number): void {
  const { body } = flow.activation;
  const target = context.symbols.resolveCall(body, call);
  if (target.kind !== "external-method") return;
  recordMethodStore(context, flow, call, target);
  context.trackExpression(flow, target.receiver, SOMEWHERE);
}

type MethodCall = Extract<CallTarget, { kind: "external-method" }>;

/** Records the store that a method call amounts to by its type and name; false if it is none. */
function recordMethodStore(context: FlowContext, flow: Flow, call: number, target: MethodCall): boolean {
  const { body } = flow.activation;
  const method = findContainerMethod(target.receiverType, target.name);
  if (method === undefined) return false;
  // Of what a call returns nothing is known: `w.Header().Set(…)` keeps nothing beyond the request.
  const isPassing = body.tree.kind(context.symbols.unwrap(body, target.receiver)) === NodeKind.Call;
  if (!method.isKnown && isPassing) return false;
  context.recordStore(flow, method.kind, call, target.receiver, method.isKnown ? 0 : UNCERTAIN_STORE);
  return true;
}

/** A store that only a method's name speaks for gives way to one that is certain. */
const UNCERTAIN_STORE = -4;
