import { formatQuantity } from "../../src/lib/format-quantity.ts";
import { LANGUAGES } from "../../src/report/messages/language.ts";
import type {
  ChartView,
  FindingView,
  FlameView,
  GoroutineGroupView,
  GrowthSiteView,
  ReportView,
} from "../../src/report/report-view.ts";

const MB = 1024 * 1024;
const SECONDS = [0, 5.1, 10, 15.2, 20.1, 25, 30.1];

/**
 * A report as a real shop service would get it: one leaking map, one goroutine leak, one hint, with the long names of
 * generic code and file names that need escaping. Fresh at every call, so that a test may change it.
 */
export function sampleReportView(): ReportView {
  return {
    language: LANGUAGES.en,
    outcome: "leak",
    verdict:
      "Memory leak: a map in cart.(*SessionStore).Put only grows, by 1.37 MB/s; the 512 MB limit is reached in about 3 min 40 s.",
    advice: "Restart within three minutes or raise the limit to win time; then change store.go:42 as below.",
    targetName: "http://10.42.7.19:6060/debug/pprof",
    capturedAt: "2026-11-20T03:12:44.518Z",
    gopatrolVersion: "0.1.0",
    facts: [
      { label: "Go", value: "go1.25.5 linux/amd64" },
      { label: "Window", value: "30 s, 7 samples" },
      { label: "Live heap", value: "41.2 MB → 98.3 MB" },
      { label: "Goroutines", value: "212 → 1,534" },
      { label: "Memory limit", value: "512 MB (GOMEMLIMIT)" },
      { label: "GC cycles", value: "9 in the window" },
    ],
    findings: [mapFinding(), sendFinding(), churnFinding()],
    charts: [
      chart(
        "Live heap after GC",
        "bytes",
        [41.2, 50.9, 60.1, 70, 79.2, 88.9, 98.3].map(mega),
        "41.2 MB → 98.3 MB",
      ),
      chart(
        "Heap in use",
        "bytes",
        [58.1, 83.5, 71.2, 104.9, 92.3, 121.8, 113.7].map(mega),
        "58.1 MB → 114 MB",
      ),
      chart("Goroutines", "count", [212, 431, 652, 871, 1092, 1312, 1534], "212 → 1,534"),
      chart("Stack memory", "bytes", [2.1, 3.1, 4.2, 5.3, 6.4, 7.5, 8.6].map(mega), "2.1 MB → 8.6 MB"),
      chart(
        "Allocation rate",
        "bytes/s",
        [14.2, 14.6, 13.9, 14.4, 14.1, 14.8, 14.3].map(mega),
        "14.2 MB/s → 14.3 MB/s",
      ),
      chart("GC CPU share", "fraction", [0.021, 0.024, 0.027, 0.026, 0.031, 0.034, 0.037], "2.1 % → 3.7 %"),
    ],
    flame: flameFromStacks(SHOP_STACKS),
    tables: [],
    growthSites: GROWTH_SITES,
    goroutineGroups: GOROUTINE_GROUPS,
    captures: SECONDS.flatMap((_, sample) => [
      capture(sample, "heap profile (gc=1)", "/debug/pprof/heap?gc=1", "84.1 kB", "46 ms", "one forced GC"),
      capture(sample, "goroutine profile", "/debug/pprof/goroutine", "9.2 kB", "12 ms", ""),
      capture(sample, "metrics", "/metrics", "31 kB", "8 ms", ""),
    ]),
    missing: [
      "The goroutine dump (debug=2) of sample 6 was skipped: 1,312 goroutines are above the limit of 1,000.",
      "/debug/vars answered 404; the same numbers were read from heap?debug=1.",
    ],
    reasoning: [
      "Goroutines rise: 212 → 1,534, 44/s (43 to 45) over 7 samples.",
      "GC runs as often as before: 9 cycles in 30 s; it does not explain the growth.",
      "The live-heap floor rises with it: 41.2 MB → 98.3 MB, slope 1.9 MB/s (1.7 to 2.1), no saturation.",
      "Heap profiles explain 97 % of the floor's growth (55.4 MB of 57.1 MB).",
      "74 % of it was allocated by map inserts in cart.(*SessionStore).Put at store.go:42; 100 % of that is still in use.",
      "Growth under orders.(*Publisher).Publish follows the 1,322 goroutines blocked there: one cause, one finding.",
    ],
  };
}

/** Nothing found: every optional part is absent or empty. */
export function healthyReportView(): ReportView {
  return {
    ...sampleReportView(),
    outcome: "healthy",
    verdict: "No growth: the live heap stays at 38 MB over 30 s.",
    advice: "",
    facts: [
      { label: "Go", value: "go1.25.5 linux/amd64" },
      { label: "Window", value: "30 s, 7 samples" },
      { label: "Live heap", value: "38.1 MB → 38.1 MB" },
    ],
    reasoning: ["Goroutines are steady: 212 → 211.", "The live-heap floor is steady: 38.1 MB → 38.1 MB."],
    findings: [],
    growthSites: [],
    goroutineGroups: [],
    missing: [],
    charts: [
      chart(
        "Live heap after GC",
        "bytes",
        [38.1, 38.2, 38, 38.1, 38.2, 38.1, 38.1].map(mega),
        "38.1 MB → 38.1 MB",
      ),
    ],
  };
}

/** Too little evidence: a single heap profile, so no flame graph either. */
export function insufficientReportView(): ReportView {
  const { flame: _, ...view } = sampleReportView();
  return {
    ...view,
    outcome: "insufficient-data",
    verdict: "Insufficient data: one heap profile cannot show growth.",
    advice: "Inspect again with --for 30s, or pass a second profile taken some minutes later.",
    findings: [],
    charts: [],
    growthSites: [],
    goroutineGroups: [],
    captures: [capture(0, "heap profile", "heap.pb.gz", "84.1 kB", "", "")],
    missing: [
      "The target broke off after the first sample: connection reset by peer (/debug/pprof/heap?gc=1).",
    ],
    reasoning: ["1 heap profile: growth cannot be judged."],
  };
}

/** A tree of `count` rows whose widths fall off as in real profiles: few wide frames and a long tail. */
export function largeFlame(count: number): FlameView {
  const flame: FlameView = {
    unit: "bytes",
    name: ["all"],
    position: [""],
    parent: [-1],
    delta: [0],
    before: [0],
    after: [0],
    allocated: [0],
    origin: ["own"],
  };
  let state = 12_345;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const origins = ["own", "third-party", "standard-library", "runtime"] as const;
  for (let row = 1; row < count; row++) {
    const parent = row < 40 ? row - 1 : Math.max(0, row - 1 - random(Math.min(row, 400)));
    flame.name.push(`example.com/large/pkg${random(60)}.(*Type${random(300)}).Method${row}`);
    flame.position.push(`file${random(90)}.go:${random(900) + 1}`);
    flame.parent.push(parent);
    flame.delta.push(1 + random(50_000));
    flame.before.push(random(9_000));
    flame.after.push(flame.delta[row]! + flame.before[row]!);
    flame.allocated.push(flame.after[row]! * 2);
    flame.origin.push(origins[random(4)]!);
  }
  for (let row = count - 1; row > 0; row--) {
    const parent = flame.parent[row]!;
    for (const column of [flame.delta, flame.before, flame.after, flame.allocated])
      column[parent]! += column[row]!;
  }
  return flame;
}

function mapFinding(): FindingView {
  return {
    pattern: "data/unbounded-map",
    severity: "critical",
    state: "confirmed",
    title: "A map in cart.(*SessionStore).Put gets entries and never loses any",
    confidence: "high (0.95)",
    function: "example.com/shop/cart.(*SessionStore).Put",
    position: "/build/shop/cart/store.go:42",
    rate: "1.37 MB/s (1.34 to 1.4)",
    callers: [
      "example.com/shop/cart.(*Handler).AddItem (/build/shop/cart/handler.go:88)",
      "example.com/shop/internal/middleware.WithSession.func1 (/build/shop/internal/middleware/session.go:31)",
    ],
    evidence: [
      "In-use bytes at this site grew in each of 7 samples: 12.1 MB → 53.4 MB.",
      "The stack allocates under runtime.mapassign_faststr: map inserts, not slices.",
      "100 % of what was allocated here in the window is still in use; the collector ran 9 times.",
      "The slope does not flatten: the last third grows at 1.37 MB/s as the first (ratio 1.01).",
    ],
    consequences: [
      "encoding/json.(*decodeState).literalStore: +6.1 MB, strings kept by the same entries.",
      "GC CPU share rises from 2.1 % to 3.7 %, because each cycle marks a larger heap.",
    ],
    fix: [
      "Delete the entry when the session ends, or bound the map: an LRU of the size you can pay for, or a time to live.",
      "If entries must stay, write them to a store outside the process.",
    ],
    next: [
      "Count the entries: export len(sessions) as a gauge and compare it with the number of open sessions.",
    ],
    charts: [
      chart(
        "In use at store.go:42",
        "bytes",
        [12.1, 19, 25.8, 32.9, 39.6, 46.6, 53.4].map(mega),
        "12.1 MB → 53.4 MB",
      ),
    ],
    page: "docs/patterns/data/unbounded-map.md",
  };
}

function sendFinding(): FindingView {
  return {
    pattern: "goroutine/blocked-send",
    severity: "warning",
    state: "suspected",
    title:
      "1,322 more goroutines wait to send in orders.(*Publisher[go.shape.struct { ID <-chan string }]).Publish.func1",
    confidence: "medium (0.70)",
    function: "example.com/shop/orders.(*Publisher[go.shape.struct { ID <-chan string }]).Publish.func1",
    position: "/build/shop/orders/publisher.go:117",
    rate: "44/s (43 to 45)",
    callers: ["example.com/shop/orders.(*Service).Place (/build/shop/orders/service.go:63)"],
    evidence: [
      'The group grew in each of 7 samples: 3 → 1,325, state "chan send".',
      "The oldest waits 12 min: no receiver came back for it.",
    ],
    consequences: ["Their stacks take 6.4 MB of the 8.6 MB of stack memory."],
    fix: [
      "Give the send a way out: select with ctx.Done(), or a buffer of one for a result nobody may read.",
    ],
    next: [
      "Capture a goroutine dump below the limit of 1,000 goroutines, or with --dump-limit 5000, to see the wait times of all.",
    ],
    charts: [chart("Goroutines waiting to send", "count", [3, 223, 444, 663, 884, 1104, 1325], "3 → 1,325")],
    page: "docs/patterns/goroutine/blocked-send.md",
  };
}

function churnFinding(): FindingView {
  return {
    pattern: "gc/alloc-churn",
    severity: "info",
    state: "confirmed",
    title: "Short-lived allocations in render.Page make 62 % of all garbage",
    confidence: "high (0.90)",
    function: "example.com/shop/render.Page",
    position: "/build/shop/render/</script><b>&'odd\".go:9",
    rate: "8.8 MB/s (8.5 to 9.1)",
    callers: [],
    evidence: ["Allocated 264 MB in the window, of which 0.1 MB is in use."],
    consequences: [],
    fix: ["Build the page in one bytes.Buffer from a sync.Pool."],
    next: [],
    charts: [],
    page: "docs/patterns/gc/alloc-churn.md",
  };
}

const GROWTH_SITES: GrowthSiteView[] = [
  site(
    "example.com/shop/cart.(*SessionStore).Put",
    "/build/shop/cart/store.go:42",
    12.1,
    53.4,
    "map insert",
    "100 %",
  ),
  site(
    "encoding/json.(*decodeState).literalStore",
    "/usr/local/go/src/encoding/json/decode.go:947",
    1.9,
    8,
    "",
    "98 %",
  ),
  site(
    "example.com/shop/orders.(*Publisher[go.shape.struct { ID <-chan string }]).Publish",
    "/build/shop/orders/publisher.go:112",
    0.3,
    5.2,
    "channel",
    "100 %",
  ),
  site(
    "github.com/redis/go-redis/v9/internal/pool.(*ConnPool).newConn",
    "/go/pkg/mod/github.com/redis/go-redis/v9@v9.7.0/internal/pool/pool.go:214",
    2.2,
    3.6,
    "",
    "61 %",
  ),
  site(
    "example.com/shop/render.Page",
    "/build/shop/render/</script><b>&'odd\".go:9",
    0.1,
    0.2,
    "slice growth",
    "0.1 %",
  ),
  site("bufio.NewReaderSize", "/usr/local/go/src/bufio/bufio.go:57", 1.1, 1.1, "", "0 %"),
];

const GOROUTINE_GROUPS: GoroutineGroupView[] = [
  {
    state: "chan send",
    before: 3,
    after: 1325,
    growing: true,
    function: "example.com/shop/orders.(*Publisher[go.shape.struct { ID <-chan string }]).Publish.func1",
    position: "/build/shop/orders/publisher.go:117",
    createdBy: "example.com/shop/orders.(*Publisher[...]).Publish in goroutine 881",
    wait: "up to 12 min",
    stack: [
      "runtime.gopark /usr/local/go/src/runtime/proc.go:435",
      "runtime.chansend /usr/local/go/src/runtime/chan.go:283",
      "runtime.chansend1 /usr/local/go/src/runtime/chan.go:161",
      "example.com/shop/orders.(*Publisher[...]).Publish.func1 /build/shop/orders/publisher.go:117",
    ],
    series: [3, 223, 444, 663, 884, 1104, 1325],
  },
  {
    state: "IO wait",
    before: 164,
    after: 165,
    growing: false,
    function: "net/http.(*conn).serve",
    position: "/usr/local/go/src/net/http/server.go:2092",
    createdBy: "net/http.(*Server).Serve in goroutine 1",
    wait: "",
    stack: [
      "internal/poll.runtime_pollWait /usr/local/go/src/runtime/netpoll.go:351",
      "net.(*conn).Read /usr/local/go/src/net/net.go:194",
      "net/http.(*connReader).Read /usr/local/go/src/net/http/server.go:798",
      "bufio.(*Reader).Peek /usr/local/go/src/bufio/bufio.go:148",
      "net/http.(*conn).serve /usr/local/go/src/net/http/server.go:2092",
    ],
    series: [164, 166, 163, 165, 165, 164, 165],
  },
  {
    state: "select",
    before: 32,
    after: 32,
    growing: false,
    function: "example.com/shop/internal/worker.(*Pool).run",
    position: "/build/shop/internal/worker/pool.go:54",
    createdBy: "example.com/shop/internal/worker.NewPool in goroutine 1",
    wait: "up to 41 min",
    stack: [
      "runtime.gopark /usr/local/go/src/runtime/proc.go:435",
      "runtime.selectgo /usr/local/go/src/runtime/select.go:351",
      "example.com/shop/internal/worker.(*Pool).run /build/shop/internal/worker/pool.go:54",
    ],
    series: [32, 32, 32, 32, 32, 32, 32],
  },
];

/** Frames root first, then in use before, in use after and allocated between, in MB. */
const SHOP_STACKS: [string, number, number, number][] = [
  ["serve,recovery,session,addItem,put,mapassign,newTable", 8.9, 43.1, 34.3],
  ["serve,recovery,session,addItem,put,mapassign", 3.2, 10.3, 7.1],
  ["serve,recovery,session,addItem,decode,jsonDecode,jsonObject,jsonLiteral", 1.9, 8, 9.3],
  ["serve,recovery,session,addItem,decode,jsonDecode,jsonObject", 0.4, 0.5, 21.2],
  ["serve,recovery,session,place,publish,makechan", 0.3, 5.2, 4.9],
  ["serve,recovery,session,place,publish,newproc", 0.2, 0.9, 0.7],
  ["serve,recovery,session,page,growslice", 0.1, 0.2, 201.4],
  ["serve,recovery,session,page,fprintf", 0.02, 0.02, 62.1],
  ["serve,recovery,session,page,template,templateExec,templateWalk", 0.9, 0.8, 33.5],
  ["serve,readRequest,textproto", 0.4, 0.4, 18.7],
  ["serve,readRequest,newReader", 1.1, 1.1, 0.4],
  ["serve,recovery,metrics,promObserve", 0.6, 0.7, 0.1],
  ["serve,recovery,session,addItem,redisGet,redisProcess,redisConn,redisNewConn", 2.2, 3.6, 2.3],
  ["serve,recovery,session,addItem,redisGet,redisProcess,redisReply", 0.1, 0.15, 12.4],
  ["main,runtimeMain,loadCatalogue,gobDecode", 18.8, 18.8, 0],
  ["main,runtimeMain,newPool", 0.3, 0.3, 0],
];

const FRAMES: Record<string, [string, string]> = {
  serve: ["net/http.(*conn).serve", "server.go:2092"],
  recovery: ["example.com/shop/internal/middleware.Recovery.func1", "recovery.go:19"],
  session: ["example.com/shop/internal/middleware.WithSession.func1", "session.go:31"],
  addItem: ["example.com/shop/cart.(*Handler).AddItem", "handler.go:88"],
  put: ["example.com/shop/cart.(*SessionStore).Put", "store.go:42"],
  mapassign: ["runtime.mapassign_faststr", "runtime_faststr_swiss.go:263"],
  newTable: ["internal/runtime/maps.newTable", "table.go:93"],
  decode: ["example.com/shop/internal/codec.Decode[go.shape.struct { Items <-chan string }]", "codec.go:27"],
  jsonDecode: ["encoding/json.(*Decoder).Decode", "stream.go:63"],
  jsonObject: ["encoding/json.(*decodeState).object", "decode.go:755"],
  jsonLiteral: ["encoding/json.(*decodeState).literalStore", "decode.go:947"],
  place: ["example.com/shop/orders.(*Service).Place", "service.go:63"],
  publish: [
    "example.com/shop/orders.(*Publisher[go.shape.struct { ID <-chan string }]).Publish",
    "publisher.go:112",
  ],
  makechan: ["runtime.makechan", "chan.go:117"],
  newproc: ["runtime.newproc1", "proc.go:5042"],
  page: ["example.com/shop/render.Page", "</script><b>&'odd\".go:9"],
  growslice: ["runtime.growslice", "slice.go:265"],
  fprintf: ["fmt.Fprintf", "print.go:225"],
  template: ["html/template.(*Template).Execute", "template.go:121"],
  templateExec: ["text/template.(*Template).execute", "exec.go:217"],
  templateWalk: ["text/template.(*state).walk", "exec.go:268"],
  readRequest: ["net/http.readRequest", "request.go:1068"],
  textproto: ["net/textproto.readMIMEHeader", "reader.go:569"],
  newReader: ["bufio.NewReaderSize", "bufio.go:57"],
  metrics: ["example.com/shop/internal/metrics.Observe", "metrics.go:40"],
  promObserve: [
    "github.com/prometheus/client_golang/prometheus.(*HistogramVec).WithLabelValues",
    "histogram.go:1172",
  ],
  redisGet: ["github.com/redis/go-redis/v9.cmdable.Get", "string_commands.go:91"],
  redisProcess: ["github.com/redis/go-redis/v9.(*baseClient).process", "redis.go:430"],
  redisConn: ["github.com/redis/go-redis/v9/internal/pool.(*ConnPool).Get", "pool.go:287"],
  redisNewConn: ["github.com/redis/go-redis/v9/internal/pool.(*ConnPool).newConn", "pool.go:214"],
  redisReply: ["github.com/redis/go-redis/v9/internal/proto.(*Reader).ReadReply", "reader.go:143"],
  main: ["runtime.main", "proc.go:285"],
  runtimeMain: ["main.main", "main.go:71"],
  loadCatalogue: ["example.com/shop/catalogue.Load", "catalogue.go:55"],
  gobDecode: ["encoding/gob.(*Decoder).Decode", "decoder.go:201"],
  newPool: ["example.com/shop/internal/worker.NewPool", "pool.go:33"],
};

function flameFromStacks(stacks: [string, number, number, number][]): FlameView {
  const flame: FlameView = {
    unit: "bytes",
    name: ["all"],
    position: [""],
    parent: [-1],
    delta: [0],
    before: [0],
    after: [0],
    allocated: [0],
    origin: ["runtime"],
  };
  for (const [frames, before, after, allocated] of stacks) {
    let row = 0;
    for (const key of ["", ...frames.split(",")]) {
      if (key !== "") row = childRow(flame, row, FRAMES[key]!);
      flame.before[row]! += before * MB;
      flame.after[row]! += after * MB;
      flame.delta[row]! += (after - before) * MB;
      flame.allocated[row]! += allocated * MB;
    }
  }
  return flame;
}

function childRow(flame: FlameView, parent: number, [name, position]: [string, string]): number {
  for (let row = parent + 1; row < flame.name.length; row++) {
    if (flame.parent[row] === parent && flame.name[row] === name) return row;
  }
  flame.name.push(name);
  flame.position.push(position);
  flame.parent.push(parent);
  for (const column of [flame.delta, flame.before, flame.after, flame.allocated]) column.push(0);
  flame.origin.push(originOf(name));
  return flame.name.length - 1;
}

function originOf(name: string): FlameView["origin"][number] {
  if (name.startsWith("runtime.") || name.startsWith("internal/runtime/")) return "runtime";
  if (name.startsWith("example.com/") || name.startsWith("main.")) return "own";
  return name.startsWith("github.com/") ? "third-party" : "standard-library";
}

function mega(value: number): number {
  return value * MB;
}

function chart(title: string, unit: ChartView["unit"], value: number[], summary: string): ChartView {
  return { title, unit, seconds: SECONDS, value, summary };
}

function site(
  name: string,
  position: string,
  beforeMb: number,
  afterMb: number,
  operation: string,
  kept: string,
): GrowthSiteView {
  const growth = afterMb - beforeMb;
  return {
    function: name,
    position,
    before: formatQuantity(mega(beforeMb), "bytes"),
    after: formatQuantity(mega(afterMb), "bytes"),
    growth: formatQuantity(mega(growth), "bytes", { signed: true }),
    rate: formatQuantity(mega(growth) / 30.1, "bytes/s"),
    kept,
    operation,
    series: SECONDS.map((seconds) => mega(beforeMb + (growth * seconds) / 30.1)),
  };
}

function capture(
  sample: number,
  what: string,
  origin: string,
  size: string,
  elapsed: string,
  note: string,
): ReportView["captures"][number] {
  return { sample: String(sample), what, origin, size, elapsed, note };
}
