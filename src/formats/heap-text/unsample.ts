/**
 * Sampled counts and bytes of one record as if every allocation had been seen, by the rule of google/pprof
 * (profile/legacy_profile.go, scaleHeapSample) and of Go's own protobuf profiles (runtime/pprof/protomem.go): divided
 * by the chance that an object of the record's mean size is sampled at `rate` bytes on average, cut to an integer.
 */
export function unsample(
  count: number,
  bytes: number,
  rate: number,
): readonly [count: number, bytes: number] {
  if (count === 0 || bytes === 0) return [0, 0];
  // Rate 1 samples everything; a rate below is taken as unknown.
  if (rate <= 1) return [count, bytes];
  const meanBytes = bytes / count;
  const scale = 1 / (1 - Math.exp(-meanBytes / rate));
  return [Math.trunc(count * scale), Math.trunc(bytes * scale)];
}
