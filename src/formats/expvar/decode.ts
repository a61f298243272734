import { DamageLog } from "../../bytes/damage-log.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { decodeText, OPEN_BRACE } from "../../lib/ascii.ts";
import type { MemStats } from "../../tables/mem-stats.ts";
import type { MetricSample } from "../../tables/metric-samples.ts";
import { JsonMembers } from "./json-members.ts";
import { decodeMemStats } from "./mem-stats.ts";

export interface Expvar {
  memStats: MemStats | undefined;
  /** The command line of the process, program first. */
  cmdline: string[] | undefined;
  /** The other variables that are numbers, without labels. */
  metrics: MetricSample[];
  damage: Damage[];
}

const MAX_METRICS = 100_000;
/** Names are compared and shown, the command line is shown: what is longer is no name. */
const MAX_NAME_BYTES = 1024;
const MAX_CMDLINE_BYTES = 1024 * 1024;
const NO_LABELS: ReadonlyMap<string, string> = new Map();

/**
 * Decodes `/debug/vars` (package expvar): one JSON object with `cmdline`, `memstats` (runtime.MemStats) and the
 * program's own variables. What is not a number is passed over. An object that is cut off gives what came before.
 *
 * @throws DecodeError if the input is no JSON object, or has none of these.
 */
export function decodeExpvar(bytes: Uint8Array): Expvar {
  const damage = new DamageLog("expvar");
  const members = new JsonMembers(bytes, 0, bytes.length);
  let memStats: MemStats | undefined;
  let cmdline: string[] | undefined;
  const metrics: MetricSample[] = [];
  while (members.next()) {
    const { keyStart, keyEnd, valueStart, valueEnd, isValueCut } = members;
    const name = keyEnd - keyStart > MAX_NAME_BYTES ? "" : decodeText(bytes, keyStart, keyEnd);
    if (name === "memstats" && bytes[valueStart] === OPEN_BRACE) {
      const found = decodeMemStats(bytes, valueStart, valueEnd);
      if (Object.keys(found).length > 0) memStats = found;
    } else if (isValueCut) {
      break;
    } else if (name === "cmdline") {
      cmdline = parseCmdline(bytes, valueStart, valueEnd);
    } else if (valueEnd - valueStart <= MAX_NUMBER_BYTES) {
      const value = parseNumber(decodeText(bytes, valueStart, valueEnd));
      if (value === undefined) continue;
      if (metrics.length === MAX_METRICS) {
        damage.add(valueStart, `the numbers after the first ${MAX_METRICS} were left out`);
        break;
      }
      metrics.push({ name, labels: NO_LABELS, value });
    }
  }
  if (memStats === undefined && cmdline === undefined && metrics.length === 0) {
    throw new DecodeError("no JSON object with memstats, cmdline or a number", {
      format: "expvar",
      offset: members.at,
      hint: "Fetch /debug/vars again and look at what the server answers.",
    });
  }
  if (!members.isClosed)
    damage.add(members.at, "the JSON object breaks off here; the variables before it were kept");
  return { memStats, cmdline, metrics, damage: damage.finish() };
}

const MAX_NUMBER_BYTES = 32;

/** A number as JSON or as Go prints a float64, which may be NaN or +Inf though JSON has neither. */
function parseNumber(text: string): number | undefined {
  if (text === "NaN") return Number.NaN;
  if (/^[+-]Inf$/.test(text)) return text[0] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^-?[0-9][0-9.eE+-]*$/.test(text) && !Number.isNaN(Number(text)) ? Number(text) : undefined;
}

function parseCmdline(bytes: Uint8Array, start: number, end: number): string[] | undefined {
  if (end - start > MAX_CMDLINE_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(decodeText(bytes, start, end));
    return Array.isArray(value) && value.every((word) => typeof word === "string") ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
