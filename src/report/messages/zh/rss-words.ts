import type { RssTermId } from "../../../analysis/rss-account.ts";

export const RSS_TERM: Record<RssTermId, string> = {
  "go-live": "Go：存活对象",
  "go-garbage": "Go：尚未释放的垃圾",
  "go-objects": "Go：对象（存活和垃圾）",
  "go-unused": "Go：span 内未用空间",
  "go-free": "Go：空闲但未归还",
  "go-stacks": "Go：goroutine 栈",
  "go-heap": "Go：堆",
  "go-work-buffers": "Go：回收器工作缓冲区",
  "go-huge-pages": "Go：已归还但仍在大页中",
  "go-lazy-free": "Go：已归还但仍常驻",
  "go-in-between": "Go：两次读取之间分配",
  "go-untouched": "Go：已计入但从未触及",
  "go-swapped": "Go：已换出",
  "go-metadata": "Go：运行时自身结构",
  "exe-text": "可执行文件：代码和常量",
  "exe-data": "可执行文件：数据",
  "c-heap": "C：malloc",
  "thread-stacks": "线程栈",
  anonymous: "其他匿名映射",
  plugins: "插件",
  "shared-libraries": "共享库",
  files: "映射的文件",
  "shared-memory": "共享内存",
  "outside-go": "匿名内存（未细分）",
};

export const rssTerm = (word: string) => RSS_TERM[word as RssTermId] ?? word;
