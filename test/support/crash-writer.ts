/** Writes numbered batches to the store of a folder until it is killed, and prints the number of each that is acknowledged. */
import { writeSync } from "node:fs";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { CRASH_RETENTION, crashBatch } from "./crash-trial.ts";

const [dir, first, writers] = process.argv.slice(2);
const store = await SqliteStore.open({ dir: dir!, readOnly: false, retention: CRASH_RETENTION, lingerMs: 2 });
let next = Number(first);
const say = (line: string) => writeSync(1, `${line}\n`);
say("open");

async function write(): Promise<never> {
  for (;;) {
    const number = next++;
    await store.write(crashBatch(number));
    say(`batch ${number}`);
    if (number % 5 !== 0) continue;
    const entry = await store.appendAudit({
      atMs: number,
      actor: "crash",
      action: "write",
      detail: { number },
    });
    say(`audit ${entry.sequence}`);
  }
}

async function compact(): Promise<never> {
  for (;;) await store.compact(Date.UTC(2027, 0, 1));
}

await Promise.all([...Array.from({ length: Number(writers) }, write), compact()]);
