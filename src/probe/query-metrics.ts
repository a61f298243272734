import { METRIC_NAME } from "../patrol/check-types/option-schemas.ts";

/** What a query gave: column names, whether each is of a numeric type, and the first row. */
export interface QueryResult {
  rows: number;
  columns: { name: string; isNumeric: boolean }[];
  first: readonly unknown[] | undefined;
}

const MAX_COLUMNS = 100;

/** Numeric columns of the first row by name, in lower case. Names that no rule could use are left out. */
export function readColumns({ columns, first }: QueryResult): Record<string, number> {
  const metrics: Record<string, number> = {};
  if (first === undefined) return metrics;
  for (const [n, { name, isNumeric }] of columns.slice(0, MAX_COLUMNS).entries()) {
    const metric = name.toLowerCase();
    const value = isNumeric ? toNumber(first[n]) : undefined;
    if (value !== undefined && METRIC_NAME.test(metric)) metrics[metric] = value;
  }
  return metrics;
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" && /^-?[0-9.]+([eE][+-]?[0-9]+)?$/.test(value) ? Number(value) : undefined;
}
