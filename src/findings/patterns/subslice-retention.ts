import { estimate, quantity } from "../../lib/quantity.ts";
import type { PartlyUsedObjects } from "../../tables/heap-contents.ts";
import { largestValue } from "../cluster-keeper.ts";
import type { Evidence } from "../evidence.ts";
import { foundInHeap, severityOfWaste } from "../heap-suspects.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { judgeRetainedGrowth } from "../retained-growth.ts";
import { type Statement, statement } from "../statement.ts";

/** Less than this is not worth a word. */
const LEAST_WASTE_BYTES = 4 * 1024 * 1024;
const LEAST_WASTE_SHARE = 0.1;

/**
 * A small slice or substring that keeps the large array it was cut from. A profile shows only that large objects
 * are kept one by one; that a part is what is stored must come from the source, or from a look at the heap, where the
 * object's size stands beside what strings and slices still name of it.
 */
export const subsliceRetention: Pattern = {
  id: "data/subslice-retention",
  judge(evidence) {
    const found = judgeRetainedGrowth(
      {
        pattern: "data/subslice-retention",
        claims: (keeper) => keeper.kind === "subslice",
        headline: (keeper, cluster) =>
          statement("headline-subslice-retention", {
            site: keeper.site,
            objectBytes: estimate(largestValue(cluster).objectBytes, "bytes"),
          }),
        evidence: (keeper, cluster) => [
          statement("objects-are-large", {
            objectBytes: estimate(largestValue(cluster).objectBytes, "bytes"),
            site: largestValue(cluster).site,
          }),
          ...findPartlyUsed(keeper.store?.owner ?? "", evidence).map(describe),
        ],
        fix: () => [statement("fix-clone-subslice", {})],
      },
      evidence,
    );
    return found.length > 0 ? found : judgeHeap(evidence);
  },
};

/** Rows of the type whose field the source names: ids in a map and in a list beside it are cut from the same objects. */
function findPartlyUsed(owner: string, { heapContents }: Evidence): PartlyUsedObjects[] {
  const type = owner.split(".")[0]!;
  if (heapContents === undefined || type === "") return [];
  return heapContents.partlyUsed.filter((row) => row.owner.split(/[.[]/)[1] === type);
}

/** Objects that are kept by small parts of them, whatever grows: all but the parts is wasted. */
function judgeHeap({ heapContents }: Evidence): Candidate[] {
  if (heapContents === undefined) return [];
  const { reachableBytes, partlyUsed } = heapContents;
  const wasted = ({ bytes, usedBytes }: PartlyUsedObjects) => bytes - usedBytes;
  return partlyUsed
    .filter((row) => wasted(row) >= LEAST_WASTE_BYTES && wasted(row) >= LEAST_WASTE_SHARE * reachableBytes)
    .map((row) =>
      foundInHeap("data/subslice-retention", {
        state: "confirmed",
        severity: severityOfWaste(heapContents, wasted(row)),
        confidence: 0.8,
        headline: statement("headline-heap-subslice", {
          owner: row.owner,
          bytes: quantity(row.bytes, "bytes"),
          used: quantity(row.usedBytes, "bytes"),
        }),
        evidence: [describe(row)],
        fix: [statement("fix-clone-subslice", {})],
        next: [],
      }),
    );
}

function describe({ owner, objects, bytes, usedBytes }: PartlyUsedObjects): Statement {
  return statement("heap-partly-used", {
    owner,
    objects: quantity(objects, "count"),
    bytes: quantity(bytes, "bytes"),
    used: quantity(usedBytes, "bytes"),
  });
}
