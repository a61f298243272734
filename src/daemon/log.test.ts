import { describe, expect, it } from "vitest";
import { passThrough, type Redactor } from "../redact/redactor.ts";
import { createLog, type LogOptions } from "./log.ts";

function open(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  let nowMs = 0;
  const clock = {
    wallMs: () => Date.UTC(2026, 10, 25) + nowMs,
    monotonicMs: () => nowMs,
    sleep: async () => {},
  };
  const log = createLog({
    write: (line) => lines.push(line),
    format: "json",
    level: "info",
    redactor: passThrough,
    clock,
    ...options,
  });
  return { log, lines, pass: (ms: number) => (nowMs += ms) };
}

describe("the daemon's log", () => {
  it("writes one JSON object a line, with the fields of the log and of the call", () => {
    const { log, lines } = open();
    log.with({ target: "shop" }).warn("a check failed", { elapsed_ms: 12, nothing: undefined });
    expect(lines).toEqual([
      '{"time":"2026-11-25T00:00:00.000Z","level":"warn","msg":"a check failed","target":"shop","elapsed_ms":12}\n',
    ]);
  });

  it("writes text that stays one line, whatever the fields hold", () => {
    const { log, lines } = open({ format: "text" });
    log.info("loaded\nforged", { file: "a b", path: "/etc/x", n: 3, list: [1, 2] });
    expect(lines).toEqual([
      '2026-11-25T00:00:00.000Z INFO  loaded\\nforged file="a b" path=/etc/x n=3 list="[1,2]"\n',
    ]);
  });

  it("leaves out what is below its level", () => {
    const { log, lines } = open({ level: "warn" });
    log.info("a");
    log.debug("b");
    log.error("c");
    expect(lines).toHaveLength(1);
  });

  it("shows an error with its causes and code, the stack at debug only", () => {
    const error = new Error("no store", { cause: Object.assign(new Error("disk full"), { code: "ENOSPC" }) });
    const { log, lines } = open();
    log.error("stopped", { error });
    expect(JSON.parse(lines[0]!).error).toEqual({
      name: "Error",
      message: "no store",
      cause: { name: "Error", code: "ENOSPC", message: "disk full" },
    });
    const text = open({ format: "text" });
    text.log.error("stopped", { error });
    expect(text.lines[0]).toMatch(/stopped error="no store \(caused by: disk full, ENOSPC\)"\n$/);
    const loud = open({ level: "debug" });
    loud.log.error("stopped", { error });
    expect(JSON.parse(loud.lines[0]!).error.stack).toContain("log.test");
  });

  it("writes a repeated message a few times, and then tells how often it came", () => {
    const { log, lines, pass } = open();
    for (let i = 0; i < 1000; i++) log.warn("a target is down", { target: `t${i}` });
    log.info("another");
    expect(lines).toHaveLength(6);
    pass(61_000);
    log.info("another");
    const told = lines.map((line) => JSON.parse(line)).find((line) => line.repeated !== undefined);
    expect(told).toMatchObject({ level: "warn", msg: "a target is down", repeated: 995 });
  });

  it("redacts message and fields, and drops the line if that fails", () => {
    const redactor: Redactor = {
      text: (text) => text.replaceAll("secret", "***"),
      value: (value) => JSON.parse(JSON.stringify(value).replaceAll("secret", "***")),
      counts: {},
    };
    const { log, lines } = open({ redactor });
    log.info("the secret", { key: "a secret" });
    expect(lines[0]).not.toContain("secret");
    const failing: Redactor = {
      text: () => {
        throw new Error("broken");
      },
      value: (value) => value,
      counts: {},
    };
    const broken = open({ redactor: failing });
    broken.log.info("the secret");
    expect(broken.lines[0]).toContain("could not be redacted");
    expect(broken.lines[0]).not.toContain("secret");
  });

  it("does not grow with messages that are all different", () => {
    const { log, lines } = open();
    for (let i = 0; i < 5000; i++) log.info(`message ${i}`);
    expect(lines).toHaveLength(5000);
  });
});
