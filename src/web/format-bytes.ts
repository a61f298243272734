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
