import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeS3 {
  endpoint: string;
  objects: Map<string, Uint8Array>;
  /** The next so many requests are answered 503, as a store does that is busy. */
  failNext: number;
  close(): Promise<void>;
}

const PAGE = 7;

/**
 * An S3 of one bucket in memory that is strict where a real one is: it verifies the signature (AWS Signature Version 4, as
 * its documentation puts it together) and the hash of the body, and lists in pages.
 */
export async function startFakeS3(keyId: string, secretKey: string, bucket: string): Promise<FakeS3> {
  const objects = new Map<string, Uint8Array>();
  const fake: FakeS3 = { endpoint: "", objects, failNext: 0, close: async () => {} };
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    const answer = (status: number, text = "") =>
      response.writeHead(status, { "content-type": "application/xml" }).end(text);
    const fail = (status: number, code: string) => answer(status, `<Error><Code>${code}</Code></Error>`);
    if (fake.failNext > 0) {
      fake.failNext--;
      return fail(503, "SlowDown");
    }
    const problem = findSignatureProblem(request, body, keyId, secretKey);
    if (problem !== undefined) return fail(403, problem);
    const url = new URL(request.url!, "http://fake");
    const [, bucketName, ...rest] = decodeURIComponent(url.pathname).split("/");
    if (bucketName !== bucket) return fail(404, "NoSuchBucket");
    const key = rest.join("/");
    switch (request.method) {
      case "PUT":
        objects.set(key, body);
        return answer(200);
      case "DELETE":
        objects.delete(key);
        return answer(204);
      case "HEAD":
        return answer(objects.has(key) ? 200 : 404);
      default: {
        if (key !== "") {
          const found = objects.get(key);
          return found === undefined ? fail(404, "NoSuchKey") : response.writeHead(200).end(found);
        }
        const after = url.searchParams.get("continuation-token") ?? "";
        const keys = [...objects.keys()]
          .filter((each) => each.startsWith(url.searchParams.get("prefix") ?? "") && each > after)
          .sort();
        const page = keys.slice(0, PAGE);
        const token =
          keys.length > PAGE ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
        const contents = page.map((each) => `<Contents><Key>${each}</Key></Contents>`).join("");
        return answer(200, `<?xml version="1.0"?><ListBucketResult>${contents}${token}</ListBucketResult>`);
      }
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  fake.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fake.close = () =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return fake;
}

/** The error code that S3 gives; undefined if the request is signed as it must be. */
function findSignatureProblem(
  request: IncomingMessage,
  body: Uint8Array,
  keyId: string,
  secretKey: string,
): string | undefined {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? "",
    );
  if (parts === null) return "AccessDenied";
  const [, id, date, region, signedHeaders, signature] = parts;
  if (id !== keyId) return "InvalidAccessKeyId";
  const payload = String(request.headers["x-amz-content-sha256"]);
  if (payload !== "UNSIGNED-PAYLOAD" && payload !== sha256(body)) return "XAmzContentSHA256Mismatch";
  if (request.method === "PUT" && payload === "UNSIGNED-PAYLOAD") return "InvalidRequest";
  const time = String(request.headers["x-amz-date"]);
  if (!time.startsWith(date!)) return "SignatureDoesNotMatch";
  const url = new URL(request.url!, "http://fake");
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .sort()
    .join("&");
  const headers = signedHeaders!
    .split(";")
    .map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
    .join("");
  const canonical = [request.method, url.pathname, query, headers, signedHeaders, payload].join("\n");
  const scope = `${date}/${region}/s3/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  let key: Buffer | string = `AWS4${secretKey}`;
  for (const step of [date!, region!, "s3", "aws4_request"])
    key = createHmac("sha256", key).update(step).digest();
  const wanted = createHmac("sha256", key).update(toSign).digest("hex");
  return wanted === signature ? undefined : "SignatureDoesNotMatch";
}

function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
