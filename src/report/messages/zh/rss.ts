import type { RssStatements } from "../../../findings/statements/rss.ts";
import type { WordingOf } from "../wording.ts";
import { rssTerm } from "./rss-words.ts";
import { q } from "./words.ts";

export const rss: WordingOf<RssStatements> = {
  "rss-go-live": (v) =>
    `存活对象（${q(v.bytes)}）是程序引用着的内存；堆 profile 能说明它们在哪里分配：gopatrol inspect。`,
  "rss-go-garbage": (v) =>
    `垃圾（${q(v.bytes)}）会保留到下一次回收：调低 GOGC 或设置 GOMEMLIMIT 可以少留一些，代价是更多 CPU。`,
  "rss-go-objects": (v) => `对象（${q(v.bytes)}）包括存活对象和垃圾；--gc 会先请求一次回收，从而区分两者。`,
  "rss-go-unused": (v) =>
    `span 中有 ${q(v.bytes)} 没有对象（相当于对象所占的 ${q(v.share)}）：同一大小的对象被零散释放。如果长期高于 30 %，请查找大量同一大小小对象的突发分配。`,
  "rss-go-free": (v) =>
    `${q(v.bytes)} 空闲并留待重用；超出目标 10 % 的部分，运行时会在几分钟内归还。设置 GOMEMLIMIT 会更早归还，debug.FreeOSMemory() 则立即归还。`,
  "rss-go-stacks": (v) => `goroutine 栈占 ${q(v.bytes)}：减少 goroutine 或降低调用深度即可减少。`,
  "rss-go-heap": (v) =>
    `没有运行时数据，Go 堆（${q(v.bytes)}）无法细分：同时给出 net/http/pprof、/debug/vars 或 /metrics 的地址。`,
  "rss-go-huge-pages": (v) =>
    `大页使运行时已归还的 ${q(v.bytes)} 仍然常驻${v.maxPtesNone.value > 0 ? `（512 个小页中有 ${q(v.maxPtesNone)} 个为空时，khugepaged 仍会合并成大页）` : ""}：将 /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none 设为 0，或设置 GODEBUG=disablethp=1（Go 1.21.6 及以后）。`,
  "rss-go-lazy-free": (v) =>
    `${q(v.bytes)} 已用 MADV_FREE 归还，在内核需要之前仍然常驻；GODEBUG=madvdontneed=1（Go 1.16 起的默认值）会让它们立即显示为空闲。`,
  "rss-go-swapped": (v) =>
    `Go 堆有 ${q(v.bytes)} 被换出：每次回收都要把它们读回来。Go 服务不应使用交换空间。`,
  "rss-go-metadata": (v) => `运行时自身的结构占 ${q(v.bytes)}；它随堆的最大规模增长，不会缩小。`,
  "rss-exe-text": (v) => `代码和常量（${q(v.bytes)}）是可执行文件的页，内核可以丢弃后再读入。`,
  "rss-c-heap": (v) =>
    `C 代码的 malloc 占 ${q(v.bytes)}，堆 profile 和 GOMEMLIMIT 都看不到。如果它在增长，请查找没有 C.free 的 C.malloc（valgrind 或 jemalloc 的 profile）；如果只是一直很大，MALLOC_ARENA_MAX=2 或 malloc_trim 会有帮助。`,
  "rss-thread-stacks": (v) =>
    `${q(v.threads)} 个线程触及了 ${q(v.bytes)} 的栈：许多 goroutine 同时处于系统调用或 C 代码时，线程会堆积。`,
  "rss-anonymous": (v) =>
    `${q(v.bytes)} 由程序或其库直接映射，没有经过 malloc：查找没有 Munmap 的 syscall.Mmap、堆外缓存，以及 128 kB 以上的 C 分配。`,
  "rss-plugins": (v) => `加载的共享对象占 ${q(v.bytes)}；Go 插件永远无法卸载。`,
  "rss-files": (v) => `${q(v.bytes)} 是映射文件的页；没有写过的页内核可以丢弃。`,
  "rss-shared-memory": (v) => `${q(v.bytes)} 是共享内存，直到解除映射并删除才会释放。`,
  "rss-outside-go": (v) =>
    `没有 /proc/PID/smaps，${q(v.bytes)} 匿名内存无法细分：以该进程的用户、root 或带 CAP_SYS_PTRACE 权限运行 gopatrol。`,
  "rss-unexplained": (v) =>
    `${q(v.bytes)}（${q(v.share)}）未能解释；各次读取相隔数毫秒，繁忙的堆会留下少量余数。`,
  "rss-term-grows": (v) => `正在增长：${rssTerm(v.term)}，${q(v.from)} → ${q(v.to)}，${q(v.rate)}。`,
  "rss-cgroup-cache": (v) =>
    `kubelet 所依据的工作集（${q(v.workingSet)}）包含 ${q(v.reclaimable)} 活跃页缓存，内核在终止进程之前会先丢弃它。`,
  "rss-cgroup-events": (v) =>
    `窗口内 cgroup 触及 memory.high ${q(v.high)} 次，触及上限 ${q(v.max)} 次；${q(v.oomKill)} 个进程被终止。`,
  "rss-fds-near-limit": (v) => `文件描述符上限为 ${q(v.limit)}，已打开 ${q(v.open)} 个。`,
  "verdict-rss-growing": (v) =>
    `常驻内存（RSS）以 ${q(v.rate)} 的速度增长，主要是${rssTerm(v.term)}（${q(v.rise)}）。`,
  "verdict-rss-level": (v) =>
    `常驻内存（RSS）在 ${q(v.span)} 内保持平稳（${q(v.samples)} 次采样）。没有 pprof，无法判断堆本身。`,
  "verdict-rss-insufficient": (v) =>
    `数据不足：只看了 ${q(v.samples)} 次常驻内存（RSS），至少需要 ${q(v.needed)} 次才能区分增长与偶然波动。`,
};
