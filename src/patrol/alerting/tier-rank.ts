import type { Tier } from "../tier.ts";

/** 0 for the most urgent. */
export function rankTier(tier: Tier): number {
  return Number(tier[1]);
}

export function isMoreUrgent(tier: Tier, than: Tier): boolean {
  return rankTier(tier) < rankTier(than);
}

export function mostUrgent(tiers: readonly Tier[]): Tier {
  return tiers.reduce((most, tier) => (isMoreUrgent(tier, most) ? tier : most), "P3");
}
