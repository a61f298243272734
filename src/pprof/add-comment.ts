import type { Profile } from "../tables/profile.ts";
import { ExtendedStringTable } from "./extended-strings.ts";

export function addComment(profile: Profile, comment: string): Profile {
  const strings = new ExtendedStringTable(profile.strings);
  return { ...profile, strings, comments: [...profile.comments, strings.add(comment)] };
}
