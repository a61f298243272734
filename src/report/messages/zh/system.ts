import type { SystemStatements } from "../../../findings/statements/system.ts";
import { at, type WordingOf } from "../wording.ts";
import { aboutOneIn, descriptors, mapping, q, rssTerm } from "./words.ts";

const to = (place: string, direction = "") =>
  place === ""
    ? ""
    : direction === "outgoing"
      ? `（连接到 ${place}）`
      : direction === "accepted"
        ? `（由 ${place} 接受）`
        : `（${place}）`;

const CAUSE: Record<string, string> = {
  fragmentation: "span 使用稀疏",
  free: "空闲页没有归还",
  "huge-pages": "大页占住了已释放的内存",
  "lazy-free": "内核还没有收回的页",
};

export const system: WordingOf<SystemStatements> = {
  "headline-fd": (v) =>
    `文件描述符没有关闭：${descriptors(v.kind)}${to(v.place)}以 ${q(v.rate)} 的速度增加。`,
  "headline-fd-at": (v) =>
    `${at(v.site)} 打开的描述符没有关闭：${descriptors(v.kind)}${to(v.place)}以 ${q(v.rate)} 的速度增加。`,
  "headline-mmap": (v) => `内存映射没有解除：${mapping(v.class)}以 ${q(v.rate)} 的速度增长。`,
  "headline-mmap-at": (v) =>
    `${at(v.site)} 建立的映射没有解除：${mapping(v.class)}以 ${q(v.rate)} 的速度增长。`,
  "headline-cgo": (v) => `C 代码分配的内存没有释放：C 堆以 ${q(v.rate)} 的速度增长，不属于 Go 的堆。`,
  "headline-cgo-at": (v) =>
    `${at(v.site)} 从 C 得到的内存没有释放：C 堆以 ${q(v.rate)} 的速度增长，不属于 Go 的堆。`,
  "headline-plugin": (v) => `插件不断堆积：新增映射 ${q(v.count)} 个，而且永远无法卸载。`,
  "headline-plugin-at": (v) => `${at(v.site)} 不断加载插件：新增映射 ${q(v.count)} 个，而且永远无法卸载。`,
  "headline-not-released": (v) =>
    `进程多占着 ${q(v.excess)} 内存，超出堆的需要：${CAUSE[v.cause] ?? v.cause}。`,
  "headline-outside-go": (v) => `Go 以外的内存以 ${q(v.rate)} 的速度增长：${rssTerm(v.term)}。`,

  "descriptors-grew": (v) =>
    `打开的描述符在 ${q(v.span)} 内从 ${q(v.from)} 个增至 ${q(v.to)} 个（${q(v.samples)} 次采样；纯属偶然的概率${aboutOneIn(v.chance.value)}）。`,
  "descriptor-group-grew": (v) =>
    `其中${descriptors(v.kind)}${to(v.place, v.direction)}：${q(v.from)} → ${q(v.to)}。`,
  "descriptors-half-closed": (v) => `其中 ${q(v.count)} 个处于 CLOSE_WAIT：对方已经关闭，本进程没有关闭。`,
  "descriptor-limit": (v) => `最多 ${q(v.limit)} 个描述符，已打开 ${q(v.open)} 个。`,
  "descriptor-limit-reached-in": (v) =>
    `按此速度，${q(v.low)} 至 ${q(v.high)} 后达到 ${q(v.limit)} 个描述符的上限（报错 EMFILE）。`,
  "mappings-grew": (v) =>
    `${mapping(v.class)}${v.part === "" ? "" : `（${v.part}）`}：${q(v.from)} → ${q(v.to)} 个，共增加 ${q(v.bytes)}。`,
  "resident-term-grew": (v) =>
    `常驻内存中的${rssTerm(v.term)}：${q(v.span)} 内 ${q(v.from)} → ${q(v.to)}（${q(v.samples)} 次采样；纯属偶然的概率${aboutOneIn(v.chance.value)}）。`,
  "go-memory-steady": (v) => `Go 运行时自己的内存解释不了：${q(v.from)} → ${q(v.to)}。`,
  "threads-grew": (v) => `进程的线程数：${q(v.from)} → ${q(v.to)}。`,
  "plugins-mapped": (v) => `系统目录以外的共享对象：${q(v.from)} → ${q(v.to)}，最近一个是 ${v.example}。`,
  "plugins-loaded-in-log": (v) =>
    `LD_DEBUG：启动之后加载了 ${q(v.count)} 个共享对象，最近一个是 ${v.example}。`,
  "source-acquires": (v) => `源码：${at(v.site)} 处的 \`${v.text}\`。`,
  "source-never-releases": (v) => `源码：${at(v.site)} 得到的资源，在可见的代码里没有归还。`,
  "source-leaves-before-release": (v) => `源码：${at(v.site)} 的 return 在归还之前就返回了。`,
  "source-releases-late": (v) => `源码：${at(v.site)} 位于循环内，而 defer 要等到函数结束，不是每轮结束。`,
  "native-leak": (v) =>
    `valgrind：丢失 ${q(v.bytes)}，共 ${q(v.blocks)} 块，分配者：${v.function}${v.place === "" ? "" : `（${v.place}）`}。`,
  "held-beyond-goal": (v) =>
    `堆占着 ${q(v.held)}，而回收器的目标是 ${q(v.goal)}：多出 ${q(v.excess)}，${q(v.samples)} 次采样都是如此。`,
  "held-unused": (v) =>
    `其中 ${q(v.bytes)} 位于只为 ${q(v.objects)} 对象而使用的 span 中：span 只能整个释放。`,
  "held-free": (v) => `其中 ${q(v.bytes)} 是 scavenger 还没有归还的空闲页。`,
  "held-huge-pages": (v) => `大页占住了 ${q(v.bytes)} 的堆内存，而 Go 并没有使用。`,
  "held-lazily-freed": (v) => `${q(v.bytes)} 已用 MADV_FREE 归还：内核需要之前仍计入常驻内存。`,

  "consequence-descriptors": (v) => `${descriptors(v.kind)}${to(v.place)}增加 ${q(v.grown)} 个。`,

  "fix-fd-close": () => "每条路径都要关闭：错误检查之后立即 defer Close；在循环里则放进单独的函数。",
  "fix-fd-keepers": () => "有意保持打开的描述符要设置上限：关闭最旧的，或者所有请求共用一个。",
  "fix-mmap-unmap": () => "每条路径都要解除映射（defer syscall.Munmap），映射交给别处时也一样。",
  "fix-mmap-share": () => "一个文件只映射一次并共用，或者用 ReadAt 只读需要的部分。",
  "fix-cgo-free": () =>
    "每条路径都要释放：检查之后立即 defer C.free(unsafe.Pointer(p))，或者调用该库自己的释放函数。",
  "fix-cgo-valgrind": () =>
    "想知道是哪个 C 调用泄漏，用 valgrind --leak-check=full 运行它的测试，并把日志交给 gopatrol inspect。",
  "fix-cgo-arenas": () => "如果 C 一侧全部释放了，那就是分配器留着：试试 MALLOC_ARENA_MAX=2 或 malloc_trim。",
  "fix-plugin-data": () =>
    "把会变化的部分写成数据，或者嵌入解释器（Starlark、CEL、WebAssembly）：Go 插件永远无法卸载。",
  "fix-plugin-process": () => "如果必须是代码，放进单独的进程并替换进程；插件最多在启动时加载一次。",
  "fix-fragmentation-copy": (v) =>
    `把幸存的对象复制出来：短命对象消失之后重新构建长寿对象（大约可以节省 ${q(v.saving)}）。`,
  "fix-fragmentation-group": () =>
    "不要把长寿对象分配在短命对象中间：先过滤再保留，或者把幸存者放进一个值切片。",
  "fix-free-limit": (v) =>
    Number.isFinite(v.limit.value)
      ? `设置 GOMEMLIMIT（约 ${q(v.limit)}）：接近时运行时会归还内存；高峰之后调用 debug.FreeOSMemory() 则立即归还。`
      : "把 GOMEMLIMIT 设为容器上限的 90 % 左右：接近时运行时会归还内存；高峰之后调用 debug.FreeOSMemory() 则立即归还。",
  "fix-huge-pages": () =>
    "把 /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none 设为 0，或者用 GODEBUG=disablethp=1 运行（Go 1.21.6 及以上）。",
  "fix-lazy-free": () => "无须处理；GODEBUG=madvdontneed=1 会立即归还。",
  "fix-outside-threads": () =>
    "找出是谁在启动线程：C 代码，或者停在 C 或系统调用里的 goroutine；让它们结束，并限制数量。",
  "fix-outside-library": () => "检查 cgo 背后的库：调用它们的关闭函数，查看它们自己的统计。",

  "next-source-of-resource": () => "提供源码（--source DIR），就能指出没有归还的那个调用。",
};
