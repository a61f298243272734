const BARS = "▁▂▃▄▅▆▇█";

/** A series as a row of bars from its least to its greatest value; a flat one is all low bars. */
export function renderSparkline(value: readonly number[], width = 24): string {
  const known = value.filter((v) => Number.isFinite(v));
  if (known.length < 2) return "";
  const count = Math.min(width, known.length);
  const picked = Array.from(
    { length: count },
    (_, i) => known[Math.round((i * (known.length - 1)) / (count - 1 || 1))]!,
  );
  const least = Math.min(...picked);
  const range = Math.max(...picked) - least;
  return picked
    .map((v) => BARS[range === 0 ? 0 : Math.min(7, Math.floor(((v - least) / range) * 8))])
    .join("");
}
