import { readlinkSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { errorOfProc, readProcFile } from "./proc-file.ts";
import { readInternetSockets, readUnixSockets, type Socket } from "./socket-table.ts";

/** Most descriptors that are looked at one by one; all are counted. */
const MAX_LISTED = 100_000;
/** A connection has a line of 150 bytes; tables of a busy proxy's host hold a few hundred thousand. */
const MAX_TABLE_BYTES = 64 * 1024 * 1024;
const LINKS_PER_TURN = 500;

/**
 * The descriptors of a process as text (docs/formats/proc-fds.md): where each link leads, and for sockets what the
 * kernel's tables say. The tables hold the connections of every process in its network; only its own get into the text.
 *
 * @throws CaptureError as `readProcFile`, for /proc/PID/fd itself.
 */
export async function listFds(processPath: string): Promise<Uint8Array> {
  const directory = `${processPath}/fd`;
  const names = await readdir(directory).catch((cause: unknown) => {
    throw errorOfProc(directory, cause);
  });
  const fds = names.map(Number).sort((a, b) => a - b);
  const links: [fd: number, target: string][] = [];
  for (const [nth, fd] of fds.slice(0, MAX_LISTED).entries()) {
    if (nth % LINKS_PER_TURN === LINKS_PER_TURN - 1) await nextTurn();
    try {
      links.push([fd, readlinkSync(`${directory}/${fd}`)]);
    } catch {
      // Closed since it was listed.
    }
  }
  const sockets = links.some(([, target]) => target.startsWith("socket:"))
    ? await readSocketTables(processPath)
    : new Map<number, Socket>();
  return new TextEncoder().encode(
    encodeFds(links, fds.length - (Math.min(fds.length, MAX_LISTED) - links.length), sockets),
  );
}

async function readSocketTables(processPath: string): Promise<Map<number, Socket>> {
  const sockets = new Map<number, Socket>();
  for (const protocol of ["tcp", "tcp6", "udp", "udp6", "unix"] as const) {
    try {
      const { bytes } = await readProcFile(`${processPath}/net/${protocol}`, MAX_TABLE_BYTES);
      const text = new TextDecoder().decode(bytes);
      const found = protocol === "unix" ? readUnixSockets(text) : readInternetSockets(text, protocol);
      for (const [inode, socket] of found) sockets.set(inode, socket);
    } catch {
      // A kernel without IPv6 has no such table; the sockets then stay numbers.
    }
  }
  return sockets;
}

function encodeFds(
  links: readonly (readonly [fd: number, target: string])[],
  total: number,
  sockets: ReadonlyMap<number, Socket>,
): string {
  const lines = links.map(([fd, target]) => {
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    const socket = inode === undefined ? undefined : sockets.get(Number(inode));
    const fields = [String(fd), escapePath(target)];
    if (socket !== undefined) {
      fields.push(socket.protocol, socket.state, escapePath(socket.local), socket.remote);
    }
    return `${fields.join("\t")}\n`;
  });
  return `# gopatrol fds 1: ${links.length} of ${total} open\n${lines.join("")}`;
}

/** As the kernel does in maps: what would break the line or the column, and the backslash itself. */
function escapePath(path: string): string {
  return path.replace(/[\t\n\r\\]/g, (character) => {
    return `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
}
