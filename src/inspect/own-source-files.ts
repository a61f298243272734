import { FrameClassifier } from "../analysis/frame-origin.ts";
import type { StringIndex } from "../tables/string-table.ts";
import type { DecodedBundle } from "./decode-bundle.ts";

/** Most packages that one service's stacks are likely to touch; what comes first has the most frames. */
const MOST_FILES = 200;

/** Files of the program's own functions in its profiles and dumps, as printed there, most frames first. */
export function listOwnSourceFiles(decoded: DecodedBundle): string[] {
  const frames: { function: string; file: string }[] = [];
  for (const sample of decoded.samples.slice(-1)) {
    for (const profile of [sample.heap, sample.heapText, sample.goroutineProfile]) {
      if (profile === undefined) continue;
      const { functions, strings } = profile;
      for (let f = 0; f < functions.length; f++) {
        frames.push({
          function: strings.get(functions.name[f]! as StringIndex),
          file: strings.get(functions.filename[f]! as StringIndex),
        });
      }
    }
    const dump = sample.goroutineDump;
    if (dump === undefined) continue;
    for (let f = 0; f < dump.frames.length; f++) {
      frames.push({
        function: dump.strings.get(dump.frames.function[f]! as StringIndex),
        file: dump.strings.get(dump.frames.file[f]! as StringIndex),
      });
    }
  }
  const mainModule = decoded.samples.map((s) => s.runtime?.mainModule).find((m) => m !== undefined);
  const classifier = new FrameClassifier(frames, { mainModule });
  const count = new Map<string, number>();
  for (const { function: name, file } of frames) {
    if (file === "" || classifier.classify(name, file) !== "own") continue;
    count.set(file, (count.get(file) ?? 0) + 1);
  }
  return [...count]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST_FILES)
    .map(([file]) => file);
}
