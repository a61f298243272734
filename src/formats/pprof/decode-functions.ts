import { WIRE_VARINT } from "../../bytes/protobuf-reader.ts";
import { toSignedNumber, viewWords } from "../../bytes/words.ts";
import type { FunctionTable } from "../../tables/profile.ts";
import { FUNCTION } from "./spec.ts";
import type { StringReader } from "./string-reader.ts";
import { setUint64, visitMessages } from "./visit-messages.ts";

export function decodeFunctions(
  bytes: Uint8Array,
  offsets: Uint32Array,
  strings: StringReader,
): FunctionTable {
  const count = offsets.length;
  const table: FunctionTable = {
    length: count,
    id: new BigUint64Array(count),
    name: new Uint32Array(count),
    systemName: new Uint32Array(count),
    filename: new Uint32Array(count),
    startLine: new Float64Array(count),
  };
  const idWords = viewWords(table.id);
  visitMessages(bytes, offsets, (message, row) => {
    while (message.nextField()) {
      switch (message.field) {
        case FUNCTION.id:
          setUint64(idWords, row, message);
          break;
        case FUNCTION.name:
          table.name[row] = strings.readIndex(message);
          break;
        case FUNCTION.systemName:
          table.systemName[row] = strings.readIndex(message);
          break;
        case FUNCTION.filename:
          table.filename[row] = strings.readIndex(message);
          break;
        case FUNCTION.startLine:
          message.expectWireType(WIRE_VARINT);
          table.startLine[row] = toSignedNumber(message.low, message.high);
          break;
      }
    }
  });
  return table;
}
