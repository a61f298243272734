import { expect, test } from "vitest";
import { WIRE_LENGTH_DELIMITED } from "../../bytes/protobuf-reader.ts";
import { sniffProfile } from "./sniff.ts";
import { PROFILE } from "./spec.ts";

test.each([
  "",
  "\n",
  "heap profile: 1: 2 [3: 4] @ heap/1048576\n",
  "goroutine profile: total 7\n",
  "goroutine 1 [running]:\nmain.main()\n",
  "--- contention:\ncycles/second=1\n",
  "# HELP go_goroutines Number of goroutines\n",
  "go_goroutines 7\n",
  '{"memstats": {}}',
  "<html><body>404 page not found</body></html>",
  "404 page not found\n",
  "\nHello world, this is text that begins with a newline\n",
  "\nabc",
  "BLOCK",
  "PK\u0003\u0004",
  "\u007fELF\u0002\u0001",
  "go 1.22 trace\0\0\0",
  "*:8080 listening\n",
  "2024-01-01 12:00:00 GET /\n",
  "job started: worker 7\n",
  '"quoted","csv","header"\n',
  "Zone,bytes\n",
])("%j is not a profile", (text) => {
  expect(sniffProfile(new TextEncoder().encode(text))).toBe(false);
});

test("a profile is one from its second byte on, wherever the head ends", () => {
  const space = [(PROFILE.sampleType << 3) | WIRE_LENGTH_DELIMITED, 4, 0x08, 1, 0x10, 2];
  const sample = [
    (PROFILE.sample << 3) | WIRE_LENGTH_DELIMITED,
    9,
    0x0a,
    2,
    1,
    0x7f,
    0x10,
    0x80,
    0x80,
    0x80,
    1,
  ];
  const names = [(PROFILE.stringTable << 3) | WIRE_LENGTH_DELIMITED, 0];
  for (const fields of [
    [space, sample, names],
    [names, space],
    [sample, space],
  ]) {
    const bytes = Uint8Array.from(fields.flat());
    for (let length = 2; length <= bytes.length; length++)
      expect(sniffProfile(bytes.subarray(0, length))).toBe(true);
    expect(sniffProfile(bytes.subarray(0, 1))).toBe(false);
  }
});
