/** Variables of package level, by address; rows of equal address are one variable. */
export interface GlobalVariables {
  length: number;
  address: Float64Array;
  size: Float64Array;
  name: readonly string[];
}

/** The variable whose bytes hold `address`, or -1. */
export function findVariable({ address: start, size, length }: GlobalVariables, address: number): number {
  let low = 0;
  let high = length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (start[middle]! <= address) low = middle + 1;
    else high = middle - 1;
  }
  return high >= 0 && address < start[high]! + size[high]! ? high : -1;
}
