/**
 * A log of a gigabyte in one pass: `npm run bench -- gc-log [megabytes]`. Lines that Go's runtime printed stand among JSON
 * lines of a service, as many of each as asked for, and `gopatrol gc` reads them from a file.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const MEGABYTE = 1e6;
const root = resolve(import.meta.dirname, "..");
const gopatrol = join(root, "bin/gopatrol");
const wantedBytes = Number(process.argv[2] ?? 1000) * MEGABYTE;
const recorded = readFileSync(join(root, "test/fixtures/godebug/go1.27.2.log"), "utf8").split("\n");
const runtimeLines = recorded.filter((line) => /^(gc|scav|pacer|SCHED)/.test(line));
const folder = mkdtempSync(join(tmpdir(), "gopatrol-bench-"));

/** One process: its cycles are numbered on, a tenth of a second apart. */
function renumber(line: string, cycle: number): string {
  return line.replace(/^gc \d+ @[\d.]+s/, `gc ${cycle} @${(cycle / 10).toFixed(3)}s`);
}

function writeLog(path: string, jsonLinesPerRuntimeLine: number): { lines: number } {
  const file = openSync(path, "w");
  let written = 0;
  let cycle = 0;
  let lines = 0;
  let request = 0;
  while (written < wantedBytes) {
    const block: string[] = [];
    for (const line of runtimeLines) {
      if (line.startsWith("gc ")) cycle++;
      block.push(renumber(line, cycle));
      lines++;
      for (let n = 0; n < jsonLinesPerRuntimeLine; n++) {
        request++;
        block.push(
          `{"level":"info","ts":${1_795_621_511 + request / 1000},"caller":"api/handler.go:88","msg":"request served","method":"GET","path":"/v1/articles/${request}","status":200,"duration_ms":${request % 97},"user":"u${request % 4096}@example.com"}`,
        );
      }
    }
    written += writeSync(file, `${block.join("\n")}\n`);
  }
  closeSync(file);
  return { lines };
}

const PEAK = `data:text/javascript,process.on("exit",()=>process._rawDebug("peak "+process.resourceUsage().maxRSS))`;

for (const [name, perLine] of [
  ["one line in 20 is the runtime's", 19],
  ["all lines are the runtime's", 0],
] as const) {
  const path = join(folder, "app.log");
  const { lines } = writeLog(path, perLine);
  for (let round = 0; round < 3; round++) {
    const begun = performance.now();
    const { stderr, status } = spawnSync(
      process.execPath,
      [`--import=${PEAK}`, gopatrol, "gc", path, "-q", "--fail-on", "never"],
      { encoding: "utf8", maxBuffer: 2 ** 28 },
    );
    const seconds = (performance.now() - begun) / 1000;
    const peakMb = (Number(/peak (\d+)/.exec(stderr)?.[1]) * 1024) / MEGABYTE;
    console.log(
      `${name}: ${lines} lines read in ${seconds.toFixed(2)} s, ${(wantedBytes / MEGABYTE / seconds).toFixed(0)} MB/s, peak RSS ${peakMb.toFixed(0)} MB${status === 0 ? "" : ` (exit ${status})`}`,
    );
  }
}
rmSync(folder, { recursive: true });
