import { expect, test } from "vitest";
import { FrameClassifier, findPackagePath } from "./frame-origin.ts";

test.each([
  ["main.main", "main"],
  ["net/http.(*conn).serve", "net/http"],
  ["example.com/shop/cart.(*Store).Put.func1", "example.com/shop/cart"],
  ["example.com/shop/cart.Map[go.shape.string,example.com/x/y.T]", "example.com/shop/cart"],
  ["gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3"],
  ["runtime.mallocgc", "runtime"],
])("package of %s", (name, path) => {
  expect(findPackagePath(name)).toBe(path);
});

const runtime = { function: "runtime.main", file: "/usr/local/go/src/runtime/proc.go" };

test("standard library, module cache, vendor and own code are told apart by their files", () => {
  const classifier = new FrameClassifier([runtime]);
  const of = (name: string, file: string) => classifier.classify(name, file);
  expect(of("net/http.(*conn).serve", "/usr/local/go/src/net/http/server.go")).toBe("standard-library");
  expect(of("runtime.gopark", "/usr/local/go/src/runtime/proc.go")).toBe("runtime");
  expect(of("internal/runtime/maps.newTable", "/usr/local/go/src/internal/runtime/maps/table.go")).toBe(
    "runtime",
  );
  expect(
    of(
      "github.com/redis/go-redis/v9.(*Client).Get",
      "/root/go/pkg/mod/github.com/redis/go-redis/v9@v9.1.0/redis.go",
    ),
  ).toBe("third-party");
  expect(of("github.com/a/b.F", "/app/vendor/github.com/a/b/f.go")).toBe("third-party");
  expect(of("main.main", "/app/main.go")).toBe("own");
  expect(of("example.com/shop/cart.Put", "/app/cart/cart.go")).toBe("own");
});

test("a local module named like a standard package is own, by its file", () => {
  const classifier = new FrameClassifier([runtime]);
  expect(classifier.classify("log/audit.Write", "/app/audit/audit.go")).toBe("own");
});

test("-trimpath leaves package paths for files", () => {
  const classifier = new FrameClassifier([{ function: "runtime.main", file: "runtime/proc.go" }]);
  expect(classifier.classify("net/http.Get", "net/http/client.go")).toBe("standard-library");
  expect(classifier.classify("example.com/shop/cart.Put", "example.com/shop/cart/cart.go")).toBe("own");
  expect(classifier.classify("github.com/a/b.F", "github.com/a/b@v1.0.0/f.go")).toBe("third-party");
});

test("a known main module makes the rest third-party; GOPATH builds are read off main.go", () => {
  const known = new FrameClassifier([runtime], { mainModule: "github.com/org/app" });
  expect(known.classify("github.com/org/app/store.Put", "/b/store/put.go")).toBe("own");
  expect(known.classify("github.com/other/lib.F", "/b/lib/f.go")).toBe("third-party");
  const debian = new FrameClassifier([
    runtime,
    { function: "main.main", file: "/build/src/github.com/prometheus/prometheus/cmd/prometheus/main.go" },
  ]);
  expect(
    debian.classify(
      "github.com/prometheus/prometheus/tsdb.(*Head).add",
      "/build/src/github.com/prometheus/prometheus/tsdb/head.go",
    ),
  ).toBe("own");
  expect(
    debian.classify(
      "github.com/prometheus/common/model.F",
      "/build/src/github.com/prometheus/common/model/m.go",
    ),
  ).toBe("third-party");
});

test("a program installed from the module cache is its own", () => {
  const classifier = new FrameClassifier([
    runtime,
    { function: "main.main", file: "/go/pkg/mod/github.com/org/tool@v1.2.3/cmd/tool/main.go" },
  ]);
  expect(
    classifier.classify("github.com/org/tool/run.Do", "/go/pkg/mod/github.com/org/tool@v1.2.3/run/do.go"),
  ).toBe("own");
});
