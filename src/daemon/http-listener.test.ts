import * as http from "node:http";
import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { expectDescribed } from "../../test/support/expect-described.ts";
import { samplePatrol, sampleTarget, sampleView } from "../../test/support/sample-patrol.ts";
import type { PatrolView } from "../patrol/exporter/patrol-snapshot.ts";
import { silentLog } from "../patrol/log.ts";
import { bloatIndexSchema, bloatSchema } from "../patrol/published/bloat-schema.ts";
import { passThrough } from "../redact/redactor.ts";
import { type HttpListener, startHttpListener } from "./http-listener.ts";

let listener: HttpListener | undefined;
afterEach(async () => listener?.close());

async function start(view: PatrolView = sampleView()): Promise<string> {
  listener = await startHttpListener({
    host: "127.0.0.1",
    port: 0,
    view,
    redactor: passThrough,
    log: silentLog,
  });
  return listener.url;
}

describe("the patrol's HTTP listener", () => {
  it("shows metrics in the format that is asked for", async () => {
    const url = await start();
    const plain = await fetch(`${url}/metrics`);
    expect(plain.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await plain.text()).toContain("gopatrol_overdue_targets 1\n");
    const open = await fetch(`${url}/metrics`, {
      headers: { accept: "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5" },
    });
    expect(open.headers.get("content-type")).toContain("application/openmetrics-text");
    expect(await open.text()).toMatch(/# EOF\n$/);
  });

  it("compresses for who takes it", async () => {
    const url = await start();
    const body = await new Promise<Buffer>((resolve) => {
      http.get(`${url}/metrics`, { headers: { "accept-encoding": "gzip" } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve(Buffer.concat(chunks)));
      });
    });
    expect(gunzipSync(body).toString()).toContain("gopatrol_targets 2\n");
  });

  it("tells what grows in a target, and which targets grow", async () => {
    const url = await start();
    const bloat = await (await fetch(`${url}/debug/bloat?target=shop`)).json();
    expect(bloat).toMatchObject({
      schema: "gopatrol.bloat/v1",
      sites: [{ line: 41, bytesPerSecond: 52_428 }],
    });
    expectDescribed(bloatSchema, bloat);
    const index = await (await fetch(`${url}/debug/bloat`)).json();
    expect(index).toMatchObject({ targets: [{ target: "shop", growthBytesPerSecond: 52_428 }] });
    expectDescribed(bloatIndexSchema, index);
    const unknown = await fetch(`${url}/debug/bloat?target=nobody`);
    expect(unknown.status).toBe(404);
  });

  it("says why it is not alive or not ready", async () => {
    const url = await start({
      ...sampleView(),
      health: () => ({ notAlive: [], notReady: ["the store is not open yet"] }),
    });
    expect(await (await fetch(`${url}/healthz`)).text()).toBe("ok\n");
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, "the store is not open yet\n"]);
  });

  it("answers nothing but GET and HEAD, and nothing elsewhere", async () => {
    const url = await start();
    const post = await fetch(`${url}/metrics`, { method: "POST", body: "x" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect((await fetch(`${url}/metrics`, { method: "HEAD" })).status).toBe(200);
    expect((await fetch(`${url}/debug/pprof/heap`)).status).toBe(404);
  });

  it("answers 500 without details when the state cannot be had", async () => {
    const url = await start({
      ...sampleView(),
      snapshot: () => {
        throw new Error("password=hunter2");
      },
    });
    const answer = await fetch(`${url}/metrics`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("hunter2");
  });

  it("serves 10,000 targets while a reader that stopped reading holds its own scrape only", async () => {
    const targets = Array.from({ length: 10_000 }, (_, i) => sampleTarget({ id: `shop-${i}` }));
    const url = await start(sampleView(samplePatrol({ targets })));
    const lazy = connect(Number(new URL(url).port), "127.0.0.1");
    lazy.pause();
    lazy.write("GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n");
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text.match(/^gopatrol_target_up\{/gm)).toHaveLength(10_000);
    lazy.destroy();
  });

  it("rejects when its address is taken", async () => {
    const url = new URL(await start());
    await expect(
      startHttpListener({
        host: "127.0.0.1",
        port: Number(url.port),
        view: sampleView(),
        redactor: passThrough,
        log: silentLog,
      }),
    ).rejects.toThrow(/EADDRINUSE/);
  });
});
