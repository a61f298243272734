import type { TimeZone } from "../../pprof/go-format.ts";
import type { Re2 } from "../../pprof/re2.ts";
import type { Report } from "../../pprof/report.ts";
import { profileHeader } from "../../pprof/views/headers.ts";
import { renderProfileFile } from "../../report/pprof/profile-file.ts";
import { renderSourceContent } from "../../report/pprof/source-page.ts";
import { profilePageScript } from "../../web/profile/profile-page-script.ts";
import { readVersion } from "../version.ts";
import { titleOf } from "./profile-title.ts";
import { sourceReader } from "./source-reader.ts";

/** `gopatrol pprof weblist`: what `list` shows, as an HTML file. There is no disassembly in it. */
export async function showWebList(report: Report, wanted: Re2, zone: TimeZone): Promise<string> {
  const { html } = renderSourceContent(report, wanted, sourceReader(report.options));
  const file = {
    what: "Source",
    title: titleOf(report),
    gopatrolVersion: await readVersion(),
    script: profilePageScript(),
    header: [...profileHeader(report, zone), ...report.activeFilters],
  };
  return renderProfileFile(file, "source", html);
}
