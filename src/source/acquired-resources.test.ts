import { expect, test } from "vitest";
import { findAcquisitions } from "./acquired-resources.ts";

const go = (body: string, imports = '"net"\n"os"\n"syscall"\n"plugin"\n"unsafe"\n"C"') =>
  new Map([["/app/main.go", `package main\n\nimport (\n${imports}\n)\n\n${body}`]]);
const fates = (body: string) =>
  findAcquisitions(go(body)).map(({ call, fate, site }) => `${call} in ${site.function}: ${fate}`);

test("a file is closed on every path, on some, in a loop too late, or never", () => {
  const open = "f, err := os.Open(name)\nif err != nil {\nreturn err\n}\n";
  expect(fates(`func a() error {\n${open}defer f.Close()\nreturn read(f)\n}`)).toEqual([
    "os.Open in a: released",
  ]);
  expect(fates(`func a() error {\n${open}if !ok {\nreturn errBad\n}\nf.Close()\nreturn nil\n}`)).toEqual([
    "os.Open in a: some-paths",
  ]);
  expect(fates(`func a() error {\n${open}_, err = io.Copy(w, f)\nreturn err\n}`)).toEqual([
    "os.Open in a: never",
  ]);
  expect(
    fates(`func a() error {\nfor _, name := range names {\n${open}defer f.Close()\n}\nreturn nil\n}`),
  ).toEqual(["os.Open in a: late"]);
  expect(
    fates(
      `func a() error {\nfor _, name := range names {\nfunc() error {\n${open}defer f.Close()\nreturn nil\n}()\n}\nreturn nil\n}`,
    ),
  ).toEqual(["os.Open in a: released"]);
});

test("what a function returns is its caller's to close", () => {
  const helper = "func open(name string) (*os.File, error) {\nreturn os.Open(name)\n}\n";
  expect(fates(`${helper}func a() {\nf, _ := open("x")\nuse(f.Name())\n}`)).toEqual([
    "open in a: never",
    "os.Open in open: handed-on",
  ]);
  expect(fates(`${helper}func a() {\nf, _ := open("x")\ndefer f.Close()\n}`)).toEqual([
    "os.Open in open: handed-on",
    "open in a: released",
  ]);
});

test("what is kept in a variable is looked for where the variable is named", () => {
  const type = "type Logs struct {\nfiles map[string]*os.File\n}\n";
  const store = "func (l *Logs) Add(name string) {\nf, _ := os.Create(name)\nl.files[name] = f\n}\n";
  expect(fates(`${type}${store}`)).toEqual(["os.Create in (*Logs).Add: never"]);
  const rotate = "func (l *Logs) Rotate() {\nfor _, f := range l.files {\nf.Close()\n}\n}\n";
  expect(fates(`${type}${store}${rotate}`)).toEqual(["os.Create in (*Logs).Add: kept"]);
});

test("a method of the program's own that releases is a release", () => {
  const type = `type region struct {\ndata []byte\n}\nfunc open() (*region, error) {\ndata, err := syscall.Mmap(fd, 0, n, 1, 2)\nif err != nil {\nreturn nil, err\n}\nreturn &region{data: data}, nil\n}\n`;
  expect(fates(`${type}func a() {\nr, _ := open()\nuse(len(r.data))\n}`)).toContain("open in a: never");
  const close = "func (r *region) close() error {\nreturn syscall.Munmap(r.data)\n}\n";
  expect(
    fates(`${type}${close}func a() error {\nr, _ := open()\nuse(len(r.data))\nreturn r.close()\n}`),
  ).toContain("open in a: released");
});

test("plain descriptors, mappings, C memory and plugins have their own ways", () => {
  expect(fates("func a() {\nfd, _ := syscall.Open(p, 0, 0)\nsyscall.Close(fd)\n}")).toEqual([
    "syscall.Open in a: released",
  ]);
  expect(
    fates(
      "func a() int {\nfd, err := syscall.Open(p, 0, 0)\nif err != nil {\nreturn 0\n}\nsyscall.Flock(fd, 2)\nreturn 1\n}",
    ),
  ).toEqual(["syscall.Open in a: never"]);
  expect(
    fates(
      "func a() {\ndata, err := syscall.Mmap(fd, 0, n, 1, 2)\nif err != nil {\nreturn\n}\ndefer syscall.Munmap(data)\n}",
    ),
  ).toEqual(["syscall.Mmap in a: released"]);
  expect(fates("func a() {\ns := C.CString(text)\ndefer C.free(unsafe.Pointer(s))\n}")).toEqual([
    "C.CString in a: released",
  ]);
  expect(fates("func a() {\np := (*C.char)(C.malloc(16))\nC.fill(p)\n}")).toEqual(["C.malloc in a: never"]);
  // Any C function may make what its caller has to free; a number is nothing to free.
  const render = "bitmap := C.label_render(name)\nif bitmap == nil {\nreturn\n}\n";
  expect(fates(`func a() {\n${render}show(C.label_sum(bitmap))\n}`)).toEqual(["C.label_render in a: never"]);
  expect(fates(`func a() {\n${render}defer C.label_free(bitmap)\n}`)).toEqual([
    "C.label_render in a: released",
  ]);
  expect(fates("func a() int {\nn := C.count(1)\nreturn int(n) + 1\n}")).toEqual([]);
  expect(fates("func a() {\np, _ := plugin.Open(path)\np.Lookup(name)\n}")).toEqual([
    "plugin.Open in a: never",
  ]);
});
