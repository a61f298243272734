import type { GoroutineStatements } from "../../../findings/statements/goroutine.ts";
import { at, type WordingOf } from "../wording.ts";
import { aboutOneIn, q, state } from "./words.ts";

export const goroutine: WordingOf<GoroutineStatements> = {
  "headline-goroutines-blocked": (v) =>
    `goroutine 不断堆积，都在 ${at(v.site)} ${state(v.state)}：以 ${q(v.rate)} 的速度增加，无一返回。`,
  "goroutines-grew": (v) =>
    `停在这一行的 goroutine 在 ${q(v.span)} 内从 ${q(v.from)} 个增至 ${q(v.to)} 个（${q(v.samples)} 次采样；纯属偶然的概率${aboutOneIn(v.chance.value)}）。`,
  "goroutines-survive": (v) =>
    `按 goroutine id 比对，窗口早期见到的 goroutine 有 ${q(v.share)} 到窗口结束时仍在。`,
  "goroutines-leave": (v) => `窗口早期见到的 goroutine 只有 ${q(v.share)} 仍在：有一部分能够通过。`,
  "goroutines-waited": (v) => `其中等待最久的已等待 ${q(v.minutes)}。`,
  "goroutines-leaked": (v) => `运行时自身已将其中 ${q(v.count)} 个标记为泄漏：不可达，且永久阻塞。`,
  "goroutines-created": (v) => `它们由 ${at(v.site)} 启动。`,
  "source-blocks": (v) => `源码：它们停在 \`${v.text}\`。`,
  "source-channel-made": (v) =>
    `源码：该 channel 在 ${at(v.site)} 创建，${v.text === "" || v.text === "0" ? "没有缓冲" : `缓冲为 ${v.text}`}。`,
  "source-select-without-done": () => "源码：该 select 没有 ctx.Done()、超时或 default 分支。",
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
};
