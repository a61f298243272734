import { expect, test } from "vitest";
import type { Bundle, Capture } from "../bundle/manifest.ts";
import { joinLooseProcess } from "./join-loose-process.ts";

const STATUS =
  "Name:\tshop\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t41\nPid:\t41\nVmRSS:\t  100 kB\nThreads:\t5\n";
const MAPS = "00400000-0069a000 r-xp 00000000 fd:01 123 /usr/bin/shop\n";
const HEAP = "heap profile: 0: 0 [0: 0] @ heap/1048576\n";

/** Samples in which these files end up, given as [content, time in seconds]. */
function join(files: readonly (readonly [string, number])[], kind: "files" | "url" = "files"): number[] {
  const captures = files.map(([, seconds], sample) => ({
    kind: "file",
    sample,
    path: `${sample}`,
    time: { wallMs: 0, monotonicMs: 1000 * seconds },
  })) as unknown as Capture[];
  const bundle = {
    manifest: { captures, target: { kind, name: "" } },
    files: new Map(files.map(([text], k) => [`${k}`, new TextEncoder().encode(text)])),
  } as unknown as Bundle;
  return joinLooseProcess(bundle).map(({ sample }) => sample);
}

test("what /proc says goes to the heap of the same moment", () => {
  expect(
    join([
      [HEAP, 0],
      [MAPS, 1],
      [STATUS, 1],
      [HEAP, 10],
      [MAPS, 11],
      [STATUS, 11],
    ]),
  ).toEqual([0, 0, 0, 3, 3, 3]);
});

test("in the order given where all are of one time", () => {
  expect(
    join([
      [HEAP, 0],
      [HEAP, 0],
      [STATUS, 0],
      [STATUS, 0],
    ]),
  ).toEqual([0, 1, 0, 1]);
});

test("/proc files alone are one sample for each moment", () => {
  expect(
    join([
      [STATUS, 0],
      [MAPS, 0],
      [STATUS, 5],
      [MAPS, 5],
    ]),
  ).toEqual([0, 0, 2, 2]);
});

test("a file of another hour stays by itself, and so does everything but /proc", () => {
  expect(
    join([
      [HEAP, 0],
      [STATUS, 3600],
      [HEAP, 3700],
    ]),
  ).toEqual([0, 1, 2]);
});

test("a captured target has samples of its own", () => {
  expect(
    join(
      [
        [HEAP, 0],
        [STATUS, 0],
      ],
      "url",
    ),
  ).toEqual([0, 1]);
});
