import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fromPlainProfile, toPlainProfile } from "../../../test/support/plain-profile.ts";
import { DecodeError } from "../../bytes/decode-error.ts";
import { ALL_CLASSES, createRedactor } from "../../redact/create-redactor.ts";
import { decodeProfile } from "./decode.ts";
import { encodeProfile } from "./encode.ts";
import { rewriteLabels } from "./rewrite-labels.ts";

const fixture = (name: string): Uint8Array =>
  gunzipSync(readFileSync(new URL(`../../../test/fixtures/profiles/${name}.pb.gz`, import.meta.url)));
const withLabels = ["go1.22.12-cpu", "go1.22.12-goroutine", "go1.22.12-shop.audit"].map(fixture);

describe("labels of profiles, rewritten", () => {
  it("leaves every byte when nothing is to be changed", () => {
    for (const bytes of withLabels) expect(rewriteLabels(bytes, (_, value) => value)).toBe(bytes);
  });

  it("changes the texts of labels and nothing else", () => {
    let changed = 0;
    for (const bytes of withLabels) {
      const before = toPlainProfile(decodeProfile(bytes).profile);
      const after = toPlainProfile(
        decodeProfile(rewriteLabels(bytes, (_, value) => `${value.length}!`)).profile,
      );
      for (const sample of before.samples) {
        for (const label of sample.labels) {
          if (label.str === undefined) continue;
          changed++;
          label.str = `${label.str.length}!`;
        }
      }
      expect(after).toEqual(before);
    }
    expect(changed).toBeGreaterThan(0);
  });

  it("takes out tenants and what is recognised anywhere, so that the bytes no longer hold it", () => {
    const redactor = createRedactor({
      classes: ALL_CLASSES,
      keepPrivateAddresses: true,
      keys: [],
      patterns: [],
      salt: "s",
    });
    const [bytes] = withLabels;
    const plain = toPlainProfile(decodeProfile(bytes!).profile);
    for (const [i, sample] of plain.samples.entries()) {
      const labels = { tenant: `acme-${i % 3}`, caller: "13812345678", route: "/cart" };
      sample.labels = Object.entries(labels).map(([key, str]) => ({ key, str }));
    }
    const made = encodeProfile(fromPlainProfile(plain));
    const text = (of: Uint8Array): string => Buffer.from(of).toString("latin1");
    expect(text(made)).toContain("13812345678");
    const redacted = text(rewriteLabels(made, (key, value) => redactor.label(key, value)));
    expect(redacted).not.toMatch(/acme|13812345678/);
    expect(redacted).toContain("/cart");
    expect(redacted).toContain("id-");
  });

  it("refuses a profile that is cut off", () => {
    const [bytes] = withLabels;
    for (let end = 1; end < 400; end += 7) {
      try {
        rewriteLabels(bytes!.subarray(0, end), (_, value) => value);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }
  });
});
