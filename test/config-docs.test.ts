import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { loadPatrolConfig } from "../src/patrol/config/load-config.ts";
import { SECTIONS } from "../src/patrol/config/schema/file-schema.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

describe("the documents of the configuration", () => {
  const example = read("examples/gopatrol.toml");

  it("have an example that is right, without a warning", () => {
    const { config, errors, warnings } = loadPatrolConfig(example);
    expect([errors, warnings]).toEqual([[], []]);
    expect(config!.targets.map(({ id }) => id)).toEqual(["checkout", "batch", "orders_db"]);
    for (const section of SECTIONS) expect(example, section).toContain(`[${section}`);
  });

  it("have a JSON Schema that agrees with the loader about the example and what is wrong", () => {
    const schema = JSON.parse(read("docs/schema/gopatrol-config-v1.schema.json"));
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const asJson = (text: string) => JSON.parse(JSON.stringify(parse(text)));
    expect(validate(asJson(example)), JSON.stringify(validate.errors)).toBe(true);
    for (const wrong of [
      '[[targets]]\nadress = "a:1"\n',
      '[[checks]]\nname = "a"\nkind = "htp"\n',
      '[[checks]]\nname = "a"\nkind = "http"\ninterval = "1 minute"\n',
      '[store]\nengine = "postgres"\n',
    ]) {
      expect(validate(asJson(wrong)), wrong).toBe(false);
    }
  });
});
