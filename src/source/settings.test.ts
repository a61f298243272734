import { expect, test } from "vitest";
import { findBodyClose } from "./body-close.ts";
import { findCollectorSetting } from "./collector-setting.ts";

const go = (body: string) => new Map([["/app/main.go", `package main\n\n${body}`]]);

test("the collector switched off is found, by number or by name", () => {
  expect(findCollectorSetting(go("func load() {\n\tdebug.SetGCPercent(-1)\n}\n"))).toMatchObject({
    function: "load",
    line: 4,
  });
  expect(
    findCollectorSetting(go("const off = -1\n\nfunc init() {\n\tdebug.SetGCPercent(off)\n}\n"))?.line,
  ).toBe(6);
});

test("a phase that sets it back, and a finite percentage, are not", () => {
  expect(
    findCollectorSetting(
      go("func load() {\n\told := debug.SetGCPercent(-1)\n\tdefer debug.SetGCPercent(old)\n}\n"),
    ),
  ).toBeUndefined();
  expect(
    findCollectorSetting(go("func load() {\n\tdefer debug.SetGCPercent(debug.SetGCPercent(-1))\n}\n")),
  ).toBeUndefined();
  expect(findCollectorSetting(go("func load() {\n\tdebug.SetGCPercent(200)\n}\n"))).toBeUndefined();
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
