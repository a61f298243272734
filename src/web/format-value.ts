/** Bytes as the rest of the report writes them: "41.3 MB"; binary multiples, at most three significant digits. */
export function formatBytes(bytes: number, signed = false): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let size = Math.abs(bytes);
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  const digits =
    size >= 999.5 || size < 1e-6 ? String(Math.round(size)) : String(Number(size.toPrecision(3)));
  const sign = bytes < 0 ? "-" : signed && bytes > 0 ? "+" : "";
  return `${sign}${digits} ${units[unit]}`;
}

/** A part of a whole: "73 %", "0.4 %"; "0 %" of nothing. */
export function formatShare(part: number, whole: number): string {
  if (!(whole > 0)) return "0 %";
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.01) return "<0.01 %";
  return `${percent < 10 ? Number(percent.toPrecision(2)) : Math.round(percent)} %`;
}

/** A value of a profile in its unit: "41.3 MB", "1.25 s", "12,345". */
export function formatValue(value: number, unit: string, signed = false): string {
  if (unit === "bytes") return formatBytes(value, signed);
  const size = Math.abs(value);
  const sign = value < 0 ? "-" : signed && value > 0 ? "+" : "";
  const times: Record<string, number> = {
    nanoseconds: 1,
    microseconds: 1e3,
    milliseconds: 1e6,
    seconds: 1e9,
  };
  const nanoseconds = times[unit];
  if (nanoseconds !== undefined) {
    const all = size * nanoseconds;
    const scale: [number, string][] = [
      [3600e9, "h"],
      [60e9, "min"],
      [1e9, "s"],
      [1e6, "ms"],
      [1e3, "µs"],
      [1, "ns"],
    ];
    const [factor, name] = scale.find(([least]) => all >= least) ?? [1, "ns"];
    return `${sign}${Number((all / factor).toPrecision(3))} ${name}`;
  }
  const whole = size >= 1000 ? Math.round(size) : Number(size.toPrecision(3));
  const digits = String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}${digits}${unit === "" || unit === "count" ? "" : ` ${unit}`}`;
}

/** A change against what was: "+34 %", "new", "gone"; empty where nothing was and nothing is. */
export function formatChange(before: number, after: number): string {
  if (before === after) return before === 0 ? "" : "same";
  if (before === 0) return "new";
  if (after === 0) return "gone";
  const percent = (100 * (after - before)) / Math.abs(before);
  const digits = Math.abs(percent) < 10 ? Number(percent.toPrecision(2)) : Math.round(percent);
  return `${percent > 0 ? "+" : ""}${digits} %`;
}
