import { compareUtf8 } from "../../lib/compare-utf8.ts";
import { countNodes } from "../count-samples.ts";
import type { NodeInfo } from "../frame-nodes.ts";
import { padStart } from "../go-format.ts";
import { formatPercentage } from "../measurement.ts";
import { PprofError } from "../pprof-error.ts";
import type { Re2 } from "../re2.ts";
import type { Report } from "../report.ts";
import { buildNodes, listNodes } from "../trimmed-graph.ts";

/** Lines before the first and behind the last that has a value. */
const MARGIN = 5;

/** The lines of a source file without their ends, or why it cannot be read. */
export type ReadSource = (path: string) => readonly string[] | { error: string };

interface SourceNode {
  info: NodeInfo;
  flat: number;
  cum: number;
}

/** A line of a listing, or what stands in place of all of them. */
export interface ListedLine {
  line: number;
  flat: number;
  cum: number;
  text: string;
}

export interface ListedFile {
  file: string;
  flat: number;
  cum: number;
  /** Empty where a function begins behind its lines. */
  lines: ListedLine[];
  /** Why there are none. */
  error: string | undefined;
}

export interface ListedFunction {
  name: string;
  /** Empty where no file is known. */
  files: ListedFile[];
}

/**
 * The source of matching functions with a value a line, by name and file.
 *
 * @throws PprofError if no function matches.
 */
export function* buildList(
  report: Report,
  wanted: Re2,
  readSource: ReadSource,
): Generator<ListedFunction, void, undefined> {
  const functions = findFunctions(report, wanted);
  const sources = new SourceFiles(readSource);
  if (functions.size === 0) throw new PprofError(`no matches found for regexp: ${wanted.source}`);
  for (const [name, nodes] of [...functions].sort(([a], [b]) => compareUtf8(a, b))) {
    const byFile = Map.groupBy(
      nodes.filter(({ info }) => info.file !== ""),
      ({ info }) => info.file,
    );
    const files = [...byFile]
      .sort(([a], [b]) => compareUtf8(a, b))
      .map(([file, inFile]): ListedFile => ({ file, ...sum(inFile), ...listLines(inFile, file, sources) }));
    yield { name, files };
  }
}

/**
 * `go tool pprof -list`: the source of matching functions with a value a line (google/pprof, internal/report/source.go).
 *
 * @throws PprofError if no function matches.
 */
export function* renderList(report: Report, wanted: Re2, readSource: ReadSource): Generator<string> {
  let isFirst = true;
  for (const { name, files } of buildList(report, wanted, readSource)) {
    if (isFirst) yield `Total: ${report.format(report.total)}\n`;
    isFirst = false;
    if (files.length === 0) yield `No source information for ${name}\n`;
    for (const { file, flat, cum, lines, error } of files) {
      yield `ROUTINE ======================== ${name} in ${file}\n`;
      const values = [flat, cum].map((value) => padStart(report.format(value), 10)).join(" ");
      yield `${values} (flat, cum) ${formatPercentage(cum, report.total)} of Total\n`;
      if (error !== undefined) yield ` Error: ${error}\n`;
      for (const each of lines) yield renderLine(report, each);
    }
  }
}

function renderLine(report: Report, { line, flat, cum, text }: ListedLine): string {
  const values = [flat, cum].map((value) => padStart(value === 0 ? "." : report.format(value), 10));
  return `${values.join(" ")} ${String(line).padStart(6)}:${text}\n`;
}

function findFunctions(report: Report, wanted: Re2): Map<string, SourceNode[]> {
  const nodes = buildNodes(report);
  const values = countNodes(report.profile, nodes, report.values);
  const functions = new Map<string, SourceNode[]>();
  const isWanted = new Map<string, boolean>();
  for (const node of listNodes(values, report.options.dropNegative)) {
    const name = nodes.name(node);
    let matches = isWanted.get(name);
    if (matches === undefined) {
      matches = wanted.test(name);
      isWanted.set(name, matches);
    }
    if (!matches) continue;
    const found = { info: nodes.info(node), flat: values.flat[node]!, cum: values.cum[node]! };
    const others = functions.get(name);
    if (others === undefined) functions.set(name, [found]);
    else others.push(found);
  }
  return functions;
}

function sum(nodes: readonly SourceNode[]): { flat: number; cum: number } {
  let flat = 0;
  let cum = 0;
  for (const node of nodes) {
    flat += node.flat;
    cum += node.cum;
  }
  return { flat, cum };
}

/** What was read of source files so far. */
class SourceFiles {
  readonly #read: ReadSource;
  readonly #known = new Map<string, ReturnType<ReadSource>>();

  constructor(read: ReadSource) {
    this.#read = read;
  }

  known(path: string): ReturnType<ReadSource> | undefined {
    return this.#known.get(path);
  }

  read(path: string): ReturnType<ReadSource> {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const source = this.#read(path);
    this.#known.set(path, source);
    return source;
  }
}

function listLines(
  nodes: readonly SourceNode[],
  file: string,
  files: SourceFiles,
): Pick<ListedFile, "lines" | "error"> {
  const byLine = Map.groupBy(nodes, ({ info }) => info.line);
  const firsts = nodes.map(({ info }) => (info.startLine === 0 ? info.line - MARGIN : info.startLine));
  const start = Math.max(1, Math.min(...firsts));
  const end = Math.max(...byLine.keys()) + MARGIN;
  // A function that begins behind its lines has none to show, and its file is not looked for.
  const source = start > end ? files.known(file) : files.read(file);
  if (source === undefined) return { lines: [], error: undefined };
  if ("error" in source) return { lines: [], error: source.error };
  const lines: ListedLine[] = [];
  for (let line = start; line <= Math.min(end, source.length); line++) {
    lines.push({ line, ...sum(byLine.get(line) ?? []), text: source[line - 1]! });
  }
  return { lines, error: undefined };
}
