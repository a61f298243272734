import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeRawCaptures } from "../../../test/contracts/raw-captures.ts";
import { type FakeS3, startFakeS3 } from "../../../test/support/fake-s3.ts";
import { optionalEngine } from "../../../test/support/optional-engine.ts";
import { startS3rver } from "../../../test/support/s3rver.ts";
import { S3Captures } from "./s3-captures.ts";

const KEY = { region: "eu-central-1", keyId: "S3RVER", secretKey: "S3RVER" };

describeRawCaptures("S3, against a fake that verifies signatures", async () => {
  const fake = await startFakeS3(KEY.keyId, KEY.secretKey, "captures");
  return {
    open: async () => new S3Captures({ ...KEY, endpoint: fake.endpoint, bucket: "captures" }),
    damage: async (sha256) => {
      fake.objects.set(`blobs/${sha256.slice(0, 2)}/${sha256}`, new TextEncoder().encode("something else"));
    },
    remove: () => fake.close(),
  };
});

const s3rver = optionalEngine("s3rver");
describeRawCaptures(
  `S3, against s3rver${s3rver.skipReason}`,
  async () => {
    const server = await startS3rver(s3rver.dir, "captures");
    const open = async () => new S3Captures({ ...KEY, endpoint: server.endpoint, bucket: "captures" });
    return {
      open,
      damage: async (sha256) => {
        await server.put(`blobs/${sha256.slice(0, 2)}/${sha256}`, "something else", KEY);
      },
      remove: () => server.close(),
    };
  },
  { skip: !s3rver.available },
);

describe("when S3 does not do what is asked", () => {
  let fake: FakeS3;
  beforeEach(async () => {
    fake = await startFakeS3(KEY.keyId, KEY.secretKey, "captures");
  });
  afterEach(() => fake.close());

  const about = { target: "t", kind: "heap", atMs: 1 };
  const bytes = new TextEncoder().encode("x");

  test.each([
    ["a wrong secret", { secretKey: "wrong" }, "refused"],
    ["a wrong key", { keyId: "wrong" }, "refused"],
    ["no such bucket", { bucket: "other" }, "missing"],
    ["nobody there", { endpoint: "http://127.0.0.1:1" }, "unreachable"],
  ])("%s is told with its code", async (_, wrong, code) => {
    const captures = new S3Captures({ ...KEY, endpoint: fake.endpoint, bucket: "captures", ...wrong });
    await expect(captures.put(bytes, about)).rejects.toMatchObject({ name: "StoreError", code });
  });

  test("a busy store is asked again", async () => {
    const captures = new S3Captures({ ...KEY, endpoint: fake.endpoint, bucket: "captures" });
    fake.failNext = 2;
    const name = await captures.put(bytes, about);
    expect(await captures.get(name)).toEqual(bytes);
  });
});
