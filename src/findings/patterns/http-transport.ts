import type { CodeSite } from "../../analysis/code-site.ts";
import { quantity } from "../../lib/quantity.ts";
import { findInSource, type SourcePlace } from "../../source/external-calls.ts";
import { makesTransport } from "../../source/http-transports.ts";
import { HTTP_TRANSPORT } from "../client-libraries.ts";
import { findClientOrigin } from "../client-origin.ts";
import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { judgeGroup, rateOfGroup } from "../group-judgement.ts";
import { findHttpCaller } from "../http-caller.ts";
import { claimHttpClusters, isHttpConnection, isReadLoop } from "../http-connections.ts";
import { getLibraryCalls } from "../library-calls.ts";
import { findBuiltOn, listConstructorNames } from "../library-index.ts";
import type { Pattern } from "../pattern.ts";
import { qualifySite } from "../qualified-site.ts";
import { type Statement, statement } from "../statement.ts";

/**
 * Idle HTTP connections that pile up: a transport made for each request, whose pool nobody uses a second time; or one
 * pool that keeps a connection to each of ever more hosts. Their readers wait in IO; where they wait in select the
 * response is not read (`resource/http-body`).
 */
export const httpTransport: Pattern = {
  id: "resource/http-transport",
  judge(evidence) {
    const { goroutines } = evidence;
    const readLoop = goroutines?.groups.find((group) => isReadLoop(group) && group.state === "io");
    if (goroutines === undefined || readLoop === undefined) return [];
    const judgement = judgeGroup(readLoop);
    if (judgement === undefined) return [];
    const origin = findTransport(evidence);
    const rate = rateOfGroup(readLoop);
    const rateNow = rate?.estimate ?? quantity(Number.NaN, "count/s");
    const isKnown = origin !== undefined && origin.how !== "used";
    const finding: Finding = {
      pattern: "resource/http-transport",
      state: !isKnown && judgement.state === "confirmed" ? "suspected" : judgement.state,
      severity: judgement.severity,
      confidence: isKnown ? judgement.confidence : Math.min(0.7, judgement.confidence),
      ...(origin === undefined ? {} : { site: origin.site }),
      callers: origin?.callers.slice(0, 5) ?? [],
      headline: headline(origin, rateNow),
      ...(rate === undefined ? {} : { rate }),
      evidence: [
        statement("http-idle-loops", {
          from: quantity(readLoop.trend.first, "count"),
          to: quantity(readLoop.trend.last, "count"),
        }),
        ...judgement.evidence,
        ...(origin?.evidence ?? []),
      ],
      consequences: [],
      fix:
        origin?.how === "shared"
          ? [statement("fix-idle-timeout", {}), statement("fix-idle-cap", {})]
          : [statement("fix-transport-share", {}), statement("fix-idle-timeout", {})],
      next: isKnown ? judgement.next : [statement("next-source", {})],
      series: [{ label: "connections", unit: "count", seconds: goroutines.seconds, value: readLoop.count }],
    };
    const others = goroutines.groups.filter(
      (group) => group !== readLoop && isHttpConnection(group) && group.trend.last > group.trend.first,
    );
    return [
      {
        finding,
        claims: {
          clusters: claimHttpClusters(evidence, origin?.site, origin?.callers ?? []),
          groups: [readLoop, ...others],
        },
      },
    ];
  },
};

/** Where the connections come from. */
interface TransportOrigin {
  /** `made`: a transport is made there again and again. `shared`: made once. `used`: only the call of a client is known. */
  how: "made" | "shared" | "used";
  site: CodeSite;
  callers: CodeSite[];
  evidence: Statement[];
}

function findTransport(evidence: Evidence): TransportOrigin | undefined {
  const { heap, source } = evidence;
  if (heap === undefined) return undefined;
  const caller = findHttpCaller(heap, source);
  const wanted = [HTTP_TRANSPORT, ...findBuiltOn(HTTP_TRANSPORT)];
  const made = findClientOrigin(HTTP_TRANSPORT, [], heap, undefined);
  const { activeFrames } = getLibraryCalls(heap);
  const seen = caller === undefined ? activeFrames : [...activeFrames, caller.site, ...caller.callers];
  const places =
    source === undefined
      ? []
      : findInSource(
          source,
          wanted.flatMap((library) => library.modules),
          makesTransport(new Set(wanted.flatMap(listConstructorNames))),
          seen,
        );
  if (made?.how === "made") {
    const { site, callers, library } = made;
    return {
      how: "made",
      site,
      callers,
      evidence: [statement("transport-made", { site, instance: library?.instance ?? "" })],
    };
  }
  const place = choosePlace(places, caller?.site);
  if (place !== undefined) {
    const { function: name, file, line, text, distance } = place;
    const site = qualifySite({ function: name, file, line }, heap.interner.frames());
    return {
      how: distance === Number.POSITIVE_INFINITY ? "shared" : "made",
      site,
      callers: caller === undefined ? [] : [caller.site, ...caller.callers],
      evidence: [statement("source-makes-transport", { text, site })],
    };
  }
  return caller === undefined ? undefined : { ...caller, how: "used" };
}

/**
 * Of places as near to the running program: a pool without a bound before one that closes or counts its idle connections,
 * then the one beside the call.
 */
function choosePlace(places: readonly SourcePlace[], caller: CodeSite | undefined): SourcePlace | undefined {
  const [first] = places;
  const folder = (file: string): string => file.slice(0, file.lastIndexOf("/"));
  const rank = ({ text, file }: SourcePlace): number =>
    (BOUNDS_POOL.test(text) ? 2 : 0) + (caller !== undefined && folder(file) === folder(caller.file) ? 0 : 1);
  return places
    .filter(({ distance }) => Object.is(distance, first?.distance))
    .toSorted((a, b) => rank(a) - rank(b))[0];
}

const BOUNDS_POOL = /\b(?:IdleConnTimeout|MaxIdleConns|DisableKeepAlives)\s*:/;

function headline(origin: TransportOrigin | undefined, rate: ReturnType<typeof quantity>): Statement {
  switch (origin?.how) {
    case "made":
      return statement("headline-http-transport", { site: origin.site, rate });
    case "shared":
      return statement("headline-http-idle-pool", { site: origin.site, rate });
    case "used":
      return statement("headline-http-idle-caller", { site: origin.site, rate });
    default:
      return statement("headline-http-idle-unknown-site", { rate });
  }
}
