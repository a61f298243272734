import type { SensitiveClass } from "../../src/redact/redactor.ts";

export interface SensitiveValue {
  class: SensitiveClass;
  text: string;
  /** What must not be left of it: its middle, which no mask may show. */
  secret: string;
  /** Keys and words without which nobody could tell; null if it is recognised by itself. */
  keys: readonly string[] | null;
}

/** A pseudo-random generator, the same for each seed (mulberry32). */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const AREAS = ["110101", "310115", "330106", "440305", "510107", "610113", "650102", "820000"];
const SOCIAL = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** One valid value of each form that docs/redaction.md lists. */
export function sensitiveValues(random: (below: number) => number): SensitiveValue[] {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const digits = (n: number): string => Array.from({ length: n }, () => random(10)).join("");
  const letters = (n: number, from: string): string =>
    Array.from({ length: n }, () => pick([...from])).join("");
  const word = (n: number): string => letters(n, "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789");
  const values: SensitiveValue[] = [];
  const put = (
    kind: SensitiveClass,
    text: string,
    secret: string,
    keys: readonly string[] | null = null,
  ): void => {
    values.push({ class: kind, text, secret, keys });
  };

  const mobile = `1${pick(["3", "5", "7", "8", "9"])}${digits(8)}${1 + random(9)}`;
  put("phone", mobile, mobile);
  put("phone", `+86${mobile}`, mobile);
  put("phone", `+86 ${mobile.slice(0, 3)} ${mobile.slice(3, 7)} ${mobile.slice(7)}`, mobile.slice(3, 7));
  put("phone", `${mobile.slice(0, 3)}-${mobile.slice(3, 7)}-${mobile.slice(7)}`, `${mobile.slice(3, 7)}-`);
  put("phone", `0${pick(["571", "755", "10", "21"])}-8${digits(7)}`, "-8");
  const resident = residentId(
    `${pick(AREAS)}${1950 + random(60)}${pad(1 + random(12))}${pad(1 + random(28))}${digits(3)}`,
  );
  put("resident-id", resident, resident.slice(3, 16));
  put("resident-id", resident.toLowerCase(), resident.slice(3, 16));
  put(
    "resident-id",
    `${pick(AREAS)}${pad(50 + random(40))}${pad(1 + random(12))}${pad(1 + random(28))}${digits(3)}`,
    "",
    ["身份证号", "id_card"],
  );
  for (const [prefix, length] of [
    ["622202", 19],
    ["6217", 16],
    ["4539", 16],
    ["51", 16],
    ["2221", 16],
    ["37", 15],
    ["3530", 16],
  ] as const) {
    const card = withLuhn(prefix + digits(length - prefix.length - 1));
    put("bank-card", card, card.slice(0, -4));
    if (length === 16) put("bank-card", card.match(/.{4}/g)!.join(" "), card.slice(4, 8));
  }
  put("passport", `E${pick(["A", "B", ""])}${digits(8)}`.slice(0, 9), "", [
    "护照",
    "passport",
    "passport_no",
  ]);
  put("passport", `H${digits(8)}`, "", ["港澳通行证", "passport number"]);
  const social = socialCreditCode(`91${pick(AREAS)}${letters(9, SOCIAL)}`);
  put("social-credit-code", social, social.slice(3, 15));
  put("licence-plate", `${pick(["京", "粤", "沪", "浙"])}${pick(["A", "B", "C"])}${digits(5)}`, "");
  put("licence-plate", `粤B·D${digits(5)}`, "");
  put("email", `${word(8)}.x@example.com`, "");
  put("email", `${word(5)}+tag@mail.corp.example.cn`, "");
  put("name", pick(["张三丰", "欧阳娜娜", "李雷"]), "", ["姓名", "real_name", "联系人", "name"]);
  put("postal-address", `浙江省杭州市西湖区文三路${1 + random(900)}号`, "文三路");
  put("postal-address", `朝阳区建国路${1 + random(99)}号院${1 + random(9)}号楼`, "建国路");
  put("postal-address", "12 Baker Street, London", "Baker", ["home_address", "shipping_address"]);
  put("network-address", `203.0.113.${1 + random(250)}`, "");
  put("network-address", `8.${1 + random(200)}.${random(250)}.${1 + random(250)}`, "");
  put("network-address", `2001:db8:${random(9000) + 1}::${1 + random(9000)}`, "");
  put("network-address", `00:1b:44:11:${pad(random(90))}:b7`, "");
  put("credential", word(14), "", [
    "password",
    "db_password",
    "secret",
    "access_token",
    "apiKey",
    "密码",
    "client-secret",
  ]);
  put("credential", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ${word(20)}.${word(30)}`, "");
  put("credential", `AKIA${letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`, "");
  put("credential", `LTAI${word(20)}`, "");
  put("credential", `ghp_${word(36)}`, "");
  const password = word(12);
  put("credential", `postgres://app:${password}@db.prod:5432/shop?sslmode=disable`, password);
  put("credential", `app:${password}@tcp(10.0.0.1:3306)/shop?parseTime=true`, password);
  put("credential", `Authorization: Bearer ${word(24)}.7`, "");
  put("credential", `Authorization: Basic ${Buffer.from(`u:${password}`).toString("base64")}`, "");
  put("credential", `Set-Cookie: sid=${password}; Path=/; HttpOnly`, password);
  put("credential", `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${word(8)}-${word(12)}`, "");
  put("credential", `https://oapi.dingtalk.com/robot/send?access_token=${word(64)}`, "");
  put("credential", `https://open.feishu.cn/open-apis/bot/v2/hook/${word(36)}`, "");
  put("account-id", `o${word(27)}`, "", ["openid", "open_id", "user_id"]);
  const imei = withLuhn(`86${digits(12)}`);
  put("account-id", imei, imei);
  return values.map((value) => ({ ...value, secret: secretOf(value) }));
}

function secretOf({ text, secret }: SensitiveValue): string {
  if (secret !== "") return secret;
  const url = /(?:key=|access_token=|hook\/|Bearer |Basic )(.*)$/.exec(text);
  return url?.[1] ?? text;
}

export type Surrounding = (value: string, key: string) => string;

/** Where values turn up. What needs a key gets one of its own; the others must be found under any. */
export const SURROUNDINGS: Readonly<Record<string, Surrounding>> = {
  logfmt: (value, key) => `ts=2026-11-25T10:00:00Z level=info ${key}=${quoteIfNeeded(value)} took=12ms`,
  JSON: (value, key) => JSON.stringify({ ts: 1764096595.12, [key]: value, n: 3 }),
  "JSON within JSON": (value, key) =>
    JSON.stringify({ msg: "got", body: JSON.stringify({ [key]: value, n: 3 }) }),
  text: (value, key) => `2026/11/25 10:00:00.123456 main.go:12: could not serve ${key}: ${value}`,
  "Chinese text": (value, key) => `处理失败，${key}：${value}，请重试`,
  struct: (value, key) => `{ID:7 ${key}:${value} At:2026-11-25 10:00:00 +0000 UTC}`,
  quoted: (value, key) => `level=info msg="done" ${key}=${JSON.stringify(value)}`,
  YAML: (value, key) => `user:\n  ${key}: ${value}\n  age: 3`,
  list: (value, key) => `${key}: [${value}]`,
};

/** Places for what is recognised by itself, without a key. */
export const BARE_SURROUNDINGS: Readonly<Record<string, (value: string) => string>> = {
  alone: (value) => value,
  sentence: (value) => `order for ${value} failed.`,
  Chinese: (value) => `用户${value}的订单失败。`,
  brackets: (value) => `callback (${value}) returned <nil>`,
  XML: (value) => `<v>${value}</v>`,
  stack: (value) =>
    `main.lookup({0xc000123456, 0xb}, 0x1)\n\t/app/main.go:12 +0x1d\nvalue ${value}\ngoroutine 7 [running]:`,
  "pprof label": (value) => `# labels: {"who":${JSON.stringify(value)}, "route":"/cart"}`,
  tabs: (value) => `a\t${value}\tb`,
  "escaped newline": (value) => `{"msg":"line\\n${value}\\tx"}`,
};

function quoteIfNeeded(value: string): string {
  return /\s/.test(value) ? JSON.stringify(value) : value;
}

/** GB 11643: the check character of 17 digits. */
function residentId(body: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, i) => total + weight * Number(body[i]), 0);
  return body + "10X98765432"[sum % 11];
}

/** GB 32100: the check character of 17 characters. */
function socialCreditCode(body: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of body) {
    sum += SOCIAL.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return body + SOCIAL[(31 - (sum % 31)) % 31];
}

function withLuhn(body: string): string {
  for (let digit = 0; digit < 10; digit++) {
    const whole = `${body}${digit}`;
    let sum = 0;
    for (let i = 0; i < whole.length; i++) {
      const value = Number(whole[whole.length - 1 - i]) * (i % 2 === 1 ? 2 : 1);
      sum += value > 9 ? value - 9 : value;
    }
    if (sum % 10 === 0) return whole;
  }
  return body;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
