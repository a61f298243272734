/**
 * Where the level of a series changes for good: the start of every level but the first. Optimal partitioning (Jackson
 * 2005) into constant pieces, each costing its squared residuals and a penalty. Quadratic in the length.
 *
 * @param deviation standard deviation of one sample about its level
 */
export function findChangePoints(value: ArrayLike<number>, deviation: number): number[] {
  const n = value.length;
  if (n < 4 || !(deviation > 0)) return [];
  const sum = new Float64Array(n + 1);
  const squares = new Float64Array(n + 1);
  const origin = value[0]!;
  for (let i = 0; i < n; i++) {
    const v = value[i]! - origin;
    sum[i + 1] = sum[i]! + v;
    squares[i + 1] = squares[i]! + v * v;
  }
  const penalty = PENALTY * deviation * deviation * Math.log(n);
  const least = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  const startOfLast = new Int32Array(n + 1);
  least[0] = -penalty;
  for (let end = 1; end <= n; end++) {
    for (let start = 0; start < end; start++) {
      const total = sum[end]! - sum[start]!;
      const cost = squares[end]! - squares[start]! - (total * total) / (end - start);
      const candidate = least[start]! + cost + penalty;
      if (candidate < least[end]!) {
        least[end] = candidate;
        startOfLast[end] = start;
      }
    }
  }
  const points: number[] = [];
  for (let end = startOfLast[n]!; end > 0; end = startOfLast[end]!) points.push(end);
  return points.reverse();
}

/** Three parameters a level (its place, its value, and one for looking everywhere), as in a modified Schwarz criterion. */
const PENALTY = 3;
