import { defineConfig } from "vitest/config";

const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  throw new Error(
    `gopatrol's tests need Node 24, this is ${process.version}: run them with "npm test" after "npm ci"`,
  );
}

process.env["TZ"] = "UTC";
process.env["LC_ALL"] = "C";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts"],
    setupFiles: ["test/support/property-seed.ts"],
    testTimeout: 30_000,
    // V8 loses track of its code pages now and then where many threads start and end on a CPU with protection keys
    // ("Check failed: jit_page.has_value()", nodejs/node#64500): that ends a whole test file.
    execArgv: ["--no-memory-protection-keys"],
    hookTimeout: 120_000,
  },
});
