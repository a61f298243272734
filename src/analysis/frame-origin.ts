/** Whose code a frame is. Findings name the first `own` frame: the one its reader can change. */
export type FrameOrigin = "runtime" | "standard-library" | "third-party" | "own";

/**
 * Package path of a function as Go prints it: "example.com/shop/cart.(*Store).Put" → "example.com/shop/cart".
 *
 * The path ends at the first dot after the last slash; dots in the last path element are printed as "%2e"
 * (cmd/internal/objabi.PathToPrefix). A slash inside type arguments, "F[go.shape…/x]", is not part of the path.
 */
export function findPackagePath(functionName: string): string {
  const bracket = functionName.indexOf("[");
  const plain = bracket < 0 ? functionName : functionName.slice(0, bracket);
  const parenthesis = plain.indexOf("(");
  const slash = plain.lastIndexOf("/", parenthesis < 0 ? plain.length : parenthesis);
  const dot = plain.indexOf(".", slash + 1);
  const path = dot < 0 ? plain : plain.slice(0, dot);
  return path.replaceAll("%2e", ".");
}

/** What is known of the program that helps to tell its own code: all of it may be missing. */
export interface ProgramLayout {
  /** Module path of the main package, from go_build_info or the like. */
  mainModule?: string | undefined;
}

/**
 * First path elements of the standard library (`go list std`, Go 1.27). A module path's first element has a dot by
 * rule when it can be downloaded; local modules ("myapp/store") have none, so a list is needed to tell them apart.
 */
const STANDARD_ROOTS = new Set(
  (
    "archive arena bufio bytes cmp compress container context crypto database debug embed encoding errors expvar " +
    "flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime " +
    "simd slices sort strconv strings structs sync syscall testing text time unicode unique unsafe uuid vendor weak"
  ).split(" "),
);

const RUNTIME_PACKAGES = /^(runtime|internal\/runtime\/.*|runtime\/internal\/.*|internal\/abi)$/;

/**
 * Tells own code from libraries by what the profile itself shows.
 *
 * 1. Standard library: the file lies under GOROOT/src (found from any runtime frame), or with -trimpath the package
 *    begins with a standard root and the file path is the package's.
 * 2. Third party: the file lies in the module cache ("path@v1.2.3/"), under "/vendor/", or the package's module is
 *    not the main module where that is known.
 * 3. Own: package main and the rest.
 */
export class FrameClassifier {
  readonly #gorootSrc: string | undefined;
  readonly #ownRoot: string | undefined;
  /** Set for a program built from the module cache (`go install path@version`): its own files show a version too. */
  readonly #ownDirectory: string | undefined;
  readonly #known = new Map<string, FrameOrigin>();

  constructor(frames: Iterable<{ function: string; file: string }>, layout: ProgramLayout = {}) {
    let gorootSrc: string | undefined;
    let mainFile: string | undefined;
    for (const { function: name, file } of frames) {
      if (gorootSrc === undefined && name.startsWith("runtime.")) {
        const at = file.lastIndexOf("/src/runtime/");
        if (at >= 0) gorootSrc = file.slice(0, at + "/src/".length);
      }
      if (mainFile === undefined && name === "main.main") mainFile = file;
    }
    this.#gorootSrc = gorootSrc;
    this.#ownDirectory = mainFile === undefined ? undefined : /^.*?@v[^/]*\//.exec(mainFile)?.[0];
    this.#ownRoot = layout.mainModule ?? (mainFile === undefined ? undefined : findGopathModule(mainFile));
  }

  classify(functionName: string, file: string): FrameOrigin {
    const key = `${functionName}\0${file}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const origin = this.#decide(functionName, file);
    this.#known.set(key, origin);
    return origin;
  }

  #decide(functionName: string, file: string): FrameOrigin {
    const path = findPackagePath(functionName);
    if (RUNTIME_PACKAGES.test(path)) return "runtime";
    if (path === "main" || path.startsWith("main/")) return "own";
    if (this.#isStandard(path, file)) return "standard-library";
    if (this.#ownDirectory !== undefined && file.startsWith(this.#ownDirectory)) return "own";
    if (/@v\d/.test(file) || file.includes("/vendor/") || file.startsWith("vendor/")) return "third-party";
    if (this.#ownRoot !== undefined && path.split("/")[0]!.includes(".")) {
      return path === this.#ownRoot || path.startsWith(`${this.#ownRoot}/`) ? "own" : "third-party";
    }
    return "own";
  }

  #isStandard(path: string, file: string): boolean {
    if (this.#gorootSrc !== undefined && file.startsWith(this.#gorootSrc)) return true;
    if (!STANDARD_ROOTS.has(path.split("/")[0]!)) return false;
    // A local module may be called "log": its files are then neither under GOROOT nor printed as "log/x.go".
    return this.#gorootSrc === undefined || !file.startsWith("/") || file === "";
  }
}

/** "github.com/org/repo" of a main.go built in GOPATH mode (Debian's packages), where no file shows a version. */
function findGopathModule(mainFile: string): string | undefined {
  const match = /\/src\/([^/]+\.[^/]+\/[^/]+(?:\/[^/]+)?)\//.exec(mainFile);
  return match?.[1];
}
