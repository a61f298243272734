/** What the kernel's tables below /proc/PID/net say of one socket. */
export interface Socket {
  protocol: "tcp" | "tcp6" | "udp" | "udp6" | "unix";
  /** "ESTABLISHED", "LISTEN" … */
  state: string;
  /** "127.0.0.1:6060", "[::1]:80"; the path of a unix socket, where it has one. */
  local: string;
  remote: string;
}

type InternetProtocol = Exclude<Socket["protocol"], "unix">;

/** include/net/tcp_states.h, from 1. */
const TCP_STATES = [
  "",
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "TIME_WAIT",
  "CLOSE",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "CLOSING",
  "NEW_SYN_RECV",
];
/** UNIX sockets have states of their own (include/uapi/linux/net.h), and a flag for those that listen. */
const UNIX_STATES = ["", "UNCONNECTED", "CONNECTING", "CONNECTED", "DISCONNECTING"];
const UNIX_LISTENS = 0x10000;

/** Sockets by inode in the text of /proc/PID/net/tcp, tcp6, udp or udp6 (net/ipv4/tcp_ipv4.c, get_tcp4_sock). */
export function readInternetSockets(text: string, protocol: InternetProtocol): Map<number, Socket> {
  const sockets = new Map<number, Socket>();
  const row =
    /^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ \S+ +\d+ +\d+ (\d+)/gm;
  for (const [, local, localPort, remote, remotePort, state, inode] of text.matchAll(row)) {
    // Connections that linger after their descriptor was closed have none.
    if (inode === "0") continue;
    const number = Number.parseInt(state!, 16);
    sockets.set(Number(inode), {
      protocol,
      // For UDP the same column says whether it is connected; otherwise it is "CLOSE".
      state: protocol.startsWith("udp") && number === 7 ? "UNCONNECTED" : (TCP_STATES[number] ?? state!),
      local: renderAddress(local!, localPort!),
      remote: renderAddress(remote!, remotePort!),
    });
  }
  return sockets;
}

/** Sockets by inode in the text of /proc/PID/net/unix (net/unix/af_unix.c, unix_seq_show). */
export function readUnixSockets(text: string): Map<number, Socket> {
  const sockets = new Map<number, Socket>();
  const row = /^[0-9a-f]+: [0-9A-F]+ [0-9A-F]+ ([0-9A-F]+) [0-9A-F]+ ([0-9A-F]{2}) +(\d+)(?: (.*))?$/gm;
  for (const [, flags, state, inode, path] of text.matchAll(row)) {
    const listens = (Number.parseInt(flags!, 16) & UNIX_LISTENS) !== 0;
    sockets.set(Number(inode), {
      protocol: "unix",
      state: listens ? "LISTEN" : (UNIX_STATES[Number.parseInt(state!, 16)] ?? ""),
      local: path ?? "",
      remote: "",
    });
  }
  return sockets;
}

/** The kernel prints 32-bit words as they lie in memory; every platform of Go's on Linux but s390x is little-endian. */
function renderAddress(hex: string, port: string): string {
  const bytes = hex.match(/.{8}/g)?.flatMap((word) => word.match(/../g)!.reverse()) ?? [];
  const numbers = bytes.map((byte) => Number.parseInt(byte, 16));
  const portNumber = Number.parseInt(port, 16);
  const mapped = numbers.length === 16 && numbers.slice(0, 10).every((n) => n === 0) && numbers[10] === 255;
  if (numbers.length === 4 || mapped) return `${numbers.slice(-4).join(".")}:${portNumber}`;
  const groups: string[] = [];
  for (let at = 0; at < numbers.length; at += 2) {
    groups.push(((numbers[at]! << 8) | numbers[at + 1]!).toString(16));
  }
  return `[${shortenZeros(groups)}]:${portNumber}`;
}

/** The longest run of zero groups as "::" (RFC 5952). */
function shortenZeros(groups: readonly string[]): string {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === "0") length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}
