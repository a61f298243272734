/**
 * What is wrong, or doubtful, in a configuration file. Lines and columns count from 1; a column is a UTF-16 unit, as
 * editors count. `message` is one sentence without a full stop at its end, `hint` what to write instead.
 */
export interface ConfigProblem {
  severity: "error" | "warning";
  /** Stable, kebab-case: "unknown-key", "bad-duration", "secret-in-file" … */
  code: string;
  message: string;
  hint: string | null;
  place: TextPlace;
}

/** A stretch of one line. */
export interface TextPlace {
  line: number;
  column: number;
  endColumn: number;
}

/** Of a value in the file: table names, keys and indexes of arrays. */
export type ConfigPath = readonly (string | number)[];

/** What a check finds before it is known where in the file that is. */
export interface ProblemAt {
  severity?: "error" | "warning";
  code: string;
  message: string;
  hint?: string | null;
  path: ConfigPath;
  /** `key`: the name is at fault, not its value. `table`: something is missing in it. */
  part?: "key" | "value" | "table";
  /** A stretch within the text at `path`, if that is a plain string. */
  within?: { offset: number; length: number };
}
