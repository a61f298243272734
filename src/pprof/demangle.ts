import type { Profile } from "../tables/profile.ts";
import type { StringIndex } from "../tables/string-table.ts";
import { ExtendedStringTable } from "./extended-strings.ts";
import { readMangledName } from "./mangled-name.ts";

export interface DemangleOptions {
  /** "templates" leaves their parameters, "full" arguments too, "none" names as they are. */
  demangle?: "full" | "templates" | "none";
  /** Begins with the linker's names again. */
  force?: boolean;
}

/**
 * Names of C++ and Rust functions, from linker symbols or simplified where they are names already: without arguments and
 * template parameters (google/pprof, internal/symbolizer/symbolizer.go, Demangle).
 */
export function demangleNames(source: Profile, { demangle, force }: DemangleOptions = {}): Profile {
  const profile = force === true ? withSystemNames(source) : source;
  if (demangle === "none") return profile;
  const { functions, strings } = profile;
  const extended = new ExtendedStringTable(strings);
  let names: Uint32Array | undefined;
  for (let row = 0; row < functions.length; row++) {
    const systemIndex = functions.systemName[row]!;
    // A name unlike the linker's was demangled by whoever wrote the profile.
    if (functions.name[row] !== systemIndex && functions.name[row] !== 0) continue;
    if (!mayBeCpp(strings.bytes(systemIndex as StringIndex))) {
      if (functions.name[row] === systemIndex) continue;
      names ??= functions.name.slice();
      names[row] = systemIndex;
      continue;
    }
    const systemName = strings.get(systemIndex as StringIndex);
    const simple = showName(systemName, demangle);
    if (simple === systemName && functions.name[row] === systemIndex) continue;
    names ??= functions.name.slice();
    names[row] = extended.add(simple);
  }
  if (names === undefined) return profile;
  return { ...profile, strings: extended, functions: { ...functions, name: names } };
}

function withSystemNames(profile: Profile): Profile {
  const { functions } = profile;
  const name = functions.name.map((index, row) => (index === 0 ? 0 : functions.systemName[row]! || index));
  return { ...profile, functions: { ...functions, name } };
}

function showName(name: string, mode: DemangleOptions["demangle"]): string {
  const read = mode === undefined ? readMangledName(name) : undefined;
  if (read !== undefined) return read;
  return looksLikeCpp(name) ? simplify(name, mode) : name;
}

function simplify(name: string, mode: DemangleOptions["demangle"]): string {
  if (mode === "full") return name;
  const bare = removeMatching(name, "(", ")");
  return mode === "templates" ? bare : removeMatching(bare, "<", ">");
}

const UNDERSCORE = 0x5f;
const UPPER_Z = 0x5a;
const UPPER_R = 0x52;
const COLON = 0x3a;
const LESS = 0x3c;
const GREATER = 0x3e;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** Whether a name holds one of <>[]: or is a linker symbol — most do not, and need not become a string. */
function mayBeCpp(name: Uint8Array): boolean {
  if (name[0] === UNDERSCORE && (name[1] === UPPER_Z || name[1] === UPPER_R || name[1] === UNDERSCORE))
    return true;
  for (let at = 0; at < name.length; at++) {
    const byte = name[at]!;
    if (byte === COLON || byte === LESS || byte === GREATER || byte === OPEN || byte === CLOSE) return true;
  }
  return false;
}

function looksLikeCpp(name: string): boolean {
  // Java's "class.<init>" and Go's "(*Bar[...]).Method" are none.
  if (name.includes(".<") || name.includes("]).")) return false;
  return /[<>[\]]/.test(name) || name.includes("::");
}

/** `name` without what is between outermost brackets; as it is where they do not match. */
function removeMatching(name: string, open: string, close: string): string {
  let depth = 0;
  let kept = "";
  let from = 0;
  for (let at = 0; at < name.length; at++) {
    if (name[at] === open) {
      if (depth++ === 0) {
        kept += name.slice(from, at);
        from = at;
      }
    } else if (name[at] === close) {
      if (--depth < 0) return kept + name.slice(from);
      if (depth === 0) from = at + 1;
    }
  }
  return kept + name.slice(from);
}
