import { buildCallGraph, cumValue, flatValue, sortEdges } from "../call-graph.ts";
import type { NodeInfo } from "../frame-nodes.ts";
import type { GraphNode } from "../graph-node.ts";
import { scaleMeasure } from "../measurement.ts";
import { chooseOutputUnit, type Report } from "../report.ts";

/** `go tool pprof -callgrind`: for KCachegrind (google/pprof, internal/report/report.go, printCallgrind). */
export function* renderCallgrind(report: Report): Generator<string> {
  const { nodes } = buildCallGraph(report, false);
  chooseOutputUnit(
    report,
    nodes.map((node) => ({ flat: flatValue(node), cum: cumValue(node) })),
  );
  const names = tellApart(nodes);
  yield `positions: instr line\nevents: ${report.typeName}(${report.outputUnit})\n`;
  const objects = new Map<string, number>();
  const files = new Map<string, number>();
  const functions = new Map<string, number>();
  const scale = (value: number): number =>
    Math.trunc(scaleMeasure(value, report.unit, report.outputUnit).value);
  let before: NodeInfo | undefined;
  for (const node of nodes) {
    const { info } = node;
    if (before?.objectFile !== info.objectFile || before.file !== info.file || before.name !== info.name) {
      yield `\nob=${compress(objects, info.objectFile)}\nfl=${compress(files, info.file)}\n`;
      yield `fn=${compress(functions, info.name)}\n`;
    }
    yield `${compressAddress(before, info.address)} ${info.line} ${scale(flatValue(node))}\n`;
    for (const { target, weight } of sortEdges(node.callees.values())) {
      const callee = target.info;
      yield `cfl=${compress(files, callee.file)}\ncfn=${compress(functions, names.get(target) ?? "")}\n`;
      yield `calls=0 ${compressAddress(before, callee.address)} ${callee.line}\n* * ${scale(weight)}\n`;
    }
    before = info;
  }
}

/** Names with a number where functions of one name and file are several: the format would join them. */
function tellApart(nodes: readonly GraphNode[]): Map<GraphNode, string> {
  const functions = new Map<string, string[]>();
  const keys = nodes.map((node): [name: string, fn: string] => {
    const { name, file, startLine, objectFile } = node.info;
    return [JSON.stringify([file, name]), JSON.stringify([node.parent, startLine, objectFile])];
  });
  for (const [name, fn] of keys) {
    const known = functions.get(name) ?? [];
    functions.set(name, known);
    if (!known.includes(fn)) known.push(fn);
  }
  return new Map(
    nodes.map((node, at) => {
      const [name, fn] = keys[at]!;
      const known = functions.get(name)!;
      const suffix = known.length > 1 ? ` [${known.indexOf(fn) + 1}/${known.length}]` : "";
      return [node, node.info.name + suffix];
    }),
  );
}

/** "(1) name" the first time, "(1)" after it. */
function compress(known: Map<string, number>, name: string): string {
  if (name === "") return "";
  const number = known.get(name);
  if (number !== undefined) return `(${number})`;
  known.set(name, known.size + 1);
  return `(${known.size}) ${name}`;
}

/** An address, or what it is from the one before where that is shorter. */
function compressAddress(before: NodeInfo | undefined, address: bigint): string {
  const whole = address === 0n ? "0x0" : `0x${address.toString(16)}`;
  if (before === undefined) return whole;
  if (before.address === address) return "*";
  const difference = BigInt.asIntN(64, address - before.address);
  const relative = `${difference < 0n ? "" : "+"}${difference}`;
  return relative.length < whole.length ? relative : whole;
}
