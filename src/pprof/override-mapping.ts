import type { Profile } from "../tables/profile.ts";
import { ExtendedStringTable } from "./extended-strings.ts";

/** Names the program, and a build id if the profile has none, of the first mapping (fetch.go, locateBinaries). */
export function overrideMapping(profile: Profile, program: string, buildId: string): Profile {
  if (profile.mappings.length === 0 || (program === "" && buildId === "")) return profile;
  const strings = new ExtendedStringTable(profile.strings);
  const mappings = {
    ...profile.mappings,
    filename: profile.mappings.filename.slice(),
    buildId: profile.mappings.buildId.slice(),
  };
  if (program !== "") mappings.filename[0] = strings.add(program);
  if (buildId !== "" && mappings.buildId[0] === 0) mappings.buildId[0] = strings.add(buildId);
  return { ...profile, strings, mappings };
}
