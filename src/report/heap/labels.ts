import type { LanguageTag } from "../messages/language-tag.ts";

/** The fixed words of the heap's views in one language. Functions take what is already in words. */
export interface HeapLabels {
  comma: string;
  colon: string;
  none: string;
  unknownType: string;
  /** A root, path or type that the analysis named itself; what the program named stays as it is. */
  name(text: string): string;
  suspect(name: string, bytes: string, share: string): string;
  noSuspect: string;
  summary(bytes: string, objects: string, dead: string): string;
  process(goVersion: string, goroutines: string, stackBytes: string): string;
  owners: string;
  shared: string;
  pilesUpIn(name: string): string;
  types: string;
  packages: string;
  checks: string;
  check: {
    identity: Record<"same-build-id" | "same-text" | "not-checked", string>;
    typed(objects: string, bytes: string, isStripped: boolean): string;
    held(bytes: string): string;
    byCode(bytes: string): string;
    byDebugInformation(goVersion: string): string;
    badPointers(count: string): string;
    damagedSpans(count: string): string;
    missingShare(share: string): string;
    copiedOver(milliseconds: string): string;
    missingBytes(bytes: string): string;
    unknownMasks(count: string): string;
    incompleteStacks(count: string): string;
  };
  map: {
    title: string;
    entries(count: string): string;
    noPath: string;
    unknownType: string;
    own(bytes: string, load: string, rest: string, hops: string): string;
    load(share: string, slots: string): string;
    reclaimable(bytes: string): string;
    growing: string;
    keyLengths(min: string, max: string, median: string): string;
    shapes(list: string): string;
    fewShapes(share: string): string;
    range(min: string, max: string): string;
    allocated(count: string, stack: string): string;
  };
  goroutine: {
    title: string;
    stacks(bytes: string, retained: string): string;
    createdBy(place: string): string;
  };
  histogram: {
    summary(bytes: string, objects: string, goVersion: string): string;
    bytes: string;
    objects: string;
    by: Record<"type" | "package" | "owner", string>;
    rest(count: string): string;
  };
  channel: {
    title: string;
    elements(length: string, capacity: string, bytes: string): string;
    receivers(count: string): string;
    senders(count: string): string;
    closed: string;
  };
  strings: {
    summary(count: string, bytes: string): string;
    equal: string;
    copies(count: string): string;
    slices: string;
    sliceCount(count: string): string;
    inUse(bytes: string): string;
    pinned: string;
    pinnedRow(address: string, holder: string, bytes: string): string;
  };
  spans: {
    title: string;
    large: string;
    noPointers: string;
    spans(count: string): string;
    of(used: string, slots: string): string;
  };
  specials: {
    summary(finalizers: string, cleanups: string, weak: string, queued: string): string;
    kept(name: string): string;
  };
  path: {
    object(address: string, type: string, bytes: string, retained: string): string;
    way: string;
    dominators: string;
    dead: string;
  };
  query: { found(objects: string, bytes: string, retained: string): string; largest: string };
  diff: {
    summary(
      beforeBytes: string,
      beforeObjects: string,
      afterBytes: string,
      afterObjects: string,
      goroutinesBefore: string,
      goroutinesAfter: string,
    ): string;
    owners: string;
    maps: string;
    types: string;
    older(bytes: string): string;
    /** `time` is "" where it is not known. */
    age(bytes: string, objects: string, time: string): string;
    timeOfFiles: string;
    reused: string;
    sameProcess: string;
    maybeSameProcess: string;
    otherProcess: string;
  };
}

const en: HeapLabels = {
  comma: ", ",
  colon: ": ",
  none: "none",
  unknownType: "(type not known)",
  name: (text) => text,
  suspect: (name, bytes, share) => `${name} keeps ${bytes} alive, ${share} of the live heap.`,
  noSuspect: "No variable or goroutine alone keeps a tenth of the live heap.",
  summary: (bytes, objects, dead) =>
    `${bytes} in ${objects} objects are reachable; ${dead} more are dead and not swept yet.`,
  process: (goVersion, goroutines, stackBytes) =>
    `${goVersion}, ${goroutines} goroutines with ${stackBytes} of stacks.`,
  owners: "Who holds the memory",
  shared: "reached from several roots",
  pilesUpIn: (name) => `piles up in ${name}`,
  types: "What it is",
  packages: "By package",
  checks: "How sure this is",
  check: {
    identity: {
      "same-build-id": "The executable has the build id of the process.",
      "same-text": "The executable's code is that of the process; the build id is not in the core.",
      "not-checked":
        "Whether the executable is that of the process could not be checked: no page of it is in the core.",
    },
    typed: (objects, bytes, isStripped) =>
      `${objects} of the objects and ${bytes} of their bytes have a known type${isStripped ? "; the executable is stripped, so variables have no names" : ""}.`,
    byCode: (bytes) =>
      `Of ${bytes} of the bytes the type is the only one of the program's code that fits size, pointers and contents, or follows from one: likely, not certain.`,
    held: (bytes) => `Of ${bytes} of the bytes only is known who holds them.`,
    byDebugInformation: (goVersion) =>
      `${goVersion} is newer than this gopatrol; its own debug information told how to read it.`,
    badPointers: (count) => `${count} pointer words hold no pointer: the core may be damaged.`,
    damagedSpans: (count) => `${count} spans are left out: what the runtime says of them is damaged.`,
    copiedOver: (milliseconds) =>
      `The process could not be stopped and was copied as it ran for ${milliseconds} ms: what it changed meanwhile may be counted twice or not at all.`,
    missingShare: (share) => `${share} of the core is missing; what lay there is not counted.`,
    missingBytes: (bytes) => `${bytes} of the heap are not in the core.`,
    unknownMasks: (count) => `${count} objects were not looked into: their type's mask is not in the core.`,
    incompleteStacks: (count) =>
      `${count} stacks could not be unwound to their end; the rest of them was scanned word by word.`,
  },
  map: {
    title: "Maps",
    entries: (count) => `${count} entries`,
    noPath: "(no path)",
    unknownType: "map (its type is not known)",
    own: (bytes, load, rest, hops) =>
      `${bytes} for the map itself${load}, ${rest} in what only its entries keep; ${hops} hops from a root`,
    load: (share, slots) => `, ${share} of ${slots} slots`,
    reclaimable: (bytes) => `made anew with these entries, the map itself would need ${bytes} less`,
    growing: "it is being grown, so old and new buckets are there at once",
    keyLengths: (min, max, median) => `keys of ${min} to ${max} bytes (half up to ${median})`,
    shapes: (list) => `they look like ${list}`,
    fewShapes: (share) => `without numbers, ids and times in them only ${share} of the keys would differ`,
    range: (min, max) => `keys from ${min} to ${max}`,
    allocated: (count, stack) => `sampled objects of it were allocated ${count} times at ${stack}`,
  },
  goroutine: {
    title: "Goroutines",
    stacks: (bytes, retained) => `stacks ${bytes}, they alone keep ${retained}`,
    createdBy: (place) => `created by ${place}`,
  },
  histogram: {
    summary: (bytes, objects, goVersion) => `${goVersion}: ${bytes} in ${objects} objects are reachable.`,
    bytes: "bytes",
    objects: "objects",
    by: { type: "type", package: "package", owner: "owner" },
    rest: (count) => `in ${count} more rows (--top shows them)`,
  },
  channel: {
    title: "Channels",
    elements: (length, capacity, bytes) => `${length} of ${capacity} elements of ${bytes}`,
    receivers: (count) => `${count} goroutines wait to receive`,
    senders: (count) => `${count} goroutines wait to send`,
    closed: "closed",
  },
  strings: {
    summary: (count, bytes) => `${count} strings; one copy of each would save ${bytes}.`,
    equal: "Equal strings",
    copies: (count) => `${count} copies`,
    slices: "Slices with room that they do not use",
    sliceCount: (count) => `${count} slices`,
    inUse: (bytes) => `in use ${bytes}`,
    pinned: "Large objects of which only a part is named",
    pinnedRow: (address, holder, bytes) => `at ${address}: ${holder} names ${bytes} of it`,
  },
  spans: {
    title: "Size classes (slot, slots in use, free, lost behind the last slot)",
    large: "large",
    noPointers: "no pointers",
    spans: (count) => `${count} spans`,
    of: (used, slots) => `${used} of ${slots}`,
  },
  specials: {
    summary: (finalizers, cleanups, weak, queued) =>
      `${finalizers} finalizers, ${cleanups} cleanups, ${weak} weak pointers; ${queued} are due to run.`,
    kept: (name) => `kept by ${name} alone`,
  },
  path: {
    object: (address, type, bytes, retained) => `${address}: ${type}, ${bytes}, keeps ${retained} alive.`,
    way: "The shortest way from a root",
    dominators: "Who keeps it alive: without any one of these it would be free",
    dead: "Nothing points to it: it is dead and not swept yet.",
  },
  query: {
    found: (objects, bytes, retained) =>
      `${objects} objects with ${bytes}; without them ${retained} would be free.`,
    largest: "Those that keep most",
  },
  diff: {
    summary: (beforeBytes, beforeObjects, afterBytes, afterObjects, goroutinesBefore, goroutinesAfter) =>
      `${beforeBytes} in ${beforeObjects} objects became ${afterBytes} in ${afterObjects}; goroutines ${goroutinesBefore} → ${goroutinesAfter}.`,
    owners: "Owners",
    maps: "Maps (retained bytes, entries)",
    types: "Types (bytes, objects)",
    older: (bytes) => `${bytes} of it there before`,
    age: (bytes, objects, time) =>
      `${bytes} in ${objects} objects are in both heaps at the same address with the same type: they are at least as old as the time between the two${time === "" ? "" : `, ${time}`}.`,
    timeOfFiles: "by when the files were written",
    reused:
      "Not certain for a single object: an address that was freed and given to another object of the same type looks the same.",
    sameProcess: "Both heaps are of one process: maps have the same random seed in both.",
    maybeSameProcess:
      "Whether both heaps are of one process could not be told, as no map lies in both: after a restart, what seems older is not.",
    otherProcess:
      "The heaps are of two processes, as maps at the same address have other seeds or nothing lies where it lay: nothing is known of ages.",
  },
};

/** What the analysis calls by itself, in Chinese. Order matters: longer ones first. */
const CHINESE_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^finalizers and cleanups that are due$/, "待运行的终结器和清理函数"],
  [/^weak pointers' handles$/, "弱指针句柄"],
  [/^finalizers$/, "终结器"],
  [/^cleanups$/, "清理函数"],
  [/^weak pointer's handle$/, "弱指针句柄"],
  [/^cleanup's argument$/, "清理函数的参数"],
  [/^string bytes$/, "字符串内容"],
  [/^global at (0x[0-9a-f]+)/, "全局变量 $1"],
  [/^local \(unnamed\)(.*?) in (.+)$/s, "$2 的无名局部变量$1"],
  [/^local (.+?) in (.+)$/s, "$2 的局部变量 $1"],
  [/^goroutine (\d+) \(/, "goroutine $1（"],
  [/^goroutines \(/, "goroutine（"],
  [/^(goroutine[^（]*（.*)\)$/, "$1）"],
  [/^closure of (.*)$/, "$1 的闭包"],
  [/^captured by (.*)$/, "$1 所捕获"],
  [/^small values without pointers \(block shared by the allocator\)$/, "不含指针的小值（分配器共用的块）"],
  [/^cache of an interface conversion$/, "接口转换的缓存"],
  [/^\[\]T without pointers, of (\d+) bytes each$/, "不含指针的 []T，每个 $1 B"],
  [/ → captured by /g, " → 闭包捕获 "],
  [/ ?\(header\)$/, "（头部）"],
  [/ ?\(directory\)$/, "（目录）"],
  [/ ?\(tables?\)$/, "（表）"],
  [/ ?\(groups\)$/, "（分组）"],
  [/ ?\(overflow list\)$/, "（溢出列表）"],
  [/ ?\(channel\)$/, "（channel）"],
  [/^sync\.Map \(node\)$/, "sync.Map（节点）"],
  [/^sync\.Map \(entry\)$/, "sync.Map（条目）"],
];

function chineseName(text: string): string {
  const holder = /^held by (.*)$/.exec(text)?.[1];
  if (holder === undefined)
    return CHINESE_NAMES.reduce((name, [english, chinese]) => name.replace(english, chinese), text);
  if (holder === "several") return "由多处共同持有";
  if (holder === "a stack") return "由某个栈持有";
  const stack = /^the stack of (.*)$/.exec(holder)?.[1];
  return stack === undefined ? `由 ${chineseName(holder)} 持有` : `由 ${stack} 的栈持有`;
}

const zh: HeapLabels = {
  comma: "，",
  colon: "：",
  none: "无",
  unknownType: "（类型未知）",
  name: chineseName,
  suspect: (name, bytes, share) => `${name} 使 ${bytes} 保持存活，占存活堆的 ${share}。`,
  noSuspect: "没有任何变量或 goroutine 单独持有存活堆的十分之一。",
  summary: (bytes, objects, dead) => `可达对象 ${objects} 个，共 ${bytes}；另有 ${dead} 个已死亡但尚未清扫。`,
  process: (goVersion, goroutines, stackBytes) =>
    `${goVersion}，${goroutines} 个 goroutine，栈共 ${stackBytes}。`,
  owners: "谁持有内存",
  shared: "可从多个根到达",
  pilesUpIn: (name) => `堆积于 ${name}`,
  types: "按类型",
  packages: "按包",
  checks: "可信程度",
  check: {
    identity: {
      "same-build-id": "可执行文件的构建 ID 与进程一致。",
      "same-text": "可执行文件的代码与进程一致；转储中没有构建 ID。",
      "not-checked": "无法确认可执行文件是否属于该进程：转储中没有它的任何一页。",
    },
    typed: (objects, bytes, isStripped) =>
      `${objects} 的对象、${bytes} 的字节类型已知${isStripped ? "；可执行文件已剥离符号，因此变量没有名字" : ""}。`,
    byCode: (bytes) =>
      `其中 ${bytes} 的字节，其类型是程序代码中唯一符合大小、指针和内容的类型，或由此推出：可能如此，但不确定。`,
    held: (bytes) => `另有 ${bytes} 的字节只知道由谁持有。`,
    byDebugInformation: (goVersion) => `${goVersion} 比此版本的 gopatrol 更新；按其自身的调试信息读取。`,
    badPointers: (count) => `${count} 个指针字不是指针：转储可能已损坏。`,
    damagedSpans: (count) => `略去 ${count} 个 span：运行时对它们的记录已损坏。`,
    copiedOver: (milliseconds) =>
      `无法暂停该进程，复制时它又运行了 ${milliseconds} ms：其间改动的内容可能重复计入或未计入。`,
    missingShare: (share) => `转储缺失 ${share}；该部分内容未计入。`,
    missingBytes: (bytes) => `堆中有 ${bytes} 不在转储里。`,
    unknownMasks: (count) => `${count} 个对象未被查看：其类型的指针位图不在转储里。`,
    incompleteStacks: (count) => `${count} 个栈未能回溯到底；其余部分逐字扫描。`,
  },
  map: {
    title: "map",
    entries: (count) => `${count} 个条目`,
    noPath: "（无路径）",
    unknownType: "map（类型未知）",
    own: (bytes, load, rest, hops) =>
      `map 自身 ${bytes}${load}，仅由其条目持有的内容 ${rest}；距根 ${hops} 步`,
    load: (share, slots) => `，使用 ${slots} 个槽位的 ${share}`,
    reclaimable: (bytes) => `用这些条目重建，map 自身可少占 ${bytes}`,
    growing: "正在扩容，新旧 bucket 同时存在",
    keyLengths: (min, max, median) => `键长 ${min} 至 ${max} B（一半不超过 ${median} B）`,
    shapes: (list) => `形如 ${list}`,
    fewShapes: (share) => `去掉其中的数字、标识和时间后，只有 ${share} 的键仍不相同`,
    range: (min, max) => `键从 ${min} 到 ${max}`,
    allocated: (count, stack) => `其采样对象有 ${count} 次分配于 ${stack}`,
  },
  goroutine: {
    title: "goroutine",
    stacks: (bytes, retained) => `栈 ${bytes}，单独持有 ${retained}`,
    createdBy: (place) => `启动于 ${place}`,
  },
  histogram: {
    summary: (bytes, objects, goVersion) => `${goVersion}：可达对象 ${objects} 个，共 ${bytes}。`,
    bytes: "字节",
    objects: "对象",
    by: { type: "类型", package: "包", owner: "持有者" },
    rest: (count) => `其余 ${count} 行（用 --top 显示）`,
  },
  channel: {
    title: "channel",
    elements: (length, capacity, bytes) => `${length} / ${capacity} 个元素，每个 ${bytes}`,
    receivers: (count) => `${count} 个 goroutine 等待接收`,
    senders: (count) => `${count} 个 goroutine 等待发送`,
    closed: "已关闭",
  },
  strings: {
    summary: (count, bytes) => `${count} 个字符串；每种只留一份可节省 ${bytes}。`,
    equal: "相同的字符串",
    copies: (count) => `${count} 份`,
    slices: "有空余容量的 slice",
    sliceCount: (count) => `${count} 个 slice`,
    inUse: (bytes) => `已用 ${bytes}`,
    pinned: "只有一部分被引用的大对象",
    pinnedRow: (address, holder, bytes) => `位于 ${address}：${holder} 只引用其中 ${bytes}`,
  },
  spans: {
    title: "大小类别（槽位、已用槽位、空闲、末尾浪费）",
    large: "大对象",
    noPointers: "无指针",
    spans: (count) => `${count} 个 span`,
    of: (used, slots) => `${used} / ${slots}`,
  },
  specials: {
    summary: (finalizers, cleanups, weak, queued) =>
      `${finalizers} 个终结器，${cleanups} 个清理函数，${weak} 个弱指针；${queued} 个待运行。`,
    kept: (name) => `仅由 ${name} 持有`,
  },
  path: {
    object: (address, type, bytes, retained) => `${address}：${type}，${bytes}，使 ${retained} 保持存活。`,
    way: "从根出发的最短路径",
    dominators: "谁使它存活：去掉其中任何一个，它都会被释放",
    dead: "没有任何指针指向它：已死亡，尚未清扫。",
  },
  query: {
    found: (objects, bytes, retained) => `${objects} 个对象，共 ${bytes}；没有它们可释放 ${retained}。`,
    largest: "持有最多的对象",
  },
  diff: {
    summary: (beforeBytes, beforeObjects, afterBytes, afterObjects, goroutinesBefore, goroutinesAfter) =>
      `${beforeObjects} 个对象、${beforeBytes} 变为 ${afterObjects} 个对象、${afterBytes}；goroutine ${goroutinesBefore} → ${goroutinesAfter}。`,
    owners: "持有者",
    maps: "map（保留字节，条目）",
    types: "类型（字节，对象）",
    older: (bytes) => `其中 ${bytes} 之前已有`,
    age: (bytes, objects, time) =>
      `有 ${objects} 个对象、${bytes} 在两个堆中地址和类型都相同：其存在时间不短于两次之间的间隔${time === "" ? "" : `（${time}）`}。`,
    timeOfFiles: "按文件写入时间",
    reused: "对单个对象并不确定：地址被释放后又分给同类型的另一个对象，看上去也一样。",
    sameProcess: "两个堆属于同一进程：map 的随机种子在两者中相同。",
    maybeSameProcess: "无法判断两个堆是否属于同一进程，因为没有 map 同时在两者中：若重启过，看似旧的并不旧。",
    otherProcess:
      "两个堆属于不同进程，因为同一地址的 map 种子不同，或没有对象仍在原处：无从得知对象的存在时间。",
  },
};

export const HEAP_LABELS: Record<LanguageTag, HeapLabels> = { en, zh };
