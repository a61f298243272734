import { gzipSync } from "node:zlib";
import { encodeProfile } from "../../formats/pprof/encode.ts";
import { keepDetail } from "../../pprof/keep-detail.ts";
import { divideValue, type Report } from "../../pprof/report.ts";
import { buildTopProfile } from "../../pprof/views/topproto.ts";

/** `go tool pprof -proto`: the profile that a report is of, encoded and compressed. */
export function renderProto(report: Report): [Uint8Array] {
  const profile = keepDetail(report.profile, report.detail);
  const { samples } = profile;
  const isDivided = divideValue(2 ** 40, report.options) !== 2 ** 40;
  const columns = isDivided
    ? samples.columns.map(({ value }) => ({ value: value.map((each) => divideValue(each, report.options)) }))
    : samples.columns;
  return [gzipSync(encodeProfile({ ...profile, samples: { ...samples, columns } }))];
}

export function renderTopProto(report: Report): [Uint8Array] {
  return [gzipSync(encodeProfile(buildTopProfile(report)))];
}
