import type { FdKind } from "../../tables/fd-table.ts";

/** What the kernel calls files without a path (fs/anon_inodes.c and its callers). */
const ANON_INODES: readonly (readonly [name: string, kind: FdKind])[] = [
  ["[eventpoll]", "eventpoll"],
  ["[eventfd]", "eventfd"],
  ["[timerfd]", "timerfd"],
  ["[signalfd]", "signalfd"],
  ["inotify", "inotify"],
  ["[fanotify]", "inotify"],
  ["[io_uring]", "io-uring"],
  ["[pidfd]", "pidfd"],
];
const PROTOCOLS: Record<string, FdKind> = {
  tcp: "tcp",
  tcp6: "tcp",
  udp: "udp",
  udp6: "udp",
  unix: "unix",
};

/** The kind of a descriptor from its link in /proc/PID/fd, and for a socket from the table its inode was found in. */
export function classifyFd(target: string, protocol: string): FdKind {
  if (target.startsWith("socket:")) return PROTOCOLS[protocol] ?? "socket";
  if (target.startsWith("pipe:")) return "pipe";
  if (target.startsWith("anon_inode:")) {
    const name = target.slice("anon_inode:".length);
    return ANON_INODES.find(([known]) => name.startsWith(known))?.[1] ?? "other";
  }
  if (target.startsWith("pidfd:")) return "pidfd";
  if (target.startsWith("/memfd:")) return "memfd";
  if (!target.startsWith("/")) return "other";
  if (target.endsWith(" (deleted)")) return "deleted-file";
  if (target.startsWith("/dev/") && !target.startsWith("/dev/shm/")) return "device";
  return target.startsWith("/proc/") ? "proc" : "file";
}
