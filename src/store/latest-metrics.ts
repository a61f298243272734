/** How much older than a target's newest row a value may be to count as its latest. */
export const LATEST_WITHIN_MS: number = 3600_000;
