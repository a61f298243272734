import { computeTrend, type Trend } from "./trend.ts";

/** A figure over the samples that had it, and how it moved. */
export interface Evolution {
  /** Since the first sample of the window. */
  seconds: number[];
  value: number[];
  trend: Trend;
}

interface EvolutionOptions {
  /** The least rise that counts, in the figure's unit … */
  noise: number;
  /** … or as a share of the first value. */
  noiseShare?: number;
}

/** Undefined if no sample had the figure. */
export function computeEvolution<Sample extends { seconds: number }>(
  samples: readonly Sample[],
  pick: (sample: Sample) => number | undefined,
  { noise, noiseShare = 0.02 }: EvolutionOptions,
): Evolution | undefined {
  const seconds: number[] = [];
  const value: number[] = [];
  for (const sample of samples) {
    const picked = pick(sample);
    if (picked === undefined || !Number.isFinite(picked)) continue;
    seconds.push(sample.seconds);
    value.push(picked);
  }
  if (value.length === 0) return undefined;
  const trend = computeTrend(seconds, value, { noise: Math.max(noise, noiseShare * Math.abs(value[0]!)) });
  return { seconds, value, trend };
}

/** How much it rose, first sample to last. */
export function findRise({ value }: Evolution): number {
  return value[value.length - 1]! - value[0]!;
}
