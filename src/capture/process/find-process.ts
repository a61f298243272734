import { readlinkSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { readProcFile } from "./proc-file.ts";

const MAX_TABLE_BYTES = 64 * 1024 * 1024;
/** A host with tens of thousands of processes is not searched to its end. */
const MAX_LINKS = 500_000;

/** What the listener at a local address is: "none" here, "hidden" if its owner may not be looked at. */
export type FoundListener = { pid: number } | "none" | "hidden";

/** Whether a URL's host can only be this machine. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(127(\.\d{1,3}){3}|localhost|\[::1\]|\[::ffff:127\..*\])$/i.test(hostname);
}

/**
 * The process that listens on a port of this machine's loopback: the socket's inode from /proc/net/tcp and tcp6, then
 * the process among whose descriptors it is. If several share it (a parent that hands it on), the youngest.
 */
export async function findListener(port: number, proc = "/proc"): Promise<FoundListener> {
  const listeners = [
    ...(await readListeners(`${proc}/net/tcp`, port)),
    ...(await readListeners(`${proc}/net/tcp6`, port)),
  ];
  if (listeners.length === 0) return "none";
  const inodes = new Set(listeners.map(({ inode }) => `socket:[${inode}]`));
  const uids = new Set(listeners.map(({ uid }) => uid));
  const pids = (await readdir(proc)).filter((name) => /^\d+$/.test(name)).map(Number);
  // Sockets know the user who made them, so that most processes need not be looked into at first.
  const owners = await Promise.all(pids.map((pid) => readOwner(`${proc}/${pid}`)));
  const ordered = pids
    .map((pid, nth) => ({ pid, likely: uids.has(owners[nth] ?? -1) }))
    .sort((a, b) => Number(b.likely) - Number(a.likely) || b.pid - a.pid);
  let links = 0;
  for (const { pid } of ordered) {
    const names = await readdir(`${proc}/${pid}/fd`).catch(() => []);
    for (const name of names) {
      if (links++ % 500 === 499) await nextTurn();
      if (inodes.has(readLink(`${proc}/${pid}/fd/${name}`))) return { pid };
    }
    if (links > MAX_LINKS) break;
  }
  return "hidden";
}

async function readListeners(path: string, port: number): Promise<{ inode: string; uid: number }[]> {
  const table = await readProcFile(path, MAX_TABLE_BYTES).catch(() => undefined);
  if (table === undefined) return [];
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  // Any address, IPv4 loopback, IPv6 any and loopback; bytes as they lie in memory.
  const row = new RegExp(
    `^ *\\d+: (?:00000000|[0-9A-F]{6}7F|0{32}|0{24}01000000|0{16}FFFF0000(?:0{8}|[0-9A-F]{6}7F)):${hexPort} \\S+ 0A \\S+ \\S+ \\S+ +(\\d+) +\\d+ (\\d+)`,
    "gm",
  );
  return Array.from(new TextDecoder().decode(table.bytes).matchAll(row), ([, uid, inode]) => ({
    inode: inode!,
    uid: Number(uid),
  }));
}

async function readOwner(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.uid;
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
