import { parseRuntimeName } from "../source/runtime-name.ts";
import { CLIENT_LIBRARIES, type ClientLibrary } from "./client-libraries.ts";

/** Entries of the table by the plain name of a function: package path, dot, name without type arguments. */
type Index = ReadonlyMap<string, readonly ClientLibrary[]>;

const CONSTRUCTORS = buildIndex((library) => library.constructors);
const GOROUTINES = buildIndex((library) => library.goroutines);

function buildIndex(namesOf: (library: ClientLibrary) => readonly string[]): Index {
  const index = new Map<string, ClientLibrary[]>();
  for (const library of CLIENT_LIBRARIES) {
    for (const module of library.modules) {
      for (const name of namesOf(library)) {
        const key = module + name;
        const entries = index.get(key);
        if (entries === undefined) index.set(key, [library]);
        else entries.push(library);
      }
    }
  }
  return index;
}

const NONE: readonly ClientLibrary[] = [];

/** What a function of that runtime name makes; function literals inside of it make it, too. */
export function findConstructed(functionName: string): readonly ClientLibrary[] {
  return CONSTRUCTORS.get(plainName(functionName)) ?? NONE;
}

/** Whose goroutine begins with a function of that runtime name. */
export function findGoroutineOwners(functionName: string): readonly ClientLibrary[] {
  return GOROUTINES.get(plainName(functionName)) ?? NONE;
}

/** Full names of what makes an instance, as source resolves them: "gorm.io/gorm.Open", "database/sql.(*DB).Query". */
export function listConstructorNames(library: ClientLibrary): string[] {
  return library.modules.flatMap((module) => library.constructors.map((name) => module + name));
}

/** The entries whose instances another makes for itself. */
export function findBuiltOn(library: ClientLibrary): ClientLibrary[] {
  return CLIENT_LIBRARIES.filter((other) => other.over?.includes(library.instance));
}

/** True for the module's root package and the packages below it. */
export function isInModule(packagePath: string, modules: readonly string[]): boolean {
  return modules.some((module) => packagePath === module || packagePath.startsWith(`${module}/`));
}

function plainName(functionName: string): string {
  const { packagePath, declared } = parseRuntimeName(functionName);
  return `${packagePath}.${declared}`;
}
