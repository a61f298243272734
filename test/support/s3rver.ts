import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsClient } from "aws4fetch";

interface S3rver {
  run(): Promise<{ port: number }>;
  close(): Promise<void>;
}

type S3rverClass = new (options: Record<string, unknown>) => S3rver;

/** The npm package s3rver, which keeps objects as files and verifies signatures of the key S3RVER. */
export async function startS3rver(engineDir: string, bucket: string) {
  const S3rver = createRequire(join(engineDir, "package.json"))("s3rver") as S3rverClass;
  const directory = await mkdtemp(join(tmpdir(), "gopatrol-s3rver-"));
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    vhostBuckets: false,
    directory,
    configureBuckets: [{ name: bucket }],
  });
  const endpoint = `http://127.0.0.1:${(await server.run()).port}`;
  return {
    endpoint,
    put: async (key: string, text: string, { keyId, secretKey }: { keyId: string; secretKey: string }) => {
      const client = new AwsClient({ accessKeyId: keyId, secretAccessKey: secretKey, service: "s3" });
      await client.fetch(`${endpoint}/${bucket}/${key}`, { method: "PUT", body: text });
    },
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
