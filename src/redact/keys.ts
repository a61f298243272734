import type { SensitiveClass } from "./redactor.ts";

/** Ends of keys whose values are sensitive whatever they look like; compared without case, "_", "-" and ".". */
const KEY_ENDS: readonly (readonly [SensitiveClass, readonly string[]])[] = [
  [
    "credential",
    [
      "password",
      "passwd",
      "passphrase",
      "pwd",
      "密码",
      "口令",
      "secret",
      "secretkey",
      "secretid",
      "clientsecret",
      "token",
      "apikey",
      "accesskey",
      "accesskeyid",
      "accesskeysecret",
      "secretaccesskey",
      "privatekey",
      "signingkey",
      "encryptionkey",
      "authorization",
      "cookie",
      "credential",
      "credentials",
      "sessionid",
      "jsessionid",
      "phpsessid",
      "authkey",
      "webhookkey",
      "userpass",
      "dbpass",
      "mysqlpwd",
      "pgpassword",
    ],
  ],
  [
    "phone",
    [
      "phone",
      "phonenumber",
      "phoneno",
      "mobile",
      "mobileno",
      "mobilenumber",
      "mobilephone",
      "cellphone",
      "telephone",
      "msisdn",
      "手机",
      "手机号",
      "手机号码",
      "电话",
      "电话号码",
      "联系电话",
      "座机",
      "固话",
      "传真",
    ],
  ],
  [
    "resident-id",
    [
      "idcard",
      "idcardno",
      "idcardnumber",
      "idno",
      "identitycard",
      "residentid",
      "身份证",
      "身份证号",
      "身份证号码",
      "证件号",
      "证件号码",
    ],
  ],
  [
    "bank-card",
    [
      "bankcard",
      "bankcardno",
      "cardnumber",
      "cardno",
      "creditcard",
      "bankaccount",
      "银行卡",
      "银行卡号",
      "卡号",
    ],
  ],
  [
    "passport",
    [
      "passport",
      "passportno",
      "passportnumber",
      "护照",
      "护照号",
      "护照号码",
      "通行证",
      "通行证号",
      "港澳通行证",
      "台胞证",
      "回乡证",
    ],
  ],
  ["social-credit-code", ["uscc", "socialcreditcode", "统一社会信用代码", "信用代码"]],
  ["licence-plate", ["licenseplate", "licenceplate", "platenumber", "plateno", "车牌", "车牌号"]],
  ["email", ["email", "emailaddress", "邮箱", "电子邮箱", "邮件地址"]],
  [
    "name",
    [
      "realname",
      "fullname",
      "truename",
      "firstname",
      "lastname",
      "surname",
      "givenname",
      "nickname",
      "contactname",
      "contactperson",
      "customername",
      "receivername",
      "recipientname",
      "holdername",
      "cardholder",
      "patientname",
      "姓名",
      "真实姓名",
      "联系人",
      "收货人",
      "收件人",
      "持卡人",
    ],
  ],
  [
    "postal-address",
    [
      "homeaddress",
      "postaladdress",
      "streetaddress",
      "shippingaddress",
      "deliveryaddress",
      "mailingaddress",
      "billingaddress",
      "residence",
      "地址",
      "住址",
      "家庭住址",
      "收货地址",
      "详细地址",
      "通讯地址",
    ],
  ],
  [
    "account-id",
    [
      "openid",
      "unionid",
      "imei",
      "imsi",
      "idfa",
      "oaid",
      "androidid",
      "deviceid",
      "userid",
      "accountid",
      "tenantid",
      "customerid",
      "账号",
      "用户id",
    ],
  ],
];

/** Whole keys: as an end they would take in too much ("bypass", "redesign", "hotel"). */
const WHOLE_KEYS: readonly (readonly [SensitiveClass, readonly string[]])[] = [
  [
    "credential",
    [
      "pass",
      "auth",
      "sid",
      "sessid",
      "jwt",
      "bearer",
      "sign",
      "signature",
      "setcookie",
      "xvaulttoken",
      "apitoken",
    ],
  ],
  ["phone", ["tel", "mob", "msisdn", "callee", "caller"]],
  ["name", ["xingming"]],
  ["email", ["mail", "mailto"]],
];

/** Keys of anything; what stands there is somebody's name, or an address, only if it is written in Chinese. */
const CHINESE_ONLY = new Map<string, SensitiveClass>([
  ...["name", "username", "user", "contact", "customer", "receiver", "recipient", "owner", "operator"].map(
    (key) => [key, "name"] as const,
  ),
  ...["address", "addr", "location"].map((key) => [key, "postal-address"] as const),
]);

/** In pprof labels and trace logs people put tenants and users where a log line would have said more. */
const LABEL_KEYS = new Set([
  "user",
  "username",
  "uid",
  "tenant",
  "account",
  "customer",
  "member",
  "org",
  "organization",
  "client",
  "clientid",
  "session",
  "session_id",
  "orgid",
  "email",
  "phone",
  "login",
  "subject",
  "sub",
]);

/** Last words of keys whose values are quantities, moments or identifiers of machines: long digits there are nobody's number. */
const QUANTITIES = new Set(
  (
    "bytes byte size ns nanos nanoseconds us micros ms millis second seconds sec secs duration elapsed latency took limit mem " +
    "memory heap alloc allocs sys offset rev revision version count counter total len length seq sequence timestamp time ts " +
    "date index hash checksum crc pointer ptr pc sp fp cap capacity used free available inuse rss goal sum quota budget " +
    "generation serial hits misses evictions processed rows records lag gc lease epoch term lsn xid inode goroutine pid tid nonce seed traceid spanid parentid requestid snapshotid memberid " +
    "clusterid raftid resourceversion resource_version"
  ).split(" "),
);

const MAX_REMEMBERED = 4096;

/** Which keys are sensitive, of the classes that are switched on. */
export class KeyClasses {
  readonly #whole = new Map<string, SensitiveClass>();
  /** By their last character, so that most keys are dismissed by one look. */
  readonly #ends = new Map<string, { end: string; class: SensitiveClass }[]>();

  /** Judged before: a program has few keys, and they come in each line. "" is none of ours. */
  readonly #found = new Map<string, SensitiveClass | "">();
  readonly #lastCodes = new Uint8Array(128);
  readonly #enabled: ReadonlySet<SensitiveClass>;

  constructor(enabled: ReadonlySet<SensitiveClass>, customKeys: readonly string[]) {
    this.#enabled = enabled;
    for (const [kind, keys] of WHOLE_KEYS) {
      if (enabled.has(kind)) for (const key of keys) this.#whole.set(key, kind);
    }
    for (const key of customKeys) this.#whole.set(normalizeKey(key), "custom");
    for (const [kind, ends] of KEY_ENDS) {
      if (!enabled.has(kind)) continue;
      for (const end of ends) {
        const last = end.at(-1)!;
        const list = this.#ends.get(last);
        if (list === undefined) this.#ends.set(last, [{ end, class: kind }]);
        else list.push({ end, class: kind });
      }
    }
    for (const key of [...this.#whole.keys(), ...this.#ends.keys(), ...CHINESE_ONLY.keys()]) {
      const last = key.at(-1)!;
      for (const each of [last.toLowerCase(), last.toUpperCase()]) {
        if (each.charCodeAt(0) < 128) this.#lastCodes[each.charCodeAt(0)] = 1;
      }
    }
  }

  /** Of a key as it stands in a structure or text; undefined if its values are nobody's business. */
  find(key: string): SensitiveClass | undefined {
    const known = this.#found.get(key);
    if (known !== undefined) return known === "" ? undefined : known;
    const kind = this.#judge(normalizeKey(key));
    if (this.#found.size >= MAX_REMEMBERED) this.#found.clear();
    this.#found.set(key, kind ?? "");
    return kind;
  }

  #judge(normal: string): SensitiveClass | undefined {
    const whole = this.#whole.get(normal);
    if (whole !== undefined) return whole;
    const ends = this.#ends.get(normal.at(-1) ?? "");
    return ends?.find(({ end }) => normal.endsWith(end))?.class;
  }

  /** Of a key whose value counts only if it is Chinese. */
  findChinese(key: string): SensitiveClass | undefined {
    const kind = CHINESE_ONLY.get(normalizeKey(key));
    return kind !== undefined && this.#enabled.has(kind) ? kind : undefined;
  }

  /** May a key that ends like this be one of ours? For the scan of text, which sees many. */
  mayEndWith(code: number): boolean {
    return code >= 128 || this.#lastCodes[code] === 1;
  }

  /** Keys of pprof labels: tenants and users as well. */
  findLabel(key: string): SensitiveClass | undefined {
    return this.find(key) ?? (LABEL_KEYS.has(normalizeKey(key)) ? "account-id" : undefined);
  }
}

/** Is this the key of an identifier that machines give? Of persons' documents and accounts it may be more. */
export function isMachineIdKey(key: string): boolean {
  return (
    /(?:^|[_.-]|[a-z])(?:id|ID|Id)$/.test(key) &&
    !/(?:card|user|account|acct|owner|person|identity)/i.test(key)
  );
}

/** Does this key say that its value is a quantity, a moment or a machine's identifier? */
export function isQuantityKey(key: string): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return QUANTITIES.has(words.at(-1)!) || QUANTITIES.has(words.slice(-2).join(""));
}

function normalizeKey(key: string): string {
  return key.toLowerCase().replace(/[_.\-\s]/g, "");
}
