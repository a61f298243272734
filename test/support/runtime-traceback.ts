/** [pc, sp, fp] of a frame. */
export type PrintedFrame = [pc: number, sp: number, fp: number];

/**
 * Frames of each goroutine by its id, innermost first, as the runtime prints them with GOTRACEBACK=crash. Inlined calls
 * have no frame; of a goroutine whose thread had not stopped there are none.
 */
export function readTraceback(text: string): Record<string, PrintedFrame[]> {
  const stacks: Record<string, PrintedFrame[]> = {};
  let frames: PrintedFrame[] = [];
  for (const line of text.split("\n")) {
    const [, id] = /^goroutine (\d+) /.exec(line) ?? [];
    if (id !== undefined) {
      // A running one is printed again by its own thread.
      if ((stacks[id]?.length ?? 0) === 0) stacks[id] = [];
      frames = stacks[id]!.length === 0 ? stacks[id]! : [];
    }
    const [, fp, sp, pc] = /fp=(0x[0-9a-f]+) sp=(0x[0-9a-f]+) pc=(0x[0-9a-f]+)/.exec(line) ?? [];
    if (pc !== undefined) frames.push([Number(pc), Number(sp), Number(fp)]);
  }
  // The threads' own stacks are called goroutine 0.
  delete stacks["0"];
  return stacks;
}
