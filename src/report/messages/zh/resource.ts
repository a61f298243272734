import type { ResourceStatements } from "../../../findings/statements/resource.ts";
import { at, type WordingOf } from "../wording.ts";
import { aboutOneIn, closer, q } from "./words.ts";

export const resource: WordingOf<ResourceStatements> = {
  "headline-http-body": (v) =>
    `${at(v.site)} 的调用之后没有关闭 HTTP 响应体：连接以 ${q(v.rate)} 的速度流失。`,
  "headline-http-body-unknown-site": (v) => `HTTP 响应体没有关闭：连接以 ${q(v.rate)} 的速度流失。`,
  "http-read-loops": (v) =>
    `等待读取响应体的客户端连接从 ${q(v.from)} 个增至 ${q(v.to)} 个（readLoop 停在 select；空闲连接则会等待 I/O）。`,
  "http-call-site": (v) => `${at(v.site)} 调用了 HTTP 客户端（窗口内经此分配了 ${q(v.calls)} 个对象）。`,
  "source-no-body-close": (v) => `源码：${at(v.site)} 从不关闭响应体。`,
  "source-close-behind-loop": (v) =>
    `源码：${at(v.site)} 位于循环内，而响应体在循环之后才关闭：多次尝试中只有最后一次被关闭。`,
  "source-return-before-close": (v) => `源码：${at(v.site)} 的 return 在关闭响应体之前就返回了。`,
  "fix-body-close": () =>
    "错误检查之后立即写 defer resp.Body.Close()，每条路径都要执行，状态码不是 200 时也一样。",
  "fix-body-drain": () => "如需复用连接，先读完剩余内容：io.Copy(io.Discard, resp.Body)，并限制长度。",
  "headline-client-per-request": (v) =>
    `${at(v.site)} 反复创建 ${v.instance}（${v.library}）而不关闭：${q(v.rate)}。`,
  "headline-client-unknown-site": (v) => `反复创建 ${v.instance}（${v.library}）而不关闭：${q(v.rate)}。`,
  "headline-library-goroutines": (v) =>
    `${at(v.site)} 使 ${v.library} 启动的 goroutine 不会结束：${q(v.rate)}。`,
  "client-goroutines": (v) =>
    `${v.library} 为每个实例保留的 goroutine（${at(v.entry)}）从 ${q(v.from)} 个增至 ${q(v.to)} 个。`,
  "client-made": (v) => `${at(v.site)} 调用了构造函数（窗口内经此分配了 ${q(v.objects)} 个对象）。`,
  "client-used": (v) =>
    `${at(v.site)} 调用了${v.library === "" ? "该库" : ` ${v.library}`}，其分配的内存一直保留；未见到构造函数的调用。`,
  "source-makes-client": (v) => `源码：${at(v.site)} 的 \`${v.text}\`。`,
  "fix-client-share": (v) =>
    `程序启动时创建一个 ${v.instance}（或每种配置一个），供所有请求共用：它可以并发使用，并自带连接池。`,
  "fix-client-close": (v) => `必须新建时，在每条路径上都归还：${closer(v.closer)}。`,
  "fix-client-give-back": (v) =>
    `在每条路径上都归还，出错和提前返回时也一样：错误检查之后立即 defer ${v.closer}。`,
  "fix-library-close": (v) => `${v.library} 的实例只创建一次并共用，或者在每条路径上都关闭（停止）它。`,
  "headline-http-transport": (v) =>
    `${at(v.site)} 反复创建 HTTP Transport，每个都保留自己的连接：${q(v.rate)} 空闲连接留存。`,
  "headline-http-idle-pool": (v) =>
    `${at(v.site)} 创建的 HTTP Transport 的连接池保留所有空闲连接：增加 ${q(v.rate)}。`,
  "headline-http-idle-caller": (v) => `${at(v.site)} 的调用之后，空闲 HTTP 连接不断堆积：增加 ${q(v.rate)}。`,
  "headline-http-idle-unknown-site": (v) => `空闲 HTTP 连接不断堆积：增加 ${q(v.rate)}。`,
  "http-idle-loops": (v) =>
    `空闲的客户端连接从 ${q(v.from)} 个增至 ${q(v.to)} 个（readLoop 等待 I/O：上一个响应已读完）。`,
  "transport-made": (v) =>
    `堆 profile 显示，${at(v.site)} 在窗口内创建了${v.instance === "" ? " Transport" : ` ${v.instance}`}。`,
  "source-makes-transport": (v) => `源码：${at(v.site)} 的 \`${v.text}\`。`,
  "fix-transport-share": () =>
    "程序启动时创建一个带 Transport 的 http.Client 并共用；各请求不同的设置应放在请求及其 context 中。",
  "fix-idle-timeout": () =>
    "设置 IdleConnTimeout（http.DefaultTransport 为 90 秒；自建的 Transport{} 没有），或者用完后调用 CloseIdleConnections。",
  "fix-idle-cap": () =>
    "设置 MaxIdleConns：否则连接池保留的空闲连接数等于访问过的主机数乘以 MaxIdleConnsPerHost。",
  "headline-timer": (v) => `${at(v.site)} 用 time.${v.kind} 创建的定时器不断堆积：既没有停止，也没有触发。`,
  "headline-timer-holds": (v) =>
    `${at(v.site)} 的 time.${v.kind} 没有停止：触发之前，其函数一直保留它引用的对象。`,
  "source-makes-timer": (v) =>
    `源码：${at(v.site)} 的 \`${v.text}\`${v.duration === "" ? "" : `，时长 ${v.duration}`}。`,
  "source-timer-no-stop": (v) => `源码：包内没有任何代码停止 ${at(v.site)} 创建的定时器。`,
  "timer-func-held": () =>
    "在任何 Go 版本中，AfterFunc 定时器及其函数和所引用的对象，在触发或停止之前都由运行时保留。",
  "timers-stay-old-go": (v) =>
    `在 ${v.version} 中，无论是否还有人引用，运行时都会保留定时器，直到它触发或停止；ticker 则永远保留。`,
  "timers-stay-go-line": (v) =>
    `${v.version} 本可回收无人引用的定时器，但 go.mod 的 go 行为 ${v.line}：低于 1.23 时默认 asynctimerchan=1，定时器会留存。`,
  "timers-stay-maybe": () =>
    "在 Go 1.23 之前，或者 go.mod 的 go 行低于 1.23 时，无论是否还有人引用，运行时都会保留定时器，直到它触发或停止。",
  "timers-are-held": () =>
    "自 Go 1.23 起，无人引用的定时器会被回收：因此仍有代码引用它们，或者设置了 GODEBUG=asynctimerchan=1。",
  "fix-timer-reuse": () =>
    "在循环之前创建一个 time.NewTimer，每轮 Reset，并 defer 其 Stop；若只关心是否长时间无事件，用 ticker 加一个标志即可。",
  "fix-timer-stop": () => "等待一结束就在每条路径上调用 Stop：defer timer.Stop()。",
  "fix-ticker-stop": () =>
    "time.NewTicker 之后立即写 defer ticker.Stop()；time.Tick 只用于与程序同寿命的循环。",
  "fix-timer-func": () =>
    "保存 time.AfterFunc 的返回值，对象处理完毕时调用 Stop；让其函数使用 id 而不是对象本身。",
  "fix-timer-go": () => "Go 1.23（且 go.mod 的 go 行不低于 1.23）会回收无人引用的定时器和 ticker。",
  "headline-context": (v) =>
    `${at(v.site)} 用 context.${v.kind} 创建的 context 没有取消，一直留在父 context 中。`,
  "headline-context-values": (v) =>
    `${at(v.site)} 用 context.WithValue 创建的 context 不断堆积：每一层都保留其下一层。`,
  "source-makes-context": (v) =>
    `源码：\`${v.text}\`${v.parent === "" ? "" : `；在取消或到期之前，父 context ${v.parent} 一直登记着它`}。`,
  "source-cancel-never": () => "源码：取消函数从未被调用。",
  "source-cancel-stored": (v) =>
    `源码：取消函数${v.field === "" ? "被保存" : `保存在 ${v.field} 中`}，包内没有任何代码调用它。`,
  "source-cancel-called": (v) => `源码：${at(v.site)} 的 \`${v.text}\` 会取消它，但并非每条路径都如此。`,
  "fix-context-cancel": () =>
    "创建 context 之后立即写 defer cancel()；go vet（lostcancel）能找出缺少它的路径。",
  "fix-context-end": () => "工作结束时总要调用保存的取消函数，而不只是在中止时：重复取消并不是错误。",
  "fix-context-parent": () => "有请求的 context 时从它派生：挂在其下的内容会随它一起结束。",
  "fix-context-nest": () =>
    "不要在循环中或在长寿命对象上，把派生出的 context 赋回原变量；每个都应从同一个父 context 派生。",
  "fix-context-stop": () => "工作结束时，调用 context.AfterFunc 返回的 stop 函数。",
  "headline-pool-unreset": (v) => `对象未清空就放回池 ${v.pool}，每次使用都在 ${at(v.site)} 继续增长。`,
  "headline-pool-oversized": (v) => `池 ${v.pool} 的对象在 ${at(v.site)} 增长，无论多大都会放回。`,
  "headline-pool-large": (v) => `池 ${v.pool} 以大对象的形式保留 ${q(v.bytes)}。`,
  "pool-value-grows": (v) =>
    `${at(v.site)} 分配的内存属于池 ${v.pool} 的对象：窗口结束时每个 ${q(v.objectBytes)}。`,
  "pool-size-records": (v) =>
    `池 ${v.pool} 的使用者分配的对象越来越大：最大的对象开始时为 ${q(v.from)}，结束时为 ${q(v.to)}；窗口的 ${q(v.parts)} 段中有 ${q(v.records)} 段出现了比以往都大的对象（偶然出现的概率${aboutOneIn(v.chance.value)}）。`,
  "pool-size-peak": (v) =>
    `各次采样中同时在用的最多 ${q(v.bytes)}。回收会取走闲置在池中的对象，为采样而强制的回收也是如此；两次回收之间实际更多。`,
  "source-pool-put": (v) => `源码：由 ${at(v.site)} 的 \`${v.text}\` 放回。`,
  "source-pool-no-reset": (v) => `源码：两次使用之间，没有任何代码清空 ${v.pool} 的对象。`,
  "source-pool-no-bound": (v) => `源码：放回 ${v.pool} 时不检查大小，一次大请求就会让对象一直很大。`,
  "fix-pool-reset": () =>
    "在放回之处清空对象（buf.Reset()、s.text = s.text[:0]、clear(m)），这样取用之处就不会忘记。",
  "fix-pool-bound": () => "变得过大的对象不要放回：if cap(buf) > 64<<10 { return }。",
};
