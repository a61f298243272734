import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, listCaptures, readCapture } from "../../test/support/text-captures.ts";
import type { FormatName } from "../bytes/decode-error.ts";
import { sniffFormat } from "./sniff.ts";

/** What a capture is, by the name that the recording script gave it. */
const FORMATS: readonly [part: string, format: FormatName][] = [
  ["heap.txt", "heap-text"],
  ["goroutine.txt", "count-text"],
  ["goroutineleak.txt", "count-text"],
  ["threadcreate.txt", "count-text"],
  ["custom.txt", "count-text"],
  ["-dump", "goroutine-dump"],
  [".log", "goroutine-dump"],
  ["symbol.txt", "symbol-text"],
  ["expvar.json", "expvar"],
  ["metrics.txt", "prometheus"],
];

describe.each(FORMATS)("%s", (part, format) => {
  const captures = listCaptures(part).filter((name) => !name.endsWith(".raw"));

  test(`is ${format} by its content, whole or by its first 64 KiB`, () => {
    expect(captures.length).toBeGreaterThan(0);
    for (const name of captures) {
      const bytes = readCapture(name);
      expect([name, sniffFormat(bytes).format]).toEqual([name, format]);
      expect(sniffFormat(bytes.subarray(0, 64 * 1024)).format).toBe(format);
    }
  });
});

test("a dump deep inside a log is found", () => {
  const log = "2026-11-20T08:15:30Z stdout F GET /users 200\n".repeat(5000);
  const dump = new TextDecoder().decode(readCapture("go1.27/goroutine-dump.txt"));
  const wrapped = dump.replaceAll(/^/gm, "2026-11-20T08:15:31Z stderr F ");
  expect(sniffFormat(bytesOf(log + wrapped)).format).toBe("goroutine-dump");
  expect(sniffFormat(bytesOf(log)).format).toBe("unknown");
});

test("what is in a container is told from what is in it", () => {
  const tar = new Uint8Array(1024);
  tar.set(bytesOf("ustar"), 257);
  expect(sniffFormat(tar)).toEqual({ format: "tar", confidence: "certain" });
  expect(sniffFormat(Uint8Array.of(0x1f, 0x8b, 8))).toEqual({ format: "gzip", confidence: "certain" });
  expect(sniffFormat(bytesOf('{\n  "format": "gopatrol-bundle"'))).toEqual({
    format: "manifest",
    confidence: "certain",
  });
});

test("samples without a type line are only likely to be metrics", () => {
  expect(sniffFormat(bytesOf('up 1\nrequests_total{code="200"} 5\n'))).toEqual({
    format: "prometheus",
    confidence: "likely",
  });
  expect(sniffFormat(bytesOf("listening 8080\nready to serve\n")).format).toBe("unknown");
});

test.each([
  ["", "an empty file"],
  ["<!DOCTYPE html>\n<title>502</title>", "an HTML page"],
  ["  <html><body>", "an HTML page"],
  ["\x7fELF\x02\x01\x01", "a core or executable"],
  ["go 1.23 trace\0\0\0", "an execution trace"],
  ['{"status": "ok"}', "JSON that is not /debug/vars"],
  ["[1, 2]", "JSON that is not /debug/vars"],
  ["404 page not found\n", 'the text "404 page not found"'],
  ["Method Not Allowed\n", 'the text "Method Not Allowed"'],
  ["PK\x03\x04", "a zip archive"],
  ["--- mutex:\ncycles/second=1\n", "a mutex profile as text; fetch it without debug=1"],
  ["line\nline\n", "text without a goroutine dump"],
  ["\xff\xfe\x00\x01\x02", "binary data of no known kind"],
])("%j is unknown and looks like %s", (content, looksLike) => {
  const bytes = Uint8Array.from(content, (letter) => letter.charCodeAt(0));
  expect(sniffFormat(bytes)).toEqual({ format: "unknown", confidence: "none", looksLike });
});

test("any bytes get an answer", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const { format, looksLike } = sniffFormat(bytes);
      expect(looksLike === undefined).toBe(format !== "unknown");
    }),
    { numRuns: 1000 },
  );
});
