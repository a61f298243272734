import { createHash } from "node:crypto";
import type { PatternId } from "../../findings/catalogue.ts";
import type { Finding } from "../../findings/finding.ts";
import type { Inspection } from "../../inspect/inspection.ts";
import { LANGUAGES, type Language } from "../../report/messages/language.ts";
import { renderStatement } from "../../report/messages/wording.ts";
import type { CheckKind } from "../check.ts";
import type { FindingRecord } from "../finding-record.ts";

/** A rate that changed by less is the same growth, measured again. */
const RATE_CHANGE = 0.5;
/** Confidence moves with every window; a step that a reader would notice makes a version. */
const CONFIDENCE_CHANGE = 0.2;

/** Pattern families that a kind of check can see: only for these does its silence mean that nothing is there. */
const SEEN_BY: Partial<Record<CheckKind, readonly string[]>> = {
  inspect: ["gc", "goroutine", "resource", "data", "rss", "behaviour"],
  "heap-diff": ["data"],
  goroutines: ["goroutine"],
  rss: ["rss"],
};

export interface Diagnosis {
  target: string;
  kind: CheckKind;
  runId: string;
  atMs: number;
  inspection: Inspection;
  /** sha256 of the captures it rests on. */
  captures: string[];
}

/** What was found and is still open, and which versions of it history gets. */
export class FindingBook {
  readonly #open = new Map<string, Map<string, FindingRecord>>();

  /** As the store has them. */
  constructor(open: readonly FindingRecord[]) {
    for (const record of open) this.#put(record);
  }

  openOf(target: string): FindingRecord[] {
    return [...(this.#open.get(target)?.values() ?? [])];
  }

  *allOpen(): Generator<FindingRecord> {
    for (const findings of this.#open.values()) yield* findings.values();
  }

  /** New versions: of what is new, worse, faster or slower, and of what is there no longer. */
  update(diagnosis: Diagnosis): FindingRecord[] {
    const { target, kind, atMs, runId, inspection, captures } = diagnosis;
    const changed: FindingRecord[] = [];
    const seen = new Set<string>();
    for (const finding of inspection.findings) {
      if (finding.state === "insufficient-data") continue;
      const site = this.#siteOf(target, finding, inspection.findings);
      const id = findingId(target, finding.pattern, site);
      seen.add(id);
      const known = this.#open.get(target)?.get(id);
      const record = describe(finding, { id, site, known, diagnosis });
      if (known !== undefined && !isNews(known, record)) continue;
      this.#put(record);
      changed.push(record);
    }
    // Too little data is no proof of health.
    if (inspection.verdict.outcome === "insufficient-data") return changed;
    for (const known of this.openOf(target)) {
      if (seen.has(known.id) || !canSee(kind, known.pattern)) continue;
      const record = {
        ...known,
        state: "resolved" as const,
        version: known.version + 1,
        atMs,
        runId,
        captures,
      };
      this.#open.get(target)?.delete(known.id);
      changed.push(record);
    }
    return changed;
  }

  /**
   * From window to window the line that holds most of one leak may change (what is put, what it is made of). Where a
   * pattern was found once before and once now, within one package, it is the same finding, under its first line.
   */
  #siteOf(target: string, finding: Finding, found: readonly Finding[]): string {
    const site = renderSite(finding);
    const known = this.openOf(target).filter(({ pattern }) => pattern === finding.pattern);
    const [only] = known;
    const isAlone = found.filter(({ pattern }) => pattern === finding.pattern).length === 1;
    if (only === undefined || known.length > 1 || !isAlone) return site;
    return packageOf(only.site) === packageOf(site) ? only.site : site;
  }

  #put(record: FindingRecord): void {
    const findings = this.#open.get(record.target) ?? new Map<string, FindingRecord>();
    findings.set(record.id, record);
    this.#open.set(record.target, findings);
  }
}

/** Of what was found, not of when. */
function findingId(target: string, pattern: PatternId, site: string): string {
  return createHash("sha256").update(`${target}\n${pattern}\n${site}`).digest("hex").slice(0, 32);
}

function describe(
  finding: Finding,
  from: { id: string; site: string; known: FindingRecord | undefined; diagnosis: Diagnosis },
): FindingRecord {
  const { id, site, known, diagnosis } = from;
  const estimate = finding.rate?.estimate;
  return {
    id,
    version: (known?.version ?? 0) + 1,
    target: diagnosis.target,
    pattern: finding.pattern,
    site,
    state: "open",
    severity: finding.severity,
    confidence: finding.confidence,
    ...putIntoWords(finding, LANGUAGES.en),
    translations: { zh: putIntoWords(finding, LANGUAGES.zh) },
    bytesPerSecond: estimate?.unit === "bytes/s" ? estimate.value : null,
    firstSeenMs: known?.firstSeenMs ?? diagnosis.atMs,
    atMs: diagnosis.atMs,
    runId: diagnosis.runId,
    captures: diagnosis.captures,
  };
}

function putIntoWords(
  { headline, fix }: Finding,
  { wording }: Language,
): { headline: string; fix: string[] } {
  return {
    headline: renderStatement(wording, headline),
    fix: fix.map((statement) => renderStatement(wording, statement)),
  };
}

function renderSite({ site }: Finding): string {
  if (site === undefined) return "";
  const position = site.line > 0 ? `${site.file}:${site.line}` : site.file;
  if (site.function === "") return position;
  return position === "" ? site.function : `${site.function} (${position})`;
}

/** "example.com/shop/cart.(*Store).Put (…)" → "example.com/shop/cart". */
function packageOf(site: string): string {
  const name = site.replace(/ \(\/.*$/, "");
  return name.slice(
    0,
    name.indexOf(".", name.lastIndexOf("/", name.indexOf("(") < 0 ? undefined : name.indexOf("(")) + 1),
  );
}

function isNews(known: FindingRecord, now: FindingRecord): boolean {
  if (known.severity !== now.severity) return true;
  if (Math.abs(known.confidence - now.confidence) >= CONFIDENCE_CHANGE) return true;
  const [before, after] = [known.bytesPerSecond, now.bytesPerSecond];
  if (before === null || after === null) return before !== after;
  return Math.abs(after - before) > RATE_CHANGE * Math.abs(before);
}

function canSee(kind: CheckKind, pattern: PatternId): boolean {
  return SEEN_BY[kind]?.includes(pattern.slice(0, pattern.indexOf("/"))) ?? false;
}
