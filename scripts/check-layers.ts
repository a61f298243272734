/**
 * Checks that imports point one way and that the outside world is touched at the edges only. The allow list below is
 * the architecture; ARCHITECTURE.md explains it.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { listSourceFiles } from "./list-source-files.ts";

/** Layer → layers it may import, besides itself. */
const ALLOWED: Record<string, readonly string[]> = {
  lib: [],
  bytes: ["lib"],
  tables: ["lib"],
  bundle: ["bytes", "lib"],
  formats: ["bytes", "tables", "lib"],
  source: ["lib"],
  heap: ["formats", "bytes", "tables", "lib"],
  pprof: ["analysis", "formats", "tables", "bytes", "lib"],
  analysis: ["tables", "lib"],
  findings: ["analysis", "source", "tables", "lib"],
  inspect: ["findings", "analysis", "source", "formats", "tables", "bundle", "bytes", "lib"],
  report: ["pprof", "heap", "inspect", "findings", "analysis", "tables", "lib"],
  web: ["report", "lib"],
  capture: ["bundle", "bytes", "lib"],
  redact: ["lib"],
  patrol: ["redact", "inspect", "report", "findings", "analysis", "lib"],
  store: ["patrol", "redact", "findings", "lib"],
  secrets: ["patrol", "lib"],
  discovery: ["patrol", "secrets", "lib"],
  probe: [
    "patrol",
    "capture",
    "inspect",
    "findings",
    "analysis",
    "formats",
    "tables",
    "bundle",
    "bytes",
    "lib",
  ],
  deliver: ["patrol", "redact", "findings", "lib"],
  daemon: [
    "patrol",
    "store",
    "secrets",
    "discovery",
    "probe",
    "deliver",
    "redact",
    "capture",
    "inspect",
    "report",
    "findings",
    "lib",
  ],
  cli: [
    "heap",
    "formats",
    "pprof",
    "tables",
    "daemon",
    "patrol",
    "store",
    "secrets",
    "discovery",
    "probe",
    "deliver",
    "redact",
    "inspect",
    "report",
    "web",
    "capture",
    "findings",
    "bundle",
    "bytes",
    "lib",
  ],
};

/** Layers that may use what reaches outside of the process. */
const EDGES = new Set(["capture", "store", "secrets", "discovery", "probe", "deliver", "daemon", "cli"]);
const OUTSIDE =
  /^node:(fs|fs\/promises|net|tls|http|https|http2|dns|dgram|child_process|worker_threads|cluster|process|os|sqlite)$/;
/** Globals that are the outside world too: a clock or a console inside makes a function untestable. */
const OUTSIDE_GLOBALS =
  /\b(process\.(stdout|stderr|exit|env|argv|on)|console\.\w+\(|Date\.now\(|performance\.now\(|new Date\(\)|fetch\()/;
/** Tests may use anything; the browser's page is the browser's edge. */
const EXEMPT_FROM_GLOBALS = new Set(["web"]);

const root = resolve(import.meta.dirname, "..");
const source = join(root, "src");
const problems: string[] = [];

for (const file of listSourceFiles(source)) {
  const place = relative(source, file);
  const layer = place.split("/")[0]!;
  if (file.endsWith(".test.ts") || !place.includes("/")) continue;
  const allowed = ALLOWED[layer];
  if (allowed === undefined) {
    problems.push(
      `${place}: '${layer}' is not a layer; add it to scripts/check-layers.ts and ARCHITECTURE.md`,
    );
    continue;
  }
  const text = readFileSync(file, "utf8");
  for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (specifier!.startsWith(".")) checkRelative(place, layer, allowed, resolve(dirname(file), specifier!));
    else if (OUTSIDE.test(specifier!) && !EDGES.has(layer)) {
      problems.push(
        `${place}: '${layer}' may not import ${specifier}; only ${[...EDGES].join(" and ")} touch the outside`,
      );
    }
  }
  if (EDGES.has(layer) || EXEMPT_FROM_GLOBALS.has(layer)) continue;
  for (const [i, line] of text.split("\n").entries()) {
    const code = line.replace(/\/\/.*$|^\s*\*.*$|^\s*\/\*\*.*$|"(?:[^"\\]|\\.)*"|`[^`]*`/g, "");
    const hit = OUTSIDE_GLOBALS.exec(code);
    if (hit !== null)
      problems.push(`${place}:${i + 1}: '${layer}' may not use ${hit[0]}; pass it in from the edge`);
  }
}

function checkRelative(place: string, layer: string, allowed: readonly string[], target: string): void {
  const inside = relative(source, target);
  const other = inside.split("/")[0]!;
  if (inside.startsWith("..")) problems.push(`${place}: imports ${inside}, outside of src`);
  else if (other !== layer && !allowed.includes(other)) {
    problems.push(`${place}: layer '${layer}' may not import '${other}'`);
  } else if (layer === "formats" && other === "formats") {
    const [from, to] = [place.split("/"), inside.split("/")];
    if (from.length > 2 && to.length > 2 && from[1] !== to[1]) {
      problems.push(`${place}: format '${from[1]}' may not import its sibling '${to[1]}'`);
    }
  }
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
