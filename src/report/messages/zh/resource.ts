import type { ResourceStatements } from "../../../findings/statements/resource.ts";
import { at, type WordingOf } from "../wording.ts";
import { closer, q } from "./words.ts";

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
};
