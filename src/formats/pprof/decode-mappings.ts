import { viewWords } from "../../bytes/words.ts";
import {
  HAS_FILENAMES,
  HAS_FUNCTIONS,
  HAS_INLINE_FRAMES,
  HAS_LINE_NUMBERS,
  type MappingTable,
} from "../../tables/profile.ts";
import { MAPPING } from "./spec.ts";
import type { StringReader } from "./string-reader.ts";
import { setFlag, setUint64, visitMessages } from "./visit-messages.ts";

export function decodeMappings(bytes: Uint8Array, offsets: Uint32Array, strings: StringReader): MappingTable {
  const count = offsets.length;
  const table: MappingTable = {
    length: count,
    id: new BigUint64Array(count),
    memoryStart: new BigUint64Array(count),
    memoryLimit: new BigUint64Array(count),
    fileOffset: new BigUint64Array(count),
    filename: new Uint32Array(count),
    buildId: new Uint32Array(count),
    has: new Uint8Array(count),
  };
  const idWords = viewWords(table.id);
  const startWords = viewWords(table.memoryStart);
  const limitWords = viewWords(table.memoryLimit);
  const offsetWords = viewWords(table.fileOffset);
  visitMessages(bytes, offsets, (message, row) => {
    while (message.nextField()) {
      switch (message.field) {
        case MAPPING.id:
          setUint64(idWords, row, message);
          break;
        case MAPPING.memoryStart:
          setUint64(startWords, row, message);
          break;
        case MAPPING.memoryLimit:
          setUint64(limitWords, row, message);
          break;
        case MAPPING.fileOffset:
          setUint64(offsetWords, row, message);
          break;
        case MAPPING.filename:
          table.filename[row] = strings.readIndex(message);
          break;
        case MAPPING.buildId:
          table.buildId[row] = strings.readIndex(message);
          break;
        case MAPPING.hasFunctions:
          setFlag(table.has, row, HAS_FUNCTIONS, message);
          break;
        case MAPPING.hasFilenames:
          setFlag(table.has, row, HAS_FILENAMES, message);
          break;
        case MAPPING.hasLineNumbers:
          setFlag(table.has, row, HAS_LINE_NUMBERS, message);
          break;
        case MAPPING.hasInlineFrames:
          setFlag(table.has, row, HAS_INLINE_FRAMES, message);
          break;
      }
    }
  });
  return table;
}
