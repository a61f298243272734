/**
 * Writes src/heap/runtime/layouts/*.json: where the fields of the Go runtime's structures lie, for each version and
 * machine, taken from the debug information of a program that the real toolchain built.
 *
 *   node scripts/make-go-layouts.ts [go1.22.12 …]      needs Go; other versions come through GOTOOLCHAIN
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ArraySource } from "../src/bytes/byte-source.ts";
import { type DebugEntries, decodeDebugEntries, TAG } from "../src/formats/dwarf/debug-entries.ts";
import { readDebugSections } from "../src/formats/elf/debug-sections.ts";
import { decodeElf, type ElfFile } from "../src/formats/elf/elf-file.ts";
import { findLayouts } from "../src/heap/runtime/layout-of-debug-entries.ts";

const VERSIONS = [
  "go1.19.13",
  "go1.20.14",
  "go1.21.13",
  "go1.22.12",
  "go1.23.12",
  "go1.24.11",
  "go1.25.5",
  "go1.26.8",
  "go1.27.2",
];
const root = resolve(import.meta.dirname, "..");
const program = join(root, "test/fixtures/heap/known");
const folder = join(root, "src/heap/runtime/layouts");
const scratch = mkdtempSync(join(tmpdir(), "go-layouts-"));
mkdirSync(folder, { recursive: true });
const wanted = process.argv.length > 2 ? process.argv.slice(2) : VERSIONS;
for (const version of wanted) {
  for (const arch of ["amd64", "arm64"]) {
    const binary = join(scratch, `${version}-${arch}`);
    execFileSync("go", ["build", "-o", binary, "."], {
      cwd: program,
      env: {
        ...process.env,
        GOTOOLCHAIN: version,
        GOOS: "linux",
        GOARCH: arch,
        CGO_ENABLED: "0",
        GOFLAGS: "-buildvcs=false",
      },
      stdio: "inherit",
    });
    const elf = decodeElf(new ArraySource(readFileSync(binary)));
    const sections = readDebugSections(elf);
    if (sections === undefined) throw new Error(`${binary} has no debug information`);
    const entries = decodeDebugEntries(sections);
    const go = /^go(1\.\d+)/.exec(version)![1]!;
    const layout = { go, arch, ...findLayouts(entries), waitReasons: readWaitReasons(elf, entries) };
    writeFileSync(join(folder, `go${go}-${arch}.json`), `${JSON.stringify(layout, null, 2)}\n`);
    console.log(`${go} ${arch}: ${layout.waitReasons.length} wait reasons`);
  }
}
rmSync(scratch, { recursive: true });

/** runtime.waitReasonStrings, an array of strings in .data. */
function readWaitReasons(elf: ElfFile, entries: DebugEntries): string[] {
  const row = entries.tag.findIndex(
    (tag, i) => tag === TAG.variable && entries.nameOf(i) === "runtime.waitReasonStrings",
  );
  const { type, address } = entries.read(row);
  const count = entries.read(entries.rowAt(type)).byteSize / 16;
  const reasons: string[] = [];
  for (let i = 0; i < count; i++) {
    const head = readMemory(elf, address + i * 16, 16);
    const view = new DataView(head.buffer, head.byteOffset);
    const text = readMemory(elf, Number(view.getBigUint64(0, true)), Number(view.getBigUint64(8, true)));
    reasons.push(new TextDecoder().decode(text));
  }
  return reasons;
}

function readMemory(elf: ElfFile, address: number, length: number): Uint8Array {
  if (length === 0) return new Uint8Array(0);
  const segment = elf.segments.find(
    (s) => address >= s.address && address + length <= s.address + s.fileSize,
  );
  if (segment === undefined) throw new Error(`nothing at 0x${address.toString(16)}`);
  return elf.source.read(segment.offset + address - segment.address, length).slice();
}
