import { NEWLINE } from "../../lib/ascii.ts";
import type { LogPlace } from "../../tables/godebug-log.ts";

/** A prefix is short; what is longer is a line of the program into which the runtime printed. */
const MAX_PREFIX_BYTES = 512;
/** Prefixes that differ in every line (a request id) are not sources: from here on all count as the first. */
const MAX_SOURCES = 64;

/** A line of the runtime into which another one broke is no prefix of it. */
const BROKEN_LINE = /(?:forced $|gc \d|init \S+ @|scav \d|pacer: |SCHED \d|scan: ).*$/;

/** RFC 3339 and its relatives: docker, CRI, kubectl --timestamps, journalctl -o short-iso, Go's log package. */
const DATE_TIME =
  /(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|[+-]\d\d:?\d\d))?/;
/** klog: severity, month and day; no year. */
const KLOG = /\b[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/;
/** syslog and journalctl: "Nov  5 15:45:11"; no year, no zone. */
const SYSLOG =
  /\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** Times that are numbers: journald's JSON in microseconds, zap's and others' in seconds or milliseconds. */
const EPOCH = /"(__REALTIME_TIMESTAMP|ts|time|timestamp)":\s*"?(\d{10,16}(?:\.\d+)?)"?[,}]/;
/** What tells one process from another in JSON lines. */
const JSON_SOURCE =
  /"(?:_PID|_HOSTNAME|_SYSTEMD_UNIT|pod_name|pod|container_id|container_name|host)":\s*"?([^",}]{1,200})/g;

/** Tells when and by whom a line was written, from what log collectors put around it. */
export class LinePlaces {
  /** A moment at or after the log's end, which gives dates without a year theirs. */
  referenceMs: number | undefined;
  readonly #sources = new Map<string, number>();
  /** The text of each source, by its index: prefixes without their time. */
  readonly names: string[] = [];
  #lastPrefix = "\0";
  #lastSource = 0;

  /** Fills `place` for a text that begins at `at` of the line `bytes[start … end)`. */
  read(bytes: Uint8Array, start: number, at: number, end: number, place: LogPlace): void {
    if (at - start > MAX_PREFIX_BYTES) {
      place.wallMs = Number.NaN;
      place.source = this.#findSource("");
      return;
    }
    const prefix = latin1(bytes, start, at).replace(BROKEN_LINE, "");
    const isJson = prefix.includes("{");
    // In JSON the time may stand behind the message.
    const around = isJson ? latin1(bytes, start, Math.min(end, at + 4 * MAX_PREFIX_BYTES)) : prefix;
    place.wallMs =
      prefix === "" ? this.#timeOfLineBefore(bytes, start) : findWallMs(around, this.referenceMs);
    place.source = this.#findSource(isJson ? jsonSource(around) : prefix);
  }

  /** A line of the runtime without a prefix was written after the line before it, and mostly soon. */
  #timeOfLineBefore(bytes: Uint8Array, start: number): number {
    if (start < 2) return Number.NaN;
    const from = bytes.lastIndexOf(NEWLINE, start - 2) + 1;
    if (isLowerCase(bytes[from]!)) return Number.NaN;
    const text = latin1(bytes, from, Math.min(start - 1, from + MAX_PREFIX_BYTES));
    return findWallMs(text.includes("{") ? text : text.slice(0, 80), this.referenceMs);
  }

  #findSource(prefix: string): number {
    if (prefix === this.#lastPrefix) return this.#lastSource;
    const name = withoutTime(prefix);
    let source = this.#sources.get(name);
    if (source === undefined) {
      source = this.names.length < MAX_SOURCES ? this.names.length : 0;
      if (source === this.names.length) {
        this.#sources.set(name, source);
        this.names.push(name);
      }
    }
    this.#lastPrefix = prefix;
    this.#lastSource = source;
    return source;
  }
}

/** Times begin with a digit, a month or in JSON; the runtime's own lines, which mostly come in groups, do not. */
function isLowerCase(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

/** Milliseconds since 1970 of the first time in `text`, NaN if there is none. Times without a zone are taken as UTC. */
function findWallMs(text: string, referenceMs: number | undefined): number {
  const date = DATE_TIME.exec(text);
  if (date !== null) {
    const [, year, month, day, hour, minute, second, fraction, zone] = date;
    const utc = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second!);
    return utc + fractionMs(fraction) - zoneMs(zone);
  }
  const epoch = EPOCH.exec(text);
  if (epoch !== null) return epochMs(Number(epoch[2]));
  const klog = KLOG.exec(text);
  if (klog !== null) {
    const [, month, day, hour, minute, second, fraction] = klog;
    return inYear(+month! - 1, +day!, +hour!, +minute!, +second!, fractionMs(fraction), referenceMs);
  }
  const syslog = SYSLOG.exec(text);
  if (syslog === null) return Number.NaN;
  const [, month, day, hour, minute, second, fraction] = syslog;
  return inYear(MONTHS.indexOf(month!), +day!, +hour!, +minute!, +second!, fractionMs(fraction), referenceMs);
}

const DAY_MS = 86_400_000;

/** The newest such date that is not after the reference (a day of grace: zones); NaN without a reference. */
function inYear(
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
  referenceMs: number | undefined,
): number {
  if (referenceMs === undefined) return Number.NaN;
  const year = new Date(referenceMs).getUTCFullYear();
  const inSame = Date.UTC(year, month, day, hour, minute, second) + ms;
  return inSame <= referenceMs + DAY_MS ? inSame : Date.UTC(year - 1, month, day, hour, minute, second) + ms;
}

function fractionMs(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000;
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone[0] === "-" ? -1 : 1) * minutes * 60_000;
}

/** Seconds, milliseconds or microseconds: told by size. */
function epochMs(value: number): number {
  if (value < 1e11) return value * 1000;
  return value < 1e14 ? value : value / 1000;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' colours are what is looked for
const ANSI = /\u001b\[[0-9;]*[A-Za-z]/g;
/** Words that count or tell the time, which differ from line to line of one process. */
const NUMBER_WORD = /(?<![^\s|])[\d:.,TZ+/-]+(?![^\s|])/g;

function withoutTime(prefix: string): string {
  return prefix
    .replace(ANSI, "")
    .replace(DATE_TIME, " ")
    .replace(KLOG, " ")
    .replace(SYSLOG, " ")
    .replace(NUMBER_WORD, " ")
    .replace(/\s+/g, " ")
    .trim();
}

function jsonSource(line: string): string {
  return Array.from(line.matchAll(JSON_SOURCE), (match) => match[1]).join(" ");
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, end - start)).toString("latin1");
}
