import { type Activation, Activations } from "./activation.ts";
import { findReturnedValues } from "./channel-peers.ts";
import { ELEMENTS, type FlowPath, ITSELF, isWhole, SOMEWHERE, stepInto, within } from "./flow-path.ts";
import { findSeeds, type Seed } from "./flow-seeds.ts";
import { findCallSource, isFreshValue } from "./fresh-value.ts";
import type { FunctionBody, SourceFrame } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import { containerOf, findAliasOrigin, findPlace, isSamePlace } from "./place.ts";
import {
  findContainerMethod,
  isGrowing,
  isStandardType,
  type Lifetime,
  type RetentionStep,
  type StoreKind,
} from "./retained-store.ts";
import { declaredName } from "./runtime-name.ts";
import { findArgumentFlow, isAliasingMethod, isAppendingFunction } from "./standard-functions.ts";
import { enclosingStatement, lineOf, statementText, textOf } from "./statement-text.ts";
import type { CallTarget, Symbols } from "./symbols.ts";
import { isAssignmentTarget, lifetimeOfLocal, outermostLiteralBetween, reaches } from "./variable-reach.ts";

/** Steps back to the allocation, as a list that flows share. */
interface StepList {
  step: RetentionStep;
  before: StepList | undefined;
}

/** An expression whose value holds the memory we follow. */
interface Flow {
  activation: Activation;
  node: number;
  /** Where in the value the memory lies. */
  path: FlowPath;
  /** Which result, if the node is a call that has several. */
  result: number;
  subslice: boolean;
  /** The memory is kept by a function value. */
  isClosure: boolean;
  steps: StepList | undefined;
  /** From the seed: how surely the seed is what was allocated. */
  weight: number;
}

/** An expression that holds the memory at `path`, and whose variable is still to be found. */
interface Owner {
  activation: Activation;
  node: number;
  path: FlowPath;
}

/** A store that the flow reached, with what is needed to choose among several. */
export interface FoundStore {
  kind: StoreKind;
  body: FunctionBody;
  statement: number;
  /** The expression of the container. */
  target: number;
  lifetime: Lifetime;
  subslice: boolean;
  steps: RetentionStep[];
  /** True if what is stored is the memory itself, not something that leads to it. */
  isBare: boolean;
  /** How much the kind of store and the life of its container explain growth: the larger the better. */
  tier: number;
  /** How surely this is where the allocation went, within its tier. */
  weight: number;
}

const MAX_FLOWS = 4000;
const MAX_STORES = 200;
const MAX_OWNER_STEPS = 12;

/**
 * Follows memory from where it is allocated to the statements that keep it.
 *
 * A worklist over (activation, expression, path inside the value), each visited once and all of them bounded in
 * number, so the cost does not depend on how the code is nested or how calls recurse. Copies end a flow.
 */
export class ValueFlow {
  readonly #symbols: Symbols;
  readonly #activations: Activations;
  readonly #queue: Flow[] = [];
  readonly #visited = new Set<string>();
  readonly #stores: FoundStore[] = [];

  constructor(symbols: Symbols, frames: readonly SourceFrame[]) {
    this.#symbols = symbols;
    this.#activations = new Activations(symbols, frames);
  }

  /** The stores that memory allocated on the line of frame `index` reaches, the best first. */
  findStores(index: number, line: number): FoundStore[] {
    const activation = this.#activations.findFrame(index);
    if (activation === undefined) return [];
    for (const seed of findSeeds(this.#symbols, activation.body, line)) this.#plant(activation, seed);
    for (let next = 0; next < this.#queue.length && next < MAX_FLOWS; next++)
      this.#follow(this.#queue[next]!);
    return this.#stores.sort((a, b) => b.tier - a.tier || b.weight - a.weight);
  }

  #plant(activation: Activation, { node, path, weight, effect }: Seed): void {
    const { body } = activation;
    const flow: Flow = {
      activation,
      node,
      path,
      result: 0,
      subslice: false,
      isClosure: body.tree.kind(node) === NodeKind.FuncLit,
      steps: undefined,
      weight,
    };
    const start = this.#step(flow, "allocate", node);
    switch (effect) {
      case "value":
        this.#add(start);
        return;
      case "assign-target":
        this.#storeInto(start, node, body.tree.findEnclosing(node, NodeKind.Assign, NodeKind.IncDec), true);
        return;
      case "receiver":
        this.#keepInReceiver(start, node);
        return;
      case "out-parameter":
        this.#trackExpression(start, node, SOMEWHERE);
        return;
    }
  }

  #add(flow: Flow): void {
    const { activation, node, path, result, subslice, isClosure } = flow;
    const key = `${activation.id}:${node}:${result}:${subslice ? 1 : 0}${isClosure ? 1 : 0}:${path}`;
    if (this.#visited.has(key) || this.#queue.length >= MAX_FLOWS) return;
    this.#visited.add(key);
    this.#queue.push(flow);
  }

  #step(flow: Flow, kind: RetentionStep["kind"], node: number): Flow {
    const { body } = flow.activation;
    const statement = enclosingStatement(body, node);
    // An allocation is shown on its own line, which in a long literal is not where the statement begins.
    const isApart = kind === "allocate" && lineOf(body, node) !== lineOf(body, statement);
    const step: RetentionStep = {
      kind,
      file: body.file.path,
      line: lineOf(body, isApart ? node : statement),
      function: declaredName(body.declaration),
      text: isApart ? textOf(body, node) : statementText(body, statement),
    };
    const last = flow.steps?.step;
    const isRepeated =
      last !== undefined && last.kind === kind && last.line === step.line && last.file === step.file;
    return isRepeated ? flow : { ...flow, steps: { step, before: flow.steps } };
  }

  // ---- expressions ----

  /** One step: what the syntax around the expression does with its value. */
  #follow(flow: Flow): void {
    const { body } = flow.activation;
    const { tree, file } = body;
    const { node, path } = flow;
    const parent = tree.parent(node);
    if (parent === NO_NODE) return;
    const isFirst = tree.firstChild(parent) === node;
    const up = (changes: Partial<Flow> = {}): void => this.#add({ ...flow, node: parent, ...changes });

    switch (tree.kind(parent)) {
      case NodeKind.Paren:
      case NodeKind.TypeAssert:
        up();
        return;
      case NodeKind.Unary: {
        const operator = file.tokens.kind[tree.token(parent)];
        if (operator === TokenKind.And) up();
        else if (operator === TokenKind.Mul && path !== ITSELF) up();
        else if (operator === TokenKind.Arrow) this.#upInto(flow, parent, ELEMENTS);
        return;
      }
      case NodeKind.Selector:
        this.#followSelector(flow, parent);
        return;
      case NodeKind.Index:
        if (isFirst) this.#followElement(flow, parent);
        else this.#followKey(flow, parent);
        return;
      case NodeKind.Slice:
        if (!isFirst) return;
        if (isWhole(path) && tree.next(node) !== NO_NODE) {
          this.#add({ ...this.#step(flow, "subslice", parent), node: parent, subslice: true });
        } else up();
        return;
      case NodeKind.KeyValue: {
        const literal = tree.parent(parent);
        const part = isFirst ? ELEMENTS : this.#fieldPart(body, literal, parent);
        this.#add({ ...flow, node: literal, path: within(part, path) });
        return;
      }
      case NodeKind.CompositeLit:
        if (!isFirst) up({ path: within(this.#elementPart(body, parent, node), path) });
        return;
      case NodeKind.Call:
        if (!isFirst) this.#followArgument(flow, parent);
        return;
      case NodeKind.ExpressionList:
        this.#followList(flow, parent);
        return;
      case NodeKind.Return:
        this.#followReturn(flow, parent, tree.childIndex(node));
        return;
      case NodeKind.Send:
        if (!isFirst) {
          const channel = tree.firstChild(parent);
          this.#recordStore(flow, "channel-send", parent, channel);
          this.#trackOwner(flow, channel, ELEMENTS);
        }
        return;
      case NodeKind.RangeOperand:
        this.#followRange(flow, tree.parent(parent));
        return;
      default:
        return;
    }
  }

  #upInto(flow: Flow, parent: number, part: string): void {
    const path = stepInto(flow.path, part);
    if (path !== undefined) this.#add({ ...flow, node: parent, path });
  }

  #followSelector(flow: Flow, selector: number): void {
    const { body } = flow.activation;
    const { tree } = body;
    const name = this.#symbols.nameOf(body, selector);
    const call = tree.parent(selector);
    if (call !== NO_NODE && tree.kind(call) === NodeKind.Call && tree.firstChild(call) === selector) {
      this.#followReceiver(flow, call, name);
      return;
    }
    const path = stepInto(flow.path, `.${name}`);
    if (path !== undefined) {
      this.#add({ ...flow, node: selector, path });
      return;
    }
    if (flow.path !== ITSELF) return;
    // A method value holds its receiver; the address of a field keeps the whole struct.
    const type = this.#symbols.typeOf(body, flow.node);
    if (this.#symbols.findMethods(type, name).length > 0) {
      this.#add({ ...flow, node: selector, isClosure: true });
    } else if (this.#isAddressTaken(body, selector)) {
      this.#add({ ...flow, node: selector, subslice: true });
    }
  }

  #isAddressTaken({ tree, file }: FunctionBody, node: number): boolean {
    const parent = tree.parent(node);
    return (
      parent !== NO_NODE &&
      tree.kind(parent) === NodeKind.Unary &&
      file.tokens.kind[tree.token(parent)] === TokenKind.And
    );
  }

  #followElement(flow: Flow, index: number): void {
    const { body } = flow.activation;
    const path = stepInto(flow.path, ELEMENTS);
    if (path !== undefined) this.#add({ ...flow, node: index, path });
    else if (flow.path === ITSELF && this.#isAddressTaken(body, index)) {
      this.#add({ ...flow, node: index, subslice: true });
    }
  }

  /** The value is the key of `m[key]`: kept if that is assigned. */
  #followKey(flow: Flow, index: number): void {
    const { body } = flow.activation;
    const { tree } = body;
    const list = tree.parent(index);
    const statement = list === NO_NODE ? NO_NODE : tree.parent(list);
    const isIncremented = list !== NO_NODE && tree.kind(list) === NodeKind.IncDec;
    const isAssigned =
      statement !== NO_NODE &&
      tree.kind(statement) === NodeKind.Assign &&
      tree.firstChild(statement) === list;
    if (!isIncremented && !isAssigned) return;
    if (this.#isIndexed(body, index)) return;
    this.#storeInto(flow, index, isIncremented ? list : statement, false);
  }

  /** The part of a composite literal that `field: value` sets. */
  #fieldPart(body: FunctionBody, literal: number, pair: number): string {
    const { tree, file } = body;
    const opening = file.tokens.kind[tree.first(literal)];
    const key = tree.firstChild(pair);
    if (opening === TokenKind.Map || opening === TokenKind.LBrack || tree.kind(key) !== NodeKind.Ident)
      return ELEMENTS;
    const type = this.#symbols.underlying(this.#symbols.typeOf(body, literal));
    const isContainer = type !== undefined && /^(?:map)?\[/.test(type.text);
    return isContainer ? ELEMENTS : `.${this.#symbols.nameOf(body, key)}`;
  }

  #elementPart(body: FunctionBody, literal: number, element: number): string {
    const type = this.#symbols.underlying(this.#symbols.typeOf(body, literal));
    const struct = this.#symbols.findNamedType(type);
    const field = struct?.declaration.fields[body.tree.childIndex(element) - 1];
    if (field !== undefined) return `.${field.name}`;
    return type !== undefined && /^(?:map)?\[/.test(type.text) ? ELEMENTS : SOMEWHERE;
  }

  #followRange(flow: Flow, loop: number): void {
    const { body } = flow.activation;
    const { tree } = body;
    const path = stepInto(flow.path, ELEMENTS);
    const variables = tree.firstChild(loop);
    if (path === undefined || tree.kind(variables) !== NodeKind.ExpressionList) return;
    const key = tree.firstChild(variables);
    const value = tree.next(key);
    const type = this.#symbols.underlying(this.#symbols.typeOf(body, flow.node));
    // Channels and iterators give their elements in the first variable.
    const isIndexed = type !== undefined && /^\*?(?:map)?\[/.test(type.text);
    for (const variable of isIndexed ? [value] : [key, value]) {
      if (variable !== NO_NODE) this.#assign({ ...flow, path }, variable, loop);
    }
  }

  // ---- calls ----

  #followArgument(flow: Flow, call: number): void {
    const { body } = flow.activation;
    const { tree } = body;
    const position = tree.childIndex(flow.node) - 1;
    const isSpread = tree.token(call) >= 0 && tree.lastChild(call) === flow.node;
    const target = this.#symbols.resolveCall(body, call);
    switch (target.kind) {
      case "builtin":
        this.#followBuiltin(flow, call, target.name, position, isSpread);
        return;
      case "conversion":
        if (!this.#isCopyingConversion(body, flow, target.type)) {
          this.#add({ ...this.#step(flow, "convert", call), node: call });
        }
        return;
      case "declared":
        this.#enter(flow, call, target, position, isSpread);
        return;
      case "literal":
        this.#bindParameter(flow, flow.activation, tree.firstChild(target.literal), position, isSpread, call);
        return;
      case "external":
        this.#followExternal(flow, call, target.name, position);
        return;
      case "external-method": {
        const method = findContainerMethod(target.receiverType, target.name);
        if (method === undefined) {
          if (isStandardType(target.receiverType) && /^(?:Add|Set)$/.test(target.name)) {
            this.#trackExpression(flow, target.receiver, SOMEWHERE);
          }
          return;
        }
        this.#recordStore(flow, method.kind, call, target.receiver, method.isKnown ? 0 : -4);
        this.#trackOwner(flow, target.receiver, ELEMENTS);
        return;
      }
      default:
        return;
    }
  }

  #followBuiltin(flow: Flow, call: number, name: string, position: number, isSpread: boolean): void {
    const { tree } = flow.activation.body;
    if (name === "append") {
      if (position === 0) {
        this.#add({ ...flow, node: call });
        return;
      }
      // `append(x, s...)` copies the elements; what they point at goes along.
      const element = isSpread ? stepInto(flow.path, ELEMENTS) : flow.path;
      if (element === undefined || (isSpread && flow.path === ITSELF)) return;
      this.#add({ ...flow, node: call, path: within(ELEMENTS, element) });
      return;
    }
    if (name === "copy" && position === 1) {
      const element = stepInto(flow.path, ELEMENTS);
      if (element === undefined || flow.path === SOMEWHERE) return;
      this.#trackExpression({ ...flow, path: element }, tree.child(call, 1), within(ELEMENTS, element));
    }
    if (name === "min" || name === "max") this.#add({ ...flow, node: call });
  }

  /** string(b) and []byte(s) copy; other conversions are the same memory under another type. */
  #isCopyingConversion(body: FunctionBody, flow: Flow, type: string): boolean {
    const to = this.#symbols.underlying({ text: type, file: body.file })?.text ?? type;
    const from = this.#symbols.underlying(this.#symbols.typeOf(body, flow.node))?.text;
    if (to === "string") return from !== "string";
    if (to === "[]byte" || to === "[]rune") return from === undefined || from === "string";
    return false;
  }

  #followExternal(flow: Flow, call: number, name: string, position: number): void {
    const { tree } = flow.activation.body;
    if (name === "container/heap.Push" && position === 1) {
      const heap = tree.child(call, 1);
      this.#recordStore(flow, "heap-push", call, heap);
      this.#trackOwner(flow, heap, ELEMENTS);
      return;
    }
    if (/^slices\.(?:Insert|Concat|Replace)$/.test(name)) {
      const path = position === 0 ? flow.path : within(ELEMENTS, flow.path);
      this.#add({ ...flow, node: call, path });
      return;
    }
    const relation = isAppendingFunction(name) && position === 0 ? "alias" : findArgumentFlow(name);
    const result: Flow = { ...flow, node: call };
    switch (relation) {
      case "alias":
        this.#add(result);
        return;
      case "holds":
        this.#add({ ...result, path: SOMEWHERE });
        return;
      case "part":
      case "parts": {
        if (!isWhole(flow.path)) return;
        const part: Flow = { ...this.#step(flow, "subslice", call), node: call, subslice: true };
        this.#add(relation === "parts" ? { ...part, path: within(ELEMENTS, flow.path) } : part);
        // Cut gives the part before and the part after.
        if (name.endsWith(".Cut")) this.#add({ ...part, result: 1 });
        return;
      }
      default:
        return;
    }
  }

  /** The value is the receiver of a method call. */
  #followReceiver(flow: Flow, call: number, name: string): void {
    const { body } = flow.activation;
    const target = this.#symbols.resolveCall(body, call);
    if (target.kind === "declared") {
      this.#enter(flow, call, target, -1, false);
      return;
    }
    if (target.kind === "external-method" && isAliasingMethod(target.receiverType, name)) {
      this.#add({ ...flow, node: call, path: ITSELF, subslice: flow.subslice || name !== "String" });
    }
  }

  /** Goes on with the parameter that takes the value; position -1 is the receiver. */
  #enter(
    flow: Flow,
    call: number,
    target: Extract<CallTarget, { kind: "declared" }>,
    position: number,
    isSpread: boolean,
  ): void {
    for (const { file, declaration } of target.functions) {
      const body = this.#symbols.sources.getBody(file, declaration);
      const entered = this.#activations.enter({ activation: flow.activation, call }, body);
      if (entered === undefined) continue;
      // The method expression T.M(x, …) is a call without receiver and rare enough to be left out.
      const list = body.tree.child(0, position < 0 ? 0 : 1);
      this.#bindParameter(flow, entered, list, Math.max(0, position), isSpread, call);
    }
  }

  #bindParameter(
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
    const passed = this.#step(flow, "pass", call);
    this.#trackVariable({ ...passed, activation, path }, name, name);
  }

  // ---- statements ----

  #followList(flow: Flow, list: number): void {
    const { body } = flow.activation;
    const { tree } = body;
    const statement = tree.parent(list);
    if (statement === NO_NODE) return;
    const kind = tree.kind(statement);
    const left = tree.firstChild(statement);
    if ((kind !== NodeKind.Assign && kind !== NodeKind.ValueSpec) || left === list) return;
    if (kind === NodeKind.Assign) {
      const operator = body.file.tokens.kind[tree.token(statement)];
      if (operator !== TokenKind.Assign && operator !== TokenKind.Define) return;
    }
    const isOnly = tree.firstChild(list) === flow.node && tree.next(flow.node) === NO_NODE;
    const position = isOnly ? flow.result : tree.childIndex(flow.node);
    const target = tree.child(left, position);
    if (target !== NO_NODE) this.#assign(flow, target, statement);
  }

  /** The value is assigned to a variable, field, element or package variable. */
  #assign(flow: Flow, target: number, statement: number): void {
    const { body } = flow.activation;
    const { tree, bindings } = body;
    const plain = this.#symbols.unwrap(body, target);
    if (tree.kind(plain) === NodeKind.Ident) {
      const declaration = bindings.declaration[plain]!;
      if (declaration !== NO_NODE) {
        this.#trackVariable(this.#step(flow, "assign", statement), declaration, plain);
        return;
      }
    }
    this.#storeInto(flow, plain, statement, false);
  }

  /** The value is stored below `target`; `isContainerItself` if it is the container's own memory that grew. */
  #storeInto(flow: Flow, target: number, statement: number, isContainerItself: boolean): void {
    const { body } = flow.activation;
    const { tree, file } = body;
    const operand = tree.firstChild(target);
    let kind: StoreKind;
    let container = target;
    let part = "";
    switch (tree.kind(target)) {
      case NodeKind.Index:
        kind = this.#isMap(body, target) ? "map-assign" : "element-assign";
        container = operand;
        part = ELEMENTS;
        break;
      case NodeKind.Selector:
        kind = "field-assign";
        break;
      case NodeKind.Unary:
        kind = "pointer-assign";
        container = operand;
        break;
      case NodeKind.Ident:
        if (this.#symbols.nameOf(body, target) === "_") return;
        kind = "global-assign";
        break;
      default:
        return;
    }
    const isConcat =
      tree.kind(statement) === NodeKind.Assign &&
      file.tokens.kind[tree.token(statement)] === TokenKind.AddAssign;
    if (isContainerItself && isConcat) kind = "string-concat";
    if (!isContainerItself && appendsTo(this.#symbols, body, flow.node, target)) {
      kind = "append";
      container = target;
    }
    this.#recordStore(flow, kind, statement, container);
    const path = isContainerItself ? SOMEWHERE : within(part, flow.path);
    this.#trackOwner({ ...flow, path }, tree.kind(target) === NodeKind.Index ? operand : target, "");
  }

  #isMap(body: FunctionBody, index: number): boolean {
    const { tree, file } = body;
    const type = this.#symbols.underlying(this.#symbols.typeOf(body, tree.firstChild(index)));
    if (type !== undefined && /^\*?(?:map)?\[/.test(type.text)) return /^\*?map\[/.test(type.text);
    const key = tree.child(index, 1);
    if (key === NO_NODE) return true;
    if (tree.kind(key) === NodeKind.Literal) return file.tokens.kind[tree.token(key)] !== TokenKind.Int;
    if (tree.kind(key) === NodeKind.Binary) return file.tokens.kind[tree.token(key)] === TokenKind.Add;
    return this.#symbols.typeOf(body, key)?.text !== "int";
  }

  #isIndexed(body: FunctionBody, index: number): boolean {
    return !this.#isMap(body, index);
  }

  /** A call on the allocating line may have kept its memory in its own receiver: s.list.PushBack(v). */
  #keepInReceiver(flow: Flow, call: number): void {
    const { body } = flow.activation;
    const target = this.#symbols.resolveCall(body, call);
    if (target.kind !== "external-method") return;
    const method = findContainerMethod(target.receiverType, target.name);
    if (method !== undefined) {
      this.#recordStore(flow, method.kind, call, target.receiver, method.isKnown ? 0 : -4);
    }
    this.#trackExpression(flow, target.receiver, SOMEWHERE);
  }

  #followReturn(flow: Flow, statement: number, position: number): void {
    const { activation } = flow;
    const { tree } = activation.body;
    const isOnly = tree.next(tree.firstChild(statement)) === NO_NODE;
    const result = isOnly ? flow.result : position;
    const returned = this.#step(flow, "return", statement);
    const literal = tree.findEnclosing(statement, NodeKind.FuncLit);
    if (literal === NO_NODE) {
      this.#returnTo(returned, result);
      return;
    }
    for (const call of this.#callsOfLiteral(activation.body, literal)) {
      this.#add({ ...returned, node: call, result });
    }
    if (this.#activations.findRunningLiteral(activation) === literal) this.#returnTo(returned, result);
  }

  #returnTo(flow: Flow, result: number): void {
    for (const { activation, call } of this.#activations.callersOf(flow.activation)) {
      this.#add({ ...flow, activation, node: call, result });
    }
  }

  /** Calls of a literal where it stands, or through the local variable it is assigned to. */
  #callsOfLiteral(body: FunctionBody, literal: number): number[] {
    const { tree } = body;
    let parent = tree.parent(literal);
    let callee = literal;
    while (parent !== NO_NODE && tree.kind(parent) === NodeKind.Paren) {
      callee = parent;
      parent = tree.parent(parent);
    }
    if (parent === NO_NODE) return [];
    if (tree.kind(parent) === NodeKind.Call) return tree.firstChild(parent) === callee ? [parent] : [];
    if (tree.kind(parent) !== NodeKind.ExpressionList) return [];
    const left = tree.firstChild(tree.parent(parent));
    const name = left === parent ? NO_NODE : tree.child(left, tree.childIndex(callee));
    const declaration =
      name === NO_NODE || tree.kind(name) !== NodeKind.Ident ? NO_NODE : body.bindings.declaration[name]!;
    if (declaration === NO_NODE) return [];
    return body.bindings
      .uses(declaration)
      .map((use) => tree.parent(use))
      .filter((call) => tree.kind(call) === NodeKind.Call && tree.isWithin(tree.firstChild(call), call));
  }

  // ---- variables ----

  /** Goes on with every later use of a local variable that now holds the value; `definition` is the name it got it by. */
  #trackVariable(flow: Flow, declaration: number, definition: number): void {
    const { activation } = flow;
    const { body } = activation;
    const { tree } = body;
    for (const use of body.bindings.uses(declaration)) {
      if (use === definition || isAssignmentTarget(body, use)) continue;
      if (!reaches(body, declaration, definition, use)) continue;
      this.#add({ ...flow, node: use, result: 0 });
      const literal = outermostLiteralBetween(body, declaration, use);
      if (literal !== NO_NODE) {
        this.#add({ ...flow, node: literal, path: SOMEWHERE, result: 0, isClosure: true });
      }
    }
    // A named result goes out with every bare return.
    const parameter = tree.parent(declaration);
    if (parameter === NO_NODE || tree.kind(parameter) !== NodeKind.Parameter) return;
    const list = tree.parent(parameter);
    const isResult = tree.kind(tree.parent(list)) === NodeKind.Function && list === tree.child(0, 2);
    if (isResult && definition !== declaration) {
      this.#returnTo(this.#step(flow, "return", definition), tree.childIndex(parameter));
    }
  }

  /** The value now lies inside what the expression means: goes on with the variable at its root. */
  #trackOwner(flow: Flow, expression: number, part: string): void {
    this.#trackExpression(flow, expression, within(part, flow.path));
  }

  #trackExpression(flow: Flow, expression: number, path: FlowPath): void {
    const pending: Owner[] = [{ activation: flow.activation, node: expression, path }];
    for (let step = 0; step < MAX_OWNER_STEPS && pending.length > 0; step++) {
      const owner = this.#findRootVariable(pending.shift()!);
      if (owner === undefined) continue;
      const { activation, node, path: inside } = owner;
      const declaration = activation.body.bindings.declaration[node]!;
      this.#trackVariable({ ...flow, activation, path: inside }, declaration, node);
      // What a parameter points at belongs to the caller; what a call returned, to whatever the callee did with it.
      const argument = this.#findArgument(activation, declaration);
      if (argument !== undefined) pending.push({ ...argument, path: inside });
      for (const made of this.#findReturned(activation, declaration)) pending.push({ ...made, path: inside });
    }
  }

  /** Steps from `v.items[i]` to v, if that is a local variable; the path grows by what was stepped over. */
  #findRootVariable({ activation, node, path }: Owner): Owner | undefined {
    const { body } = activation;
    const { tree, bindings } = body;
    let at = node;
    let inside = path;
    while (at !== NO_NODE) {
      switch (tree.kind(at)) {
        case NodeKind.Selector:
          if (this.#symbols.findImportPath(body, tree.firstChild(at)) !== undefined) return undefined;
          inside = within(`.${this.#symbols.nameOf(body, at)}`, inside);
          break;
        case NodeKind.Index:
          inside = within(ELEMENTS, inside);
          break;
        case NodeKind.Paren:
        case NodeKind.Slice:
        case NodeKind.TypeAssert:
        case NodeKind.Unary:
          break;
        case NodeKind.Ident:
          return bindings.declaration[at] === NO_NODE ? undefined : { activation, node: at, path: inside };
        default:
          return undefined;
      }
      at = tree.firstChild(at);
    }
    return undefined;
  }

  /** The variables that a call returned into the local variable: the object that the callee made. */
  #findReturned(activation: Activation, declaration: number): { activation: Activation; node: number }[] {
    const { body } = activation;
    const source = findCallSource(body, declaration);
    if (source === undefined) return [];
    const target = this.#symbols.resolveCall(body, source.call);
    const [only] = target.kind === "declared" ? target.functions : [];
    if (target.kind !== "declared" || only === undefined || target.functions.length > 1) return [];
    const callee = this.#symbols.sources.getBody(only.file, only.declaration);
    const entered = this.#activations.enter({ activation, call: source.call }, callee);
    if (entered === undefined) return [];
    return findReturnedValues(callee, source.result)
      .map((value) => containerOf(callee, value))
      .filter((value) => value !== NO_NODE && callee.tree.kind(value) === NodeKind.Ident)
      .map((node) => ({ activation: entered, node }));
  }

  /** The caller's expression for a parameter or receiver; undefined if the caller is not known for certain. */
  #findArgument(
    activation: Activation,
    declaration: number,
  ): { activation: Activation; node: number } | undefined {
    const { tree } = activation.body;
    const parameter = tree.parent(declaration);
    if (parameter === NO_NODE || tree.kind(parameter) !== NodeKind.Parameter) return undefined;
    const list = tree.parent(parameter);
    if (tree.parent(list) !== 0) return undefined;
    const callers = this.#activations.callersOf(activation);
    const [caller] = callers;
    if (caller === undefined || callers.length > 1) return undefined;
    const position = tree.childIndex(parameter);
    const { tree: callerTree } = caller.activation.body;
    if (list === tree.firstChild(0)) {
      const callee = this.#symbols.unwrap(caller.activation.body, callerTree.firstChild(caller.call));
      if (callerTree.kind(callee) !== NodeKind.Selector) return undefined;
      return { activation: caller.activation, node: callerTree.firstChild(callee) };
    }
    if (list !== tree.child(0, 1)) return undefined;
    const node = callerTree.child(caller.call, position + 1);
    return node === NO_NODE ? undefined : { activation: caller.activation, node };
  }

  // ---- stores ----

  #recordStore(flow: Flow, kind: StoreKind, statement: number, target: number, bonus = 0): void {
    if (this.#stores.length >= MAX_STORES) return;
    const { activation } = flow;
    const { body } = activation;
    const lifetime = this.#lifetimeOf(activation, target, statement);
    const isRegistration = flow.isClosure && isGrowing(kind) && kind !== "channel-send";
    const stored = this.#step(flow, "store", statement);
    const steps: RetentionStep[] = [];
    for (let list = stored.steps; list !== undefined; list = list.before) steps.push(list.step);
    this.#stores.push({
      kind: isRegistration ? "closure-register" : kind,
      body,
      statement: enclosingStatement(body, statement),
      target,
      lifetime,
      subslice: flow.subslice,
      steps: steps.reverse(),
      isBare: flow.path === ITSELF,
      tier: isGrowing(kind) ? GROWING_TIER[lifetime] : REPLACING_TIER[lifetime],
      weight: flow.weight + bonus,
    });
  }

  /** How long the variable at the root of the expression lives, seen from the statement at `from`. */
  #lifetimeOf(start: Activation, expression: number, from: number): Lifetime {
    let activation = start;
    let at = expression;
    let place = from;
    for (let step = 0; step < MAX_OWNER_STEPS; step++) {
      const { body } = activation;
      const root = rootOf(body, at);
      if (root === NO_NODE || body.tree.kind(root) !== NodeKind.Ident) return "long";
      const declaration = body.bindings.declaration[root]!;
      if (declaration === NO_NODE) return "package";
      const argument = this.#findArgument(activation, declaration);
      if (argument !== undefined) {
        const caller = this.#activations.callersOf(activation)[0]!;
        activation = argument.activation;
        at = argument.node;
        place = caller.call;
        continue;
      }
      if (body.tree.kind(body.tree.parent(declaration)) === NodeKind.Parameter) return "long";
      const origin = findAliasOrigin(body, declaration);
      if (origin !== NO_NODE) {
        at = origin;
        continue;
      }
      if (!isFreshValue(this.#symbols, body, declaration)) return "long";
      return lifetimeOfLocal(body, declaration, place);
    }
    return "long";
  }
}

const GROWING_TIER: Readonly<Record<Lifetime, number>> = { package: 6, long: 6, loop: 5, call: 2 };
const REPLACING_TIER: Readonly<Record<Lifetime, number>> = { package: 4, long: 4, loop: 3, call: 1 };

/** True for `x = append(x, …)`, also by way of a local: the value is what the target held, and more. */
function appendsTo(symbols: Symbols, body: FunctionBody, value: number, target: number): boolean {
  const { tree, bindings } = body;
  const base = findAppendBase(symbols, body, value);
  if (base !== NO_NODE) return isSameContainer(symbols, body, base, target);
  const name = symbols.unwrap(body, value);
  const declaration = tree.kind(name) === NodeKind.Ident ? bindings.declaration[name]! : NO_NODE;
  if (declaration === NO_NODE) return false;
  for (const use of [declaration, ...bindings.uses(declaration)]) {
    const left = tree.parent(use);
    const statement = tree.parent(left);
    if (
      statement === NO_NODE ||
      tree.kind(statement) !== NodeKind.Assign ||
      tree.firstChild(statement) !== left
    ) {
      continue;
    }
    const given = tree.child(tree.next(left), tree.childIndex(use));
    const localBase = given === NO_NODE ? NO_NODE : findAppendBase(symbols, body, given);
    if (localBase !== NO_NODE && isSameContainer(symbols, body, localBase, target)) return true;
  }
  return false;
}

/** The x of `append(x, …)` or `slices.Insert(x, …)`, NO_NODE for other expressions. */
function findAppendBase(symbols: Symbols, body: FunctionBody, node: number): number {
  const call = symbols.unwrap(body, node);
  if (call === NO_NODE || body.tree.kind(call) !== NodeKind.Call) return NO_NODE;
  const target = symbols.resolveCall(body, call);
  const appends =
    (target.kind === "builtin" && target.name === "append") ||
    (target.kind === "external" && target.name === "slices.Insert");
  return appends ? body.tree.child(call, 1) : NO_NODE;
}

function isSameContainer(symbols: Symbols, body: FunctionBody, a: number, b: number): boolean {
  const first = findPlace(symbols, body, a);
  const second = findPlace(symbols, body, b);
  return first !== undefined && second !== undefined && isSamePlace(first.place, second.place);
}

/** The leftmost operand of selectors, indexes and calls of methods: `s` of `s.shard(k).items[i]`. */
function rootOf(body: FunctionBody, node: number): number {
  const { tree } = body;
  let at = node;
  for (;;) {
    const container = containerOf(body, at);
    if (container === NO_NODE) return NO_NODE;
    if (tree.kind(container) !== NodeKind.Selector) return container;
    at = tree.firstChild(container);
  }
}
