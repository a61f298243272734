import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, listCaptures, readCapture } from "../../../test/support/text-captures.ts";
import {
  checkGoroutines,
  ELIDED_FRAMES,
  type GoroutineTable,
  NO_FRAME,
} from "../../tables/goroutine-table.ts";
import { decodeGoroutineDumps, GoroutineDumpStream } from "./decode.ts";

/** Frames that are easily taken for one another by who compares bytes. */
const FRAMES = [
  "main.f /src/main.go:1",
  "main.f /src/main.go:12",
  "main.f.func1 /src/main.go:1",
  "main.(*T).f /src/main.go:1",
  "main.f[...] /src/main.go:1",
  "net/http.(*conn).serve /go/src/net/http/server.go:2027",
];
const ARGUMENTS = ["", "0x1", "0xc000010000?, {0x1, 0x2}", "...", "{0x0, 0x0}, 0x7b, ..."];

const goroutine = fc.record({
  stack: fc.array(fc.nat(FRAMES.length - 1), { minLength: 1, maxLength: 4 }),
  args: fc.nat(ARGUMENTS.length - 1),
  offset: fc.constantFrom(" +0x1d", "", " +0x1d fp=0xc00001 sp=0xc00002 pc=0x47"),
  creator: fc.option(fc.record({ frame: fc.nat(FRAMES.length - 1), id: fc.option(fc.nat(1000)) })),
  ending: fc.constantFrom(
    "",
    "...additional frames elided...\n",
    "[originating from goroutine 1]:\nmain.g(...)\n\t/src/main.go:9 +0x1\n",
  ),
});
type Drawn = typeof goroutine extends fc.Arbitrary<infer T> ? T : never;

function print(drawn: readonly Drawn[]): string {
  return drawn
    .map(({ stack, args, offset, creator, ending }, i) => {
      const frames = stack.map((f) => FRAMES[f]!.replace(" ", `(${ARGUMENTS[args]})\n\t`));
      const by =
        creator === null
          ? ""
          : FRAMES[creator.frame]!.replace(
              " ",
              `${creator.id === null ? "" : ` in goroutine ${creator.id}`}\n\t`,
            );
      return `goroutine ${i + 1} [chan send]:\n${frames.map((f) => `${f}${offset}\n`).join("")}${ending.startsWith("...") ? ending : ""}${by === "" ? "" : `created by ${by} +0x9\n`}${ending.startsWith("[") ? ending : ""}`;
    })
    .join("\n");
}

function read(table: GoroutineTable) {
  const name = (frame: number) =>
    `${table.strings.get(table.frames.function[frame] as never)} ${table.strings.get(table.frames.file[frame] as never)}:${table.frames.line[frame]}`;
  return Array.from(table.id, (_, row) => {
    const { frameStart, frame } = table.stacks;
    const stack = table.stack[row]!;
    const by = table.createdBy[row]!;
    return {
      stack: Array.from(frame.subarray(frameStart[stack]!, frameStart[stack + 1]!), name),
      creator: by === NO_FRAME ? "" : name(by),
      creatorId: table.createdById[row]!,
      isElided: (table.flags[row]! & ELIDED_FRAMES) !== 0,
    };
  });
}

test("what is recognised by its bytes is what was printed", () => {
  fc.assert(
    fc.property(fc.array(goroutine, { minLength: 1, maxLength: 60 }), (drawn) => {
      const { dumps } = decodeGoroutineDumps(bytesOf(print(drawn)));
      expect(dumps).toHaveLength(1);
      checkGoroutines(dumps[0]!.table);
      expect(read(dumps[0]!.table)).toEqual(
        drawn.map(({ stack, creator, ending }) => ({
          stack: stack.map((f) => FRAMES[f]),
          creator: creator === null ? "" : FRAMES[creator.frame],
          creatorId: creator?.id ?? 0,
          isElided: ending.startsWith("..."),
        })),
      );
    }),
  );
});

test("input in pieces, split anywhere, reads the same", () => {
  const texts = [...listCaptures("-dump"), ...listCaptures("-sigquit")].map(readCapture);
  fc.assert(
    fc.property(
      fc.nat(texts.length - 1),
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 }),
      fc.nat(400),
      (which, sizes, cut) => {
        const bytes = texts[which]!.subarray(0, texts[which]!.length - cut);
        const stream = new GoroutineDumpStream();
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length]!;
          const chunk = bytes.slice(at, at + size);
          stream.push(chunk);
          chunk.fill(0);
          at += size;
        }
        expect(plain(stream.finish())).toEqual(plain(decodeGoroutineDumps(bytes)));
      },
    ),
    { numRuns: 60 },
  );
});

test("a line without end does not pile up", () => {
  const stream = new GoroutineDumpStream();
  stream.push(bytesOf("goroutine 1 [running]:\nmain.main()\n\t/src/main.go:3 +0x1\n\n"));
  for (let i = 0; i < 5; i++) stream.push(new Uint8Array(400_000).fill(0x78));
  stream.push(bytesOf("\ngoroutine 2 [select]:\nmain.f()\n\t/src/main.go:9 +0x1\n"));
  const { dumps, damage } = stream.finish();
  expect(damage).toEqual([]);
  expect(Array.from(dumps[0]!.table.id)).toEqual([1, 2]);
});

function plain({ dumps, damage }: ReturnType<typeof decodeGoroutineDumps>) {
  return {
    damage,
    dumps: dumps.map(({ offset, table }) => ({
      offset,
      rows: read(table),
      id: table.id,
      flags: table.flags,
      wait: table.waitMinutes,
    })),
  };
}
