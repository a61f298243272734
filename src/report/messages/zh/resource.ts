import type { ResourceStatements } from "../../../findings/statements/resource.ts";
import { at, type WordingOf } from "../wording.ts";
import { q } from "./words.ts";

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
};
