/**
 * What capture and the decoders say, English text → Chinese. They speak before a language is chosen: their sentences
 * are kept in bundles. `{name}` stands for whatever is there and is carried over; a name in capitals for a text that is
 * translated as well. The test in test/report/foreign-texts.test.ts finds sentences that have no line here.
 */
export const FOREIGN: Readonly<Record<string, string>> = {
  // Frames around other texts.
  "GET {url}: {What}": "GET {url}：{What}",
  "{format}: {What} at byte {offset} (0x{hex})": "{format} 格式，字节偏移 {offset} 处：{What}",

  "{path}: {format}: {What} at byte {offset} (0x{hex})":
    "{path}：{format} 格式，字节偏移 {offset} 处：{What}",

  // inspect: what cannot be compared
  "{name} holds neither a heap profile nor goroutines": "{name} 既没有堆 profile，也没有 goroutine",
  "{name} holds neither a heap profile nor goroutines ({What})":
    "{name} 既没有堆 profile，也没有 goroutine（{What}）",
  "give heap or goroutine profiles, goroutine dumps, or bundles of gopatrol capture":
    "请提供堆或 goroutine 的 profile、goroutine 转储，或 gopatrol capture 的 bundle",
  "the inputs are not of one kind: {a} has only a heap, {b} only goroutines":
    "输入的种类不同：{a} 只有堆，{b} 只有 goroutine",
  "compare heap with heap, or goroutines with goroutines": "请用堆与堆比较，或用 goroutine 与 goroutine 比较",
  "different programs: {a} is {x}, {b} is {y}": "程序不同：{a} 是 {x}，{b} 是 {y}",
  "different programs: of {n} own functions in {a} and {m} in {b} only {left} are in both":
    "程序不同：{a} 有 {n} 个自有函数，{b} 有 {m} 个，只有 {left} 个两者都有",
  "compare captures of one program, or inspect each by itself": "请比较同一程序的采集结果，或分别检查",
  "there is no counter {name} that grew": "没有名为 {name} 且增长的计数器",
  "capture /metrics or /debug/vars as well: no other counter grew either":
    "请同时采集 /metrics 或 /debug/vars：其他计数器也没有增长",
  "these grew: {names}": "增长的有：{names}",

  // capture: the network
  "connection refused": "连接被拒绝",
  "check that the service runs and that its pprof server listens on this address (one bound to 127.0.0.1 is reachable only from its own host or pod)":
    "请确认服务正在运行，且其 pprof 服务器监听在该地址（绑定到 127.0.0.1 的只能在本机或本 pod 内访问）",
  "the host name cannot be resolved": "主机名无法解析",
  "check the name": "请检查名称",
  "no route to the host ({code})": "没有到该主机的路由（{code}）",
  "check the network": "请检查网络",
  "the answer is not HTTP ({code})": "响应不是 HTTP（{code}）",
  "check the port, and whether it wants https://": "请检查端口，以及是否需要 https://",
  "the connection broke {When}": "{When}，连接就断开了",
  "before an answer came ({code})": "尚未收到响应（{code}）",
  "before an answer came": "尚未收到响应",
  "before the first byte of the body": "尚未收到响应体的第一个字节",
  "look whether the service restarted or a proxy in between closed the connection, and try again":
    "请检查服务是否重启过，或中间的代理是否关闭了连接，然后重试",
  "no connection{Within}": "无法建立连接{Within}",
  "no connection": "无法建立连接",
  " within {ms} ms": "（{ms} ms 内）",
  "check host, port and firewall, or give more time with --connect-timeout":
    "请检查主机、端口和防火墙，或用 --connect-timeout 放宽时间",
  "no answer within {ms} ms": "{ms} ms 内没有响应",
  "the service may be overloaded or the profile large: give more time with --timeout":
    "服务可能过载，或 profile 很大：请用 --timeout 放宽时间",
  'answered {status} "{said}"': "响应状态为 {status}，内容为 `{said}`",
  "answered {status}, a redirect to {location}": "响应状态为 {status}，重定向到 {location}",
  "answered {status}": "响应状态为 {status}",
  "write https://": "请写成 https://",
  "give --bearer or --basic": "请提供 --bearer 或 --basic",
  "these credentials may not see it: give others, or ask who guards it":
    "这些凭据无权查看：请换用其他凭据，或询问管理者",
  "if the service has pprof elsewhere, give its path, as in http://host:port/prefix/debug/pprof":
    "如果服务的 pprof 在别处，请给出路径，例如 http://host:port/prefix/debug/pprof",
  "the service is overloaded or limits requests: try later or with a longer --every":
    "服务过载或限制了请求：请稍后重试，或加大 --every",
  "look into the service's own log": "请查看服务自身的日志",
  "check the address": "请检查地址",
  "give that address, or --follow-redirects (credentials are not sent to another host)":
    "请直接给出该地址，或使用 --follow-redirects（凭据不会发送到其他主机）",
  "a bad address": "一个无效的地址",
  "the answer is larger than {bytes} bytes": "响应超过 {bytes} 字节",
  "raise --max-body if you trust the service": "如果信任该服务，请调大 --max-body",
  "stopped before the answer was complete": "响应尚未完整就已停止",
  "run it again": "请重新运行",
  "the server hung up during the TLS handshake": "服务器在 TLS 握手时断开了连接",
  "write http:// if it does not speak TLS, else look into its log":
    "如果它不使用 TLS，请写成 http://，否则请查看其日志",
  "the server does not speak TLS here": "服务器在此端口不使用 TLS",
  "write http://": "请写成 http://",
  "the server wants a client certificate or refused ours ({code})":
    "服务器要求客户端证书，或拒绝了我们的证书（{code}）",
  "give --cert FILE and --key FILE of a client it knows":
    "请用 --cert FILE 和 --key FILE 提供它认可的客户端证书",
  "its certificate cannot be trusted ({code})": "其证书不受信任（{code}）",
  "give --ca FILE with the authority that signed it, or --insecure":
    "请用 --ca FILE 提供签发它的 CA，或使用 --insecure",
  'answered in the encoding "{encoding}", which we did not ask for':
    "响应采用了我们未请求的编码 `{encoding}`",
  "look at the proxy in between": "请检查中间的代理",
  "look at the proxy in between, or try again": "请检查中间的代理，或重试",
  "the compressed answer cannot be read ({detail})": "压缩的响应无法读取",

  // capture: what an answer is
  "answered with nothing": "响应为空",
  "look at the service or a proxy in between": "请检查服务或中间的代理",
  "answered with {What} where Go's {kind} was expected": "期望得到 Go 的 {kind}，却收到了{What}",
  "check port and path: Go's net/http/pprof is usually at http://host:port/debug/pprof/":
    "请检查端口和路径：Go 的 net/http/pprof 通常位于 http://host:port/debug/pprof/",
  "an empty answer": "空响应",
  "an HTML page": "一个 HTML 页面",
  XML: " XML",
  JSON: " JSON",
  "compressed data": "压缩数据",
  "binary data": "二进制数据",
  'the text "{text}"': "文本 `{text}`",
  "{goroutines} goroutines are more than the {limit} up to which a full dump, which stops the service while it is written, is taken; raise --max-goroutines to have it":
    "goroutine 有 {goroutines} 个，超过了获取完整转储的上限 {limit}（转储期间服务会暂停）；如需获取，请调大 --max-goroutines",
  "Only the first {asked} of {all} addresses were asked for their names":
    "{all} 个地址中只查询了前 {asked} 个的名称",
  "{target}: nothing was asked of it": "{target}：没有向它请求任何数据",
  "let the guard allow the first sample": "请允许第一次采样",
  "stopped before anything was captured": "尚未采集到任何数据就已停止",
  "what was captured until then is in {path}": "此前采集到的数据在 {path}",

  // capture: targets, files and bundles
  "no target was given": "没有给出目标",
  "several targets were given that do not go together": "给出的多个目标不能放在一起",
  "give one service, or one bundle, or any number of profile and dump files":
    "请给出一个服务、一个 bundle，或任意数量的 profile 和转储文件",
  "give a URL (http://host:6060), host:port, :port, pid:N, a bundle, or profile and dump files; for several, one kind only":
    "请给出 URL（http://host:6060）、host:port、:port、pid:N、bundle，或 profile 和转储文件；多个目标必须同类",
  "{path} is a directory without manifest.json, so it is not a bundle":
    "{path} 目录中没有 manifest.json，不是 bundle",
  "name the files in it instead, as in {path}": "请改为列出其中的文件，例如 {path}",
  "{path} cannot be looked at ({code})": "无法访问 {path}（{code}）",
  "check its permissions": "请检查其权限",
  "there is no file {path}": "文件 {path} 不存在",
  "check the path": "请检查路径",
  '"{word}" is neither a file nor host:port': "`{word}` 既不是文件，也不是 host:port",
  '"{word}" is not a URL or host:port': "`{word}` 不是 URL 或 host:port",
  "the scheme {scheme}:// is not supported": "不支持协议 {scheme}://",
  "use http:// or https://": "请使用 http:// 或 https://",
  "{word} names port 0": "{word} 的端口为 0",
  "give the port of the pprof server": "请给出 pprof 服务器的端口",
  "{path} is a directory": "{path} 是目录",
  "name the files in it": "请列出其中的文件",
  "{path} is neither a file nor a pipe": "{path} 既不是文件，也不是管道",
  "name a file": "请给出文件",
  "{path} is larger than {bytes} bytes": "{path} 超过 {bytes} 字节",
  "no profile or dump is that large: check what this file is":
    "没有这么大的 profile 或转储：请检查该文件是什么",
  "{path} cannot be read ({code})": "{path} 无法读取（{code}）",
  "{path} could not be read ({code})": "{path} 无法读取（{code}）",
  "{path} is empty": "{path} 是空文件",
  "capture it again": "请重新采集",
  "all the files are empty": "所有文件都是空的",
  "capture them again": "请重新采集",
  "{path} exists and is not a bundle, so it was left alone": "{path} 已存在且不是 bundle，因此未改动",
  "name another place, or remove it yourself": "请换一个位置，或自行删除它",
  "the bundle {path} cannot be written ({code})": "bundle {path} 无法写入（{code}）",
  "check the path, its permissions and the space left on the disk": "请检查路径、权限和磁盘剩余空间",
  "the bundle holds {bytes} bytes, more than the {limit} that are read from an archive":
    "bundle 有 {bytes} 字节，超过了归档文件可读取的上限 {limit} 字节",
  "write it to a directory: give a name without .tar.gz": "请写入目录：使用不带 .tar.gz 的名称",
  "both a bearer token and a user with password were given": "同时给出了 bearer 令牌和用户名密码",
  "give one": "请只给出一个",
  "the header {name} holds characters that HTTP does not allow": "请求头 {name} 含有 HTTP 不允许的字符",
  "give it as --header 'Name: value', without line breaks": "请写成 `--header 'Name: value'`，不含换行",
  "a client {What} was given": "只给出了客户端{What}",
  "key without its certificate": "私钥，没有证书",
  "certificate without its key": "证书，没有私钥",
  "give both --cert and --key": "请同时给出 --cert 和 --key",
  "the CA file holds no PEM certificate": "CA 文件中没有 PEM 证书",
  "give PEM text to --ca": "请向 --ca 提供 PEM 文本",
  "the certificate files cannot be used ({detail})": "证书文件无法使用",
  "check that --ca, --cert and --key are PEM files, that the key belongs to the certificate and has no passphrase":
    "请确认 --ca、--cert 和 --key 是 PEM 文件，私钥与证书匹配且没有口令",

  // bundles
  "{path} is missing from the bundle": "bundle 中缺少 {path}",
  "named by the manifest but missing from the bundle": "manifest 中列出，但 bundle 中没有",
  "{path} has {bytes} bytes where {captured} were captured; what is there was kept":
    "{path} 有 {bytes} 字节，而采集时有 {captured} 字节；现有部分予以保留",
  "{path} is not what was captured (its SHA-256 differs); it was read all the same":
    "{path} 与采集时不同（SHA-256 不一致）；仍然读取了它",
  "{path} is a link out of the bundle and was not followed": "{path} 是指向 bundle 之外的链接，未跟随",
  "{path} is not a file and was passed over": "{path} 不是文件，已跳过",
  "the manifest is larger than {bytes} bytes": "manifest 超过 {bytes} 字节",
  "the manifest is not that of a gopatrol bundle": "该 manifest 不属于 gopatrol 的 bundle",
  "the manifest has version {version}, and this gopatrol reads version 1":
    "manifest 的版本为 {version}，而此 gopatrol 只能读取版本 1",
  "Update gopatrol to read it": "请更新 gopatrol 后再读取",
  "the manifest is wrong{At}: {detail}": "manifest 有误{At}",
  "the manifest is wrong: {detail}": "manifest 有误",
  " at {path}": "（{path}）",
  "Capture again: it was edited or damaged": "请重新采集：它被修改过或已损坏",
  "the manifest is not whole JSON": "manifest 不是完整的 JSON",
  "The file looks cut short or edited; capture again": "文件看起来被截断或修改过；请重新采集",
  "the manifest names the unsafe path {path}": "manifest 中含有不安全的路径 {path}",
  "Do not trust this bundle": "不要信任此 bundle",
  "the manifest names {path} twice": "manifest 中 {path} 出现了两次",
  "Give a directory or archive that gopatrol capture wrote": "请提供由 gopatrol capture 写出的目录或归档文件",
  "{path} is a link or device, not a file, and was passed over": "{path} 是链接或设备，不是文件，已跳过",
  "the archive ends inside an entry: {n} of its {m} bytes were kept":
    "归档文件在某个条目中间结束：保留了其 {m} 字节中的 {n} 字节",
  "Do not unpack this archive; ask where it is from": "不要解开此归档文件；请核实其来源",
  "all after the first {n} gzip members was passed over": "跳过了前 {n} 个 gzip 成员之后的全部内容",
  "{n} bytes after the end of the gzip stream were passed over": "跳过了 gzip 流结束之后的 {n} 字节",
  "the archive holds no manifest.json": "归档文件中没有 manifest.json",
  "Give an archive that gopatrol capture wrote, or the profiles in it as loose files":
    "请提供由 gopatrol capture 写出的归档文件，或把其中的 profile 作为单独的文件提供",
  "the archive is no tar header": "归档文件没有 tar 头",
  "Give an archive that gopatrol capture wrote": "请提供由 gopatrol capture 写出的归档文件",
  "the archive holds {name}, which points outside of it": "归档文件含有 {name}，它指向归档之外",
  "the tar header of entry {n} is damaged; the entries before it were kept":
    "第 {n} 个条目的 tar 头已损坏；此前的条目予以保留",

  "inputs disagree: its TotalAlloc, {bytes} bytes, does not lie between those that {origin} gave before and after it, so it is of another process or of another time; its figures were left out":
    "各来源不一致：其 TotalAlloc 为 {bytes} 字节，不在 {origin} 前后给出的数值之间，因此属于另一个进程或另一时间；其数据已略去",
  "inputs disagree: HeapInuse {n} and HeapIdle {m} do not add up to HeapSys {all}":
    "各来源不一致：HeapInuse {n} 与 HeapIdle {m} 之和不等于 HeapSys {all}",
  "inputs disagree: the memory class {name} would be {value} bytes":
    "各来源不一致：内存类别 {name} 将为 {value} 字节",
  "inputs disagree: the memory classes add up to {n} bytes, and Sys is {m}":
    "各来源不一致：各内存类别合计 {n} 字节，而 Sys 为 {m}",

  // decoders: compression and bytes
  "the compressed data are cut off {Where}; the {bytes} bytes before that were kept":
    "压缩数据{Where}被截断；此前的 {bytes} 字节予以保留",
  "before the end": "在结束之前",
  "in the gzip trailer": "在 gzip 尾部",
  "the compressed data are corrupt": "压缩数据已损坏",
  "checksum or length do not match the inflated data": "校验和或长度与解压后的数据不符",
  "The file was damaged on its way; fetch it again": "文件在传输中损坏；请重新获取",
  "compression method {method} is not deflate": "压缩方法 {method} 不是 deflate",
  "Only the first two bytes look like gzip; check what this file is":
    "只有前两个字节像 gzip；请检查该文件是什么",
  "inflates to more than the limit of {bytes} bytes": "解压后超过上限 {bytes} 字节",
  "No profile or dump is that large; this looks like a decompression bomb":
    "没有这么大的 profile 或转储；这看起来像解压炸弹",
  "{n} more places like these, the last one here": "另有 {n} 处类似的问题，最后一处在此",
  "The file looks cut short or overwritten; fetch it again": "文件看起来被截断或覆盖；请重新获取",
  "The file looks cut short; fetch it again": "文件看起来被截断；请重新获取",
  "field {field} claims {bytes} bytes, {left} remain": "字段 {field} 声称有 {bytes} 字节，只剩 {left} 字节",
  "field {field} has the unknown wire type {type}": "字段 {field} 的 wire 类型 {type} 未知",
  "field {field} has wire type {type} instead of {expected}":
    "字段 {field} 的 wire 类型为 {type}，应为 {expected}",
  "a varint goes on past the end": "varint 超出了末尾",
  "a varint of more than ten bytes": "varint 超过十个字节",
  "a 4-byte value goes on past the end": "4 字节的值超出了末尾",
  "an 8-byte value goes on past the end": "8 字节的值超出了末尾",

  // decoders: pprof
  "the rest was passed over, {Detail}": "其余部分已跳过：{Detail}",
  "the file is empty": "文件为空",
  "Fetch it again": "请重新获取",
  "{bytes} bytes are over the limit of {limit}": "{bytes} 字节，超过上限 {limit}",
  "No profile is so large": "没有这么大的 profile",
  "no whole sample is left": "没有留下任何完整的样本",
  "there is no string table": "没有字符串表",
  "This is not a whole pprof profile": "这不是完整的 pprof profile",
  "the file ends before the names that Go writes last": "文件在 Go 最后写入的名称之前就结束了",
  "Two profiles were written into one file; separate them": "一个文件中写入了两个 profile；请将它们分开",
  "concatenated profiles detected": "检测到拼接在一起的 profile",
  "the file breaks off inside a field; the {n} whole samples before it were kept":
    "文件在字段中间中断；此前的 {n} 个完整样本予以保留",
  "{n} samples were dropped: locations they name are not in the file":
    "丢弃了 {n} 个样本：其引用的位置不在文件中",
  "{n} source lines were dropped: functions they name are not in the file":
    "丢弃了 {n} 个源码行：其引用的函数不在文件中",
  "{n} labels were dropped: strings they name are not in the file":
    "丢弃了 {n} 个标签：其引用的字符串不在文件中",
  "{n} names read as empty: they are not in the file": "{n} 个名称按空值读取：它们不在文件中",
  "a {table} has the reserved id 0": "某个 {table} 使用了保留的 id 0",
  "a {table} has the id {id} of another one": "某个 {table} 的 id {id} 与另一个重复",
  "a sample has {n} values where others have {m}": "某个样本有 {n} 个值，而其他样本有 {m} 个",
  "samples have {n} values for {m} sample types": "样本有 {n} 个值，而样本类型有 {m} 种",
  "go tool pprof refuses this profile too": "go tool pprof 同样拒绝此 profile",
  "its tables would take {bytes} bytes, over the limit of {limit}":
    "其表格需要 {bytes} 字节，超过上限 {limit}",
  "No real profile has so many rows for its size; check where this file comes from":
    "真实的 profile 在这样的大小下不会有这么多行；请检查该文件的来源",
  "a negative string index": "负的字符串索引",
  "a location has a line without a function": "某个位置的行没有函数",
  'string_table[0] must be ""': "`string_table[0]` 必须为空字符串",
  "This is not a pprof profile, or a damaged one": "这不是 pprof profile，或已损坏",
  "a profile of {types}, neither of the heap nor of goroutines, was passed over":
    "跳过了 `{types}` 的 profile：既不是堆的，也不是 goroutine 的",

  // decoders: texts
  "the text ends in the middle of a line; that line was left out": "文本在行中间结束；该行已略去",
  "the answer ends in the middle of a line; that line was left out": "响应在行中间结束；该行已略去",
  "a line that is no sample was left out": "略去了一行不是样本的内容",
  "a line that is no heap record was left out": "略去了一行不是堆记录的内容",
  "a line that is no record was left out": "略去了一行不是记录的内容",
  "a line that is no symbol was left out": "略去了一行不是符号的内容",
  "too large: the samples after the first {n} were left out": "太大：略去了前 {n} 个之后的样本",
  "too large: the records after the first {n} were left out": "太大：略去了前 {n} 条之后的记录",
  "the symbols after the first {n} were left out": "略去了前 {n} 个之后的符号",
  "the numbers after the first {n} were left out": "略去了前 {n} 个之后的数字",
  "a line of the runtime that something else broke into was passed over":
    "跳过了一行被其他输出打断的运行时日志",
  "no sample in the text": "文本中没有样本",
  "Fetch the metrics endpoint again and look at what the server answers":
    "请重新获取 metrics 端点，并查看服务器的响应",
  'the first line is not "heap profile: …"': "第一行不是 `heap profile: …`",
  'the first line is not "num_symbols: …"': "第一行不是 `num_symbols: …`",
  'the first line is not "<name> profile: total N"': "第一行不是 `<name> profile: total N`",
  "Fetch {path} again and look at what the server answers": "请重新获取 {path}，并查看服务器的响应",
  "Since Go 1.23 the endpoint wants GET with the addresses in the query":
    "自 Go 1.23 起，该端点要求使用 GET，并把地址放在查询参数中",
  "runtime.MemStats is missing at the end, so records may be missing before it":
    "末尾缺少 runtime.MemStats，因此之前的记录可能也有缺失",
  "runtime.MemStats at the end is cut off; its other fields were kept":
    "末尾的 runtime.MemStats 被截断；其余字段予以保留",
  "the header promises a total of {n}, the records that could be read come to {m}":
    "头部声明共 {n}，能读取的记录合计 {m}",
  "the labels of a record could not be read to their end": "某条记录的标签未能读完",
  "no JSON object with memstats, cmdline or a number": "没有含 memstats、cmdline 或数字的 JSON 对象",
  "the JSON object breaks off here; the variables before it were kept":
    "JSON 对象在此中断；此前的变量予以保留",
  "too large: what follows goroutine {n} was left out": "太大：略去了第 {n} 个 goroutine 之后的内容",
  'no line like "goroutine 1 [running]:"': "没有形如 `goroutine 1 [running]:` 的行",
  "Fetch /debug/pprof/goroutine?debug=2, or send the process SIGQUIT and take its standard error":
    "请获取 /debug/pprof/goroutine?debug=2，或向进程发送 SIGQUIT 并保存其标准错误输出",
  "the dump is cut off in the header of a goroutine; that one was left out":
    "转储在某个 goroutine 的头部被截断；该 goroutine 已略去",
  "{n} dumps more than can be kept were left out": "超出可保留数量的 {n} 份转储已略去",
  "only goroutine 0 is there, which is a thread's scheduler": "只有 goroutine 0，它是线程的调度器",
  "the dump is cut off in goroutine {id}; frames of it may be missing":
    "转储在 goroutine {id} 处被截断；它的栈帧可能不全",

  // decoders: /proc
  "the file ends in the middle of a line; that line was left out": "文件在行中间结束；该行已略去",
  "there is no Name and Pid": "其中没有 `Name` 和 `Pid`",
  "Give {path} as the kernel prints it": "请提供内核输出的 {path} 原文",
  "it is no line of process figures": "这不是进程数据的一行",
  "the first line is no heading of a file": "第一行不是文件的标题行",
  "Give what tail -n +1 prints of several files": "请提供 tail -n +1 对多个文件的输出",
  "the files after the first {n} were left out": "略去了前 {n} 个之后的文件",
  "the first line is no mapping": "第一行不是内存映射",
  "a line that is neither a mapping nor one of its figures was left out":
    "略去了一行既不是映射、也不是其数据的内容",
  "the mappings after the first {n} were left out": "略去了前 {n} 个之后的映射",
  "there is no table of limits": "其中没有限制表",
  "the limit of open files is not in it": "其中没有打开文件数的限制",
  "it is no list of file descriptors": "这不是文件描述符列表",
  "Give the list of gopatrol capture, or the output of ls -l /proc/PID/fd":
    "请提供 gopatrol capture 采集的列表，或 `ls -l /proc/PID/fd` 的输出",
  "the list ends in the middle of a line; that line was left out": "列表在行中间结束；该行已略去",
  "a line that is no file descriptor was left out": "略去了一行不是文件描述符的内容",
  "the descriptors after the first {n} were left out": "略去了前 {n} 个之后的描述符",

  // gopatrol goroutines
  "this is {What}": "内容为{What}",
  "a profile, but not of goroutines": " profile，但不是 goroutine 的",
  "Fetch /debug/pprof/goroutine, with ?debug=2 for more":
    "请获取 /debug/pprof/goroutine，加 `?debug=2` 可得到更多内容",
  "larger than {bytes} bytes": "超过 {bytes} 字节",
  "No profile of goroutines is that large: check what this file is":
    "没有这么大的 goroutine profile：请检查该文件是什么",

  // decoders: what a file is instead
  "not a format gopatrol knows": "不是 gopatrol 认识的格式",
  "this is {What}, not evidence": "内容为{What}，不是证据",
  "Give pprof profiles, goroutine dumps, heap?debug=1 text, expvar JSON, Prometheus text, logs with lines of GODEBUG=gctrace=1, or a bundle":
    "请提供 pprof profile、goroutine 转储、heap?debug=1 文本、expvar JSON、Prometheus 文本、含 GODEBUG=gctrace=1 行的日志，或 bundle",
  "a core or executable": " core 文件或可执行文件",
  "a heap dump of debug.WriteHeapDump": " debug.WriteHeapDump 写出的堆转储",
  "a zip archive": " zip 归档",
  "a bzip2 file": " bzip2 文件",
  "a block profile as text; fetch it without debug=1": "文本形式的 block profile；请去掉 debug=1 重新获取",
  "a mutex profile as text; fetch it without debug=1": "文本形式的 mutex profile；请去掉 debug=1 重新获取",
  "a PDF document": " PDF 文档",
  "a zstd file; decompress it first": " zstd 文件；请先解压",
  "an xz file; decompress it first": " xz 文件；请先解压",
  "a PNG picture": " PNG 图片",
  "an empty file": "空文件",
  "an execution trace": "执行跟踪（trace）",
  "binary data of no known kind": "未知类型的二进制数据",
  "JSON that is not /debug/vars": "不是 /debug/vars 的 JSON",
  "text without a goroutine dump": "不含 goroutine 转储的文本",
  "a log with gctrace lines of Go 1.4 or older, which are not read":
    "含有 Go 1.4 或更早版本 gctrace 行的日志，不支持读取",

  // decoders: logs
  "{path} has no line of GODEBUG=gctrace=1": "{path} 中没有 GODEBUG=gctrace=1 的行",
  "set GODEBUG=gctrace=1 in the target's environment and give its standard error":
    "请在目标进程的环境变量中设置 GODEBUG=gctrace=1，并提供其标准错误输出",
  "more than {n} processes; further ones were passed over": "进程超过 {n} 个；其余的已跳过",
  "the log ends before process {pid} told the sum of its leaks; the records before that were kept":
    "日志在进程 {pid} 输出泄漏汇总之前就结束了；此前的记录予以保留",

  // capture: processes of this machine
  "{path} may not be read by this user": "当前用户无权读取 {path}",
  "run gopatrol as the user of the process, as root, or with CAP_SYS_PTRACE":
    "请以该进程的用户、root 或带 CAP_SYS_PTRACE 权限运行 gopatrol",
  "{path} is gone": "{path} 已不存在",
  "the process has ended": "进程已结束",
  "this kernel does not have it": "当前内核不提供该文件",
  "there is no process {pid}": "没有进程 {pid}",
  "check the number, as in pgrep -a NAME": "请检查进程号，例如用 pgrep -a NAME",
  "process {pid} is hidden from this user": "进程 {pid} 对当前用户不可见",
  "try again": "请重试",
  "The process behind {url} belongs to another user, so its memory cannot be looked at from outside":
    "{url} 背后的进程属于其他用户，因此无法从外部查看其内存",
  "run gopatrol as that user, as root, or with CAP_SYS_PTRACE":
    "请以该用户、root 或带 CAP_SYS_PTRACE 权限运行 gopatrol",
  "The cgroup {path} holds {percent} % of its memory limit, too much to ask the target for profiles":
    "cgroup {path} 已用去内存上限的 {percent} %，此时不宜再向目标请求 profile",
  "give --limit to go by another": "如需以其他上限为准，请给出 --limit",

  // a look at the heap
  "no process of this machine was found behind the target, so its memory was not looked at":
    "没有在本机找到目标背后的进程，因此没有查看其内存",
  "give its pid with --pid, or take a core where it runs and give that with --core":
    "请用 --pid 给出其进程号，或在它运行的机器上取一个 core，并用 --core 给出",
  "the core does not say which executable ran": "core 中没有记录运行的是哪个可执行文件",
  "give the executable that ran with --exe": "请用 --exe 给出当时运行的可执行文件",
  "process {pid} is not a Go program (or one of before Go 1.18)": "进程 {pid} 不是 Go 程序（或早于 Go 1.18）",
  "give the pid of the service itself, not of a shell or a sidecar that started it":
    "请给出服务自身的进程号，而不是启动它的 shell 或 sidecar",
  "the executable is not a Go program": "可执行文件不是 Go 程序",
  "give the Go binary that ran; programs of before Go 1.19 are not supported":
    "请给出当时运行的 Go 可执行文件；不支持早于 Go 1.19 的程序",
  "give the Go binary that ran": "请给出当时运行的 Go 可执行文件",
  "programs of before Go 1.19 are not supported": "不支持早于 Go 1.19 的程序",
  "{version} is not a version whose runtime is known": "{version} 的运行时结构未知",
  "Go 1.19 to 1.27 are supported; of others, binaries with debug information (built without -s and -w)":
    "支持 Go 1.19 至 1.27；其他版本须带调试信息（构建时不加 -s 和 -w）",
  "Go 1.19 to 1.27 are supported": "支持 Go 1.19 至 1.27",
  "of others, binaries with debug information (built without -s and -w)":
    "其他版本须带调试信息（构建时不加 -s 和 -w）",
  "runtime.firstmoduledata was not found": "没有找到 runtime.firstmoduledata",
  "the core may be cut short, or the executable is not a Go program of a supported version":
    "core 可能被截断，或可执行文件不是受支持版本的 Go 程序",
  "runtime.mheap_ was not found": "没有找到 runtime.mheap_",
  "the core lacks the program's data, or was cut short; take it again":
    "core 中缺少程序的数据，或被截断；请重新获取",
  "the core lacks the program's data, or was cut short": "core 中缺少程序的数据，或被截断",
  "take it again": "请重新获取",
  "this ELF file is not a core": "这个 ELF 文件不是 core",
  "take one with gcore PID, or kill -ABRT with GOTRACEBACK=crash":
    "请用 gcore PID 获取，或设置 GOTRACEBACK=crash 后用 kill -ABRT",

  "the core is of another program: built by {built}, the profiles are of {version}":
    "core 属于另一个程序：由 {built} 构建，而 profile 来自 {version}",
  "give the core of the same process": "请给出同一进程的 core",
  "the code in memory is not that of the executable": "内存中的代码与可执行文件不符",
  "the process was built as another program (its Go build id differs)":
    "进程不是由这个可执行文件运行的（Go build ID 不同）",
  "give the very binary that ran with --exe (also /proc/PID/exe or the file in its image)":
    "请用 --exe 给出当时运行的同一个可执行文件（也可用 /proc/PID/exe 或镜像中的文件）",

  // decoders: executables and cores
  "this is not an ELF file": "这不是 ELF 文件",
  "give a core file or an executable": "请给出 core 文件或可执行文件",
  "the ELF header is cut short": "ELF 头被截断",
  "this is not a 64-bit little-endian ELF file": "这不是 64 位小端 ELF 文件",
  "only amd64 and arm64 are supported": "仅支持 amd64 和 arm64",
  "machine {n} is not supported": "不支持机器类型 {n}",
  "{n} program headers do not fit the file": "{n} 个程序头超出了文件范围",
  "section {name} lies outside the file": "节 {name} 位于文件之外",
  "section {name} is not compressed with zlib": "节 {name} 不是用 zlib 压缩的",
  "section {name} does not decompress ({reason})": "节 {name} 无法解压（{reason}）",
  "take another copy of the executable": "请重新取一份可执行文件",
  "the file is cut short; take it again": "文件被截断；请重新获取",
  "rebuild it with -ldflags=-compressdwarf=false": "请用 -ldflags=-compressdwarf=false 重新构建",
  "an abbreviation code of {n}": "出现缩写编号 {n}",
  "abbreviation {n} is not defined": "缩写 {n} 未定义",
  "form 0x{n} is not known": "未知的属性形式 0x{n}",
  "a LEB128 number of more than ten bytes": "LEB128 数超过十个字节",
  "a text without an end": "文本没有结束符",
  "the executable looks damaged; take another copy, or go on without its debug information":
    "可执行文件看起来已损坏；请重新取一份，或不使用其调试信息继续",
  "the section ends too early": "节过早结束",
  "64-bit DWARF is not supported: a unit": "不支持 64 位 DWARF：某个编译单元",
  "a unit goes on past the end": "编译单元超出了末尾",
  "DWARF version {n} of a unit": "编译单元的 DWARF 版本为 {n}",
  "{path} is not a file": "{path} 不是文件",

  // how far the reading of a heap is
  "a list of addresses without an end": "没有结尾的地址列表",
  "entry {n} of a list of addresses is not known": "未知的地址列表项 {n}",
  "blocks of a function within each other without an end": "函数内的块无止境地嵌套",
  "copying the memory of process {pid}": "正在复制进程 {pid} 的内存",
  "process {pid} is the first of its container and cannot be stopped from within: {n} MB were copied in {ms} ms while it ran; for a copy of one moment look from the host":
    "进程 {pid} 是其容器的首个进程，无法从容器内暂停：在其运行期间用 {ms} ms 复制了 {n} MB；要得到同一时刻的副本，请在宿主机上查看",
  "process {pid} stood still for {ms} ms while {n} MB were copied": "进程 {pid} 停顿 {ms} ms，复制了 {n} MB",
  "process {pid} stood still for {ms} ms while {n} MB were copied, within a collection":
    "进程 {pid} 停顿 {ms} ms，复制了 {n} MB，当时正在垃圾回收",
  "process {pid} was stopped before and stays so; {n} MB copied":
    "进程 {pid} 此前已停止，保持不变；复制了 {n} MB",
  "{file} is a heap dump: with the executable that ran (--exe) types and names are shown":
    "{file} 是堆转储：给出当时运行的可执行文件（--exe）才能显示类型和名字",
  "{file}: {What} (byte {offset})": "{file}：{What}（第 {offset} 字节）",
  "reading {file}": "正在读取 {file}",
  "reading {file}: {What}": "正在读取 {file}：{What}",
  "debug information": "调试信息",
  spans: "各 span",
  pointers: "指针",
  "goroutines and roots": "goroutine 和根",
  types: "类型",
  maps: "各 map",
  dominators: "支配关系",
  answers: "整理结果",

  // heap dumps and live processes
  "this is not a heap dump": "这不是堆转储文件",
  "give a file that debug.WriteHeapDump wrote (not a pprof heap profile)":
    "请给出 debug.WriteHeapDump 写出的文件（而不是 pprof 的 heap profile）",
  "what stands before was read": "在此之前的内容已读取",
  "the dump is of a machine without 64-bit little-endian pointers": "转储来自指针不是 64 位小端的机器",
  "gopatrol cannot stop itself": "gopatrol 不能暂停自己",
  "give the pid of a Go service": "请给出 Go 服务的 pid",
  "a copy and reading it take about {n} MB of memory, and gopatrol's cgroup {name} has {left} MB left":
    "复制并读取约需 {n} MB 内存，而 gopatrol 所在的 cgroup {name} 仅剩 {left} MB",
  "/proc is that of another pid namespace, so that its numbers are not those of the processes here":
    "/proc 属于另一个 pid 命名空间，其中的编号与此处的进程不符",
  "what a container calls {pid} is here {name}": "容器内的 {pid} 在此处是 {name}",
  "run gopatrol in the namespace of that /proc (nsenter --target PID --pid), or mount a /proc of its own (unshare --pid --fork --mount-proc)":
    "请在该 /proc 所属的命名空间中运行 gopatrol（nsenter --target PID --pid），或为其挂载自己的 /proc（unshare --pid --fork --mount-proc）",
  "this root has no CAP_SYS_PTRACE over it (a container's root, or the process is another user namespace's): run gopatrol on the host, or in Kubernetes by kubectl debug --profile=sysadmin --target":
    "此 root 对该进程没有 CAP_SYS_PTRACE（容器内的 root，或进程属于另一个用户命名空间）：请在宿主机上运行 gopatrol，在 Kubernetes 中使用 kubectl debug --profile=sysadmin --target",
  "give the executable that ran with --exe: of a container the file in its image, or /proc/PID/exe while it runs":
    "用 --exe 指定所运行的可执行文件：容器则用其镜像中的文件，或在其运行时用 /proc/PID/exe",
  "a copy and reading it take about {n} MB of memory, and this machine has {left} MB left":
    "复制并读取约需 {n} MB 内存，而这台机器只剩 {left} MB",
  "process {pid} did not stop: a thread is held by the kernel (waiting for a disk?)":
    "进程 {pid} 没有停下：有线程被内核占住（在等磁盘？）",
  "reading was interrupted": "读取被中断",
  "the process goes on as before": "进程照常运行",
  "copying the memory of process {pid} took longer than {n} ms, so it was let go on without":
    "复制进程 {pid} 的内存超过了 {n} ms，因此放弃复制并让其继续运行",
  "process {pid} was let go on while its memory was copied": "进程 {pid} 在内存复制期间被恢复运行",
  "process {pid} has ended": "进程 {pid} 已结束",
  "find the one that runs now": "请查找现在运行的那个进程",
  "the memory of process {pid} may not be read": "无权读取进程 {pid} 的内存",
  "process {pid} cannot be read ({code})": "无法读取进程 {pid}（{code}）",
  "the process that would resume the target if gopatrol were killed did not start":
    "负责在 gopatrol 被杀时恢复目标的守护进程未能启动",
};
