const FIRST_SURROGATE = 0xd800;
const FIRST_BEHIND_SURROGATES = 0xe000;

/** Orders strings as Go does, by the bytes of their UTF-8: letters above U+FFFF come behind all others. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const unitA = a.charCodeAt(at);
    const unitB = b.charCodeAt(at);
    if (unitA !== unitB) return rank(unitA) - rank(unitB);
  }
  return a.length - b.length;
}

/** UTF-16 puts surrogate pairs before U+E000 to U+FFFF. */
function rank(unit: number): number {
  return unit >= FIRST_SURROGATE && unit < FIRST_BEHIND_SURROGATES ? unit + 0x1_0000 : unit;
}
