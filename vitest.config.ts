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
    // Each thread that runs a .ts file loads Node's type stripper, which is WebAssembly. Where many threads start and end,
    // V8 now and then frees a wrapper that it does not know of ("Check failed: jit_page.has_value()" below
    // Runtime_TierUpWasmToJSWrapper, nodejs/node#64500), which ends the process. What is published has no .ts files.
    execArgv: ["--wasm-wrapper-tiering-budget=1000000000"],
    hookTimeout: 120_000,
  },
});
