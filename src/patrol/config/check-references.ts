import { CHECK_TYPES } from "../check-types/check-types.ts";
import type { ConfigPath, ProblemAt } from "./config-problem.ts";
import { DEFAULT_CHECK_NAMES } from "./default-checks.ts";
import type { CheckConfig, RouteConfig, TargetConfig } from "./patrol-config.ts";
import { suggestName } from "./suggest.ts";

/** Something with a name that others refer to; known by it even if the rest of it is wrong. */
export interface Named<T> {
  name: string;
  path: ConfigPath;
  /** The key that gives the name, if one does. */
  key: string | null;
  value: T | undefined;
}

/** What was read of the file, whole or not. */
export interface Draft {
  targets: Named<TargetConfig>[];
  /** `writtenRules`: how many of its rules stand in the file; those it got besides come before them. */
  checks: (Named<CheckConfig> & { writtenRules: number })[];
  receivers: (Named<unknown> & { fallback: string | null })[];
  sinks: Named<unknown>[];
  maintenance: Named<unknown>[];
  routes: { path: ConfigPath; value: RouteConfig | undefined; receivers: readonly string[] }[];
  /** Lists of names of checks that stand at targets and sources. */
  checkLists: { path: ConfigPath; names: readonly string[] }[];
  dependencies: { target: string; path: ConfigPath; names: readonly string[] }[];
  /** Targets of sources come and go, so a name that is not here may be one of theirs. */
  hasDiscovery: boolean;
  /** Checks that are there without having been written. */
  builtIn: readonly CheckConfig[];
}

/** Every name must be one thing's, and every reference must lead to one. */
export function checkReferences(draft: Draft): ProblemAt[] {
  return [
    ...findDuplicates("target", draft.targets),
    ...findDuplicates("check", draft.checks),
    ...findDuplicates("receiver", draft.receivers),
    ...findDuplicates("sink", draft.sinks),
    ...findDuplicates("maintenance window", draft.maintenance),
    ...findDuplicateRules(draft),
    ...findDeadChecks(draft),
    ...findDeadDependencies(draft),
    ...findCycles(draft),
    ...findDeadReceivers(draft),
    ...findUnused(draft),
    ...findUnreachable(draft.routes),
  ];
}

function findDuplicates(what: string, things: readonly Named<unknown>[]): ProblemAt[] {
  const seen = new Set<string>();
  return things.flatMap(({ name, path, key }): ProblemAt[] => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const at = key === null ? path : [...path, key];
    return [
      {
        code: "duplicate-name",
        message: `there is another ${what} "${name}"`,
        hint: key === null && what === "target" ? 'add id = "…"' : "give each a name of its own",
        path: at,
        part: key === null ? "key" : "value",
      },
    ];
  });
}

/** An alert is known by target and rule, so a rule's name is its own over all checks. */
function findDuplicateRules({ checks, builtIn }: Draft): ProblemAt[] {
  const owner = new Map(builtIn.flatMap(({ name, rules }) => rules.map((rule) => [rule.name, name])));
  return checks.flatMap(({ path, value, writtenRules }) =>
    (value?.rules ?? []).flatMap((rule, i): ProblemAt[] => {
      const nth = i - (value!.rules.length - writtenRules);
      const other = owner.get(rule.name);
      owner.set(rule.name, value!.name);
      if (other === undefined) return [];
      const own = value!.rules.filter((each) => each.name === rule.name).length;
      return [
        {
          code: "duplicate-name",
          message:
            own > 1 && other === value!.name
              ? `the check has two rules "${rule.name}"`
              : `the rule "${rule.name}" is one of the check "${other}" too`,
          hint: "alerts are known by target and rule: give each rule a name of its own",
          ...(nth < 0 ? { path, part: "key" } : { path: [...path, "rules", nth, "name"] }),
        },
      ];
    }),
  );
}

function findDeadChecks({ checkLists, checks }: Draft): ProblemAt[] {
  const known = new Set([...checks.map(({ name }) => name), ...DEFAULT_CHECK_NAMES]);
  return checkLists.flatMap(({ path, names }) => findDead("check", names, known, path));
}

function findDead(
  what: string,
  names: readonly string[],
  known: ReadonlySet<string>,
  path: ConfigPath,
): ProblemAt[] {
  return names.flatMap((name, i): ProblemAt[] =>
    known.has(name)
      ? []
      : [
          {
            code: "unknown-name",
            message: `there is no ${what} "${name}"`,
            hint: suggestName(name, known) ?? `add a [[${what}s]] of that name`,
            path: [...path, i],
          },
        ],
  );
}

function findDeadDependencies({ dependencies, targets, hasDiscovery }: Draft): ProblemAt[] {
  const known = new Set(targets.map(({ name }) => name));
  return dependencies.flatMap(({ path, names }) =>
    findDead("target", names, known, path).map((problem) =>
      hasDiscovery ? { ...problem, severity: "warning" as const } : problem,
    ),
  );
}

/** Told once for each cycle, at its first target in the file. */
function findCycles({ dependencies }: Draft): ProblemAt[] {
  const needs = new Map(dependencies.map(({ target, names }) => [target, names]));
  const done = new Set<string>();
  const problems: ProblemAt[] = [];
  for (const { target, path } of dependencies) {
    const cycle = done.has(target) ? null : findCycle(target, needs, done);
    if (cycle === null) continue;
    problems.push({
      code: "dependency-cycle",
      message: `targets depend on each other: ${cycle.join(" → ")}`,
      hint: "take one of these dependencies away",
      path,
    });
  }
  return problems;
}

/** Depth first without recursion; marks all that it leaves. */
function findCycle(
  start: string,
  needs: ReadonlyMap<string, readonly string[]>,
  done: Set<string>,
): string[] | null {
  const trail: { name: string; rest: string[] }[] = [{ name: start, rest: [...(needs.get(start) ?? [])] }];
  while (trail.length > 0) {
    const last = trail.at(-1)!;
    const next = last.rest.shift();
    if (next === undefined) {
      done.add(last.name);
      trail.pop();
      continue;
    }
    const at = trail.findIndex(({ name }) => name === next);
    if (at >= 0) {
      for (const { name } of trail) done.add(name);
      return [...trail.slice(at).map(({ name }) => name), next];
    }
    if (!done.has(next)) trail.push({ name: next, rest: [...(needs.get(next) ?? [])] });
  }
  return null;
}

function findDeadReceivers({ routes, receivers }: Draft): ProblemAt[] {
  const known = new Set(receivers.map(({ name }) => name));
  return [
    ...routes.flatMap(({ path, receivers: names }) =>
      findDead("receiver", names, known, [...path, "receivers"]),
    ),
    ...receivers.flatMap(({ path, name, fallback }): ProblemAt[] => {
      if (fallback === null) return [];
      const at = [...path, "fallback"];
      if (fallback !== name) return findDead("receiver", [fallback], known, at);
      return [
        {
          code: "self-reference",
          message: `"${name}" is its own fallback`,
          hint: "name another receiver",
          path: at,
        },
      ];
    }),
  ];
}

function findUnused({ checks, checkLists, routes, receivers }: Draft): ProblemAt[] {
  const named = new Set(checkLists.flatMap(({ names }) => names));
  const told = new Set([
    ...routes.flatMap((route) => route.receivers),
    ...receivers.map(({ fallback }) => fallback),
  ]);
  const unused = (code: string, path: ConfigPath, message: string, hint: string): ProblemAt => ({
    severity: "warning",
    code,
    message,
    hint,
    path,
    part: "key",
  });
  return [
    ...checks
      .filter(({ name, value }) => value !== undefined && value.matchers.length === 0 && !named.has(name))
      .map(({ name, path }) =>
        unused(
          "unused-check",
          path,
          `no target gets the check "${name}"`,
          'add match = ["*"], or name it in the checks of a target',
        ),
      ),
    ...receivers
      .filter(({ name }) => routes.length > 0 && !told.has(name))
      .map(({ name, path }) =>
        unused(
          "unused-receiver",
          path,
          `no route leads to the receiver "${name}"`,
          "name it in the receivers of a route",
        ),
      ),
  ];
}

const HOUR_MS = 3_600_000;

/** Heavy checks that come more often than the budget of a target has captures. */
export function findOverBudget(checks: Draft["checks"], capturesPerHour: number): ProblemAt[] {
  return checks.flatMap(({ path, value }): ProblemAt[] => {
    if (value === undefined || value.when !== "always" || !CHECK_TYPES[value.kind].heavy) return [];
    const { schedule } = value;
    if (schedule.kind !== "interval" || HOUR_MS / schedule.everyMs <= capturesPerHour) return [];
    const times = Math.round(HOUR_MS / schedule.everyMs);
    return [
      {
        severity: "warning",
        code: "over-budget",
        message: `the heavy check comes ${times} times an hour, but a target has a budget of ${capturesPerHour} captures: most will be refused`,
        hint: 'lengthen interval, leave when = "suspect", or raise budget.captures_per_hour',
        path: [...path, "interval"],
      },
    ];
  });
}

/** A route behind one that takes all of its alerts and does not continue. */
function findUnreachable(routes: Draft["routes"]): ProblemAt[] {
  return routes.flatMap(({ path, value }, i): ProblemAt[] => {
    const before = routes.slice(0, i).findIndex((other) => {
      const wider = other.value;
      return value !== undefined && wider !== undefined && !wider.continue && takesAll(wider, value);
    });
    if (before < 0) return [];
    return [
      {
        severity: "warning",
        code: "unreachable-route",
        message: `no alert comes to this route: route ${before + 1} takes all of them`,
        hint: `put it above, or add continue = true to route ${before + 1}`,
        path,
        part: "key",
      },
    ];
  });
}

function takesAll(wider: RouteConfig, narrower: RouteConfig): boolean {
  const tiers =
    wider.tiers.length === 0 ||
    (narrower.tiers.length > 0 && narrower.tiers.every((t) => wider.tiers.includes(t)));
  const key = (m: RouteConfig["matchers"][number]) => `${m.label}${m.operator}${m.value}`;
  const own = new Set(narrower.matchers.map(key));
  const matchers = wider.matchers.every((m) => own.has(key(m)) || (m.operator === "=~" && m.value === ".*"));
  return tiers && matchers;
}
