import type { AllocationOperation } from "../../../analysis/allocation-operation.ts";
import type { BlockState } from "../../../analysis/block-state.ts";
import type { LiveHeap } from "../../../analysis/memory-series.ts";
import type { TrendShape } from "../../../analysis/trend.ts";
import type { DecisionAnswers, DecisionLeafId, DecisionNodeId } from "../../../inspect/decision-tree.ts";
import { formatQuantity, type QuantityWords } from "../../../lib/format-quantity.ts";
import type { Quantity } from "../../../lib/quantity.ts";
import { wordOf } from "../wording.ts";

export const QUANTITY_WORDS: QuantityWords = { unknown: "未知", cycles: "次", to: "至" };

const OPERATION: Record<AllocationOperation, string> = {
  "map-insert": "向 map 写入条目",
  "map-create": "创建 map",
  "slice-growth": "向切片追加元素",
  "make-slice": "创建切片",
  "new-object": "分配对象",
  "make-channel": "创建 channel",
  "string-concat": "拼接字符串",
  string: "构造字符串",
  interface: "将值装箱为接口",
  goroutine: "启动 goroutine",
  other: "分配内存",
};

const STATE: Record<BlockState, string> = {
  send: "阻塞于 channel 发送",
  receive: "阻塞于 channel 接收",
  select: "阻塞于 select",
  lock: "等待锁",
  waitgroup: "等待 WaitGroup",
  cond: "等待 Cond",
  io: "等待 I/O",
  sleep: "休眠",
  syscall: "执行系统调用",
  running: "运行",
  other: "等待",
};

const SHAPE: Record<TrendShape, string> = {
  growing: "持续增长",
  saturating: "上升后已趋于平稳",
  flat: "平稳",
  step: "一次性上升，此后平稳",
  periodic: "周期性起伏",
  falling: "下降",
  undecided: "有所上升，尚无法判断是否会继续",
  insufficient: "采样太少，无法判断",
};

const LIVE_SOURCE: Record<LiveHeap["source"], string> = {
  "after-gc": "刚完成一次回收时读取",
  profile: "取自堆 profile，为抽样估计",
  "heap-alloc": "含尚未回收的垃圾",
  gctrace: "取自日志中的 gctrace 行，每次回收之后",
};

/** What varies in a key. */
const KEY_PART: Record<string, string> = {
  timestamp: "时间",
  nanoseconds: "纳秒时间",
  address: "对端的主机和端口",
  url: "原始 URL 或路径",
  "user-agent": "客户端标识（User-Agent）",
  "error-text": "错误文本",
  "request-id": "请求 ID",
  random: "随机 ID",
  pointer: "对象地址",
};

/** How to make few values of it. */
const KEY_REMEDY: Record<string, string> = {
  timestamp: "去掉时间，或取整到固定区间并丢弃已过去的区间",
  nanoseconds: "去掉时间",
  address: "保留主机、去掉端口（net.SplitHostPort），或只保留网段前缀",
  url: '用路由模式（r.Pattern，"/orders/{id}"）代替路径，并去掉查询参数',
  "user-agent": "归并为少数类别（浏览器、爬虫、其他）",
  "error-text": "用错误的种类（errors.Is、错误码）代替其文本",
  "request-id": "去掉 ID：它属于日志和链路追踪",
  random: "去掉随机 ID",
  pointer: "用名称代替地址",
};

export const keyPart = (word: string) => wordOf(KEY_PART, word);
export const keyRemedy = (word: string) => wordOf(KEY_REMEDY, word);
/** What closes an instance, where it is more than a call; see findings/client-libraries.ts. */
const CLOSER: Record<string, string> = {
  "DB() and Close() of what it returns": "对 DB() 的返回值调用 Close()",
  "Unregister(c), or one collector for all requests": "Unregister(c)，或所有请求共用一个 collector",
  "one cache for all requests": "所有请求共用一个缓存",
  "one client for all requests": "所有请求共用一个客户端",
  "one configuration for all requests": "所有请求共用一份配置",
};

export const closer = (word: string) => wordOf(CLOSER, word);
export const operation = (word: string) => wordOf(OPERATION, word);
export const state = (word: string) => wordOf(STATE, word);
export const shape = (word: string) => wordOf(SHAPE, word);
export const liveSource = (word: string) => wordOf(LIVE_SOURCE, word);
export const named = (target: string, what: string) => (target === "" ? what : target);

/** "1.9 MB", "~1.9 MB" for estimates, "未知" for what is not known. */
export function q(value: Quantity): string {
  return formatQuantity(value.value, value.unit, {
    words: QUANTITY_WORDS,
    ...(value.estimate === true ? { estimate: true } : {}),
  });
}

/** "约 1/333" for a probability; chances below one in 10,000 are not worth more digits. */
export function aboutOneIn(chance: number): string {
  if (!(chance > 1e-4)) return "不到 1/10,000";
  return `约 1/${Math.max(1, Math.round(1 / chance))}`;
}

const ANSWER: Record<DecisionAnswers[DecisionNodeId], string> = {
  rising: "是。",
  "levelled-off": "否，上升后已趋于平稳。",
  level: "否。",
  unknown: "未知：采集到的数据无法说明。",
  "more-often": "是。",
  steady: "否，频率与之前相同。",
  "less-often": "否，频率降低。",
  none: "否，运行时没有触发过回收。",
  explained: "是。",
  partly: "只能解释一部分。",
  high: "是。",
  usual: "否，在通常范围内。",
  heap: "是。",
  outside: "否，大部分增长在 Go 之外。",
  "not-rising": "它没有上升。",
};

const CONCLUSION: Record<DecisionLeafId, string> = {
  "goroutines-leak": "先看 goroutine：它们引用的内存随之上升。",
  "heap-sites": "堆中保留的内存越来越多：上面的分配点说明了是什么。",
  "heap-unexplained": "堆中保留的内存越来越多，但抽样太少，无法说明是什么。",
  "outside-go": "增长不在 Go 的堆中：请查看 C 内存、映射和文件。",
  "collector-setting": "能够查看的部分都没有堆积：堆的大小由垃圾回收器的设置决定。",
  churn: "能够查看的部分都没有堆积，但分配后即丢弃的内存越来越多。",
  "warm-up": "有些内存被填充后已稳定，与缓存和池的预热相符。",
  level: "能够查看的部分都没有堆积。",
  insufficient: "数据太少，无法判断。",
};

export const answer = (word: string) => wordOf(ANSWER, word);
export const conclusion = (word: string) => wordOf(CONCLUSION, word);

const DESCRIPTORS: Record<string, string> = {
  file: "文件",
  "deleted-file": "已删除的文件",
  tcp: "TCP 连接",
  udp: "UDP 套接字",
  unix: "unix 套接字",
  socket: "套接字",
  pipe: "管道",
  eventpoll: "epoll 实例",
  inotify: "inotify 实例",
  "io-uring": "io_uring 实例",
  device: "设备",
  proc: "/proc 文件",
  other: "描述符",
};
export const descriptors = (word: string) => DESCRIPTORS[word] ?? word;

const MAPPING: Record<string, string> = {
  file: "文件映射",
  anonymous: "匿名映射",
  "shared-memory": "共享内存映射",
};
export const mapping = (word: string) => MAPPING[word] ?? word;

const RSS_TERM: Record<string, string> = {
  "c-heap": "C 堆",
  "thread-stacks": "线程栈",
  anonymous: "匿名映射",
  files: "文件映射",
  "shared-memory": "共享内存",
  "outside-go": "Go 没有计入的部分",
};
export const rssTerm = (word: string) => RSS_TERM[word] ?? word;
const FINALIZER_KIND: Record<string, string> = { finalizer: "finalizer", cleanup: "cleanup" };
export const finalizerKind = (word: string) => FINALIZER_KIND[word] ?? word;
