import { EXECUTABLE, findMappingName, READABLE, WRITABLE } from "../tables/mapping-table.ts";
import { computeEvolution, type Evolution, findRise } from "./evolution.ts";
import { generalisePath } from "./fd-growth.ts";
import { type ClassifiedMappings, MAPPING_CLASSES, type MappingClass } from "./mapping-class.ts";

/** Mappings of one class, or of one file or shape within it. */
interface MappingGroup {
  class: MappingClass;
  /**
   * "" for the whole class. Of files the path, with digits and long hexadecimal words as "#"; of anonymous mappings
   * their shape, permissions and size ("rw-p 65536"): what the same call makes looks the same.
   */
  part: string;
  count: Evolution;
  sizeBytes: Evolution;
  /** Absent where only maps could be read. */
  rssBytes: Evolution | undefined;
}

export interface MappingGrowth {
  /** Whole classes, in the order of MAPPING_CLASSES. */
  classes: MappingGroup[];
  /** Parts of classes, largest growth in size first; the smallest are left out. */
  parts: MappingGroup[];
  /** Shared objects outside the system's directories: Go plugins, which can never be unloaded, and C ones. */
  plugins: { count: Evolution; paths: string[] };
}

const COUNT_NOISE = 3;
/** The runtime maps in chunks of up to a quarter MiB and C libraries in 132 kB. */
const SIZE_NOISE_BYTES = 512 * 1024;
const PARTS_KEPT = 60;

interface MappingSample {
  seconds: number;
  mappings: ClassifiedMappings;
}

/** How the mappings of a process changed; undefined without any. */
export function computeMappingGrowth(samples: readonly MappingSample[]): MappingGrowth | undefined {
  const summed = samples.map(({ seconds, mappings }) => ({ seconds, ...sumUp(mappings) }));
  if (summed.length === 0) return undefined;
  const keys = new Set(summed.flatMap(({ groups }) => [...groups.keys()]));
  const groups = Array.from(keys, (key): MappingGroup => {
    const known = summed.find((s) => s.groups.has(key))!.groups.get(key)!;
    const evolve = (pick: (sum: Sum) => number, noise: number) =>
      computeEvolution(summed, (s) => pick(s.groups.get(key) ?? NOTHING), { noise });
    const rss = known.rssBytes;
    return {
      class: known.class,
      part: known.part,
      count: evolve((sum) => sum.count, COUNT_NOISE)!,
      sizeBytes: evolve((sum) => sum.sizeBytes, SIZE_NOISE_BYTES)!,
      rssBytes: Number.isNaN(rss) ? undefined : evolve((sum) => sum.rssBytes, SIZE_NOISE_BYTES),
    };
  });
  const order = (group: MappingGroup) => MAPPING_CLASSES.indexOf(group.class);
  return {
    classes: groups.filter(({ part }) => part === "").sort((a, b) => order(a) - order(b)),
    parts: groups
      .filter(({ part }) => part !== "")
      .sort(
        (a, b) =>
          findRise(b.sizeBytes) - findRise(a.sizeBytes) ||
          b.sizeBytes.trend.last - a.sizeBytes.trend.last ||
          (a.part < b.part ? -1 : 1),
      )
      .slice(0, PARTS_KEPT),
    plugins: {
      count: computeEvolution(summed, (s) => s.plugins.size, { noise: 0, noiseShare: 0 })!,
      paths: [...summed.at(-1)!.plugins].sort(),
    },
  };
}

interface Sum {
  count: number;
  sizeBytes: number;
  rssBytes: number;
}

const NOTHING: Sum = { count: 0, sizeBytes: 0, rssBytes: 0 };

function sumUp({ table, class: classes }: ClassifiedMappings): {
  groups: Map<string, Sum & Pick<MappingGroup, "class" | "part">>;
  plugins: Set<string>;
} {
  const groups = new Map<string, Sum & Pick<MappingGroup, "class" | "part">>();
  const plugins = new Set<string>();
  for (let row = 0; row < table.length; row++) {
    const name = MAPPING_CLASSES[classes[row]!]!;
    const file = findMappingName(table, row);
    if (name === "plugin" && file !== "") plugins.add(file);
    for (const part of [
      "",
      findPart(name, file, table.permissions[row]!, table.end[row]! - table.start[row]!),
    ]) {
      if (part === undefined) continue;
      const key = `${name}\t${part}`;
      let group = groups.get(key);
      if (group === undefined) {
        group = { class: name, part, ...NOTHING };
        groups.set(key, group);
      }
      group.count++;
      group.sizeBytes += table.end[row]! - table.start[row]!;
      group.rssBytes += table.rss[row]!;
    }
  }
  return { groups, plugins };
}

function findPart(name: MappingClass, file: string, permissions: number, bytes: number): string | undefined {
  switch (name) {
    case "plugin":
    case "file":
    case "shared-memory":
      return file === "" ? undefined : generalisePath(file);
    case "anonymous":
      return file === "" ? `${renderPermissions(permissions)} ${bytes}` : file;
    default:
      return undefined;
  }
}

function renderPermissions(permissions: number): string {
  const letter = (bit: number, name: string) => ((permissions & bit) === 0 ? "-" : name);
  return letter(READABLE, "r") + letter(WRITABLE, "w") + letter(EXECUTABLE, "x");
}
