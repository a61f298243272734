import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DecodeError } from "../src/bytes/decode-error.ts";
import { inflateGzip } from "../src/bytes/gunzip.ts";
import { decodeProfile } from "../src/formats/pprof/decode.ts";
import { encodeProfile } from "../src/formats/pprof/encode.ts";
import { sniffProfile } from "../src/formats/pprof/sniff.ts";
import { checkProfile, type Profile } from "../src/tables/profile.ts";
import { findToolchains, makeGoProfiles, renderRaw } from "./support/go-profiles.ts";
import { orderLabels, toPlainProfile } from "./support/plain-profile.ts";
import { requiredTool } from "./support/required-tool.ts";

const FIXTURES = join(import.meta.dirname, "fixtures/profiles");
const upstream: Record<string, string> = JSON.parse(readFileSync(join(FIXTURES, "upstream.json"), "utf8"));
const fixtures = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".pb.gz"))
  .toSorted();

function decodeFile(path: string): Profile {
  const inflated = inflateGzip(readFileSync(path));
  expect(sniffProfile(inflated.bytes)).toBe(true);
  const { profile, damage } = decodeProfile(inflated.bytes);
  expect([...inflated.damage, ...damage]).toEqual([]);
  checkProfile(profile);
  return profile;
}

/** Returns whether it was decoded. */
function decodeOrRefuse(bytes: Uint8Array): boolean {
  try {
    checkProfile(decodeProfile(bytes).profile);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return false;
  }
}

describe("recorded profiles", () => {
  test("are of many kinds and Go versions", () => {
    expect(fixtures.length).toBeGreaterThanOrEqual(20);
    expect(Object.keys(upstream)).toEqual(fixtures);
  });

  test.each(fixtures)("%s decodes, and encodes to the bytes that google/pprof writes", (name) => {
    const profile = decodeFile(join(FIXTURES, name));
    const encoded = encodeProfile(profile);
    expect(createHash("sha256").update(encoded).digest("hex")).toBe(upstream[name]);
    const plain = toPlainProfile(profile);
    for (const sample of plain.samples) sample.labels = orderLabels(sample.labels);
    expect(toPlainProfile(decodeProfile(encoded).profile)).toEqual(plain);
  });

  test("cut anywhere are refused or decoded with damage", () => {
    const zipped = readFileSync(join(FIXTURES, "go1.26.8-goroutine.pb.gz"));
    const { bytes } = inflateGzip(zipped);
    let decoded = 0;
    for (let length = 1; length < bytes.length; length++) {
      if (decodeOrRefuse(bytes.subarray(0, length))) decoded++;
    }
    // Go writes the names last: only cuts inside them leave something.
    expect(decoded).toBeGreaterThan(bytes.length / 4);
    for (let length = 2; length < zipped.length; length++) {
      const inflated = inflateGzip(zipped.subarray(0, length));
      expect(inflated.damage).toHaveLength(1);
      decodeOrRefuse(inflated.bytes);
    }
  });

  test("show what Go's documentation says they hold", () => {
    const heap = toPlainProfile(decodeFile(join(FIXTURES, "go1.27.0-heap.pb.gz")));
    expect(heap.sampleTypes.map(([type]) => type)).toEqual([
      "alloc_objects",
      "alloc_space",
      "inuse_objects",
      "inuse_space",
    ]);
    expect(heap.period).toBe(4096n);
    expect(heap.samples[0]!.labels[0]).toMatchObject({ key: "bytes", numUnit: "" });
    expect(heap.functions.map((fn) => fn.name)).toContain("main.(*cache[go.shape.int,go.shape.[]uint8]).put");
    const old = toPlainProfile(decodeFile(join(FIXTURES, "go1.19.13-heap.pb.gz")));
    expect(old.functions.map((fn) => fn.name)).toContain("main.(*cache[...]).put");

    const goroutines = toPlainProfile(decodeFile(join(FIXTURES, "go1.19.13-goroutine.pb.gz")));
    expect(goroutines.samples.flatMap((sample) => sample.labels)).toContainEqual({
      key: "tenant",
      str: "été ☀",
    });

    const delta = toPlainProfile(decodeFile(join(FIXTURES, "go1.24.11-heap-delta.pb.gz")));
    expect(delta.durationNanos).toBeGreaterThanOrEqual(1_000_000_000n);
  });
});

const go = requiredTool("go");

describe.skipIf(!go.available)(
  `go tool pprof -raw prints the same after our encoding${go.skipReason}`,
  () => {
    const work = mkdtempSync(join(tmpdir(), "pprof-raw-"));
    let fresh: string[] = [];

    beforeAll(async () => {
      const local = process.env["GOTOOLCHAIN"] ?? "local";
      for (const toolchain of [...(await findToolchains(go.path, ["go1.21.13", "go1.27.0"])), local]) {
        fresh = fresh.concat(await makeGoProfiles(go.path, toolchain, join(work, toolchain)));
      }
      // The first run compiles pprof, from Go 1.25 on.
      await renderRaw(go.path, join(FIXTURES, fixtures[0]!));
    }, 240_000);

    afterAll(() => rmSync(work, { recursive: true, force: true }));

    async function expectSameRaw(paths: string[]): Promise<void> {
      for (const path of paths) {
        const encoded = join(work, `${basename(path)}.encoded.pb`);
        writeFileSync(encoded, encodeProfile(decodeFile(path)));
        const [before, after] = await Promise.all([renderRaw(go.path, path), renderRaw(go.path, encoded)]);
        expect(before).toContain("Samples:");
        expect(after, path).toBe(before);
      }
    }

    test("for every recorded profile", { timeout: 120_000 }, async () => {
      await expectSameRaw(fixtures.map((name) => join(FIXTURES, name)));
    });

    test("for profiles made now", { timeout: 120_000 }, async () => {
      expect(fresh.length).toBeGreaterThanOrEqual(10);
      await expectSameRaw(fresh);
    });
  },
);
