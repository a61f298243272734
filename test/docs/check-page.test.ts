import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { renderCheckPage } from "../../scripts/check-page.ts";
import { CHECK_TYPES } from "../../src/patrol/check-types/check-types.ts";
import { PROBLEM_CODES } from "../../src/patrol/check-types/problem-codes.ts";
import { loadPatrolConfig } from "../../src/patrol/config/load-config.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/checks.md"), "utf8");

test("docs/checks.md is what scripts/make-schemas.ts writes", () => {
  expect(page).toBe(renderCheckPage());
});

describe.each(Object.values(CHECK_TYPES))("$kind", ({ kind, optionsSchema, metrics, problems }) => {
  const section = page.slice(
    page.indexOf(`## ${kind}\n`),
    page.indexOf("\n## ", page.indexOf(`## ${kind}\n`) + 5),
  );

  test("every option, metric and code is there, and each option says what it is for", () => {
    const { properties = {} } = z.toJSONSchema(optionsSchema, { io: "input" }) as {
      properties?: Record<string, { description?: string }>;
    };
    for (const [name, { description }] of Object.entries(properties)) {
      expect(section).toContain(`| \`${name}\` |`);
      expect(description, name).toBeTruthy();
    }
    for (const name of Object.keys(metrics)) {
      if (name !== "*" && name !== "up") expect(section).toContain(`| \`${name}\` |`);
    }
    for (const code of problems) expect(PROBLEM_CODES).toHaveProperty(code);
  });

  test("its example is accepted by the configuration", () => {
    const example = /```toml\n([\s\S]*?)```/.exec(section)![1]!.replace('"…"', `"${kind}"`);
    const { errors } = loadPatrolConfig(`[[targets]]\naddress = "h:1"\nchecks = ["${kind}"]\n${example}`);
    expect(errors.map(({ message, hint }) => `${message} (${hint})`)).toEqual([]);
  });
});
