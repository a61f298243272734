/** Start-up: what `gopatrol --version` and a small inspection take beside a Node that does nothing. */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** Many short runs in turn: on a shared machine the medians of one after the other would drift apart. */
const ROUNDS = 60;
const root = resolve(import.meta.dirname, "..");
const gopatrol = resolve(root, "bin/gopatrol");
const bundle = resolve(root, "test/fixtures/bundles/data-unbounded-map-leaky-go1.26.8.tar.gz");

const commands: [name: string, args: string[]][] = [
  ["node -e 0", ["-e", "0"]],
  ["gopatrol --version", [gopatrol, "--version"]],
  ["gopatrol --help", [gopatrol, "--help"]],
  ["gopatrol inspect, 7 samples", [gopatrol, "inspect", bundle]],
];
const times = commands.map((): number[] => []);
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, [, args]] of commands.entries()) {
    const begun = performance.now();
    spawnSync(process.execPath, args, { stdio: "ignore" });
    // The first round fills the compile cache and the system's.
    if (round > 0) times[index]!.push(performance.now() - begun);
  }
}
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const base = median(times[0]!);
for (const [index, [name]] of commands.entries()) {
  const middle = median(times[index]!);
  const best = Math.min(...times[index]!);
  console.log(
    `${name.padEnd(30)} median ${middle.toFixed(0)} ms, best ${best.toFixed(0)} ms, ${(middle / base).toFixed(2)} × node`,
  );
}
