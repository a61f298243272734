/**
 * npm run check:libraries: looks every function of src/findings/client-libraries.ts up in the source of the newest version
 * of its modules and of the older ones it names, fetched through the Go module proxy. Names that none of them has are
 * listed: upstream has renamed or dropped them.
 */
import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CLIENT_LIBRARIES } from "../src/findings/client-libraries.ts";

const folder = mkdtempSync(join(tmpdir(), "client-libraries-"));
writeFileSync(join(folder, "go.mod"), "module check\n\ngo 1.21\n");
const goroot = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();

const sources = new Map<string, { version: string; functions: Set<string> }>();

/** `module` as "path" or "path@version". */
function readModule(module: string): { version: string; functions: Set<string> } {
  const known = sources.get(module);
  if (known !== undefined) return known;
  const isStandard = !module.split("/")[0]!.includes(".");
  const { Dir: root, Version: version } = isStandard
    ? { Dir: join(goroot, "src", module), Version: "standard library" }
    : (JSON.parse(
        execFileSync("go", ["mod", "download", "-json", module.includes("@") ? module : `${module}@latest`], {
          cwd: folder,
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        }),
      ) as { Dir: string; Version: string });
  const functions = new Set<string>();
  for (const file of globSync("**/*.go", { cwd: root })) {
    if (file.endsWith("_test.go")) continue;
    const text = readFileSync(join(root, file), "utf8");
    const directory = dirname(file) === "." ? "" : `/${dirname(file)}`;
    const declaration = /^func (?:\((?:\w+ )?(\*?)(\w+)(?:\[[^\]]*\])?\) )?(\w+)/gm;
    for (const [, pointer, receiver, name] of text.matchAll(declaration)) {
      if (receiver === undefined) functions.add(`${directory}.${name}`);
      else functions.add(`${directory}.${pointer === "*" ? `(*${receiver})` : receiver}.${name}`);
    }
  }
  const found = { version, functions };
  sources.set(module, found);
  return found;
}

let missing = 0;
for (const { library, modules, older = [], constructors, goroutines } of CLIENT_LIBRARIES) {
  const read = [...modules, ...older].map((module) => {
    try {
      return { module, ...readModule(module) };
    } catch {
      return { module, version: "not to be had", functions: new Set<string>() };
    }
  });
  console.log(`${library}: ${read.map((m) => `${m.module.split("@")[0]} ${m.version}`).join(", ")}`);
  for (const name of [...constructors, ...goroutines]) {
    const holders = read.filter((m) => m.functions.has(name));
    if (holders.length > 0) continue;
    missing++;
    console.log(`  ${name} is in none of them`);
  }
}
console.log(missing === 0 ? "every name was found" : `${missing} names not found`);
process.exitCode = missing === 0 ? 0 : 1;
