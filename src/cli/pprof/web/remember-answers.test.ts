import { expect, test } from "vitest";
import { rememberAnswers } from "./remember-answers.ts";

function counting(status: number, bytes: number) {
  let asked = 0;
  const answer = rememberAnswers(
    async () => ({ status, type: "text/plain", body: `${++asked}`.padEnd(bytes) }),
    (url) => !url.pathname.endsWith("source"),
  );
  return { ask: async (path: string) => (await answer(new URL(path, "http://x"))).body.toString().trim() };
}

test("an address is answered once, but what is wrong and what may change", async () => {
  const right = counting(200, 1);
  expect([await right.ask("/a?f=1"), await right.ask("/a?f=1"), await right.ask("/a?f=2")]).toEqual([
    "1",
    "1",
    "2",
  ]);
  expect([await right.ask("/source"), await right.ask("/source")]).toEqual(["3", "4"]);
  const wrong = counting(400, 1);
  expect([await wrong.ask("/a"), await wrong.ask("/a")]).toEqual(["1", "2"]);
});

test("what was asked for longest ago goes first", async () => {
  const large = counting(200, 12 * 1024 * 1024);
  expect(await large.ask("/1")).toBe("1");
  expect(await large.ask("/2")).toBe("2");
  expect(await large.ask("/1")).toBe("1");
  expect(await large.ask("/3")).toBe("3");
  expect([await large.ask("/1"), await large.ask("/2")]).toEqual(["1", "4"]);
});
