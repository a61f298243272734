import type { GoroutineStatements } from "../../../findings/statements/goroutine.ts";
import { at, type WordingOf } from "../wording.ts";
import { aboutOneIn, q, state } from "./words.ts";

export const goroutine: WordingOf<GoroutineStatements> = {
  "headline-goroutines-blocked": (v) =>
    `goroutine 不断堆积，都在 ${at(v.site)} ${state(v.state)}：以 ${q(v.rate)} 的速度增加，无一返回。`,
  "headline-goroutines-started": (v) =>
    `${at(v.entry)} 的 goroutine 不断堆积（${state(v.state)}）：以 ${q(v.rate)} 的速度增加，无一返回。程序从 ${at(v.site)} 启动它们。`,
  "headline-lock-held": (v) =>
    `goroutine 不断堆积，都在 ${at(v.site)} 等待锁：以 ${q(v.rate)} 的速度增加。该锁在 ${at(v.holder)} 被持有，持有它的 goroutine 正${state(v.state)}。`,
  "lock-taken": (v) => `源码：${at(v.site)} 的 \`${v.text}\` 取得该锁，到此处尚未释放。`,
  "lock-holder-waits": (v) => `持有者就在转储中：${state(v.state)}，位于 ${at(v.site)}。`,
  "headline-stack-deep": (v) =>
    `goroutine 栈占用 ${q(v.bytes)}：${at(v.site)} 递归很深，同时有 ${q(v.goroutines)} 个 goroutine 如此。`,
  "headline-stack-wide": (v) =>
    `goroutine 栈占用 ${q(v.bytes)}：${at(v.site)}（${q(v.goroutines)} 个 goroutine）的栈帧很大。`,
  "headline-stack-many": (v) =>
    `goroutine 栈占用 ${q(v.bytes)}：goroutine 数量极多，其中 ${q(v.goroutines)} 个位于 ${at(v.site)}。`,
  "stack-share": (v) =>
    `栈占 ${q(v.bytes)}，为栈与堆对象总量的 ${q(v.share)}：共 ${q(v.goroutines)} 个 goroutine，平均每个 ${q(v.each)}。`,
  "stack-frames-elided": (v) =>
    `Go 只打印每个栈的 ${q(v.frames)} 个栈帧；这里有 ${q(v.goroutines)} 个 goroutine 超过此数。`,
  "stack-recursion": (v) => `打印出的 ${q(v.frames)} 个栈帧中有 ${q(v.times)} 个是 ${at(v.site)}。`,
  "source-wide-local": (v) =>
    `源码：${at(v.site)} 的 \`${v.text}\` 在每个调用者的栈上占 ${q(v.bytes)}，直到垃圾回收收缩该栈为止。`,
  "fix-stack-deep": () =>
    "改用循环和一个待处理切片来遍历该结构，或限制深度：栈满时翻倍，只有在垃圾回收发现四分之三未使用时才会收缩。",
  "fix-stack-wide": () =>
    "改从堆上取得大数组：每个 worker 只创建一次切片，或使用 sync.Pool；大数组还在栈上时不要等待任何操作。",
  "fix-stack-many": () =>
    "限制数量：使用 worker 池、信号量，或由一个 goroutine 服务多个对象（时间轮、批量读取）。",
  "goroutines-grew": (v) =>
    `停在这一行的 goroutine 在 ${q(v.span)} 内从 ${q(v.from)} 个增至 ${q(v.to)} 个（${q(v.samples)} 次采样；纯属偶然的概率${aboutOneIn(v.chance.value)}）。`,
  "goroutines-survive": (v) =>
    `按 goroutine id 比对，窗口早期连续两次采样都见到的 goroutine 有 ${q(v.share)} 到窗口结束时仍在。`,
  "goroutines-leave": (v) =>
    `窗口早期连续两次采样都见到的 goroutine 只有 ${q(v.share)} 仍在：有一部分能够通过。`,
  "goroutines-waited": (v) => `其中等待最久的已等待 ${q(v.minutes)}。`,
  "goroutines-leaked": (v) => `运行时自身已将其中 ${q(v.count)} 个标记为泄漏：不可达，且永久阻塞。`,
  "goroutines-created": (v) => `它们由 ${at(v.site)} 启动。`,
  "goroutines-cost": (v) =>
    `每个 goroutine 占用 ${q(v.stack)} 栈${v.heap.value > 0 ? `和 ${q(v.heap)} 堆` : ""}：合计 ${q(v.rate)}，即每天 ${q(v.perDay)}。`,
  "goroutines-fill-limit": (v) => `仅凭它们，${q(v.limit)} 上限的余量将在 ${q(v.time)} 后耗尽。`,
  "source-blocks": (v) => `源码：它们停在 \`${v.text}\`。`,
  "source-channel-made": (v) =>
    `源码：该 channel 在 ${at(v.site)} 创建，${v.text === "" || v.text === "0" ? "没有缓冲" : `缓冲为 ${v.text}`}。`,
  "source-select-without-done": () => "源码：该 select 没有 ctx.Done()、超时或 default 分支。",
  "source-no-deadline": (v) => `源码：${at(v.site)} 及其在该栈上的调用者都没有设置期限或超时。`,
  "source-deadline": (v) =>
    `源码：${at(v.site)} 处有期限 \`${v.text}\`；它可能被不断延长、过长，或不针对此操作。`,
  "source-loop-endless": (v) =>
    `源码：外层循环 \`${v.text}\`（${at(v.site)}）没有任何出口：没有条件、return 或 break。`,
  "source-loop-ends-by-context": (v) =>
    `源码：外层循环 \`${v.text}\`（${at(v.site)}）会检查 context；该 context 未被取消，或休眠不会因它提前结束。`,
  "source-loop-ends-by-condition": (v) =>
    `源码：外层循环 \`${v.text}\`（${at(v.site)}）只能靠自身的条件结束，而该条件没有满足。`,
  "source-no-done": (v) => `源码：该包中没有任何语句对 \`${v.text}\` 调用 Done。`,
  "source-done": (v) => `源码：${at(v.site)} 的 \`${v.text}\` 应结束此等待；有的路径没有走到它。`,
  "source-no-signal": (v) => `源码：该包中没有任何语句对 \`${v.text}\` 调用 Signal 或 Broadcast。`,
  "source-signal": (v) => `源码：${at(v.site)} 的 \`${v.text}\` 应结束此等待；条件的某些变化没有走到它。`,
  "candidate-leaked": (v) => `运行时已将其中 ${q(v.count)} 个标记为泄漏。`,
  "candidate-grew": (v) =>
    Number.isNaN(v.stay.value)
      ? `从 ${q(v.from)} 个增至 ${q(v.to)} 个。`
      : `从 ${q(v.from)} 个增至 ${q(v.to)} 个，最初的那些有 ${q(v.stay)} 仍在。`,
  "candidate-many": (v) => `${q(v.count)} 个阻塞在同一处 channel 操作；LeakProf 的阈值为 ${q(v.threshold)}。`,
  "candidate-waits": (v) => `其中 ${q(v.count)} 个等待时间的中位数不短于 ${q(v.minutes)}。`,
  "consequence-stacks": (v) => `goroutine 栈占用 ${q(v.bytes)}。`,
  "consequence-goroutines": (v) =>
    `另有 ${q(v.grown)} 个新增的 goroutine 在 ${at(v.site)} ${state(v.state)}。`,
  "fix-send-done": () => "让发送方能够放弃：用 select 同时等待发送和 ctx.Done()。",
  "fix-send-buffer": () => "如果恰好只发送一个值，而接收方可能已经离开，请将 channel 的容量设为 1。",
  "fix-receive-close": () => "最后一个发送方结束时关闭 channel，每条返回路径都要做到，出错时也不例外。",
  "fix-receive-done": () => "让接收方能够放弃：用 select 同时等待接收和 ctx.Done()。",
  "fix-select-done": () => "增加 ctx.Done()（或停止 channel）分支，并确保每条路径上都会取消它。",
  "fix-lock-scope": () => "找出谁持有锁：检查提前返回或 panic 时是否漏掉 Unlock，并改用 defer Unlock()。",
  "fix-lock-holder": () => "持有锁期间不要收发 channel、发起外部调用或休眠；先复制所需数据，再解锁。",
  "fix-io-deadline": () =>
    "为每次网络等待设置期限：每次读写前调用 conn.SetDeadline(time.Now().Add(…))，DialContext 带超时，请求带 context。",
  "fix-io-close": () => "所有者放弃时关闭连接或文件：正在进行的读取只有靠关闭才会结束。",
  "fix-io-http-server": () =>
    "使用设置了 ReadHeaderTimeout、ReadTimeout 和 IdleTimeout 的 http.Server；http.ListenAndServe 和零值 Server 都没有这些超时。",
  "fix-io-syscall": () =>
    "每个还占用一个系统线程。限制所调用的操作：子进程用 exec.CommandContext，可能挂起的锁和文件系统加超时，其余用信号量限制并发。",
  "fix-sleep-context": () =>
    "不用 time.Sleep，改用 select 同时等待定时器和 ctx.Done()，不再需要结果时取消该 context。",
  "fix-sleep-limit": () => "达到一定次数或总时长后放弃，逐次加长间隔，并由一个 goroutine 为大家重试。",
  "fix-waitgroup-done": () =>
    "把 `defer wg.Done()` 作为每个 worker 的第一条语句，使每次返回和 panic 都被计入。",
  "fix-waitgroup-add": () =>
    "紧挨 go 语句之前调用 Add，每个真正启动的 worker 一次；或改用 errgroup，或 Go 1.25 的 WaitGroup.Go。",
  "fix-cond-signal": () => "在持有锁时修改条件，每次修改后调用 Broadcast，关停时也要调用。",
  "fix-cond-channel": () => "Cond 的等待不能设超时：在 select 中同时等待 channel 和 ctx.Done() 则可以。",
};
