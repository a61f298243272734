import type { Profile } from "../tables/profile.ts";
import { countNodes, type NodeValues } from "./count-samples.ts";
import type { FrameNodes } from "./frame-nodes.ts";
import { BASE_LABEL, findLabelled } from "./labels.ts";
import type { Report } from "./report.ts";

/** 1 for the samples of a base that `-diff_base` marked; undefined without any. */
export function markBase(profile: Profile): Uint8Array | undefined {
  const rows = findLabelled(profile, BASE_LABEL, "true");
  if (rows.length === 0) return undefined;
  const isBase = new Uint8Array(profile.samples.length);
  for (const row of rows) isBase[row] = 1;
  return isBase;
}

/** Values of nodes on both sides of a difference, each as positive as it was. */
export interface DiffSides {
  before: NodeValues;
  after: NodeValues;
}

/** Counts both sides of a profile that holds its base, of the report's sample type. */
export function countSides({ profile, values }: Report, nodes: FrameNodes): DiffSides {
  const isBase = markBase(profile) ?? new Uint8Array(profile.samples.length);
  const side = (wanted: number): NodeValues =>
    countNodes(profile, nodes, {
      value: values.value.map((value, sample) =>
        isBase[sample] !== wanted || value === 0 ? 0 : wanted === 1 ? -value : value,
      ),
      divisor: undefined,
    });
  return { before: side(1), after: side(0) };
}
