import { compareUtf8 } from "../../lib/compare-utf8.ts";
import { FrameNodes } from "../frame-nodes.ts";
import { padStart, type TimeZone } from "../go-format.ts";
import { hasLabels, readSampleLabels } from "../labels.ts";
import { formatMeasure } from "../measurement.ts";
import type { Report } from "../report.ts";
import { divide } from "../trimmed-graph.ts";
import { profileHeader } from "./headers.ts";

const SEPARATOR = "-----------+-------------------------------------------------------\n";

/** `go tool pprof -traces`: every sample with its labels, value and stack. */
export function* renderTraces(report: Report, zone: TimeZone): Generator<string> {
  yield `${profileHeader(report, zone).join("\n")}\n`;
  const { profile, values } = report;
  const { samples } = profile;
  const nodes = new FrameNodes(profile, {
    detail: report.detail,
    objectNames: false,
    trimPath: (path) => path,
  });
  const { frameStart, frameNode } = nodes;
  for (let sample = 0; sample < samples.length; sample++) {
    const start = samples.locationStart[sample]!;
    const end = samples.locationStart[sample + 1]!;
    if (start === end) continue;
    let text = SEPARATOR + renderLabels(report, sample);
    const value = divide(values.value[sample]!, values.divisor?.[sample] ?? 0);
    let shown = padStart(report.format(value), 10);
    for (let at = start; at < end; at++) {
      const location = samples.location[at]!;
      const last = frameStart[location + 1]! - 1;
      for (let frame = frameStart[location]!; frame <= last; frame++) {
        const inline = frame === last ? "" : " (inline)";
        text += `${shown}   ${nodes.printableName(frameNode[frame]!)}${inline}\n`;
        shown = "          ";
      }
    }
    yield text;
  }
  yield SEPARATOR;
}

function renderLabels(report: Report, sample: number): string {
  if (!hasLabels(report.profile.samples, sample)) return "";
  const { strings, numbers } = readSampleLabels(report.profile, sample);
  const line = (key: string, values: readonly string[]): string =>
    `${padStart(key, 10)}:  ${values.join(" ")}\n`;
  const texts = [...strings].map(([key, values]) => line(key, values));
  const measures = [...numbers].map(([key, { values }]) => {
    const unit = report.labelUnits.unitOf(key);
    return line(
      key,
      values.map((value) => formatMeasure(Number(value), unit, "auto")),
    );
  });
  return texts.sort(compareUtf8).join("") + measures.sort(compareUtf8).join("");
}
