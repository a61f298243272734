import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../bytes/decode-error.ts";
import { FD_KINDS, type FdTable } from "../../tables/fd-table.ts";
import { decodeProcFds } from "./decode.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const kindsOf = (fds: FdTable) => Array.from(fds.kind, (kind) => FD_KINDS[kind]);

const LISTING = `# gopatrol fds 1: 8 of 20 open
0\t/dev/null
3\tsocket:[53118]\ttcp\tLISTEN\t127.0.0.1:6060\t0.0.0.0:0
4\tsocket:[53119]\tunix\tCONNECTED\t/run/my\\011app.sock\t
5\tanon_inode:[eventpoll]
6\tpipe:[53120]
7\t/srv/upload-17 (deleted)
8\t/memfd:cache (deleted)
9\tsocket:[53121]
`;

describe("our list of descriptors", () => {
  it("tells kinds, states and addresses", () => {
    const { fds, damage } = decodeProcFds(encode(LISTING));
    expect(damage).toEqual([]);
    expect(kindsOf(fds)).toEqual([
      "device",
      "tcp",
      "unix",
      "eventpoll",
      "pipe",
      "deleted-file",
      "memfd",
      "socket",
    ]);
    const text = (column: Uint32Array, row: number) => fds.texts[column[row]!];
    expect([text(fds.state, 1), text(fds.local, 1)]).toEqual(["LISTEN", "127.0.0.1:6060"]);
    expect(text(fds.local, 2)).toBe("/run/my\tapp.sock");
    expect(fds.total).toBe(20);
  });

  it("reads every prefix, or refuses it", () => {
    const whole = encode(LISTING);
    for (let length = 0; length < whole.length; length++) readOrRefuse(whole.subarray(0, length));
  });

  it("survives any change", () => {
    const whole = encode(LISTING);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const broken = whole.slice();
        broken[at] = byte;
        readOrRefuse(broken);
      }),
    );
  });
});

describe("ls -l /proc/PID/fd", () => {
  it("tells what the links tell", () => {
    const { fds } = decodeProcFds(
      encode(`total 0
lr-x------ 1 root root 64 Nov 25 15:45 0 -> /dev/null
lrwx------ 1 root root 64 Nov 25 15:45 11 -> socket:[52787]
lrwx------ 1 root root 64 2026-11-25 15:45 6 -> anon_inode:[eventfd]
`),
    );
    expect([...fds.fd]).toEqual([0, 11, 6]);
    expect(kindsOf(fds)).toEqual(["device", "socket", "eventfd"]);
  });
});

function readOrRefuse(bytes: Uint8Array): void {
  try {
    const { fds } = decodeProcFds(bytes);
    expect(fds.total).toBeGreaterThanOrEqual(fds.length);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
  }
}
