import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../bin/gopatrol", import.meta.url));

/** A patrol as its users run it, its log so far, and how it ended. */
export interface PatrolProcess {
  child: ChildProcess;
  log(): string;
  /** Resolves when the log has the text, again after `from` if given. */
  says(text: string): Promise<void>;
  ended: Promise<number | null>;
}

export function startPatrol(args: readonly string[], env: Record<string, string> = {}): PatrolProcess {
  const clean: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: "", ...env };
  const child = spawn(process.execPath, [program, "patrol", ...args], {
    env: clean,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (const look of listeners) look();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    child,
    log: () => text,
    says: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!text.includes(wanted)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        void ended.then(() => reject(new Error(`it ended without saying "${wanted}":\n${text}`)));
        look();
      }),
    ended,
  };
}

/** A port that nobody listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Asks until it is so; only the test's own time-out ends it. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
