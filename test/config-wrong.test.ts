import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadPatrolConfig } from "../src/patrol/config/load-config.ts";
import { renderProblems } from "../src/patrol/config/render-problems.ts";

const folder = join(import.meta.dirname, "fixtures/config/wrong");
const files = readdirSync(folder).filter((name) => name.endsWith(".toml"));

/** `npx vitest run test/config-wrong.test.ts -u` writes the expected answers anew; read the difference. */
describe("a wrong configuration", () => {
  it.each(files)("%s is refused with places and hints", async (file) => {
    const text = readFileSync(join(folder, file), "utf8");
    const { config, errors, warnings } = loadPatrolConfig(text);
    expect(config).toBeNull();
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) {
      expect(error.hint, error.message).not.toBeNull();
      expect(error.place.line).toBeLessThanOrEqual(text.split("\n").length);
    }
    const answer = renderProblems([...errors, ...warnings], { file, text, style: (_, words) => words });
    await expect(answer).toMatchFileSnapshot(join(folder, file.replace(/toml$/, "txt")));
  });

  it("comes in many ways", () => {
    expect(files.length).toBeGreaterThanOrEqual(40);
  });
});
