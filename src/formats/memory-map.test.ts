import { expect, test } from "vitest";
import { readMemoryMap } from "./memory-map.ts";

const read = (text: string) => readMemoryMap(Buffer.from(`MAPPED_LIBRARIES:\n${text}`), 0);

test("variables are replaced once, at each place the one that came first", () => {
  const map = `build=/opt/shop
bu=/wrong
twice=$build/lib
00400000-00fcb000: $build/server
00fcb000-00fd0000: $twice/libc.so
`;
  expect(read(map).map(({ file }) => file)).toEqual(["/opt/shop/server", "/opt/shop/lib/libc.so"]);
});

test("variables of variables do not grow beyond a line", () => {
  const lines = ["a=xxxxxxxxxxxxxxxx"];
  for (let n = 1; n < 40; n++)
    lines.push(`${String.fromCharCode(97 + n)}=${`$${String.fromCharCode(96 + n)}`.repeat(200)}`);
  lines.push("00400000-00fcb000: /bin/shop");
  expect(read(lines.join("\n")).at(-1)?.file).toBe("/bin/shop");
});
