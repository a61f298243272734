/**
 * What Go operation an allocation served, read from the runtime frames above the user's line. Protobuf heap
 * profiles hide these frames; heap?debug=1 still has their addresses, which /debug/pprof/symbol can name.
 */
export type AllocationOperation =
  | "map-insert"
  | "map-create"
  | "slice-growth"
  | "make-slice"
  | "new-object"
  | "make-channel"
  | "string-concat"
  | "string"
  | "interface"
  | "goroutine"
  | "other";

/** Order matters: the first that matches any frame wins, so the specific come before mallocgc's direct callers. */
const RULES: readonly [RegExp, AllocationOperation][] = [
  [
    /^runtime\.(mapassign|hashGrow|growWork|evacuate|makeBucketArray|\(\*hmap\)\.newoverflow|mapclone)/,
    "map-insert",
  ],
  [
    /^internal\/runtime\/maps\.\(\*(table|Map)\)\.(rehash|grow|split|reset|growToTable|growToSmall|PutSlot|putSlot|Assign|directoryIndex|installTableSplit)/,
    "map-insert",
  ],
  [
    /^runtime\.makemap|^internal\/runtime\/maps\.(NewMap|NewEmptyMap|newTable|newGroups|newarray)/,
    "map-create",
  ],
  [/^runtime\.(growslice|growsliceNoAlloc|growsliceBuf|reflect_growslice)/, "slice-growth"],
  [/^runtime\.makechan/, "make-channel"],
  [/^runtime\.(newproc|malg|gfget|newproc1)/, "goroutine"],
  [/^runtime\.concat(string|byte)/, "string-concat"],
  [
    /^runtime\.(slicebytetostring|stringtoslice|rawstring|rawbyteslice|intstring|slicerunetostring)/,
    "string",
  ],
  [/^runtime\.(makeslice|makeslicecopy|newarray)/, "make-slice"],
  [/^runtime\.(convT|convI|convTslice|convTstring)/, "interface"],
  [/^runtime\.newobject/, "new-object"],
];

/** Of a runtime function that says nothing in particular. */
const NO_RULE = RULES.length;
/** Of no function at all: more than any rank. */
export const NO_OPERATION: number = NO_RULE + 1;

/** What one hidden runtime function says: of all those of a stack the least rank decides. */
export function rankOperation(runtimeFunction: string): number {
  const rule = RULES.findIndex(([pattern]) => pattern.test(runtimeFunction));
  return rule < 0 ? NO_RULE : rule;
}

/** The operation of the least rank among a stack's hidden functions; undefined for NO_OPERATION. */
export function operationOfRank(rank: number): AllocationOperation | undefined {
  if (rank >= NO_OPERATION) return undefined;
  return RULES[rank]?.[1] ?? "other";
}
