import { expect, test } from "vitest";
import { findBodyClose } from "./body-close.ts";
import { findCollectorSettings } from "./collector-setting.ts";

const go = (body: string) => new Map([["/app/main.go", `package main\n\n${body}`]]);

test("what the program sets is found with its value, written out, named or computed", () => {
  const settings = (body: string) =>
    findCollectorSettings(go(body)).map(({ call, value, site }) => [call, value, site.function, site.line]);
  expect(settings("func load() {\n\tdebug.SetGCPercent(-1)\n}\n")).toEqual([["SetGCPercent", -1, "load", 4]]);
  expect(
    settings(
      "const off = -1\nconst limit int64 = 3 << 20\n\nfunc init() {\n\tdebug.SetGCPercent(off)\n\tdebug.SetMemoryLimit(limit * 2)\n}\n",
    ),
  ).toEqual([
    ["SetGCPercent", -1, "init", 7],
    ["SetMemoryLimit", 6 * 2 ** 20, "init", 8],
  ]);
  expect(
    settings("func f() {\n\tdebug.SetGCPercent(int(50 + 2*25))\n\tdebug.SetMemoryLimit(cfg.Limit)\n}\n"),
  ).toEqual([
    ["SetGCPercent", 100, "f", 4],
    ["SetMemoryLimit", undefined, "f", 5],
  ]);
});

test("a phase that sets it back, a question, and a name with two values give nothing away", () => {
  const found = (body: string) => findCollectorSettings(go(body));
  expect(
    found("func load() {\n\told := debug.SetGCPercent(-1)\n\tdefer debug.SetGCPercent(old)\n}\n"),
  ).toEqual([]);
  expect(found("func load() {\n\tdefer debug.SetGCPercent(debug.SetGCPercent(-1))\n}\n")).toEqual([]);
  expect(found("func ask() int64 {\n\treturn debug.SetMemoryLimit(-1)\n}\n")).toEqual([]);
  expect(
    found("func f() {\n\tn := 10\n\tif big {\n\t\tn = 20\n\t}\n\tdebug.SetGCPercent(n)\n}\n")[0]?.value,
  ).toBeUndefined();
});

const call = (rest: string) =>
  go(`func get() error {\n\tresp, err := http.Get("u")\n\tif err != nil {\n\t\treturn err\n\t}\n${rest}}\n`);
const close = (rest: string) =>
  findBodyClose(call(rest), { function: "main.get", file: "/app/main.go", line: 4 });

test("a body is closed on every path, on some, or never", () => {
  expect(close("\tdefer resp.Body.Close()\n\treturn nil\n")?.closed).toBe("always");
  expect(close("\tdefer drain(resp.Body)\n\treturn nil\n")?.closed).toBe("always");
  expect(
    close(
      "\tif resp.StatusCode != 200 {\n\t\treturn errStatus\n\t}\n\tdefer resp.Body.Close()\n\treturn nil\n",
    ),
  ).toEqual({
    closed: "some-paths",
    returnLine: 9,
  });
  expect(close("\treturn nil\n")?.closed).toBe("never");
});

test("a retry that overwrites the response closes the last one only", () => {
  const files = go(`func get() error {
	var resp *http.Response
	for try := 0; ; try++ {
		resp, err := http.Get("u")
		if err != nil {
			return err
		}
		if resp.StatusCode < 500 {
			break
		}
	}
	defer resp.Body.Close()
	return nil
}
`);
  expect(findBodyClose(files, { function: "main.get", file: "/app/main.go", line: 6 })?.closed).toBe(
    "some-paths",
  );
});
