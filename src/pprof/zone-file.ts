import type { TimeZone, ZoneAt } from "./go-format.ts";
import { UTC } from "./go-format.ts";

const HEADER_BYTES = 44;
const MAGIC = 0x545a6966;
const TYPE_BYTES = 6;

/**
 * Reads a file of the tz database (RFC 8536): which offset and abbreviation held when, and the rule for the time behind
 * its last change. Undefined if it is none.
 */
export function parseZoneFile(bytes: Uint8Array): TimeZone | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0) !== MAGIC) return undefined;
  const version = bytes[4]! - 0x30;
  if (version < 2) return undefined;
  const first = readCounts(view, 0);
  // The first block has 32-bit times, and is there for old readers.
  const start =
    HEADER_BYTES +
    first.times * 5 +
    first.types * TYPE_BYTES +
    first.letters +
    first.leaps * 8 +
    first.standards +
    first.universals;
  const { times, types, letters, leaps, standards, universals } = readCounts(view, start);
  let at = start + HEADER_BYTES;
  const changes = Array.from({ length: times }, (_, each) => Number(view.getBigInt64(at + 8 * each)));
  at += 8 * times;
  const typeOf = bytes.subarray(at, at + times);
  at += times;
  const typesAt = at;
  const namesAt = at + types * TYPE_BYTES;
  const zones = Array.from({ length: types }, (_, each): ZoneAt => {
    const place = typesAt + each * TYPE_BYTES;
    const nameAt = namesAt + bytes[place + 5]!;
    return {
      offsetSeconds: view.getInt32(place),
      abbreviation: String.fromCharCode(...bytes.subarray(nameAt, bytes.indexOf(0, nameAt))),
    };
  });
  const ruleAt = namesAt + letters + leaps * 12 + standards + universals + 1;
  const rule = parseRule(String.fromCharCode(...bytes.subarray(ruleAt, bytes.indexOf(0x0a, ruleAt))));
  return (seconds) => {
    let before = changes.length;
    while (before > 0 && changes[before - 1]! > seconds) before--;
    if (before === changes.length && rule !== undefined) return rule(seconds);
    return (before === 0 ? zones[0] : zones[typeOf[before - 1]!]) ?? UTC(seconds);
  };
}

interface BlockCounts {
  universals: number;
  standards: number;
  leaps: number;
  times: number;
  types: number;
  letters: number;
}

function readCounts(view: DataView, start: number): BlockCounts {
  const [universals, standards, leaps, times, types, letters] = [20, 24, 28, 32, 36, 40].map((at) =>
    view.getUint32(start + at),
  ) as [number, number, number, number, number, number];
  return { universals, standards, leaps, times, types, letters };
}

const NAME = "(<[^>]+>|[A-Za-z]{3,})";
const OFFSET = "([+-]?\\d{1,3}(?::\\d{1,2}(?::\\d{1,2})?)?)";
const DATE = "M(\\d{1,2})\\.(\\d)\\.(\\d)(?:/([+-]?\\d{1,3}(?::\\d{1,2}(?::\\d{1,2})?)?))?";
const RULE = new RegExp(`^${NAME}${OFFSET}(?:${NAME}${OFFSET}?,${DATE},${DATE})?$`);
const DAY_SECONDS = 86_400;

/** A POSIX TZ string as the tz database writes them: "CET-1CEST,M3.5.0,M10.5.0/3". Undefined for other forms. */
function parseRule(text: string): TimeZone | undefined {
  const match = RULE.exec(text);
  if (match === null) return undefined;
  const name = (word: string): string => word.replace(/[<>]/g, "");
  const standard: ZoneAt = { offsetSeconds: 0 - readClock(match[2]!), abbreviation: name(match[1]!) };
  if (match[3] === undefined) return () => standard;
  const summer: ZoneAt = {
    offsetSeconds: match[4] === undefined ? standard.offsetSeconds + 3600 : 0 - readClock(match[4]),
    abbreviation: name(match[3]),
  };
  const [begins, ends] = [5, 9].map((at) => match.slice(at, at + 4) as (string | undefined)[]);
  return (seconds) => {
    const year = new Date((seconds + standard.offsetSeconds) * 1000).getUTCFullYear();
    const from = changeInYear(year, begins!) - standard.offsetSeconds;
    const to = changeInYear(year, ends!) - summer.offsetSeconds;
    const isSummer = from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to;
    return isSummer ? summer : standard;
  };
}

/** "5:30" as seconds. */
function readClock(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, "").split(":").map(Number);
  return sign * (hours * 3600 + minutes * 60 + seconds);
}

/** The local time, as seconds since 1970, of weekday `day` in week `week` (5 is the last) of a month. */
function changeInYear(year: number, [month, week, day, clock]: readonly (string | undefined)[]): number {
  const first = Date.UTC(year, Number(month) - 1, 1) / 1000;
  const firstDay = new Date(first * 1000).getUTCDay();
  let date = ((Number(day) - firstDay + 7) % 7) + 7 * (Number(week) - 1);
  const days = new Date(Date.UTC(year, Number(month), 0)).getUTCDate();
  if (date >= days) date -= 7;
  return first + date * DAY_SECONDS + (clock === undefined ? 2 * 3600 : readClock(clock));
}
