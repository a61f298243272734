import type { HeapContainer, HeapContents } from "../tables/heap-contents.ts";
import type { TableView } from "./report-view.ts";
import type { Words } from "./report-words.ts";

const CONTAINERS_SHOWN = 10;
const OWNERS_SHOWN = 8;
/** What keeps less of the heap is no line worth reading. */
const LEAST_SHARE = 0.005;

/** What was looked at, and for how long the process stood still. */
export function listHeapFacts(
  contents: HeapContents | null,
  { language, format }: Words,
): { label: string; value: string }[] {
  if (contents === null) return [];
  const { heapLook: label } = language.labels;
  const { source, reachableObjects, reachableBytes, pauseMs } = contents;
  const pause = pauseMs === undefined ? "" : format(Math.ceil(pauseMs), "ms");
  const [objects, bytes] = [format(reachableObjects, "count"), format(reachableBytes, "bytes")];
  return [{ label: label.fact, value: label.value(label.source[source], objects, bytes, pause) }];
}

/** Who keeps the heap alive: containers by the place that holds them, and roots. */
export function listHeapTables(contents: HeapContents | null, words: Words): TableView[] {
  if (contents === null) return [];
  const { heapLook: label } = words.language.labels;
  const { format } = words;
  const shareOf = (bytes: number) => bytes / Math.max(1, contents.reachableBytes);
  const left = (head: string) => ({ head, align: "left" as const });
  const right = (head: string) => ({ head, align: "right" as const });
  const amounts = (bytes: number) => [format(bytes, "bytes"), format(shareOf(bytes), "fraction")];
  const name = ({ owner, count }: HeapContainer) =>
    count === 1 ? owner : label.several(owner, format(count, "count"));
  const containers = contents.containers
    .filter(({ retainedBytes }) => shareOf(retainedBytes) >= LEAST_SHARE)
    .slice(0, CONTAINERS_SHOWN);
  const owners = contents.owners
    .filter(({ retainedBytes }) => shareOf(retainedBytes) >= LEAST_SHARE)
    .slice(0, OWNERS_SHOWN);
  return [
    {
      id: "heap-containers",
      title: label.containers,
      lead: label.containersLead,
      columns: [
        right(label.keeps),
        right(label.share),
        right(label.entries),
        left(label.held),
        left(label.type),
      ],
      rows: containers.map((container) => [
        ...amounts(container.retainedBytes),
        format(container.entries, "count"),
        name(container),
        container.type,
      ]),
    },
    {
      id: "heap-owners",
      title: label.owners,
      lead: "",
      columns: [right(label.keeps), right(label.share), left(label.owner), left(label.point)],
      rows: owners.map(({ name: owner, retainedBytes, point }) => [
        ...amounts(retainedBytes),
        owner,
        point === undefined ? "" : `${point.name}${point.type === "" ? "" : ` (${point.type})`}`,
      ]),
    },
  ].filter(({ rows }) => rows.length > 0);
}
