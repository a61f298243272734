import { request } from "node:http";
import { expect, test } from "vitest";
import { isOwnHost, parseListenPlace, startWebServer, text } from "./web-server.ts";

test("-http is host:port, this machine alone without a host, a free port without one", () => {
  expect(parseListenPlace("")).toEqual({ host: "127.0.0.1", port: 0 });
  expect(parseListenPlace(":8080")).toEqual({ host: "127.0.0.1", port: 8080 });
  expect(parseListenPlace("localhost:")).toEqual({ host: "localhost", port: 0 });
  expect(parseListenPlace("[::1]:80")).toEqual({ host: "::1", port: 80 });
  expect(parseListenPlace("0.0.0.0:6061")).toEqual({ host: "0.0.0.0", port: 6061 });
  for (const wrong of ["8080", "a:b", ":99999", "http://x:1"]) {
    expect(() => parseListenPlace(wrong)).toThrow("-http wants host:port");
  }
});

test("a Host that is a name of somebody else's is not answered", async () => {
  expect(
    ["127.0.0.1:80", "localhost:1", "[::1]:9", "10.0.0.7", "Box.lan:80"].map((host) =>
      isOwnHost(host, "box.lan"),
    ),
  ).toEqual([true, true, true, true, true]);
  expect(
    ["evil.example:80", "localhost.evil.example", "", "127.0.0.1.nip.io"].map((host) =>
      isOwnHost(host, "127.0.0.1"),
    ),
  ).toEqual([false, false, false, false]);
  const server = await startWebServer(
    { host: "127.0.0.1", port: 0 },
    async () => text(200, "yes"),
    () => {},
  );
  try {
    const ask = (headers: Record<string, string>, method = "GET") =>
      new Promise<number>((done, fail) => {
        const asked = request(server.url, { method, headers }, (answer) => {
          answer.resume();
          done(answer.statusCode!);
        });
        asked.on("error", fail);
        asked.end();
      });
    expect(await ask({})).toBe(200);
    expect(await ask({ host: "evil.example" })).toBe(403);
    expect(await ask({}, "POST")).toBe(405);
  } finally {
    await server.close();
  }
});

test("a port that is taken is told with what to do", async () => {
  const first = await startWebServer(
    { host: "127.0.0.1", port: 0 },
    async () => text(200, ""),
    () => {},
  );
  try {
    const port = Number(new URL(first.url).port);
    await expect(
      startWebServer(
        { host: "127.0.0.1", port },
        async () => text(200, ""),
        () => {},
      ),
    ).rejects.toThrow("another program has it");
  } finally {
    await first.close();
  }
});
