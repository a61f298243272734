/**
 * Checks the heap analyser against what programs say of themselves, over all supported Go versions, stripped and not,
 * and prints the table of docs/heap.md.
 *
 *   npm run heap:matrix [-- --only go1.26.8 --program known --arch arm64 --pie]
 *
 * --scale is how much the programs are filled: 3 makes some 160,000 objects. With --types it reads each core a second
 * time as if the executable was stripped, and compares the types that are found.
 *
 * Needs Go (1.19 of Debian for the service), and kernel cores in the working directory. Where qemu-aarch64 is there, arm64 comes after the machine's own.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FileSource } from "../src/capture/file-source.ts";
import { decodeElf } from "../src/formats/elf/elf-file.ts";
import { buildHeapReport } from "../src/heap/answers/heap-report.ts";
import { readHeap } from "../src/heap/heap-snapshot.ts";
import { openCore } from "../src/heap/memory/process-image.ts";
import { type DumpOptions, dumpKnownCore } from "../test/support/known-heap.ts";
import { requiredTool } from "../test/support/required-tool.ts";
import { compareTypes } from "../test/support/type-agreement.ts";

const VERSIONS = [
  "go1.19.13",
  "go1.20.14",
  "go1.21.13",
  "go1.22.12",
  "go1.23.12",
  "go1.24.11",
  "go1.25.5",
  "go1.26.8",
  "go1.27.2",
];
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    program: { type: "string" },
    arch: { type: "string" },
    types: { type: "boolean", default: false },
    pie: { type: "boolean", default: false },
    scale: { type: "string", default: "3" },
  },
});
const percent = (value: number) => `${(value * 100).toFixed(2)} %`;
let failures = 0;

const architectures: DumpOptions["arch"][] = requiredTool("qemu-aarch64").available
  ? ["amd64", "arm64"]
  : ["amd64"];

const columns = values.types
  ? ["same type as with DWARF", "not known", "another type"]
  : [
      "objects (off by)",
      "bytes (off by)",
      "maps exact",
      "owner of the largest",
      "typed bytes",
      "held bytes",
      "CPU s",
    ];
console.log(`| ${["program", "Go", "binary", ...columns].join(" | ")} |`);
console.log(`|${"---|".repeat(columns.length + 3)}`);
for (const arch of architectures) {
  if (values.arch !== undefined && values.arch !== arch) continue;
  for (const program of values.program === undefined ? ["known", "service"] : [values.program])
    for (const version of values.only === undefined ? VERSIONS : values.only.split(","))
      for (const isStripped of values.types ? [false] : [false, true])
        await check({ program, version, isStripped, arch });
}
process.exitCode = failures === 0 ? 0 : 1;

type Case = Pick<DumpOptions, "program" | "version" | "isStripped" | "arch">;

async function check(built: Case): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "heap-matrix-"));
  const binary = `${built.isStripped ? "stripped" : "DWARF"}${values.pie ? ", PIE" : ""}${built.arch === "amd64" ? "" : `, ${built.arch}`}`;
  const head = `| ${built.program} | ${built.version} | ${binary}`;
  try {
    console.log(`${head} | ${await row(folder, built)} |`);
  } catch (error) {
    failures++;
    console.log(`${head} | ${String(error)} |`);
  }
  rmSync(folder, { recursive: true });
}

async function row(folder: string, built: Case): Promise<string> {
  const dumped = await dumpKnownCore(folder, {
    ...built,
    arguments: [values.scale],
    buildFlags: values.pie ? ["-buildmode=pie"] : [],
  });
  if (dumped === undefined) throw new Error("the kernel wrote no core: see ulimit -c and core_pattern");
  if (values.types) {
    const core = decodeElf(new FileSource(dumped.core));
    const { same, unknown, other, others } = await compareTypes(core, decodeElf(new FileSource(dumped.exe)));
    for (const [pair, count] of others.slice(0, 3)) console.error(`${built.version}: ${count} ${pair}`);
    return [same, unknown, other].map(percent).join(" | ");
  }
  const start = process.cpuUsage();
  const heap = await readHeap(
    openCore(decodeElf(new FileSource(dumped.core)), decodeElf(new FileSource(dumped.exe))),
  );
  const report = buildHeapReport(heap, { top: 1000 });
  const used = process.cpuUsage(start);
  const { expected } = dumped;
  const objects = Math.abs(report.objects - expected.heapObjects) / expected.heapObjects;
  const bytes = Math.abs(report.bytes - expected.heapAlloc) / expected.heapAlloc;
  const wanted = Object.entries(expected.maps);
  const counts = [...heap.maps.map((map) => map.entries), ...heap.typed.syncMaps.map((map) => map.entries)];
  const inexact = wanted.filter(([, count]) => !counts.includes(count)).map(([name]) => name);
  const miscounted = report.maps.filter((map) => map.counted !== null && map.counted !== map.entries).length;
  const holds = objects < 0.001 && bytes < 0.01 && inexact.length === 0 && miscounted === 0;
  if (!holds) failures++;
  return `${report.objects} (${percent(objects)}) | ${report.bytes} (${percent(bytes)}) | ${wanted.length - inexact.length} of ${wanted.length}${inexact.length > 0 ? `, not ${inexact.join()}` : ""}${miscounted > 0 ? `, ${miscounted} miscounted` : ""} | ${report.owners[0]?.name ?? ""} | ${percent(report.checks.typedBytes)} | ${percent(report.checks.heldBytes)} | ${((used.user + used.system) / 1e6).toFixed(1)}`;
}
