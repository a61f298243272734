import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** What the fake does with one request instead of taking it. */
export type BulkFault =
  | { kind: "status"; status: number; headers?: Record<string, string>; body?: string }
  /** Takes the batch, and breaks the connection instead of answering. */
  | { kind: "lost-answer" }
  | { kind: "reset" }
  | { kind: "garbage" }
  /** By the id of each record: its own status and error. */
  | { kind: "items"; status(id: string, nth: number): { status: number; type: string } | null };

export interface FakeBulkServer {
  readonly url: string;
  /** Documents by id, in the order in which they were taken. */
  readonly documents: Map<string, Record<string, unknown>>;
  /** Creates of a document that was there. */
  readonly conflicts: number;
  readonly requests: number;
  readonly largestBatch: number;
  /** Violations of the bulk API by the client. */
  readonly violations: string[];
  close(): Promise<void>;
}

/**
 * A stand-in for `_bulk` of Elasticsearch and OpenSearch on one data stream, strict about what the API says: NDJSON with
 * its content type and a newline at the end, `create` only, `@timestamp` in each document, 409 for an id that is there,
 * items in the order of the request. Source: the REST references of both.
 */
export async function startFakeBulkServer(
  dataStream: string,
  fault: (request: number) => BulkFault | null = () => null,
): Promise<FakeBulkServer> {
  const documents = new Map<string, Record<string, unknown>>();
  const tries = new Map<string, number>();
  const violations: string[] = [];
  const counts = { conflicts: 0, requests: 0, largestBatch: 0 };

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const planned = fault(counts.requests++);
      const url = new URL(request.url ?? "/", "http://x");
      if (request.method !== "POST" || url.pathname !== `/${dataStream}/_bulk`)
        violations.push(`${request.method} ${request.url}`);
      if (request.headers["content-type"] !== "application/x-ndjson") violations.push("content type");
      if (planned?.kind === "reset") return request.socket.destroy();
      if (planned?.kind === "status") {
        response.writeHead(planned.status, planned.headers);
        return response.end(planned.body ?? "");
      }
      const raw = Buffer.concat(chunks);
      const body =
        request.headers["content-encoding"] === "gzip" ? gunzipSync(raw).toString() : raw.toString();
      if (!body.endsWith("\n")) violations.push("no newline at the end");
      const lines = body.split("\n").slice(0, -1);
      if (lines.length % 2 !== 0) violations.push("an action without its document");
      counts.largestBatch = Math.max(counts.largestBatch, lines.length / 2);
      let errors = false;
      const items = [];
      for (let i = 0; i + 1 < lines.length; i += 2) {
        const action = JSON.parse(lines[i]!) as { create?: { _id?: string } };
        const document = JSON.parse(lines[i + 1]!) as Record<string, unknown>;
        const id = action.create?._id;
        if (id === undefined || Object.keys(action).join() !== "create") {
          violations.push(`a data stream takes create only: ${lines[i]}`);
          continue;
        }
        if (typeof document["@timestamp"] !== "string") violations.push("no @timestamp");
        const nth = tries.get(id) ?? 0;
        tries.set(id, nth + 1);
        const refused = planned?.kind === "items" ? planned.status(id, nth) : null;
        if (refused !== null) {
          errors = true;
          items.push({
            create: { status: refused.status, error: { type: refused.type, reason: "planned" } },
          });
        } else if (documents.has(id)) {
          errors = true;
          counts.conflicts++;
          items.push({
            create: { status: 409, error: { type: "version_conflict_engine_exception", reason: "there" } },
          });
        } else {
          documents.set(id, document);
          items.push({ create: { status: 201 } });
        }
      }
      if (planned?.kind === "lost-answer") return request.socket.destroy();
      response.writeHead(200, { "content-type": "application/json" });
      return response.end(
        planned?.kind === "garbage" ? "<html>proxy</html>" : JSON.stringify({ errors, items }),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    documents,
    violations,
    get conflicts() {
      return counts.conflicts;
    },
    get requests() {
      return counts.requests;
    },
    get largestBatch() {
      return counts.largestBatch;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
