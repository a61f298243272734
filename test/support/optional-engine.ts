import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** What an engine's folder must hold to be used. */
const ENGINES = {
  chdb: ["node_modules/chdb/package.json"],
  s3rver: ["node_modules/s3rver/package.json"],
} as const;

export interface OptionalEngine {
  available: boolean;
  /** Its folder, whose node_modules hold it. */
  dir: string;
  /** For the name of a skipped test: "" where the engine is there. */
  skipReason: string;
}

/**
 * A server that some tests run against and that is too large or too odd to be a dependency: `scripts/install-engines.sh`
 * puts each into a folder of its own under .engines/. Unlike a required tool, one that is missing skips its tests by name
 * also where GOPATROL_REQUIRE_TOOLS=1; GOPATROL_REQUIRE_ENGINES=1 makes that a failure.
 */
export function optionalEngine(name: keyof typeof ENGINES): OptionalEngine {
  const root = process.env["GOPATROL_ENGINES"] ?? resolve(import.meta.dirname, "../../.engines");
  const dir = join(root, name);
  if (ENGINES[name].every((path) => existsSync(join(dir, path))))
    return { available: true, dir, skipReason: "" };
  if (process.env["GOPATROL_REQUIRE_ENGINES"] === "1") {
    throw new Error(`${name} is not in ${dir}, and GOPATROL_REQUIRE_ENGINES=1 forbids skipping its tests`);
  }
  return {
    available: false,
    dir,
    skipReason: ` (skipped: ${name} is not installed, see scripts/install-engines.sh)`,
  };
}
