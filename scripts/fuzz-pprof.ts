/** Fuzz targets of `gopatrol pprof`: broken profiles through every view, and every option with hostile expressions. */
import { DecodeError } from "../src/bytes/decode-error.ts";
import { UTC } from "../src/pprof/go-format.ts";
import { GRANULARITIES } from "../src/pprof/granularity.ts";
import { PprofError } from "../src/pprof/pprof-error.ts";
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
import type { Profile } from "../src/tables/profile.ts";
import { CPP_FUNCTIONS, makeProfile } from "../test/support/pprof-conformance/made-profiles.ts";
import { TEXT_PROFILES } from "../test/support/pprof-conformance/text-profiles.ts";
import { BREAKAGE, mutate } from "./fuzz-mutate.ts";
import type { FuzzRandom } from "./fuzz-random.ts";
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

/** Broken profiles, binary and text, in every view. */
const REPORTS: FuzzTarget = {
  name: "pprof-report",
  runs: 20_000,
  extension: "pb",
  // Their prefixes are tried by the formats.
  seeds: () => [],
  makeInput: (random) => {
    const isText = random.once(3);
    return mutate(
      random,
      isText ? TEXT_PROFILES.map(([, text]) => Buffer.from(text)) : reportSeeds(),
      isText ? BREAKAGE.text : BREAKAGE.protobuf,
    );
  },
  check: (bytes) => {
    const { profile } = readProfile(bytes, { symbols: bytes.length % 2 === 0 });
    for (const view of VIEWS) show(profile, view, DEFAULT_REPORT_OPTIONS, ".");
  },
};

/** Small ones: a view is slower than a decoder. */
function reportSeeds(): readonly Uint8Array[] {
  return (loadSeeds().byFormat.get("pprof") ?? []).filter(({ length }) => length < 30_000);
}

const PROFILE = makeProfile({ labels: "both", hasNegative: true, samples: 40 });
const CPP_PROFILE = makeProfile({
  functions: CPP_FUNCTIONS,
  labels: "units",
  seed: 3,
  samples: 40,
  inlining: 5,
});
const EXPRESSION_PARTS = [
  "main",
  ".",
  "\\.",
  "*",
  "+",
  "?",
  "(",
  ")",
  "(?:",
  "(?i)",
  "(?P<n>",
  "(?=",
  "(?<!",
  "[a-z]",
  "[^",
  "]",
  "{2,1000}",
  "{1,3}",
  "|",
  "^",
  "$",
  "\\b",
  "\\A",
  "\\z",
  "\\pL",
  "[[:alpha:]]",
  "\\Q",
  "\\E",
  "\\1",
  "(a+)+$",
  "(.*)*",
  "(a|aa)+",
  "((((((x*)*)*)*)*)*)",
  "runtime",
  "\\x{10FFFF}",
  "\\",
  "é",
  "\u{1F600}",
  "64kb",
  ":",
  "1mb:",
  "99999999999999999999",
  "-5",
  "tenant=",
  ",",
  "bytes",
];
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

function makeExpression(random: FuzzRandom): string {
  return Array.from({ length: 1 + random.below(8) }, () => random.pick(EXPRESSION_PARTS)).join("");
}

function readAsked(bytes: Uint8Array): Asked {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Asked;
  } catch {
    throw new DecodeError("no options", { format: "unknown", offset: 0, hint: "Make them again." });
  }
}

export const PPROF_TARGETS: readonly FuzzTarget[] = [REPORTS, OPTIONS];
