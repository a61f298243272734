import { RE2JS } from "re2js";
import type { LabelMatcher, Labels } from "./labels.ts";

/** Expressions come from the configuration: few, and the same for each alert and target. */
const compiled = new Map<string, RE2JS>();
const MAX_COMPILED = 1000;

/** Whether all matchers fit; none at all fit anything. An expression was checked to be RE2 when it was loaded. */
export function matchLabels(matchers: readonly LabelMatcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matchLabel(matcher, labels));
}

function matchLabel({ label, operator, value }: LabelMatcher, labels: Labels): boolean {
  const is = Object.hasOwn(labels, label) ? labels[label]! : "";
  switch (operator) {
    case "=":
      return is === value;
    case "!=":
      return is !== value;
    case "=~":
      return compile(value).matches(is);
    case "!~":
      return !compile(value).matches(is);
  }
}

function compile(expression: string): RE2JS {
  let ready = compiled.get(expression);
  if (ready === undefined) {
    ready = RE2JS.compile(expression);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(expression, ready);
  }
  return ready;
}

/** What a check's matchers see of a target: its labels, those of its source, and its id as `target`. */
export function selectionLabels(target: { id: string; labels: Labels; meta?: Labels }): Labels {
  return { ...target.meta, ...target.labels, target: target.id };
}
