/**
 * npm run demo: shows the main job in half a minute. With Go on PATH it builds a leaky service of the zoo, inspects it
 * live and writes the HTML report; without Go it inspects the recorded bundle of the same service.
 */
import { spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { buildProgram, readGoVersion, startProgram } from "./zoo-programs.ts";

const PROGRAM = "data/unbounded-map/leaky";
const root = resolve(import.meta.dirname, "..");
const out = join(root, "demo-out");
const bundle = join(out, "evidence");
const report = join(out, "report.html");
mkdirSync(out, { recursive: true });

const version = await readGoVersion().catch(() => undefined);
const live = version !== undefined && (await inspectLive(version).catch(explainFallback));
if (!live) await inspectRecorded();
console.log(`\nHTML report: ${relative(process.cwd(), report)}`);

async function inspectLive(goVersion: string): Promise<boolean> {
  console.log(`Building the zoo's ${PROGRAM}, a shop that keeps every session (${goVersion}) …`);
  const service = await startProgram(await buildProgram(PROGRAM), ["-for", "2m"]);
  try {
    console.log(
      `It runs at ${service.url}. Now:\n\n  gopatrol inspect ${service.url} --for 20s --every 3s\n`,
    );
    await run(["inspect", service.url, "--for", "20s", "--every", "3s", "--save", bundle]);
  } finally {
    await service.stop();
  }
  await run(["inspect", bundle, "--format", "html", "--out", report, "--quiet"]);
  return true;
}

async function inspectRecorded(): Promise<void> {
  if (version === undefined)
    console.log("There is no Go on PATH, so this is a recorded inspection of the zoo's leaky shop.");
  const recorded = globSync(join(root, "test/fixtures/bundles/data-unbounded-map-leaky-*.tar.gz"))
    .sort()
    .at(-1);
  if (recorded === undefined || !existsSync(recorded))
    throw new Error("the recorded bundle is missing from test/fixtures/bundles");
  console.log(`\n  gopatrol inspect ${relative(root, recorded)}\n`);
  await run(["inspect", recorded]);
  await run(["inspect", recorded, "--format", "html", "--out", report, "--quiet"]);
}

function explainFallback(error: unknown): boolean {
  console.log(
    `The live demonstration did not work (${error instanceof Error ? error.message.split("\n")[0] : String(error)}).`,
  );
  return false;
}

/** Runs gopatrol as a user would. Exit code 1 says that it found something, which is the point. */
function run(args: string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, "bin/gopatrol"), ...args], { stdio: "inherit" });
    child.once("error", fail);
    child.once("exit", (code) => {
      if (code === 0 || code === 1) done();
      else fail(new Error(`gopatrol ended with exit code ${code}`));
    });
  });
}
