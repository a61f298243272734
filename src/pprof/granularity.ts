import { PprofError } from "./pprof-error.ts";

/** The last two are our own: what pprof has no word for. */
export const GRANULARITIES = [
  "functions",
  "filefunctions",
  "files",
  "lines",
  "addresses",
  "packages",
  "modules",
] as const;

/** What tells two frames apart (google/pprof, internal/driver/driver.go, aggregate). */
export interface FrameDetail {
  function: boolean;
  file: boolean;
  line: boolean;
  column: boolean;
  address: boolean;
  /** Without, a location has only its outermost line. */
  inlines: boolean;
  /** Entries are packages or modules in place of functions. */
  group?: "package" | "module" | undefined;
}

export function describeGranularity(
  granularity: string,
  options: { noInlines: boolean; showColumns: boolean },
): FrameDetail {
  const inlines = !options.noInlines;
  const detail = {
    function: true,
    file: true,
    line: true,
    column: options.showColumns,
    address: false,
    inlines,
  };
  switch (granularity) {
    case "":
    case "functions":
      return { ...detail, file: false, line: false, column: false };
    case "filefunctions":
      return { ...detail, line: false, column: false };
    case "files":
      return { ...detail, function: false, line: false, column: false };
    case "lines":
      return detail;
    case "packages":
    case "modules":
      return {
        ...detail,
        file: false,
        line: false,
        column: false,
        group: granularity === "packages" ? "package" : "module",
      };
    case "addresses":
      // Upstream leaves everything as it is, columns too, unless inlined frames are to go.
      return inlines ? { ...detail, column: true, address: true } : { ...detail, address: true };
    default:
      throw new PprofError(`unexpected granularity ${JSON.stringify(granularity)}`);
  }
}
