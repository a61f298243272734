/** What a file descriptor is of. "socket": one whose protocol is not known (another network namespace, netlink …). */
export const FD_KINDS = [
  "file",
  "deleted-file",
  "tcp",
  "udp",
  "unix",
  "socket",
  "pipe",
  "eventpoll",
  "eventfd",
  "timerfd",
  "signalfd",
  "inotify",
  "io-uring",
  "pidfd",
  "memfd",
  "device",
  "proc",
  "other",
] as const;
export type FdKind = (typeof FD_KINDS)[number];

/** The open file descriptors of one process at one time, a row per descriptor. */
export interface FdTable {
  length: number;
  /** Descriptors that the process had open; more than `length` if the listing was cut. */
  total: number;
  /** Distinct texts of the three columns below; 0 is "". */
  texts: readonly string[];
  fd: Uint32Array;
  /** Index into FD_KINDS. */
  kind: Uint8Array;
  /** A path, or what the kernel prints for what has none ("pipe:[123]"). Index into `texts`. */
  target: Uint32Array;
  /** Of sockets: "ESTABLISHED", "LISTEN", "CLOSE_WAIT" …, or "". */
  state: Uint32Array;
  /** Of sockets: "127.0.0.1:6060", "[::1]:80", the path of a unix socket, or "". */
  local: Uint32Array;
  remote: Uint32Array;
}
