import type { HeapKeyForms } from "../../tables/heap-contents.ts";
import type { Evidence } from "../evidence.ts";
import { findAvoidablePart, findContainer } from "../heap-containers.ts";
import { judgeSuspects } from "../heap-suspects.ts";
import type { Pattern } from "../pattern.ts";
import { judgeRetainedGrowth } from "../retained-growth.ts";
import { statement } from "../statement.ts";

/**
 * A map that grows because its keys carry what should be normalised: moments, ids beside other things, ports, raw
 * URLs. That the map grows is told by the profile, what its keys are made of by the source, or by the heap's keys.
 */
export const mapHighCardinality: Pattern = {
  id: "data/map-high-cardinality",
  judge: (evidence) => [
    ...judgeRetainedGrowth(
      {
        pattern: "data/map-high-cardinality",
        claims: (keeper) => keeper.kind === "volatile-keys",
        headline: (keeper) =>
          statement("headline-map-high-cardinality", {
            target: keeper.target,
            site: keeper.site,
            part: keeper.store?.avoidableKey?.part.text ?? formOfKeys(keeper.target, evidence),
            kind: keeper.store?.avoidableKey?.part.kind ?? partOfKeys(keeper.target, evidence),
          }),
        evidence: ({ store }) =>
          store?.avoidableKey === undefined
            ? []
            : [
                statement("source-key", {
                  key: store.avoidableKey.text,
                  part: store.avoidableKey.part.text,
                  kind: store.avoidableKey.part.kind,
                  site: {
                    function: "",
                    file: store.avoidableKey.part.file,
                    line: store.avoidableKey.part.line,
                  },
                }),
              ],
        fix: (keeper) => [
          statement("fix-normalise-key", {
            kind: keeper.store?.avoidableKey?.part.kind ?? partOfKeys(keeper.target, evidence),
          }),
          keeper.store?.base === "label-values"
            ? statement("fix-bound-labels", {})
            : statement("fix-bound-map", { target: keeper.target }),
        ],
      },
      evidence,
    ),
    ...judgeSuspects(evidence, "data/map-high-cardinality", "volatile-keys", (target) => [
      statement("fix-normalise-key", { kind: partOfKeys(target, evidence) }),
      statement("fix-bound-map", { target }),
    ]),
  ],
};

function keysOf(target: string, { heapContents }: Evidence): HeapKeyForms | undefined {
  return heapContents === undefined ? undefined : findContainer(heapContents, target)?.largest.keys;
}

/** The form that most keys have. */
function formOfKeys(target: string, evidence: Evidence): string {
  return keysOf(target, evidence)?.forms[0]?.form ?? "";
}

function partOfKeys(target: string, evidence: Evidence): string {
  return findAvoidablePart(keysOf(target, evidence)) ?? "";
}
