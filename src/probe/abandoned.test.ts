import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { contextOf, PATIENCE, targetAt } from "../../test/support/probe-scene.ts";
import type { CheckKind } from "../patrol/check.ts";
import { ALL_CHECKS } from "./all-checks.ts";

const KINDS: [CheckKind, Record<string, unknown>][] = [
  ["tcp", { expect: "x" }],
  ["tcp", { tls: true }],
  ["http", {}],
  ["redis", {}],
  ["redis", { tls: true }],
  ["mysql", {}],
  ["postgres", {}],
  ["postgres", { tls: true }],
  ["sql", { engine: "mysql", query: "SELECT 1" }],
  ["promql", { queries: { x: "1" } }],
  ["pprof", {}],
  ["runtime", {}],
  ["heap-diff", {}],
  ["goroutines", {}],
  ["inspect", {}],
];

test.each(KINDS)(
  "%s %j: abandoned at any moment, no connection to a silent server stays",
  async (kind, options) => {
    const open = new Set<unknown>();
    const server = createServer((socket) => {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      socket.on("error", () => {});
      socket.resume();
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const target = targetAt(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    try {
      const runs = [0, 1, 2, 3, 5, 8, 13, 50].map((ms) => {
        const stop = new AbortController();
        setTimeout(() => stop.abort(), ms);
        return ALL_CHECKS[kind].run(target, options, contextOf({ signal: stop.signal }));
      });
      const codes = (await Promise.all(runs)).map(({ problem }) => problem?.code);
      expect(new Set(codes)).toEqual(new Set(["interrupted"]));
      await expect.poll(() => open.size, PATIENCE).toBe(0);
    } finally {
      server.close();
    }
  },
);
