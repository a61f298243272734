import { once } from "node:events";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { ReadStream } from "node:tty";
import { expect, test } from "vitest";
import { readPipedLines, readTerminalLines } from "./line-reader.ts";

test("lines of a pipe, the last one without its end", async () => {
  async function* pieces() {
    for (const piece of ["to", "p\n\nfocus=Σ", "\nlast"]) yield Buffer.from(piece);
  }
  let printed = "";
  const lines = readPipedLines(pieces(), (text) => {
    printed += text;
  });
  const read: (string | undefined)[] = [];
  for (let n = 0; n < 5; n++) read.push(await lines.read("> "));
  expect(read).toEqual(["top", "", "focus=Σ", "last", undefined]);
  expect(printed).toBe("> > > > > ");
});

/** A terminal as far as readline looks at it. */
function openTerminal() {
  const modes: boolean[] = [];
  const keys = new PassThrough();
  const input = Object.assign(keys, {
    isTTY: true,
    setRawMode: (mode: boolean) => {
      modes.push(mode);
      return input;
    },
  });
  const output = new PassThrough();
  const complete = (line: string): [string[], string] => [
    ["traces"].filter((each) => each.startsWith(line)),
    line,
  ];
  const lines = readTerminalLines(input as unknown as ReadStream, output, complete);
  return { keys, modes, output, lines };
}

test("a terminal's lines are completed, remembered, and emptied by Ctrl-C", async () => {
  const { keys, modes, lines } = openTerminal();
  const first = lines.read("(pprof) ");
  keys.write("tra\t");
  await setImmediate();
  keys.write("\r");
  expect((await first)?.trim()).toBe("traces");
  expect(modes.at(-1)).toBe(false);
  const second = lines.read("(pprof) ");
  keys.write("\u001b[A\r");
  expect((await second)?.trim()).toBe("traces");
  const third = lines.read("(pprof) ");
  keys.write("half a com");
  keys.write("\u0003top\r");
  expect(await third).toBe("top");
  lines.close();
});

test("several pasted lines come one after the other, and Ctrl-D is the end", async () => {
  const { keys, modes, output, lines } = openTerminal();
  const first = lines.read("(pprof) ");
  keys.write("top\rtree\rtags\r");
  expect([await first, await lines.read(""), await lines.read("")]).toEqual(["top", "tree", "tags"]);
  const end = lines.read("(pprof) ");
  keys.write("\u0004");
  expect(await end).toBeUndefined();
  expect(modes.at(-1)).toBe(false);
  if (output.readableLength === 0) await once(output, "readable");
  expect(String(output.read())).toContain("(pprof) ");
});
