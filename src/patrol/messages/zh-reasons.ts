/**
 * Why the patrol did what it did, English → Chinese. Reasons are written into history and run records before anybody
 * has chosen a language. Placeholders as in src/report/messages/zh/foreign.ts, whose sentences are known besides;
 * `{condition}` stands for a part of an expression. test/patrol/chinese-reasons.test.ts finds what has no line here.
 */
export const REASONS: Readonly<Record<string, string>> = {
  // The life of an alert
  "it fires if it holds for {duration} and in {count} samples":
    "若持续 {duration} 且在 {count} 个样本中成立，则触发",
  "it fires if it holds for {duration}": "若持续 {duration}，则触发",
  "it fires if it holds in {count} samples": "若在 {count} 个样本中成立，则触发",
  "it had held for {duration} and {count} samples": "此前已持续 {duration}，{count} 个样本",
  "it had held for {duration} and 1 sample": "此前已持续 {duration}，1 个样本",
  "it fired for {duration}": "共告警 {duration}",
  "kept for {duration}: keep_firing_for": "按 keep_firing_for 再保持 {duration}",
  "kept for {duration}: it flaps, having fired {count} times within the hour":
    "告警反复抖动，一小时内已触发 {count} 次，因此再保持 {duration}",
  "{Why}, {count} times within the hour": "{Why}，一小时内第 {count} 次",
  "from {before} to {after}: {Why}": "由 {before} 升为 {after}：{Why}",
  "{Why} for {duration}": "{Why}，已持续 {duration}",
  "the target is no longer patrolled": "目标已不在巡检范围内",
  "the check is no longer configured": "该检查已不在配置中",
  "no longer held: {Why}": "不再暂停通知：{Why}",

  // Expressions
  "{metric} = {value}, not {rest}": "{metric} = {value}，不满足 {rest}",
  "{condition} ({values})": "{condition}（{values}）",
  "{condition}": "{condition}",
  "not {condition} ({values})": "不满足 {condition}（{values}）",
  "not {condition}": "不满足 {condition}",
  "{metrics} is missing": "缺少 {metrics}",
  "{metrics} are missing": "缺少 {metrics}",
  "{metric} is there": "存在 {metric}",
  "{expression} has no value (a division by zero)": "{expression} 没有值（除数为零）",
  "the expression is not valid any more": "表达式已失效",
  "it can be judged again": "又可以判断了",
  "nothing was measured": "没有测得任何值",

  // Who is told
  "maintenance window {name}, until {time}": "维护窗口 {name}，至 {time}",
  "no route leads to a receiver": "没有路由通向接收方",
  "it depends on {target}, which is down": "它依赖的 {target} 不可用",
  "it depends on {target}, which is to be looked at first": "它依赖的 {target} 需要先检查",
  "counted, not listed, {How}": "已计入总数但未列出，{How}",
  "{How} in a message of {count} alerts": "{How}，同一条消息共含 {count} 条告警",
  "{How}, {count} groups put together to keep the receiver's limit":
    "{How}，为遵守接收方的频率限制合并了 {count} 组",
  "{How}, instead of {receiver}": "{How}，代替 {receiver}",
  "as still firing": "告知仍在告警",
  "as firing": "告知告警",
  "as resolved": "告知已恢复",
  "tried again in {duration}": "{duration} 后重试",
  "there is no fallback": "没有备用接收方",
  "{receiver} is told instead": "改为通知 {receiver}",
  "the notifier failed: {said}": "通知程序出错：`{said}`",
  "no recipient was accepted: {names}": "没有任何收件人被接受：{names}",
  "HTTP {status}": "HTTP {status}",
  "HTTP {status}: {answer}": "HTTP {status}：`{answer}`",
  "HTTP {status} without a code: {answer}": "HTTP {status}，没有 code：`{answer}`",
  "HTTP {status} without ok: {answer}": "HTTP {status}，没有 ok：`{answer}`",
  "HTTP {status} without an errcode: {answer}": "HTTP {status}，没有 errcode：`{answer}`",
  "code {number}: {answer}": "code {number}：`{answer}`",
  "errcode {number}: {answer}": "errcode {number}：`{answer}`",
  "SMTP {number}: {answer}": "SMTP {number}：`{answer}`",

  // The patrol itself
  "it is over": "已结束",
  "no longer seen: {What}": "不再出现：{What}",
  "there are results again": "又有结果了",
  "no result for {count} slots of {lane}": "{lane} 已有 {count} 个时段没有结果",
  "last result never, expected every {duration}": "从未有结果，应每 {duration} 一次",
  "last result {ago} ago, expected every {duration}": "上次结果在 {ago} 前，应每 {duration} 一次",
  "it runs as root: run it as a user of its own (systemd: DynamicUser=yes), or set allow_root = true in [run]":
    "以 root 身份运行：请使用专用用户（systemd 用 `DynamicUser=yes`），或在 `[run]` 中设置 `allow_root = true`",
  "it has {names}, which it does not need: CapabilityBoundingSet= takes them away":
    "拥有不需要的权限 {names}：请用 `CapabilityBoundingSet=` 去除",
  "{path} cannot be written: give it to the patrol's user": "无法写入 {path}：请将其交给巡检的用户",
  "{path} can be written by everybody (mode {mode}): chmod o-w {again}":
    "任何人都可写入 {path}（权限 {mode}）：请执行 `chmod o-w {again}`",
  "{path} belongs to another user (uid {uid}), who could change what is patrolled: chown it":
    "{path} 属于其他用户（uid {uid}），其可更改巡检内容：请用 chown 更改属主",
  "{path} holds a secret and can be read by everybody (mode {mode}): chmod o-r {again}":
    "{path} 含有密钥，却任何人都可读取（权限 {mode}）：请执行 `chmod o-r {again}`",
  "{share} of the store's disk is free, below {least}": "存储所在磁盘剩余 {share}，低于 {least}",
  "the load is {load} per core, above {most}": "每核负载为 {load}，高于 {most}",
  "the patrol itself has {size} resident, above {most}": "巡检自身常驻内存为 {size}，高于 {most}",
  "the clock was set by {seconds} s within the last minute": "最近一分钟内时钟被调整了 {seconds} s",
  "the store does not take anything: {said}": "存储无法写入：`{said}`",
  "the target is at {share} of its memory limit, above {most}: no profile is taken":
    "目标已用去内存上限的 {share}，高于 {most}：不获取 profile",
  "not taken by {names}": "{names} 未接收",
  "permission did not pass": "权限检查未通过",
  "nothing was stored": "没有写入存储",
  "there is room again": "又有余量了",
  "the new configuration is not used: {said}": "未采用新配置：`{said}`",
  "it took longer than {seconds} s": "耗时超过 {seconds} s",
  "profiles are taken of suspects only, and nothing speaks against this target":
    "只对可疑目标获取 profile，而此目标没有可疑之处",
  "the run was abandoned before it began": "运行在开始前就被放弃",
  "the patrol is paused": "巡检已暂停",
  "{spent} captures within the hour are the target's budget; again at {time}":
    "一小时内 {spent} 次采集的预算已用完；{time} 起恢复",
  "{spent} CPU seconds within the hour are the target's budget; again at {time}":
    "一小时内 {spent} 秒 CPU 的预算已用完；{time} 起恢复",
  "It failed {count} times in a row and is looked at again in {seconds} s":
    "已连续失败 {count} 次，{seconds} s 后再检查",
  "The {kind} check did not stop when its time was up": "{kind} 检查到时后没有停止",
  "The {kind} check failed by a fault of its own ({name})": "{kind} 检查自身出错（{name}）",

  // Checks: the network
  "{where}: stopped before it was done": "{where}：尚未完成就已停止",
  "{where}: the host's name cannot be resolved ({code})": "{where}：主机名无法解析（{code}）",
  "{where}: no way to the host ({code})": "{where}：没有到该主机的路由（{code}）",
  "{where}: the connection broke before the answer was complete ({code})":
    "{where}：响应尚未完整，连接就断开了（{code}）",
  "{where}: the connection broke before the answer was complete": "{where}：响应尚未完整，连接就断开了",
  "{where}: connected, but no complete answer within {ms} ms": "{where}：已连接，但 {ms} ms 内没有完整的响应",
  "{where}: connected, but no complete answer": "{where}：已连接，但没有完整的响应",
  "{where}: its certificate has expired": "{where}：其证书已过期",
  "{where}: it answered with more than {bytes} bytes": "{where}：响应超过 {bytes} 字节",
  "{where}: the server does not speak TLS": "{where}：服务器不使用 TLS",

  // Checks: who may ask
  "{where}: {Answered}: the credentials were not accepted": "{where}：{Answered}，凭据未被接受",
  "{where}: {Answered}: it wants credentials": "{where}：{Answered}，需要凭据",
  "{where}: {Answered}: this may not be seen": "{where}：{Answered}，无权查看",
  "{where}: {Answered}: it is overloaded or limits requests": "{where}：{Answered}，服务过载或限制了请求",
  "{where}: {Answered}, a redirect": "{where}：{Answered}，是重定向",
  "{where}: {Answered}, a redirect to {location}": "{where}：{Answered}，重定向到 {location}",
  "{where}: the user or password was not accepted": "{where}：用户名或密码未被接受",
  "{where}: the credentials were not accepted": "{where}：凭据未被接受",
  "{where}: it wants a user and password": "{where}：需要用户名和密码",
  "{where}: it wants a password": "{where}：需要密码",
  "{where}: the user may not ask PING or INFO": "{where}：该用户无权执行 PING 或 INFO",
  "{where}: it is in protected mode and lets only its own host in": "{where}：处于保护模式，只允许本机访问",
  "{where}: it has no connection left": "{where}：已没有可用连接",
  "A credential cannot be had: {said}": "无法取得凭据：`{said}`",
  "The bearer token holds characters that HTTP does not allow": "bearer 令牌含有 HTTP 不允许的字符",
  "The {what} holds characters that HTTP does not allow": "`{what}` 含有 HTTP 不允许的字符",
  "The file {path} cannot be read ({code})": "无法读取文件 {path}（{code}）",
  "The certificate files cannot be used ({code})": "证书文件无法使用（{code}）",

  // Checks: what was answered
  "{where}: answered 404": "{where}：响应状态为 404",
  "{where}: answered with something else than a profile": "{where}：返回的不是 profile",
  "{where}: answered with another page than the index of Go's net/http/pprof":
    "{where}：返回的是其他页面，而不是 Go 的 net/http/pprof 索引页",
  "{where}: answered with something else than the index of Go's net/http/pprof":
    "{where}：返回的不是 Go 的 net/http/pprof 索引页",
  "{where}: answers without credentials, so that whoever reaches the port can read profiles, the command line, and stop the service for a trace":
    "{where}：无需凭据即可访问，能连到该端口的任何人都可读取 profile 和命令行，并可为获取 trace 而暂停服务",
  "{where}: answers, though pprof is not to be reachable here": "{where}：可以访问，而这里不应能访问 pprof",
  "{where}: is no heap profile in text form": "{where}：不是文本形式的堆 profile",
  "{where}: has no metrics of a single Go process": "{where}：没有单个 Go 进程的指标",
  "{where}: has no memstats": "{where}：没有 memstats",
  "{where}: the body lacks what body_contains asks for": "{where}：响应体缺少 body_contains 要求的内容",
  "{where}: the body holds what body_not_contains forbids":
    "{where}：响应体含有 body_not_contains 禁止的内容",
  "{where}: the body does not match body_matches": "{where}：响应体与 body_matches 不匹配",
  "{where}: the answer does not hold {expected}": "{where}：响应中没有 `{expected}`",
  "{where}: the answer is not Redis' protocol": "{where}：响应不是 Redis 协议",
  "{where}: the answer is not that of a Prometheus API": "{where}：响应不是 Prometheus API 的格式",
  "{where}: the query has no result": "{where}：查询没有结果",
  "{where}: the query took longer than the check's time and was stopped":
    "{where}：查询超过检查的时限，已中止",
  "The query returned no row": "查询没有返回任何行",
  "The consistency query returned more than {n} rows": "一致性查询返回的行数超过 {n}",
  "The consistency query returned {n} row": "一致性查询返回了 {n} 行",
  "The consistency query returned {n} rows": "一致性查询返回了 {n} 行",
  "The server asked for a local file, which is refused": "服务器要求读取本地文件，已拒绝",
  "The target's address does not fit a {kind} check: {said}": "目标地址不适合 {kind} 检查：`{said}`",
  "The options of the {kind} check are not valid: {said}": "{kind} 检查的选项无效：`{said}`",
  "The {kind} cannot be decoded: {Why}": "{kind} 无法解码：{Why}",
  "There is no earlier heap profile of this target; this one is the base of the next difference":
    "此目标没有更早的堆 profile；本次的将作为下次对比的基准",
  "The base profile is of an earlier process, so there is no difference; this profile is the new base":
    "基准 profile 属于更早的进程，因此无法对比；本次的将作为新的基准",
  "{target} holds {share} of its limit of {bytes} bytes, and a heavy look is allowed up to {most}":
    "{target} 已用去上限 {bytes} 字节的 {share}，而重型检查只允许到 {most}",
  "{target} holds {share} of GOMEMLIMIT of {bytes} bytes, and a heavy look is allowed up to {most}":
    "{target} 已用去 GOMEMLIMIT（{bytes} 字节）的 {share}，而重型检查只允许到 {most}",
  "{target} is not on this machine, so its memory cannot be looked at from outside":
    "{target} 不在本机，因此无法从外部查看其内存",
  "Nothing on this machine listens on port {port}": "本机没有进程监听端口 {port}",
  "The process ended while it was looked at: {Why}": "查看时进程已结束：{Why}",
  "The process does not exist: {Why}": "进程不存在：{Why}",
  "The process cannot be looked at: {Why}": "无法查看进程：{Why}",
  "the process belongs to another user and may not be looked at": "该进程属于其他用户，无权查看",
  "the process that listens on port {port} belongs to another user and may not be looked at":
    "端口 {port} 上的进程属于其他用户，无权查看",

  // A look without a reason
  refused: "被拒绝",
  failed: "失败",
  error: "错误",
  skipped: "已跳过",

  // Last: whatever has a reason behind it, and what has none of ours.
  "{What} ({Why})": "{What}（{Why}）",
  "{where}: {What}": "{where}：{What}",
};
