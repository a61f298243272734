/**
 * Counts what redaction takes out of ordinary logs: every hit is a false alarm.
 *
 *     node scripts/redaction-false-alarms.ts FILE…       lines of logs, one's own or those of test/fixtures/redaction/log-writer
 *     node scripts/redaction-false-alarms.ts --show FILE…   also prints each line that was changed
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { ALL_CLASSES, createRedactor } from "../src/redact/create-redactor.ts";

const show = process.argv.includes("--show");
const files = process.argv.slice(2).filter((word) => !word.startsWith("--"));
if (files.length === 0) {
  console.error("usage: node scripts/redaction-false-alarms.ts [--show] FILE…");
  process.exit(2);
}
const redactor = createRedactor({
  classes: ALL_CLASSES,
  keepPrivateAddresses: true,
  keys: [],
  patterns: [],
  salt: "corpus",
});

let lines = 0;
let changed = 0;
let bytes = 0;
let elapsedMs = 0;
for (const file of files) {
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    const began = process.cpuUsage();
    const redacted = redactor.text(line);
    const spent = process.cpuUsage(began);
    elapsedMs += (spent.user + spent.system) / 1000;
    lines++;
    bytes += line.length + 1;
    if (redacted === line) continue;
    changed++;
    if (show) console.log(`- ${line}\n+ ${redacted}`);
  }
}
console.log(`lines         ${lines}`);
console.log(`false alarms  ${changed} (${((changed / lines) * 100).toFixed(4)} %)`);
console.log(`speed         ${(bytes / 1000 / elapsedMs).toFixed(1)} MB/s`);
console.log(`by class      ${JSON.stringify(redactor.counts)}`);
