import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anyMutation,
  bytesOf,
  decodeOrRefuse,
  decodePrefixes,
  listCaptures,
  readCapture,
} from "../../../test/support/text-captures.ts";
import {
  CUT_OFF,
  checkGoroutines,
  ELIDED_FRAMES,
  findString,
  type GoroutineTable,
  HAS_REGISTERS,
  LEAKED,
  LOCKED_TO_THREAD,
  NO_FRAME,
} from "../../tables/goroutine-table.ts";
import { decodeGoroutineDumps } from "./decode.ts";

const FLAG_NAMES: readonly [number, string][] = [
  [LOCKED_TO_THREAD, "locked"],
  [LEAKED, "leaked"],
  [ELIDED_FRAMES, "elided"],
  [CUT_OFF, "cut"],
  [HAS_REGISTERS, "registers"],
];

describe.each(listCaptures("-dump"))("goroutine?debug=2 in %s", (capture) => {
  const { dumps, damage } = decodeGoroutineDumps(readCapture(capture));
  const text = new TextDecoder().decode(readCapture(capture));

  test("is one whole, sound dump with every goroutine and frame that is printed", () => {
    expect(damage).toEqual([]);
    expect(dumps.map(({ offset }) => offset)).toEqual([0]);
    const { table } = dumps[0]!;
    checkGoroutines(table);
    expect(Array.from(table.id)).toEqual(
      Array.from(text.matchAll(/^goroutine (\d+) /gm), ([, id]) => Number(id)),
    );
    const printed = Array.from(
      text.matchAll(/^(?!created by )(\S.*)\(.*\)\n\t(\S+:\d+)/gm),
      ([, name, at]) => `${name} ${at}`,
    );
    expect(goroutines(table).flatMap(({ stack }) => stack)).toEqual(printed);
    const creators = Array.from(
      text.matchAll(/^created by (\S+).*\n\t(\S+:\d+)/gm),
      ([, name, at]) => `${name} ${at}`,
    );
    expect(goroutines(table).flatMap(({ createdBy }) => createdBy ?? [])).toEqual(creators);
  });
});

test("states are the words of Go, without what else stands in the brackets", () => {
  expect(headers("go1.19/goroutine-dump.txt")).toEqual([
    "running",
    "chan send",
    "chan send",
    "chan send",
    "chan receive",
    "chan receive (nil chan)",
    "select (no cases)",
    "select",
    "semacquire",
    "semacquire",
    "semacquire",
    "sync.Cond.Wait",
    "sleep",
    "chan receive, locked",
    "chan receive",
    "chan receive",
    "chan receive",
    "chan receive",
  ]);
  expect(headers("go1.27/goroutine-dump-waited.txt")).toEqual([
    "running",
    "chan send, 2 min",
    "chan send, 2 min",
    "chan send, 2 min",
    "chan receive, 2 min",
    "chan receive (nil chan), 2 min",
    "select (no cases), 2 min",
    "select, 2 min",
    "sync.Mutex.Lock, 2 min",
    "sync.RWMutex.RLock, 2 min",
    "sync.WaitGroup.Wait, 2 min",
    "sync.Cond.Wait, 2 min",
    "sleep, 2 min",
    "chan receive, 2 min, locked",
    "chan receive, 2 min, elided",
    "chan receive, 2 min",
    'chan receive, 2 min {pattern: "GET /users/{id}", tenant: acme}',
    String.raw`chan receive, 2 min {empty: , "odd]: \"key": "tab\tnewline\nbrace} \u00e9 \u4e16"}`,
  ]);
});

test("Go 1.26 prints labels within the brackets, all quoted", () => {
  const labelled = headers("go1.26/goroutine-dump-labels.txt").filter((header) => header.includes("{"));
  expect(labelled).toEqual([
    'chan receive {"pattern": "GET /users/{id}", "tenant": "acme"}',
    String.raw`chan receive {"empty": "", "odd]: \"key": "tab\tnewline\nbrace} \u00e9 \u4e16"}`,
  ]);
});

test("goroutineleak marks what is leaked", () => {
  for (const version of ["go1.26", "go1.27"]) {
    const leaked = headers(`${version}/goroutineleak-dump.txt`).filter((header) => header.includes("leaked"));
    expect(leaked).toHaveLength(16);
    expect(leaked).toContain("chan receive (nil chan), leaked");
    expect(leaked).toContain("chan receive, locked, leaked");
  }
});

test("goroutines of a synctest bubble have their plain states", () => {
  expect(headers("go1.27/synctest-dump.txt")).toEqual([
    "running",
    "chan receive",
    "synctest.Run",
    "chan receive",
    "chan receive",
    "sleep",
  ]);
});

test("the creator is the go statement, and since Go 1.21 has an id", () => {
  const created = (capture: string) => {
    const { table } = decodeGoroutineDumps(readCapture(capture)).dumps[0]!;
    return goroutines(table)
      .slice(0, 2)
      .map(({ createdBy, createdById }) => [createdBy, createdById]);
  };
  expect(created("go1.19/goroutine-dump.txt")).toEqual([
    [undefined, 0],
    ["main.park example.com/capture/main.go:96", 0],
  ]);
  expect(created("go1.21/goroutine-dump.txt")).toEqual([
    [undefined, 0],
    ["main.park example.com/capture/main.go:96", 1],
  ]);
});

test("the same stack is the same row, in all dumps of an input", () => {
  const dump = readCapture("go1.27/goroutine-dump.txt");
  const { dumps } = decodeGoroutineDumps(new Uint8Array([...dump, ...dump]));
  expect(dumps.map(({ offset }) => offset)).toEqual([0, dump.length]);
  const [first, second] = dumps.map(({ table }) => table);
  expect(Array.from(first!.stack)).toEqual(Array.from(second!.stack));
  expect(new Set(first!.stack.subarray(1, 4)).size).toBe(1);
  expect(first!.frames).toBe(second!.frames);
});

describe.each(["go1.19", "go1.22", "go1.27"])("the log of a service of %s that got SIGQUIT", (version) => {
  const bytes = readCapture(`${version}/sigquit.log`);
  const { dumps, damage } = decodeGoroutineDumps(bytes);

  test("holds the stack of a panic, a stack that was logged, and the dump", () => {
    expect(damage).toEqual([]);
    expect(dumps).toHaveLength(3);
    for (const { table } of dumps) checkGoroutines(table);
    const text = new TextDecoder().decode(bytes);
    expect(dumps.map(({ offset }) => text.slice(offset, text.indexOf("\n", offset)))).toEqual([
      expect.stringMatching(/^goroutine \d+ \[running\]:$/),
      "giving up: goroutine 1 [running]:",
      expect.stringMatching(/^goroutine \d+ .*:$/),
    ]);
    expect(goroutines(dumps[0]!.table)[0]!.stack).toContain("main.handle example.com/quit/main.go:23");
    expect(goroutines(dumps[1]!.table)[0]!.stack).toContain("main.main example.com/quit/main.go:41");
  });

  test("the dump has the program's goroutines and the runtime's, but not the scheduler", () => {
    const rows = goroutines(dumps[2]!.table);
    expect(rows.map(({ id }) => id)).not.toContain(0);
    const inWorker = rows.filter(({ stack }) => stack.some((frame) => frame.startsWith("main.worker ")));
    expect(inWorker).toHaveLength(2);
    expect(rows.filter(({ createdBy }) => createdBy?.startsWith("main.worker"))).toHaveLength(2);
    expect(rows.filter(({ stack }) => stack.some((frame) => frame.startsWith("main.spin ")))).toHaveLength(1);
  });
});

test("GOTRACEBACK=crash: what further threads say belongs to the same dump", () => {
  const { dumps } = decodeGoroutineDumps(readCapture("go1.27/sigquit-crash.log"));
  expect(dumps.map(({ table }) => table.length)).toEqual([1, 1, 12]);
});

test("ancestors are no frames", () => {
  const { dumps } = decodeGoroutineDumps(readCapture("go1.27/sigquit-ancestors.log"));
  expect(dumps.map(({ table }) => table.length)).toEqual([1, 1, 12]);
  const rows = goroutines(dumps[2]!.table);
  expect(rows.find(({ createdBy }) => createdBy?.startsWith("main.worker"))!.stack.at(-1)).toMatch(
    /^runtime\.goexit /,
  );
});

test("C frames, with a symbolizer and without", () => {
  const top = (capture: string) => {
    const { dumps } = decodeGoroutineDumps(readCapture(capture));
    expect(dumps.map(({ table }) => table.length)).toEqual([2, 7]);
    const [row] = goroutines(dumps[1]!.table);
    expect(row!.flags).toEqual(["registers"]);
    return row!.stack.slice(0, 3);
  };
  const cgocall = "runtime.cgocall runtime/cgocall.go:167";
  expect(top("go1.27/cgo-plain.log")[0]).toBe(cgocall);
  expect(top("go1.27/cgo-bare.log")).toEqual(["non-Go function :0", "non-Go function :0", cgocall]);
  expect(top("go1.27/cgo-symbols.log")).toEqual(["sleepInC cgo.c:12", "non-Go function :0", cgocall]);
});

describe("every line behind a log's own words", () => {
  const dump = new TextDecoder().decode(readCapture("go1.27/goroutine-dump.txt"));
  const expected = goroutines(decodeGoroutineDumps(bytesOf(dump)).dumps[0]!.table);
  const lines = dump.trimEnd().split("\n");
  const second = (n: number) => String(n % 60).padStart(2, "0");

  test.each<[string, (line: string, n: number) => string]>([
    ["Kubernetes", (line, n) => `2026-11-20T08:15:${second(n)}.${n * 7}Z stderr F ${line}`],
    ["kubectl logs --prefix", (line) => `[pod/api-7d4b9c5f6-x2x9z/api] ${line}`],
    ["journald", (line, n) => `Nov 20 08:15:${second(n)} host-1 api[${4242}]: ${line}`],
    ["docker compose", (line) => `api-1  | ${line}`.trimEnd()],
    ["Docker's json-file", (line, n) => JSON.stringify({ log: `${line}\n`, stream: "stderr", time: `${n}` })],
    ["fluent-bit", (line, n) => JSON.stringify({ stream: "stderr", time: `${n}`, log: line })],
    ["Windows line ends", (line) => `${line}\r`],
    ["blanks for tabs", (line) => line.replace("\t", "        ")],
  ])("%s", (_, wrap) => {
    const log = ["listening", ...lines, "", "bye"].map(wrap).join("\n");
    const { dumps } = decodeGoroutineDumps(bytesOf(`${log}\n`));
    expect(dumps).toHaveLength(1);
    expect(goroutines(dumps[0]!.table)).toEqual(expected);
    expect(dumps[0]!.offset).toBe(bytesOf(`${wrap("listening", 0)}\n`).length);
  });
});

test("other lines inside a dump are passed over", () => {
  const quiet = [
    "SIGQUIT: quit",
    "PC=0x1 m=0 sigcode=0",
    "",
    "goroutine 5 [chan receive]:",
    "main.wait(0x1)",
    "\t/src/main.go:5 +0x1",
    "created by main.main in goroutine 1",
    "\t/src/main.go:6 +0x2",
    "",
    "goroutine 6 [running]:",
    "\tgoroutine running on other thread; stack unavailable",
    "created by main.main in goroutine 1",
    "\t/src/main.go:7 +0x2",
    "",
    "goroutine 1 [select]:",
    "main.main()",
    "\t/src/main.go:8 +0x3",
    "",
  ];
  const noise = [
    "2026/11/20 08:15:30 GET /users (took 5ms)",
    "panic averted",
    "done()",
    'time=08:15 msg="a: b:"',
  ];
  const noisy = quiet.flatMap((line, n) => [line, n > 2 ? noise[n % noise.length]! : ""]);
  const [plain] = decodeGoroutineDumps(bytesOf(quiet.join("\n"))).dumps;
  const { dumps } = decodeGoroutineDumps(bytesOf(noisy.filter((line) => line !== "done()").join("\n")));
  expect(dumps).toHaveLength(1);
  expect(goroutines(dumps[0]!.table)).toEqual(goroutines(plain!.table));
});

describe("where one dump ends and the next begins", () => {
  const sizes = (text: string) => decodeGoroutineDumps(bytesOf(text)).dumps.map(({ table }) => table.length);
  const block = (id: number, state: string) =>
    `goroutine ${id} [${state}]:\nmain.f()\n\t/src/main.go:1 +0x1\ncreated by main.main\n\t/src/main.go:2 +0x1\n`;

  test("the same id again", () => {
    expect(sizes(`${block(1, "select")}\n${block(2, "select")}\n${block(1, "select")}`)).toEqual([2, 1]);
  });
  test("panics of different goroutines", () => {
    expect(
      sizes(`panic: a\n\n${block(7, "running")}http: panic\n${block(8, "running")}${block(9, "running")}`),
    ).toEqual([1, 1, 1]);
  });
  test("a deadlock after a logged stack", () => {
    expect(
      sizes(
        `${block(7, "running")}fatal error: all goroutines are asleep - deadlock!\n\n${block(1, "select")}`,
      ),
    ).toEqual([1, 1]);
  });
  test("another service in the same log", () => {
    const of = (service: string, text: string) => text.replaceAll(/^/gm, `${service} | `);
    expect(
      sizes(`${of("a", `${block(1, "select")}\n${block(2, "select")}`)}\n${of("b", block(3, "select"))}\n`),
    ).toEqual([2, 1]);
  });
  test("a thousand logged stacks do not crowd out the dump at the end", () => {
    const log = Array.from({ length: 1500 }, (_, n) => block(n + 1, "running")).join("");
    const { dumps, damage } = decodeGoroutineDumps(
      bytesOf(`${log}SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n\n${block(1, "select")}\n${block(2, "select")}`),
    );
    expect(dumps).toHaveLength(1001);
    expect(dumps.at(-1)!.table.length).toBe(2);
    expect(damage[0]!.what).toBe("500 dumps more than can be kept were left out");
  });
});

test("headers of every release", () => {
  const header = (line: string) => {
    const { table } = decodeGoroutineDumps(bytesOf(`${line}\nmain.f()\n\t/src/main.go:1 +0x1\n`)).dumps[0]!;
    return goroutines(table).map(({ id, header: text }) => `${id} ${text}`)[0];
  };
  expect(header("goroutine 4 [select (scan)]:")).toBe("4 select");
  expect(header("goroutine 4 [chan receive (leaked) (scan), locked to thread]:")).toBe(
    "4 chan receive, locked, leaked",
  );
  expect(header("goroutine 4 [chan send, 4294967296 minutes]:")).toBe("4 chan send, 2147483647 min");
  expect(header("goroutine 4 gp=0xc000006540 m=3 mp=0xc000080008 [GC worker (idle)]:")).toBe(
    "4 GC worker (idle)",
  );
  expect(header("goroutine 4 [select, synctest group 7]:")).toBe("4 select");
  expect(header('goroutine 4 [running labels:{"a]:": "b}"}]:')).toBe('4 running {"a]:": "b}"}');
  expect(header('goroutine 4 [IO wait, 3 minutes labels:{"a": "b"}]:')).toBe('4 IO wait, 3 min {"a": "b"}');
  expect(header("goroutine 4 [???]:")).toBe("4 ???");
});

test("lines that only look like headers", () => {
  for (const line of [
    "goroutine 4 [running]",
    "goroutine x [running]:",
    "goroutine 4 running:",
    "goroutine 4 [running]: main.main:",
    "[originating from goroutine 4]:",
    'goroutine 4 [running] {a: "b}:',
    "goroutine profile: total 4:",
    `${"x".repeat(300)} goroutine 4 [running]:`,
  ]) {
    expect(() => decodeGoroutineDumps(bytesOf(`${line}\n`))).toThrow(/no line like/);
  }
});

test("only the scheduler's stack is no goroutine, and said to be so", () => {
  const { dumps, damage } = decodeGoroutineDumps(
    bytesOf("goroutine 0 [idle]:\nruntime.f()\n\t/src/f.go:1 +0x1\n"),
  );
  expect(dumps).toEqual([]);
  expect(damage).toHaveLength(1);
});

test("a dump cut off anywhere has no goroutine, frame or line that the whole one has not", () => {
  const bytes = readCapture("go1.27/goroutine-dump.txt").subarray(0, 4500);
  const whole = goroutines(decodeGoroutineDumps(bytes).dumps[0]!.table);
  decodePrefixes(bytes, decodeGoroutineDumps, ({ dumps, damage }, length) => {
    const rows = goroutines(dumps[0]!.table);
    const last = rows.pop()!;
    expect(rows).toEqual(whole.slice(0, rows.length));
    const { stack } = whole[rows.length]!;
    expect(last.stack).toEqual(stack.slice(0, last.stack.length));
    const isInHeader = /^g[^:]*$/.test(
      new TextDecoder().decode(bytes.subarray(0, length)).split("\n").at(-1)!,
    );
    const isLineEnd = bytes[length - 1] === 0x0a;
    if (!isLineEnd && !isInHeader && last.createdBy === undefined) expect(last.flags).toContain("cut");
    expect(damage.length).toBe(isInHeader || last.flags.includes("cut") ? 1 : 0);
  });
});

test("changed at random it decodes to sound tables or is refused", () => {
  for (const capture of ["go1.27/sigquit-crash.log", "go1.27/goroutine-dump-waited.txt"]) {
    fc.assert(
      fc.property(anyMutation(readCapture(capture)), (mutated) => {
        for (const { table } of decodeOrRefuse(mutated, decodeGoroutineDumps)?.dumps ?? [])
          checkGoroutines(table);
      }),
      { numRuns: 300 },
    );
  }
});

test("100,000 goroutines share what is the same", () => {
  const blocks = Array.from(
    { length: 100_000 },
    (_, n) =>
      `goroutine ${n + 1} [chan send]:\nmain.f(0x${n.toString(16)})\n\t/src/main.go:${1 + (n % 7)} +0x1\n`,
  );
  const { table } = decodeGoroutineDumps(bytesOf(blocks.join("\n"))).dumps[0]!;
  expect([table.length, table.stacks.length, table.frames.length]).toEqual([100_000, 7, 7]);
});

interface Row {
  id: number;
  header: string;
  flags: string[];
  stack: string[];
  createdBy: string | undefined;
  createdById: number;
}

function goroutines(table: GoroutineTable): Row[] {
  const { frames, stacks } = table;
  const frame = (index: number) =>
    `${findString(table, frames.function, index)} ${findString(table, frames.file, index)}:${frames.line[index]}`;
  return Array.from(table.id, (id, row) => {
    const stack = table.stack[row]!;
    const labels = findString(table, table.labels, row);
    const waitMinutes = table.waitMinutes[row]!;
    const flags = FLAG_NAMES.filter(([flag]) => (table.flags[row]! & flag) !== 0).map(([, name]) => name);
    const words = [
      findString(table, table.state, row),
      ...(waitMinutes < 0 ? [] : [`${waitMinutes} min`]),
      ...flags,
    ];
    const creator = table.createdBy[row]!;
    return {
      id,
      header: words.join(", ") + (labels === "" ? "" : ` {${labels}}`),
      flags,
      stack: Array.from(stacks.frame.subarray(stacks.frameStart[stack], stacks.frameStart[stack + 1]), frame),
      createdBy: creator === NO_FRAME ? undefined : frame(creator),
      createdById: table.createdById[row]!,
    };
  });
}

function headers(capture: string): string[] {
  return goroutines(decodeGoroutineDumps(readCapture(capture)).dumps[0]!.table).map(({ header }) => header);
}
