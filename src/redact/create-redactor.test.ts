import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  BARE_SURROUNDINGS,
  createRandom,
  SURROUNDINGS,
  sensitiveValues,
} from "../../test/support/sensitive-values.ts";
import { ALL_CLASSES, createRedactor, DROPPED, type RedactorOptions } from "./create-redactor.ts";

function open(change: Partial<RedactorOptions> = {}) {
  return createRedactor({
    classes: ALL_CLASSES,
    keepPrivateAddresses: true,
    keys: [],
    patterns: [],
    salt: "pepper",
    ...change,
  });
}

/** What a reader who undoes URL encoding would see. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escaped) => decodeURIComponent(escaped));
}

describe("the corpus of sensitive values", () => {
  it("leaves none of them in any surrounding", () => {
    const redactor = open();
    const random = createRandom(20_261_125);
    const misses: string[] = [];
    let tried = 0;
    const look = (
      text: string,
      value: { text: string; secret: string; class: string },
      where: string,
    ): void => {
      tried++;
      const redacted = redactor.text(text);
      if (decoded(redacted).includes(value.secret))
        misses.push(`${value.class} in ${where}: ${text} → ${redacted}`);
    };
    for (let round = 0; round < 60; round++) {
      for (const value of sensitiveValues(random)) {
        for (const [where, surround] of Object.entries(SURROUNDINGS)) {
          const keys = value.keys ?? ["who", "ref", "detail", "值"];
          look(surround(value.text, keys[random(keys.length)]!), value, where);
        }
        if (value.keys !== null) continue;
        for (const [where, surround] of Object.entries(BARE_SURROUNDINGS))
          look(surround(value.text), value, where);
        look(`https://shop.example/find?q=${encodeURIComponent(value.text)}&n=1`, value, "a URL's query");
      }
    }
    expect(misses.slice(0, 20)).toEqual([]);
    expect(tried).toBeGreaterThan(30_000);
  });

  it("takes a second redaction as it is", () => {
    const redactor = open();
    for (const value of sensitiveValues(createRandom(7))) {
      const key = value.keys?.[0] ?? "who";
      const once = redactor.text(`level=info ${key}=${JSON.stringify(value.text)}`);
      expect(redactor.text(once)).toBe(once);
    }
  });
});

describe("the corpus of ordinary logs", () => {
  it("is left as it is but for one line in 2,000", () => {
    const redactor = open();
    const packed = readFileSync(new URL("../../test/fixtures/redaction/ordinary.log.gz", import.meta.url));
    const lines = gunzipSync(packed).toString().trimEnd().split("\n");
    const changed = lines.filter((line) => redactor.text(line) !== line);
    expect(lines.length).toBeGreaterThan(6000);
    expect(changed.length / lines.length).toBeLessThan(0.0005);
  });
});

describe("the redactor", () => {
  it("keeps what is needed to recognise a value, and no more", () => {
    const redactor = open();
    expect(redactor.text("13812345678 110101199003074514 6222021234567890128")).toBe(
      "138****5678 110************14 ************0128",
    );
    expect(redactor.text("alice@example.com")).toBe("a***@example.com");
    expect(redactor.text("postgres://app:hunter2@db:5432/x")).toBe("postgres://app:[credential]@db:5432/x");
  });

  it("gives equal addresses equal hashes, and other hashes under another salt", () => {
    const [first, second] = [open(), open({ salt: "other" })];
    const one = first.text("from 203.0.113.9");
    expect(one).toMatch(/^from ip-[0-9a-f]{10}$/);
    expect(first.text("from 203.0.113.9")).toBe(one);
    expect(second.text("from 203.0.113.9")).not.toBe(one);
  });

  it("keeps private addresses readable if that is asked for", () => {
    const text = "10.1.2.3 192.168.1.1 172.20.0.4 127.0.0.1 fd00::1 [::]:8080";
    expect(open().text(text)).toBe(text);
    expect(open({ keepPrivateAddresses: false }).text("10.1.2.3")).toMatch(/^ip-/);
  });

  it.each([
    "mem=17179869184 next_gc=13958643712 took 15000000000ns",
    "golang.org/x/net@v0.17.0/http2/server.go:12 getty@tty1.service",
    "unexpected token: EOF; token bucket: empty; auth: handshake failed",
    '{"hits":15112348060,"offset":13812345678,"dd.trace_id":4539148803436467123}',
    "UA Chrome/131.0.0.0 Safari/537.36 version 1.2.3.4",
    "c5d6c67a-b2c8-4088-a442-073123455595 12:34:56.789 a::b std::vector",
    "监听地址: :8080，可用区路由表 3 条，端口号 8080",
    "# runtime/pprof: 1764096595123456789 16 3 0x4a5b6c",
    "http://localhost:8080/@scope/pkg?limit=3",
    "gc 12 @0.512s 2%: 0.018+1.2+0.004 ms clock, 4->5->3 MB",
  ])("leaves what only looks like it: %s", (text) => {
    expect(open().text(text)).toBe(text);
  });

  it("walks structures by key and by value, and never touches numbers", () => {
    const redactor = open({ keys: ["internal_note"] });
    const value = {
      metrics: { phone: 13_812_345_678, latency_ms: 12.5 },
      user: { real_name: "Ann Lee", mobile: "13812345678", internal_note: "vip" },
      headers: { Authorization: ["Bearer abc"], Accept: ["*/*"] },
      "bob@example.com": [null, true, 1n],
    };
    const before = structuredClone(value);
    expect(redactor.value(value)).toEqual({
      metrics: { phone: 13_812_345_678, latency_ms: 12.5 },
      user: { real_name: "[name]", mobile: "138****5678", internal_note: "[custom]" },
      headers: { Authorization: ["[credential]"], Accept: ["*/*"] },
      "b***@example.com": [null, true, 1n],
    });
    expect(value).toEqual(before);
  });

  it("drops what it cannot look at rather than letting it through", () => {
    const cycle: Record<string, unknown> = { fine: "yes" };
    cycle["self"] = cycle;
    const hostile = Object.defineProperty({}, "boom", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    const redacted = open().value({ cycle, hostile, bytes: new Uint8Array(3), run: () => 1 });
    expect(JSON.stringify(redacted)).toContain(DROPPED);
    expect(redacted.hostile).toBe(DROPPED);
    expect(redacted.bytes).toBe(DROPPED);
    expect(redacted.cycle["fine"]).toBe("yes");
  });

  it("takes a user's own expressions and leaves out classes that are switched off", () => {
    const redactor = open({ classes: ["custom"], patterns: ["EMP-\\d{6}"] });
    expect(redactor.text("EMP-123456 13812345678")).toBe("[custom] 13812345678");
    expect(redactor.counts).toEqual({ custom: 1 });
    expect(() => open({ patterns: ["(unclosed"] })).toThrow();
  });

  it("hashes tenants and users in labels of profiles, where a log line stays", () => {
    const redactor = open();
    expect(redactor.label("tenant", "acme")).toMatch(/^id-[0-9a-f]{10}$/);
    expect(redactor.label("route", "/cart")).toBe("/cart");
    expect(redactor.text("tenant=acme")).toBe("tenant=acme");
  });

  it("sees values in full width and beyond the size of one piece", () => {
    const redactor = open();
    expect(redactor.text("１３８１２３４５６７８")).toBe("138****5678");
    const long = `${"x".repeat(99)}\n`.repeat(30_000);
    expect(redactor.text(`${long}13812345678`)).toBe(`${long}138****5678`);
  });

  it.each(["区路", "1-", "a.", "@a.", '=\\"', "://a:", "::", "-----BEGIN ", "13 "])(
    "comes to an end with a long hostile text of %s",
    (unit) => {
      // Quadratic searches do not come back from it within the time of a test.
      expect(open().text(unit.repeat(500_000 / unit.length)).length).toBeGreaterThan(0);
    },
  );
});
