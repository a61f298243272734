const DURATION_MS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** "30s", "1m30s", "500ms", "2h"; a bare number is seconds. Milliseconds, or undefined if it is none of these. */
export function parseDurationMs(text: string): number | undefined {
  const compact = text.trim();
  if (/^\d+(\.\d+)?$/.test(compact)) return Number(compact) * 1000;
  if (!/^(\d+(\.\d+)?(ms|min|s|m|h|d))+$/.test(compact)) return undefined;
  let total = 0;
  for (const match of compact.matchAll(/(\d+(?:\.\d+)?)(ms|min|s|m|h|d)/g)) {
    total += Number(match[1]) * DURATION_MS[match[2]!]!;
  }
  return total;
}

const SIZE_BYTES: Record<string, number> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  ki: 2 ** 10,
  kib: 2 ** 10,
  mi: 2 ** 20,
  mib: 2 ** 20,
  gi: 2 ** 30,
  gib: 2 ** 30,
  ti: 2 ** 40,
  tib: 2 ** 40,
};

/**
 * "2GiB", "512Mi", "1.5GB", "1073741824", with the meaning that GOMEMLIMIT and Kubernetes give: "Ki" and "KiB" are
 * powers of 1024, "k" and "kB" of 1000. Bytes, or undefined.
 */
export function parseSizeBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const factor = match === null ? undefined : SIZE_BYTES[match[2]!.toLowerCase()];
  return factor === undefined ? undefined : Math.round(Number(match![1]) * factor);
}
