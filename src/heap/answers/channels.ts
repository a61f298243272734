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
  const { hchan, waitq, sudog } = layout.structs;
  const waiters = (queue: number): number => {
    let count = 0;
    let at = space.u64(queue + waitq.first);
    for (; at > 0 && count < MAX_WAITERS; count++) at = space.u64(at + sudog.next);
    return count;
  };
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
      receivers: waiters(address + hchan.recvq),
      senders: waiters(address + hchan.sendq),
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
