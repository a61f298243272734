import type { Activation, Activations } from "./activation.ts";
import type { FlowPath } from "./flow-path.ts";
import type { FunctionBody } from "./go-sources.ts";
import type { Lifetime, RetentionStep, StoreKind } from "./retained-store.ts";
import type { Symbols } from "./symbols.ts";

/** Steps back to the allocation, as a list that flows share. */
interface StepList {
  step: RetentionStep;
  before: StepList | undefined;
}

/** An expression whose value holds the memory we follow. */
export interface Flow {
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

/** A store that the flow reached, with what is needed to choose among several. */
export interface FoundStore {
  kind: StoreKind;
  /** What the statement does by its form, where `kind` is a registration. */
  base: StoreKind;
  activation: Activation;
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

/** What following a value needs of the one trace it belongs to. */
export interface FlowContext {
  readonly symbols: Symbols;
  readonly activations: Activations;
  /** Puts a flow on the worklist, unless it was there before. */
  add(flow: Flow): void;
  /** The flow with one more step behind it, for people to read. */
  step(flow: Flow, kind: RetentionStep["kind"], node: number): Flow;
  /** Goes on with the later uses of a local variable that got the value by the name `definition`. */
  trackVariable(flow: Flow, declaration: number, definition: number): void;
  /** Goes on with the variable at the root of an expression in which the memory now lies at `path`. */
  trackExpression(flow: Flow, expression: number, path: FlowPath): void;
  recordStore(flow: Flow, kind: StoreKind, statement: number, target: number, bonus?: number): void;
}
