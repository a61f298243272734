import { expect, test } from "vitest";
import { fuzz } from "./fuzz-runner.ts";
import { FUZZ_TARGETS } from "./fuzz-targets.ts";

/** A taste of `npm run fuzz`; what a bundle takes is hundreds of times what a line of text does. */
const RUNS = 300;
const BUNDLE_RUNS = 30;
const PREFIX_BYTES = 700;

test.each(FUZZ_TARGETS.map((target) => [target.name, target] as const))(
  "%s: broken at random it is read or refused, within bounds",
  async (name, target) => {
    const runs = name === "bundle" ? BUNDLE_RUNS : RUNS;
    const options = {
      seed: 20261120,
      from: 0,
      runs,
      seconds: Number.POSITIVE_INFINITY,
      prefixBytes: PREFIX_BYTES,
    };
    const result = await fuzz(target, options);
    expect(result.failure).toBeUndefined();
    expect(result.runs).toBe(runs);
  },
);
