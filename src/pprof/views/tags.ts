import { compareUtf8 } from "../../lib/compare-utf8.ts";
import type { StringIndex } from "../../tables/string-table.ts";
import { formatMeasure, formatPercentage } from "../measurement.ts";
import type { Report } from "../report.ts";
import { alignColumns } from "../tab-columns.ts";

/** `go tool pprof -tags`: every label with its values and how much carries each. */
export function* renderTags(report: Report): Generator<string> {
  const { total, format } = report;
  const shareOf = (value: number): string => (total > 0 ? ` (${formatPercentage(value, total)})` : "");
  let text = "";
  for (const [key, values] of [...countLabels(report)].sort(([a], [b]) => compareUtf8(a, b))) {
    const sum = [...values.values()].reduce((all, value) => all + value, 0);
    text += `${key}:\t Total ${format(sum)} of ${format(total)}${shareOf(sum)}\n`;
    const sorted = [...values].sort(
      ([a, valueA], [b, valueB]) => Math.abs(valueB) - Math.abs(valueA) || compareUtf8(a, b),
    );
    for (const [name, value] of sorted) text += ` \t${format(value)}${shareOf(value)}:\t ${name}\n`;
    text += "\n";
  }
  yield alignColumns(text);
}

/** Value by text by key. Numbers that print alike are one text. */
function countLabels({ profile, values, labelUnits, outputUnit }: Report): Map<string, Map<string, number>> {
  const { samples, strings } = profile;
  const { label } = samples;
  const counted = new Map<string, Map<string, number>>();
  for (let sample = 0; sample < samples.length; sample++) {
    const value = values.value[sample]!;
    for (let row = label.start[sample]!; row < label.start[sample + 1]!; row++) {
      const key = strings.get(label.key[row]! as StringIndex);
      const text =
        label.str[row] !== 0
          ? strings.get(label.str[row]! as StringIndex)
          : formatMeasure(Number(label.num[row]!), labelUnits.unitOf(key), outputUnit);
      let ofKey = counted.get(key);
      if (ofKey === undefined) {
        ofKey = new Map();
        counted.set(key, ofKey);
      }
      ofKey.set(text, (ofKey.get(text) ?? 0) + value);
    }
  }
  return counted;
}
