import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ClickHouseServer {
  url: string;
  user: string;
  password: string;
  /** Ends it at once, as a crash does; `start` brings it back with its data. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const USER = { user: "patrol", password: "pätrol pw" };
/** With a cold disk cache the library alone takes half a minute to load. */
const START_MS = 120_000;

/** A real ClickHouse on 127.0.0.1, out of chdb's library. */
export async function startClickHouse(engineDir: string): Promise<ClickHouseServer> {
  const dir = await mkdtemp(join(tmpdir(), "gopatrol-clickhouse-"));
  const [http, tcp] = [await freePort(), await freePort()];
  await writeFile(
    join(dir, "config.xml"),
    `<clickhouse><listen_host>127.0.0.1</listen_host><http_port>${http}</http_port><tcp_port>${tcp}</tcp_port>
      <max_server_memory_usage>2000000000</max_server_memory_usage><mark_cache_size>67108864</mark_cache_size>
      <users_config>${join(dir, "users.xml")}</users_config></clickhouse>`,
  );
  const local = "<networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>";
  // The host itself logs in as default, without a password.
  await writeFile(
    join(dir, "users.xml"),
    `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users>
      <default><password></password>${local}</default>
      <${USER.user}><password>${USER.password}</password>${local}</${USER.user}></users></clickhouse>`,
  );
  let child: ChildProcess | undefined;
  const server: ClickHouseServer = {
    url: `http://127.0.0.1:${http}`,
    ...USER,
    start: async () => {
      child = spawn(
        "python3",
        [
          join(import.meta.dirname, "clickhouse-host.py"),
          findLibrary(engineDir),
          join(dir, "config.xml"),
          join(dir, "data"),
          String(http),
          String(tcp),
        ],
        { stdio: ["pipe", "ignore", "pipe"] },
      );
      let errors = "";
      child.stderr!.on("data", (chunk) => {
        errors = `${errors}${chunk}`.slice(-4000);
      });
      for (const end = Date.now() + START_MS; ; ) {
        const answer = await fetch(`${server.url}/ping`).then(
          (response) => response.ok,
          () => false,
        );
        if (answer) return;
        if (child.exitCode !== null || Date.now() > end)
          throw new Error(`ClickHouse did not start: ${errors}`);
        await new Promise((done) => setTimeout(done, 100));
      }
    },
    kill: async () => {
      child?.kill("SIGKILL");
      if (child !== undefined && child.exitCode === null && child.signalCode === null)
        await once(child, "exit");
    },
    close: async () => {
      await server.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

function findLibrary(engineDir: string): string {
  for (const name of ["lib-linux-x64-gnu", "lib-linux-arm64-gnu", "lib-darwin-x64", "lib-darwin-arm64"]) {
    const path = join(engineDir, "node_modules/@chdb", name, "libchdb.so");
    if (existsSync(path)) return path;
  }
  throw new Error(`no library of chdb in ${engineDir}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
