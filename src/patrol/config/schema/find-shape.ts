import { z } from "zod";
import type { ConfigPath } from "../config-problem.ts";

/** The keys that a table of the file may have, by its schema; empty where any may stand. `value` chooses the branch of a union. */
export function findLegalKeys(schema: z.ZodType, path: ConfigPath, value: unknown): string[] {
  let current: z.ZodType | undefined = schema;
  let at = value;
  for (const step of path) {
    current = unwrap(current, at);
    if (current instanceof z.ZodObject)
      current = (current.shape as z.ZodRawShape)[step] as z.ZodType | undefined;
    else if (current instanceof z.ZodArray) current = current.element as z.ZodType;
    else current = undefined;
    if (current === undefined) return [];
    at = (at as Record<string | number, unknown> | undefined)?.[step];
  }
  current = unwrap(current, at);
  return current instanceof z.ZodObject ? Object.keys(current.shape) : [];
}

function unwrap(schema: z.ZodType | undefined, value: unknown): z.ZodType | undefined {
  let current = schema;
  for (;;) {
    if (
      current instanceof z.ZodOptional ||
      current instanceof z.ZodPrefault ||
      current instanceof z.ZodDefault
    ) {
      current = current.unwrap() as z.ZodType;
    } else if (current instanceof z.ZodPipe) current = current.in as z.ZodType;
    else if (current instanceof z.ZodDiscriminatedUnion) {
      const kind = (value as Record<string, unknown> | undefined)?.["kind"];
      current = (current.options as z.ZodType[]).find(
        (option) => option instanceof z.ZodObject && option.shape["kind"]?.safeParse(kind).success === true,
      );
    } else return current;
  }
}
