import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { numberedRuns } from "../../../test/contracts/sink.ts";
import { startFakeBulkServer } from "../../../test/support/fake-bulk-server.ts";
import { createFakeClock } from "../../../test/support/fake-clock.ts";
import { silentLog } from "../../patrol/log.ts";
import { openSink, type SinkContext } from "./open-sink.ts";
import { resolveCredentials } from "./resolve-credentials.ts";

const dir = mkdtempSync(join(tmpdir(), "gopatrol-open-sink-"));
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const context = (secret: SinkContext["secret"]): SinkContext => ({
  clock: createFakeClock(),
  log: silentLog,
  random: () => 0.5,
  secret,
  stateDir: dir,
});

it("takes credentials up anew for each request, and waits while there are none", async () => {
  const server = await startFakeBulkServer("runs");
  let asked = 0;
  const sink = openSink(
    {
      kind: "elasticsearch",
      name: "a/b",
      url: `${server.url}/`,
      auth: { kind: "bearer", token: { from: "env", name: "T" } },
      dataStream: "runs",
      spoolDir: null,
      maxSpoolBytes: 1 << 20,
    },
    context(async () => {
      if (asked++ < 2) throw new Error("vault is sealed");
      return "hunter2";
    }),
  );
  sink.write(numberedRuns(1)[0]!);
  await sink.close(AbortSignal.timeout(5000));
  expect(asked).toBe(3);
  expect(server.documents.size).toBe(1);
  await server.close();
});

it("opens a file sink at its path", async () => {
  const sink = openSink(
    { kind: "file", name: "f", path: join(dir, "x", "runs.ndjson") },
    context(async () => ""),
  );
  sink.write(numberedRuns(1)[0]!);
  await sink.close(AbortSignal.timeout(100));
  expect(JSON.parse(readFileSync(join(dir, "x", "runs.ndjson"), "utf8"))).toMatchObject({ target: "shop-0" });
});

it("makes a header of user and password", async () => {
  const auth = {
    kind: "basic" as const,
    user: { from: "text" as const, text: "u" },
    password: { from: "text" as const, text: "p:ß" },
  };
  const credentials = await resolveCredentials(auth, async (ref) => (ref.from === "text" ? ref.text : ""));
  expect(credentials.headers).toEqual({ authorization: `Basic ${Buffer.from("u:p:ß").toString("base64")}` });
});
