import type { LanguageTag } from "../messages/language-tag.ts";

/** Words of the page about a heap that its other forms do not have. `{name}` stands for what is filled in. */
export interface HeapPageLabels {
  /** Of the window: "heap of core.1234". */
  title: string;
  heapReport: string;
  diffReport: string;
  liveHeap: string;
  objects: string;
  goroutines: string;
  stacks: string;
  goVersion: string;
  keptShare: string;
  suspects: string;
  suspectsLead: string;
  noSuspects: string;
  owner: string;
  pilesUp: string;
  walk: string;
  walkLead: string;
  needsScript: string;
  owners: string;
  ownersLead: string;
  mapsLead: string;
  types: string;
  typesLead: string;
  channelsLead: string;
  goroutinesLead: string;
  finalizers: string;
  strings: string;
  stringsLead: string;
  spans: string;
  filter: string;
  rows: string;
  column: Record<HeapColumn, string>;
  stack: string;
  redacted: string;
  script: HeapScriptLabels;
}

export type HeapColumn =
  | "owner"
  | "type"
  | "package"
  | "bytes"
  | "ownBytes"
  | "retained"
  | "share"
  | "objects"
  | "entries"
  | "load"
  | "reclaimable"
  | "keys"
  | "length"
  | "capacity"
  | "waiting"
  | "count"
  | "state"
  | "place"
  | "stackBytes"
  | "root"
  | "text"
  | "copies"
  | "wasted"
  | "holder"
  | "slices"
  | "used"
  | "unused"
  | "address"
  | "slot"
  | "spans"
  | "slots"
  | "free"
  | "tail"
  | "name"
  | "before"
  | "after"
  | "change"
  | "countBefore"
  | "countAfter"
  | "older";

/** Words that the page's script fills in. */
export interface HeapScriptLabels {
  byKeeper: string;
  byType: string;
  view: string;
  treemap: string;
  tree: string;
  whole: string;
  unknownType: string;
  shared: string;
  /** "{count} others" */
  folded: string;
  chain: string;
  rest: string;
  within: string;
  up: string;
  path: string;
  keys: string;
  detail: string;
  own: string;
  ofParent: string;
  at: string;
  objects: string;
  matching: string;
  column: { name: string; type: string; own: string; retained: string; share: string };
}

const en: HeapPageLabels = {
  title: "Heap of {name}",
  heapReport: "heap report",
  diffReport: "comparison of two heaps",
  liveHeap: "Live heap",
  objects: "Live objects",
  goroutines: "Goroutines",
  stacks: "Stacks",
  goVersion: "Go",
  keptShare: "{share} of the live heap",
  suspects: "Leak suspects",
  suspectsLead:
    "What alone keeps a tenth of the live heap or more. Big is not yet growing: compare two heaps to see what grows.",
  noSuspects: "Nothing alone keeps a tenth of the live heap.",
  owner: "Kept by",
  pilesUp: "Piles up in",
  walk: "Walk the heap",
  walkLead:
    "The area of a box is what it keeps alive: without it, all within would be free. The largest objects stand for themselves, smaller ones are counted together by type, with the types of all that is in them.",
  needsScript: "The treemap and the tree need JavaScript, which is off. The tables below do not.",
  owners: "Owners",
  ownersLead: "Variables, goroutines and other roots by what only they keep.",
  mapsLead:
    "What a map and its entries keep. Load is the share of slots in use; what making it anew would save is in its own column.",
  types: "Types",
  typesLead: "Live objects by what they are, with their own bytes.",
  channelsLead: "What waits in channels, and who waits for them.",
  goroutinesLead: "Goroutines that stand at one place.",
  finalizers: "Finalizers",
  strings: "Strings and slices",
  stringsLead:
    "Equal strings, room in slices that is not used, and large objects of which only a part is named.",
  spans: "Size classes",
  filter: "Filter",
  rows: "{shown} of {all} rows",
  column: {
    owner: "owner",
    type: "type",
    package: "package",
    bytes: "bytes",
    ownBytes: "own bytes",
    retained: "retained",
    share: "share",
    objects: "objects",
    entries: "entries",
    load: "load",
    reclaimable: "reclaimable",
    keys: "keys",
    length: "length",
    capacity: "capacity",
    waiting: "waiting",
    count: "count",
    state: "state",
    place: "place",
    stackBytes: "stacks",
    root: "root",
    text: "text",
    copies: "copies",
    wasted: "wasted",
    holder: "holder",
    slices: "slices",
    used: "used",
    unused: "unused",
    address: "address",
    slot: "slot",
    spans: "spans",
    slots: "slots in use",
    free: "free",
    tail: "lost behind",
    name: "name",
    before: "before",
    after: "after",
    change: "change",
    countBefore: "count before",
    countAfter: "count after",
    older: "there before",
  },
  stack: "stack",
  redacted:
    'Keys and strings are shown by their form only ("N" digits, "a" letters, "U" a UUID, "T" a time, "H" hexadecimal).',
  script: {
    byKeeper: "By who keeps it",
    byType: "By package and type",
    view: "Order",
    treemap: "Treemap of the heap",
    tree: "Tree of the heap",
    whole: "live heap",
    unknownType: "(type not known)",
    shared: "shared: {name}",
    folded: "{count} smaller × {type}",
    chain: "{count} linked × {type}",
    rest: "{count} of other types",
    within: "{count} × {type}",
    up: "Up",
    path: "Where you are",
    keys: "{key Enter} goes into a box, {key Esc} out of it, arrow keys move. In the tree {key →} opens and {key ←} closes.",
    detail: "{name}: keeps {bytes}, {share} of the live heap",
    own: "{bytes} of its own",
    ofParent: "{share} of what is above it",
    at: "at {address}",
    objects: "{count} objects",
    matching: "{shown} of {all} rows",
    column: { name: "name", type: "type", own: "own bytes", retained: "retained", share: "share" },
  },
};

const zh: HeapPageLabels = {
  title: "{name} 的堆",
  heapReport: "堆报告",
  diffReport: "两个堆的比较",
  liveHeap: "存活堆",
  objects: "存活对象",
  goroutines: "goroutine",
  stacks: "栈",
  goVersion: "Go",
  keptShare: "占存活堆的 {share}",
  suspects: "泄漏嫌疑",
  suspectsLead: "单独持有存活堆十分之一以上的对象。大并不等于在增长：比较两个堆才能看出什么在增长。",
  noSuspects: "没有任何对象单独持有存活堆的十分之一。",
  owner: "持有者",
  pilesUp: "堆积于",
  walk: "逐层查看堆",
  walkLead:
    "方框面积表示它使多少内存存活：没有它，其中的一切都会被释放。最大的对象单独显示，较小的按类型合计，并列出其中一切的类型。",
  needsScript: "矩形树图和树需要 JavaScript，而它已被禁用。下方的表格不受影响。",
  owners: "持有者",
  ownersLead: "变量、goroutine 和其他根，按仅由其持有的内存排列。",
  mapsLead: "map 及其条目持有的内存。负载是已用槽位的比例；重建可节省的字节单独成列。",
  types: "类型",
  typesLead: "存活对象按类型分列，为其自身字节。",
  channelsLead: "channel 中等待的内容，以及谁在等待。",
  goroutinesLead: "停在同一位置的 goroutine。",
  finalizers: "终结器",
  strings: "字符串与 slice",
  stringsLead: "相同的字符串、slice 未用的容量，以及只有一部分被引用的大对象。",
  spans: "大小类别",
  filter: "筛选",
  rows: "{all} 行中的 {shown} 行",
  column: {
    owner: "持有者",
    type: "类型",
    package: "包",
    bytes: "字节",
    ownBytes: "自身字节",
    retained: "保留",
    share: "占比",
    objects: "对象",
    entries: "条目",
    load: "负载",
    reclaimable: "可回收",
    keys: "键",
    length: "长度",
    capacity: "容量",
    waiting: "等待者",
    count: "数量",
    state: "状态",
    place: "位置",
    stackBytes: "栈",
    root: "根",
    text: "文本",
    copies: "份数",
    wasted: "浪费",
    holder: "所在字段",
    slices: "slice 数",
    used: "已用",
    unused: "未用",
    address: "地址",
    slot: "槽位",
    spans: "span 数",
    slots: "已用槽位",
    free: "空闲",
    tail: "末尾浪费",
    name: "名称",
    before: "之前",
    after: "之后",
    change: "变化",
    countBefore: "之前数量",
    countAfter: "之后数量",
    older: "之前已有",
  },
  stack: "栈",
  redacted: '键和字符串只显示其形式（"N" 为数字，"a" 为字母，"U" 为 UUID，"T" 为时间，"H" 为十六进制）。',
  script: {
    byKeeper: "按持有者",
    byType: "按包和类型",
    view: "排列方式",
    treemap: "堆的矩形树图",
    tree: "堆的树",
    whole: "存活堆",
    unknownType: "（类型未知）",
    shared: "共享：{name}",
    folded: "{count} 个较小的 {type}",
    chain: "{count} 个相连的 {type}",
    rest: "其他类型 {count} 个",
    within: "{count} 个 {type}",
    up: "向上",
    path: "当前位置",
    keys: "{key Enter} 进入方框，{key Esc} 退出，方向键移动。在树中 {key →} 展开，{key ←} 收起。",
    detail: "{name}：持有 {bytes}，占存活堆的 {share}",
    own: "自身 {bytes}",
    ofParent: "占上一级的 {share}",
    at: "地址 {address}",
    objects: "{count} 个对象",
    matching: "{all} 行中的 {shown} 行",
    column: { name: "名称", type: "类型", own: "自身字节", retained: "保留", share: "占比" },
  },
};

export const HEAP_PAGE_LABELS: Record<LanguageTag, HeapPageLabels> = { en, zh };
