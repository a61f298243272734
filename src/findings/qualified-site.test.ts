import { expect, test } from "vitest";
import { qualifySite } from "./qualified-site.ts";

const site = (file: string) => ({ function: "(*Feed).OnTick", file, line: 40 });
const frame = (name: string, file: string) => ({ function: name, file, line: 1 });

test("a site is named by the package of its directory", () => {
  expect(
    qualifySite(site("/src/shop/market/feed.go"), [
      frame("example.com/shop/quotes.(*Page).show", "/src/shop/quotes/page.go"),
      frame("example.com/shop/market.NewFeed", "/src/shop/market/new.go"),
    ]).function,
  ).toBe("example.com/shop/market.(*Feed).OnTick");
});

test("or by that of another directory of its module, wherever it was built", () => {
  const trimmed = "example.com/shop/internal";
  for (const root of [trimmed, "/home/me/shop/internal"]) {
    expect(
      qualifySite(site(`${root}/market/feed.go`), [
        frame("runtime.mallocgc", "/usr/local/go/src/runtime/malloc.go"),
        frame("example.com/shop/internal/quotes.(*Page).show", `${root}/quotes/page.go`),
      ]).function,
    ).toBe("example.com/shop/internal/market.(*Feed).OnTick");
  }
});

test("and stays as it is where nothing tells", () => {
  expect(qualifySite(site("/a/market/feed.go"), [frame("main.main", "/b/cmd/main.go")]).function).toBe(
    "(*Feed).OnTick",
  );
});
