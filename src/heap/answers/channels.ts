import { nodeOfObject } from "../graph/rooted-graph.ts";
import type { ShortestPaths } from "../graph/shortest-paths.ts";
import { pathTo } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { pathName } from "../names/path-names.ts";

export interface HeapChannel {
  owner: string;
  type: string;
  address: number;
  length: number;
  capacity: number;
  elementBytes: number;
  retainedBytes: number;
  closed: boolean;
  receivers: number;
  senders: number;
}

const MAX_WAITERS = 1_000_000;

/** Channels by how much waits in them: elements, then goroutines. */
export function listChannels(heap: HeapSnapshot, paths: ShortestPaths, top: number): HeapChannel[] {
  const { image, layout, index, types } = heap;
  const { space } = image;
  const { hchan, sudog } = layout.structs;
  const rows = heap.typed.channels.map(({ address, type }) => {
    const object = index.objectAt(address);
    const node = object < 0 ? -1 : nodeOfObject(heap.graph, object);
    return {
      node,
      type: types.get(type).name,
      address,
      length: space.u64(address + hchan.qcount),
      capacity: space.u64(address + hchan.dataqsiz),
      elementBytes: space.u16(address + hchan.elemsize),
      retainedBytes: node < 0 ? 0 : heap.retained[node]!,
      closed: space.u32(address + hchan.closed) !== 0,
      ...waitersOf(heap, address),
    };
  });
  const rank = (row: (typeof rows)[number]) => row.retainedBytes + (row.senders + row.receivers) * sudog.size;
  return rows
    .sort((a, b) => rank(b) - rank(a))
    .slice(0, top)
    .map(({ node, ...row }) => ({
      owner: node < 0 ? heap.names.nameOf(row.address) : pathName(heap, pathTo(paths, node)),
      ...row,
    }));
}

/** Goroutines that wait at the channel at `address`. */
export function waitersOf(
  { image, layout }: HeapSnapshot,
  address: number,
): Pick<HeapChannel, "receivers" | "senders"> {
  const { space } = image;
  const { hchan, waitq, sudog } = layout.structs;
  const count = (queue: number): number => {
    let waiting = 0;
    let at = space.u64(queue + waitq.first);
    for (; at > 0 && waiting < MAX_WAITERS; waiting++) at = space.u64(at + sudog.next);
    return waiting;
  };
  return { receivers: count(address + hchan.recvq), senders: count(address + hchan.sendq) };
}
