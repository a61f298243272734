import { type ChildProcess, spawn } from "node:child_process";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A server of somebody else's, started for a test with data of its own that is thrown away. */
export interface LocalServer {
  port: number;
  /** "127.0.0.1:port" */
  address: string;
  process: ChildProcess;
  /** Stops it in its tracks: the kernel still takes connections for it. */
  pause(): void;
  resume(): void;
  /** Kills it and removes its data. */
  close(): Promise<void>;
}

/** "nobody" on Debian: databases refuse to run as root. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const UNPRIVILEGED = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** An empty folder that an unprivileged server may write. */
export async function makeDataFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `gopatrol-${name}-`));
  if (isRoot) await chown(folder, NOBODY, NOBODY);
  return folder;
}

export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

const START_MS = 60_000;

/** Runs a program to its end. Throws with what it complained. */
export async function runOnce(command: string, args: readonly string[], folder: string): Promise<void> {
  const child = spawn(command, args, {
    ...UNPRIVILEGED,
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, HOME: folder },
  });
  let said = "";
  child.stdout.on("data", (text) => (said += text));
  child.stderr.on("data", (text) => (said += text));
  const code = await new Promise((ended, fail) => {
    child.on("close", ended);
    child.on("error", fail);
  });
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${said.slice(-2000)}`);
}

/** Starts a server and waits until `isReady` is content with it. */
export async function startLocalServer(
  command: string,
  args: readonly string[],
  { folder, port, isReady }: { folder: string; port: number; isReady: () => Promise<boolean> },
): Promise<LocalServer> {
  const child = spawn(command, args, {
    ...UNPRIVILEGED,
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, HOME: folder },
  });
  let said = "";
  const listen = (text: Buffer): void => {
    said = (said + text).slice(-4000);
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  child.on("error", listen as never);
  const close = async (): Promise<void> => {
    child.kill("SIGCONT");
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await ended;
    // A child of the server may still be writing when the server is gone.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  const deadline = performance.now() + START_MS;
  while (!(await isReady().catch(() => false))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await close();
      throw new Error(`${command} did not start: ${said}`);
    }
    await sleep(100);
  }
  return {
    port,
    address: `127.0.0.1:${port}`,
    process: child,
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    close,
  };
}
