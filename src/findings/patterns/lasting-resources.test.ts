import { describe, expect, test } from "vitest";
import { evidenceOfGrowth, type GrowthScene } from "../../../test/support/growth-scene.ts";
import { diagnose } from "../diagnose.ts";

const MB = 1024 * 1024;
const GO = "/usr/local/go/src";

const findings = (scene: GrowthScene) => diagnose(evidenceOfGrowth(scene));
const found = (scene: GrowthScene) =>
  findings(scene).map((f) => `${f.severity} ${f.state} ${f.pattern} ${f.site?.function}:${f.site?.line}`);
const said = (scene: GrowthScene) => findings(scene).flatMap((f) => f.evidence.map((s) => s.id));
/** A site that keeps a megabyte more in each sample. */
const keeps = (stack: string) => (k: number) => `${5000 * k} ${k * MB} ${5000 * k} ${k * MB} @ ${stack}`;

describe("timers", () => {
  const after = `time.NewTimer:86@${GO}/time/sleep.go time.After:156@${GO}/time/sleep.go`;

  test("of time.After in a loop are blamed on the line that waits", () => {
    const source = `package main
import "time"
func (c *counter) run() {
	for {
		select {
		case r := <-c.readings:
			c.sum += r
		case <-time.After(10 * time.Minute):
			return
		}
	}
}
type counter struct { readings chan int; sum int }
`;
    const scene: GrowthScene = {
      heap: keeps(`${after} main.(*counter).run:8@/src/main.go`),
      source: { "/src/main.go": source },
      rest: { goVersion: "go1.22.12" },
    };
    expect(found(scene)).toEqual(["warning confirmed resource/timer main.(*counter).run:8"]);
    expect(said(scene)).toContain("timers-stay-old-go");
  });

  test("stay or are collected by Go's version and go.mod's go line", () => {
    const heap = keeps(`${after} main.wait:8`);
    const explained = (goVersion: string | undefined, goLine?: string) => {
      const source = goLine === undefined ? undefined : { "/src/go.mod": `module m\n\ngo ${goLine}\n` };
      const rest = goVersion === undefined ? {} : { goVersion };
      return said({ heap, rest, ...(source === undefined ? {} : { source }) }).find((id) =>
        /^timers-/.test(id),
      );
    };
    expect(explained("go1.22.12", "1.21")).toBe("timers-stay-old-go");
    expect(explained("go1.26.8", "1.21")).toBe("timers-stay-go-line");
    expect(explained("go1.26.8", "1.23")).toBe("timers-are-held");
    expect(explained("go1.27.1", "1.21")).toBe("timers-are-held");
    expect(explained(undefined)).toBe("timers-stay-maybe");
  });

  test("inside of a library are not the program's", () => {
    const library = "example.com/lib.(*C).wait:9@/root/go/pkg/mod/example.com/lib@v1.0.0/c.go";
    expect(found({ heap: keeps(`${after} ${library} main.serve:8`) }).join()).not.toContain("resource/timer");
  });

  const reminder = (result: string, stop: string) => `package main
import "time"
type office struct { holds map[string]*hold }
type hold struct { plan []byte; expiry *time.Timer }
func (o *office) reserve(id string) {
	h := &hold{}
	h.plan = make([]byte, 4096)
	${result}time.AfterFunc(20*time.Minute, func() { o.release(id); h.plan[0] = 1 })
	o.holds[id] = h
}
func (o *office) pay(id string) {
	h := o.holds[id]
	${stop}
	_ = h
	delete(o.holds, id)
}
func (o *office) release(id string) {
	delete(o.holds, id)
}
`;
  const held = keeps("main.(*office).reserve:7@/src/main.go main.buy:90@/src/other.go");

  test("that are not stopped hold on to what was given up elsewhere", () => {
    expect(found({ heap: held, source: { "/src/main.go": reminder("", "") } })).toEqual([
      "warning suspected resource/timer main.(*office).reserve:8",
    ]);
  });

  test("that are stopped hold on to nothing", () => {
    const source = reminder("h.expiry = ", "h.expiry.Stop()");
    expect(found({ heap: held, source: { "/src/main.go": source } }).join()).not.toContain("resource/timer");
  });
});

describe("contexts", () => {
  const make = `context.withCancel:243@${GO}/context/context.go context.WithCancel:235@${GO}/context/context.go`;
  const source = (cancel: string, rest: string) => `package main
import "context"
type hub struct { ctx context.Context }
type delivery struct { ctx context.Context; abort context.CancelFunc }
func (h *hub) begin() *delivery {
	ctx, ${cancel} := context.WithCancel(h.ctx)
	${rest}
}
func (d *delivery) fail() { d.abort() }
`;
  const heap = keeps(`${make} main.(*hub).begin:6@/src/main.go main.send:40@/src/other.go`);

  test("that stay with their parent are named where they are made", () => {
    const scene = { heap, source: { "/src/main.go": source("_", "return &delivery{ctx: ctx}") } };
    expect(found(scene)).toEqual(["warning confirmed resource/context main.(*hub).begin:6"]);
    expect(said(scene)).toContain("source-cancel-never");
  });

  test("whose cancel function is kept are told with who calls it", () => {
    const stored = {
      heap,
      source: { "/src/main.go": source("abort", "return &delivery{ctx: ctx, abort: abort}") },
    };
    expect(said(stored)).toContain("source-cancel-called");
  });

  test("with other memory below them are not the cause of that memory", () => {
    const scene: GrowthScene = {
      liveBytes: (k) => (10 + 6 * k) * MB,
      heap: (k) => `${heap(k)}
        ${900 * k} ${5 * k * MB} ${900 * k} ${5 * k * MB} @ main.newSession:12 main.login:30`,
    };
    expect(found(scene).some((line) => line.includes("data/unbounded-map main.newSession"))).toBe(true);
  });
});

describe("pooled values", () => {
  const source = (put: string) => `package main
import (
	"bytes"
	"sync"
)
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
func render(rows []string) string {
	buf := buffers.Get().(*bytes.Buffer)
	${put}
	for _, row := range rows {
		buf.WriteString(row)
	}
	return buf.String()
}
`;
  const heap = keeps(
    `bytes.growSlice:249@${GO}/bytes/buffer.go bytes.(*Buffer).grow:151@${GO}/bytes/buffer.go bytes.(*Buffer).WriteString:193@${GO}/bytes/buffer.go main.render:11@/src/main.go main.serve:40@/src/other.go`,
  );

  test("that nobody empties are named where they are put back", () => {
    const scene = { heap, source: { "/src/main.go": source("defer buffers.Put(buf)") } };
    expect(found(scene)).toEqual(["warning confirmed resource/sync-pool main.render:9"]);
    expect(said(scene)).toEqual(expect.arrayContaining(["source-pool-no-reset", "source-pool-no-bound"]));
  });

  test("that are emptied and grow nonetheless are put back too large", () => {
    const put = "defer func() { buf.Reset(); buffers.Put(buf) }()";
    const scene = { heap, source: { "/src/main.go": source(put) } };
    expect(found(scene)).toEqual(["warning suspected resource/sync-pool main.render:9"]);
    expect(said(scene)).not.toContain("source-pool-no-reset");
  });

  describe("that collections take now and then", () => {
    const stack = heap(1).split("@ ")[1]!;
    /** Allocated so far, one array of each size; of the newest two are in use at even samples, none at odd ones. */
    const arrays = (largest: readonly number[]) => (k: number) =>
      largest
        .slice(0, k + 1)
        .filter((bytes, i) => largest.indexOf(bytes) === i)
        .map((bytes, i, all) => {
          const inuse = i === all.length - 1 && k % 2 === 0 ? 2 : 0;
          return `8 ${8 * bytes} ${inuse} ${inuse * bytes} @ ${stack}`;
        })
        .join("\n");
    const scene = (largest: readonly number[], put = "defer buffers.Put(buf)", more = ""): GrowthScene => ({
      liveBytes: (k) => 4 * MB + (k % 2) * MB,
      heap: arrays(largest),
      source: { "/src/main.go": source(put) + more },
    });
    const growing = [256, 512, 700, 900, 1200, 1600, 2000].map((kB) => kB * 1024);

    test("grow if each part of the window has a larger one than all before", () => {
      expect(found(scene(growing))).toEqual(["warning confirmed resource/sync-pool main.render:9"]);
      expect(said(scene(growing))).toContain("pool-size-records");
    });

    test("are suspected of it where they double", () => {
      const doubling = [64, 512, 512, 1024, 2048, 2048, 2048].map((kB) => kB * 1024);
      expect(found(scene(doubling))).toEqual(["warning suspected resource/sync-pool main.render:9"]);
    });

    test("do not if their size has an end, or if they are emptied", () => {
      const ended = [64, 512, 1024, 1024, 1024, 1024, 1024].map((kB) => kB * 1024);
      expect(found(scene(ended))).toEqual([]);
      expect(found(scene(growing, "defer func() { buf.Reset(); buffers.Put(buf) }()"))).toEqual([]);
    });

    test("are emptied by a method of theirs that is called", () => {
      const own = (begin: string): GrowthScene => ({
        ...scene(growing),
        source: {
          "/src/main.go": `package main
import "sync"
type sheet struct { text []byte }
func (s *sheet) begin() { s.text = s.text[:0] }
var sheets = sync.Pool{New: func() any { return new(sheet) }}
func serve(rows []string) {
	s := sheets.Get().(*sheet)
	defer sheets.Put(s)
	${begin}
	for _, row := range rows {
		s.text = append(s.text, row...)
	}
}
`,
        },
        heap: (k) => arrays(growing)(k).replaceAll(stack, "main.serve:11@/src/main.go"),
      });
      expect(found(own(""))).toEqual(["warning confirmed resource/sync-pool main.serve:8"]);
      expect(found(own("s.begin()"))).toEqual([]);
    });
  });

  test("large and steady are a hint, if nothing bounds them", () => {
    const steady: GrowthScene = {
      liveBytes: () => 50 * MB,
      heap: () => `64 ${32 * MB} 64 ${32 * MB} @ ${heap(1).split("@ ").slice(1).join("@ ")}`,
      source: { "/src/main.go": source("defer func() { buf.Reset(); buffers.Put(buf) }()") },
    };
    expect(found(steady)).toEqual(["info suspected resource/sync-pool main.render:9"]);
    const bounded = source("defer func() { if buf.Cap() < 65536 { buf.Reset(); buffers.Put(buf) } }()");
    expect(found({ ...steady, source: { "/src/main.go": bounded } })).toEqual([]);
  });
});

describe("idle HTTP connections", () => {
  const idle = (count: number) => `
    ${count} @ internal/poll.runtime_pollWait:345@${GO}/internal/poll/x.go net.(*conn).Read:196@${GO}/net/net.go bufio.(*Reader).Peek:148@${GO}/bufio/bufio.go net/http.(*persistConn).readLoop:2200@${GO}/net/http/transport.go
    ${count} @ runtime.gopark:1 runtime.selectgo:2 net/http.(*persistConn).writeLoop:2400@${GO}/net/http/transport.go`;
  const goroutines = (k: number) => idle(10 + 50 * k);
  const heap = (k: number) =>
    `${90 * k} ${0.3 * k * MB} ${30 * k} ${0.1 * k * MB} @ net/http.(*Client).do:700@${GO}/net/http/client.go net/http.(*Client).Do:580@${GO}/net/http/client.go main.(*fetcher).get:15@/src/main.go main.serve:20@/src/main.go`;
  const source = (serve: string, main: string) => `package main
import "net/http"
type fetcher struct { client *http.Client }
func newFetcher() *fetcher {
	return &fetcher{client: &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: 4},
	}}
}
var shared *fetcher
func main() {
	${main}
	http.HandleFunc("/", serve)
}
func (f *fetcher) get() {
	f.client.Do(nil)
}
func serve(w http.ResponseWriter, r *http.Request) {
	f := ${serve}

	f.get()
}
`;

  test("of a transport made for each request are named where it is made", () => {
    const scene = { goroutines, heap, source: { "/src/main.go": source("newFetcher()", "") } };
    expect(found(scene)).toEqual(["warning confirmed resource/http-transport main.newFetcher:6"]);
    expect(findings(scene)[0]!.headline.id).toBe("headline-http-transport");
  });

  test("of one pool are its limits' fault", () => {
    const scene = { goroutines, heap, source: { "/src/main.go": source("shared", "shared = newFetcher()") } };
    expect(findings(scene)[0]!.headline.id).toBe("headline-http-idle-pool");
  });

  test("without source are suspected behind the call", () => {
    expect(found({ goroutines, heap })).toEqual([
      "warning suspected resource/http-transport main.(*fetcher).get:15",
    ]);
  });

  test("up to what the load needs are a pool that fills", () => {
    const fills = [10, 60, 90, 100, 104, 105, 105];
    expect(found({ goroutines: (k) => idle(fills[k]!), heap, liveBytes: () => MB })).toEqual([]);
  });
});
