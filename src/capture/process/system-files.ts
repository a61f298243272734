import { readProcFile, readProcLink } from "./proc-file.ts";

const MAX_FILE_BYTES = 256 * 1024;
/** Deeper nesting than any orchestrator makes. */
const MAX_ANCESTORS = 20;

const CGROUP_V2_FILES = [
  "memory.current",
  "memory.max",
  "memory.high",
  "memory.peak",
  "memory.swap.current",
  "memory.stat",
  "memory.events",
  "memory.pressure",
];
const CGROUP_V1_FILES = [
  "memory.usage_in_bytes",
  "memory.limit_in_bytes",
  "memory.max_usage_in_bytes",
  "memory.kmem.usage_in_bytes",
  "memory.stat",
];
const HUGE_PAGE_FILES = [
  "/sys/kernel/mm/transparent_hugepage/enabled",
  "/sys/kernel/mm/transparent_hugepage/defrag",
  "/sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none",
];

/** The path of a process's executable as a text of the same form. Throws CaptureError as `readProcFile`. */
export async function readExecutableLink(processPath: string): Promise<Uint8Array> {
  const path = `${processPath}/exe`;
  return new TextEncoder().encode(renderSection(path, await readProcLink(path)));
}

function renderSection(path: string, text: string): string {
  return `==> ${path} <==\n${text}${text.endsWith("\n") ? "" : "\n"}`;
}

/**
 * The small files around a process in one text, each below `==> path <==`: its cgroup, the cgroup's memory
 * figures and the limits of those above it, the machine's settings for huge pages and the pressure on its CPUs. What is not there is left out.
 */
export async function readSystemFiles(processPath: string, isFirst: boolean): Promise<Uint8Array> {
  const sections: string[] = [];
  const read = async (path: string): Promise<string | undefined> => {
    try {
      const text = new TextDecoder().decode((await readProcFile(path, MAX_FILE_BYTES)).bytes);
      sections.push(renderSection(path, text));
      return text;
    } catch {
      return undefined;
    }
  };
  await read("/proc/uptime");
  await read("/proc/pressure/cpu");
  if (isFirst) for (const path of ["/proc/meminfo", ...HUGE_PAGE_FILES]) await read(path);
  const membership = await read(`${processPath}/cgroup`);
  if (membership !== undefined) {
    const mounts = new TextDecoder().decode(
      (await readProcFile("/proc/self/mountinfo", MAX_FILE_BYTES).catch(() => undefined))?.bytes,
    );
    const cgroup = findMemoryCgroup(membership, mounts);
    if (cgroup !== undefined) {
      const { directories, version } = cgroup;
      for (const name of version === 2 ? CGROUP_V2_FILES : CGROUP_V1_FILES)
        await read(`${directories[0]}/${name}`);
      const limitFile = version === 2 ? "memory.max" : "memory.limit_in_bytes";
      for (const directory of directories.slice(1)) await read(`${directory}/${limitFile}`);
    }
  }
  return new TextEncoder().encode(sections.join("\n"));
}

interface MemoryCgroup {
  version: 1 | 2;
  /** The process's own first, then those above it up to the mount. */
  directories: string[];
}

/**
 * Where the memory controller of a process is mounted here, from /proc/PID/cgroup and our own /proc/self/mountinfo
 * (cgroups(7)). Undefined for the root, which accounts for the machine and limits nothing, and if it is not mounted.
 */
export function findMemoryCgroup(membership: string, mountinfo: string): MemoryCgroup | undefined {
  for (const version of [1, 2] as const) {
    const path = findMembership(membership, version);
    const mount = findMount(mountinfo, version);
    if (path === undefined || mount === undefined) continue;
    // In a container without a cgroup namespace only its own part of the tree is mounted.
    const inside = path.startsWith(mount.root) ? path.slice(mount.root === "/" ? 0 : mount.root.length) : "/";
    const segments = inside.split("/").filter((segment) => segment !== "" && segment !== "..");
    // v1 in the root: what the machine uses. In v2 the root has no figures, and a container's own looks like one.
    if (version === 1 && segments.length === 0 && mount.root === "/") continue;
    const directories: string[] = [];
    for (let depth = segments.length; depth >= 0 && directories.length < MAX_ANCESTORS; depth--) {
      directories.push([mount.point, ...segments.slice(0, depth)].join("/"));
    }
    return { version, directories };
  }
  return undefined;
}

function findMembership(membership: string, version: 1 | 2): string | undefined {
  for (const [, controllers, path] of membership.matchAll(/^\d+:([^:]*):(.*)$/gm)) {
    if (version === 2 ? controllers === "" : controllers!.split(",").includes("memory")) return path;
  }
  return undefined;
}

function findMount(mountinfo: string, version: 1 | 2): { root: string; point: string } | undefined {
  const row = /^\d+ \d+ \S+ (\S+) (\S+) .* - (\S+) \S+ (\S+)$/gm;
  for (const [, root, point, type, options] of mountinfo.matchAll(row)) {
    const isWanted =
      version === 2 ? type === "cgroup2" : type === "cgroup" && options!.split(",").includes("memory");
    if (isWanted) return { root: root!, point: point! };
  }
  return undefined;
}
