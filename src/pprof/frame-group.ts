import { FrameClassifier, findPackagePath } from "../analysis/frame-origin.ts";
import { findModulePath } from "../analysis/module-path.ts";
import type { FunctionTable, Profile } from "../tables/profile.ts";
import type { StringIndex } from "../tables/string-table.ts";

const STANDARD_LIBRARY = "standard library";
const RUNTIME = "runtime";

/**
 * Names the package or the module of a profile's functions, by index. The standard library is one module and the
 * runtime another. A function without a package (of C) is its own.
 */
export function nameFrameGroups(profile: Profile, by: "package" | "module"): (fn: number) => string {
  const { functions } = profile;
  const nameOf = (fn: number): { function: string; file: string } => describeFunction(profile, functions, fn);
  if (by === "package") return (fn) => findPackagePath(nameOf(fn).function);
  const classifier = classifyFunctions(profile);
  return (fn) => {
    const frame = nameOf(fn);
    const origin = classifier.classify(frame.function, frame.file);
    if (origin === "runtime") return RUNTIME;
    return origin === "standard-library" ? STANDARD_LIBRARY : findModulePath({ ...frame, line: 0 });
  };
}

/** Tells own code from libraries by all functions of a profile. */
export function classifyFunctions(profile: Profile): FrameClassifier {
  const { functions } = profile;
  const frames = function* (): Generator<{ function: string; file: string }> {
    for (let fn = 0; fn < functions.length; fn++) yield describeFunction(profile, functions, fn);
  };
  return new FrameClassifier(frames());
}

function describeFunction(
  { strings }: Profile,
  { name, filename }: FunctionTable,
  fn: number,
): { function: string; file: string } {
  return {
    function: strings.get(name[fn]! as StringIndex),
    file: strings.get(filename[fn]! as StringIndex),
  };
}
