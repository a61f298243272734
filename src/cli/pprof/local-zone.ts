import { readFileSync } from "node:fs";
import { type TimeZone, UTC } from "../../pprof/go-format.ts";
import { parseZoneFile } from "../../pprof/zone-file.ts";

const ZONE_FOLDERS = [
  "/usr/share/zoneinfo/",
  "/usr/lib/zoneinfo/",
  "/usr/share/lib/zoneinfo/",
  "/etc/zoneinfo/",
];

/** The zone that Go would show times in: TZ, or without it /etc/localtime (time/zoneinfo_unix.go). */
export function readLocalZone(env: NodeJS.ProcessEnv): TimeZone {
  let zone: TimeZone | undefined;
  // Most profiles are shown without their time, so the file is read when it is asked for.
  return (seconds) => {
    zone ??= findZone(env["TZ"]);
    return zone(seconds);
  };
}

function findZone(name: string | undefined): TimeZone {
  if (name === undefined) return readZone("/etc/localtime") ?? UTC;
  const path = name.startsWith(":") ? name.slice(1) : name;
  if (path === "" || path === "UTC") return UTC;
  if (path.startsWith("/")) return readZone(path) ?? UTC;
  for (const folder of ZONE_FOLDERS) {
    const zone = readZone(folder + path);
    if (zone !== undefined) return zone;
  }
  return UTC;
}

function readZone(path: string): TimeZone | undefined {
  try {
    const zone = parseZoneFile(readFileSync(path));
    // Go calls the zone of /etc/localtime by its abbreviations, and the one without any UTC.
    return zone;
  } catch {
    return undefined;
  }
}
