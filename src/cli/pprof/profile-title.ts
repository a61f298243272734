import { baseName } from "../../pprof/clean-path.ts";
import type { Report } from "../../pprof/report.ts";
import type { StringIndex } from "../../tables/string-table.ts";

/** Program and value: "shop inuse_space", as upstream's pages are called. */
export function titleOf({ profile, typeName }: Report): string {
  const { mappings, strings } = profile;
  const path = mappings.length === 0 ? "" : strings.get(mappings.filename[0]! as StringIndex);
  return path === "" ? typeName : `${baseName(path)} ${typeName}`;
}
