/**
 * Fuzz targets of `gopatrol pprof`: broken profiles through every view, merged and compared; every option with hostile
 * expressions; and lines of an interactive session.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { DecodeError } from "../src/bytes/decode-error.ts";
import type { ShownView } from "../src/cli/pprof/flags.ts";
import { completeLine } from "../src/cli/pprof/shell/complete-line.ts";
import { COMMANDS } from "../src/cli/pprof/shell/shell-commands.ts";
import { ShellSession } from "../src/cli/pprof/shell/shell-session.ts";
import { SETTINGS } from "../src/cli/pprof/shell/shell-settings.ts";
import { decodeProfile } from "../src/formats/pprof/decode.ts";
import { encodeProfile } from "../src/formats/pprof/encode.ts";
import { assert } from "../src/lib/assert.ts";
import { combineProfiles, subtractBase } from "../src/pprof/combine.ts";
import { UTC } from "../src/pprof/go-format.ts";
import { GRANULARITIES } from "../src/pprof/granularity.ts";
import { readMangledName } from "../src/pprof/mangled-name.ts";
import { PprofError } from "../src/pprof/pprof-error.ts";
import { pruneUninteresting } from "../src/pprof/prune.ts";
import { compileRe2 } from "../src/pprof/re2.ts";
import { readProfile } from "../src/pprof/read-profile.ts";
import { buildReport, type Report } from "../src/pprof/report.ts";
import { DEFAULT_REPORT_OPTIONS, type ReportOptions, type View } from "../src/pprof/report-options.ts";
import { renderCallgrind } from "../src/pprof/views/callgrind.ts";
import { renderDot } from "../src/pprof/views/dot.ts";
import { renderList } from "../src/pprof/views/list.ts";
import { renderRaw } from "../src/pprof/views/raw.ts";
import { renderTags } from "../src/pprof/views/tags.ts";
import { renderTop } from "../src/pprof/views/top.ts";
import { renderTraces } from "../src/pprof/views/traces.ts";
import { renderTree } from "../src/pprof/views/tree.ts";
import { checkProfile, type Profile } from "../src/tables/profile.ts";
import { CPP_FUNCTIONS, makeProfile } from "../test/support/pprof-conformance/made-profiles.ts";
import { TEXT_PROFILES } from "../test/support/pprof-conformance/text-profiles.ts";
import { EXPRESSION_PARTS, makeExpression } from "./fuzz-expressions.ts";
import { BREAKAGE, mutate } from "./fuzz-mutate.ts";
import { FuzzRandom, hashName } from "./fuzz-random.ts";
import { loadSeeds } from "./fuzz-seeds.ts";
import type { FuzzTarget } from "./fuzz-targets.ts";

const VIEWS: readonly View[] = ["top", "tree", "peek", "list", "traces", "tags", "raw", "dot", "callgrind"];

function render(report: Report, expression: string): Iterable<string> {
  const compiled = compileRe2(expression, "argument");
  switch (report.view) {
    case "tree":
      return renderTree(report, UTC);
    case "peek":
      return renderTree(report, UTC, compiled);
    case "list":
      return renderList(report, compiled, () => ["one line", "another"]);
    case "traces":
      return renderTraces(report, UTC);
    case "tags":
      return renderTags(report);
    case "raw":
      return renderRaw(report, UTC);
    case "dot":
      return renderDot(report, UTC);
    case "callgrind":
      return renderCallgrind(report);
    default:
      return renderTop(report, UTC);
  }
}

/** Shows a profile; that it makes no sense with these options is an answer too. */
function show(profile: Profile, view: View, options: ReportOptions, expression: string): void {
  try {
    for (const _ of render(buildReport(profile, view, options), expression));
  } catch (error) {
    if (!(error instanceof PprofError)) throw error;
  }
}

/** Broken profiles, binary and text, in every view, once with options drawn from their bytes. */
const REPORTS: FuzzTarget = {
  name: "pprof-report",
  runs: 20_000,
  extension: "pb",
  // Their prefixes are tried by the formats.
  seeds: () => [],
  makeInput: makeProfileInput,
  check: (bytes) => {
    const random = new FuzzRandom(hashName(Buffer.from(bytes).toString("latin1")), bytes.length, 0);
    const { profile } = readProfile(bytes, {
      symbols: random.once(2),
      force: random.once(4),
      demangle: random.pick(["full", "templates", "none"]),
    });
    for (const view of VIEWS) show(profile, view, DEFAULT_REPORT_OPTIONS, ".");
    const { view, expression, options } = makeOptions(random);
    show(profile, view, { ...DEFAULT_REPORT_OPTIONS, ...options }, expression);
  },
};

function makeProfileInput(random: FuzzRandom): Uint8Array {
  switch (random.below(6)) {
    case 0:
    case 1:
      return mutate(
        random,
        TEXT_PROFILES.map(([, text]) => Buffer.from(text)),
        BREAKAGE.text,
      );
    case 2:
      return mutate(random, smallSeeds("goroutine-dump"), BREAKAGE.text);
    default:
      return mutate(random, smallSeeds("pprof"), BREAKAGE.protobuf);
  }
}

/** Broken profiles merged with a whole one and compared with it; what comes out can be written and read. */
const COMBINED: FuzzTarget = {
  name: "pprof-combine",
  runs: 20_000,
  extension: "pb",
  seeds: () => [],
  makeInput: makeProfileInput,
  check: (bytes) => {
    const { profile } = readProfile(bytes, { symbols: true });
    for (const other of [PROFILE, profile]) {
      try {
        const sources = [() => profile, () => other, () => profile];
        checkAgain(pruneUninteresting(combineProfiles(sources)));
        for (const isDiff of [true, false]) {
          checkAgain(subtractBase(other, profile, { isDiff, normalize: isDiff }));
        }
      } catch (error) {
        if (!(error instanceof PprofError)) throw error;
      }
    }
  },
};

function checkAgain(profile: Profile): void {
  checkProfile(profile);
  const again = decodeProfile(encodeProfile(profile));
  assert(again.damage.length === 0, "what was combined is whole");
  assert(again.profile.samples.length === profile.samples.length, "and keeps its samples");
}

/** Small ones: a view is slower than a decoder. */
function smallSeeds(format: "pprof" | "goroutine-dump"): readonly Uint8Array[] {
  return (loadSeeds().byFormat.get(format) ?? []).filter(({ length }) => length < 30_000);
}

const PROFILE = makeProfile({ labels: "both", hasNegative: true, samples: 40 });
const CPP_PROFILE = makeProfile({
  functions: CPP_FUNCTIONS,
  labels: "units",
  seed: 3,
  samples: 40,
  inlining: 5,
});
const TEXT_OPTIONS = [
  "focus",
  "ignore",
  "hide",
  "show",
  "showFrom",
  "pruneFrom",
  "tagFocus",
  "tagIgnore",
  "tagShow",
  "tagHide",
  "tagRoot",
  "tagLeaf",
  "unit",
  "sampleIndex",
  "sourcePath",
  "trimPath",
] as const satisfies readonly (keyof ReportOptions)[];
const SWITCHES = [
  "mean",
  "noInlines",
  "showColumns",
  "trim",
  "dropNegative",
  "callTree",
  "compactLabels",
  "relativePercentages",
] as const satisfies readonly (keyof ReportOptions)[];

interface Asked {
  view: View;
  expression: string;
  options: Partial<ReportOptions>;
}

/** Every option, with expressions put together from parts that are hard on regular expressions. */
const OPTIONS: FuzzTarget = {
  name: "pprof-options",
  runs: 20_000,
  extension: "json",
  seeds: () => [],
  makeInput: (random) => Buffer.from(JSON.stringify(makeOptions(random))),
  check: (bytes) => {
    const { view, expression, options } = readAsked(bytes);
    for (const profile of [PROFILE, CPP_PROFILE])
      show(profile, view, { ...DEFAULT_REPORT_OPTIONS, ...options }, expression);
  },
};

function makeOptions(random: FuzzRandom): Asked {
  const options: Partial<ReportOptions> = {};
  for (const name of TEXT_OPTIONS) if (random.once(6)) options[name] = makeExpression(random);
  for (const name of SWITCHES) if (random.once(4)) options[name] = random.once(2);
  if (random.once(2)) options.sort = "cum";
  if (random.once(2)) options.granularity = random.pick(GRANULARITIES);
  if (random.once(4)) options.nodeCount = random.below(30) - 2;
  if (random.once(4)) options.nodeFraction = random.below(300) / 100 - 1;
  if (random.once(4)) options.edgeFraction = random.below(300) / 100 - 1;
  if (random.once(4)) options.divideBy = random.pick([0, -1, 0.001, 3.7, 1e18]);
  // Units and columns are words more often than not.
  if (random.once(3)) options.unit = random.pick(["kb", "auto", "ns", "bytes", "hours", "GCU", ""]);
  if (options.sampleIndex !== undefined && !random.once(4))
    options.sampleIndex = random.pick(["0", "1", "inuse_space", "7"]);
  return { view: random.pick(VIEWS), expression: makeExpression(random), options };
}

function readAsked(bytes: Uint8Array): Asked {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Asked;
  } catch {
    throw new DecodeError("no options", { format: "unknown", offset: 0, hint: "Make them again." });
  }
}

/** Words of a session, together with those of the options. */
const SHELL_PARTS = [
  ...Object.keys(COMMANDS),
  ...SETTINGS.flatMap(({ name, choices }) => [name, `${name}=`, ...choices]),
  "help",
  "o",
  ":",
  "=",
  "//:",
  ">",
  " ",
  "\u00a0",
  "-cum",
  "-",
  "10",
  "-3",
  "99999999999",
  "1e9",
  "true",
  "no",
  "mean_inuse_space",
  "main",
];

/** Lines typed into a session: each is answered, and what it changed holds for the next. */
const SHELL: FuzzTarget = {
  name: "pprof-shell",
  runs: 20_000,
  extension: "txt",
  seeds: () => [],
  makeInput: (random) => {
    const part = (): string => random.pick(random.once(3) ? EXPRESSION_PARTS : SHELL_PARTS);
    const line = (): string =>
      Array.from({ length: 1 + random.below(5) }, () => part() + (random.once(3) ? "" : " ")).join("");
    return Buffer.from(Array.from({ length: 1 + random.below(6) }, line).join("\n"));
  },
  check: (bytes) => {
    const session = new ShellSession(PROFILE, {
      ...DEFAULT_REPORT_OPTIONS,
      output: "",
      normalize: false,
      intelSyntax: false,
    });
    for (const line of new TextDecoder().decode(bytes).split("\n")) {
      completeLine(line, SHELL_WORDS);
      for (const step of session.interpret(line)) {
        if (step.kind === "say") assert(step.text !== "", "an answer says something");
        if (step.kind === "show") show(PROFILE, graphView(step.view), step.options, step.expression);
      }
    }
  },
};

const SHELL_WORDS = {
  functions: () => CPP_FUNCTIONS,
  labelKeys: () => ["bytes", "tenant"],
  sampleTypes: ["inuse_space"],
  shortcuts: [":"],
};

/** Pictures, and a page of the web view, are graphs that Graphviz lays out; a page of source is a list. */
function graphView(view: ShownView): View {
  if (view === "weblist") return "list";
  return view === "web" ||
    view === "svg" ||
    view === "png" ||
    view === "pdf" ||
    view === "ps" ||
    view === "gif"
    ? "dot"
    : view;
}

/** Linker symbols of C++ and Rust. */
const SYMBOLS: FuzzTarget = {
  name: "mangled-name",
  runs: 100_000,
  extension: "txt",
  seeds: () => SYMBOL_SEEDS,
  makeInput: (random) => mutate(random, SYMBOL_SEEDS, BREAKAGE.text),
  check: (bytes) => {
    const symbol = new TextDecoder().decode(bytes);
    const name = readMangledName(symbol);
    assert(name === undefined || name.length < 20 * symbol.length + 1000, `${name?.length} letters`);
  },
};

const SYMBOL_SEEDS = readFileSync(
  resolve(import.meta.dirname, "../test/fixtures/pprof/mangled-names.txt"),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .map((line) => Buffer.from(line.split("\t")[0]!));

export const PPROF_TARGETS: readonly FuzzTarget[] = [REPORTS, COMBINED, OPTIONS, SHELL, SYMBOLS];
