import { baseName } from "../../pprof/clean-path.ts";
import type { Report } from "../../pprof/report.ts";
import type { Profile } from "../../tables/profile.ts";
import type { StringIndex } from "../../tables/string-table.ts";

function findProgram({ mappings, strings }: Profile): string {
  const path = mappings.length === 0 ? "" : strings.get(mappings.filename[0]! as StringIndex);
  return path === "" ? "" : baseName(path);
}

/** The program that a profile is of; "profile" where it does not say. */
export function programOf(profile: Profile): string {
  return findProgram(profile) || "profile";
}

/** Program and value: "shop inuse_space", as upstream's pages are called. */
export function titleOf({ profile, typeName }: Report): string {
  return `${findProgram(profile)} ${typeName}`.trimStart();
}
