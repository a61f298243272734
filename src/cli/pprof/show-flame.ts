import type { TimeZone } from "../../pprof/go-format.ts";
import { buildReport } from "../../pprof/report.ts";
import { profileHeader } from "../../pprof/views/headers.ts";
import { buildFlameChildren, fitFunctionName, layoutFlame, weighSides } from "../../report/flame-layout.ts";
import { mixColour, readableOn, strengthOfChange } from "../../report/pprof/diff-colour.ts";
import { buildFlameData, type FlameData } from "../../report/pprof/flame-data.ts";
import { renderFlameFile } from "../../report/pprof/flame-page.ts";
import { formatValue } from "../../web/format-value.ts";
import { renderFlameSvg } from "../../web/profile/flame-svg.ts";
import { profilePageScript } from "../../web/profile/profile-page-script.ts";
import { UsageError } from "../exit-code.ts";
import { readVersion } from "../version.ts";
import type { PprofCommand } from "./flags.ts";
import { programOf } from "./profile-title.ts";
import { joinSources, openSources } from "./sources.ts";

const PICTURE_WIDTH_PX = 1400;

/** `gopatrol pprof flame`: an HTML file with everything in it, or an SVG picture. @throws UsageError */
export async function showFlame(
  command: PprofCommand,
  zone: TimeZone,
  warn: (message: string) => void,
): Promise<string> {
  const format = chooseFormat(command);
  const { own, base } = await openSources(command, warn);
  // Both sides are needed, whichever way percentages are counted.
  const profile = joinSources(() => own.combine(), base && (() => base.combine()), command, true);
  const report = buildReport(profile, "flame", command.options, warn);
  const data = buildFlameData(report, profile, programOf(profile));
  if (format === "svg") return drawFlame(data);
  return renderFlameFile(data, {
    gopatrolVersion: await readVersion(),
    script: profilePageScript(),
    header: [...profileHeader(report, zone), ...report.activeFilters],
  });
}

function chooseFormat({ format, output }: PprofCommand): "html" | "svg" {
  if (format === "json") throw new UsageError("-format json is for top, tree and peek.");
  if (format === "text") return output.toLowerCase().endsWith(".svg") ? "svg" : "html";
  return format;
}

function drawFlame(data: FlameData): string {
  const weight = weighSides(data.parent, data.total[data.selected]!, data.base[data.selected], "larger");
  return renderFlameSvg(
    data,
    {
      type: data.selected,
      weight,
      children: buildFlameChildren(data.parent, weight),
      zoomed: 0,
      colour: "absolute",
      widthPx: PICTURE_WIDTH_PX,
    },
    { layoutFlame, fitFunctionName, formatValue, mixColour, readableOn, strengthOfChange },
  );
}
