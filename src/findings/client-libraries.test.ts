import { describe, expect, test } from "vitest";
import { CLIENT_LIBRARIES } from "./client-libraries.ts";
import { findBuiltOn, findConstructed, findGoroutineOwners, listConstructorNames } from "./library-index.ts";

describe("the table of client libraries", () => {
  test.each(CLIENT_LIBRARIES)("$library $instance is complete", (entry) => {
    const { modules, constructors, goroutines, closer, checked, older = [] } = entry;
    expect(modules.length).toBeGreaterThan(0);
    for (const module of modules) expect(module).toMatch(/^[\w.-]+(\/[\w.-]+)+$/);
    // ".Function" of the root package or "/package.(*Type).Method" of one below it.
    for (const name of [...constructors, ...goroutines])
      expect(name).toMatch(/^(\/[\w-]+)*\.(\(\*\w+\)\.|\w+\.)?\w+$/);
    expect(constructors.length + goroutines.length).toBeGreaterThan(0);
    expect(closer).not.toBe("");
    expect(checked).toMatch(/\d/);
    for (const version of older) expect(modules.some((m) => version.startsWith(`${m}@v`))).toBe(true);
  });

  test("names no function of one module for two kinds of goroutine", () => {
    const seen = new Map<string, string>();
    for (const { modules, goroutines, instance } of CLIENT_LIBRARIES) {
      for (const module of modules) {
        for (const name of goroutines) {
          expect(seen.get(module + name) ?? instance, module + name).toBe(instance);
          seen.set(module + name, instance);
        }
      }
    }
  });

  test("what an entry is built on is in the table", () => {
    const instances = new Set(CLIENT_LIBRARIES.map(({ instance }) => instance));
    for (const { over = [] } of CLIENT_LIBRARIES)
      for (const instance of over) expect(instances).toContain(instance);
  });
});

describe("names as the runtime prints them", () => {
  const ownerOf = (name: string) => findGoroutineOwners(name).map((entry) => entry.instance);

  test("lead to their entry, with literals, wrappers and type arguments", () => {
    expect(ownerOf("github.com/go-redis/redis/v8/internal/pool.(*ConnPool).reaper")).toEqual([
      "*redis.Client",
    ]);
    expect(ownerOf("google.golang.org/grpc/internal/transport.newHTTP2Client.func6")).toEqual([
      "*grpc.ClientConn",
    ]);
    expect(ownerOf("database/sql.(*DB).connectionOpener.gowrap1")).toEqual(["*sql.DB"]);
    expect(ownerOf("github.com/dgraph-io/ristretto/v2.(*Cache[...]).processItems")).toEqual([
      "*ristretto.Cache",
    ]);
    // The linker escapes dots in the last element of a package path.
    expect(ownerOf("github.com/nats-io/nats%2ego.(*Conn).readLoop")).toEqual(["*nats.Conn"]);
    expect(findConstructed("gorm.io/gorm.Open").map((entry) => entry.instance)).toEqual(["*gorm.DB"]);
  });

  test("of other packages and versions lead nowhere", () => {
    expect(ownerOf("example.com/pool.(*ConnPool).reaper")).toEqual([]);
    expect(ownerOf("github.com/redis/go-redis/v10/internal/pool.(*ConnPool).reaper")).toEqual([]);
    expect(findConstructed("main.NewClient")).toEqual([]);
  });
});

test("what is built on database/sql is known to make it", () => {
  const sql = CLIENT_LIBRARIES.find((entry) => entry.instance === "*sql.DB")!;
  expect(findBuiltOn(sql).map((entry) => entry.instance)).toContain("*gorm.DB");
  expect(listConstructorNames(sql)).toEqual(["database/sql.Open", "database/sql.OpenDB"]);
});
