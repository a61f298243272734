import { readdirSync, readFileSync } from "node:fs";

/** A process that is in a container, as seen from outside of it. */
export interface ContainedProcess {
  /** As it is called here. */
  pid: number;
  name: string;
}

/** Enough to choose from. */
const MOST_FOUND = 3;
/** A node with more processes is not searched to its end for a hint. */
const MOST_LOOKED_AT = 50_000;

/** Processes that have this pid within the container they run in (NSpid in proc_pid_status(5)), by their pid here. */
export function findInContainers(pid: number, proc = "/proc"): ContainedProcess[] {
  const found: ContainedProcess[] = [];
  let names: string[];
  try {
    names = readdirSync(proc).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  for (const name of names.slice(0, MOST_LOOKED_AT)) {
    let status: string;
    try {
      status = readFileSync(`${proc}/${name}/status`, "utf8");
    } catch {
      continue;
    }
    const [here, ...inner] = /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
    if (here === undefined || Number(inner.at(-1)) !== pid) continue;
    found.push({ pid: Number(here), name: /^Name:\s+(.*)$/m.exec(status)?.[1] ?? "" });
    if (found.length === MOST_FOUND) break;
  }
  return found;
}

/** What to say to whoever gave the pid of a container's inside; "" if there is no such. */
export function adviceOfContainers(pid: number): string {
  const found = findInContainers(pid);
  if (found.length === 0) return "";
  const list = found.map((one) => `${one.pid} (${one.name})`).join(", ");
  return `; what a container calls ${pid} is here ${list}`;
}
