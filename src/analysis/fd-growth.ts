import { FD_KINDS, type FdKind, type FdTable } from "../tables/fd-table.ts";
import { computeEvolution, type Evolution, findRise } from "./evolution.ts";

/** Descriptors of one kind that lead to the same place. */
export interface FdGroup {
  kind: FdKind;
  /**
   * The remote address of connections that the process opened, the local address of those it accepted and of
   * listeners; of files the path, with digits and long hexadecimal words as "#"; "" where there is nothing to tell.
   */
  place: string;
  /** Of connections: who opened them. */
  direction: "outgoing" | "accepted" | "listening" | undefined;
  count: Evolution;
  /** Of sockets in the last sample, most frequent first: "CLOSE_WAIT" means that only the peer has closed. */
  states: { state: string; count: number }[];
  /** One descriptor's target of the last sample that had one. */
  example: string;
}

export interface FdGrowth {
  total: Evolution;
  /** By kind, largest growth first. */
  kinds: { kind: FdKind; count: Evolution }[];
  /** By kind and place, largest growth first; the smallest are left out. */
  groups: FdGroup[];
}

/** Descriptors come and go with requests: less than this is no growth. */
const COUNT_NOISE = 5;
const GROUPS_KEPT = 60;

interface FdSample {
  seconds: number;
  fds: FdTable;
}

/** How the descriptors of a process changed; undefined without any table. */
export function computeFdGrowth(samples: readonly FdSample[]): FdGrowth | undefined {
  const counted = samples.map(({ seconds, fds }) => ({ seconds, total: fds.total, ...groupFds(fds) }));
  const total = computeEvolution(counted, (sample) => sample.total, { noise: COUNT_NOISE });
  if (total === undefined) return undefined;
  const kinds = FD_KINDS.flatMap((kind) => {
    const count = computeEvolution(counted, (s) => s.byKind.get(kind) ?? 0, { noise: COUNT_NOISE });
    return count === undefined || count.value.every((n) => n === 0) ? [] : [{ kind, count }];
  }).sort((a, b) => findRise(b.count) - findRise(a.count));
  const keys = new Set(counted.flatMap(({ groups }) => [...groups.keys()]));
  const groups = Array.from(keys, (key): FdGroup => {
    const seen = counted.findLast((sample) => sample.groups.has(key))!.groups.get(key)!;
    const { kind, place, direction, example } = seen;
    const states = Array.from(seen.states, ([state, count]) => ({ state, count }));
    return {
      kind,
      place,
      direction,
      count: computeEvolution(counted, (s) => s.groups.get(key)?.count ?? 0, { noise: COUNT_NOISE })!,
      states: states.sort((a, b) => b.count - a.count || (a.state < b.state ? -1 : 1)),
      example,
    };
  });
  groups.sort(
    (a, b) =>
      findRise(b.count) - findRise(a.count) ||
      b.count.trend.last - a.count.trend.last ||
      (a.place < b.place ? -1 : 1),
  );
  return { total, kinds, groups: groups.slice(0, GROUPS_KEPT) };
}

interface CountedGroup extends Pick<FdGroup, "kind" | "place" | "direction" | "example"> {
  count: number;
  states: Map<string, number>;
}

function groupFds(fds: FdTable): { byKind: Map<FdKind, number>; groups: Map<string, CountedGroup> } {
  const text = (column: Uint32Array, row: number) => fds.texts[column[row]!]!;
  const listening = new Set<string>();
  for (let row = 0; row < fds.length; row++) {
    if (text(fds.state, row) === "LISTEN") listening.add(portOf(text(fds.local, row)));
  }
  const byKind = new Map<FdKind, number>();
  const groups = new Map<string, CountedGroup>();
  for (let row = 0; row < fds.length; row++) {
    const kind = FD_KINDS[fds.kind[row]!]!;
    byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
    const state = text(fds.state, row);
    const where = findPlace(kind, {
      target: text(fds.target, row),
      state,
      local: text(fds.local, row),
      remote: text(fds.remote, row),
      listening,
    });
    const key = `${kind}\t${where.direction ?? ""}\t${where.place}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { kind, ...where, count: 0, states: new Map(), example: text(fds.target, row) };
      groups.set(key, group);
    }
    group.count++;
    if (state !== "") group.states.set(state, (group.states.get(state) ?? 0) + 1);
  }
  return { byKind, groups };
}

interface Socket {
  target: string;
  state: string;
  local: string;
  remote: string;
  listening: ReadonlySet<string>;
}

function findPlace(
  kind: FdKind,
  { target, state, local, remote, listening }: Socket,
): Pick<FdGroup, "place" | "direction"> {
  switch (kind) {
    case "tcp":
      if (state === "LISTEN") return { place: local, direction: "listening" };
      if (listening.has(portOf(local))) return { place: local, direction: "accepted" };
      return { place: remote, direction: "outgoing" };
    case "udp":
      return { place: remote === "" ? local : remote, direction: undefined };
    case "unix":
      return { place: generalisePath(local), direction: undefined };
    case "file":
    case "deleted-file":
    case "device":
    case "proc":
    case "memfd":
      return { place: generalisePath(target), direction: undefined };
    default:
      return { place: "", direction: undefined };
  }
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(":") + 1);
}

/** "/tmp/upload-17a.tmp" and "/tmp/upload-18b.tmp" are of one kind: what numbers and random names differ in is left out. */
export function generalisePath(path: string): string {
  return path.replace(/[0-9a-f]{8}[0-9a-f-]*|\d+/gi, "#");
}
