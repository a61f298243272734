import { createSocket } from "node:dgram";

type DnsRecord =
  | { type: "A"; ip: string }
  | { type: "AAAA"; bytes: number[] }
  | { type: "SRV"; port: number; target: string };

const TYPES = { A: 1, AAAA: 28, SRV: 33 } as const;
const NXDOMAIN = 3;
const SERVFAIL = 2;

export interface FakeDns {
  /** "127.0.0.1:port" */
  address: string;
  /** By name; null: SERVFAIL. */
  records: Map<string, DnsRecord[] | null>;
  close(): Promise<void>;
}

/** Answers questions over UDP (RFC 1035, 2782). */
export async function startFakeDns(): Promise<FakeDns> {
  const records = new Map<string, DnsRecord[] | null>();
  const socket = createSocket("udp4");
  socket.on("message", (query, peer) => {
    const { name, type, end } = readQuestion(query);
    const known = records.get(name);
    const code = known === undefined ? NXDOMAIN : known === null ? SERVFAIL : 0;
    const answers = (known ?? []).filter((record) => TYPES[record.type] === type).map(encodeRecord);
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(answers.length, 6);
    head.writeUInt16BE(0, 8);
    head.writeUInt16BE(0, 10);
    socket.send(Buffer.concat([head, query.subarray(12, end), ...answers]), peer.port, peer.address);
  });
  await new Promise<void>((ready) => socket.bind(0, "127.0.0.1", ready));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    records,
    close: () => new Promise((closed) => socket.close(closed)),
  };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const parts: string[] = [];
  let at = 12;
  while (query[at] !== 0) {
    const length = query[at]!;
    parts.push(query.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: parts.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function encodeRecord(record: DnsRecord): Buffer {
  const data =
    record.type === "A"
      ? Buffer.from(record.ip.split(".").map(Number))
      : record.type === "AAAA"
        ? Buffer.from(record.bytes)
        : Buffer.concat([
            Buffer.from([0, 1, 0, 1, record.port >> 8, record.port & 255]),
            encodeName(record.target),
          ]);
  const head = Buffer.alloc(12);
  // The name of the question, by its place in the message.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(TYPES[record.type], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(1, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function encodeName(name: string): Buffer {
  const parts = name.split(".").map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)]));
  return Buffer.concat([...parts, Buffer.from([0])]);
}
