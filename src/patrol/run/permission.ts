/** Who runs the patrol and what it may, as the kernel says. */
export interface PermissionFacts {
  uid: number | null;
  user: string;
  /** Names of effective capabilities: "CAP_NET_RAW". */
  capabilities: readonly string[];
  /** In a container nobody else is there to read a file; Kubernetes mounts secrets readable by all. */
  isContainer: boolean;
  files: readonly PermissionFile[];
}

export interface PermissionFile {
  path: string;
  /** `secret`: holds credentials; `configuration`: decides what is done; `data`: what was gathered. */
  role: "secret" | "configuration" | "data";
  /** Permission bits, e.g. 0o640; null if it is not there. */
  mode: number | null;
  ownerUid: number | null;
  writable: boolean;
}

/** A patrol asks over the network and reads files: these would let a bug of it take the machine. */
const TOO_MUCH = new Set([
  "CAP_SYS_ADMIN",
  "CAP_SYS_MODULE",
  "CAP_SYS_RAWIO",
  "CAP_DAC_OVERRIDE",
  "CAP_SETUID",
  "CAP_SETGID",
  "CAP_NET_ADMIN",
  "CAP_BPF",
]);

/** Why the patrol must not run like this, with what to do; empty if it may. */
export function judgePermission(facts: PermissionFacts, { allowRoot }: { allowRoot: boolean }): string[] {
  const refusals: string[] = [];
  const isRoot = facts.uid === 0;
  if (isRoot && !allowRoot) {
    refusals.push(
      "it runs as root: run it as a user of its own (systemd: DynamicUser=yes), or set allow_root = true in [run]",
    );
  }
  const excess = facts.capabilities.filter((name) => TOO_MUCH.has(name));
  if (!isRoot && excess.length > 0) {
    refusals.push(
      `it has ${excess.join(", ")}, which it does not need: CapabilityBoundingSet= takes them away`,
    );
  }
  for (const file of facts.files) {
    const refusal = judgeFile(file, facts);
    if (refusal !== undefined) refusals.push(refusal);
  }
  return refusals;
}

function judgeFile(
  { path, role, mode, ownerUid, writable }: PermissionFile,
  { uid, isContainer }: PermissionFacts,
): string | undefined {
  if (role === "data") {
    return writable ? undefined : `${path} cannot be written: give it to the patrol's user`;
  }
  if (mode === null) return undefined;
  if ((mode & 0o002) !== 0)
    return `${path} can be written by everybody (mode ${octal(mode)}): chmod o-w ${path}`;
  // systemd's credentials and Kubernetes' secrets are root's and read-only.
  const isForeign = ownerUid !== null && uid !== null && ownerUid !== uid && ownerUid !== 0;
  if (role === "configuration" && isForeign && (mode & 0o200) !== 0) {
    return `${path} belongs to another user (uid ${ownerUid}), who could change what is patrolled: chown it`;
  }
  if (role === "secret" && !isContainer && (mode & 0o004) !== 0) {
    return `${path} holds a secret and can be read by everybody (mode ${octal(mode)}): chmod o-r ${path}`;
  }
  return undefined;
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}
