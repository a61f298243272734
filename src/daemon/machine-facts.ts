import { access, constants, readFile, stat, statfs } from "node:fs/promises";
import { availableParallelism, loadavg, userInfo } from "node:os";
import type { PatrolConfig } from "../patrol/config/patrol-config.ts";
import type { PermissionFacts, PermissionFile } from "../patrol/run/permission.ts";
import type { PrecheckFacts } from "../patrol/run/precheck.ts";
import { listSecretFiles } from "./secret-files.ts";

/** Linux's capabilities in the order of their bits (include/uapi/linux/capability.h). */
const CAPABILITIES = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_DAC_READ_SEARCH",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETPCAP",
  "CAP_LINUX_IMMUTABLE",
  "CAP_NET_BIND_SERVICE",
  "CAP_NET_BROADCAST",
  "CAP_NET_ADMIN",
  "CAP_NET_RAW",
  "CAP_IPC_LOCK",
  "CAP_IPC_OWNER",
  "CAP_SYS_MODULE",
  "CAP_SYS_RAWIO",
  "CAP_SYS_CHROOT",
  "CAP_SYS_PTRACE",
  "CAP_SYS_PACCT",
  "CAP_SYS_ADMIN",
  "CAP_SYS_BOOT",
  "CAP_SYS_NICE",
  "CAP_SYS_RESOURCE",
  "CAP_SYS_TIME",
  "CAP_SYS_TTY_CONFIG",
  "CAP_MKNOD",
  "CAP_LEASE",
  "CAP_AUDIT_WRITE",
  "CAP_AUDIT_CONTROL",
  "CAP_SETFCAP",
  "CAP_MAC_OVERRIDE",
  "CAP_MAC_ADMIN",
  "CAP_SYSLOG",
  "CAP_WAKE_ALARM",
  "CAP_BLOCK_SUSPEND",
  "CAP_AUDIT_READ",
  "CAP_PERFMON",
  "CAP_BPF",
  "CAP_CHECKPOINT_RESTORE",
];

/** Who we are and what we may, for the permission check. */
export async function readPermissionFacts(
  config: PatrolConfig,
  configFile: string | null,
): Promise<PermissionFacts> {
  const files: PermissionFile[] = [];
  if (configFile !== null) files.push(await readFileFacts(configFile, "configuration"));
  for (const path of listSecretFiles(config)) files.push(await readFileFacts(path, "secret"));
  if (config.store.engine !== "memory") files.push(await readFileFacts(config.store.dir, "data"));
  return {
    uid: process.getuid?.() ?? null,
    user: findUser(),
    capabilities: await readCapabilities(),
    isContainer: process.env["KUBERNETES_SERVICE_HOST"] !== undefined || (await exists("/.dockerenv")),
    files,
  };
}

/** "user@host pid 123": the actor of audit entries. */
export function describeActor(host: string): string {
  return `${findUser()}@${host} pid ${process.pid}`;
}

function findUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user need not be in its passwd.
    return `uid ${process.getuid?.() ?? "?"}`;
  }
}

async function readCapabilities(): Promise<string[]> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const bits = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  return CAPABILITIES.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n);
}

async function readFileFacts(path: string, role: PermissionFile["role"]): Promise<PermissionFile> {
  const found = await stat(path).catch(() => null);
  const writable = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
  return { path, role, mode: found?.mode ?? null, ownerUid: found?.uid ?? null, writable };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** How the machine and we are, for the pre-check. */
export async function readMachineFacts(
  dir: string,
): Promise<Pick<PrecheckFacts, "freeDisk" | "loadPerCore" | "ownRssBytes">> {
  const disk = await statfs(dir).catch(() => null);
  return {
    // What is there for us, not what is kept back for root.
    freeDisk: disk === null || disk.blocks === 0 ? null : disk.bavail / disk.blocks,
    loadPerCore: loadavg()[0]! / availableParallelism(),
    ownRssBytes: process.memoryUsage.rss(),
  };
}
