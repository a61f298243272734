/** The documented exit codes of `gopatrol patrol`. */
export const PATROL_EXIT = {
  ok: 0,
  findings: 1,
  configuration: 2,
  precheck: 3,
  permission: 4,
  comparison: 5,
} as const;
