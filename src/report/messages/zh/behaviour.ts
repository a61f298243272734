import type { BehaviourStatements } from "../../../findings/statements/behaviour.ts";
import { at, type WordingOf } from "../wording.ts";
import { operation, q } from "./words.ts";

export const behaviour: WordingOf<BehaviourStatements> = {
  "headline-malloc-burst": (v) =>
    `窗口开始 ${q(v.at)} 后，分配速率突然从 ${q(v.from)} 升到 ${q(v.to)}，并保持在该水平。`,
  "headline-malloc-burst-site": (v) =>
    `窗口开始 ${q(v.at)} 后，分配速率突然从 ${q(v.from)} 升到 ${q(v.to)}，并保持在该水平；其中大部分来自 ${at(v.site)}。`,
  "allocation-step": (v) =>
    `之前的分配速率：${q(v.from)}；之后：${q(v.to)}，即 ${q(v.objects)} 个对象，比之前的中位数高 ${q(v.score)} 个标准差。`,
  "burst-site": (v) =>
    `${at(v.site)} 在${operation(v.operation)}：此后为 ${q(v.rate)}，占增量的 ${q(v.share)}；之前也有分配。`,
  "burst-site-new": (v) =>
    `${at(v.site)} 在${operation(v.operation)}：此后为 ${q(v.rate)}，占增量的 ${q(v.share)}，之前几乎没有分配。`,
  "fix-burst-cause": () =>
    "查明当时开始了什么：任务、客户端、部署或被清空的缓存。上面的位置都在它的调用路径上。",
  "fix-burst-stream": () => "如果本应如此，就让它流式处理：复用一个缓冲区，分块处理，并限制同时运行的数量。",
};
