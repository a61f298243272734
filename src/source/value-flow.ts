import { type Activation, Activations } from "./activation.ts";
import { appendsTo } from "./append-base.ts";
import { followArgument, followReceiver, keepInReceiver } from "./call-flow.ts";
import { findChannelPeers } from "./channel-peers.ts";
import type { Flow, FlowContext, FoundStore } from "./flow.ts";
import { ELEMENTS, type FlowPath, ITSELF, isWhole, SOMEWHERE, stepInto, within } from "./flow-path.ts";
import { findSeeds, type Seed } from "./flow-seeds.ts";
import type { FunctionBody, SourceFrame } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import { MAX_OWNER_STEPS, type Owner, Owners } from "./owners.ts";
import { isGrowing, type Lifetime, type RetentionStep, type StoreKind } from "./retained-store.ts";
import { declaredName } from "./runtime-name.ts";
import { enclosingStatement, lineOf, statementText, textOf } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";
import { findReachedUses, outermostLiteralBetween } from "./variable-reach.ts";

const MAX_FLOWS = 4000;
/** Places that read one channel, whose use of the value is followed. */
const MAX_READERS = 4;
const MAX_STORES = 200;

/**
 * Follows memory from where it is allocated to the statements that keep it.
 *
 * A worklist over (activation, expression, path inside the value), each visited once and all of them bounded in
 * number, so the cost does not depend on how the code is nested or how calls recurse. Copies end a flow.
 */
export class ValueFlow implements FlowContext {
  readonly symbols: Symbols;
  readonly activations: Activations;
  readonly owners: Owners;
  readonly #queue: Flow[] = [];
  readonly #visited = new Set<string>();
  readonly #stores: FoundStore[] = [];

  constructor(symbols: Symbols, frames: readonly SourceFrame[]) {
    this.symbols = symbols;
    this.activations = new Activations(symbols, frames);
    this.owners = new Owners(symbols, this.activations);
  }

  /** The stores that memory allocated on the line of frame `index` reaches, the best first. */
  findStores(index: number, line: number): FoundStore[] {
    const activation = this.activations.findFrame(index);
    if (activation === undefined) return [];
    for (const seed of findSeeds(this.symbols, activation.body, line)) this.#plant(activation, seed);
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
    const start = this.step(flow, "allocate", node);
    switch (effect) {
      case "value":
        this.add(start);
        return;
      case "assign-target":
        this.#storeInto(start, node, body.tree.findEnclosing(node, NodeKind.Assign, NodeKind.IncDec), true);
        return;
      case "receiver":
        keepInReceiver(this, start, node);
        return;
      case "out-parameter":
        this.trackExpression(start, node, SOMEWHERE);
        return;
    }
  }

  add(flow: Flow): void {
    const { activation, node, path, result, subslice, isClosure } = flow;
    const key = `${activation.id}:${node}:${result}:${subslice ? 1 : 0}${isClosure ? 1 : 0}:${path}`;
    if (this.#visited.has(key) || this.#queue.length >= MAX_FLOWS) return;
    this.#visited.add(key);
    this.#queue.push(flow);
  }

  step(flow: Flow, kind: RetentionStep["kind"], node: number): Flow {
    const { body } = flow.activation;
    const statement = enclosingStatement(body, node);
    // An allocation is shown on its own line, which in a long literal is not where the statement begins.
    const isApart =
      (kind === "allocate" || kind === "subslice") && lineOf(body, node) !== lineOf(body, statement);
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
    const up = (changes: Partial<Flow> = {}): void => this.add({ ...flow, node: parent, ...changes });

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
          this.add({ ...this.step(flow, "subslice", parent), node: parent, subslice: true });
        } else up();
        return;
      case NodeKind.KeyValue: {
        const literal = tree.parent(parent);
        const part = isFirst ? ELEMENTS : this.#fieldPart(body, literal, parent);
        this.add({ ...flow, node: literal, path: within(part, path) });
        return;
      }
      case NodeKind.CompositeLit:
        if (!isFirst) up({ path: within(this.#elementPart(body, parent, node), path) });
        return;
      case NodeKind.Call:
        if (!isFirst) followArgument(this, flow, parent);
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
          this.recordStore(flow, "channel-send", parent, channel);
          this.#followReceives(flow, channel);
          this.trackExpression(flow, channel, within(ELEMENTS, flow.path));
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
    if (path !== undefined) this.add({ ...flow, node: parent, path });
  }

  #followSelector(flow: Flow, selector: number): void {
    const { body } = flow.activation;
    const { tree } = body;
    const name = this.symbols.nameOf(body, selector);
    const call = tree.parent(selector);
    if (call !== NO_NODE && tree.kind(call) === NodeKind.Call && tree.firstChild(call) === selector) {
      followReceiver(this, flow, call, name);
      return;
    }
    const path = stepInto(flow.path, `.${name}`);
    if (path !== undefined) {
      this.add({ ...flow, node: selector, path });
      return;
    }
    if (flow.path !== ITSELF) return;
    // A method value holds its receiver; the address of a field keeps the whole struct.
    const type = this.symbols.typeOf(body, flow.node);
    if (this.symbols.findMethods(type, name).length > 0) {
      this.add({ ...flow, node: selector, isClosure: true });
    } else if (this.#isAddressTaken(body, selector)) {
      this.add({ ...flow, node: selector, subslice: true });
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
    if (path !== undefined) this.add({ ...flow, node: index, path });
    else if (flow.path === ITSELF && this.#isAddressTaken(body, index)) {
      this.add({ ...flow, node: index, subslice: true });
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
    const type = this.symbols.underlying(this.symbols.typeOf(body, literal));
    const isContainer = type !== undefined && /^(?:map)?\[/.test(type.text);
    return isContainer ? ELEMENTS : `.${this.symbols.nameOf(body, key)}`;
  }

  #elementPart(body: FunctionBody, literal: number, element: number): string {
    const type = this.symbols.underlying(this.symbols.typeOf(body, literal));
    const struct = this.symbols.findNamedType(type);
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
    const type = this.symbols.underlying(this.symbols.typeOf(body, flow.node));
    // Channels and iterators give their elements in the first variable.
    const isIndexed = type !== undefined && /^\*?(?:map)?\[/.test(type.text);
    for (const variable of isIndexed ? [value] : [key, value]) {
      if (variable !== NO_NODE) this.#assign({ ...flow, path }, variable, loop);
    }
  }

  /** What the readers of the channel do with the value: one of them may keep it. */
  #followReceives(flow: Flow, channel: number): void {
    const { body } = flow.activation;
    for (const reader of findChannelPeers(this.symbols, body, channel).receives.slice(0, MAX_READERS)) {
      const { tree } = reader.body;
      const activation = this.activations.enterDetached(reader.body);
      const passed = { ...this.step(flow, "pass", channel), activation, result: 0 };
      if (tree.kind(reader.node) === NodeKind.Unary) this.add({ ...passed, node: reader.node });
      else {
        const node = tree.firstChild(reader.node);
        this.#followRange({ ...passed, node, path: within(ELEMENTS, flow.path) }, tree.parent(reader.node));
      }
    }
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
    const plain = this.symbols.unwrap(body, target);
    if (tree.kind(plain) === NodeKind.Ident) {
      const declaration = bindings.declaration[plain]!;
      if (declaration !== NO_NODE) {
        this.trackVariable(this.step(flow, "assign", statement), declaration, plain);
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
        if (this.symbols.nameOf(body, target) === "_") return;
        kind = "global-assign";
        break;
      default:
        return;
    }
    const isConcat =
      tree.kind(statement) === NodeKind.Assign &&
      file.tokens.kind[tree.token(statement)] === TokenKind.AddAssign;
    if (isContainerItself && isConcat) kind = "string-concat";
    if (!isContainerItself && appendsTo(this.symbols, body, flow.node, target)) {
      kind = "append";
      container = target;
    }
    this.recordStore(flow, kind, statement, container);
    const path = isContainerItself ? SOMEWHERE : within(part, flow.path);
    this.trackExpression(flow, tree.kind(target) === NodeKind.Index ? operand : target, path);
  }

  #isMap(body: FunctionBody, index: number): boolean {
    const { tree, file } = body;
    const type = this.symbols.underlying(this.symbols.typeOf(body, tree.firstChild(index)));
    if (type !== undefined && /^\*?(?:map)?\[/.test(type.text)) return /^\*?map\[/.test(type.text);
    const key = tree.child(index, 1);
    if (key === NO_NODE) return true;
    if (tree.kind(key) === NodeKind.Literal) return file.tokens.kind[tree.token(key)] !== TokenKind.Int;
    if (tree.kind(key) === NodeKind.Binary) return file.tokens.kind[tree.token(key)] === TokenKind.Add;
    return this.symbols.typeOf(body, key)?.text !== "int";
  }

  #isIndexed(body: FunctionBody, index: number): boolean {
    return !this.#isMap(body, index);
  }

  #followReturn(flow: Flow, statement: number, position: number): void {
    const { activation } = flow;
    const { tree } = activation.body;
    const isOnly = tree.next(tree.firstChild(statement)) === NO_NODE;
    const result = isOnly ? flow.result : position;
    const returned = this.step(flow, "return", statement);
    const literal = tree.findEnclosing(statement, NodeKind.FuncLit);
    if (literal === NO_NODE) {
      this.#returnTo(returned, result);
      return;
    }
    for (const call of this.#callsOfLiteral(activation.body, literal)) {
      this.add({ ...returned, node: call, result });
    }
    if (this.activations.findRunningLiteral(activation) === literal) this.#returnTo(returned, result);
  }

  #returnTo(flow: Flow, result: number): void {
    for (const { activation, call } of this.activations.callersOf(flow.activation)) {
      this.add({ ...flow, activation, node: call, result });
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
  trackVariable(flow: Flow, declaration: number, definition: number, isOwner = false): void {
    const { activation } = flow;
    const { body } = activation;
    const { tree } = body;
    // What a pointer points at may have been stored before: `m[k] = sess; sess.buf = make(…)`.
    const seesEarlier = isOwner && !this.#isStructValue(body, declaration);
    for (const use of findReachedUses(body, declaration, definition, seesEarlier)) {
      this.add({ ...flow, node: use, result: 0 });
      const literal = outermostLiteralBetween(body, declaration, use);
      if (literal !== NO_NODE) {
        this.add({ ...flow, node: literal, path: SOMEWHERE, result: 0, isClosure: true });
      }
    }
    // A named result goes out with every bare return.
    const parameter = tree.parent(declaration);
    if (parameter === NO_NODE || tree.kind(parameter) !== NodeKind.Parameter) return;
    const list = tree.parent(parameter);
    const isResult = tree.kind(tree.parent(list)) === NodeKind.Function && list === tree.child(0, 2);
    if (isResult && definition !== declaration) {
      this.#returnTo(this.step(flow, "return", definition), tree.childIndex(parameter));
    }
  }

  #isStructValue(body: FunctionBody, declaration: number): boolean {
    const type = this.symbols.typeOf(body, declaration);
    if (type === undefined || type.text.startsWith("*")) return false;
    return this.symbols.findNamedType(type)?.declaration.underlying === "struct";
  }

  trackExpression(flow: Flow, expression: number, path: FlowPath): void {
    const pending: Owner[] = [{ activation: flow.activation, node: expression, path }];
    for (let step = 0; step < MAX_OWNER_STEPS && pending.length > 0; step++) {
      const owner = this.owners.findRootVariable(pending.shift()!);
      if (owner === undefined) continue;
      const { activation, node, path: inside } = owner;
      const declaration = activation.body.bindings.declaration[node]!;
      this.trackVariable({ ...flow, activation, path: inside }, declaration, node, true);
      // What a parameter points at belongs to the caller; what a call returned, to whatever the callee did with it.
      const argument = this.owners.findArgument(activation, declaration);
      if (argument !== undefined) pending.push({ ...argument, path: inside });
      for (const made of this.owners.findReturned(activation, declaration))
        pending.push({ ...made, path: inside });
    }
  }

  // ---- stores ----

  recordStore(flow: Flow, kind: StoreKind, statement: number, target: number, bonus = 0): void {
    if (this.#stores.length >= MAX_STORES) return;
    const { activation } = flow;
    const { body } = activation;
    const lifetime = this.owners.lifetimeOf(activation, target, statement);
    const isRegistration =
      flow.isClosure && isGrowing(kind) && kind !== "channel-send" && kind !== "label-values";
    const stored = this.step(flow, "store", statement);
    const steps: RetentionStep[] = [];
    for (let list = stored.steps; list !== undefined; list = list.before) steps.push(list.step);
    this.#stores.push({
      kind: isRegistration ? "closure-register" : kind,
      base: kind,
      activation,
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
}

const GROWING_TIER: Readonly<Record<Lifetime, number>> = { package: 6, long: 6, loop: 5, call: 2 };
const REPLACING_TIER: Readonly<Record<Lifetime, number>> = { package: 4, long: 4, loop: 3, call: 1 };
