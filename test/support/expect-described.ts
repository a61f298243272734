import { expect } from "vitest";
import type { z } from "zod";

/** What is published must be what its schema says, with no key that the schema does not tell of. */
export function expectDescribed(schema: z.ZodType, published: unknown): void {
  expect(schema.parse(published)).toEqual(published);
}
