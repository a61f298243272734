/** The documented exit codes. */
export const EXIT = {
  nothingFound: 0,
  findings: 1,
  usage: 2,
  notInspected: 3,
} as const;

/** The arguments make no sense: one sentence for the user, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
