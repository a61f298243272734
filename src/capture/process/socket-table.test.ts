import { describe, expect, test } from "vitest";
import { readInternetSockets, readUnixSockets } from "./socket-table.ts";

describe("tables of the kernel", () => {
  test("IPv4: addresses lie in memory byte by byte, connections without a descriptor are left out", () => {
    const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1572 1 00000000a14cdc4f 100 0 0 10 0
   1: 0100007F:A4F2 0500000A:1538 08 00000000:00000000 00:00000000 00000000  1000        0 52787 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:A4F2 0500000A:1538 06 00000000:00000000 03:00000F6C 00000000     0        0 0 3 0000000000000000
`;
    expect([...readInternetSockets(text, "tcp")]).toEqual([
      [1572, { protocol: "tcp", state: "LISTEN", local: "0.0.0.0:2024", remote: "0.0.0.0:0" }],
      [52787, { protocol: "tcp", state: "CLOSE_WAIT", local: "127.0.0.1:42226", remote: "10.0.0.5:5432" }],
    ]);
  });

  test("IPv6: zeros are shortened, IPv4 inside is shown as such", () => {
    const line = (local: string) =>
      `   0: ${local}:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0\n`;
    const localOf = (hex: string) => readInternetSockets(line(hex), "tcp6").get(7)?.local;
    expect(localOf("00000000000000000000000001000000")).toBe("[::1]:8080");
    expect(localOf("00000000000000000000000000000000")).toBe("[::]:8080");
    expect(localOf("0000000000000000FFFF00000100007F")).toBe("127.0.0.1:8080");
    expect(localOf("B80D0120000000000000000001000000")).toBe("[2001:db8::1]:8080");
  });

  test("UNIX sockets have a path or none", () => {
    const text = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01  1234 /run/app.sock
0000000000000000: 00000003 00000000 00000000 0001 03  1235
`;
    expect([...readUnixSockets(text)]).toEqual([
      [1234, { protocol: "unix", state: "LISTEN", local: "/run/app.sock", remote: "" }],
      [1235, { protocol: "unix", state: "CONNECTED", local: "", remote: "" }],
    ]);
  });
});
