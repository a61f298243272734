import type { DiffLabels } from "../diff-labels.ts";

const within = (span: string) => (span === "" ? "" : `，历时 ${span}`);
const course = (word: string) => (word === "" ? "" : `，${word}`);

export const diff: DiffLabels = {
  title: "对比",
  heapGrew: (v) =>
    `在用内存增加了 ${v.growth}（${v.before} → ${v.after}）${within(v.span)}${course(v.course)}。`,
  heapShrank: (v) => `在用内存减少了 ${v.growth}（${v.before} → ${v.after}）${within(v.span)}。`,
  heapSame: (v) => `在用内存几乎没有变化（${v.before} → ${v.after}）${within(v.span)}。`,
  allocated: (v) =>
    v.survivors === ""
      ? `期间共分配 ${v.bytes}，总体上没有保留。`
      : `期间共分配 ${v.bytes}，其中保留 ${v.survivors}。`,
  goroutineCount: (count) => `${count} 个 goroutine`,
  goroutinesMoved: (v) => `goroutine：${v.before} → ${v.after}（${v.growth}）${course(v.course)}。`,
  perUnit: (v) =>
    `按 \`${v.counter}\` 计（共 ${v.count}），平均每次：${[
      v.kept === "" ? "" : `在用增加 ${v.kept}`,
      v.allocated === "" ? "" : `分配 ${v.allocated}`,
    ]
      .filter(Boolean)
      .join("，")}。`,
  counterChosen: (v) => `\`${v.counter}\` 是按名称选作负载的；可用 --per NAME 另选。`,
  noCounter: "没有采集到请求计数器，因此没有按负载折算。",
  otherProcess: "进程在期间重启过，或者这是两个进程：分配量从最后一个进程启动时算起。",
  fewInCommon: (share) => `两者只有 ${share} 的自有函数相同：如果是不同的程序，差异没有意义。`,
  unordered: "输入的时间顺序与给出的顺序不一致：按给出的顺序比较，不计算速率。",
  course: {
    monotone: "持续上升",
    levelled: "但已趋于平稳",
    wave: "但时升时降",
    level: "平稳",
    falling: "下降",
    unknown: "",
  },
  rowCourse: {
    monotone: "持续上升",
    levelled: "已趋于平稳",
    wave: "时升时降",
    level: "",
    falling: "下降",
    unknown: "",
  },
  change: { new: "新增", gone: "消失" },
  fromTo: (before, after) => `${before} → ${after}`,
  allocatedNote: (bytes) => `分配 ${bytes}`,
  survive: (share) => `保留 ${share}`,
  each: (amount) => `每次 ${amount}`,
  error: (bytes) => `± ${bytes}`,
  changes: (created, gone) => `新增 ${created} 处，消失 ${gone} 处。`,
  section: {
    inputs: "比较对象",
    sites: "各分配点的增长",
    shrunk: "减少",
    packages: "按包",
    modules: "按模块",
    goroutines: "按状态和位置统计的 goroutine",
    flame: "增长火焰图",
    damage: "未能读取",
  },
  column: {
    input: "输入",
    taken: "采集时间",
    inUse: "在用",
    goroutines: "goroutine",
    growth: "增长",
    before: "之前",
    after: "之后",
    allocated: "分配",
    ratio: "÷ 增长",
    survivors: "保留率",
    each: "每次",
    course: "走势",
    place: "函数与行",
    cumulative: "含被调用者",
    name: "名称",
    state: "状态",
  },
  more: (count) => `… 另有 ${count} 项（--top 或 --format json）`,
  nothing: "没有增减。",
};
