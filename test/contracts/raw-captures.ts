import { afterEach, describe, expect, test } from "vitest";
import { sweepCaptures } from "../../src/store/captures/sweep-captures.ts";
import type { CaptureEntry, RawCaptures } from "../../src/store/raw-captures.ts";
import { findingRecord } from "./store-rows.ts";

export interface CapturePlace {
  open(): Promise<RawCaptures>;
  /** Changes the bytes that are kept under a name, as a fault of the disk would. */
  damage(sha256: string): Promise<void>;
  remove(): Promise<void>;
}

const AT = Date.UTC(2026, 10, 10, 12);
const HOUR = 3600_000;
const DAY = 24 * HOUR;

export function describeRawCaptures(
  name: string,
  create: () => Promise<CapturePlace>,
  { skip = false }: { skip?: boolean } = {},
): void {
  describe.skipIf(skip)(`raw captures contract: ${name}`, () => {
    let place: CapturePlace | undefined;
    afterEach(() => place?.remove());

    async function openNew(): Promise<RawCaptures> {
      place = await create();
      return place.open();
    }

    const about = (atMs = AT, target = "shop-1", kind = "heap") => ({ target, kind, atMs });
    const bytesOf = (text: string) => new TextEncoder().encode(text);

    test("bytes come back under the hash of themselves, also opened again", async () => {
      const captures = await openNew();
      const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 251);
      const name = await captures.put(bytes, about());
      expect(name).toMatch(/^[0-9a-f]{64}$/);
      const again = await place!.open();
      expect(Buffer.from((await again.get(name))!).equals(bytes)).toBe(true);
      expect(await list(again)).toEqual([{ sha256: name, bytes: bytes.length, ...about(), pinned: false }]);
    });

    test("nothing is there, and what is no name names nothing", async () => {
      const captures = await openNew();
      expect(await list(captures)).toEqual([]);
      expect(await captures.get("0".repeat(64))).toBeNull();
      for (const name of ["", "../../etc/passwd", "0".repeat(63), `${"0".repeat(62)}/.`, "G".repeat(64)]) {
        expect(await captures.get(name)).toBeNull();
        await captures.remove(name);
        await captures.pin(name, true);
      }
      await captures.remove("0".repeat(64));
      expect(await list(captures)).toEqual([]);
    });

    test("the same bytes are kept once, as young as the last time", async () => {
      const captures = await openNew();
      const first = await captures.put(bytesOf("same"), about(AT));
      expect(await captures.put(bytesOf("same"), about(AT + HOUR, "cart-1"))).toBe(first);
      await captures.put(bytesOf("same"), about(AT - HOUR));
      expect(await list(captures)).toEqual([
        { sha256: first, bytes: 4, ...about(AT + HOUR, "cart-1"), pinned: false },
      ]);
    });

    test("empty bytes and names of any script are taken", async () => {
      const captures = await openNew();
      const name = await captures.put(
        new Uint8Array(0),
        about(AT, "http://[::1]:6060/購物?a=b&c=<d>", "goroutine/2"),
      );
      expect(await captures.get(name)).toEqual(new Uint8Array(0));
      expect((await list(captures))[0]!.target).toBe("http://[::1]:6060/購物?a=b&c=<d>");
    });

    test("many at once are all there", async () => {
      const captures = await openNew();
      const texts = Array.from({ length: 40 }, (_, n) => `capture ${n % 30}`);
      const names = await Promise.all(texts.map((text) => captures.put(bytesOf(text), about())));
      expect(new Set(names).size).toBe(30);
      expect((await list(captures)).map((entry) => entry.sha256)).toEqual([...new Set(names)].sort());
      for (const [n, name] of names.entries()) expect(await captures.get(name)).toEqual(bytesOf(texts[n]!));
    });

    test("what was removed is gone, and can be put again", async () => {
      const captures = await openNew();
      const name = await captures.put(bytesOf("x"), about());
      await captures.pin(name, true);
      await captures.remove(name);
      expect(await captures.get(name)).toBeNull();
      expect(await list(captures)).toEqual([]);
      await captures.put(bytesOf("x"), about());
      expect((await list(captures)).map((entry) => entry.pinned)).toEqual([false]);
    });

    test("bytes that are not what was put are not handed out", async () => {
      const captures = await openNew();
      const name = await captures.put(bytesOf("as it was"), about());
      await place!.damage(name);
      await expect(captures.get(name)).rejects.toMatchObject({ name: "StoreError", code: "damaged" });
    });

    test("sweeping keeps what is young, pinned, or what an open finding rests on", async () => {
      const captures = await openNew();
      const names: Record<string, string> = {};
      for (const [text, ageDays] of Object.entries({
        young: 1,
        old: 9,
        pinned: 9,
        referenced: 9,
        resolved: 9,
      })) {
        names[text] = await captures.put(bytesOf(text), about(AT - ageDays * DAY));
      }
      await captures.pin(names["pinned"]!, true);
      const findings = async () => [findingRecord("f", 1, { captures: [names["referenced"]!] })];
      const report = await sweepCaptures(
        captures,
        { findings },
        { capturesMs: 7 * DAY, maxCaptureBytes: 1000 },
        AT,
      );
      expect(await list(captures).then((all) => all.map((entry) => entry.sha256))).toEqual(
        ["young", "pinned", "referenced"].map((text) => names[text]!).sort(),
      );
      expect(report).toEqual({ removed: 2, removedBytes: 11, bytes: 21, keptBytes: 16 });
    });

    test("sweeping removes the oldest until the rest fits", async () => {
      const captures = await openNew();
      const names: string[] = [];
      for (let hours = 10; hours > 0; hours--) {
        names.push(await captures.put(bytesOf(`${hours} hours old`.padEnd(100)), about(AT - hours * HOUR)));
      }
      await captures.pin(names[0]!, true);
      const retention = { capturesMs: 7 * DAY, maxCaptureBytes: 450 };
      const report = await sweepCaptures(captures, { findings: async () => [] }, retention, AT);
      expect(report).toEqual({ removed: 6, removedBytes: 600, bytes: 400, keptBytes: 100 });
      expect((await list(captures)).map((entry) => entry.sha256)).toEqual(
        [names[0]!, ...names.slice(7)].sort(),
      );
    });
  });
}

async function list(captures: RawCaptures): Promise<(CaptureEntry & { pinned: boolean })[]> {
  const entries = [];
  for await (const entry of captures.list()) entries.push(entry);
  return entries.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
}
