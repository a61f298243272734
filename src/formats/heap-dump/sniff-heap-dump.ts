/** How every dump of debug.WriteHeapDump begins. */
export const HEAP_DUMP_HEAD = "go1.7 heap dump\n";

export function sniffHeapDump(bytes: Uint8Array): boolean {
  return (
    bytes.length >= HEAP_DUMP_HEAD.length &&
    [...HEAP_DUMP_HEAD].every((letter, i) => bytes[i] === letter.charCodeAt(0))
  );
}
