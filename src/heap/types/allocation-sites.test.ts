import { expect, test } from "vitest";
import { ArraySource } from "../../bytes/byte-source.ts";
import { AddressSpace } from "../memory/address-space.ts";
import type { FunctionTable } from "../runtime/function-table.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import type { GoModule } from "../runtime/modules.ts";
import { findCodeTypes } from "./allocation-sites.ts";

const TEXT = 0x40_1000;
const TYPE = 0x48_0040;
const VARIABLE = 0x50_0010;
const NEWOBJECT = 0x40_1800;
const GROWSLICE = 0x40_1900;
const CLOSURE = 0x40_1b00;
const MAPASSIGN = 0x40_1a00;

/** What findCodeTypes sees of a program of this code. */
function scan(
  arch: "amd64" | "arm64",
  go: string,
  code: readonly number[],
): ReturnType<typeof findCodeTypes> {
  const bytes = new Uint8Array(0x1000);
  bytes.set(code);
  const source = new ArraySource(bytes);
  const space = new AddressSpace([[{ start: TEXT, end: TEXT + bytes.length, source, offset: 0, flags: 5 }]]);
  const functions = [
    { name: "runtime.newobject", entry: NEWOBJECT },
    { name: "runtime.growslice", entry: GROWSLICE },
    { name: "runtime.mapassign_faststr", entry: MAPASSIGN },
  ];
  return findCodeTypes(
    space,
    { arch, go } as RuntimeLayout,
    [
      {
        text: TEXT,
        etext: TEXT + bytes.length,
        types: 0x48_0000,
        etypes: 0x49_0000,
        noptrdata: 0x50_0000,
        enoptrbss: 0x51_0000,
      } as GoModule,
    ],
    {
      isEntry: (address: number) => address === CLOSURE,
      functionsNamed: (accept: (name: string) => boolean) => functions.filter(({ name }) => accept(name)),
    } as unknown as FunctionTable,
  );
}

const little = (value: number) => [0, 8, 16, 24].map((shift) => (value >> shift) & 255);
/** An instruction of amd64 that ends in a displacement from its own end. */
const relative = (at: number, opcode: readonly number[], target: number) => [
  ...opcode,
  ...little(target - (TEXT + at + opcode.length + 4)),
];

test("amd64: the type of a call, and the variable that gets the result", () => {
  const code = [
    ...relative(0, [0x48, 0x8d, 0x05], TYPE), // LEA RAX
    ...relative(7, [0xe8], NEWOBJECT),
    ...relative(12, [0x48, 0x89, 0x05], VARIABLE), // MOV [variable], RAX
  ];
  const found = scan("amd64", "1.21", code);
  expect([...found.mentioned]).toEqual([TYPE]);
  expect([...found.sites]).toEqual([[TEXT + 12, { rtype: TYPE, isArray: false }]]);
  expect(found.variables).toEqual([{ rtype: TYPE, isArray: false, address: VARIABLE, isMap: false }]);
});

test("amd64: growslice has its type in the fifth register since Go 1.20, in the first before", () => {
  const inFifth = [...relative(0, [0x48, 0x8d, 0x35], TYPE), ...relative(7, [0xe8], GROWSLICE)];
  const inFirst = [...relative(0, [0x48, 0x8d, 0x05], TYPE), ...relative(7, [0xe8], GROWSLICE)];
  const site = [[TEXT + 12, { rtype: TYPE, isArray: true }]];
  expect([...scan("amd64", "1.20", inFifth).sites]).toEqual(site);
  expect([...scan("amd64", "1.20", inFirst).sites]).toEqual([]);
  expect([...scan("amd64", "1.19", inFirst).sites]).toEqual(site);
});

test("amd64: the struct of a closure by the function that is put into it", () => {
  const code = [
    ...relative(0, [0x48, 0x8d, 0x05], TYPE),
    ...relative(7, [0xe8], NEWOBJECT),
    ...relative(12, [0x48, 0x8d, 0x0d], CLOSURE), // LEA RCX
  ];
  expect([...scan("amd64", "1.21", code).closures]).toEqual([[CLOSURE, TYPE]]);
});

test("amd64: a map that a variable holds", () => {
  const code = [
    ...relative(0, [0x48, 0x8b, 0x1d], VARIABLE), // MOV RBX, [variable]
    ...relative(7, [0x48, 0x8d, 0x05], TYPE),
    ...relative(14, [0xe8], MAPASSIGN),
  ];
  const { sites, variables } = scan("amd64", "1.21", code);
  expect(variables).toEqual([{ rtype: TYPE, isArray: false, address: VARIABLE, isMap: true }]);
  expect(sites.size).toBe(0);
});

/** ADRP of the page of an address into a register, from the instruction at `at`. */
const adrp = (at: number, register: number, address: number) => {
  const pages = Math.floor(address / 4096) - Math.floor((TEXT + at) / 4096);
  return little(0x9000_0000 | ((pages & 3) << 29) | (((pages >> 2) & 0x7ffff) << 5) | register);
};
const call = (at: number, target: number) => little(0x9400_0000 | (((target - TEXT - at) >> 2) & 0x3ff_ffff));

test("arm64: the type of a call, and the variable that gets the result", () => {
  const code = [
    ...adrp(0, 0, TYPE),
    ...little(0x9100_0000 | ((TYPE & 0xfff) << 10)), // ADD X0, X0
    ...call(8, NEWOBJECT),
    ...adrp(12, 3, VARIABLE),
    ...little(0xf900_0000 | (((VARIABLE & 0xfff) / 8) << 10) | (3 << 5)), // STR X0, [X3]
  ];
  const found = scan("arm64", "1.21", code);
  expect([...found.mentioned]).toEqual([TYPE]);
  expect([...found.sites]).toEqual([[TEXT + 12, { rtype: TYPE, isArray: false }]]);
  expect(found.variables).toEqual([{ rtype: TYPE, isArray: false, address: VARIABLE, isMap: false }]);
});

test("arm64: a map that a variable holds, and a page behind the code", () => {
  const code = [
    ...adrp(0, 1, VARIABLE),
    ...little(0xf940_0000 | (((VARIABLE & 0xfff) / 8) << 10) | (1 << 5) | 3), // LDR X3, [X1]
    ...adrp(8, 0, TYPE),
    ...little(0x9100_0000 | ((TYPE & 0xfff) << 10)),
    ...little(0xaa03_03e1), // MOV X1, X3
    ...call(20, MAPASSIGN),
  ];
  expect(scan("arm64", "1.21", code).variables).toEqual([
    { rtype: TYPE, isArray: false, address: VARIABLE, isMap: true },
  ]);
});

test("a type that was loaded for another call is not this one's", () => {
  const code = [
    ...relative(0, [0x48, 0x8d, 0x05], TYPE),
    ...relative(7, [0xe8], NEWOBJECT),
    ...relative(12, [0xe8], NEWOBJECT),
  ];
  expect(scan("amd64", "1.21", code).sites.size).toBe(1);
});
