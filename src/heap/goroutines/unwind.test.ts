import { expect, test } from "vitest";
import type { AddressSpace } from "../memory/address-space.ts";
import type { FunctionTable, GoFunction } from "../runtime/function-table.ts";
import { unwind } from "./unwind.ts";

test("a damaged stack whose frames have no size ends soon", () => {
  const fn = { name: "main.leaf", entry: 0x1000, flag: 0, deferreturn: 0 } as GoFunction;
  const functions = { functionAt: () => fn, valueAt: () => 0 } as unknown as FunctionTable;
  const space = { u64: () => 0x1010 } as unknown as AddressSpace;
  let frames = 0;
  const start = { pc: 0x1008, sp: 0x8000, lr: 0x1010, stackHigh: 0x9000 };
  const { complete } = unwind(space, functions, "arm64", start, () => frames++);
  expect({ complete, frames }).toEqual({ complete: false, frames: 1 });
});
