/** Where gopatrol differs from `go tool pprof` on purpose, with the reason that docs/pprof.md gives. */
const DELIBERATE: readonly { cases: RegExp; reason: string }[] = [
  {
    cases: /^synthetic-kernel /,
    reason:
      "sums beyond the range of int64, which pprof lets run over into negative ones, are nearest doubles",
  },
];

export function findDeliberateDifference(name: string): string | undefined {
  return DELIBERATE.find(({ cases }) => cases.test(name))?.reason;
}
