import type { z } from "zod";
import type { ConfigPath, ProblemAt } from "./config-problem.ts";
import { describeIssues } from "./schema/schema-problems.ts";
import type { TomlTable, TomlValue } from "./toml-document.ts";

/** A table of the file: what was read of it, or undefined if it is wrong; then its raw keys may still serve. */
export interface ReadTable<T> {
  path: ConfigPath;
  raw: TomlTable;
  value: T | undefined;
}

/** Reads tables one by one, so that a wrong one hides nothing that is wrong elsewhere. */
export class SectionReader {
  readonly problems: ProblemAt[] = [];
  readonly #root: TomlTable;

  constructor(root: TomlTable) {
    this.#root = root;
  }

  list<S extends z.ZodType>(key: string, schema: S): ReadTable<z.output<S>>[] {
    return this.rawList(key).map(({ path, raw }) => ({ path, raw, value: this.parse(schema, raw, path) }));
  }

  rawList(key: string): { path: ConfigPath; raw: TomlTable }[] {
    const value = this.#root[key];
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every(isTable)) return value.map((raw, i) => ({ path: [key, i], raw }));
    this.problems.push({
      code: "wrong-type",
      message: `"${key}" is a list of tables`,
      hint: `write [[${key}]] above each`,
      path: [key],
      part: "key",
    });
    // What was meant is clear, and its content may be wrong too.
    return isTable(value) ? [{ path: [key], raw: value }] : [];
  }

  /** A table that stands once; its defaults if it is absent or wrong. */
  table<S extends z.ZodType>(key: string, schema: S): z.output<S> {
    const value = this.#root[key];
    if (value !== undefined && !isTable(value)) {
      const hint = Array.isArray(value)
        ? `write [${key}], it stands once`
        : `write [${key}] and its keys below`;
      this.problems.push({
        code: "wrong-type",
        message: `"${key}" is a table`,
        hint,
        path: [key],
        part: "key",
      });
    } else if (value !== undefined) {
      const parsed = this.parse(schema, value, [key]);
      if (parsed !== undefined) return parsed;
    }
    return schema.parse({});
  }

  optionalTable<S extends z.ZodType>(key: string, schema: S): z.output<S> | null {
    const value = this.#root[key];
    if (value === undefined) return null;
    if (isTable(value)) return this.parse(schema, value, [key]) ?? null;
    this.problems.push({
      code: "wrong-type",
      message: `"${key}" is a table`,
      hint: `write [${key}] and its keys below`,
      path: [key],
      part: "key",
    });
    return null;
  }

  parse<S extends z.ZodType>(
    schema: S,
    raw: unknown,
    path: ConfigPath,
    besides: readonly string[] = [],
  ): z.output<S> | undefined {
    const result = schema.safeParse(raw);
    if (result.success) return result.data;
    this.problems.push(...describeIssues(result.error.issues, schema, raw, path, besides));
    return undefined;
  }
}

export function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
