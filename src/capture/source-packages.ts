import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";

/** A Go package's folder: as the profiles print it, and where it is here. */
interface PackageFolder {
  printed: string;
  path: string;
}

/** A module's root, in both spellings. */
interface ModuleRoot extends PackageFolder {
  modulePath: string;
}

export interface SourceFile {
  /** As the profile prints it, or would. */
  origin: string;
  /** Where it is here. */
  path: string;
}

/** Packages of one service; the closure of a monorepo's imports stops here. */
const MAX_PACKAGES = 200;
const MAX_LEVELS_UP = 8;
const MAX_FILE_BYTES = 2 * 1024 * 1024;

/**
 * The Go files of the packages that `wanted` lies in and of what they import from their own module, with its go.mod.
 *
 * A statement that matters may stand in a package that is on no stack: the setting of the collector in an init, a store
 * behind an interface. Under a directory a printed path is found by its longest tail: "/build/shop/cart/store.go"
 * matches "cart/store.go" below it. What is not there is passed over.
 */
export async function findSourceFiles(
  wanted: readonly string[],
  directory: string | undefined,
): Promise<SourceFile[]> {
  const queue: PackageFolder[] = [];
  const seen = new Set<string>();
  const enqueue = (folder: PackageFolder) => {
    if (seen.has(folder.path) || seen.size >= MAX_PACKAGES) return;
    seen.add(folder.path);
    queue.push(folder);
  };
  for (const origin of wanted) {
    if (!origin.endsWith(".go")) continue;
    const path = directory === undefined ? await findPlainFile(origin) : await findByTail(origin, directory);
    if (path !== undefined) enqueue({ printed: dirname(origin), path: dirname(path) });
  }
  const files = new Map<string, SourceFile>();
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    const module = await findModule(folder);
    if (module !== undefined) addFile(files, module, "go.mod");
    const names = await readdir(folder.path).catch(() => []);
    for (const name of names.sort()) {
      if (!name.endsWith(".go") || name.endsWith("_test.go")) continue;
      addFile(files, folder, name);
      if (module === undefined) continue;
      const text = await readSmallFile(join(folder.path, name));
      for (const inside of text === undefined
        ? []
        : findModuleImports(text.toString("utf8"), module.modulePath)) {
        enqueue({ printed: join(module.printed, inside), path: join(module.path, inside) });
      }
    }
  }
  return [...files.values()];
}

/** The bytes of a plain file of ordinary size, or undefined. */
export async function readSmallFile(path: string): Promise<Buffer | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile() !== true || stats.size > MAX_FILE_BYTES) return undefined;
  return readFile(path).catch(() => undefined);
}

function addFile(files: Map<string, SourceFile>, folder: PackageFolder, name: string): void {
  const origin = folder.printed === "." ? name : `${folder.printed}/${name}`;
  files.set(origin, { origin, path: join(folder.path, name) });
}

/** The module that a folder belongs to, if the printed path shows the same way from its root. */
async function findModule(folder: PackageFolder): Promise<ModuleRoot | undefined> {
  let path = folder.path;
  for (let level = 0; level <= MAX_LEVELS_UP; level++) {
    const text = await readSmallFile(join(path, "go.mod"));
    const modulePath =
      text === undefined ? undefined : /^\s*module\s+"?([^\s"]+)/m.exec(text.toString("utf8"))?.[1];
    if (modulePath !== undefined) {
      const inside = relative(path, folder.path);
      if (inside === "") return { modulePath, path, printed: folder.printed };
      if (!folder.printed.endsWith(`/${inside}`)) return undefined;
      return { modulePath, path, printed: folder.printed.slice(0, -inside.length - 1) };
    }
    const up = dirname(path);
    if (up === path) return undefined;
    path = up;
  }
  return undefined;
}

/** Folders below the module's root that a Go file imports. */
function findModuleImports(text: string, modulePath: string): string[] {
  const found: string[] = [];
  for (const declaration of text.matchAll(/^import\s*(?:\(([^)]*)\)|([^\n]*))/gm)) {
    for (const [, path] of (declaration[1] ?? declaration[2] ?? "").matchAll(/"([^"\n]+)"/g)) {
      if (path!.startsWith(`${modulePath}/`)) found.push(path!.slice(modulePath.length + 1));
    }
  }
  return found.filter((inside) => !inside.split("/").includes(".."));
}

/** A profile may come from anywhere: only absolute paths to plain files are looked at. */
async function findPlainFile(path: string): Promise<string | undefined> {
  if (!path.startsWith("/")) return undefined;
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() === true ? path : undefined;
}

async function findByTail(printed: string, directory: string): Promise<string | undefined> {
  const root = await realpath(directory).catch(() => undefined);
  if (root === undefined) return undefined;
  const parts = printed
    .replace(/@v[^/]*/g, "")
    .split("/")
    .filter((part) => part !== "" && part !== "." && part !== "..");
  for (let from = 0; from < parts.length; from++) {
    const real = await realpath(join(root, ...parts.slice(from))).catch(() => undefined);
    const isInside = real?.startsWith(`${root}/`) === true && basename(real) === parts.at(-1);
    if (isInside && (await findPlainFile(real)) !== undefined) return real;
  }
  return undefined;
}
